"""The data dictionary: every key of every data file, with its type, an example, and its meaning.

Keys and types come from the readers, examples from the data itself, meanings from
``data/dictionary.yaml``: a key without a meaning stops the build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from estimator import check, load, read
from estimator.markup import Html, escape, join, tag
from estimator.model import DataError
from estimator.publish.pages.tables import table
from estimator.publish.schemas import in_words, schema_name
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from estimator.read import Read

_HEADS = ("Key", "Needed", "What to write", "Example", "Meaning")
_LONGEST_EXAMPLE = 60


class KeyOfFile(Record, kw_only=True):
    """A key that may stand in a kind of file.

    `path` joins the keys above it by dots; a list adds ``[]``, a free key stands as ``<key>``.
    """

    path: str
    needed: bool
    reader: Read[Any]

    def name(self) -> str:
        """The key's own name, without what stands above it."""
        return self.path.replace("[]", "").rpartition(".")[2]


def keys(reader: Read[Any], above: str = "") -> Iterator[KeyOfFile]:
    """Every key that a reader knows, from the top of the file down."""
    shape = read.shape_of(reader)
    if shape["kind"] == "record":
        for name, item in {**shape["required"], **shape["optional"]}.items():
            path = f"{above}.{name}" if above else name
            is_needed = name in shape["required"]
            yield KeyOfFile(path=path, needed=is_needed, reader=item)
            yield from keys(item, path)
    elif shape["kind"] == "map":
        for name in shape["known"] or ("<key>",):
            path = f"{above}.{name}" if above else name
            item = shape["item"](name)
            if shape["known"]:
                yield KeyOfFile(path=path, needed=False, reader=item)
            yield from keys(item, path)
    elif shape["kind"] == "list":
        yield from keys(shape["item"], f"{above}[]")


def meanings(folder: Path) -> Mapping[str, Any]:
    """What each key means, from ``dictionary.yaml``."""
    found: Mapping[str, Any] = load.data_file(folder, "dictionary", check.FILES["dictionary"])
    return found


def meaning(told: Mapping[str, Any], kind: str, name: str) -> str:
    """What a key of a kind of file means.

    Raises:
        DataError: nobody has said it.
    """
    of_kind = told["files"].get(kind, {"keys": {}})["keys"]
    found = of_kind.get(name) or told["common"].get(name)
    if found is None:
        raise DataError([f"data/dictionary.yaml: files.{kind}.keys.{name}: missing"])
    words: str = found["en"]
    return words


def examples(folder: Path, pattern: str) -> dict[str, str]:
    """The first value of each key in the files of one kind, by the key's path."""
    reader = check.FILES[pattern]
    found: dict[str, str] = {}
    for path in sorted(folder.glob(f"{pattern}.yaml")):
        tree = load.file_tree(path, path.name)
        for where, value in _values(reader, tree, ""):
            found.setdefault(where, value)
    return found


def _values(reader: Read[Any], tree: Any, above: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """The single values of a tree, each with its path as `keys` writes it."""
    shape = read.shape_of(reader)
    if shape["kind"] == "record":
        for name, item in tree.items():
            path = f"{above}.{name}" if above else name
            reader_of = {**shape["required"], **shape["optional"]}[name]
            yield from _values(reader_of, item, path)
    elif shape["kind"] == "map":
        for name, item in tree.items():
            key = name if shape["known"] else "<key>"
            yield from _values(shape["item"](name), item, f"{above}.{key}" if above else key)
    elif shape["kind"] == "list":
        yield above, _listed(tree)
        for item in tree:
            yield from _values(shape["item"], item, f"{above}[]")
    elif isinstance(tree, str):
        yield above, tree
    elif isinstance(tree, list):
        yield above, _listed(tree)


def _listed(items: list[object]) -> str:
    return f"[{', '.join(map(str, items))}]" if all(isinstance(i, str) for i in items) else ""


def dictionary(folder: Path) -> Html:
    """The page's part: a table for each kind of file.

    Raises:
        DataError: a key has no meaning.
    """
    told = meanings(folder)
    parts = []
    for pattern, reader in check.FILES.items():
        kind = schema_name(pattern)
        shown = examples(folder, pattern)
        rows = []
        for key in keys(reader):
            example = " ".join(shown.get(key.path, "").split())
            if len(example) > _LONGEST_EXAMPLE:
                example = example[:_LONGEST_EXAMPLE].rpartition(" ")[0] + " …"
            rows.append((key.path, "yes" if key.needed else "no", in_words(key.reader), example,
                         meaning(told, kind, key.name())))  # fmt: skip
        file = f"data/{pattern.replace('*', '<name>')}.yaml"
        parts.append(tag("h2", escape(file), id=kind))
        parts.append(tag("p", escape(told["files"][kind]["about"]["en"])))
        written = ((_key(path), *map(escape, rest)) for path, *rest in rows)
        parts.append(table(_HEADS, written) if rows else Html(""))
    return join(*parts)


def _key(path: str) -> Html:
    """A key that may go on in the next line after each dot: some are longer than their column."""
    return Html(escape(path).replace(".", ".<wbr>"))
