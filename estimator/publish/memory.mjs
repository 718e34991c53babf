// Python's memory as it stands once it has started: taken in one visit, before any question, and put back in a later
// one. The build adds this to start.mjs.
const PAGE = 65536; // bytes; of most pages nothing is in use
const SEAL = 32; // bytes

// Where something is in use, as starts and ends.
function spans(memory) {
  const words = new Uint32Array(memory.buffer);
  const isBlank = (from, to) => {
    while (from < to && words[from] === 0) from += 1;
    return from === to;
  };
  const found = [];
  for (let start = 0; start < memory.length; start += PAGE) {
    const end = Math.min(start + PAGE, memory.length);
    if (isBlank(start / 4, end / 4)) continue;
    if (found.at(-1) === start) found.pop();
    else found.push(start);
    found.push(end);
  }
  return found;
}

// Python finds out at its start what the browser can do: another browser, or the same one renewed, starts anew.
async function seal(content) {
  const digest = (bytes) => crypto.subtle.digest("SHA-256", bytes);
  const both = new Blob([await digest(content), navigator.userAgent]);
  return new Uint8Array(await digest(await both.arrayBuffer()));
}

async function folded(memory) {
  const ends = spans(memory);
  const head = new Uint32Array([memory.length, ends.length, ...ends]);
  const parts = [head];
  for (let i = 0; i < ends.length; i += 2) parts.push(memory.subarray(ends[i], ends[i + 1]));
  const content = await new Blob(parts).arrayBuffer();
  return new Blob([await seal(content), content]);
}

// Nothing comes of what is broken or was taken elsewhere.
async function unfolded(blob) {
  if (blob.size < SEAL) return null;
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const content = bytes.subarray(SEAL);
  const sealed = await seal(content);
  if (sealed.some((byte, i) => byte !== bytes[i])) return null;
  const [length, count] = new Uint32Array(bytes.buffer, SEAL, 2);
  const ends = new Uint32Array(bytes.buffer, SEAL + 8, count);
  const memory = new Uint8Array(length);
  let at = 8 + 4 * count;
  for (let i = 0; i < count; i += 2) {
    const size = ends[i + 1] - ends[i];
    memory.set(content.subarray(at, at + size), ends[i]);
    at += size;
  }
  return memory;
}

// Pyodide asks to be told beforehand, and hands Python a stand-in for all of JavaScript then. Nothing of JavaScript is
// in Python's hands here, and Pyodide refuses if that is wrong. Without it the next visit takes longer, no more.
function taken(python, rehearsal) {
  const { config } = python._api;
  try {
    const browser = python.pyimport("estimator.browser");
    browser.respond(rehearsal);
    browser.destroy();
    config._makeSnapshot = true;
    return python.makeMemorySnapshot();
  } catch (error) {
    console.warn("not kept for a later visit", error);
    return null;
  } finally {
    config._makeSnapshot = false;
  }
}
