"""The command line run within this process: arguments in; exit status, stdout and stderr out."""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from arledger.cli import run

TODAY = "2026-06-30"  # unless a test says otherwise


class Done(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """All that a command sees of the environment: nothing of the person who runs the tests."""
    own = Path(sys.executable).parent
    noon = f"{TODAY}T12:00:00Z"
    return {
        "PATH": f"{own}{os.pathsep}{os.environ.get('PATH', os.defpath)}", "HOME": "/nonexistent", "LANG": "C.UTF-8",
        "COLUMNS": "120", "AR_TODAY": TODAY, "TZ": "UTC",
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": "Jo Reyes", "GIT_AUTHOR_EMAIL": "jo@northwind.example", "GIT_AUTHOR_DATE": noon,
        "GIT_COMMITTER_NAME": "Jo Reyes", "GIT_COMMITTER_EMAIL": "jo@northwind.example", "GIT_COMMITTER_DATE": noon,
        **more,
    }  # fmt: skip


def ar(arguments: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Done:
    """Runs `ar` with these arguments in the folder `cwd`."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    status = 0
    with _world(cwd, env or environment()), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        sys.stdin, before = io.TextIOWrapper(io.BytesIO(stdin.encode())), sys.stdin
        try:
            run(list(arguments))
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(bool(end.code))
        finally:
            sys.stdin = before
            _let_go()
    return Done(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]


def codes(home: Path, env: Mapping[str, str]) -> list[str]:
    """The codes of all that `ar check` finds wrong."""
    return [problem["code"] for problem in json.loads(ar(["check", "--format", "json"], home, env).out)["problems"]]


def _let_go() -> None:
    """A process that ends lets go of its index; here the collector must. What modules hold is kept out of its way."""
    gc.collect()
    _freeze()


@functools.cache  # once; to ask the collector whether it was done takes longer than all else here
def _freeze() -> None:
    gc.freeze()


@contextlib.contextmanager
def _world(cwd: Path, env: Mapping[str, str]) -> Iterator[None]:
    """The process as if it had been started there with that environment."""
    folder, before = os.getcwd(), dict(os.environ)
    os.chdir(cwd)
    _become(env)
    try:
        yield
    finally:
        _become(before)
        os.chdir(folder)


def _become(env: Mapping[str, str]) -> None:
    zone = os.environ.get("TZ")
    os.environ.clear()
    os.environ.update(env)
    if zone != env.get("TZ"):
        time.tzset()
