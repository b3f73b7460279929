// Say what this page is made of, and what it is not.

function withCounts(entries) {
  return entries.map(([name, count]) => `${shown(name)} (${whole(count)})`).join(", ");
}

function embedded() {
  const { all, kept, sampled } = report.counts;
  if (!all) return "The file holds no sign-up.";
  if (kept === all) return `All ${plural(all, "sign-up")} of the file are in this page.`;
  return [
    `Of ${plural(all, "sign-up")}, ${whole(kept)} are in this page one by one:`,
    `the ${whole(kept - sampled)} decided most strictly, of equal decisions those with the highest scores,`,
    `and an even sample of ${whole(sampled)} of the others.`,
    `Without a filter every figure is of all ${whole(all)}; with one, of the ${whole(kept)}.`,
  ].join(" ");
}

function aboutHistory({ read, joined, labelled, nameless }) {
  const known = `${whole(joined)} are in the file; ${whole(labelled)} of these have a known outcome.`;
  const lost = nameless ? ` ${whole(nameless)} have no id and could not be joined.` : "";
  return `Of the ${plural(read, "sign-up")} of the history, ${known}${lost}`;
}

function versions(entries) {
  const named = entries.map((entry) => `${shown(entry[0])} ${shown(entry[1])} (${whole(entry[entry.length - 1])})`);
  return named.join(", ") || "none";
}

function remarks() {
  const { bad, counts, history, longest } = report;
  const shadow = "were assessed in shadow mode: shown is what the policy would have decided; all were let in";
  return [
    embedded(),
    bad && `${plural(bad, "line")} of the file could not be read and count nowhere.`,
    counts.unscored && `${plural(counts.unscored, "sign-up")} have no score, since the model could not be asked.`,
    counts.shadow && `${plural(counts.shadow, "sign-up")} ${shadow}.`,
    history && aboutHistory(history),
    counts.degraded.length && `Could not be looked up: ${withCounts(counts.degraded)}.`,
    counts.warnings.length && `Inputs that were not used: ${withCounts(counts.warnings)}.`,
    `Models: ${versions(counts.models)}. Policies: ${versions(counts.policies)}.`,
    `Texts of more than ${longest} characters are cut, and say so.`,
    "Signs that cannot be seen are written out, as in \u27e8U+202E\u27e9.",
    "The risk score is 100 times the calibrated probability of abuse.",
    "Contributions of reasons are in log-odds: +0.69 doubles the odds, \u22120.69 halves them.",
    "The page holds what the assessments hold: ids, times, scores, decisions, reasons; of a history label and group.",
  ].filter(Boolean);
}

// What the words of the page mean, for readers who know neither the library nor its documentation.
const meanings = () => [
  ["Allow", "the sign-up was let in."],
  ["Step up", "one more proof was asked for, such as a confirmed telephone number; whoever gives it is let in."],
  ["Review", "a person looks at it before it is let in."],
  ["Block", "it was refused."],
  [
    "Threshold",
    "a share of legitimate sign-ups that may be stopped. A threshold of 1\u00a0% stops every sign-up that scores as high " +
      "as the highest 1\u00a0% of legitimate ones; the smaller the share, the stricter has the evidence to be.",
  ],
  [
    "Reason",
    "one thing that was looked at, under a code that stays the same, such as NAME_DIGITS; the text beside it says what " +
      "was seen and what is usual. A reason raises a score or lowers it, and convicts nobody by itself.",
  ],
  ["Campaign", "sign-ups that share more than chance, or an honest crowd, would make them share."],
  ["Group", "the kind of applicant, as the history names it."],
  ["Outcome", "what became known later: abusive or legitimate."],
  ["Shapes", report.legend],
];

function drawAbout() {
  byId("about").append(
    heading("about", "About this page"),
    el("h3", null, "What the words mean"),
    el(
      "dl",
      { class: "meanings" },
      meanings().flatMap(([word, text]) => [el("dt", null, word), el("dd", null, text)]),
    ),
    el("h3", null, "What it is made of"),
    el(
      "ul",
      null,
      remarks().map((text) => el("li", null, text)),
    ),
  );
}

function tile(label, value, detail, kind) {
  return el(
    "div",
    { class: `tile ${kind ?? ""}` },
    el("span", { class: "label" }, label),
    el("span", { class: "value" }, value),
    el("span", { class: "detail" }, detail),
  );
}

function drawOverview() {
  const place = el("div", { class: "tiles" });
  const told = el("p", { class: "note", id: "basis" });
  byId("overview").append(place, told);
  return (found) => {
    const stops = DECISIONS.map((name, number) =>
      tile(
        decisionName(number),
        whole(found.decisions[number]),
        percent(share(found.decisions[number], found.count)),
        name,
      ),
    ).reverse();
    place.replaceChildren(
      tile("sign-ups", whole(found.count), isFiltered() ? `of ${whole(report.counts.all)}` : "in this file"),
      ...stops,
    );
    const { all, kept } = report.counts;
    const partly = `Filtered figures count the ${whole(kept)} sign-ups that this page holds`;
    told.textContent = isFiltered() && isPartial ? `${partly}, not the ${whole(all - kept)} left out.` : "";
  };
}

// What whoever made the page wants to be read first: plain text, of which empty lines part paragraphs.
function drawNote() {
  if (!report.note) return;
  const box = byId("told");
  const lines = (part) => part.split("\n").flatMap((line, place) => (place ? [el("br"), shown(line)] : [shown(line)]));
  box.append(...report.note.split(/\n{2,}/).map((part) => el("p", { dir: "auto" }, lines(part))));
  box.hidden = false;
}

function drawTop() {
  drawNote();
  const { first, last, all } = report.counts;
  byId("subtitle").textContent = all
    ? `${plural(all, "sign-up")}, ${minute(first)} to ${minute(last)} UTC`
    : "No sign-ups were assessed in this file.";
  const says = [
    report.synthetic.model &&
      "The model was trained on synthetic traffic, so its scores, rates and reasons are synthetic.",
    report.synthetic.signups && "The sign-ups themselves are simulated: every figure on this page is synthetic.",
  ].filter(Boolean);
  const box = byId("synthetic");
  box.hidden = !says.length;
  box.textContent = says.join(" ");
}
