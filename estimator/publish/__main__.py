"""The build's commands: `python -m estimator.publish parts|runtime|finish|schemas|serve`."""

import argparse
import os
import sys
from datetime import date
from pathlib import Path

from estimator import load
from estimator.messages import Messages
from estimator.model import DataError
from estimator.publish.finish import FinishError, finish
from estimator.publish.pages.site import LANGUAGE, open_site
from estimator.publish.parts import write_parts
from estimator.publish.precache import PrecacheError
from estimator.publish.runtime import RuntimeBuildError, build_runtime
from estimator.publish.schemas import write_schemas
from estimator.publish.serve import serve
from estimator.publish.vendored import VendoredError

ROOT = Path(__file__).resolve().parents[2]


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m estimator.publish")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("parts", help="write build/parts/: the generated pieces of pages")
    commands.add_parser("runtime", help="write build/runtime/: what the visitor's browser loads")
    commands.add_parser("finish", help="finish site/: runtime, policies, service worker, headers")
    commands.add_parser("schemas", help="write data/schemas/: what editors know of the data files")
    serving = commands.add_parser("serve", help="serve the finished site on localhost")
    serving.add_argument("--port", type=int, default=8000)
    serving.add_argument("--folder", type=Path, default=ROOT / "site")
    options = parser.parse_args(argv)
    if options.command == "serve":
        return serve(options.folder, options.port)
    address = os.environ.get("SITE_URL", "")  # mkdocs.yml reads it too
    try:
        if options.command == "parts":
            write_parts(open_site(ROOT, date.today(), address), ROOT / "build")  # noqa: DTZ011
        elif options.command == "schemas":
            write_schemas(ROOT)
        elif options.command == "runtime":
            build_runtime(ROOT, ROOT / "build" / "runtime")
        else:
            messages = Messages(load.flat(ROOT / "data", f"messages/{LANGUAGE}"))
            finish(ROOT, ROOT / "site", messages, address)
    except (DataError, FinishError, PrecacheError, RuntimeBuildError, VendoredError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
