// Keeps the guide in the browser, so that a later visit works without a network.
//
// Pages come from the network while it answers, so that nobody reads old facts, and else from what is kept. A page asks
// for its files by names that say what is in them: it finds those it was built with, or none. So one page never runs
// with another version's files, whoever keeps them. A new version waits until no page of the old one is open, or
// until a person says "Reload".
// The build fills in these lines; paths are from the site's root.
const VERSION = "";
const FILES = []; // named after their contents, and the same for good
const PAGES = []; // kept from the start
const DATA = []; // changes under its name

const PATIENCE = 3000; // ms until what is kept goes before a network that doesn't answer
const AT_MOST = 50; // pages taken over from an earlier version
const root = self.registration.scope;
// Several sites can share an origin, as all projects of one owner on GitHub Pages do.
const OURS = `massage-coverage-guide ${new URL(root).pathname} `;
const CACHE = OURS + VERSION;
const STAMP = `<meta name="version" content="${VERSION}">`;

const files = new Set(FILES.map(at));
const data = new Set(DATA.map(at));

function at(path) {
  return new URL(path, root).href;
}

// Nothing that a link adds to an address changes what a page or a file holds.
function plain(address) {
  const url = new URL(address);
  url.search = url.hash = "";
  url.pathname = url.pathname.replace(/\/index\.html$/, "/");
  return url.href;
}

async function earlier() {
  return (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE);
}

async function inAny(names, url) {
  for (const cacheName of names) {
    const found = await caches.match(url, { cacheName, ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

function kept(url) {
  return inAny([CACHE], url);
}

async function get(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return response;
}

// Keep a page if it belongs to this version; say whether it does.
async function keepPage(url, response) {
  if (response.status !== 200 || !(await response.clone().text()).includes(STAMP)) return false;
  await (await caches.open(CACHE)).put(url, response);
  return true;
}

// --- a new version -------------------------------------------------------------------------------

async function install() {
  const before = await earlier();
  const line = navigator.connection;
  // The first time, the page has just loaded these files and handed them over. A new version's can wait for another line.
  if (line?.saveData || (line?.type === "cellular" && self.registration.active)) throw new Error("a metered line");
  const cache = await caches.open(CACHE);
  for (const url of files) await cache.put(url, (await inAny(before, url)) ?? (await get(url)));
  for (const url of data) await cache.put(url, await get(url, { cache: "no-cache" }));
  for (const url of PAGES.map(at))
    if (!(await keepPage(url, await get(url, { cache: "no-cache" })))) throw new Error(`${url}: of another version`);
  await keepPages(await pagesIn(before));
}

async function pagesIn(names) {
  const found = new Set();
  for (const name of names)
    for (const { url } of await (await caches.open(name)).keys()) if (url.endsWith("/")) found.add(url);
  return found;
}

// What a person has read stays readable; what can't be had now is no reason to fail.
async function keepPages(addresses) {
  for (const address of [...addresses].slice(0, AT_MOST)) {
    const url = plain(address);
    if (!url.startsWith(root) || (await kept(url))) continue;
    await get(url, { cache: "no-cache" }).then((response) => keepPage(url, response), () => {});
  }
}

self.addEventListener("install", (event) => {
  const isNew = caches.has(CACHE).then((has) => !has);
  const installed = install().catch(async (error) => {
    if (await isNew) await caches.delete(CACHE);
    throw error;
  });
  event.waitUntil(installed);
});

self.addEventListener("activate", (event) => {
  event.waitUntil(earlier().then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});

// --- what pages ask --------------------------------------------------------------------------------

async function isAlone() {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.filter(({ url }) => url.startsWith(root)).length < 2;
}

const asked = {
  version: ({ ports }) => ports[0].postMessage(VERSION),
  activate: () => self.skipWaiting(),
  "activate if alone": async () => (await isAlone()) && self.skipWaiting(),
  keep: ({ data: { pages } }) => keepPages(pages),
};

self.addEventListener("message", (event) => {
  event.waitUntil(Promise.resolve(asked[event.data?.ask]?.(event)));
});

// --- requests ----------------------------------------------------------------------------------------

// A file of this version; one that was lost is kept again. Of what is kept as it is, browsers also keep what they have
// compiled. Only start.mjs reads what stands behind the # of its address: that reaches a script whose answer names none.
async function file(request, url) {
  const found = await kept(url);
  if (found) return url.endsWith("/start.mjs") ? new Response(found.body, found) : found;
  const response = await fetch(request);
  if (response.ok) await (await caches.open(CACHE)).put(url, response.clone());
  return response;
}

// What the network says, unless it fails, is out of order or takes too long.
async function freshOrKept(fresh, url) {
  const found = await kept(url);
  if (!found) return fresh;
  const isAnswer = ({ ok, type, status }) => ok || type === "opaqueredirect" || status === 404;
  const answer = fresh.then((response) => (isAnswer(response) ? response : found), () => found);
  return Promise.race([answer, new Promise((done) => setTimeout(done, PATIENCE, found))]);
}

async function page(event, url) {
  const { href, origin, pathname, search } = new URL(event.request.url);
  // A copy that the browser holds on to may be older than what is kept here. A redirect is the browser's to follow.
  const fresh = fetch(origin + pathname + search, { cache: "no-cache", redirect: "manual" });
  event.waitUntil(fresh.then((response) => keepPage(url, response.clone())).catch(() => {}));
  try {
    return await freshOrKept(fresh, url);
  } catch {
    // Without a network nobody adds the last "/" for us.
    if (await kept(`${url}/`)) return Response.redirect(`${url}/${search}`);
    return Response.redirect(at("offline/"));
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = plain(request.url);
  if (request.method !== "GET" || !url.startsWith(root)) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (files.has(url)) event.respondWith(file(request, url));
  else if (data.has(url)) event.respondWith(freshOrKept(fetch(request), url));
});
