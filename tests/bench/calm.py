"""Turns in which the machine had its processors: on a rented one, its host may lend them to others."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STAT = Path("/proc/stat")
CALM = 0.10  # share of the processor time asked for that the host may keep back
MOST = 2  # times as many turns as wanted, at most


@dataclass
class Times:
    """Processor time since the machine started, in ticks."""

    given: int
    kept_back: int


def times() -> Times:
    """What the kernel counts; a kernel that doesn't count it is taken to keep nothing back."""
    if not STAT.exists():
        return Times(0, 0)
    user, nice, system, _idle, _waiting, irq, softirq, steal, *_ = map(
        int, STAT.read_text("utf-8").splitlines()[0].split()[1:]
    )
    return Times(user + nice + system + irq + softirq, steal)


def share(before: Times, after: Times) -> float:
    """How much of the time asked for was kept back, 0 to 1."""
    kept_back = after.kept_back - before.kept_back
    asked = after.given - before.given + kept_back
    return kept_back / asked if asked else 0.0


def calmest[T](what: str, runs: int, turn: Callable[[int], T]) -> tuple[list[T], float]:
    """Take turns until so many were calm, or twice as many; keep the calmest.

    Which turns count is decided by what the host kept back, never by what was measured. Returns
    them in the order they were taken, and the largest share that was kept back in one of them.
    """
    taken: list[tuple[float, int, T]] = []
    while len(taken) < runs * MOST and sum(kept <= CALM for kept, *_ in taken) < runs:
        before = times()
        found = turn(len(taken) + 1)
        taken.append((share(before, times()), len(taken), found))
        print(f"{what}: the host kept back {taken[-1][0]:.0%}", file=sys.stderr)
    best = sorted(taken, key=lambda each: each[:2])[:runs]
    counted = [found for _, _, found in sorted(best, key=lambda each: each[1])]
    return counted, max(kept for kept, *_ in best)
