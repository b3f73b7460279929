// Count over chosen sign-ups what the page shows, in the form in which the whole file was counted before.

const zeros = (length) => new Array(length).fill(0);
const SCORE_BINS = report.overall.scores[0].length;
const FPR_BINS = report.overall.fprs[0].length;

const scoreBin = (score) => Math.min(Math.floor((score * SCORE_BINS) / 100), SCORE_BINS - 1);

function fprBin(fpr) {
  if (fpr <= 0) return 0;
  // Rounded, as it was when the whole file was counted.
  const place = Math.floor(Math.round((Math.log10(fpr) + 4) * 4e9) / 1e9);
  return Math.min(Math.max(place, 0), FPR_BINS - 1);
}

function countReasons(totals, row) {
  const list = rows.reasons[row];
  for (let place = 0; place < list.length; place += 3) {
    const total = (totals[list[place]] ??= { risk: 0, trust: 0, stopped: 0, up: 0, down: 0 });
    const contribution = list[place + 2];
    if (contribution > 0) {
      total.risk += 1;
      total.up += contribution;
      if (rows.decision[row] > 0) total.stopped += 1;
    } else {
      total.trust += 1;
      total.down += contribution;
    }
  }
}

function summarize(places) {
  const { start, width } = report.overall.time;
  const bins = new Map();
  const reasons = [];
  const found = {
    count: places.length,
    decisions: zeros(DECISIONS.length),
    scores: OUTCOMES.map(() => zeros(SCORE_BINS)),
    fprs: OUTCOMES.map(() => zeros(FPR_BINS)),
    explained: 0,
  };
  for (const row of places) {
    const decision = rows.decision[row];
    found.decisions[decision] += 1;
    const place = Math.floor((rows.at[row] - start) / width);
    if (!bins.has(place)) bins.set(place, [place, ...zeros(DECISIONS.length)]);
    bins.get(place)[decision + 1] += 1;
    if (rows.score[row] !== null && rows.fpr[row] !== null) {
      found.scores[rows.outcome[row]][scoreBin(rows.score[row])] += 1;
      found.fprs[rows.outcome[row]][fprBin(rows.fpr[row])] += 1;
    }
    if (rows.reasons[row].length) found.explained += 1;
    countReasons(reasons, row);
  }
  found.time = { start, width, bins: [...bins.values()].sort((a, b) => a[0] - b[0]) };
  found.reasons = reasons
    .map((total, code) => ({ code: report.codes[code][0], family: report.codes[code][1], ...total }))
    .filter(Boolean);
  return found;
}

// Without a filter every figure is of the whole file, those sign-ups included that the page does not hold.
const summaryOf = (places) =>
  places === every && isPartial
    ? { count: report.counts.all, explained: report.counts.explained, ...report.overall }
    : summarize(places);
