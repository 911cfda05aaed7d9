"""Work done by several processes at once: forked children do every other lot of it, the parent takes what they give.

Children end with the parent: one that has nobody left to write to stops, and a parent that is interrupted ends them.
When a child fails, the parent does that lot itself, so that whatever went wrong is raised where it belongs; when a
child was killed, that is said.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from arledger.errors import WorkerError

_AHEAD = 1 << 20  # bytes a child may be ahead of the parent
_LENGTH = 8  # bytes that say how long an answer is

Work = Callable[[int], Any]


def processors() -> int:
    """How many processes can work at once here."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(work: Work, count: int, meanwhile: Callable[[], object] | None = None) -> Iterator[Any]:
    """What `work(0)` … `work(count - 1)` give, in this order: plain values, such as `marshal` takes.

    `meanwhile` is done here once the children are at work. Raises WorkerError when a child was killed.
    """
    children: list[_Child] = []
    lots = max(min(processors(), count), 1)
    try:
        with contextlib.suppress(OSError):  # no more processes to be had: the parent does what is left
            for first in range(lots):
                children.append(_Child(work, range(first, count, lots), children))
        if meanwhile:
            meanwhile()
        for number in range(count):
            lot = number % lots
            answer = children[lot].answer() if lot < len(children) else None
            yield work(number) if answer is None else marshal.loads(answer)
    finally:
        for child in children:
            child.end()


class _Child:
    """A forked process that does some numbers of the work, and the pipe its answers come through."""

    _answers: BinaryIO

    def __init__(self, work: Work, numbers: range, before: list[_Child]) -> None:
        reader, writer = os.pipe()
        try:
            self._process = os.fork()
        except OSError:
            os.close(reader)
            os.close(writer)
            raise
        if self._process == 0:
            for end in (reader, *(child._answers.fileno() for child in before)):
                os.close(end)  # so that this process is told when the parent has gone
            _work(work, numbers, writer)
        os.close(writer)
        self._answers = os.fdopen(reader, "rb")

    def answer(self) -> bytes | None:
        """The next answer; None when the child has ended before it. Raises WorkerError when it was killed."""
        if not self._process:
            return None
        length = self._answers.read(_LENGTH)
        answer = self._answers.read(int.from_bytes(length, "big"))
        if len(length) == _LENGTH and len(answer) == int.from_bytes(length, "big"):
            return answer
        process, self._process = self._process, 0
        _, status = os.waitpid(process, 0)
        if os.WIFSIGNALED(status):
            if os.WTERMSIG(status) == signal.SIGINT:
                raise KeyboardInterrupt
            raise WorkerError(
                f"a process that read files was ended by signal {os.WTERMSIG(status)}",
                "if memory ran out, close other programs; then run the command again",
            )
        return None

    def end(self) -> None:
        """Ends the process if it is still there."""
        self._answers.close()
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)


def _work(work: Work, numbers: range, writer: int) -> None:
    """The life of a child. Never returns."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        gc.disable()  # nothing here is circular, and everything is short-lived
        _widen(writer)
        with os.fdopen(writer, "wb") as pipe:
            for number in numbers:
                answer = marshal.dumps(work(number))
                pipe.write(len(answer).to_bytes(_LENGTH, "big"))
                pipe.write(answer)
                pipe.flush()
        os._exit(0)
    finally:
        os._exit(1)  # whatever went wrong: the parent does the rest, or is no more


def _widen(pipe: int) -> None:
    """Lets a pipe hold more, where the system can: else a child waits whenever the parent is busy."""
    import fcntl

    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _AHEAD)
