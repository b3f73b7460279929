// What raised and lowered the scores: families as bars, codes as a table.

function byFamily(found) {
  const families = d3.rollup(
    found.reasons,
    (list) => ({ up: d3.sum(list, ({ up }) => up), down: d3.sum(list, ({ down }) => down) }),
    ({ family }) => family,
  );
  const all = found.explained || 1;
  return [...families]
    .map(([family, { up, down }]) => ({ family: brief(shown(family), 12), up: up / all, down: down / all }))
    .sort((a, b) => b.up - a.up);
}

function familyPlot(found, pixels) {
  const families = byFamily(found);
  const sides = families.flatMap(({ family, up, down }) => [
    { family, value: up, colour: "var(--risk)" },
    { family, value: down, colour: "var(--trust)" },
  ]);
  return plot("Log-odds that each family of reasons adds and takes, per explained sign-up", {
    width: pixels,
    height: 60 + 28 * families.length,
    marginLeft: 96,
    marginRight: 14,
    marginBottom: 42,
    x: { grid: true, label: "mean log-odds per explained sign-up", nice: true, ticks: pixels < 500 ? 4 : 8 },
    y: { label: null, domain: families.map(({ family }) => family) },
    marks: [
      Plot.barX(sides, { x: "value", y: "family", fill: "colour", insetTop: 2, insetBottom: 2 }),
      Plot.ruleX([0], { stroke: "var(--ink)" }),
      Plot.tip(
        families,
        Plot.pointerY({
          x: "up",
          y: "family",
          ...tip(({ family, up, down }) => `${family}\nraises by ${signed(up)}\nlowers by ${signed(down)}`),
        }),
      ),
    ],
  });
}

function codeButton({ code }) {
  const place = report.codes.findIndex(([known]) => known === code);
  const text = el("bdi", { class: "code" }, shown(brief(code, 40)));
  if (place < 0) return text;
  return el(
    "button",
    { type: "button", class: "link", title: "Show the sign-ups whose score this raised", onclick: () => ask({ code: place }) },
    text,
  );
}

const reasonColumns = [
  { name: "code", label: "Reason", value: ({ code }) => code, cell: codeButton, rowHead: true },
  {
    name: "family",
    label: "Family",
    value: ({ family }) => family,
    cell: ({ family }) => bdi(brief(family, 24)),
    wide: true,
  },
  { name: "risk", label: "Raises", value: ({ risk }) => risk, cell: ({ risk }) => whole(risk), number: true },
  {
    name: "stopped",
    label: "Of those, not allowed",
    value: ({ risk, stopped }) => share(stopped, risk),
    cell: ({ risk, stopped }) => percent(share(stopped, risk)),
    number: true,
    wide: true,
  },
  {
    name: "up",
    label: "Mean raise",
    value: ({ up, risk }) => share(up, risk),
    cell: ({ up, risk }) => (risk ? signed(up / risk) : "\u2013"),
    number: true,
  },
  {
    name: "trust",
    label: "Lowers",
    value: ({ trust }) => trust,
    cell: ({ trust }) => whole(trust),
    number: true,
    wide: true,
  },
  {
    name: "down",
    label: "Mean lowering",
    value: ({ down, trust }) => share(down, trust),
    cell: ({ down, trust }) => (trust ? signed(down / trust) : "\u2013"),
    number: true,
    wide: true,
    descending: false,
  },
];

function drawReasons() {
  const told = note("");
  const drawing = chart("Reasons by family", (found, pixels) =>
    found.reasons.length ? [familyPlot(found, pixels)] : [],
  );
  const table = sortableTable({
    caption: "Reasons",
    columns: reasonColumns,
    order: { name: "risk", descending: true },
    most: 12,
  });
  byId("reasons").append(heading("reasons", "Reasons by family"), told, drawing.place, table.node);
  return (found) => {
    told.textContent = found.explained
      ? `Reasons are known for ${whole(found.explained)} of ${plural(found.count, "sign-up")}; ` +
        `the ${report.mostReasons} strongest of each count here.`
      : "No reasons were written for these sign-ups; signup-risk score --explain writes them for all.";
    drawing.update(found);
    table.update(found.reasons);
  };
}
