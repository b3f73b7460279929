// Say what this page is made of, and what it is not.

function withCounts(entries) {
  return entries.map(([name, count]) => `${shown(name)} (${whole(count)})`).join(", ");
}

function embedded() {
  const { all, kept, sampled } = report.counts;
  if (!all) return "The file holds no sign-up.";
  if (kept === all) return `All ${plural(all, "sign-up")} of the file are in this page.`;
  return `Of ${plural(all, "sign-up")}, ${whole(kept)} are in this page one by one: the ${whole(kept - sampled)} decided most strictly, of equal decisions those with the highest scores, `
    + `and an even sample of ${whole(sampled)} of the others. Without a filter every figure is of all ${whole(all)}; with one, of the ${whole(kept)}.`;
}

function remarks() {
  const { counts, history } = report;
  const found = [embedded()];
  if (report.bad) found.push(`${plural(report.bad, "line")} of the file could not be read and count nowhere.`);
  if (counts.unscored) found.push(`${plural(counts.unscored, "sign-up")} have no score, since the model could not be asked.`);
  if (counts.shadow) found.push(`${plural(counts.shadow, "sign-up")} were assessed in shadow mode: shown is what the policy would have decided; all were let in.`);
  if (history) found.push(`Of the ${plural(history.read, "sign-up")} of the history, ${whole(history.joined)} are in the file; ${whole(history.labelled)} of these have a known outcome.${history.nameless ? ` ${whole(history.nameless)} have no id and could not be joined.` : ""}`);
  if (counts.degraded.length) found.push(`Could not be looked up: ${withCounts(counts.degraded)}.`);
  if (counts.warnings.length) found.push(`Inputs that were not used: ${withCounts(counts.warnings)}.`);
  found.push(`Models: ${counts.models.map(([name, version, , count]) => `${shown(name)} ${shown(version)} (${whole(count)})`).join(", ") || "none"}. Policies: ${counts.policies.map(([name, version, count]) => `${shown(name)} ${shown(version)} (${whole(count)})`).join(", ") || "none"}.`);
  found.push(`Texts of more than ${report.longest} characters are cut, and say so. Signs that cannot be seen are written out, as in \u27e8U+202E\u27e9.`);
  found.push("The risk score is 100 times the calibrated probability of abuse. Contributions of reasons are in log-odds: +0.69 doubles the odds, \u22120.69 halves them.");
  found.push("The page holds what the assessments hold: ids, times, scores, decisions and reasons; of a history only label and group.");
  return found;
}

function drawAbout() {
  byId("about").append(heading("about", "About this page"), el("ul", null, remarks().map((text) => el("li", null, text))));
}

function tile(label, value, detail, kind) {
  return el("div", { class: `tile ${kind ?? ""}` }, el("span", { class: "label" }, label), el("span", { class: "value" }, value), el("span", { class: "detail" }, detail));
}

function drawOverview() {
  const place = el("div", { class: "tiles" });
  const told = el("p", { class: "note", id: "basis" });
  byId("overview").append(place, told);
  return (found) => {
    const stops = DECISIONS.map((name, number) => tile(decisionName(number), whole(found.decisions[number]), percent(share(found.decisions[number], found.count)), name)).reverse();
    place.replaceChildren(tile("sign-ups", whole(found.count), isFiltered() ? `of ${whole(report.counts.all)}` : "in this file"), ...stops);
    told.textContent = isFiltered() && isPartial ? `Filtered figures count the ${whole(report.counts.kept)} sign-ups that this page holds, not the ${whole(report.counts.all - report.counts.kept)} left out.` : "";
  };
}

function drawTop() {
  const { first, last, all } = report.counts;
  byId("subtitle").textContent = all ? `${plural(all, "sign-up")}, ${minute(first)} to ${minute(last)} UTC` : "No sign-ups were assessed in this file.";
  const says = [report.synthetic.model && "The model was trained on synthetic traffic, so its scores, rates and reasons are synthetic.",
    report.synthetic.signups && "The sign-ups themselves are simulated: every figure on this page is synthetic."].filter(Boolean);
  const box = byId("synthetic");
  box.hidden = !says.length;
  box.textContent = says.join(" ");
}
