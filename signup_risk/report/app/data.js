// Read what the page holds. Sign-ups are columns; a row is a place in them.

const report = JSON.parse(byId("data").textContent);
const rows = report.rows;
const size = rows.at.length;
const every = Uint32Array.from({ length: size }, (_, place) => place);

const DECISIONS = report.decisions;
const OUTCOMES = report.outcomes;
const FAMILIES = [...new Set(report.codes.map(([, family]) => family))].sort();
const hasOutcomes = report.history !== null && report.history.labelled > 0;
const hasGroups = report.groups.length > 0;
const isPartial = report.counts.kept < report.counts.all;

const decisionName = (place) => DECISIONS[place].replace("_", " ");
const idOf = (row) => rows.id[row] ?? "(no id)";
const campaignName = (place) => {
  const { id, title } = report.campaigns[place];
  return title ? `${title} (${id})` : id;
};

// The largest campaigns and groups are listed; a sign-up of another one has no name here, which is not none.
const NONE = -1;
const named = (place, name) => (place === NONE ? "" : place < 0 ? "(not listed)" : name(place));
const campaignOf = (row) => named(rows.campaign[row], campaignName);
const groupOf = (row) => named(rows.group[row], (place) => report.groups[place][0]);

// Reasons lie in one list a row: code, text, contribution, code, text, contribution, ...
function reasonsOf(row) {
  const list = rows.reasons[row];
  const found = [];
  for (let place = 0; place < list.length; place += 3) {
    const [code, family] = report.codes[list[place]];
    found.push({ code, family, text: report.texts[list[place + 1]], contribution: list[place + 2] });
  }
  return found;
}

const strongest = (row) => (rows.reasons[row].length ? report.codes[rows.reasons[row][0]][0] : "");
