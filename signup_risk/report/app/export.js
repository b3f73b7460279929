// Give the chosen sign-ups as CSV (RFC 4180), which a spreadsheet must not compute.

// What a spreadsheet takes for a formula when a cell begins with it, full-width forms included. Blanks and characters
// that are not seen may stand before it: some programs take them away first.
const FORMULA = /^(?:[\t\r\n\0]|[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20])/u;

function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text;
}

const csvColumns = [
  ["signup_id", (row) => rows.id[row]],
  ["at", (row) => new Date(rows.at[row]).toISOString()],
  ["decision", (row) => DECISIONS[rows.decision[row]]],
  ["risk_score", (row) => rows.score[row]],
  ["fpr", (row) => rows.fpr[row]],
  ["campaign", (row) => named(rows.campaign[row], (place) => report.campaigns[place].id)],
  ["group", (row) => groupOf(row)],
  ["outcome", (row) => (hasOutcomes ? OUTCOMES[rows.outcome[row]] : null)],
  ["degraded", (row) => rows.degraded[row].map((place) => rows.degradedTexts[place]).join("; ")],
  ["warnings", (row) => rows.warnings[row].map((place) => rows.warningTexts[place]).join("; ")],
  [
    "reasons",
    (row) =>
      reasonsOf(row)
        .map(({ code, contribution }) => `${code} ${contribution}`)
        .join("; "),
  ],
];

function csvText(places) {
  const lines = [csvColumns.map(([name]) => name).join(",")];
  for (const row of places) lines.push(csvColumns.map(([, value]) => csvCell(value(row))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function saveCsv() {
  // The mark of UTF-8 is what spreadsheets tell the encoding by.
  const blob = new Blob(["\ufeff", csvText(list.ordered)], { type: "text/csv;charset=utf-8" });
  const link = el("a", { href: URL.createObjectURL(blob), download: "signups.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
