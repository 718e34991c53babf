// What makes pages handier and isn't needed to read them: explanations beside words, finding in a
// long list, printing. Without it a term leads to the glossary, and a list is whole.

const LINGER = 300; // ms the mouse rests on a term before its explanation opens, or is gone before it closes

// --- explanations ---

function explain(term) {
  let note = null;
  let isPinned = false; // opened on purpose, not by the mouse passing over
  let wasPinned = false;
  let timer = 0;

  function make() {
    note = document.getElementById(term.dataset.note).content.firstElementChild.cloneNode(true);
    note.popover = "auto"; // the browser closes it on Escape and on a touch elsewhere
    note.addEventListener("toggle", (event) => {
      term.setAttribute("aria-expanded", String(event.newState === "open"));
      if (event.newState === "closed") isPinned = false;
    });
    whileMouseIsOn(note);
    term.after(note);
  }

  function open() {
    if (!note) make();
    if (!note.matches(":popover-open")) note.showPopover();
  }

  function whileMouseIsOn(element) {
    element.addEventListener("pointerenter", (event) => {
      clearTimeout(timer);
      if (event.pointerType === "mouse") timer = setTimeout(open, LINGER);
    });
    element.addEventListener("pointerleave", () => {
      clearTimeout(timer);
      if (note && !isPinned) timer = setTimeout(() => note.hidePopover(), LINGER);
    });
  }

  term.setAttribute("role", "button");
  term.setAttribute("aria-expanded", "false");
  whileMouseIsOn(term);
  // The touch itself closes what is open, so that the click has to know what was before it.
  term.addEventListener("pointerdown", () => (wasPinned = isPinned));
  term.addEventListener("keydown", (event) => {
    wasPinned = isPinned;
    if (event.key !== " ") return;
    event.preventDefault();
    term.click();
  });
  term.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // wants the glossary in a new tab
    event.preventDefault();
    clearTimeout(timer);
    if (wasPinned) {
      note.hidePopover();
    } else {
      open();
      isPinned = true;
    }
  });
}

if ("popover" in HTMLElement.prototype) document.querySelectorAll("a.term").forEach(explain);

// --- finding ---

const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[^\p{Letter}\p{Number}]+/gu, " ");

// How many of the words typed an entry has. The first letters are enough, so that "necessity" finds
// "necessary".
const STEM = 6;
const hits = (entry, words) => words.filter((word) => entry.includes(` ${word.slice(0, STEM)}`)).length;

function find(finder) {
  const box = finder.querySelector("input");
  const status = finder.querySelector("[role=status]");
  const entries = [...document.querySelectorAll("[data-findable]")];
  const texts = entries.map((entry) => ` ${plain(entry.textContent)}`);
  const heads = entries.map((entry) => ` ${plain(entry.firstElementChild.textContent)}`);
  const headings = [...document.querySelectorAll("article h2")];

  // A heading whose entries are all hidden is hidden too.
  function tidy() {
    headings.forEach((heading, index) => {
      const inside = entries.filter(
        (entry) =>
          heading.compareDocumentPosition(entry) & Node.DOCUMENT_POSITION_FOLLOWING &&
          !(headings[index + 1]?.compareDocumentPosition(entry) & Node.DOCUMENT_POSITION_FOLLOWING),
      );
      heading.hidden = inside.length > 0 && inside.every((entry) => entry.hidden);
    });
  }

  box.addEventListener("input", () => {
    const words = plain(box.value).split(" ").filter((word) => word.length > 2);
    // More of the words come first; of equals, those that have them in their heading.
    const scores = texts.map((text, index) => 20 * hits(text, words) + hits(heads[index], words));
    const best = Math.max(...scores);
    let shown = 0;
    entries.forEach((entry, index) => {
      entry.hidden = words.length > 0 && best > 0 && scores[index] < best;
      shown += entry.hidden ? 0 : 1;
    });
    tidy();
    if (!words.length) status.textContent = "";
    else if (!best) status.textContent = status.dataset.none;
    else status.textContent = shown === 1 ? status.dataset.one : status.dataset.many.replace("#", shown);
  });
  finder.hidden = false;
}

document.querySelectorAll("[data-find]").forEach(find);

// --- a link to an entry that is folded away opens it ---

function reveal() {
  const entry = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (entry instanceof HTMLDetailsElement) entry.open = true;
}

addEventListener("hashchange", reveal);
reveal();

// --- printing ---

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
  button.closest("[hidden]").hidden = false;
}
