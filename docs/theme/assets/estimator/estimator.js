// The page's side of the estimator: read the form, ask Python in its worker, show what it says.
// Every word and every figure comes from Python; nothing is sent anywhere.
// Answers are kept only while the page is open, unless somebody switches remembering on.

import { printPacket } from "./print.js";
import { isMetered, startPython } from "./runtime.js";
import { save } from "./save.js";
import { loadTheme } from "./theme.js";

const SLOW_AFTER = 20_000; // ms
const PATIENCE = 700; // ms without typing before a message appears beside the field in use
const MEGABYTE = 1_000_000;
const REMEMBERED = "massage-coverage-guide:answers"; // the key in the browser's storage

const root = document.getElementById("estimator");
const form = document.getElementById("estimator-form");
const answer = document.getElementById("estimator-answer");
const said = root.querySelector("[data-said]");
const bar = root.querySelector(".bar");
const meter = root.querySelector("progress");
const packet = document.getElementById("estimator-packet");

let python = null;
let starting = false;
let latest = 0;
let answering = null; // the newest answer, perhaps on its way: what is shown may still be an older one
let nagging = 0;
let touched = null; // the question answered last
let opened = null; // answers that a link or this browser brought, until Python has read them
let everything = false; // whether questions that change nothing are shown too

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

// --- answers that come from elsewhere -------------------------------------------------------------

function fromAddress() {
  const part = location.hash.slice(1).split("&").find((item) => item.startsWith("e="));
  return part ? part.slice(2) : null;
}

// A browser may refuse storage, even to be asked for it.
function stored(action) {
  try {
    return action(localStorage);
  } catch {
    return undefined;
  }
}

function fill(answers) {
  for (const [name, value] of Object.entries(answers)) {
    const control = form.elements[name];
    if (control && (control.value === "" || control.value === "unknown")) control.value = value;
  }
}

// --- what the page shows --------------------------------------------------------------------------

// Only what differs is touched: the browser lays out little, and the keyboard keeps its place.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Left alone: what a person has unfolded, and where the theme shows the keyboard's place. Two elements of different
// classes are never taken for the same.
const LEFT_ALONE = ["open", "class", "data-focus-visible-added"];

function kind(node) {
  const classes = node.getAttribute?.("class") ?? "";
  return `${node.nodeName} ${classes.replace("focus-visible", "").trim()}`;
}

function renew(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (!old.attributes) return old.replaceWith(fresh);
  for (const name of new Set([...old.getAttributeNames(), ...fresh.getAttributeNames()])) {
    const value = fresh.getAttribute(name);
    if (LEFT_ALONE.includes(name) || value === old.getAttribute(name)) continue;
    value === null ? old.removeAttribute(name) : old.setAttribute(name, value);
  }
  renewChildren(old, fresh);
}

function renewChildren(old, fresh) {
  const left = [...old.childNodes];
  for (const node of [...fresh.childNodes]) {
    const index = left.findIndex((item) => kind(item) === kind(node));
    if (index < 0) {
      old.insertBefore(node, left[0] ?? null);
    } else {
      for (const gone of left.splice(0, index)) gone.remove();
      renew(left.shift(), node);
    }
  }
  for (const gone of left) gone.remove();
}

function showErrors(errors) {
  for (const spot of root.querySelectorAll(".error")) {
    const name = spot.id.slice("error-".length);
    const message = errors[name] ?? "";
    const control = form.elements[name];
    write(spot, message);
    if (control instanceof HTMLElement)
      message ? control.setAttribute("aria-invalid", "true") : control.removeAttribute("aria-invalid");
  }
}

// Questions that can't change this person's result are folded away; they keep their place. Those of the group that
// somebody is answering stay: nothing vanishes under a person's hands.
function showFields(fields) {
  const inUse = document.activeElement?.closest(".group");
  let hidden = 0;
  for (const field of root.querySelectorAll("[data-key]")) {
    const worth = fields?.[field.dataset.key];
    const isIdle = fields != null && worth === undefined;
    hidden += isIdle;
    field.hidden = isIdle && !everything && !inUse?.contains(field);
    const label = field.querySelector("[data-worth]");
    if (label) write(label, worth ?? "");
  }
  for (const group of root.querySelectorAll(".group"))
    group.hidden = [...group.querySelectorAll("[data-key]")].every((field) => field.hidden);
  root.querySelector("[data-action=show-all]").hidden = hidden === 0 || everything;
}

