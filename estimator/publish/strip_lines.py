"""Shorten the tables of line numbers in compiled modules: python -I strip_lines.py FILES.zip."""

import marshal
import sys
import zipfile
from types import CodeType

HEADER = 16  # bytes before a module's code: the compiler's number, flags, what it was made from
UNIT = 2  # bytes of an instruction
MOST = 8  # instructions for which one entry of the table stands
# An entry's kind is "a line and no column"; after it stands how many lines that is past the last.
LINE_ONLY, SAME_LINE = 0x80 | 13 << 3, 0


def without_lines(code: CodeType) -> CodeType:
    """Return the same code, and all code inside it, as if each function stood on one line.

    The table is written as CPython's `InternalDocs/code_objects.md` describes; tracebacks fail
    on code that has none.
    """
    whole, rest = divmod(len(code.co_code) // UNIT, MOST)
    counts = [MOST] * whole + [rest] * (rest > 0)
    table = bytes(item for count in counts for item in (LINE_ONLY | count - 1, SAME_LINE))
    consts = (without_lines(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_linetable=table, co_consts=tuple(consts))


def stripped(content: bytes) -> bytes:
    """Return a compiled module without line numbers."""
    code: CodeType = marshal.loads(content[HEADER:])  # noqa: S302 - we compiled it
    return content[:HEADER] + marshal.dumps(without_lines(code))


def main(path: str) -> None:
    """Rewrite each compiled module of a zip."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, stripped(content) if name.endswith(".pyc") else content)


if __name__ == "__main__":
    main(sys.argv[1])
