// List the chosen sign-ups, a page at a time, and open the reasons behind each.

const PAGE = 50;
// What paper gets: all of a few hundred, else the first ones and a note.
const PRINTED = 200;

const signupColumns = [
  { name: "id", label: "Sign-up", value: (row) => rows.id[row] },
  {
    name: "at",
    label: "At (UTC)",
    value: (row) => rows.at[row],
    cell: (row) => moment(rows.at[row]),
    wide: true,
    descending: true,
  },
  {
    name: "decision",
    label: "Decision",
    value: (row) => rows.decision[row],
    cell: (row) => badge(rows.decision[row]),
    descending: true,
  },
  {
    name: "score",
    label: "Risk",
    value: (row) => rows.score[row],
    cell: (row) => (rows.score[row] === null ? "\u2013" : fixed(rows.score[row], 1)),
    number: true,
  },
  {
    name: "fpr",
    label: "Legitimate as high",
    value: (row) => rows.fpr[row],
    cell: (row) => percent(rows.fpr[row]),
    number: true,
    extra: true,
    descending: false,
  },
  {
    name: "reason",
    label: "Strongest reason",
    value: strongest,
    cell: (row) => el("bdi", { class: "code" }, shown(brief(strongest(row) || "\u2013", 30))),
    wide: true,
  },
];
if (report.campaigns.length) {
  signupColumns.push({
    name: "campaign",
    label: "Campaign",
    wide: true,
    value: campaignOf,
    cell: (row) => bdi(brief(campaignOf(row) || "\u2013", 24)),
  });
}
if (hasGroups) {
  signupColumns.push({
    name: "group",
    label: "Group",
    roomy: true,
    value: groupOf,
    cell: (row) => bdi(brief(groupOf(row) || "\u2013", 24)),
  });
}
if (hasOutcomes) {
  signupColumns.push({ name: "outcome", label: "Outcome", roomy: true, value: (row) => OUTCOMES[rows.outcome[row]] });
}

const list = { order: { name: "score", descending: true }, page: 0, open: new Set(), ordered: every, printing: false };
const listBody = el("tbody");
const position = el("span", { class: "position" });
const listNote = el("p", { class: "note" });

function openLine(row) {
  return el("tr", { class: "opened", id: `why-${row}` }, el("td", { colspan: signupColumns.length }, details(row)));
}

function toggle(row, line, button) {
  const isOpen = list.open.has(row);
  if (isOpen) {
    list.open.delete(row);
    line.nextSibling.remove();
  } else {
    list.open.add(row);
    line.after(openLine(row));
  }
  button.setAttribute("aria-expanded", String(!isOpen));
}

function signupLine(row) {
  const isOpen = list.open.has(row);
  const button = el(
    "button",
    { type: "button", class: "open", "aria-expanded": String(isOpen), "aria-controls": `why-${row}` },
    bdi(brief(idOf(row), 40)),
  );
  const line = el(
    "tr",
    { class: "signup", "data-row": row },
    el("th", { scope: "row" }, button),
    signupColumns.slice(1).map((column) => cellOf(column, row)),
  );
  // A click anywhere on the line; the button is what the keyboard reaches. Selecting text opens nothing.
  line.addEventListener("click", () => {
    if (String(getSelection()) === "") toggle(row, line, button);
  });
  return isOpen ? [line, openLine(row)] : [line];
}

function shownPlaces() {
  if (list.printing) return list.ordered.slice(0, PRINTED);
  return list.ordered.slice(list.page * PAGE, (list.page + 1) * PAGE);
}

function fillList() {
  const count = list.ordered.length;
  const places = shownPlaces();
  listBody.replaceChildren(...Array.from(places).flatMap(signupLine));
  const first = list.printing ? 0 : list.page * PAGE;
  position.textContent = count ? `${whole(first + 1)}\u2013${whole(first + places.length)} of ${whole(count)}` : "none";
  previous.disabled = list.page === 0;
  next.disabled = (list.page + 1) * PAGE >= count;
  listNote.textContent =
    list.printing && count > PRINTED
      ? `Printed are the first ${PRINTED} of ${plural(count, "sign-up")}.`
      : count
        ? ""
        : isFiltered()
          ? "No sign-up is left by these filters."
          : "There is none.";
}

function orderList() {
  const column = signupColumns.find(({ name }) => name === list.order.name);
  list.ordered = sorted(chosen, column.value, list.order.descending);
  list.page = 0;
  fillList();
}

function turnPage(step) {
  list.page += step;
  fillList();
  listTop.scrollIntoView({ block: "nearest" });
}

const previous = el("button", { type: "button", onclick: () => turnPage(-1) }, "Previous");
const next = el("button", { type: "button", onclick: () => turnPage(1) }, "Next");
const listTop = heading("signups", "Sign-ups");

function drawSignups() {
  const table = el(
    "table",
    { class: "list" },
    el("caption", { class: "unseen" }, "Sign-ups; each opens its reasons"),
    sortableHead(signupColumns, list.order, orderList),
    listBody,
  );
  const save = el("button", { type: "button", class: "noprint", onclick: saveCsv }, "Save these as CSV");
  byId("signups").append(
    listTop,
    el(
      "div",
      { class: "line" },
      el("p", { class: "note noprint" }, "Choose a line to see the reasons behind it."),
      save,
    ),
    scroller("Sign-ups", table),
    listNote,
    el("nav", { class: "pager noprint", "aria-label": "Pages of sign-ups" }, previous, position, next),
  );
  onChosen(orderList);
  const print = (is) => {
    list.printing = is;
    fillList();
  };
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
}
