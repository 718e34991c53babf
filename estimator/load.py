"""YAML in: the only module that knows the format.

A file becomes a tree of text (so that ``NO`` stays a state and ``97124`` a code), refused
when it uses anything a person would not write on purpose: a key twice, an anchor, an alias,
a tag, a second document, nesting without end. `facts` and `guide` read typed values from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from estimator import read
from estimator.model import DataError
from estimator.scanner import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from estimator.read import Read, Tree

LARGEST_FILE = 5_000_000
DEEPEST = 20
# Where a part of a file begins that is read by itself: at a key of the first level, or the second.
_KEY = re.compile(r"(?P<key>[\w-]+):")
_DEEPER_KEY = re.compile(r"  (?P<quote>[\"']?)(?P<key>[\w-]+)(?P=quote):")
_HEADING = re.compile(r"[\w-]+:\s*(#.*\s*)*\Z")
# In a wheel that holds a part of the data, the fingerprint of all of it.
VERSION = "VERSION"


def data_folder() -> Path:
    """Where the facts are: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "data"


def _decoded(content: bytes, where: str) -> str:
    if len(content) > LARGEST_FILE:
        raise DataError([f"{where}: expected at most 5 MB, got {len(content):,} bytes"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError([f"{where}: line {line}: expected UTF-8 text, got other bytes"]) from None


def text_tree(content: bytes, where: str) -> Tree:
    """Parse YAML into mappings, lists and text.

    Args:
        content: The file's bytes: UTF-8, at most 5 MB.
        where: The file's name as messages show it.

    Raises:
        DataError: not UTF-8, too large, empty, not YAML, or using what is refused here.
    """
    decoded = _decoded(content, where)
    try:
        return _document(_Events(decoded, where), where)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = 1 if mark is None else mark.line + 1
        problem = error.problem or "can't be read"
        raise DataError([f"{where}: line {line}: expected YAML, but {problem}"]) from None
    except yaml.YAMLError as error:
        said = str(error).splitlines()[0]
        raise DataError([f"{where}: expected YAML, but {said}"]) from None


class _Events:
    """PyYAML's events, one after the other, with what we refuse turned into messages."""

    def __init__(self, text: str, where: str) -> None:
        self._events = Loader(text)
        self._where = where

    def next(self) -> yaml.Event:
        event: yaml.Event = self._events.get_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise self.refuse(event, "write the value out in place of the alias '*'")
        if getattr(event, "anchor", None):
            raise self.refuse(event, "leave out the anchor '&'")
        if getattr(event, "tag", None):
            raise self.refuse(event, "leave out the tag '!'")
        return event

    def refuse(self, event: yaml.Event, problem: str) -> DataError:
        line = event.start_mark.line + 1 if event.start_mark else 1
        return DataError([f"{self._where}: line {line}: {problem}"])


def _document(events: _Events, where: str) -> Tree:
    events.next()  # the stream's start
    if isinstance(events.next(), yaml.StreamEndEvent):
        raise DataError([f"{where}: the file is empty"])
    tree = _node(events, events.next(), 0)
    events.next()  # the document's end
    last = events.next()
    if not isinstance(last, yaml.StreamEndEvent):
        raise events.refuse(last, "expected one document, but a second begins here")
    if tree == "":
        raise DataError([f"{where}: the file is empty"])
    return tree


def _node(events: _Events, event: yaml.Event, depth: int) -> Tree:
    if isinstance(event, yaml.ScalarEvent):
        value: str = event.value
        return value
    if depth == DEEPEST:
        raise events.refuse(event, f"expected at most {DEEPEST} levels of nesting")
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Tree] = []
        while not isinstance(event := events.next(), yaml.SequenceEndEvent):
            items.append(_node(events, event, depth + 1))
        return items
    entries: dict[str, Tree] = {}
    while not isinstance(event := events.next(), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise events.refuse(event, "expected a single word as the key")
        if event.value in entries:
            raise events.refuse(event, f"the key {read.shown(event.value)} is there twice")
        entries[event.value] = _node(events, events.next(), depth + 1)
    return entries


def _content(path: Path, where: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError([f"{where}: can't be opened: {error.strerror}"]) from None


def file_tree(path: Path, where: str) -> Tree:
    """A file as a tree of text.

    Raises:
        DataError: it can't be opened, or `text_tree` refuses it.
    """
    return text_tree(_content(path, where), where)


def data_file[T](folder: Path, name: str, reader: Read[T]) -> T:
    """A file of the data folder, read.

    Args:
        folder: The data folder, such as `data_folder()`.
        name: The file's name in it, without ``.yaml``.
        reader: What reads its tree.

    Raises:
        DataError: with every problem of the file.
    """
    where = f"{folder.name}/{name}.yaml"
    return reader(file_tree(folder / f"{name}.yaml", where), where)


def named_file[T](folder: Path, name: str, reader: Read[T], key: str, expected: object) -> T:
    """A file that says itself what it is about, which has to be what its name says."""
    found = data_file(folder, name, reader)
    said = getattr(found, key)
    if said != expected:
        where = f"{folder.name}/{name}.yaml"
        raise DataError([f"{where}: {key}: expected {expected}, the file's name, got {said}"])
    return found


def sentences(tree: object, where: str) -> dict[str, str]:
    """A reader of sentences, their nested keys joined by dots."""
    found: dict[str, str] = {}

    def walk(tree: object, path: str) -> None:
        if isinstance(tree, dict):
            for key, item in tree.items():
                walk(item, f"{path}.{key}" if path else key)
        else:
            found[path] = read.text(tree, f"{where}: {path}")

    walk(tree, "")
    return found


def flat(folder: Path, name: str) -> dict[str, str]:
    """A file of sentences, by dotted key."""
    return data_file(folder, name, sentences)


def _parts(text: str, *, deeper: bool) -> dict[str, str]:
    """A file's text in parts: what stands under each key, or under each key of the second level.

    Those lines of a part that stand above it, so that it can be read by itself, go before it.
    What stands above the first key, which is the whole file where it has braces for lines, has
    the empty key. A group whose lines all went to its parts is no part.
    """
    part: list[str] = []
    found = {"": part}
    group = ""
    for line in text.splitlines(keepends=True):
        if begins := _KEY.match(line):
            group = begins["key"]
            part = found.setdefault(group, [])
        elif deeper and (begins := _DEEPER_KEY.match(line)):
            part = found.setdefault(f"{group}.{begins['key']}", [f"{group}:\n"])
        if group or (line.strip() and not line.startswith("#")):
            part.append(line)
    whole = {key: "".join(lines) for key, lines in found.items() if lines}
    return {key: part for key, part in whole.items() if not _HEADING.match(part)}


class Entries[T](Mapping[str, T]):
    """A file of entries by id, each read when it is asked for: YAML takes a phone its time.

    Raises:
        DataError: the file can't be opened, or isn't text; later, an entry can't be read.
    """

    def __init__(
        self, folder: Path, name: str, reader: Read[Mapping[str, T]], *, deeper: bool = False
    ) -> None:
        """Take a file of the data folder, what reads all of it, and whether its groups are cut."""
        self._where = f"{folder.name}/{name}.yaml"
        self._reader = reader
        text = _decoded(_content(folder / f"{name}.yaml", self._where), self._where)
        self._parts = _parts(text, deeper=deeper)
        self._read: dict[str, T] = {}
        self._read_part("")

    def _read_part(self, name: str) -> None:
        if part := self._parts.get(name, ""):
            self._read |= self._reader(text_tree(part.encode(), self._where), self._where)
            del self._parts[name]

    def __getitem__(self, key: str) -> T:
        if key in self._read:
            return self._read[key]
        group, _, rest = key.partition(".")
        self._read_part(group)
        if rest:
            self._read_part(f"{group}.{rest.partition('.')[0]}")
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        for name in tuple(self._parts):
            self._read_part(name)
        return iter(self._read)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Sentences(Entries[str]):
    """A file of sentences by dotted key, of which those near each other are read when asked for.

    An answer says some sixty sentences out of hundreds.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Take a file of the data folder."""
        super().__init__(folder, name, sentences, deeper=True)


def version(folder: Path) -> str:
    """A fingerprint of all data: it changes when any file of it does."""
    noted = folder / VERSION
    if noted.is_file():
        return noted.read_text("utf-8")
    paths = sorted(folder.rglob("*.yaml"))
    return fingerprint({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


def fingerprint(files: Mapping[str, bytes]) -> str:
    """A few characters that stand for the contents of files, each under its name."""
    import hashlib  # noqa: PLC0415 - the browser has the fingerprint as a file

    total = hashlib.sha256()
    for name in sorted(files):
        total.update(name.encode())
        total.update(files[name])
    return total.hexdigest()[:12]
