// Runs Python in the browser's own runtime, in Node: node node.mjs RUNTIME_FOLDER PYTHON_FILE <input >result
// The Python text finds what stood on standard input in `stdin_text` and leaves its answer in `result`.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [folder, program] = process.argv.slice(2);
const said = [];

try {
  const here = resolve(folder) + "/";
  const { loadPyodide } = await import(pathToFileURL(join(here, "pyodide.mjs")));
  const python = await loadPyodide({
    indexURL: here,
    stdout: (line) => said.push(line),
    stderr: (line) => said.push(line),
  });
  const globals = python.toPy({ stdin_text: await text(process.stdin) });
  python.runPython(await readFile(program, "utf8"), { globals, filename: program });
  process.stdout.write(String(globals.get("result")));
} catch (error) {
  console.error([...said, error.message].join("\n"));
  process.exitCode = 1;
}
