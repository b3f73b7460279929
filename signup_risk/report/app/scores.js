// How scores and false-positive rates are spread, one panel an outcome.

const SCALES = { score: "Risk score", fpr: "Share of legitimate that score as high" };

function edges(scale, place) {
  if (scale === "score") return [(place * 100) / SCORE_BINS, ((place + 1) * 100) / SCORE_BINS];
  return [10 ** (place / 4 - 4), 10 ** ((place + 1) / 4 - 4)];
}

const edgeName = (scale, [low, high]) => (scale === "score" ? `${low}\u2013${high}` : range(low, high));

function panels(found, scale) {
  const counted = scale === "score" ? found.scores : found.fprs;
  return OUTCOMES.map((outcome, place) => ({ outcome, counts: counted[place], all: d3.sum(counted[place]) })).filter(
    ({ all }) => all,
  );
}

function spread(found, scale) {
  return panels(found, scale).flatMap(({ outcome, counts, all }) =>
    counts.map((count, place) => {
      const [low, high] = edges(scale, place);
      return {
        outcome: hasOutcomes ? outcome : "",
        low,
        high,
        middle: scale === "score" ? (low + high) / 2 : Math.sqrt(low * high),
        count,
        share: count / all,
        name: edgeName(scale, [low, high]),
      };
    }),
  );
}

function scorePlot(found, pixels, scale) {
  const bars = spread(found, scale);
  const top =
    Math.max(
      0.05,
      d3.max(bars, ({ share: part }) => part),
    ) * 1.02;
  const many = new Set(bars.map(({ outcome }) => outcome)).size;
  const colour = ({ outcome }) => outcomeColours[outcome] ?? "var(--unknown)";
  return plot(`${SCALES[scale]}, shares of sign-ups${hasOutcomes ? " by outcome" : ""}`, {
    width: pixels,
    height: 64 + 110 * Math.max(many, 1),
    marginLeft: 48,
    marginRight: hasOutcomes ? 76 : 12,
    marginTop: 28,
    marginBottom: 40,
    x:
      scale === "score"
        ? { domain: [0, 100], label: "risk score" }
        : {
            type: "log",
            domain: [1, 1e-4],
            label: "share of legitimate sign-ups that score as high (stricter to the right)",
            tickFormat: (value) => percent(value),
            ticks: pixels < 500 ? 3 : 5,
          },
    y: {
      type: "sqrt",
      grid: true,
      label: "share of sign-ups (root scale)",
      domain: [0, top],
      ticks: [0.01, 0.1, 0.3, 0.6, 1].filter((tick) => tick <= top),
      tickFormat: "~%",
    },
    fy: {
      label: null,
      padding: 0.16,
      domain: hasOutcomes ? OUTCOMES.filter((outcome) => bars.some((bar) => bar.outcome === outcome)) : undefined,
    },
    marks: [
      Plot.rectY(
        bars.filter(({ count }) => count),
        {
          x1: "low",
          x2: "high",
          y: "share",
          fy: many > 1 || hasOutcomes ? "outcome" : undefined,
          fill: colour,
          insetLeft: 0.5,
          insetRight: 0.5,
        },
      ),
      Plot.ruleY([0], { stroke: "var(--line)" }),
      Plot.tip(
        bars,
        Plot.pointerX({
          x: "middle",
          y: "share",
          fy: many > 1 || hasOutcomes ? "outcome" : undefined,
          ...tip(
            ({ name, count, share: part, outcome }) =>
              `${name}${outcome ? `, ${outcome}` : ""}\n${plural(count, "sign-up")}, ${percent(part)}`,
          ),
        }),
      ),
    ],
  });
}

function scoreNumbers(found, scale) {
  const shown = panels(found, scale);
  const lines = d3
    .range(scale === "score" ? SCORE_BINS : FPR_BINS)
    .map((place) => [edgeName(scale, edges(scale, place)), ...shown.map(({ counts }) => whole(counts[place]))]);
  return numbers(
    SCALES[scale],
    [SCALES[scale], ...shown.map(({ outcome }) => (hasOutcomes ? outcome : "sign-ups"))],
    lines,
  );
}

function drawScores() {
  let scale = "score";
  let latest = null;
  const drawing = chart("Distribution of scores", (found, pixels) =>
    panels(found, scale).length ? [scorePlot(found, pixels, scale)] : [note("No sign-up here has a score.")],
  );
  const table = numbersBehind("Scores", (found) => scoreNumbers(found, scale));
  const update = (found) => {
    latest = found;
    drawing.update(found);
    table.update(found);
  };
  const choices = Object.entries(SCALES).map(([name, text]) =>
    el(
      "label",
      null,
      el("input", {
        type: "radio",
        name: "scale",
        value: name,
        checked: name === scale,
        onchange: () => {
          scale = name;
          if (latest) update(latest);
        },
      }),
      ` ${text}`,
    ),
  );
  byId("scores").append(
    heading("scores", hasOutcomes ? "Scores by outcome" : "Scores"),
    el("fieldset", { class: "choice noprint" }, el("legend", { class: "unseen" }, "Scale"), choices),
    drawing.place,
    table.node,
  );
  return update;
}
