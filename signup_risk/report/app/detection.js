// What is found of the abusive, at the decisions that were taken and at false-positive rates set on this file.

function detectionTables() {
  const atDecisions = levels.map(({ decision, found, alarms }) => [
    levelName(decision),
    interval(found),
    interval(alarms),
  ]);
  const atRates = measures.detection.map(({ rate, found, refused }) => [
    percent(rate),
    refused ? shown(refused) : interval(found),
  ]);
  return [
    el("h3", null, "At the decisions taken"),
    scroller(
      "At the decisions taken",
      numbers(
        "At the decisions taken",
        ["Decision", "Abusive stopped (95\u00a0%)", "Legitimate stopped (95\u00a0%)"],
        atDecisions,
      ),
    ),
    el("h3", null, "At a share of the legitimate, with the threshold set on this file"),
    scroller(
      "At a share of the legitimate",
      numbers("At a share of the legitimate", ["Legitimate stopped", "Abusive found (95\u00a0%)"], atRates),
    ),
  ];
}

function drawDetection() {
  const section = byId("detection");
  if (!hasOutcomes) {
    section.remove();
    return;
  }
  section.append(heading("detection", "What was found"));
  if (!levels.length) {
    section.append(note("Nothing can be said: ", bdi(measures.refused), "."));
    return;
  }
  const doubtful = measures.doubtful
    ? ` ${plural(measures.doubtful, "sign-up")} whose group says the opposite of the label left out.`
    : "";
  section.append(
    note(
      `Over the whole file: ${plural(measures.abusive, "sign-up")} labelled abusive, ` +
        `${whole(measures.legitimate)} legitimate.${doubtful} ` +
        "Intervals of what is found draw whole campaigns again; sign-ups without an outcome are left out.",
    ),
    ...detectionTables(),
  );
}
