// Draw with Observable Plot, in colours of the style sheet so that light, dark and paper need no new drawing.

const decisionColours = DECISIONS.map((name) => `var(--${name})`);
const outcomeColours = { legitimate: "var(--legitimate)", abusive: "var(--abusive)", unknown: "var(--unknown)" };

// A place for a chart: it is drawn as wide as its place, again when that changes.
function chart(label, draw) {
  const place = el("div", { class: "chart" });
  let latest = null;
  let drawnAt = 0;
  const redraw = soon(() => {
    const width = Math.floor(place.clientWidth);
    if (latest === null || width < 50) return;
    drawnAt = width;
    place.replaceChildren(...draw(latest, width));
  });
  new ResizeObserver(() => {
    if (Math.floor(place.clientWidth) !== drawnAt) redraw();
  }).observe(place);
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", label);
  return {
    place,
    update: (found) => {
      latest = found;
      redraw();
    },
  };
}

// Plot puts a style element into its drawing, which the page's policy would refuse; style/charts.css has those rules.
function plot(label, options) {
  const svg = Plot.plot({ className: "plot", ...options });
  for (const style of svg.querySelectorAll("style")) style.remove();
  // The drawing as a whole has a name; its groups must not, having no role.
  for (const group of svg.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  return svg;
}

const tip = (text) => ({
  title: text,
  fill: "var(--panel)",
  stroke: "var(--line)",
  fontSize: 12,
  lineHeight: 1.25,
  lineWidth: 28,
});

function legend(entries) {
  return el(
    "ul",
    { class: "legend" },
    entries.map(([colour, text]) => {
      const sample = el("span", { class: "sample", "aria-hidden": "true" });
      sample.style.background = colour;
      return el("li", null, sample, text);
    }),
  );
}

const behind = (table) => el("details", { class: "behind noprint" }, el("summary", null, "The numbers"), table);

// The table behind a chart is made when somebody opens it.
function numbersBehind(title, make) {
  const place = scroller(title);
  const box = behind(place);
  let latest = null;
  const fill = () => {
    if (box.open && latest !== null) place.replaceChildren(make(latest));
  };
  box.addEventListener("toggle", fill);
  return {
    node: box,
    update: (found) => {
      latest = found;
      fill();
    },
  };
}
