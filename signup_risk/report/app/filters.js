// Hold what is asked for, and find the sign-ups that it leaves.

const ANY = -2;

const nothing = () => ({
  decisions: new Set(DECISIONS.keys()),
  from: null,
  before: null,
  campaign: ANY,
  code: ANY,
  group: ANY,
  outcome: ANY,
  text: "",
});

let asked = nothing();
const listeners = [];
const searched = rows.id.map((id) => (id ?? "").toLowerCase());

const isFiltered = () =>
  asked.decisions.size < DECISIONS.length ||
  asked.from !== null ||
  asked.before !== null ||
  asked.campaign !== ANY ||
  asked.code !== ANY ||
  asked.group !== ANY ||
  asked.outcome !== ANY ||
  asked.text !== "";

// Whether a reason raised the score: the table counts those, and a click on it shows as many.
function isRaisedBy(row, code) {
  const list = rows.reasons[row];
  for (let place = 0; place < list.length; place += 3) if (list[place] === code && list[place + 2] > 0) return true;
  return false;
}

const leaves = (wanted, value) => wanted === ANY || wanted === value;

function isWanted(row) {
  return (
    asked.decisions.has(rows.decision[row]) &&
    (asked.from === null || rows.at[row] >= asked.from) &&
    (asked.before === null || rows.at[row] < asked.before) &&
    leaves(asked.campaign, rows.campaign[row]) &&
    leaves(asked.group, rows.group[row]) &&
    leaves(asked.outcome, rows.outcome[row]) &&
    (asked.code === ANY || isRaisedBy(row, asked.code)) &&
    (asked.text === "" || searched[row].includes(asked.text))
  );
}

let chosen = every;

const choose = soon(() => {
  chosen = isFiltered() ? every.filter(isWanted) : every;
  for (const listener of listeners) listener(chosen);
});

function ask(changes) {
  asked = { ...asked, ...changes };
  choose();
}

const onChosen = (listener) => listeners.push(listener);
