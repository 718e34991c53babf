"""The pictures that shared links show: one for each page, 1200 by 630 pixels, made while building.

Drawn from the site's own font and colors, without a network and without the host's fonts, so that
the same words give the same bytes everywhere. What was drawn once is taken from `build/cache`.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from functools import cached_property
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from estimator.markup import Html, escape, join, tag
from estimator.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

WIDTH, HEIGHT = 1200, 630
# A preview that is larger than this is cut down or left out by some who show links.
LARGEST = 300_000
_COLORS = 128

_FONTS = "node_modules/@fontsource-variable/source-sans-3/files"
_FONT_FILES = ("source-sans-3-latin-wght-normal", "source-sans-3-latin-ext-wght-normal")
_STYLES = "docs/theme/assets/styles/guide.css"
_LOGO = "docs/theme/assets/images/favicon.svg"
_TOOLS = ("resvg-py", "pillow")
_PROPERTY = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)

_EDGE = 72
_ROOM = WIDTH - 2 * _EDGE
_BRAND_FOOT = 84
_REGULAR, _BOLD = 400, 700
# The question's sizes, the largest that fits in so many lines: beside figures, and alone.
_SIZES = (78, 70, 62, 54)
_LINES_WITH_FIGURES, _LINES_ALONE = 2, 3
_NARROWER = 12
_LEADING = Decimal("1.12")
_ABOUT, _ABOUT_LEADING, _ABOUT_LINES = 36, 48, 3
_PANEL_TOP = 310
# The bars stand at the right of the panel; the words end before them.
_BARS_LEFT, _BARS_RIGHT, _BARS_FOOT, _BARS_HEIGHT = 772, 1128, 490, 130
_BROADEST = 56
_MARK, _WORD_AT = 18, 370


class Figures(Record, kw_only=True):
    """What a card says of a worked example, each as people read it.

    Attributes:
        verdict: The verdict's id, for its color and its shape; another word has neither.
        word: The verdict in words.
        lead: What stands before the figure.
        figure: The dollars.
        course: What they are for.
        spread: Between which dollars, where the figure isn't the only one.
        below: What it costs if nothing is paid.
        promise: That this is an estimate.
        bars: For each visit what the client and what the plan pays, in USD.
        legend: What the two parts of a bar are.
    """

    verdict: str
    word: str
    lead: str
    figure: str
    course: str
    spread: str
    below: str
    promise: str
    bars: tuple[tuple[Decimal, Decimal], ...]
    legend: tuple[str, str]


class Card(Record, kw_only=True):
    """One card: the question, the guide's name, and figures or a description."""

    question: str
    guide: str
    about: str = ""
    figures: Figures | None = None

    def said(self) -> str:
        """The card in words, for those who don't see it."""
        shown = self.figures
        if shown is None:
            return f"{self.question} {self.about} {self.guide}."
        spread = f" ({shown.spread})" if shown.spread else ""
        return (
            f"{self.question} {shown.word}. {shown.lead} {shown.figure} {shown.course}{spread}."
            f" {shown.below} {shown.promise} {self.guide}."
        )


