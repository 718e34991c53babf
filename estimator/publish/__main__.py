"""The build's commands: `python -m estimator.publish runtime|serve`."""

import argparse
import sys
from pathlib import Path

from estimator.publish.runtime import RuntimeBuildError, build_runtime
from estimator.publish.serve import serve

ROOT = Path(__file__).resolve().parents[2]


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m estimator.publish")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("runtime", help="write build/runtime/: what the visitor's browser loads")
    serving = commands.add_parser("serve", help="serve the finished site on localhost")
    serving.add_argument("--port", type=int, default=8000)
    serving.add_argument("--folder", type=Path, default=ROOT / "site")
    options = parser.parse_args(argv)
    if options.command == "serve":
        return serve(options.folder, options.port)
    try:
        build_runtime(ROOT, ROOT / "build" / "runtime")
    except RuntimeBuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
