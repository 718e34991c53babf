"""Use every feature of the package inside the browser's Python, and say which modules that took.

`runtime.py` runs this text in the real runtime, first on the whole standard library, to learn what
may be left out, then on the cut one, to prove that nothing is missing. The host sets `stdin_text`.
"""

import importlib
import json
import sys
import traceback
from pathlib import Path

import estimator
from estimator.browser import respond

LIBRARY = f"/lib/python{sys.version_info.major}.{sys.version_info.minor}/"


def import_package() -> None:
    """Import each module of the package that is in the wheel."""
    (folder,) = map(Path, estimator.__path__)
    for module in folder.rglob("*.pyc"):
        parts = module.relative_to(folder.parent).with_suffix("").parts
        importlib.import_module(".".join(parts).removesuffix(".__init__"))


def fail_on_purpose() -> str:
    """Fail as a broken file would: the modules that describe a failure must be there too."""
    try:
        respond("this is no request")
    except Exception:  # noqa: BLE001 - whatever it is, it is to be described
        return traceback.format_exc()
    return ""


def library_modules() -> dict[str, str]:
    """Tell which file of the standard library each loaded module came from."""
    found = {}
    for name, module in sorted(sys.modules.items()):
        origin = str(getattr(getattr(module, "__spec__", None), "origin", None) or "")
        if origin.startswith(LIBRARY) and "/site-packages/" not in origin:
            found[name] = origin.removeprefix(LIBRARY)
    return found


def main(requests: list[str]) -> str:
    """Answer each request and report the answers and the modules, as JSON."""
    import_package()
    fail_on_purpose()
    answers = [respond(request) for request in requests]
    return json.dumps({"answers": answers, "modules": library_modules()})


result = main(json.loads(stdin_text))  # type: ignore[name-defined]  # noqa: F821
