// The page's side of the estimator: read the form, ask Python in its worker, show what it says.
// Every word and every figure comes from Python; nothing is sent anywhere.

import { startPython } from "./runtime.js";

const SLOW_AFTER = 20_000; // ms
const PATIENCE = 700; // ms without typing before a message appears beside the field in use
const MEGABYTE = 1_000_000;

const root = document.getElementById("estimator");
const form = document.getElementById("estimator-form");
const answer = document.getElementById("estimator-answer");
const said = root.querySelector("[data-said]");
const bar = root.querySelector("progress");

let python = null;
let starting = false;
let latest = 0;
let nagging = 0;

function state(name) {
  root.dataset.state = name;
}

function answers() {
  const found = {};
  for (const [name, value] of new FormData(form)) found[name] = value;
  return found;
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

function showAnswer(html) {
  const unfolded = [...answer.querySelectorAll("details")].map((item) => item.open);
  answer.innerHTML = html; // made and escaped by the estimator
  answer.querySelectorAll("details").forEach((item, index) => (item.open = unfolded[index] ?? item.open));
}

// The first answer comes without its sources: their list is long, and the figures don't wait for it.
async function update({ cited = true } = {}) {
  const mine = ++latest;
  const { built, language, example, filled } = root.dataset;
  const request = { answers: answers(), built, language, example, cited, filled: JSON.parse(filled) };
  const reply = JSON.parse(await python.respond(JSON.stringify(request)));
  if (mine !== latest) return; // a later answer is on its way
  clearTimeout(nagging);
  const typing = document.activeElement?.name;
  if (reply.errors[typing]) {
    const { [typing]: current, ...others } = reply.errors;
    showErrors(others);
    nagging = setTimeout(() => showErrors(reply.errors), PATIENCE);
  } else {
    showErrors(reply.errors);
  }
  showAnswer(reply.html);
  await painted();
  if (mine === latest && said.textContent !== reply.status) said.textContent = reply.status;
}

async function changed() {
  if (!python) {
    if ("waiting" in root.dataset) start();
    return;
  }
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
  delete root.dataset.waiting;
  state("loading");
  const slow = setTimeout(() => (root.dataset.slow = ""), SLOW_AFTER);
  try {
    const { runtime, worker } = root.dataset;
    python = await startPython({ runtime, worker, onProgress: progress });
    await update({ cited: false });
    state("live");
    await update();
  } catch (error) {
    fail(error);
  } finally {
    starting = false;
    clearTimeout(slow);
    delete root.dataset.slow;
  }
}

form.addEventListener("input", changed);
form.addEventListener("reset", () => setTimeout(changed));
form.addEventListener("submit", (event) => event.preventDefault());
for (const button of root.querySelectorAll("[data-action=start]")) button.addEventListener("click", start);

// On a line where every megabyte counts, wait until somebody asks for it.
const line = navigator.connection;
if (line?.saveData || line?.type === "cellular") root.dataset.waiting = "";
else if ("requestIdleCallback" in window) requestIdleCallback(start, { timeout: 2000 });
else setTimeout(start, 200);