function showLink({ link, holds }) {
  const anchor = root.querySelector("[data-link]");
  bar.hidden = root.querySelector(".actions").hidden = !link;
  if (!link) return hidePacket();
  const address = `${location.origin}${location.pathname}#e=${link}`;
  anchor.href = address;
  write(anchor, address);
  write(root.querySelector("[data-holds]"), holds);
  if (root.querySelector("[data-remember]").checked) stored((kept) => kept.setItem(REMEMBERED, link));
}

function shown() {
  const value = (path) => answer.querySelector(`[data-output="${path}"]`)?.dataset.value;
  return { verdict: value("verdict"), likely: value("range.likely") };
}

// The figure that stays in view, as the answer writes it: one amount, or the two ends of a range.
function showResult() {
  const link = root.querySelector("[data-result]");
  write(link, [...answer.querySelectorAll(".figure strong")].map((item) => item.textContent).join("\u2013"));
  link.setAttribute("aria-label", `${link.textContent}. ${link.dataset.result}`);
}

function showAnswer(html) {
  const made = document.createElement("template");
  made.innerHTML = html; // made and escaped by the estimator
  renewChildren(answer, made.content);
}

function asked(more) {
  const { built, language, example, filled } = root.dataset;
  return JSON.stringify({ answers: answers(), built, language, example, filled: JSON.parse(filled), ...more });
}

async function ask(more) {
  return JSON.parse(await python.respond(asked(more)));
}

// The first answer comes without its sources: their list is long, and the figures don't wait for it.
async function update({ cited = true } = {}) {
  const mine = ++latest;
  const request = { cited };
  // Not the form data's names: a choice that nobody has made yet has none there.
  const fields = () => [...root.querySelectorAll("[data-key]")].map((field) => field.dataset.key);
  if (opened !== null) Object.assign(request, { ...opened, fields: fields() });
  if (touched && !answer.querySelector(".example-note")) request.before = { ...shown(), key: touched };
  const reply = await ask(request);
  if (mine !== latest) return; // a later answer is on its way
  touched = null;
  if (opened !== null) {
    fill(reply.fill);
    root.querySelector("[data-notice]").textContent = reply.notice;
    opened = null;
  }
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
  showResult();
  showFields(reply.fields);
  showLink(reply);
  if (!packet.hidden) await fillPacket();
  // Said once the figures are seen; nothing waits for that.
  painted().then(() => mine === latest && write(said, reply.status));
}

async function changed() {
  if (!python) {
    if ("waiting" in root.dataset) start();
    return;
  }
  answering = update();
  try {
    await answering;
  } catch (error) {
    fail(error);
  }
}

function fail(error) {
  python = null;
  root.querySelector("[data-part]").textContent = error.part ?? error.message;
  state("failed");
  showPacket(); // what to ask on the phone needs no Python: at first it is the clinic's blank sheet
  console.warn(error);
}

function progress({ loaded, total }) {
  meter.value = total ? loaded / total : 0;
  root.querySelector("[data-loaded]").textContent = (loaded / MEGABYTE).toFixed(1);
}

// What Python is asked before anything else, where the browser keeps the guide: the example, and nobody's answers.
function rehearsal() {
  const isKept = "serviceWorker" in navigator && document.querySelector("[data-service-worker]");
  return isKept && !navigator.connection?.saveData ? asked({ answers: {}, cited: false }) : "";
}

async function start() {
  if (starting || python) return;
  starting = true;
  delete root.dataset.waiting;
  state("loading");
  if (bar.hidden) hidePacket();
  const slow = setTimeout(() => (root.dataset.slow = ""), SLOW_AFTER);
  try {
    const { runtime, worker } = root.dataset;
    python = await startPython({ runtime, worker, onProgress: progress, rehearsal: rehearsal() });
    await update({ cited: false });
    state("live");
    await update();
    // The first answer of the visitor's own then comes as soon as any other.
    ask({ rehearse: true, before: { ...shown(), likely: "0", key: "fee" } }).catch(console.warn);
  } catch (error) {
    fail(error);
  } finally {
    starting = false;
    clearTimeout(slow);
    delete root.dataset.slow;
    loadTheme();
  }
}

