// The filters, and how many sign-ups they leave.

const field = (label, control, id) => el("p", { class: "field" }, el("label", { for: id }, label), control);

function chooser(id, entries, key) {
  const select = el(
    "select",
    { id, onchange: () => ask({ [key]: Number(select.value) }) },
    entries.map(([value, text]) => el("option", { value }, text)),
  );
  return select;
}

function decisionChoice() {
  const boxes = DECISIONS.map((_, place) =>
    el("input", {
      type: "checkbox",
      value: place,
      checked: true,
      onchange: () => {
        ask({ decisions: new Set(boxes.filter((box) => box.checked).map((box) => Number(box.value))) });
      },
    }),
  );
  const labels = boxes.map((box, place) => el("label", { class: "check" }, box, badge(place)));
  return { boxes, node: el("fieldset", null, el("legend", null, "Decision"), [...labels].reverse()) };
}

// Inputs of local time hold no zone; here they are read and written as UTC.
const fromInput = (text) => (text ? Date.parse(`${text}Z`) : null);
const toInput = (at) => (at === null ? "" : new Date(at).toISOString().slice(0, 16));

function momentInput(id, key) {
  const input = el("input", {
    type: "datetime-local",
    id,
    onchange: () => {
      const at = fromInput(input.value);
      ask({ [key]: Number.isNaN(at) ? null : at });
    },
  });
  return input;
}

const byName = (a, b) => collator.compare(a[1], b[1]);

function makeControls() {
  const codes = report.codes.map(([code], place) => [place, shown(code)]).sort(byName);
  const controls = {
    decisions: decisionChoice(),
    text: el("input", {
      type: "search",
      id: "text",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => ask({ text: controls.text.value.trim().toLowerCase() }),
    }),
    from: momentInput("from", "from"),
    before: momentInput("before", "before"),
    code: chooser("code", [[ANY, "any"], ...codes], "code"),
    campaign: chooser(
      "campaign",
      [
        [ANY, "any"],
        [NONE, "none"],
        ...report.campaigns.map((_, place) => [place, brief(shown(campaignName(place)), 48)]),
      ],
      "campaign",
    ),
    group: chooser(
      "group",
      [[ANY, "any"], [NONE, "none"], ...report.groups.map(([name], place) => [place, brief(shown(name), 48)])],
      "group",
    ),
    outcome: chooser("outcome", [[ANY, "any"], ...OUTCOMES.map((name, place) => [place, name])], "outcome"),
  };
  return controls;
}

// Say in words what is asked for, for paper, where nobody sees the controls.
function inWords(controls) {
  const said = [];
  if (asked.text) said.push(`id contains \u201c${shown(asked.text)}\u201d`);
  if (asked.decisions.size < DECISIONS.length)
    said.push(`decision ${[...asked.decisions].sort().reverse().map(decisionName).join(", ") || "none"}`);
  if (asked.from !== null) said.push(`from ${minute(asked.from)}`);
  if (asked.before !== null) said.push(`before ${minute(asked.before)} UTC`);
  for (const key of ["code", "campaign", "group", "outcome"]) {
    if (asked[key] !== ANY)
      said.push(`${key === "code" ? "raised by" : key} ${controls[key].selectedOptions[0].textContent}`);
  }
  return said.length ? `Only: ${said.join("; ")}.` : "";
}

function show(controls) {
  controls.decisions.boxes.forEach((box, place) => {
    box.checked = asked.decisions.has(place);
  });
  controls.from.value = toInput(asked.from);
  controls.before.value = toInput(asked.before);
  for (const key of ["code", "campaign", "group", "outcome"]) controls[key].value = String(asked[key]);
  if (asked.text !== controls.text.value.trim().toLowerCase()) controls.text.value = asked.text;
}

function drawControls() {
  const controls = makeControls();
  const left = el("p", { id: "left", role: "status", "aria-live": "polite" });
  const clear = el("button", { type: "button", onclick: () => ask(nothing()) }, "Clear filters");
  const fields = [
    field("Id contains", controls.text, "text"),
    controls.decisions.node,
    field("From (UTC)", controls.from, "from"),
    field("Before (UTC)", controls.before, "before"),
    report.codes.length ? field("Raised by", controls.code, "code") : null,
    report.campaigns.length ? field("Campaign", controls.campaign, "campaign") : null,
    hasGroups ? field("Group", controls.group, "group") : null,
    hasOutcomes ? field("Outcome", controls.outcome, "outcome") : null,
  ];
  const box = el(
    "details",
    { open: matchMedia("(min-width: 60rem)").matches },
    el("summary", null, el("h2", null, "Filters")),
    fields,
  );
  const words = el("p", { class: "note printonly", id: "asked" });
  byId("filters").append(box, el("div", { class: "line" }, left, clear), words);
  // On a wide screen the filters stand open beside the report and cannot be folded.
  const wide = matchMedia("(min-width: 60rem)");
  wide.addEventListener("change", () => {
    if (wide.matches) box.open = true;
  });
  return (places) => {
    show(controls);
    words.textContent = inWords(controls);
    clear.disabled = !isFiltered();
    left.textContent = isFiltered()
      ? `${whole(places.length)} of ${plural(size, "sign-up")}`
      : `${plural(size, "sign-up")}${isPartial ? " held" : ""}`;
  };
}
