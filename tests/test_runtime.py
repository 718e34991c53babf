"""The browser's runtime: its files, the package inside it, and what happens without a part."""

import hashlib
import json
import marshal
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import traceback
from pathlib import Path

import pytest

from estimator.publish import library, strip_lines
from estimator.publish import runtime as build
from tests.conftest import ROOT
from tests.serving import TestSite, serving

SCRIPTS = ROOT / "docs" / "theme" / "assets" / "estimator"
WORKER = ROOT / "estimator" / "publish" / "worker.py"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
    "connect-src 'self'; img-src 'self' data:; style-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>runtime</title>
<meta http-equiv="Content-Security-Policy" content="{POLICY}"><link rel="icon" href="data:,">
</head><body><script type="module" src="assets/estimator/page.js"></script></body></html>"""
SCRIPT = """import { startPython } from "./runtime.js";
window.start = async (options) => {
  window.outcome = null;
  window.progress = [];
  const onProgress = (step) => window.progress.push(step);
  try {
    window.python = await startPython({ ...options, onProgress });
    window.outcome = { answer: await window.python.respond(options.request) };
  } catch (error) {
    window.outcome = { part: error.part ?? "", message: error.message };
  }
};
"""
EMPTY_REQUEST = json.dumps({"answers": {}, "built": "2026-01-01"})
PROMPTLY = 20  # seconds; more than a start takes on a busy machine


# --- the files ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def listing(runtime):
    return json.loads((runtime.parent / "runtime.json").read_text("utf-8"))


def test_the_list_names_every_file_with_its_size_and_digest(runtime, listing):
    found = {path.name: path.read_bytes() for path in runtime.iterdir()}
    assert [entry["path"] for entry in listing["files"]] == sorted(found)
    for entry in listing["files"]:
        content = found[entry["path"]]
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert listing["download"] == sum(entry["gzip"] for entry in listing["files"])


@pytest.fixture(scope="session")
def packed(runtime):
    """The files of Python's library and of the package, by where Python finds them."""
    with tarfile.open(runtime / "library.pack") as archive:
        return {
            entry.name.removeprefix("python3.13/"): archive.extractfile(entry).read()
            for entry in archive
        }


def test_everything_is_compiled_and_undated(runtime, packed):
    assert not [name for name in packed if name.endswith(".py")]
    with tarfile.open(runtime / "library.pack") as archive:
        assert {entry.mtime for entry in archive} == {0}
    assert (runtime / "library.pack").read_bytes()[4:8] == bytes(4)  # gzip's own date


def test_the_pack_has_the_package_and_its_data_and_no_build_code(packed):
    ours = {name.removeprefix("site-packages/") for name in packed}
    assert {"estimator/browser.pyc", "yaml/__init__.pyc"} <= ours
    assert "estimator/data/plans/commercial-ppo.yaml" in ours
    assert {"estimator/tools/eob.pyc", "estimator/data/tools/en.yaml"} <= ours
    assert not [name for name in ours if name.startswith("estimator/publish")]
    assert not {"estimator/cli.pyc", "estimator/check.pyc"} & ours


def test_the_library_is_cut(packed):
    assert "re/_parser.pyc" in packed
    assert not {"turtle.pyc", "sqlite3/__init__.pyc", "socket.pyc", "zipfile/__init__.pyc"} & set(
        packed
    )


def number(content, at):
    """A number of the compiled part as it is stored, and where the next thing begins."""
    value, shift = 0, 0
    while content[at] > 127:
        value += (content[at] & 127) << shift
        at, shift = at + 1, shift + 7
    return value + (content[at] << shift), at + 1


def compiled_functions(content):
    """The bytes of each function in a compiled part."""
    at, section = 8, None
    while section != 10:
        section = content[at]
        size, at = number(content, at + 1)
        at += size
    many, at = number(content, at - size)
    for _ in range(many):
        size, at = number(content, at)
        yield content[at : at + size]
        at += size


def test_the_engine_keeps_only_what_is_called(runtime):
    stock = ROOT / "node_modules" / "pyodide"
    script = "pyodide.asm.js"
    assert (runtime / script).stat().st_size < 0.5 * (stock / script).stat().st_size
    theirs, ours = (
        len(list(compiled_functions((folder / "pyodide.asm.wasm").read_bytes())))
        for folder in (stock, runtime)
    )
    assert ours < 0.9 * theirs


