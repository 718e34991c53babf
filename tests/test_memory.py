"""Python's memory, taken at one start and put back at a later one."""

import json
import subprocess

import pytest

from estimator.browser import respond
from estimator.publish import runtime as build
from tests.conftest import ROOT

REHEARSAL = json.dumps({"answers": {}, "built": "2026-01-01", "cited": False})

# The functions of memory.mjs, as they run in a browser called `name`.
LOAD = """
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
const [path, given] = process.argv.slice(1);
const inBrowser = (name) => Object.defineProperty(globalThis, "navigator",
  { value: { userAgent: name }, configurable: true });
const text = `${await readFile(path, "utf8")}export { folded, unfolded, taken };`;
const { folded, unfolded, taken } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
inBrowser("A/1");
"""


def in_node(script, given=""):
    memory = ROOT / "estimator" / "publish" / "memory.mjs"
    command = ["node", "--input-type=module", "--eval", LOAD + script, memory, given]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr[-500:]
    return json.loads(run.stdout)


ROUND_TRIP = """
const memory = new Uint8Array(100 * 65536 + 144);
for (const [at, value] of JSON.parse(given)) memory[at] = value;
const kept = await folded(memory);
const again = await unfolded(kept);
console.log(JSON.stringify([kept.size, Buffer.from(memory).equals(Buffer.from(again))]));
"""


@pytest.mark.parametrize(
    ("bytes_in_use", "pages"),
    [
        ([], 0),
        ([(0, 1)], 1),
        ([(65535, 1), (65536, 2)], 2),
        ([(5 * 65536 + 7, 255), (50 * 65536, 1), (99 * 65536, 1)], 3),
    ],
)
def test_what_is_in_use_comes_back_and_the_rest_takes_no_room(bytes_in_use, pages):
    size, same = in_node(ROUND_TRIP, json.dumps(bytes_in_use))
    assert same
    assert pages * 65536 < size < pages * 65536 + 100


def test_the_end_of_memory_comes_back_too():
    _, same = in_node(ROUND_TRIP, json.dumps([(100 * 65536 + 143, 9)]))
    assert same


SPOIL = """
const memory = new Uint8Array(4 * 65536);
memory.set([1, 2, 3], 100);
const kept = Buffer.from(await (await folded(memory)).arrayBuffer());
const spoil = {
  untouched: () => kept,
  "a changed byte": () => (kept[kept.length - 65000] ^= 1, kept),
  "a changed head": () => (kept[33] ^= 1, kept),
  "another seal": () => (kept[0] ^= 1, kept),
  "half of it": () => kept.subarray(0, kept.length / 2),
  "a few bytes": () => kept.subarray(0, 7),
  nothing: () => kept.subarray(0, 0),
  "another browser": () => (inBrowser("A/2"), kept),
};
const bytes = await unfolded(new Blob([spoil[given]()]));
console.log(bytes && bytes[101]);
"""


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("untouched", 2),
        ("a changed byte", None),
        ("a changed head", None),
        ("another seal", None),
        ("half of it", None),
        ("a few bytes", None),
        ("nothing", None),
        ("another browser", None),
    ],
)
def test_memory_that_is_broken_or_another_browsers_is_not_used(fault, found):
    assert in_node(SPOIL, fault) == found


RESUME = """
const { folder, rehearsal, requests } = JSON.parse(given);
const { loadPyodide } = await import(pathToFileURL(folder + "pyodide.mjs"));
const first = await loadPyodide({ indexURL: folder });
const kept = await folded(taken(first, rehearsal));
const python = await loadPyodide({ indexURL: folder, _loadSnapshot: await unfolded(kept) });
const { respond } = python.pyimport("estimator.browser");
console.log(JSON.stringify({ size: kept.size, answers: requests.map((item) => respond(item)) }));
"""


def test_python_put_back_answers_as_python_started_anew(runtime):
    requests = build.exercise_requests(ROOT / "data")
    requests = [*requests[::6], requests[-1]]
    assert len(requests) > 20
    given = {"folder": f"{runtime}/", "rehearsal": REHEARSAL, "requests": requests}
    found = in_node(RESUME, json.dumps(given))
    assert [json.loads(answer) for answer in found["answers"]] == [
        json.loads(respond(request)) for request in requests
    ]
    assert found["size"] < 12_000_000


FAIL = """
const { folder } = JSON.parse(given);
const { loadPyodide } = await import(pathToFileURL(folder + "pyodide.mjs"));
const python = await loadPyodide({ indexURL: folder });
console.warn = () => {};
const failed = taken(python, "no request");
python.globals.set("held", { a: 1 }); // an object of JavaScript in Python's hands
const refused = taken(python, JSON.stringify({ answers: {}, built: "2026-01-01" }));
console.log(JSON.stringify([failed, refused, python.runPython("6 * 7")]));
"""


def test_where_memory_cannot_be_taken_python_goes_on(runtime):
    assert in_node(FAIL, json.dumps({"folder": f"{runtime}/"})) == [None, None, 42]
