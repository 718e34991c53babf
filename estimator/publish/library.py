"""Lines of Python's library, of Pyodide and of PyYAML that we change before compiling.

Python in the browser imports much at its start that nothing of ours ever calls: the network side of
asyncio, archives, temporary folders, what writes YAML. Each pattern below takes such an import out,
and must match; the exercise (see `runtime.py`) then proves that nothing misses it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = ("coroutines", "events", "exceptions", "futures", "runners", "tasks")
# Pyodide's event loop rests on these parts of asyncio; it has no sockets, threads or processes.
_ASYNCIO = f"""{"".join(f"from .{part} import *\n" for part in _PARTS)}
__all__ = {" + ".join(f"{part}.__all__" for part in _PARTS)}
DefaultEventLoopPolicy = events.BaseDefaultEventLoopPolicy
"""
_NO_LINE = ""


def _without(*names: str) -> dict[str, str]:
    return {rf"^(?:import|from \. import) {re.escape(name)}$": _NO_LINE for name in names}


PATCHES: dict[str, dict[str, str]] = {
    "asyncio/__init__.py": {r"(?s)\A.*\Z": _ASYNCIO},
    "asyncio/events.py": _without("socket", "subprocess")
    | {r"socket\.AF_UNSPEC": "0", r"socket\.AI_PASSIVE": "1", r"subprocess\.PIPE": "-1"},
    "asyncio/futures.py": _without("concurrent.futures", "logging") | {r"logging\.DEBUG": "10"},
    "asyncio/tasks.py": _without("concurrent.futures", "queues", "timeouts")
    | {r"= concurrent\.futures\.(\w+)$": r"= '\1'"},
    "importlib/abc.py": {
        r"^from \.resources import abc as _resources_abc$": "class _resources_abc: __all__ = ()"
    },
    "pyodide/_package_loader.py": _without("shutil")
    | {
        r"^from tempfile import NamedTemporaryFile$": _NO_LINE,
        r"^from zipfile import ZipFile$": "ZipFile = Any",
        r"^if IN_BROWSER:$": "if False:  # nor does shutil learn of wheels",
    },
    "pyodide/common.py": _without("shutil"),
}
# `load.py` reads events: no object is made of YAML, and none is written.
_YAML_PARTS = ("error", "events", "parser", "reader", "scanner", "tokens")
_YAML = f"""{"".join(f"from .{part} import *\n" for part in _YAML_PARTS)}
class BaseLoader(Reader, Scanner, Parser):
    def __init__(self, stream):
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)


def parse(stream, Loader):
    loader = Loader(stream)
    while loader.check_event():
        yield loader.get_event()
"""
YAML_PATCHES = {"yaml/__init__.py": {r"(?s)\A.*\Z": _YAML}}
YAML_FILES = frozenset(f"yaml/{part}.py" for part in ("__init__", *_YAML_PARTS))


class PatchError(Exception):
    """A pattern no longer matches: the library is another version than the patches are for."""


def patched(
    files: Mapping[str, bytes], patches: Mapping[str, Mapping[str, str]]
) -> dict[str, bytes]:
    """Return source files with the patches in them.

    Raises:
        PatchError: a file isn't there, or a pattern isn't in it.
    """
    changed = dict(files)
    for name, patterns in patches.items():
        if name not in files:
            raise PatchError(f"there is no {name} to change")
        text = files[name].decode()
        for pattern, replacement in patterns.items():
            text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
            if not count:
                raise PatchError(f"{name} has nothing like {pattern} to change")
        changed[name] = text.encode()
    return changed
