// Write numbers, times and texts, the same in every browser's language.

const INTEGER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const whole = (value) => INTEGER.format(value);
const fixed = (value, digits) => value.toFixed(digits).replace("-", "\u2212");
const signed = (value, digits = 2) => (value > 0 ? "+" : "") + fixed(value, digits);

// A share with as many digits as it needs to be told from zero.
function percent(share) {
  if (share === null || share === undefined || Number.isNaN(share)) return "\u2013";
  const value = share * 100;
  if (value === 0) return "0\u00a0%";
  if (value < 0.005) return "<\u00a00.01\u00a0%";
  return `${value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0)}\u00a0%`;
}

// Joined, so that no line breaks inside.
const range = (low, high) => `${percent(low).replace("\u00a0%", "")}\u2060\u2013\u2060${percent(high)}`;

const share = (part, all) => (all ? part / all : null);

const plural = (count, noun) => `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;

// Times are those of the events, in UTC, whatever the reader's clock says.
const minute = (at) => new Date(at).toISOString().slice(0, 16).replace("T", " ");
const second = (at) => new Date(at).toISOString().slice(0, 19).replace("T", " ");
const day = (at) => new Date(at).toISOString().slice(0, 10);

// Signs that are not seen but change what is seen: controls, marks of direction, spaces of no width, tags. Joiners
// (U+200C, U+200D) are left, since scripts and emoji need them.
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

function shown(text) {
  return String(text).replace(UNSEEN, (sign) => {
    const code = sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `\u27e8U+${code}\u27e9`;
  });
}

// The whole text stands in the row's detail; in a table a long one is cut, and seen to be.
const brief = (text, most = 64) => (text.length > most ? `${text.slice(0, most)}\u2026` : text);
