// Make elements. Texts become text nodes and nothing else: no string is ever read as markup.

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const byId = (id) => document.getElementById(id);

// A text of which nobody knows what is in it: kept apart from the direction of what stands around it.
const bdi = (text) => el("bdi", { dir: "auto" }, shown(text));

// A time breaks between day and minute only.
function moment(at) {
  const [date, time] = minute(at).split(" ");
  return el("span", null, el("span", { class: "moment" }, date), " ", time);
}

const heading = (id, text) => el("h2", { id: `${id}-title` }, text);

const note = (...children) => el("p", { class: "note" }, ...children);

// What scrolls by itself can be reached and scrolled with the keyboard.
const scroller = (label, child) =>
  el("div", { class: "scroller", role: "region", "aria-label": `${label}, table`, tabindex: 0 }, child);

// Many events, one call in the next frame.
function soon(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}
