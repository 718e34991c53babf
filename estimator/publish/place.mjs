// Gives Pyodide's engine its place in memory for good. It is made to run wherever a script puts it, so that packages
// written in C can stand beside it: each start works out 28,000 addresses, and whatever uses one adds it up again. We
// load no such package, and the script always puts the engine in the same place.
import binaryen from "binaryen";

const PLACES = ["__memory_base", "__table_base"]; // where its data begin, and its functions
const ADDRESSES = "__wasm_apply_data_relocs"; // what works the addresses out
const MEMORY = "mimport$0"; // how binaryen calls a memory that comes from outside
const { Features } = binaryen;
// The file doesn't say what it uses, and passes need to know.
const FEATURES = ["MutableGlobals", "BulkMemory", "BulkMemoryOpt", "ReferenceTypes", "ExceptionHandling", "SignExt",
  "NontrappingFPToInt", "Multivalue"].reduce((all, name) => all | Features[name], 0);
// Each use of a global that nothing changes becomes its number, and what is reckoned from numbers alone their result.
const RECKON = ["simplify-globals", "precompute-propagate", "vacuum"];
const told = binaryen.getExpressionInfo;

/** Where the script puts the engine, by the name of the global that says it. */
function places(script) {
  return new Map(PLACES.map((name) => {
    const found = script.match(new RegExp(`var _${name}=new WebAssembly\\.Global\\(\\{value:"i32",mutable:false\\},(\\d+)\\)`));
    if (!found) throw new Error(`the engine's script doesn't say what ${name} is`);
    return [name, Number(found[1])];
  }));
}

function number(expression) {
  const { id, value } = told(expression);
  return id === binaryen.ConstId ? value : null;
}

function begin(module, name, value, mutable) {
  module.removeGlobal(name);
  module.addGlobal(name, binaryen.i32, mutable, module.i32.const(value));
}

/** Leave in a function only the statements that `done` says it hasn't done. */
function keepUndone(module, reference, done) {
  const kept = told(binaryen.getFunctionInfo(reference).body).children.filter((statement) => !done(told(statement)));
  binaryen.Function(reference).body = module.block(null, kept.map((statement) => module.copyExpression(statement)));
}

// The globals that the engine sets as it comes up: they have their numbers from the beginning.
function setGlobals(module) {
  keepUndone(module, module.getStart(), ({ id, name, value }) => {
    if (id !== binaryen.GlobalSetId || number(value) === null) return false;
    begin(module, name, number(value), true);
    return true;
  });
}

// The addresses in its data: they are written into the file.
function writeAddresses(module) {
  const { name, offset, data } = module.getDataSegmentInfo(module.getDataSegmentByIndex(0));
  const view = new DataView(data);
  const { value } = binaryen.getExportInfo(module.getExport(ADDRESSES));
  keepUndone(module, module.getFunction(value), ({ id, bytes, ptr, offset: further, value: address }) => {
    if (id !== binaryen.StoreId || bytes !== 4 || number(ptr) === null || number(address) === null) return false;
    view.setUint32(number(ptr) + further - offset, number(address), true);
    return true;
  });
  const { module: from, base, initial, max } = module.getMemoryInfo();
  const segment = { name, offset: module.i32.const(offset), data: new Uint8Array(data), passive: false };
  module.setMemory(initial, max, null, [segment], false, false, MEMORY);
  module.addMemoryImport(MEMORY, from, base, false);
}

/**
 * Fix every address in the engine.
 * @param {binaryen.Module} module  the engine; changed in place
 * @param {string} script  its stock script, which says where it stands
 */
export function place(module, script) {
  if (module.getNumDataSegments() !== 1) throw new Error("the engine's data are not in one piece");
  module.setFeatures(FEATURES);
  const fixed = places(script);
  for (let index = module.getNumGlobals() - 1; index >= 0; index -= 1) {
    const { name, base } = binaryen.getGlobalInfo(module.getGlobalByIndex(index));
    if (fixed.has(base)) begin(module, name, fixed.get(base), false);
  }
  module.runPasses(RECKON);
  setGlobals(module);
  module.runPasses(RECKON);
  writeAddresses(module);
  module.runPasses(["remove-unused-module-elements"]);
}
