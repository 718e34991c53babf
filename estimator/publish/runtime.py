"""Build what the visitor's browser loads to run the estimator: `build/runtime/`.

The stock Pyodide and PyScript files come from `node_modules`. The standard library, our wheel and
PyYAML's are compiled, cut to the modules that the package really uses (`exercise.py` runs in the
real runtime, in Node, to find out) and packed into one file. Everything lands in one folder named
after its contents, so that a browser may keep it for ever.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from estimator import check, facts, guide, load, read
from estimator.browser import as_typed
from estimator.publish import library

PUBLISH = Path(__file__).resolve().parent
STOCK_LIBRARY = "python_stdlib.zip"
PACK = "library.pack"
LOCK = "pyodide-lock.json"
LISTING = "runtime.json"
WHEEL_DATA = "estimator/data/"
# Beside what estimates rest on, the tools beside the estimator and the print packet read these.
TOOLS_READ = ("call", "claim", "deadlines", "diagnoses", "letters", "packet/*", "tools/*")

# What only the command line and the build use stays out of the browser's wheel.
NOT_IN_BROWSER = frozenset({"estimator/cli.py", "estimator/check.py", "estimator/__main__.py"})

# Sentences that only pages say, up to the next group or the end of the file.
OF_PAGES = re.compile(rb"^guide:\n(?:[ \n].*\n?)*", re.MULTILINE)
# Zip files hold dates; the earliest one they know keeps equal inputs equal.
EARLIEST = (1980, 1, 1, 0, 0, 0)
REPRODUCIBLE = {"SOURCE_DATE_EPOCH": "315532800", "PYTHONHASHSEED": "0"}

# What the pack may be called: a tar header has room for no more.
LONGEST_NAME = 100

# Python's files come as a pack, not as a zip to import from, and there are no packages to list.
LOADER_PATCHES = {
    r"(\w+)\.FS\.writeFile\(`/lib/python\$\{\w+\}\$\{\w+\}\.zip`,(\w+)\)": (
        r"await unpack(\1.FS,\2)"
    ),
    '"python_stdlib\\.zip"': f'"{PACK}"',
    r"let \w+=\w+\.lockFileURL\?\?\w+\+\"pyodide-lock\.json\";(\w+\.lockFileContents)=.*?\}": (
        r"\1=LOCK}"
    ),
}
# Pyodide makes shared memory when it starts, for a function that needs it; only isolated pages may,
# and others get a deprecation warning. Waiting on plain memory fails in a way that it expects.
PYODIDE_PATCHES = {
    "new Int32Array(new WebAssembly.Memory({shared:!0,initial:1,maximum:1}).buffer)": (
        "new Int32Array(1)"
    ),
}
# `PyWorker` is all we use of PyScript. Its plugins (editor, terminal, ...) are six more requests,
# and once they are there, every further worker gets hooks made by `Function()`, which our policy
# forbids: a retry after a failure would need a new page. Without both, each start is the same.
# Nor do we need its database of folders that a visitor opened: it would be there, empty; its own
# Python package, a fifth of the script; or its search of the page, and of all that is ever shown
# in it, for elements and attributes that run Python.
PLUGIN = r'"?[\w-]+"?:\(\)=>import\("[^"]+"\)'
STRING = r'"(?:[^"\\]|\\.)*"'
MODULES = rf"(?:(?:{STRING}|\w+):(?:{STRING}|\{{)|[,}}])+"
PYSCRIPT_PATCHES = {
    r"\{codemirror:\(\)=>Promise\.resolve\(\)\.then\(function\(\)\{return \w+\}\),"
    rf"{PLUGIN}(?:,{PLUGIN})+\}}": "{}",
    r"new (\w+)\(null,\w+\.get\(\w+\)\)": r"new \1(null)",
    r'(="storage permissions not granted",\w+)=new \w+\(\w+\)': r"\1=null",
    rf'(?<=;)\w+\("\.",\{{pyscript:\{{{MODULES}\)': "0",
    r"(\w+=>)\{if\(\w+\.length\)(?=for\(let\{name:\w+,ownerElement:)": r"\1{if(0)",
    r"\w+(\.observe\(\w+,\{childList:!0,subtree:!0,attributes:!0\}\))": "0",
    r',\["mpy","micropython"\]': "",
}


class RuntimeBuildError(Exception):
    """The runtime cannot be built; the message is one line that says why."""


@dataclass(frozen=True)
class Places:
    """Where the inputs and the results of one build are."""

    root: Path
    out: Path

    @property
    def cache(self) -> Path:
        """Where results that change rarely wait for the next build."""
        return self.out.parent / "cache"

    @property
    def stage(self) -> Path:
        """Where the folder is put together; inside the project, so that Node finds its modules."""
        return self.out.parent / "runtime.stage"

    def module(self, name: str) -> Path:
        """Find an npm package."""
        folder = self.root / "node_modules" / name
        if not folder.is_dir():
            raise RuntimeBuildError(f"npm package {name} is missing in {folder}: run npm ci first")
        return folder


def build_runtime(root: Path, out: Path) -> Path:
    """Write the runtime's folder and its list below `out`, and return the list's path."""
    places = Places(root.resolve(), out.resolve())
    stock_lock = read_json(places.module("pyodide") / LOCK)
    python = stock_lock["info"]["python"]
    check_python(python)
    check_out(places.out)
    shutil.rmtree(places.stage, ignore_errors=True)
    places.stage.mkdir(parents=True)
    # The project's own package.json makes every .js a module for Node, and Pyodide's is none.
    write_json(places.out.parent / "package.json", {"type": "commonjs"})
    try:
        add_pyscript(places)
        add_pyodide(places, stock_lock)
        pack_library(places, f"python{minor_version(python)}")
        add_start(places)
        return publish(places)
    finally:
        shutil.rmtree(places.stage, ignore_errors=True)


def minor_version(version: str) -> str:
    """Which Python reads the bytecode that this one reads: 3.13 of 3.13.2."""
    return ".".join(version.split(".")[:2])


def check_python(wanted: str) -> None:
    """Refuse to compile with another Python than the runtime's: its bytecode would not load."""
    minor, running = minor_version(wanted), minor_version(platform.python_version())
    if running != minor:
        raise RuntimeBuildError(f"Pyodide runs Python {minor}: build with it, not with {running}")


