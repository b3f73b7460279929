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

function drawAbout() {
  byId("about").append(
    heading("about", "About this page"),
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

function drawTop() {
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
