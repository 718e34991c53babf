"""One figure of the bench beside its goal."""

from dataclasses import dataclass


@dataclass
class Row:
    """One line of the table; `at_least` turns the goal around."""

    figure: str
    value: str
    ratio: float | None
    goal: float
    unit: str

    measured: float = 0.0
    at_least: bool = False

    @property
    def verdict(self) -> str:
        reached = self.measured >= self.goal if self.at_least else self.measured <= self.goal
        return "ok" if reached else "miss"


def print_table(rows: list[Row]) -> None:
    for row in rows:
        ratio = f"{row.ratio:.2f}" if row.ratio else ""
        sign = "\u2265" if row.at_least else "\u2264"
        print(
            f"{row.figure:44} {row.value:28} {ratio:>6}",
            f"goal {sign} {row.goal:g} {row.unit:8} {row.verdict}",
        )
