"""Whole processes, measured by the kernel: wall, CPU and peak memory of a command and all its children."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CommandError(Exception):
    """A measured command did not exit with 0; the text says which, how, and the end of its stderr."""


def parser_of(text: str | None) -> argparse.ArgumentParser:
    """Arguments of a benchmark: its docstring as help, and --ar, the program beside this Python if not given."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ar", default=str(Path(sys.executable).with_name("ar")), help="the program measured")
    return parser


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
            env={**{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}, **(env or {})},
        )
    figures = report.read_text().split() if report.exists() else ["0", "0", "0", "0", "not started"]
    if figures[-1] != "0":
        tail = errors.read_text(encoding="utf-8", errors="replace")[-2000:]
        name = " ".join([Path(command[0]).name, *command[1:2]])
        raise CommandError(f"{name}: exit {figures[-1]}\n{tail}")
    wall, user, system, peak = map(float, figures[:4])
    return Sample(wall, user + system, int(peak) * 1024)


@dataclass
class Job:
    """Something to measure again and again, beside others; a row of a table."""

    tool: str
    once: Callable[[], Sample]
    wrong: Callable[[], list[str]] = list  # what differs from the right answer in what the last run gave
    before: Callable[[], object] = lambda: None  # not measured
    after: Callable[[], object] = lambda: None  # not measured: puts back what the run changed


def interleave(jobs: Sequence[Job], rounds: int) -> list[dict[str, Any]]:
    """A row a job: its least wall and CPU time of several rounds, its largest peak, and whether every answer was right.

    Each round runs every job once, so that a machine with other work to do, or a slower hour, meets all alike. What
    others do only adds to a time: the least is nearest to what the job itself takes. A job that fails has `failed`.
    """
    samples: dict[str, list[Sample]] = {job.tool: [] for job in jobs}
    wrong: dict[str, list[str]] = {job.tool: [] for job in jobs}
    failed: dict[str, str] = {}
    for _ in range(rounds):
        for job in jobs:
            if job.tool in failed:
                continue
            try:
                job.before()
                samples[job.tool].append(job.once())
                wrong[job.tool] += job.wrong()[:5]
                job.after()
            except (CommandError, subprocess.CalledProcessError, OSError, ValueError) as error:
                failed[job.tool] = str(error)
    return [
        {"tool": job.tool, "failed": failed[job.tool]}
        if job.tool in failed
        else {**least(samples[job.tool]).document(), "tool": job.tool, "exact": not wrong[job.tool],
              "differences": wrong[job.tool]}
        for job in jobs
    ]  # fmt: skip


def least(samples: Sequence[Sample]) -> Sample:
    """The least times and the largest peak of several runs."""
    return Sample(
        min(sample.wall for sample in samples),
        min(sample.cpu for sample in samples),
        max(sample.peak for sample in samples),
    )
