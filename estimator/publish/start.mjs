// Runs in the worker, where PyScript imports it in place of Pyodide. It asks for every file at once, counts the
// bytes that arrive, and names the file that fails: Pyodide alone would wait for ever for some of them.
// The build fills in the two lines below; sizes are bytes as stored and as sent with gzip.
const FILES = {};
const VERSION = "";

const here = new URL(".", import.meta.url).href;
// The page names the channel after the #, which never reaches the server.
const channel = new BroadcastChannel(new URL(import.meta.url).hash.slice(1));
const total = Object.values(FILES).reduce((sum, { gzip }) => sum + gzip, 0);
const PAUSE = 100; // milliseconds between two reports

const arrived = {};
let reported = 0;

function count(name, bytes) {
  arrived[name] = bytes;
  const now = performance.now();
  if (now - reported < PAUSE) return;
  reported = now;
  report();
}

// Sizes before compression say nothing to a person on a metered line: each file counts with what is sent of it.
function report() {
  let loaded = 0;
  for (const [name, bytes] of Object.entries(arrived)) {
    loaded += FILES[name].gzip * Math.min(1, bytes / FILES[name].bytes);
  }
  channel.postMessage({ loaded: Math.round(loaded), total });
}

function fail(part, error) {
  channel.postMessage({ part, message: String(error?.message ?? error) });
  self.close();
}

// The response as Pyodide expects it, with its bytes counted on their way. The type is set again: where a server
// sends another one, streaming compilation would refuse the file.
async function get(name, type) {
  const { bytes, integrity } = FILES[name];
  try {
    const response = await fetch(here + name, integrity ? { integrity } : {});
    if (!response.ok) throw new Error(`status ${response.status}`);
    let seen = 0;
    const counted = response.body.pipeThrough(new TransformStream({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        count(name, seen);
        controller.enqueue(chunk);
      },
      flush() {
        if (seen !== bytes) fail(name, `${seen} bytes instead of ${bytes}`);
      },
    }));
    return new Response(counted, { headers: { "content-type": type } });
  } catch (error) {
    fail(name, error);
    throw error;
  }
}

async function script(name) {
  try {
    const module = await import(here + name);
    count(name, FILES[name].bytes);
    return module;
  } catch (error) {
    fail(name, error);
    throw error;
  }
}

const TYPES = { wasm: "application/wasm", json: "application/json", zip: "application/zip", whl: "application/zip" };
const early = new Map();
for (const name of Object.keys(FILES)) {
  const type = TYPES[name.split(".").pop()];
  if (type) early.set(here + name, get(name, type));
}
const asm = script(Object.keys(FILES).find((name) => name.startsWith("pyodide.asm") && name.endsWith("js")));
const main = script("pyodide.mjs");
count("core.js", FILES["core.js"].bytes);

const nativeFetch = self.fetch;
self.fetch = (resource, options) => {
  const url = String(resource?.url ?? resource);
  const response = early.get(url) ?? nativeFetch(resource, options);
  early.delete(url);
  return response;
};

export const version = VERSION;

export async function loadPyodide(options) {
  await asm;
  const { loadPyodide: load } = await main;
  try {
    const python = await load({ ...options, packageBaseUrl: here });
    report();
    const { runPython } = python;
    // PyScript writes an error of worker.py to the console and goes on; the page must hear of it.
    python.runPython = (...rest) => {
      try {
        return runPython.apply(python, rest);
      } catch (error) {
        fail("python", lastLine(error));
        throw error;
      }
    };
    return python;
  } catch (error) {
    fail("python", lastLine(error));
    throw error;
  }
}

const lastLine = (error) => String(error.message).trim().split("\n").pop();
