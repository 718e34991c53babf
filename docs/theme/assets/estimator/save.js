// A file that was made here goes to the visitor's own disk, by a link that lives for a moment.

const MOMENT = 60_000; // ms; some browsers ask the visitor first

export function save({ name, type, text }) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), MOMENT);
}
