// Who pays: the false-positive rate of each group with its interval, at a decision or a stricter one.

const measures = report.measures;
const levels = measures && !measures.refused ? measures.levels : [];
const interval = ({ value, low, high }) => (value === null ? "\u2013" : `${percent(value)} (${range(low, high)})`);
const levelName = (decision) =>
  decision === DECISIONS[DECISIONS.length - 1] ? decision : `${decision.replace("_", " ")} or stricter`;

function groupPlot({ groups, alarms }, pixels) {
  // A constant text is drawn, not read as a column or colour, since every name is a cell of the data.
  const drawn = groups.slice(0, 25).map((one) => ({ ...one, name: brief(shown(one.group), pixels < 500 ? 16 : 28) }));
  const margin = pixels < 500 ? 110 : 190;
  return plot("False-positive rate by group, with 95 % intervals", {
    width: pixels,
    height: 64 + 24 * drawn.length,
    marginLeft: margin,
    marginRight: 20,
    marginBottom: 42,
    x: {
      grid: true,
      label: "share of the legitimate that is stopped",
      tickFormat: (value) => percent(value),
      nice: true,
      zero: true,
      ticks: pixels < 500 ? 3 : 6,
    },
    y: {
      label: null,
      domain: drawn.map(({ group }) => group),
      tickFormat: (group) => brief(shown(group), pixels < 500 ? 16 : 28),
    },
    marks: [
      Plot.ruleX([alarms.value], { stroke: "var(--ink)", strokeDasharray: "3,3" }),
      Plot.ruleY(drawn, { y: "group", x1: "low", x2: "high", stroke: "var(--legitimate)", strokeWidth: 2 }),
      Plot.dot(drawn, { y: "group", x: "value", fill: "var(--legitimate)", r: 4 }),
      Plot.tip(
        drawn,
        Plot.pointerY({
          y: "group",
          x: "value",
          ...tip((one) => `${one.name}\n${interval(one)}\nof ${plural(one.count, "legitimate sign-up")}`),
        }),
      ),
    ],
  });
}

function ratesByGroup(level) {
  return new Map((level?.groups ?? []).map((one) => [one.group, one]));
}

function groupColumns(level) {
  const rates = ratesByGroup(level);
  const rate = ({ name }) => rates.get(name);
  const button = ({ name, place }) =>
    el(
      "button",
      { type: "button", class: "link", title: "Show its sign-ups", onclick: () => ask({ group: place }) },
      bdi(brief(name, 48)),
    );
  const columns = [
    { name: "group", label: "Group", value: ({ name }) => name, cell: button, rowHead: true },
    {
      name: "count",
      label: "Sign-ups",
      value: ({ counts }) => d3.sum(counts),
      cell: ({ counts }) => whole(d3.sum(counts)),
      number: true,
      wide: true,
    },
    {
      name: "stopped",
      label: "Not allowed",
      value: ({ counts }) => notAllowed(counts),
      cell: ({ counts }) => el("span", { class: "with-split" }, percent(notAllowed(counts)), split(counts)),
      number: true,
      wide: Boolean(level),
    },
  ];
  if (!level) return columns;
  return [
    ...columns,
    {
      name: "legitimate",
      label: "Legitimate",
      value: (one) => rate(one)?.count ?? null,
      cell: (one) => (rate(one) ? whole(rate(one).count) : "\u2013"),
      number: true,
      wide: true,
    },
    {
      name: "rate",
      label: "Falsely stopped (95\u00a0%)",
      value: (one) => rate(one)?.value ?? null,
      cell: (one) => (rate(one) ? interval(rate(one)) : "\u2013"),
      number: true,
    },
    {
      name: "ratio",
      label: "Times the overall",
      value: (one) => rate(one)?.ratio ?? null,
      cell: (one) => (rate(one)?.ratio ? fixed(rate(one).ratio, 1) : "\u2013"),
      number: true,
      wide: true,
    },
  ];
}

function groupsOf(level, place) {
  const drawing = chart("False-positive rate by group", (found, pixels) =>
    found.groups.length ? [groupPlot(found, pixels)] : [],
  );
  const table = sortableTable({
    caption: "Groups",
    columns: groupColumns(level),
    order: { name: level ? "rate" : "count", descending: true },
  });
  table.update(report.groups.map(([name, ...counts], number) => ({ name, counts, place: number })));
  if (!level) {
    place.replaceChildren(table.node);
    return;
  }
  drawing.update(level);
  const small = level.too_small.length
    ? `Of ${plural(level.too_small.length, "group")} too few legitimate sign-ups are known to say anything. `
    : "";
  place.replaceChildren(
    note(
      `All legitimate: ${interval(level.alarms)} of ${whole(level.alarms.count)} stopped, the broken line. ${small}`,
    ),
    drawing.place,
    table.node,
  );
}

function levelChoice(name, changed) {
  const choose = el(
    "select",
    { id: name, onchange: () => changed(levels[choose.selectedIndex]) },
    levels.map(({ decision }) => el("option", null, levelName(decision))),
  );
  return el("p", { class: "noprint" }, el("label", { for: name }, "Stopped means "), choose);
}

function drawGroups() {
  const section = byId("groups");
  if (!report.history) {
    section.remove();
    return;
  }
  section.append(heading("groups", "Groups"));
  if (!hasGroups) {
    section.append(note("The history names no group for these sign-ups."));
    return;
  }
  const place = el("div");
  const rest = report.counts.groups - report.groups.length;
  section.append(
    note(`Over the whole file, whatever is chosen above.${rest ? ` ${plural(rest, "smaller group")} left out.` : ""}`),
  );
  if (levels.length) section.append(levelChoice("level", (level) => groupsOf(level, place)));
  else
    section.append(
      note("No false-positive rates: ", measures?.refused ? bdi(measures.refused) : "no outcome is known", "."),
    );
  section.append(place);
  groupsOf(levels[0], place);
}