// --- the packet ------------------------------------------------------------------------------------

async function fillPacket() {
  const address = new URL("..", location.href);
  const { html } = await ask({ make: "packet", address: `${address.host}${address.pathname}`.replace(/\/$/, "") });
  if (html) packet.innerHTML = html; // made and escaped by the estimator
}

function hidePacket() {
  packet.hidden = true;
  bar.querySelector("[data-action=call]").setAttribute("aria-expanded", "false");
}

// On the screen only the call's sheet is of use; the others are for paper.
function showPacket() {
  for (const sheet of document.querySelectorAll("link[media=print][href*=packet]")) sheet.media = "all";
  packet.hidden = false;
}

async function showCall() {
  if (!packet.hidden) return hidePacket();
  await fillPacket();
  showPacket();
  bar.querySelector("[data-action=call]").setAttribute("aria-expanded", "true");
  const title = packet.querySelector(".sheet-call h2");
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
  title.scrollIntoView();
}

// --- what a person does ----------------------------------------------------------------------------

const done = root.querySelector("[data-done]");

const actions = {
  start,
  "show-all": () => {
    everything = true;
    changed();
  },
  copy: async () => {
    try {
      await answering;
      await navigator.clipboard.writeText(root.querySelector("[data-link]").href);
      done.textContent = root.dataset.copied;
    } catch {
      done.textContent = root.dataset.notCopied;
    }
  },
  share: async () => {
    await answering;
    await navigator.share({ url: root.querySelector("[data-link]").href }).catch(() => {});
  },
  call: showCall,
  packet: async () => {
    await fillPacket();
    printPacket();
  },
  calendar: async () => save((await ask({ make: "calendar" })).file),
  keep: () => {
    const title = document.getElementById("keep");
    title.focus({ preventScroll: true });
    title.scrollIntoView({ block: "center" });
  },
};

// A question of the answer leads to its field in the form, unfolded, ready to type.
function goTo(key) {
  const field = root.querySelector(`[data-key="${key}"]`);
  if (!field) return;
  field.hidden = false;
  const group = field.closest("details");
  if (group) {
    group.hidden = false;
    group.open = true;
  }
  field.querySelector("input, select").focus({ preventScroll: true });
  field.scrollIntoView({ block: "center" });
}

root.addEventListener("click", (event) => {
  const { action } = event.target.dataset;
  const link = event.target.closest("[data-goto]");
  if (action in actions) Promise.resolve(actions[action]()).catch(fail);
  if (!link) return;
  event.preventDefault();
  goTo(link.dataset.goto);
});

form.addEventListener("input", (event) => {
  if ("remember" in event.target.dataset) return remembering(event.target.checked);
  touched = event.target.name;
  changed();
});

function remembering(isOn) {
  const link = root.querySelector("[data-link]").hash.slice("#e=".length);
  stored((kept) => (isOn && link ? kept.setItem(REMEMBERED, link) : kept.removeItem(REMEMBERED)));
}

form.addEventListener("reset", () => {
  stored((kept) => kept.removeItem(REMEMBERED));
  history.replaceState(null, "", location.pathname + location.search);
  for (const spot of ["[data-notice]", "[data-done]"]) root.querySelector(spot).textContent = "";
  everything = false;
  touched = null;
  setTimeout(changed);
});
form.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", () => {
  if (fromAddress() === null) return;
  opened = { link: fromAddress() };
  changed();
});

const remembered = stored((kept) => kept.getItem(REMEMBERED));
if (fromAddress() !== null) opened = { link: fromAddress() };
else if (remembered) opened = { link: remembered, remembered: true };
root.querySelector(".remember").hidden = stored(() => true) === undefined;
root.querySelector("[data-remember]").checked = Boolean(remembered);
root.querySelector("[data-action=share]").hidden = !navigator.share;

if (isMetered) {
  root.dataset.waiting = "";
  loadTheme();
} else setTimeout(start); // once the scripts of the page have run