def check_out(out: Path) -> None:
    """Refuse to replace a folder that holds anything but a runtime."""
    if out.exists() and any(out.iterdir()) and not (out / LISTING).is_file():
        raise RuntimeBuildError(f"{out} holds other things: choose another folder for the runtime")


# --- wheels ---------------------------------------------------------------------------------------


def wheel_files(places: Places) -> dict[str, bytes]:
    """Make our wheel and PyYAML's, compiled, and return what is to be installed of them."""
    folder = places.stage / "wheels"
    folder.mkdir()
    our_wheel(places, folder)
    (ours,) = folder.glob("*.whl")
    write_zip(ours, lean(read_zip(ours)))
    theirs = yaml_wheel(places)
    write_zip(folder / theirs.name, lean_yaml(read_zip(theirs)))
    for wheel in folder.glob("*.whl"):
        # Asserts and docstrings stay behind: nothing of ours reads them.
        pyodide("py-compile", "--silent", "--no-keep", wheel, PYTHONOPTIMIZE="2")
    found = [read_zip(wheel) for wheel in sorted(folder.glob("*.whl"))]
    shutil.rmtree(folder)
    files = {name: content for wheel in found for name, content in wheel.items()}
    kept = {name: content for name, content in files.items() if ".dist-info/" not in name}
    packages = {name.partition("/")[0] for name in kept}
    if packages != {"estimator", "yaml"}:
        raise RuntimeBuildError(f"unexpected packages in the wheels: {', '.join(sorted(packages))}")
    return kept


def our_wheel(places: Places, folder: Path) -> None:
    """Build the project's own wheel."""
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], places.root)


