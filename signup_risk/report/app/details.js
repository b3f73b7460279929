// Show the reasons behind one sign-up, as bars of log-odds.

function bar(contribution, widest) {
  const fill = el("span", { class: `fill ${contribution > 0 ? "risk" : "trust"}` });
  fill.style.width = `${widest ? (Math.abs(contribution) / widest) * 50 : 0}%`;
  return el("span", { class: "bar", "aria-hidden": "true" }, fill);
}

function reasonLine(reason, widest) {
  return el(
    "tr",
    null,
    el(
      "th",
      { scope: "row" },
      el("bdi", { class: "code" }, shown(reason.code)),
      el("span", { class: "family" }, shown(reason.family)),
    ),
    el("td", { class: "words" }, bdi(reason.text)),
    el("td", { class: "drawn" }, bar(reason.contribution, widest)),
    el("td", { class: "number" }, signed(reason.contribution)),
  );
}

function reasonTable(row) {
  const reasons = reasonsOf(row);
  if (!reasons.length) return note("No reasons were written for this sign-up; score --explain writes them for all.");
  const [left, sum] = rows.others[row];
  const widest = Math.max(...reasons.map(({ contribution }) => Math.abs(contribution)));
  const total = reasons.reduce((all, { contribution }) => all + contribution, sum);
  const lines = reasons.map((reason) => reasonLine(reason, widest));
  if (left) {
    lines.push(
      el(
        "tr",
        { class: "others" },
        el("th", { scope: "row" }, plural(left, "weaker reason")),
        el("td", { class: "words" }, "together"),
        el("td", { class: "drawn" }, bar(sum, widest)),
        el("td", { class: "number" }, signed(sum)),
      ),
    );
  }
  lines.push(
    el(
      "tr",
      { class: "total" },
      el("th", { scope: "row" }, "All reasons"),
      el("td", { class: "words" }, "beside the model\u2019s base value"),
      el("td", { class: "drawn" }),
      el("td", { class: "number" }, signed(total)),
    ),
  );
  const head = ["Reason", "What was seen", "Drawn", "Log-odds"].map((text) =>
    el("th", { scope: "col" }, text === "Drawn" ? el("span", { class: "unseen" }, text) : text),
  );
  return el(
    "table",
    { class: "why" },
    el("caption", null, "Why: what raised the score (right) and what lowered it (left)"),
    el("thead", null, el("tr", null, head)),
    el("tbody", null, lines),
  );
}

function fact(facts, name, value) {
  if (value === null || value === "" || value === undefined) return;
  facts.append(el("div", null, el("dt", null, name), el("dd", null, value)));
}

const listed = (places, texts) => (places.length ? bdi(places.map((place) => texts[place]).join(", ")) : null);

function details(row) {
  const facts = el("dl", { class: "facts" });
  fact(facts, "Sign-up", bdi(idOf(row)));
  fact(facts, "At (UTC)", second(rows.at[row]));
  fact(facts, "Decision", badge(rows.decision[row]));
  fact(
    facts,
    "Risk score",
    rows.score[row] === null ? "none: the model could not be asked" : fixed(rows.score[row], 2),
  );
  fact(facts, "Legitimate that score as high", rows.fpr[row] === null ? null : percent(rows.fpr[row]));
  fact(facts, "Campaign", campaignOf(row) && bdi(campaignOf(row)));
  fact(facts, "Group", groupOf(row) && bdi(groupOf(row)));
  fact(facts, "Outcome", hasOutcomes ? OUTCOMES[rows.outcome[row]] : null);
  fact(facts, "Could not be looked up", listed(rows.degraded[row], rows.degradedTexts));
  fact(facts, "Inputs not used", listed(rows.warnings[row], rows.warningTexts));
  fact(facts, "Rules applied", listed(rows.notes[row], rows.noteTexts));
  fact(facts, "Explored", rows.explored[row] ? "let through by chance" : null);
  return el("div", { class: "details" }, facts, reasonTable(row));
}
