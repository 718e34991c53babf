// Has the browser keep the guide for a visit without a network, once Python runs here and the page has nothing better
// to do; and tells when a newer version of the guide is there. Nothing changes under an open page until a person says so.

const AGAIN = 3_600_000; // ms between two looks for a newer version
const IDLE = 10_000; // ms to wait at most for an idle moment
const MARK = "&reloaded"; // on an address that brought the answers over a reload

const tool = document.querySelector("#estimator, #tool");
const version = document.querySelector("meta[name=version]").content;
const notice = document.querySelector("[data-service-worker]");

function live() {
  return new Promise((done) => {
    const look = () => tool.dataset.state === "live" && done();
    new MutationObserver(look).observe(tool, { attributeFilter: ["data-state"] });
    look();
  });
}

function idle() {
  return new Promise((done) => {
    if ("requestIdleCallback" in window) requestIdleCallback(done, { timeout: IDLE });
    else setTimeout(done, 1000);
  });
}

function versionOf(worker) {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    worker.postMessage({ ask: "version" }, [port2]);
  });
}

// --- a newer version -----------------------------------------------------------------------------

// The answers come along in the address, where a link would have them: no server sees that part.
function reload() {
  const link = tool.querySelector("[data-link]");
  if (link?.hash.startsWith("#e=") && !link.closest("[hidden]")) history.replaceState(null, "", link.hash + MARK);
  location.reload();
}

function show(worker) {
  const card = notice.querySelector("template").content.cloneNode(true);
  card.querySelector("[value=later]").addEventListener("click", () => notice.querySelector(".update").remove());
  card.querySelector("[value=reload]").addEventListener("click", () => {
    // Another page may have said so before.
    if (worker.state !== "installed") return reload();
    worker.addEventListener("statechange", reload, { once: true });
    worker.postMessage({ ask: "activate" });
  });
  notice.querySelector(".update")?.remove();
  notice.append(card);
}

async function offer(worker) {
  // A page that came from the network can be as new already.
  if ((await versionOf(worker)) === version) worker.postMessage({ ask: "activate if alone" });
  else show(worker);
}

function watch(registration) {
  const { installing, waiting } = registration;
  if (waiting && registration.active) offer(waiting);
  const follow = (worker) =>
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && registration.active) offer(worker);
    });
  follow(installing);
  registration.addEventListener("updatefound", () => follow(registration.installing));
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - looked < AGAIN) return;
    looked = Date.now();
    registration.update().catch(() => {}); // no network: next time
  });
}

// --- the first time --------------------------------------------------------------------------------

// The runtime's files have just come: where a browser wouldn't find them again, they would be loaded twice.
let files = [];
let memory = []; // its address, and a function that takes it from Python's worker
addEventListener("runtime", ({ detail }) => ({ files, memory } = detail));

async function handOver(name) {
  for (const [url, coming] of files.splice(0)) {
    if (await caches.match(url)) continue;
    const blob = await coming;
    const headers = { "content-type": blob.type };
    await (await caches.open(name)).put(url, new Response(blob, { headers }));
  }
}

const { pathname } = new URL(".", new URL(notice.dataset.serviceWorker, document.baseURI));
const OURS = `massage-coverage-guide ${pathname} `;

async function register() {
  const name = `${OURS}handed over`; // the worker reads it, and removes it
  try {
    await handOver(name);
    return await navigator.serviceWorker.register(notice.dataset.serviceWorker);
  } catch (error) {
    await caches.delete(name); // no room, or no worker: nobody would read it
    throw error;
  }
}

// What was read in this tab before stays readable too. Not every browser tells.
async function keepWhatWasRead() {
  const { active } = await navigator.serviceWorker.ready;
  const pages = window.navigation?.entries().map(({ url }) => url) ?? [];
  active.postMessage({ ask: "keep", pages });
}

// As Python stood before the first question: a later visit goes on from there. Only where this very version is kept.
async function keepMemory() {
  const [url, take] = memory;
  const blob = await take?.();
  if (blob && (await caches.has(OURS + version))) await (await caches.open(OURS + version)).put(url, new Response(blob));
}

async function begin() {
  await live();
  if (location.hash.endsWith(MARK)) history.replaceState(null, "", location.pathname + location.search);
  if (navigator.connection?.saveData) return (files = []);
  await idle();
  watch(await register());
  await keepWhatWasRead();
  await keepMemory();
}

// Where a browser keeps nothing, as in some private windows, the page works as before.
if ("serviceWorker" in navigator) begin().catch(() => {});