def yaml_wheel(places: Places) -> Path:
    """Build PyYAML without its C part, from the locked source, or take the one built before."""
    requirement = locked_requirement(places.root / "requirements" / "build.txt", "pyyaml")
    folder = places.cache / f"pyyaml-{sha256(requirement.encode()).hex()[:16]}"
    if not list(folder.glob("*.whl")):
        folder.mkdir(parents=True, exist_ok=True)
        locked = folder / "requirement.txt"
        locked.write_text(requirement, encoding="utf-8")
        # No build isolation: it would fetch whichever setuptools and Cython are newest.
        run(
            [
                *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
                *("--no-binary", ":all:", "--no-build-isolation", "--require-hashes"),
                *("--disable-pip-version-check", "-r", locked, "-w", folder),
            ],
            places.root,
            PYYAML_FORCE_LIBYAML="0",
        )
    found = list(folder.glob("*-py3-none-any.whl"))
    if len(found) != 1:
        raise RuntimeBuildError(f"PyYAML: expected one pure wheel in {folder}, got {len(found)}")
    return found[0]


def locked_requirement(path: Path, name: str) -> str:
    """Return the lines, with checksums, that lock one distribution in a requirements file."""
    block = re.search(
        rf"^{name}==\S+ \\\n(?:    --hash=\S+(?: \\)?\n)+", path.read_text("utf-8"), re.MULTILINE
    )
    if block is None:
        raise RuntimeBuildError(f"{path}: no locked {name} with checksums")
    return block[0]


def patched_sources(
    name: str, files: Mapping[str, bytes], patches: Mapping[str, Mapping[str, str]]
) -> dict[str, bytes]:
    """Return Python sources with patches in them; `name` is theirs, for the message."""
    try:
        return library.patched(files, patches)
    except library.PatchError as error:
        raise RuntimeBuildError(f"{name}: {error}") from error


