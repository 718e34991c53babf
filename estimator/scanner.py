"""PyYAML's reader of events, at twice its speed.

PyYAML looks at a text letter by letter, and asks many times over whether the next token is known
yet. A phone spends more on that than on an estimate. Each method here does what the one it stands
for does, for text as people write it, by the line; what it isn't made for it hands to PyYAML's own.
What comes out is the same to the last mark: a test compares the two.
"""

from __future__ import annotations

import re
from typing import Any, override

import yaml

_BREAKS = r"\n\r\x85\u2028\u2029"
_ENDS = rf"\0 \t{_BREAKS}"
_WORD = rf"(?:[^{_ENDS}:]|:(?![{_ENDS}]))+"
_FLOW_WORD = rf"(?:[^{_ENDS}:,?\[\]{{}}]|:(?![{_ENDS},\[\]{{}}]))+"
# Words with spaces between them; a '#' after a space begins a comment.
_WORDS = re.compile(rf"{_WORD}(?: +(?!#){_WORD})*")
_FLOW_WORDS = re.compile(rf"{_FLOW_WORD}(?: +(?!#){_FLOW_WORD})*")
# From a line's end to the next one's words. Words that aren't indented could be '---'.
_FOLD = re.compile(rf" *\n( +)(?![ {_BREAKS}])")
_BLANK = re.compile(rf"(?: *(?:#[^\0{_BREAKS}]*)?\n)* *")
_NOT_A_COLUMN = re.compile(rf"[{_BREAKS}\ufeff]")


class Loader(yaml.BaseLoader):
    """What `yaml.parse` takes to read a text (not bytes, nor an open file) into events."""

    # What of PyYAML's own state is used here; its type stubs leave it out.
    buffer: str
    pointer: int
    index: int
    line: int
    column: int

    @override
    def need_more_tokens(self) -> bool:
        if self.possible_simple_keys:
            return bool(super().need_more_tokens())
        return not (self.tokens or self.done)

    @override
    def check_token(self, *choices: Any) -> bool:
        # A token that stands alone needs no look ahead.
        while (self.possible_simple_keys or not self.tokens) and self.need_more_tokens():
            self.fetch_more_tokens()
        return bool(self.tokens) and (not choices or isinstance(self.tokens[0], choices))

    @override
    def get_token(self) -> Any:
        if self.possible_simple_keys or not self.tokens:
            return super().get_token()  # type: ignore[no-untyped-call]
        self.tokens_taken += 1
        return self.tokens.pop(0)

    @override
    def stale_possible_simple_keys(self) -> None:
        if self.possible_simple_keys:
            super().stale_possible_simple_keys()

    @override
    def fetch_more_tokens(self) -> None:
        self.scan_to_next_token()
        self.stale_possible_simple_keys()
        self.unwind_indent(self.column)
        letter = self.peek()
        if letter.isalnum():
            self.fetch_plain()
        elif letter == ":" and self.check_value():
            self.fetch_value()
        else:
            super().fetch_more_tokens()

    @override
    def forward(self, length: int = 1) -> None:
        end = self.pointer + length
        if end + 1 >= len(self.buffer) or _NOT_A_COLUMN.search(self.buffer, self.pointer, end):
            super().forward(length)
        else:
            self.pointer = end
            self.index += length
            self.column += length

    @override
    def scan_to_next_token(self) -> None:
        blank = _BLANK.match(self.buffer, self.pointer)
        start, end = blank.span()  # type: ignore[union-attr]  # no blanks match too
        if breaks := self.buffer.count("\n", start, end):
            self.line += breaks
            self.column = end - self.buffer.rindex("\n", start, end) - 1
            if not self.flow_level:
                self.allow_simple_key = True
        else:
            self.column += end - start
        self.index += end - start
        self.pointer = end
        if self.buffer[end] in "#\r\x85\u2028\u2029\ufeff":
            super().scan_to_next_token()

    @override
    def scan_plain(self) -> yaml.ScalarToken:
        start = end = self.get_mark()
        chunks: list[str] = []
        spaces: list[str] = []
        words = _FLOW_WORDS if self.flow_level else _WORDS
        while self.peek() != "#" and (found := words.match(self.buffer, self.pointer)):
            self.allow_simple_key = False
            chunks += (*spaces, found[0])
            self.forward(len(found[0]))
            end = self.get_mark()
            spaces = self.scan_plain_spaces(self.indent + 1, start) or []
            if not spaces or (not self.flow_level and self.column <= self.indent):
                break
        return yaml.ScalarToken("".join(chunks), plain=True, start_mark=start, end_mark=end)

    @override
    def scan_plain_spaces(self, indent: int, start_mark: yaml.Mark) -> list[str] | None:
        fold = _FOLD.match(self.buffer, self.pointer)
        if fold is None:
            return super().scan_plain_spaces(indent, start_mark)
        self.allow_simple_key = True
        self.line += 1
        self.column = len(fold[1])
        self.index += len(fold[0])
        self.pointer = fold.end()
        return [" "]

    @override
    def parse_node(self, block: bool = False, indentless_sequence: bool = False) -> Any:
        if not self.check_token(yaml.ScalarToken):
            return super().parse_node(block, indentless_sequence)
        token = self.get_token()
        self.state = self.states.pop()
        return yaml.ScalarEvent(
            None, None, (token.plain, not token.plain), token.value,
            token.start_mark, token.end_mark, style=token.style,
        )  # fmt: skip