# Sets an engine up without its script, where that would put it, and tells what its memory then holds.
SET_UP = """
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
const [path] = process.argv.slice(1);
const module = new WebAssembly.Module(await readFile(path));
const i32 = (value, mutable) => new WebAssembly.Global({ value: "i32", mutable }, value);
const memory = new WebAssembly.Memory({ initial: 320, maximum: 65536 });
const made = {
  memory,
  __indirect_function_table: new WebAssembly.Table({ initial: 20000, element: "anyfunc" }),
  __memory_base: i32(1024, false),
  __table_base: i32(1, false),
  __stack_pointer: i32(8810528, true),
};
const kinds = {
  function: () => () => 0,
  global: (name) => i32(name.length, true),
  tag: () => new WebAssembly.Tag({ parameters: ["i32"] }),
};
const imports = {};
for (const { module: from, name, kind } of WebAssembly.Module.imports(module))
  (imports[from] ??= {})[name] = (from === "env" && made[name]) || kinds[kind](name);
new WebAssembly.Instance(module, imports).exports.__wasm_apply_data_relocs();
const bytes = new Uint8Array(memory.buffer);
console.log(JSON.stringify({
  memory: createHash("sha256").update(bytes).digest("hex"),
  used: bytes.findLastIndex(Boolean),
  imports: WebAssembly.Module.imports(module).map(({ name }) => name),
}));
"""


