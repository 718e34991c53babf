// Runs Python in the browser's own runtime, in Node: node node.mjs RUNTIME_FOLDER PYTHON_FILE <input >result
// The Python text finds what stood on standard input in `stdin_text` and leaves its answer in `result`.
import { readFile } from "node:fs/promises";
import { resolve, join } from "node:path";
import { pathToFileURL } from "node:url";
import { text } from "node:stream/consumers";

const [folder, program] = process.argv.slice(2);
const runtime = resolve(folder) + "/";
const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")));
const lock = JSON.parse(await readFile(join(runtime, "pyodide-lock.json"), "utf8"));
const complaints = [];
const python = await loadPyodide({
  indexURL: runtime,
  packages: Object.keys(lock.packages),
  stdout: (line) => complaints.push(line),
  stderr: (line) => complaints.push(line),
});
try {
  const globals = python.toPy({ stdin_text: await text(process.stdin) });
  python.runPython(await readFile(program, "utf8"), { globals, filename: program });
  process.stdout.write(String(globals.get("result")));
} catch (error) {
  process.stderr.write([...complaints, error.message].join("\n"));
  process.exitCode = 1;
}
