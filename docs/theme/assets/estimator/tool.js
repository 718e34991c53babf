// The page's side of the tools beside the estimator: read the form, ask Python in its worker, show what it says.
// Every word comes from Python; nothing is sent anywhere. A page that is only read loads none of it: Python
// starts with the first thing that is filled in.

import { save } from "./save.js";

const SLOW_AFTER = 20_000; // ms
const PATIENCE = 700; // ms without typing before a message appears beside the field in use
const MEGABYTE = 1_000_000;

const root = document.getElementById("tool");
const form = document.getElementById("tool-form");
const answer = document.getElementById("tool-answer");
const said = root.querySelector("[data-said]");
const bar = root.querySelector("progress");
const example = answer.innerHTML;

let python = null;
let starting = false;
let latest = 0;
let nagging = 0;
let file = null;

function state(name) {
  root.dataset.state = name;
}

// After the next paint; a page in the background paints nothing, and need not wait.
function painted() {
  return new Promise((done) => {
    if (document.hidden) return done();
    requestAnimationFrame(() => requestAnimationFrame(done));
  });
}

function showErrors(errors) {
  for (const spot of root.querySelectorAll(".error")) {
    const name = spot.id.slice("error-".length);
    const message = errors[name] ?? "";
    const control = form.elements[name];
    if (spot.textContent !== message) spot.textContent = message;
    if (control instanceof HTMLElement)
      message ? control.setAttribute("aria-invalid", "true") : control.removeAttribute("aria-invalid");
  }
}

function say(status) {
  if (said.textContent !== status) said.textContent = status;
}

async function update() {
  const mine = ++latest;
  const { tool, built, language } = root.dataset;
  const answers = Object.fromEntries(new FormData(form));
  const reply = JSON.parse(await python.respond(JSON.stringify({ tool, answers, built, language })));
  if (mine !== latest) return; // a later answer is on its way
  clearTimeout(nagging);
  const { [document.activeElement?.name]: current, ...others } = reply.errors;
  showErrors(current ? others : reply.errors);
  if (current) nagging = setTimeout(() => showErrors(reply.errors), PATIENCE);
  file = reply.file;
  answer.innerHTML = reply.html || example; // made and escaped by the estimator
  // Said once the result is seen; nothing waits for that: a frame out of sight may never be painted.
  painted().then(() => mine === latest && say(reply.status || said.dataset.live));
}

async function changed() {
  if (!python) return start();
  try {
    await update();
  } catch (error) {
    fail(error);
  }
}

function fail(error) {
  python = null;
  root.querySelector("[data-part]").textContent = error.part ?? error.message;
  state("failed");
  console.warn(error);
}

function progress({ loaded, total }) {
  bar.value = total ? loaded / total : 0;
  root.querySelector("[data-loaded]").textContent = (loaded / MEGABYTE).toFixed(1);
}

async function start() {
  if (starting || python) return;
  starting = true;
  state("loading");
  const slow = setTimeout(() => (root.dataset.slow = ""), SLOW_AFTER);
  try {
    const { startPython } = await import("./runtime.js");
    const { python: runtime, worker } = root.dataset;
    python = await startPython({ runtime, worker, onProgress: progress });
    await update();
    state("live");
  } catch (error) {
    fail(error);
  } finally {
    starting = false;
    clearTimeout(slow);
    delete root.dataset.slow;
  }
}

// "It's there": tick the item in the form. The answer is made anew, so the focus goes to the next such button.
async function tick(name) {
  form.elements[name].checked = true;
  await changed();
  (answer.querySelector("[data-tick]") ?? answer).focus();
}

form.addEventListener("input", changed);
form.querySelector(".ask").addEventListener("click", start);
form.addEventListener("reset", () => python && setTimeout(changed));
form.addEventListener("submit", (event) => event.preventDefault());
root.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.action === "start") start();
  if (button?.dataset.action === "save" && file) save(file);
  if (button?.dataset.tick) tick(button.dataset.tick);
});