def set_up(path):
    command = ["node", "--input-type=module", "--eval", SET_UP, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_engine_stands_where_its_script_would_put_it(runtime):
    theirs, ours = (
        set_up(folder / "pyodide.asm.wasm")
        for folder in (ROOT / "node_modules" / "pyodide", runtime)
    )
    assert ours["memory"] == theirs["memory"]
    assert ours["used"] > 3_000_000
    assert "__memory_base" in theirs["imports"]
    assert not {"__memory_base", "__table_base"} & set(ours["imports"])


def test_a_script_that_puts_the_engine_elsewhere_stops_the_build():
    place = """
import binaryen from "binaryen";
import { place } from "./estimator/publish/place.mjs";
const module = binaryen.parseText('(module (memory 1) (data (i32.const 0) "a"))');
place(module, "var ___memory_base=elsewhere();");
"""
    command = ["node", "--input-type=module", "--eval", place]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 1
    assert "the engine's script doesn't say what __memory_base is" in run.stderr


def test_no_browser_copies_a_function_that_calls_by_pointer(runtime):
    """At most 500 bytes are copied; a call by pointer is 0x11, its type and the table 0."""
    functions = list(compiled_functions((runtime / "pyodide.asm.wasm").read_bytes()))
    assert len(functions) > 5000
    short = [code for code in functions if len(code) <= 500]
    assert len(short) > 1000
    assert not any(re.search(rb"\x11.\x00", code, re.DOTALL) for code in short)


# How many calls by pointer Python's main loop, the longest function of all, makes itself.
LONGEST = """
import { readFile } from "node:fs/promises";
import binaryen from "binaryen";
const module = binaryen.readBinary(await readFile(process.argv[1]));
const texts = [];
for (let index = 0; index < module.getNumFunctions(); index += 1) {
  const { module: from, body } = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
  const text = from ? "" : binaryen.emitText(body);
  if (text.includes("(call ")) texts.push(text); // the longest of stock Pyodide only stores addresses
}
const longest = texts.reduce((most, text) => (text.length > most.length ? text : most));
console.log(longest.match(/\\(call_indirect/g)?.length ?? 0, longest.match(/\\(call /g).length);
"""


def test_pythons_main_loop_leaves_calls_by_pointer_to_others(runtime):
    calls = {}
    for folder in (ROOT / "node_modules" / "pyodide", runtime):
        command = ["node", "--input-type=module", "--eval", LONGEST, folder / "pyodide.asm.wasm"]
        run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        assert run.returncode == 0, run.stderr[-500:]
        calls[folder] = [int(number) for number in run.stdout.split()]
    (theirs, theirs_direct), (ours, ours_direct) = calls.values()
    assert theirs > 200
    assert ours == 0
    assert ours_direct == theirs_direct + theirs


def test_our_scripts_name_no_host_and_make_no_code_from_text(runtime):
    built = [runtime / name for name in ("start.mjs", "download.mjs")]
    ours = [*SCRIPTS.iterdir(), WORKER, *built]
    for path in ours:
        text = path.read_text("utf-8")
        assert "://" not in text, path.name
        assert not re.search(r"\beval\b|\bFunction\(|innerHTML\s*\+=", text), path.name


def test_no_script_names_a_source_map_that_is_not_there(runtime):
    for path in [*runtime.glob("*.js"), *runtime.glob("*.mjs")]:
        assert "sourceMappingURL" not in path.read_text("utf-8"), path.name


# --- the build ------------------------------------------------------------------------------------


def test_the_same_inputs_make_the_same_folder(runtime, tmp_path_factory):
    again = ROOT / "build" / f"again-{tmp_path_factory.getbasetemp().name}"
    again.mkdir()
    try:
        (again / "cache").symlink_to(ROOT / "build" / "cache")
        listing = build.build_runtime(ROOT, again / "runtime")
        assert json.loads(listing.read_text("utf-8"))["folder"] == runtime.name
    finally:
        shutil.rmtree(again)


def cut_with(monkeypatch, tmp_path, reports):
    """Pack a small library; `reports` are what the exercise says before and after."""
    places = build.Places(tmp_path, tmp_path / "build" / "runtime")
    places.stage.mkdir(parents=True)
    code = bytes(16) + marshal.dumps(compile("", "a.py", "exec"))
    rest = iter(reports)
    monkeypatch.setattr(
        build, "library_files", lambda _: dict.fromkeys(["a.pyc", "b/__init__.pyc"], code)
    )
    monkeypatch.setattr(build, "wheel_files", lambda _: {"estimator/facts.yaml": b"a: b"})
    monkeypatch.setattr(build, "exercise", lambda *_: next(rest))
    monkeypatch.setattr(build, "exercise_requests", lambda *_: [])
    build.pack_library(places, "python3.13")
    with tarfile.open(places.stage / "library.pack") as archive:
        return set(archive.getnames())


def test_the_cut_keeps_what_was_loaded_and_the_package(monkeypatch, tmp_path):
    report = {"modules": {"b": "b/__init__.pyc"}, "answers": ["x"]}
    assert cut_with(monkeypatch, tmp_path, [report, report]) == {
        "python3.13/b/__init__.pyc",
        "python3.13/site-packages/estimator/facts.yaml",
    }


def test_a_module_that_the_library_never_had_fails_the_build(monkeypatch, tmp_path):
    whole = {"modules": {"c": "c.pyc"}, "answers": ["x"]}
    with pytest.raises(build.RuntimeBuildError, match=r"does not have: c\.pyc$"):
        cut_with(monkeypatch, tmp_path, [whole])


def test_a_module_that_the_cut_library_lacks_fails_the_build(monkeypatch, tmp_path):
    whole = {"modules": {"a": "a.pyc", "b": "b/__init__.pyc"}, "answers": ["x"]}
    cut = {"modules": {"b": "b/__init__.pyc"}, "answers": ["x"]}
    with pytest.raises(build.RuntimeBuildError, match=r"missing from the cut library: a$"):
        cut_with(monkeypatch, tmp_path, [whole, cut])


def test_another_answer_on_the_cut_library_fails_the_build(monkeypatch, tmp_path):
    whole = {"modules": {"a": "a.pyc"}, "answers": ["x"]}
    with pytest.raises(build.RuntimeBuildError, match="differently"):
        cut_with(monkeypatch, tmp_path, [whole, whole | {"answers": ["y"]}])


def test_a_name_that_the_pack_has_no_room_for_fails_the_build(tmp_path):
    places = build.Places(tmp_path, tmp_path / "build" / "runtime")
    places.stage.mkdir(parents=True)
    with pytest.raises(build.RuntimeBuildError, match="a name of at most 100 letters"):
        build.write_pack(places, "python3.13", {"a" * 100: b""})


def test_a_library_without_a_patched_file_or_line_fails_the_build():
    source = dict.fromkeys(library.PATCHES, b"")
    with pytest.raises(library.PatchError, match=r"^asyncio/events\.py has nothing like"):
        library.patched(source, library.PATCHES)
    with pytest.raises(library.PatchError, match=r"^there is no asyncio/__init__\.py"):
        library.patched({}, library.PATCHES)


def test_a_yaml_package_without_its_parts_fails_the_build():
    with pytest.raises(build.RuntimeBuildError, match=r"^PyYAML: there is no yaml/__init__\.py"):
        build.lean_yaml({})
    with pytest.raises(build.RuntimeBuildError, match=r"^PyYAML has no yaml/error\.py, yaml/ev"):
        build.lean_yaml({"yaml/__init__.py": b""})


READ_HOSTILE_FILES = """
import yaml
from estimator import load
from estimator.model import DataError
from tests.test_fuzz import HOSTILE_FILES, made

for case in HOSTILE_FILES:
    try:
        assert load.text_tree(made(case), "x.yaml") == case["reads"], case
    except DataError as refused:
        assert refused.problems == [f"x.yaml: {case['says']}"], case
print(len(HOSTILE_FILES), hasattr(yaml, "dump"))
"""


def test_yaml_without_what_we_do_not_use_reads_and_refuses_the_same_files(packed, tmp_path):
    for name, content in packed.items():
        if name.startswith("site-packages/yaml/"):
            path = tmp_path / name.removeprefix("site-packages/")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    told = subprocess.run(
        [sys.executable, "-c", READ_HOSTILE_FILES],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    count, writes = told.stdout.split()
    assert int(count) > 20
    assert writes == "False"


def test_code_without_line_numbers_still_tells_its_function_when_it_fails():
    source = "def fails():\n    a = 1\n    if a:\n        raise ValueError('bad')\n"
    code = strip_lines.without_lines(compile(source, "rules.py", "exec"))
    names = {}
    exec(code, names)
    with pytest.raises(ValueError, match="bad") as caught:
        names["fails"]()
    told = traceback.format_exception(caught.value)
    assert 'File "rules.py", line 1, in fails' in told[-2]


@pytest.mark.parametrize("text", ["", "aa"])
def test_a_patch_that_does_not_match_once_fails_the_build(text):
    with pytest.raises(build.RuntimeBuildError, match="not once"):
        build.patched(text, {"a": "b"}, "some.js")


def test_another_python_than_the_runtimes_fails_the_build():
    with pytest.raises(build.RuntimeBuildError, match=r"Pyodide runs Python 2\.7: build with it"):
        build.check_python("2.7.18")


def test_a_folder_that_holds_other_things_is_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(build.RuntimeBuildError, match="holds other things"):
        build.build_runtime(ROOT, tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_a_failing_tool_is_one_line(tmp_path):
    with pytest.raises(build.RuntimeBuildError, match=r"^node failed: boom$"):
        build.run(
            ["node", "-e", "console.error('x'); console.error('boom'); process.exit(1)"], tmp_path
        )


# --- the package in the browser's Python, in Node -------------------------------------------------


def in_pyodide(
    runtime: Path, program: str, given: str, tmp_path: Path
) -> subprocess.CompletedProcess:
    """Run Python text on the cut library; it finds `stdin_text` and leaves `result`."""
    path = tmp_path / "program.py"
    path.write_text(program, encoding="utf-8")
    command = ["node", ROOT / "estimator" / "publish" / "node.mjs", runtime, path]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_python_in_node_reads_and_answers(runtime, tmp_path):
    program = "from decimal import Decimal\nresult = str(Decimal(stdin_text) * 2)"
    done = in_pyodide(runtime, program, "0.15", tmp_path)
    assert (done.returncode, done.stdout) == (0, "0.30")


def test_a_missing_module_is_named(runtime, tmp_path):
    done = in_pyodide(runtime, "import turtle", "", tmp_path)
    assert done.returncode == 1
    assert build.last_error(done.stderr) == "ModuleNotFoundError: No module named 'turtle'"


def test_the_browsers_python_answers_as_this_one(runtime, tmp_path):
    from estimator.browser import respond  # noqa: PLC0415 - it reads the data

    program = "from estimator.browser import respond\nresult = respond(stdin_text)"
    requests = build.exercise_requests(ROOT / "data")
    for request in requests[:4]:
        done = in_pyodide(runtime, program, request, tmp_path)
        assert json.loads(done.stdout) == json.loads(respond(request))


# --- the start, in a browser ----------------------------------------------------------------------


@pytest.fixture(scope="session")
def folder(runtime, tmp_path_factory):
    """A small site with the runtime and our scripts."""
    site = tmp_path_factory.mktemp("site")
    shutil.copytree(runtime, site / "runtime" / runtime.name)
    shutil.copytree(SCRIPTS, site / "assets" / "estimator")
    shutil.copy(WORKER, site / "assets" / "estimator")
    (site / "index.html").write_text(PAGE, encoding="utf-8")
    (site / "assets" / "estimator" / "page.js").write_text(SCRIPT, encoding="utf-8")
    return site


@pytest.fixture
def site(folder):
    """That site, in a subfolder as on a project's Pages."""
    with serving(TestSite(folder, prefix="/project/site/")) as site:
        yield site


@pytest.fixture
def page(chromium, site):
    """A page of the site that has seen every message and every request."""
    context = chromium.new_context()
    page = context.new_page()
    page.messages = []
    page.addresses = []
    page.on("console", lambda message: page.messages.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: page.messages.append(f"error: {error}"))
    context.on("request", lambda request: page.addresses.append(request.url))
    page.goto(site.address)
    yield page
    context.close()


def start(page, runtime) -> dict:
    """Start Python on the page and return what came of it."""
    options = {
        "runtime": f"runtime/{runtime.name}",
        "worker": "assets/estimator/worker.py",
        "request": EMPTY_REQUEST,
    }
    page.evaluate("(options) => { window.start(options); }", options)
    end = time.monotonic() + PROMPTLY
    while time.monotonic() < end:
        # Not wait_for_function: it makes code from text, which the policy forbids.
        outcome = page.evaluate("() => window.outcome")
        if outcome:
            return outcome
        time.sleep(0.05)
    pytest.fail(f"neither started nor failed within {PROMPTLY} s: {page.messages}")


def test_python_starts_and_answers(page, runtime, site):
    outcome = start(page, runtime)
    assert json.loads(outcome["answer"])["errors"] == {}
    assert page.messages == []
    foreign = [
        address for address in page.addresses if not address.startswith((site.address, "blob:"))
    ]
    assert foreign == []
    assert {request.status for request in site.requests} <= {200, 304}


def test_every_file_is_fetched_once(page, runtime, site):
    start(page, runtime)
    for path in runtime.iterdir():
        asked = [r for r in site.requests if r.path.endswith(f"{runtime.name}/{path.name}")]
        assert len(asked) == 1, path.name


def test_progress_is_counted_in_bytes_of_the_line(page, runtime, listing):
    start(page, runtime)
    steps = page.evaluate("() => window.progress")
    loaded = [step["loaded"] for step in steps]
    assert loaded == sorted(loaded)
    assert len(steps) > 2
    own = next(entry["gzip"] for entry in listing["files"] if entry["path"] == "download.mjs")
    assert {step["total"] for step in steps} == {listing["download"] - own}
    assert loaded[-1] == steps[-1]["total"]


def test_nothing_is_stored(page, runtime):
    start(page, runtime)
    assert page.evaluate("() => indexedDB.databases()") == []
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0


def test_an_answer_that_fails_is_named_and_the_next_one_works(page, runtime):
    start(page, runtime)
    ask = """(text) => window.python.respond(text).then((answer) => ({ answer }),
                      ({ part, message }) => ({ part, message }))"""
    assert page.evaluate(ask, "no JSON")["part"] == "python"
    assert page.evaluate(ask, EMPTY_REQUEST)["answer"]


def test_a_missing_worker_file_is_named(page, runtime, site):
    site.replaced["assets/estimator/worker.py"] = None
    assert start(page, runtime)["part"] == "worker.py"
    site.replaced.clear()
    assert "answer" in start(page, runtime)


def test_an_error_in_the_worker_is_told(page, runtime, site):
    site.replaced["assets/estimator/worker.py"] = b"import turtle\n"
    outcome = start(page, runtime)
    assert outcome["part"] == "python"
    assert outcome["message"] == "python: ModuleNotFoundError: No module named 'turtle'"


def test_a_server_that_is_gone_is_told(page, runtime):
    page.context.set_offline(True)
    assert start(page, runtime)["part"] in {"download.mjs", "core.js", "worker.py"}
