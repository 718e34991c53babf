// Runs in the worker, where PyScript imports it in place of Pyodide: loads Pyodide with the files that the page has
// fetched, and tells the page what fails. For some files, Pyodide alone would wait for ever.
// The build fills in these two lines.
const VERSION = "";
const ENGINE = "";

const here = new URL(".", import.meta.url).href;
// The page names the channel after the #, which never reaches the server.
const channel = new BroadcastChannel(new URL(import.meta.url).hash.slice(1));
const awaited = new Map();
let memory = null; // as Python started, until the page has asked for it

channel.onmessage = async ({ data: { stop, name, blob, take } }) => {
  if (stop) self.close();
  else if (take) channel.postMessage({ memory: memory && (await folded(memory)) });
  else awaited.get(name)?.(new Response(blob));
  if (take) memory = null;
};

function fail(part, error) {
  // Of a Python traceback, the line that names the error says what is wrong; Pyodide adds advice below it.
  const lines = String(error?.message ?? error).trim().split("\n");
  const message = lines.findLast((line) => /^[\w.]+(Error|Exception)\b/.test(line)) ?? lines.at(-1);
  channel.postMessage({ part, message });
}

const orFail = (part, promise) => promise.catch((error) => {
  fail(part, error);
  throw error;
});

async function run(name) {
  const module = await orFail(name, import(here + name));
  channel.postMessage({ arrived: name });
  return module;
}

const { fetch: fetchAnew } = self;
self.fetch = (resource, options) => {
  const url = String(resource.url ?? resource);
  if (!url.startsWith(here)) return fetchAnew(resource, options);
  const name = url.slice(here.length);
  const response = new Promise((resolve) => awaited.set(name, resolve));
  channel.postMessage({ wanted: name });
  return response;
};

const { instantiateStreaming } = WebAssembly;
WebAssembly.instantiateStreaming = (...rest) => orFail("pyodide.asm.wasm", instantiateStreaming(...rest));

// PyScript opens a database for packages that it would install. We have none, the visitor's disk stays clean, and
// in a frame whose storage is blocked opening it would fail: this one forgets.
const reply = (result) => {
  const request = { result };
  queueMicrotask(() => request.onsuccess({ target: request }));
  return request;
};
const store = { getAllKeys: () => reply([]), clear: () => reply() };
const database = { transaction: () => ({ objectStore: () => store }), close() {} };
Object.defineProperty(self, "indexedDB", { value: { open: () => reply(database) } });

channel.postMessage({ arrived: "start.mjs" });
// The page's two gifts that aren't files of the site; either may be empty.
const given = (name) => self.fetch(here + name).then((response) => response.blob());
const kept = given("memory").then(unfolded);
const rehearsal = given("rehearsal").then((blob) => blob.text());
const engine = run(ENGINE);
const pyodide = run("pyodide.mjs");

export const version = VERSION;

async function start(load) {
  const _loadSnapshot = await kept;
  if (_loadSnapshot) {
    try {
      return await load({ _loadSnapshot });
    } catch (error) {
      console.warn("Python starts anew", error);
    }
  }
  const python = await load();
  const request = await rehearsal;
  if (request) memory = taken(python, request);
  return python;
}

export async function loadPyodide(options) {
  await engine;
  const { loadPyodide: load } = await pyodide;
  const python = await orFail("python", start((more) => load({ ...options, packageBaseUrl: here, ...more })));
  // PyScript writes an error of worker.py to the console and goes on; the page must hear of it.
  const { runPython } = python;
  python.runPython = (...rest) => {
    try {
      return runPython.apply(python, rest);
    } catch (error) {
      fail("python", error);
      throw error;
    }
  };
  return python;
}