class Face:
    """The font and the colors of the site, as the cards use them."""

    def __init__(self, root: Path) -> None:
        """Take the site's styles, logo and fonts from a checkout."""
        self._sources = [root / _FONTS / f"{name}.woff2" for name in _FONT_FILES]
        self._folder = root / "build" / "cache" / "fonts"
        styles = (root / _STYLES).read_text("utf-8")
        # The first value is the light one.
        self.colors: dict[str, str] = dict(reversed(_PROPERTY.findall(styles)))
        self.logo = _INSIDE.findall((root / _LOGO).read_text("utf-8"))[0]
        self.key = _digest(
            *(path.read_bytes() for path in self._sources),
            repr(
                (sorted(self.colors.items()), self.logo, [version(name) for name in _TOOLS])
            ).encode(),
        )

    @cached_property
    def files(self) -> list[Path]:
        """The fonts as resvg reads them: it drops all words, silently, when given woff2."""
        return [self._converted(path) for path in self._sources]

    def _converted(self, source: Path) -> Path:
        from fontTools.ttLib import TTFont  # noqa: PLC0415 - half a second that a warm build saves

        made = self._folder / f"{source.stem}-{_digest(source.read_bytes())[:16]}.ttf"
        if not made.exists():
            made.parent.mkdir(parents=True, exist_ok=True)
            font = TTFont(source, recalcTimestamp=False)
            font.flavor = None
            fresh = made.with_suffix(".fresh")
            font.save(fresh)
            fresh.replace(made)
        return made

    @cached_property
    def _widths(self) -> dict[int, dict[str, int]]:
        """For each weight how wide each character is, in thousandths of the letters' size."""
        from fontTools.ttLib import TTFont  # noqa: PLC0415

        found: dict[int, dict[str, int]] = {_REGULAR: {}, _BOLD: {}}
        for path in reversed(self.files):
            font = TTFont(path)
            for weight, widths in found.items():
                glyphs = font.getGlyphSet(location={"wght": weight})
                names = (font.getBestCmap() or {}).items()
                widths |= {chr(code): round(glyphs[name].width) for code, name in names}
        return found

    @cached_property
    def family(self) -> str:
        """The fonts' own name for themselves."""
        from fontTools.ttLib import TTFont  # noqa: PLC0415

        return str(TTFont(self.files[0])["name"].getDebugName(1))

    def has(self, words: str) -> bool:
        """Whether the fonts have a shape for every character."""
        return all(letter in self._widths[_BOLD] for letter in words)

    def width(self, words: str, size: int, weight: int) -> int:
        """How wide words are, in pixels; a little too much, because pairs may stand closer."""
        widths = self._widths[weight]
        return sum(widths.get(letter, 1000) for letter in words) * size // 1000

    def wrapped(self, words: str, size: int, weight: int, room: int) -> list[str]:
        """Words in lines that fit into so many pixels."""
        lines: list[str] = []
        for word in words.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer, size, weight) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines


