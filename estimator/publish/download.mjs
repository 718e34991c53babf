// Fetches the runtime's files on the page's side, where it can begin long before the worker is there: the worker gets
// each file when Pyodide asks for it.
// The build fills in this line; sizes are in bytes, as stored and as sent with gzip.
const FILES = {};

const TYPES = { wasm: "application/wasm", pack: "application/octet-stream" };
const PAUSE = 250; // milliseconds between two reports

const here = new URL(".", import.meta.url).href;
const MEMORY = here + "memory"; // where a visit leaves Python's memory for a later one: no server has such a file
const total = Object.values(FILES).reduce((sum, { gzip }) => sum + gzip, 0);
const blobs = new Map();
const doubted = new Set(); // files that may be broken where the browser keeps them
const arrived = {};
let watcher = () => {};
let reported = 0;

// What a file takes once unpacked says nothing to a person on a metered line: it counts with what is sent of it.
function report() {
  let loaded = 0;
  for (const [name, bytes] of Object.entries(arrived)) {
    loaded += FILES[name].gzip * Math.min(1, bytes / FILES[name].bytes);
  }
  reported = performance.now();
  watcher({ loaded: Math.round(loaded), total });
}

/** Note that so much of a file is there: all of it, where the browser itself loads it. */
export function count(name, bytes = FILES[name].bytes) {
  arrived[name] = bytes;
  if (performance.now() - reported > PAUSE) report();
}

/** Have a function told now and then how many bytes have come. */
export function watch(onProgress) {
  watcher = onProgress;
  report();
}

async function checked(name) {
  const { integrity } = FILES[name];
  const response = await fetch(here + name, { cache: doubted.has(name) ? "reload" : "default", integrity });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.blob();
}

// The browser itself puts such a file together, and tells how far it is: a page that is busy holds up no byte.
function whole(name) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("GET", here + name);
    request.responseType = "blob";
    request.onprogress = ({ loaded }) => count(name, loaded);
    request.onload = () => (request.status === 200 ? done(request.response) : fail(new Error(`status ${request.status}`)));
    request.onerror = () => fail(new Error("the connection broke"));
    request.send();
  });
}

async function get(name) {
  const { bytes, integrity } = FILES[name];
  const blob = await (integrity || doubted.has(name) ? checked(name) : whole(name));
  if (blob.size !== bytes) throw new Error(`${blob.size} bytes instead of ${bytes}`);
  count(name);
  // The type is set anew: where a server sends another one, the browser would refuse to compile the file.
  return blob.slice(0, bytes, TYPES[name.split(".").pop()]);
}

/** Return a file, fetched if it isn't on its way yet; an error names it in `part`. */
export function file(name) {
  if (!blobs.has(name)) {
    const coming = get(name).catch((error) => {
      blobs.delete(name); // the next start asks again
      throw Object.assign(error, { part: name });
    });
    blobs.set(name, coming);
  }
  return blobs.get(name);
}

/** What an earlier visit left of Python's memory: empty, where there is none. */
export async function keptMemory() {
  if (doubted.has(MEMORY)) return new Blob();
  // A browser may refuse storage, even to be asked for it.
  const found = await (async () => caches.match(MEMORY))().catch(() => null);
  return found ? found.blob() : new Blob();
}

/** Start without it the next time. */
export function doubtMemory() {
  doubted.add(MEMORY);
}

/** After a start that failed, fetch anew what failed; everything, where no file is to blame. */
export function forget(part) {
  doubtMemory();
  for (const name of part in FILES ? [part] : Object.keys(FILES)) {
    blobs.delete(name);
    doubted.add(name);
  }
}

/** Ask for every file that the worker will want. */
export function begin() {
  const wanted = Object.keys(FILES).filter((name) => name.split(".").pop() in TYPES);
  return Promise.all(wanted.map(file));
}

/**
 * Report the end, and let go of the files: Python has them now, and whoever keeps them for a later visit. That one may
 * also take Python's memory.
 */
export function finish(take) {
  report();
  const files = [...blobs].map(([name, blob]) => [here + name, blob]);
  dispatchEvent(new CustomEvent("runtime", { detail: { files, memory: [MEMORY, take] } }));
  blobs.clear();
}
