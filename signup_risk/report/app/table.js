// Lay out tables whose headers sort: a button in each, the order said in aria-sort.

const collator = new Intl.Collator("en", { numeric: true });

function compare(a, b) {
  // What is not known comes last in either order, so it is handled by the caller.
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
}

function sorted(items, value, descending) {
  const keyed = Array.from(items, (item, place) => ({ item, place, key: value(item) }));
  const isNothing = (key) => key === null || key === undefined || key === "" || Number.isNaN(key);
  keyed.sort((a, b) => {
    if (isNothing(a.key) || isNothing(b.key)) return isNothing(a.key) - isNothing(b.key) || a.place - b.place;
    return (descending ? compare(b.key, a.key) : compare(a.key, b.key)) || a.place - b.place;
  });
  return keyed.map(({ item }) => item);
}

// columns: {name, label, value(item), cell(item)?, number?, wide?, descending?}; wide ones are left out on a phone,
// roomy and extra ones on wider screens too.
function columnClass(column) {
  return (
    [column.number && "number", column.wide && "wide", column.roomy && "roomy", column.extra && "extra"]
      .filter(Boolean)
      .join(" ") || null
  );
}

function sortableHead(columns, order, changed) {
  const heads = columns.map((column) => {
    const turn = () => {
      order.descending = order.name === column.name ? !order.descending : Boolean(column.descending ?? column.number);
      order.name = column.name;
      tell();
      changed();
    };
    const button = el(
      "button",
      { type: "button", onclick: turn },
      column.label,
      el("span", { "aria-hidden": "true", class: "arrow" }),
    );
    return { column, head: el("th", { scope: "col", class: columnClass(column), "data-column": column.name }, button) };
  });
  function tell() {
    for (const { column, head } of heads) {
      const is = column.name === order.name;
      head.setAttribute("aria-sort", is ? (order.descending ? "descending" : "ascending") : "none");
    }
  }
  tell();
  return el(
    "thead",
    null,
    el(
      "tr",
      null,
      heads.map(({ head }) => head),
    ),
  );
}

const cellOf = (column, item) =>
  el(
    column.rowHead ? "th" : "td",
    { scope: column.rowHead ? "row" : null, class: columnClass(column) },
    column.cell ? column.cell(item) : String(column.value(item) ?? "\u2013"),
  );

// A table of its own: sorts itself, shows `most` rows and the others on request. update(items) fills it anew.
function sortableTable({ caption, columns, order, most = 15 }) {
  const body = el("tbody");
  const more = el("button", {
    type: "button",
    class: "more noprint",
    hidden: true,
    onclick: () => {
      isOpen = !isOpen;
      fill();
    },
  });
  let items = [];
  let isOpen = false;
  function fill() {
    const column = columns.find(({ name }) => name === order.name);
    const ordered = sorted(items, column.value, order.descending);
    const visible = isOpen ? ordered : ordered.slice(0, most);
    body.replaceChildren(
      ...visible.map((item) =>
        el(
          "tr",
          null,
          columns.map((one) => cellOf(one, item)),
        ),
      ),
    );
    more.hidden = items.length <= most;
    more.textContent = isOpen ? `Show the first ${most} only` : `Show all ${whole(items.length)}`;
    rest.textContent = !isOpen && items.length > most ? `The first ${most} of ${whole(items.length)}.` : "";
  }
  const rest = el("p", { class: "note printonly" });
  const table = el(
    "table",
    null,
    el("caption", { class: "unseen" }, caption),
    sortableHead(columns, order, fill),
    body,
  );
  const update = (found) => {
    items = found;
    fill();
  };
  return { node: el("div", null, scroller(caption, table), rest, more), update };
}

// The numbers behind a chart, for those who do not see it.
function numbers(caption, heads, lines) {
  const head = el(
    "tr",
    null,
    heads.map((text) => el("th", { scope: "col" }, text)),
  );
  const body = lines.map((line) =>
    el(
      "tr",
      null,
      line.map((text) => el("td", null, String(text))),
    ),
  );
  return el(
    "table",
    null,
    el("caption", { class: "unseen" }, caption),
    el("thead", null, head),
    el("tbody", null, body),
  );
}

const dot = (decision) => el("span", { class: `dot ${DECISIONS[decision]}`, "aria-hidden": "true" });
const badge = (decision) => el("span", { class: "badge" }, dot(decision), decisionName(decision));
