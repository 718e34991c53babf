"""One figure of the bench beside its goal."""

from dataclasses import dataclass


@dataclass
class Row:
    """One line of the table; `at_least` turns the goal around, and a figure may have none."""

    figure: str
    value: str
    ratio: float | None
    goal: float | None
    unit: str

    measured: float = 0.0
    at_least: bool = False

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        reached = self.measured >= self.goal if self.at_least else self.measured <= self.goal
        return "ok" if reached else "miss"

    @property
    def told(self) -> dict[str, str]:
        """The line as text, for the table and for the file."""
        sign = "\u2265" if self.at_least else "\u2264"
        return {
            "figure": self.figure,
            "value": self.value,
            "ratio": f"{self.ratio:.2f}" if self.ratio else "",
            "goal": "" if self.goal is None else f"{sign} {self.goal:g} {self.unit}".strip(),
            "verdict": self.verdict,
        }


def print_table(rows: list[Row]) -> None:
    for row in rows:
        told = row.told
        print(
            f"{told['figure']:44} {told['value']:32} {told['ratio']:>6}",
            f"{'goal ' + told['goal'] if told['goal'] else '':21} {told['verdict']}",
        )
