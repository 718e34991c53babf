// Leaves out of Pyodide's engine what only packages with C code of their own would call; we load none. And keeps
// browsers from guessing where its short functions lead:
// node shake.mjs ENGINE.js ENGINE.wasm OTHER_SCRIPT…  The two files are written anew; the other scripts use the engine.
import { readFile, writeFile } from "node:fs/promises";
import binaryen from "binaryen";
import { minify } from "terser";
import { place } from "./place.mjs";
import { withoutGuesses } from "./steady.mjs";

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

const [text, content] = await Promise.all([readFile(script, "utf8"), readFile(binary)]);
const module = new WebAssembly.Module(content);
const calls = asked(module);
const users = (await Promise.all(others.map((path) => readFile(path, "utf8")))).join("\n");
const shaken = await shakenScript(text, calls, users);
await writeFile(script, shaken);
await writeFile(binary, withoutGuesses(shakenModule(content, module, calls, shaken)).emitBinary());
