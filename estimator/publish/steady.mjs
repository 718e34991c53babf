// Keeps browsers from guessing where the engine's calls by pointer lead. Where such a call has led to one function so far,
// V8 copies that one into the caller. In Python's main loop the guess soon turns out wrong: the loop's fast code, a third
// of a second of work, is thrown away and made again. Without guesses it runs as fast.
import binaryen from "binaryen";

const COPIED = 500; // bytes at most of a function that is copied
const LONG = 4000; // bytes of one whose fast code takes a while to make
const BY_POINTER = 0x11; // the type's number and the table's, 0, follow
const CODE = 10; // the section

const KINDS = new Map(
  Object.keys(binaryen).filter((name) => /^[A-Z]\w*Id$/.test(name)).map((name) => [binaryen[name], name.slice(0, -2)]),
);
// What expressions hold others in: each one alone, or as a list. What isn't named here is left as it is.
const PARTS = {
  If: ["Condition", "IfTrue", "IfFalse"], Loop: ["Body"], Break: ["Condition", "Value"], Switch: ["Condition", "Value"],
  CallIndirect: ["Target"], LocalSet: ["Value"], GlobalSet: ["Value"], Load: ["Ptr"], Store: ["Ptr", "Value"],
  Unary: ["Value"], Binary: ["Left", "Right"], Select: ["IfTrue", "IfFalse", "Condition"], Drop: ["Value"],
  Return: ["Value"], Try: ["Body"],
};
const LISTS = {
  Block: ["Children", "Child"], Call: ["Operands", "Operand"], CallIndirect: ["Operands", "Operand"],
  Try: ["CatchBodies", "CatchBody"],
};

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

function lengthened(module, body, type, bytes) {
  return module.block(null, [...Array.from({ length: bytes }, () => module.nop()), body], type);
}

/** The function that makes a call by pointer for others, and is too long to be copied: one for each type. */
function caller(module, table, params, results) {
  const name = `by pointer ${params} ${results}`;
  if (!module.getFunction(name)) {
    const types = [...binaryen.expandType(params), binaryen.i32];
    const locals = types.map((type, index) => module.local.get(index, type));
    const call = module.call_indirect(table, locals.pop(), locals, params, results);
    module.addFunction(name, binaryen.createType(types), results, [], lengthened(module, call, results, COPIED));
  }
  return name;
}

// An expression in which others make the calls by pointer.
function outsourced(module, expression) {
  const kind = KINDS.get(binaryen.getExpressionId(expression));
  const wrapper = binaryen[kind];
  const renew = (part, ...at) => {
    const held = wrapper[`get${part}`](expression, ...at);
    const fresh = held && outsourced(module, held);
    if (fresh !== held) wrapper[`set${part}`](expression, ...at, fresh);
  };
  for (const part of PARTS[kind] ?? []) renew(part);
  const [all, one] = LISTS[kind] ?? [];
  if (all) for (let at = 0; at < wrapper[`getNum${all}`](expression); at += 1) renew(`${one}At`, at);
  if (kind !== "CallIndirect" || wrapper.isReturn(expression)) return expression;
  const [params, results] = [wrapper.getParams(expression), wrapper.getResults(expression)];
  const name = caller(module, wrapper.getTable(expression), params, results);
  return module.call(name, [...wrapper.getOperands(expression), wrapper.getTarget(expression)], results);
}

/** The module, in which no long function calls by pointer, and none that does is short enough to be copied. */
export function withoutGuesses(module) {
  const found = [...functions(module.emitBinary())];
  const imported = module.getNumFunctions() - found.length;
  const those = found.map((code, index) => [code, module.getFunctionByIndex(imported + index)]);
  for (const [code, reference] of those) {
    if (!callsByPointer(code)) continue;
    const { body, results } = binaryen.getFunctionInfo(reference);
    if (code.length > LONG) binaryen.Function(reference).body = outsourced(module, body);
    else if (code.length <= COPIED)
      binaryen.Function(reference).body = lengthened(module, body, results, COPIED - code.length + 1);
  }
  return module;
}