def svg(card: Card, face: Face) -> Html:
    """The card as a drawing, from which the picture is made."""
    shown = card.figures
    lines = _LINES_ALONE if shown is None else _LINES_WITH_FIGURES
    size, question = _fitted(card.question, face, lines)
    leading = round(size * _LEADING)
    parts = [
        tag("title", escape(card.said())),
        tag("rect", width=WIDTH, height=HEIGHT, fill=face.colors["surface"]),
        tag("g", Html(face.logo), transform=f"translate({_EDGE - 4} 40) scale(2.3)"),
        _words(_EDGE + 64, 80, card.guide, 34, face.colors["ink-soft"]),
    ]
    if shown is not None:
        room = _LINES_WITH_FIGURES - len(question)
        parts += _block(question, 178 + room * leading // 2, size, face)
        parts += _panel(shown, face)
    else:
        about = _cut(face.wrapped(card.about, _ABOUT, _REGULAR, _ROOM), _ABOUT_LINES)
        high = len(question) * leading + len(about) * _ABOUT_LEADING
        top = (_BRAND_FOOT + HEIGHT - high) // 2 + size // 2
        parts += _block(question, top, size, face)
        parts += _description(about, top + len(question) * leading, face)
    return tag(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        width=WIDTH,
        height=HEIGHT,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        # A name that ends in a digit is no name to a parser of styles unless it is quoted.
        font_family=f"'{face.family}'",
    )


def _fitted(words: str, face: Face, most: int) -> tuple[int, list[str]]:
    """The largest size at which words fit, and their lines; what never fits is cut off."""
    for size in _SIZES:
        lines = face.wrapped(words, size, _BOLD, _ROOM)
        if len(lines) <= most:
            break
    # No line with one lonely word: narrower, as long as it takes no more lines.
    for room in range(_ROOM, 0, -_NARROWER):
        narrow = face.wrapped(words, size, _BOLD, room)
        if len(narrow) > len(lines):
            break
        balanced = narrow
    return size, _cut(balanced, most)


def _cut(lines: list[str], most: int) -> list[str]:
    """At most so many lines, with a sign where words are missing."""
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def _block(lines: list[str], top: int, size: int, face: Face) -> Iterator[Html]:
    for number, line in enumerate(lines):
        y = top + number * round(size * _LEADING)
        yield _words(_EDGE, y, line, size, face.colors["ink"], _BOLD)


def _description(lines: list[str], top: int, face: Face) -> Iterator[Html]:
    """What a page without figures is about, and a line in the accent's color at the foot."""
    for number, line in enumerate(lines):
        y = top + number * _ABOUT_LEADING
        yield _words(_EDGE, y, line, _ABOUT, face.colors["ink-soft"])
    yield tag("rect", y=HEIGHT - 14, width=WIDTH, height=14, fill=face.colors["accent"])


def _panel(shown: Figures, face: Face) -> Iterator[Html]:
    """The figures, on a tint: the verdict, the dollars with what they are for, and the bars."""
    ink, soft, accent = (face.colors[name] for name in ("ink", "ink-soft", "accent"))
    color = face.colors.get(_ROLES.get(shown.verdict, ""), soft)
    yield tag("rect", y=_PANEL_TOP, width=WIDTH, height=HEIGHT - _PANEL_TOP,
              fill=face.colors["accent-tint"])  # fmt: skip
    yield tag("rect", y=_PANEL_TOP, width=WIDTH, height=5, fill=accent)
    is_decided = shown.verdict in _ROLES or shown.verdict == "unknown"
    if is_decided:
        yield _mark(shown.verdict, color, face)
    yield _words(_EDGE + 3 * _MARK * is_decided, _WORD_AT, shown.word, 38, color, _BOLD)
    yield _words(_EDGE, 420, shown.lead, 36, ink)
    yield _words(_EDGE - 4, 526, shown.figure, 116, accent, _BOLD)
    beside = _EDGE + face.width(shown.figure, 116, _BOLD) + 18
    yield _words(beside, 480 if shown.spread else 526, shown.course, 42, ink, _BOLD)
    yield _words(beside, 526, shown.spread, 34, soft)
    yield _words(_EDGE, 594, f"{shown.below} {shown.promise}", 36, ink)
    if any(plan for _, plan in shown.bars):
        yield _bars(shown, face)


# Each verdict's color is one of the site's; its shape stands beside it.
_ROLES = {"covered": "covered", "conditional": "maybe", "not-covered": "not-covered"}


def _mark(verdict: str, color: str, face: Face) -> Html:
    """The verdict's shape: a check, a half, a cross, or a question mark."""
    r, surface = _MARK, face.colors["surface"]
    ring = tag("circle", r=r - 2, fill=surface, stroke=color, stroke_width=4)
    line: dict[str, str | int] = {
        "fill": "none", "stroke": surface, "stroke_width": 5, "stroke_linecap": "round",
    }  # fmt: skip
    full = tag("circle", r=r, fill=color)
    shapes = {
        "covered": join(full, tag("path", d="M-8 1l5 6 11 -13", **line)),
        "conditional": join(ring, tag("path", d=f"M0 -{r}a{r} {r} 0 0 0 0 {2 * r}z", fill=color)),
        "not-covered": join(full, tag("path", d="M-7 -7l14 14M7 -7l-14 14", **line)),
    }
    asked = join(full, tag("text", escape("?"), y=10, font_size=28, font_weight=_BOLD,
                           text_anchor="middle", fill=surface))  # fmt: skip
    place = f"translate({_EDGE + _MARK} {_WORD_AT - 13})"
    return tag("g", shapes.get(verdict, asked), transform=place)


def _bars(shown: Figures, face: Face) -> Html:
    """A bar for each visit: what the client pays is dark, what the plan pays is hatched."""
    accent = face.colors["accent"]
    slot = Decimal(_BARS_RIGHT - _BARS_LEFT) / len(shown.bars)
    wide = min(slot * Decimal("0.72"), Decimal(_BROADEST))
    scale = _BARS_HEIGHT / max(you + plan for you, plan in shown.bars)
    parts = [_hatch(face)]
    for number, (you, plan) in enumerate(shown.bars):
        x = _BARS_LEFT + slot * number + (slot - wide) / 2
        lower, upper = you * scale, plan * scale
        box = {"x": f"{x:.1f}", "width": f"{wide:.1f}"}
        if upper:
            parts.append(tag("rect", y=f"{_BARS_FOOT - lower - upper:.1f}", height=f"{upper:.1f}",
                             fill="url(#hatch)", stroke=accent, stroke_width=2, **box))  # fmt: skip
        if lower:
            parts.append(tag("rect", y=f"{_BARS_FOOT - lower:.1f}", height=f"{lower:.1f}",
                             fill=accent, **box))  # fmt: skip
    parts.append(tag("rect", x=_BARS_LEFT, y=_BARS_FOOT, width=_BARS_RIGHT - _BARS_LEFT, height=2,
                     fill=face.colors["ink-soft"]))  # fmt: skip
    return tag("g", *parts, *_legend(shown, face))


def _legend(shown: Figures, face: Face) -> Iterator[Html]:
    """What dark and hatched mean."""
    x = _BARS_LEFT
    for words, fill in zip(shown.legend, (face.colors["accent"], "url(#hatch)"), strict=True):
        yield tag("rect", x=x, y=_BARS_FOOT + 20, width=22, height=22, fill=fill,
                  stroke=face.colors["accent"], stroke_width=2)  # fmt: skip
        yield _words(x + 32, _BARS_FOOT + 40, words, 26, face.colors["ink-soft"])
        x += 32 + face.width(words, 26, _REGULAR) + 26


def _hatch(face: Face) -> Html:
    line = tag("path", d="M0 12L12 0M-2 2L2 -2M10 14L14 10", stroke=face.colors["accent"],
               stroke_width=2)  # fmt: skip
    plain = tag("rect", width=12, height=12, fill=face.colors["surface"])
    return tag("pattern", plain, line, id="hatch", width=12, height=12,
               patternUnits="userSpaceOnUse")  # fmt: skip


def _words(x: int, y: int, words: str, size: int, fill: str, weight: int = _REGULAR) -> Html:
    return tag("text", escape(words), x=x, y=y, font_size=size, font_weight=weight, fill=fill)


def picture(card: Card, face: Face) -> bytes:
    """The card as a PNG."""
    # Nothing of these is needed when every card is there already.
    import resvg_py  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    drawn = resvg_py.svg_to_bytes(
        svg_string=svg(card, face),
        font_files=[str(path) for path in face.files],
        skip_system_fonts=True,
        width=WIDTH,
    )
    # A card has some two hundred colors, nearly all of them at the edges of letters.
    few = Image.open(BytesIO(bytes(drawn))).convert("RGB").quantize(_COLORS)
    packed = BytesIO()
    few.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def draw_cards(cards: Mapping[str, Card], root: Path, out: Path) -> None:
    """Write a picture for each card.

    Args:
        cards: By the picture's path below `out`, without its ending.
        root: The checkout; what was drawn before is taken from its `build/cache`.
        out: The folder of the pictures.
    """
    face = Face(root)
    cache = root / "build" / "cache" / "cards"
    cache.mkdir(parents=True, exist_ok=True)
    used = []
    for name, card in cards.items():
        kept = cache / f"{_digest(face.key.encode(), repr(card).encode(), _HOW)}.png"
        if not kept.exists():
            fresh = kept.with_suffix(".fresh")
            fresh.write_bytes(picture(card, face))
            fresh.replace(kept)
        used.append(kept)
        path = out / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(kept.read_bytes())
    _forget(cache, used)


def _forget(cache: Path, used: Iterable[Path]) -> None:
    """Remove what no card shows any more."""
    for path in set(cache.glob("*.png")) - set(used):
        path.unlink()


def _digest(*parts: bytes) -> str:
    """A name for contents."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


# A card drawn by other code is another card.
_HOW = Path(__file__).read_bytes()
