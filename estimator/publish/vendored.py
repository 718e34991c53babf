"""What others made and we hand out: the runtime's files, the theme, the font, with their licenses.

Names, versions and licenses come from the locks and from the packages themselves, so that the page,
the notices and what is served can't differ. A file that nobody has an entry for stops the build.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTICES = "licenses.txt"
_LICENSES = Path(__file__).parent / "licenses"
# Packages that bring no text of their license, or that come inside of another one.
_KEPT_HERE = {"pyodide": "MPL-2.0.txt", "CPython": "Python.txt"}
# What only the build runs, or what Pyodide needs in Node or for its types: no browser gets it.
_NOT_SERVED = frozenset({"binaryen", "terser", "@types/emscripten", "ws"})
_OURS = "this project"
# Who made each file of the runtime, or what is in it.
_MAKERS = {
    "core.js": "@pyscript/core",
    "download.mjs": _OURS,
    "library.pack": f"CPython, PyYAML, pyodide, {_OURS}",
    "pyodide.asm.js": "pyodide",
    "pyodide.asm.wasm": "pyodide",
    "pyodide.mjs": "pyodide",
    "start.mjs": _OURS,
}


class VendoredError(Exception):
    """What is served isn't what the locks and the lists say."""


class Component(Record, kw_only=True):
    """A piece of software or a font by others, as it is served.

    Attributes:
        name: As its registry has it.
        version: The locked one.
        license: Its identifier, such as ``MIT``.
        text: The license itself; empty where the package brings none.
    """

    name: str
    version: str
    license: str
    text: str


class Served(Record, kw_only=True):
    """A file of the runtime: its name, who made it, its size and its digest."""

    name: str
    maker: str
    bytes: int
    sha256: str


def components(root: Path) -> list[Component]:
    """Everything by others that a visitor's browser may get, by name.

    Args:
        root: The checkout, with `node_modules/` and the environment it is built in.
    """
    found = {(one.name, one.version): one for one in (*_of_npm(root), *_of_python(root))}
    return [found[key] for key in sorted(found, key=lambda key: (key[0].lower(), key[1]))]


def _of_npm(root: Path) -> Iterator[Component]:
    """The packages that the project needs, and what they need, but for what isn't served."""
    packages = json.loads((root / "package-lock.json").read_text("utf-8"))["packages"]
    found: dict[str, dict[str, Any]] = {}
    wanted = list(packages[""]["dependencies"])
    while wanted:
        name = wanted.pop()
        if name not in _NOT_SERVED and name not in found:
            found[name] = packages[f"node_modules/{name}"]
            wanted += found[name].get("dependencies", ())
    for name, entry in found.items():
        place = f"node_modules/{name}"
        text = _first(root / place, "LICENSE*") or _kept(name)
        yield Component(name=name, version=entry["version"], license=entry["license"], text=text)


def _of_python(root: Path) -> Iterator[Component]:
    """The theme, PyYAML, and the Python that Pyodide holds."""
    for name, license_ in {"mkdocs-material": "MIT", "PyYAML": "MIT"}.items():
        held = distribution(name)
        texts = [str(path.read_text()) for path in held.files or () if path.name == "LICENSE"]
        yield Component(name=name, version=held.version, license=license_, text="\n".join(texts))
    lock = json.loads((root / "node_modules" / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    version = lock["info"]["python"]
    yield Component(name="CPython", version=version, license="PSF-2.0", text=_kept("CPython"))


def _first(folder: Path, pattern: str) -> str:
    return next((path.read_text("utf-8") for path in sorted(folder.glob(pattern))), "")


def _kept(name: str) -> str:
    return (_LICENSES / _KEPT_HERE[name]).read_text("utf-8") if name in _KEPT_HERE else ""


def notices(found: list[Component]) -> str:
    """The licenses of all components, as the file that is served with them."""
    parts = [
        f"{one.name} {one.version}\nLicense: {one.license}\n\n"
        f"{one.text.strip() or 'The package brings no text of its own.'}\n"
        for one in found
    ]
    return f"\n{'=' * 80}\n\n".join(
        ["What this site is made with, and under which licenses.\n", *parts]
    )


def served(root: Path) -> list[Served]:
    """The runtime's files, as the build listed them.

    Raises:
        VendoredError: nobody is named for a file.
    """
    return [
        Served(
            name=entry["path"],
            maker=_maker(entry["path"]),
            bytes=entry["bytes"],
            sha256=entry["sha256"],
        )
        for entry in _listing(root / "build" / "runtime")["files"]
    ]


def _maker(name: str) -> str:
    if name not in _MAKERS:
        raise VendoredError(f"{name}: nobody is named who made this file of the runtime")
    return _MAKERS[name]


def check(site: Path) -> None:
    """See that the finished site serves the runtime as listed, and nothing else with it.

    Raises:
        VendoredError: a file is missing, is another one, or isn't listed.
    """
    listing = _listing(site / "runtime")
    listed = {entry["path"]: entry["sha256"] for entry in listing["files"]}
    folder = site / "runtime" / listing["folder"]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    wrong = {name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name)}
    if wrong:
        raise VendoredError(f"the runtime isn't as listed: {', '.join(sorted(wrong))}")


def _listing(folder: Path) -> dict[str, Any]:
    listing: dict[str, Any] = json.loads((folder / "runtime.json").read_text("utf-8"))
    return listing
