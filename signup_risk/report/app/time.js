// Volume and decisions over time, with the first sight of campaigns marked; dragging chooses a span.

const MARKED = 8;
const WIDTH_NAMES = [
  [3600e3, "hour"],
  [86400e3, "day"],
  [604800e3, "week"],
];

function widthName(width) {
  const known = WIDTH_NAMES.find(([length]) => length === width);
  if (known) return known[1];
  return width < 86400e3 ? `${width / 3600e3} hours` : `${Math.round(width / 86400e3)} days`;
}

const marked = report.campaigns
  .map((campaign, place) => ({ ...campaign, place }))
  .filter(({ first_seen }) => first_seen !== null && report.counts.all && first_seen <= report.counts.last)
  .slice(0, MARKED)
  .sort((a, b) => a.first_seen - b.first_seen)
  .map((campaign, place) => ({ ...campaign, mark: String(place + 1) }));

// One that began before the first sign-up of this file is marked at the edge.
const markedAt = ({ first_seen }) => Math.max(first_seen, report.overall.time.start);

function barsOf({ start, width, bins }) {
  return bins.flatMap(([place, ...counts]) =>
    counts
      .map((count, decision) => ({
        from: start + place * width,
        to: start + (place + 1) * width,
        count,
        decision: DECISIONS[decision],
      }))
      .filter(({ count }) => count),
  );
}

function timeTip({ from, width, counts }) {
  const lines = [`${minute(from)}, ${widthName(width)}`, `${plural(d3.sum(counts), "sign-up")}`];
  for (let place = counts.length - 1; place >= 0; place -= 1) {
    if (counts[place]) lines.push(`${decisionName(place)}: ${whole(counts[place])}`);
  }
  for (const one of marked) {
    if (markedAt(one) >= from && markedAt(one) < from + width)
      lines.push(`${one.mark}: first seen ${brief(shown(one.title || one.id), 20)}`);
  }
  return lines.join("\n");
}

function timeSpan() {
  const { start, width, bins } = report.overall.time;
  return [start, start + ((bins.length ? bins[bins.length - 1][0] : 0) + 1) * width];
}

function timePlot({ time }, pixels) {
  const totals = time.bins.map(([place, ...counts]) => ({
    from: time.start + place * time.width,
    middle: time.start + (place + 0.5) * time.width,
    width: time.width,
    counts,
    total: d3.sum(counts),
  }));
  const [first, last] = timeSpan();
  const inset = pixels < 500 ? 0.2 : 0.5;
  const dodged = Plot.dodgeY("top", { x: markedAt, r: 8, padding: 1 });
  return plot(`Sign-ups per ${widthName(time.width)} by decision`, {
    width: pixels,
    height: 260,
    marginLeft: 44,
    marginRight: 12,
    marginTop: 28,
    x: {
      type: "utc",
      domain: [first, last],
      label: null,
      tickFormat: last - first < 3 * 86400e3 ? "%H:%M\n%b %-d" : undefined,
      ticks: pixels < 500 ? 4 : undefined,
    },
    y: {
      grid: true,
      label: `sign-ups per ${widthName(time.width)}`,
      nice: true,
      ticks: Math.min(
        5,
        d3.max(totals, ({ total }) => total),
      ),
      tickFormat: "~s",
    },
    color: { type: "categorical", domain: DECISIONS, range: decisionColours },
    marks: [
      Plot.rectY(
        barsOf(time),
        Plot.stackY({
          x1: "from",
          x2: "to",
          y: "count",
          fill: "decision",
          order: [...DECISIONS].reverse(),
          insetLeft: inset,
          insetRight: inset,
        }),
      ),
      Plot.ruleX(marked, { x: markedAt, stroke: "var(--ink)", strokeOpacity: 0.55, strokeDasharray: "2,3" }),
      Plot.dot(marked, { ...dodged, fill: "var(--ink)", stroke: "var(--panel)" }),
      Plot.text(marked, { ...dodged, text: "mark", fill: "var(--panel)", fontSize: 10, fontWeight: 600 }),
      Plot.ruleY([0], { stroke: "var(--line)" }),
      Plot.tip(totals, Plot.pointerX({ x: "middle", y: "total", ...tip(timeTip) })),
    ],
  });
}

// A span begins and ends where bars do; a click without dragging takes it back. A finger scrolls the page instead.
function addBrush(svg) {
  const x = svg.scale("x");
  const [left, right] = x.range;
  const height = +svg.getAttribute("height");
  const { start, width } = report.overall.time;
  const snap = (pixel, round) => start + round((x.invert(pixel) - start) / width) * width;
  const brush = d3
    .brushX()
    .touchable(false)
    .extent([
      [left, 20],
      [right, height - 30],
    ])
    .on("end", (event) => {
      if (!event.sourceEvent) return;
      if (!event.selection) ask({ from: null, before: null });
      else ask({ from: snap(event.selection[0], Math.floor), before: snap(event.selection[1], Math.ceil) });
    });
  // Beneath the words about a bar, which are the last thing drawn.
  const layer = d3
    .select(svg)
    .insert("g", ":scope > :last-child")
    .attr("class", "brush")
    .attr("aria-hidden", "true")
    .call(brush);
  if (asked.from !== null || asked.before !== null) {
    const span = [asked.from ?? start, asked.before ?? x.domain[1].valueOf()].map((at) =>
      Math.min(Math.max(x.apply(at), left), right),
    );
    layer.call(brush.move, span);
  }
}

function timeNumbers({ time }) {
  const lines = time.bins.map(([place, ...counts]) => [minute(time.start + place * time.width), ...counts.map(whole)]);
  return numbers("Sign-ups over time", ["From (UTC)", ...DECISIONS.map((_, place) => decisionName(place))], lines);
}

function markList() {
  if (!marked.length) return null;
  const entries = marked.map((one) =>
    el(
      "li",
      null,
      el("span", { class: "mark", "aria-hidden": "true" }, one.mark),
      " ",
      el(
        "button",
        { type: "button", class: "link", onclick: () => ask({ campaign: one.place }) },
        bdi(brief(one.title || one.id, 40)),
      ),
      ` ${minute(one.first_seen)}`,
    ),
  );
  const rest = report.counts.campaigns - marked.length;
  return el(
    "div",
    { class: "marks" },
    el("span", { class: "note" }, "Campaigns, by when they were first seen:"),
    el("ol", null, entries),
    rest > 0 ? note(`${whole(rest)} more below.`) : null,
  );
}

function drawTime() {
  const colours = legend(DECISIONS.map((_, place) => [decisionColours[place], decisionName(place)]));
  const drawing = chart("Volume and decisions over time", (found, pixels) => {
    if (!found.time.bins.length) return [note("No sign-up to draw.")];
    const svg = timePlot(found, pixels);
    addBrush(svg);
    return [svg];
  });
  const table = numbersBehind("Volume over time", timeNumbers);
  byId("time").append(
    heading("time", "Volume and decisions over time"),
    colours,
    drawing.place,
    el(
      "p",
      { class: "note noprint drag" },
      "Drag over the bars to choose a span; the two times among the filters do the same.",
    ),
    markList() ?? "",
    table.node,
  );
  return (found) => {
    drawing.update(found);
    table.update(found);
  };
}
