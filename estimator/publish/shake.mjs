// Leaves out of Pyodide's engine what only packages with C code of their own would call; we load none. And keeps
// browsers from guessing where its short functions lead:
// node shake.mjs ENGINE.js ENGINE.wasm OTHER_SCRIPT…  The two files are written anew; the other scripts use the engine.
import { readFile, writeFile } from "node:fs/promises";
import binaryen from "binaryen";
import { minify } from "terser";
import { place } from "./place.mjs";

const [script, binary, ...others] = process.argv.slice(2);
const NAME = /[\w$]+/g;
const words = (text) => new Set(text.match(NAME));

/** What the compiled part asks of the script, by name; `byPointer` are functions that it keeps in its table. */
function asked(module) {
  const imports = WebAssembly.Module.imports(module);
  const byPointer = imports.filter((item) => item.module === "GOT.func").map((item) => item.name);
  return { names: new Set(imports.map((item) => item.name)), byPointer };
}

// The script hands out nearly every function it has, for packages to find: `Module["_name"]=_name;`.
const HANDED_OUT = /(?<=[;{}])(?:var ([\w$]+)=)?Module\["([\w$]+)"\]=(wasmExports\["[\w$]+"\]|[\w$]+);/g;

function withoutHandedOut(text, users) {
  const rest = text.replace(HANDED_OUT, ";");
  const used = words(users);
  for (const [, dotted, quoted] of rest.matchAll(/Module(?:\.([\w$]+)|\["([\w$]+)"\])/g)) used.add(dotted ?? quoted);
  return text.replace(HANDED_OUT, (whole, local, name, value) => {
    if (used.has(name)) return whole;
    return local ? `var ${local}=${value};` : "";
  });
}

// It also offers each function of its own to the compiled part, and says for each which types that takes: the latter
// is needed only of those that are called by pointer.
function withoutOffers(text, { names, byPointer }) {
  const [start, end] = bounds(text, "var wasmImports={", "}");
  const offers = text.slice(start, end).split(",").map((entry) => entry.split(":"));
  const local = new Map(offers.map(([name, value]) => [name, value ?? name]));
  const aliases = new Map([...text.matchAll(/(?<=[;}])var ([\w$]+)=([\w$]+);/g)].map(([, alias, name]) => [alias, name]));
  const typed = new Set();
  for (const name of byPointer) for (let at = local.get(name); at; at = aliases.get(at)) typed.add(at);
  const kept = offers.filter(([name]) => names.has(name)).map((entry) => entry.join(":"));
  return (text.slice(0, start) + kept.join(",") + text.slice(end))
    .replace(/(?<=[;}])([\w$]+)\.sig="\w*";/g, (whole, name) => (typed.has(name) ? whole : ""));
}

function bounds(text, opening, closing) {
  const start = text.indexOf(opening) + opening.length;
  const end = text.indexOf(closing, start);
  if (start < opening.length || end < 0) throw new Error(`${script}: no ${opening}`);
  return [start, end];
}

async function shakenScript(text, calls, users) {
  // A direct `eval` sees every name, so that none could go. Those here make code for packages too.
  const plain = text.replace(/\beval\(/g, "(0,eval)(");
  const smaller = withoutOffers(withoutHandedOut(plain, users), calls);
  const { code } = await minify(smaller, { compress: { passes: 2, pure_getters: true }, mangle: true });
  return code + "\n";
}

function shakenModule(content, module, calls, users) {
  const used = new Set([...words(users), ...calls.names]);
  const shaken = binaryen.readBinary(content);
  for (const { name } of WebAssembly.Module.exports(module)) if (!used.has(name)) shaken.removeExport(name);
  shaken.runPasses(["remove-unused-module-elements"]);
  place(shaken, text);
  return shaken;
}

// --- short functions that call by pointer ----------------------------------------------------------

// V8 copies functions of up to 500 bytes into those that call them, and where one calls by pointer, the function that
// it has led to so far. In Python's main loop that guess soon turns out wrong: the loop's fast code, a third of a
// second of work, is thrown away and made again, twice before the first answer. Copied or not, they run as fast.
const COPIED = 500;
const BY_POINTER = 0x11; // the type's number and the table's, 0, follow
const CODE = 10; // the section

/** Read a number from where it stands: its value, and where the next thing begins. */
function number(bytes, at) {
  let value = 0;
  let shift = 0;
  for (; bytes[at] > 127; at += 1, shift += 7) value += (bytes[at] & 127) << shift;
  return [value + (bytes[at] << shift), at + 1];
}

/** The bytes of each function, of those that aren't imported. */
function* functions(bytes) {
  let [section, at, size] = [0, 8, 0];
  while (section !== CODE) {
    section = bytes[at + size];
    [size, at] = number(bytes, at + size + 1);
  }
  let [left, start] = number(bytes, at);
  for (; left > 0; left -= 1) {
    [size, at] = number(bytes, start);
    start = at + size;
    yield bytes.subarray(at, start);
  }
}

// Numbers can look like a call: then a function that has none is made longer too, which does no harm.
function callsByPointer(code) {
  return code.some((byte, at) => byte === BY_POINTER && code[at + 2] === 0);
}

/** The module, in which no function that calls by pointer is short enough to be copied. */
function withoutGuesses(module) {
  const bytes = module.emitBinary();
  const found = [...functions(bytes)];
  const imported = module.getNumFunctions() - found.length;
  for (const [index, code] of found.entries()) {
    if (code.length > COPIED || !callsByPointer(code)) continue;
    const long = module.getFunctionByIndex(imported + index);
    const { body, results } = binaryen.getFunctionInfo(long);
    const nothing = Array.from({ length: COPIED - code.length + 1 }, () => module.nop());
    binaryen.Function(long).body = module.block(null, [...nothing, body], results);
  }
  return module;
}

const [text, content] = await Promise.all([readFile(script, "utf8"), readFile(binary)]);
const module = new WebAssembly.Module(content);
const calls = asked(module);
const users = (await Promise.all(others.map((path) => readFile(path, "utf8")))).join("\n");
const shaken = await shakenScript(text, calls, users);
await writeFile(script, shaken);
await writeFile(binary, withoutGuesses(shakenModule(content, module, calls, shaken)).emitBinary());
