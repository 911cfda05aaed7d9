"""Whole processes, measured by the kernel: wall, CPU and peak memory of a command and all its children."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class CommandError(Exception):
    """A measured command did not exit with 0; the text says which, how, and the end of its stderr."""


@dataclass(frozen=True)
class Sample:
    """One run; seconds and bytes."""

    wall: float
    cpu: float  # user and system, children included
    peak: int  # of the largest process; never below that of a bare interpreter, see launch.py

    def document(self) -> dict[str, float]:
        """The sample for JSON."""
        return {"wall": self.wall, "cpu": self.cpu, "peak": self.peak}


def measure(command: Sequence[str], output: Path, env: Mapping[str, str] | None = None) -> Sample:
    """What one run of the command took; its stdout goes to `output`, `env` is added to the environment.

    Raises CommandError for an exit other than 0, so that a failed run is never taken for a quick one.
    """
    errors, report = output.with_suffix(".stderr"), output.with_suffix(".report")
    report.unlink(missing_ok=True)
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), str(report)]
    with output.open("wb") as stdout, errors.open("wb") as stderr:
        subprocess.run(
            [*launcher, *command],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, **(env or {})},
        )
    figures = report.read_text().split() if report.exists() else ["0", "0", "0", "0", "not started"]
    if figures[-1] != "0":
        tail = errors.read_text(encoding="utf-8", errors="replace")[-2000:]
        name = " ".join([Path(command[0]).name, *command[1:2]])
        raise CommandError(f"{name}: exit {figures[-1]}\n{tail}")
    wall, user, system, peak = map(float, figures[:4])
    return Sample(wall, user + system, int(peak) * 1024)


def repeat(run: Callable[[], Sample], times: int, prepare: Callable[[], object] | None = None) -> Sample:
    """The median of several runs, each figure by itself; `prepare` runs, unmeasured, before each."""
    samples = []
    for _ in range(times):
        if prepare:
            prepare()
        samples.append(run())
    return Sample(
        statistics.median(sample.wall for sample in samples),
        statistics.median(sample.cpu for sample in samples),
        int(statistics.median(sample.peak for sample in samples)),
    )