def lean_yaml(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Leave out of PyYAML's wheel what makes objects of YAML, and what writes it."""
    changed = patched_sources("PyYAML", files, library.YAML_PATCHES)
    if missing := library.YAML_FILES - set(files):
        raise RuntimeBuildError(f"PyYAML has no {', '.join(sorted(missing))}")
    return {
        name: content
        for name, content in changed.items()
        if name in library.YAML_FILES or ".dist-info/" in name
    }


def lean(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Leave out of our wheel what only pages and the command line use; note the facts' version."""
    held = {name.removeprefix(WHEEL_DATA): name for name in files if name.startswith(WHEEL_DATA)}
    kept = {
        name: content
        for name, content in files.items()
        if not name.startswith(WHEEL_DATA) and name not in NOT_IN_BROWSER
    }
    unseen = {name for name in held if name.startswith("examples/")} - {_first_example(held, files)}
    for inside, name in held.items():
        pattern = check.pattern_of(inside.removesuffix(".yaml"))
        if inside in unseen:
            continue
        if pattern == "states/*":
            kept[name] = without_notes(files[name])
        elif pattern == "messages/*":
            kept[name] = OF_PAGES.sub(b"", files[name])
        elif pattern in facts.FILES or pattern in TOOLS_READ:
            kept[name] = files[name]
    # A fingerprint takes all files, and time: the browser need not make it anew.
    whole = {inside: files[name] for inside, name in held.items() if inside.endswith(".yaml")}
    kept[f"{WHEEL_DATA}{load.VERSION}"] = load.fingerprint(whole).encode()
    return kept


def _first_example(held: Mapping[str, str], files: Mapping[str, bytes]) -> str | None:
    """The file of the one worked example that the estimator's page shows."""
    orders = {}
    for inside, name in held.items():
        if inside.startswith("examples/"):
            tree = load.text_tree(files[name], inside)
            orders[inside] = int(str(tree["order"])) if isinstance(tree, dict) else 0
    return min(orders, key=lambda inside: orders[inside], default=None)


def without_notes(state: bytes) -> bytes:
    """A state's rules without what only its page tells."""
    tree = load.text_tree(state, "a state's file")
    if not isinstance(tree, dict):
        raise RuntimeBuildError("a state's file holds no keys")
    kept = {key: value for key, value in tree.items() if key not in facts.PAGE_KEYS}
    kept["not_checked"] = dict.fromkeys(facts.TOPICS, "insurer")
    # What JSON writes, YAML reads.
    return json.dumps(kept, ensure_ascii=False).encode()


# --- Pyodide --------------------------------------------------------------------------------------


def add_pyodide(places: Places, stock_lock: Mapping[str, Any]) -> None:
    """Put Pyodide's own files on the stage."""
    source = places.module("pyodide")
    shutil.copyfile(source / "pyodide.asm.wasm", places.stage / "pyodide.asm.wasm")
    loader = places.stage / "pyodide.mjs"
    copy_script(source / loader.name, loader, LOADER_PATCHES)
    lock = json.dumps({"info": stock_lock["info"], "packages": {}}, sort_keys=True)
    unpack = (PUBLISH / "unpack.mjs").read_text("utf-8")
    write_script(loader, f"{loader.read_text('utf-8')}const LOCK={lock};\n{unpack}")
    script = next(source.glob("pyodide.asm.*js"))
    copy_script(
        script,
        places.stage / script.name,
        {re.escape(old): new for old, new in PYODIDE_PATCHES.items()},
    )
    shake(places, script.name)


def shake(places: Places, script: str) -> None:
    """Shake the unused parts out of the engine, or take the result of an earlier build."""
    engine = [places.stage / name for name in (script, "pyodide.asm.wasm")]
    program, *parts = [PUBLISH / name for name in ("shake.mjs", "place.mjs", "steady.mjs")]
    users = [places.stage / "pyodide.mjs", places.stage / "core.js"]
    tools = [places.module(name) / "package.json" for name in ("binaryen", "terser")]
    key = sha256(b"".join(path.read_bytes() for path in (*engine, *users, program, *parts, *tools)))
    shaken = places.cache / f"engine-{key.hex()[:16]}"
    if not shaken.exists():
        fresh = shaken.with_name(f"{shaken.name}.fresh")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for path in engine:
            shutil.copyfile(path, fresh / path.name)
        run(["node", program, *(fresh / path.name for path in engine), *users], places.root)
        fresh.rename(shaken)
    for path in engine:
        shutil.copyfile(shaken / path.name, path)


# --- the library ----------------------------------------------------------------------------------


def library_files(places: Places) -> dict[str, bytes]:
    """Return the whole standard library, compiled, from an earlier build if there was one."""
    stock = places.module("pyodide") / STOCK_LIBRARY
    patches = json.dumps(library.PATCHES)
    key = sha256(stock.read_bytes() + f"{sys.version} {patches}".encode()).hex()[:16]
    compiled = places.cache / f"library-{key}" / STOCK_LIBRARY
    if not compiled.exists():
        compiled.parent.mkdir(parents=True, exist_ok=True)
        fresh = compiled.with_name("fresh.zip")
        write_zip(fresh, patched_sources(STOCK_LIBRARY, read_zip(stock), library.PATCHES))
        pyodide("py-compile", "--silent", "--no-keep", fresh, PYTHONOPTIMIZE="2")
        fresh.replace(compiled)
    return read_zip(compiled)


def pack_library(places: Places, folder: str) -> None:
    """Pack what the exercise loads of the library, and prove that it is enough."""
    requests = exercise_requests(places.root / "data")
    installed = {f"site-packages/{name}": item for name, item in wheel_files(places).items()}
    modules = library_files(places)
    write_pack(places, folder, modules | installed)
    whole = exercise(places, requests)
    used = {str(PurePosixPath(path).with_suffix(".pyc")) for path in whole["modules"].values()}
    lost = used - set(modules)
    if lost:
        raise RuntimeBuildError(
            f"modules that {STOCK_LIBRARY} does not have: {', '.join(sorted(lost))}"
        )
    kept = {path: modules[path] for path in used}
    write_pack(places, folder, without_lines(places, kept | installed))
    cut = exercise(places, requests)
    missing = set(whole["modules"]) - set(cut["modules"])
    if missing:
        raise RuntimeBuildError(
            f"modules missing from the cut library: {', '.join(sorted(missing))}"
        )
    if cut["answers"] != whole["answers"]:
        raise RuntimeBuildError("the cut library answers an example differently from the whole one")


def without_lines(places: Places, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Keep of each part of the bytecode which function it is in, but not which line of it."""
    path = places.stage / "lines.zip"
    write_zip(path, files)
    # What marshal writes depends on what else the process holds: a fresh one writes the same again.
    run([sys.executable, "-I", PUBLISH / "strip_lines.py", path], places.root)
    stripped = read_zip(path)
    path.unlink()
    return stripped


def write_pack(places: Places, folder: str, files: Mapping[str, bytes]) -> None:
    """Write the files, below the folder, as a gzipped tar whose bytes depend on them alone."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(f"{folder}/{name}")
            if len(entry.name) > LONGEST_NAME:
                raise RuntimeBuildError(f"{entry.name}: a name of at most {LONGEST_NAME} letters")
            entry.size = len(files[name])
            archive.addfile(entry, io.BytesIO(files[name]))
    (places.stage / PACK).write_bytes(gzip.compress(plain.getvalue(), 9, mtime=0))


def exercise_requests(data: Path) -> list[str]:
    """Turn the worked examples into requests as the page sends them, right and wrong ones."""
    examples = data / "examples"
    trees = [load.file_tree(path, path.name) for path in sorted(examples.glob("*.yaml"))]
    cases = [tree for tree in trees if isinstance(tree, dict)]
    if not cases:
        raise RuntimeBuildError(f"no examples in {examples}: nothing would be exercised")
    typed = [as_typed(read.mapping(case["given"], "given")) for case in cases]
    answers = [{}, *typed]
    for question in (field.key for group in facts.form(data) for field in group.fields):
        # A blank is a question to the visitor, a wrong value a message: other paths, other modules.
        answers += [typed[0] | {question: ""}, typed[0] | {question: "?"}]
    requests: list[dict[str, Any]] = [{"answers": given} for given in answers]
    # The page shows its example until something else than what it filled in is typed.
    shown = facts.examples(data)[0].id
    requests += [{"answers": given, "filled": given, "example": shown} for given in typed]
    requests.append({"answers": {}, "rehearse": True})
    requests += tool_requests(data)
    return [json.dumps({"built": "2026-01-01", **request}) for request in requests]


def tool_requests(data: Path) -> list[dict[str, Any]]:
    """Turn the tools' worked examples into requests: right ones, and ones with nothing right."""
    held = load.data_file(data, "tool-examples", guide.FILES["tool-examples"])["examples"]
    filled: list[tuple[str, Mapping[str, str]]] = [
        (name, example.answers) for name, example in held.items()
    ]
    filled += [(name, dict.fromkeys(answers, "?")) for name, answers in filled]
    return [{"tool": name, "answers": dict(answers)} for name, answers in filled]


def exercise(places: Places, requests: Sequence[str]) -> dict[str, Any]:
    """Run the package in the staged runtime."""
    reported: dict[str, Any] = json.loads(
        run(
            ["node", PUBLISH / "node.mjs", places.stage, PUBLISH / "exercise.py"],
            places.root,
            given=json.dumps(requests),
        )
    )
    return reported


# --- scripts --------------------------------------------------------------------------------------


def add_pyscript(places: Places) -> None:
    """Put PyScript's core on the stage, as one file."""
    dist = places.module("@pyscript/core") / "dist"
    # core.js only renames what the big chunk exports: joining the two saves a request in a row.
    names = re.fullmatch(
        r'export\{([^}]*)\}from"\./(core-[\w-]+\.js)";\s*',
        strip_map((dist / "core.js").read_text()),
    )
    if names is None:
        raise RuntimeBuildError(f"{dist / 'core.js'}: not the re-export this build expects")
    public = dict(pair.split(" as ") for pair in names[1].split(","))
    chunk = strip_map((dist / names[2]).read_text("utf-8"))
    exports = re.search(r"export\{([^}]*)\};\s*$", chunk)
    if exports is None:
        raise RuntimeBuildError(f"{dist / names[2]}: no exports at its end")
    pairs = (pair.split(" as ") for pair in exports[1].split(","))
    renamed = ",".join(f"{local} as {public[short]}" for local, short in pairs if short in public)
    script = f"{chunk[: exports.start()]}export{{{renamed}}};\n"
    write_script(places.stage / "core.js", patched(script, PYSCRIPT_PATCHES, "PyScript"))


def add_start(places: Places) -> None:
    """Write the worker's and the page's modules that load Pyodide, with what only a build knows."""
    version = read_json(places.module("pyodide") / "package.json")["version"]
    (engine,) = places.stage.glob("pyodide.asm.*js")
    start = places.stage / "start.mjs"
    fill_in(start, VERSION=version, ENGINE=engine.name)
    write_script(start, start.read_text("utf-8") + (PUBLISH / "memory.mjs").read_text("utf-8"))
    listed: dict[str, dict[str, int | str]] = {}
    for path in sorted(places.stage.iterdir()):
        content = path.read_bytes()
        listed[path.name] = {"bytes": len(content), "gzip": gzip_size(content)}
        if path.name == PACK:
            listed[path.name]["integrity"] = integrity(content)
    fill_in(places.stage / "download.mjs", FILES=listed)


def fill_in(target: Path, **values: object) -> None:
    """Write one of our scripts with the values of its constants."""
    lines = {
        rf"^const {name} = .*;$": f"const {name} = {json.dumps(value)};"
        for name, value in values.items()
    }
    source = PUBLISH / target.name
    write_script(target, patched(source.read_text("utf-8"), lines, target.name))


def copy_script(source: Path, target: Path, patches: Mapping[str, str]) -> None:
    """Copy a script without the name of a source map we do not publish."""
    write_script(target, patched(strip_map(source.read_text("utf-8")), patches, source.name))


def patched(text: str, patches: Mapping[str, str], name: str) -> str:
    """Replace each pattern, which must occur exactly once."""
    for pattern, replacement in patches.items():
        text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
        if count != 1:
            raise RuntimeBuildError(f"{name}: patch matches {count} times, not once: {pattern}")
    return text


def strip_map(text: str) -> str:
    """Remove the comment that names a source map."""
    return re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", text)


def write_script(path: Path, text: str) -> None:
    """Write a script as UTF-8."""
    path.write_text(text, encoding="utf-8", newline="\n")


# --- the finished folder --------------------------------------------------------------------------


def publish(places: Places) -> Path:
    """Move the stage to the folder named after its contents, and write the list beside it."""
    files = [
        {
            "path": path.name,
            "bytes": path.stat().st_size,
            "gzip": gzip_size(path.read_bytes()),
            "sha256": sha256(path.read_bytes()).hex(),
        }
        for path in sorted(places.stage.iterdir())
    ]
    folder = sha256(json.dumps(files).encode()).hex()[:16]
    shutil.rmtree(places.out, ignore_errors=True)
    places.out.mkdir(parents=True)
    places.stage.rename(places.out / folder)
    listing = places.out / LISTING
    write_json(
        listing,
        {
            "folder": folder,
            "pyodide": read_json(places.module("pyodide") / "package.json")["version"],
            "pyscript": read_json(places.module("@pyscript/core") / "package.json")["version"],
            "download": sum(int(str(entry["gzip"])) for entry in files),
            "files": files,
        },
    )
    return listing


# --- helpers --------------------------------------------------------------------------------------


def pyodide(*arguments: str | Path, **environment: str) -> None:
    """Run a command of pyodide-build."""
    program = Path(sys.executable).with_name("pyodide")
    if not program.exists():
        raise RuntimeBuildError(f"pyodide-build is missing in {program.parent}")
    run([program, *arguments], PUBLISH, **environment)


def run(
    command: Iterable[str | Path], folder: Path, given: str | None = None, **environment: str
) -> str:
    """Run a tool and return what it prints; its failure becomes ours, with its last line."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env={**os.environ, **REPRODUCIBLE, **environment},
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except OSError as error:
        raise RuntimeBuildError(f"{words[0]} does not start: {error.strerror}") from error
    if done.returncode:
        message = last_error(done.stderr or done.stdout)
        raise RuntimeBuildError(f"{Path(words[0]).name} failed: {message}")
    return done.stdout


def last_error(said: str) -> str:
    """Pick the line that tells what went wrong: the last that names an error, or the last."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["no message"]
    named = [line for line in lines if re.match(r"[\w.]+(?:Error|Exception)\b", line)]
    return (named or lines)[-1][:300]


def read_zip(path: Path) -> dict[str, bytes]:
    """Read the files of a zip, without the entries for folders."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a zip whose bytes depend on its contents alone."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object, with its keys in order."""
    text = json.dumps(content, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def sha256(content: bytes) -> bytes:
    """Return the SHA-256 digest."""
    return hashlib.sha256(content).digest()


def integrity(content: bytes) -> str:
    """Return the digest as `fetch` takes it."""
    return "sha256-" + base64.b64encode(sha256(content)).decode()


def gzip_size(content: bytes) -> int:
    """Return how many bytes travel when the server compresses as most do."""
    return min(len(content), len(gzip.compress(content, 6)))
