// Runs in the worker, where PyScript imports it in place of Pyodide. It asks for every file at once, counts the
// bytes that arrive, and names the file that fails: for some of them, Pyodide alone would wait for ever.
// The build fills in the two lines below; sizes are in bytes, as stored and as sent with gzip.
const FILES = {};
const VERSION = "";

const TYPES = { wasm: "application/wasm", zip: "application/zip", json: "application/json", whl: "application/zip" };
const PAUSE = 100; // milliseconds between two reports

const here = new URL(".", import.meta.url).href;
// The page names the channel after the #, which never reaches the server.
const channel = new BroadcastChannel(new URL(import.meta.url).hash.slice(1));
const total = Object.values(FILES).reduce((sum, { gzip }) => sum + gzip, 0);
const arrived = { "core.js": FILES["core.js"].bytes };
let reported = 0;

function count(name, bytes) {
  arrived[name] = bytes;
  if (performance.now() - reported < PAUSE) return;
  reported = performance.now();
  report();
}

// What a file takes once unpacked says nothing to a person on a metered line: it counts with what is sent of it.
function report() {
  let loaded = 0;
  for (const [name, bytes] of Object.entries(arrived)) {
    loaded += FILES[name].gzip * Math.min(1, bytes / FILES[name].bytes);
  }
  channel.postMessage({ loaded: Math.round(loaded), total });
}

function fail(part, error) {
  // Of a Python traceback, the line that names the error says what is wrong; Pyodide adds advice below it.
  const lines = String(error?.message ?? error).trim().split("\n");
  const message = lines.findLast((line) => /^[\w.]+(Error|Exception)\b/.test(line)) ?? lines.at(-1);
  channel.postMessage({ part, message });
  self.close();
}

const orFail = (part, promise) => promise.catch((error) => {
  fail(part, error);
  throw error;
});

// The response that Pyodide will ask for, with its bytes counted on their way. Its type is set anew: where a server
// sends another one, the browser would refuse to compile the file while it arrives.
async function get(name, type) {
  const { bytes, integrity } = FILES[name];
  const response = await fetch(here + name, integrity ? { integrity } : {});
  if (!response.ok) throw new Error(`status ${response.status}`);
  let seen = 0;
  const counter = new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      count(name, seen);
      controller.enqueue(chunk);
    },
    flush() {
      if (seen !== bytes) fail(name, `${seen} bytes instead of ${bytes}`);
    },
  });
  const body = response.body.pipeThrough(counter);
  return new Response(body, { headers: { "content-type": type } });
}

async function run(name) {
  const module = await import(here + name);
  count(name, FILES[name].bytes);
  return module;
}

const scripts = Object.keys(FILES).filter((name) => name.startsWith("pyodide.") && /\.m?js$/.test(name));
const [engine, pyodide] = scripts.sort().map((name) => orFail(name, run(name)));

const early = new Map();
for (const [ending, type] of Object.entries(TYPES)) {
  for (const name of Object.keys(FILES).filter((file) => file.endsWith(`.${ending}`))) {
    early.set(here + name, orFail(name, get(name, type)));
  }
}

const { fetch: fetchAnew } = self;
self.fetch = (resource, options) => {
  const url = String(resource.url ?? resource);
  const response = early.get(url) ?? fetchAnew(resource, options);
  early.delete(url);
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

export const version = VERSION;

export async function loadPyodide(options) {
  await engine;
  const { loadPyodide: load } = await pyodide;
  const python = await orFail("python", load({ ...options, packageBaseUrl: here }));
  report();
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
