"""A slower processor for one browser: a CPU quota by cgroup (DevTools' spares workers)."""

import os
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PERIOD = 100_000  # microseconds
ROOTS = (
    # version 1, then version 2: where groups are made, the list of processes, how a quota is set
    (Path("/sys/fs/cgroup/cpu"), {"cpu.cfs_period_us": "{period}", "cpu.cfs_quota_us": "{quota}"}),
    (Path("/sys/fs/cgroup"), {"cpu.max": "{quota} {period}"}),
)


class NoQuotaError(Exception):
    """This machine lets us set no quota."""


@contextmanager
def limited(program: str, folder: Path, percent: int) -> Iterator[str]:
    """Make a command that runs the program on so many percent of one core."""
    group = make_group(percent)
    starter = folder / "limited-browser"
    procs = shlex.quote(str(group / "cgroup.procs"))
    starter.write_text(f'#!/bin/sh\necho $$ >{procs} && exec {shlex.quote(program)} "$@"\n')
    starter.chmod(0o755)
    try:
        yield str(starter)
    finally:
        remove(group)


def make_group(percent: int) -> Path:
    """Make a group with the quota."""
    for root, settings in ROOTS:
        group = root / f"estimator-bench-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            for name, value in settings.items():
                quota = PERIOD * percent // 100
                (group / name).write_text(value.format(period=PERIOD, quota=quota))
        except OSError:
            remove(group)
            continue
        return group
    raise NoQuotaError("no writable CPU cgroup: start as root, or on a machine with cgroups")


def remove(group: Path) -> None:
    """Remove the group; a process that is about to end may still hold it for a moment."""
    for _ in range(50):
        with suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.1)
