"""Work done in a process of its own: what a template asks for may never end, or take all the memory there is.

The process reads a setup and then one request after the other from its stdin, and answers each on its stdout. The
kernel ends it when an answer takes too long or needs too much memory; the caller then gets a clear error. It runs in
a private folder that holds nothing but what it was given, and knows no way into a network. Whichever of the two ends
last takes the folder away, so nothing stays behind of a caller that is killed.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple, Self

Answer = Callable[[Mapping[str, Any]], bytes]

_AHEAD = 16_000  # bytes of requests sent ahead of their answers
#: A port of this machine that nothing listens on: whatever asks for a network is refused at once.
_NOWHERE = "http://127.0.0.1:9"
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


class Job(NamedTuple):
    """What a child does: the module that has `start(setup)`, and its limits for one answer."""

    module: str
    seconds: float
    megabytes: int  # of memory of its own


class RefusedError(Exception):
    """A request that cannot be met, as the job says it: a message, a hint and where."""

    def __init__(self, message: str, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message, self.hint, self.where = message, hint, where


class Child:
    """A process that does one job, started at the first request, ended with the `with` block it is used in."""

    def __init__(self, job: Job, setup: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
        self._job, self._setup, self._files = job, setup, files
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def ask(self, request: Mapping[str, Any]) -> bytes:
        """The answer to a request. Raises RefusedError with the job's reason, or when it went past its limits."""
        (answer,) = self.answers([request])
        return answer

    def answers(self, requests: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
        """The answers to requests, in their order. While one is worked on the next are made and sent.

        Raises RefusedError as `ask` does, at the first that cannot be met.
        """
        waiting: deque[int] = deque()  # bytes of each request sent and not answered: never more than a pipe holds
        for request in requests:
            data = json.dumps(request).encode()
            while waiting and sum(waiting) + len(data) > _AHEAD:
                yield self._answer(waiting)
            process = self._process or self._start()
            assert process.stdin
            try:
                _send(process.stdin, data)
            except BrokenPipeError:
                raise self._ended(process) from None
            waiting.append(len(data))
        while waiting:
            yield self._answer(waiting)

    def _answer(self, waiting: deque[int]) -> bytes:
        process = self._process
        assert process
        assert process.stdout
        try:
            kind, answer = process.stdout.read(1), _receive(process.stdout)
        except EOFError:
            raise self._ended(process) from None
        waiting.popleft()
        if kind == b"=":
            return answer
        if waiting:  # the answers to these would be taken for those to others
            self.end()
        raise RefusedError(**json.loads(answer))

    def _start(self) -> subprocess.Popen[bytes]:
        self._folder = tempfile.TemporaryDirectory(prefix="arledger-")
        for path, data in self._files.items():
            target = os.path.join(self._folder.name, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(data)
        environment = {**os.environ, **dict.fromkeys(_PROXIES, _NOWHERE), "PYTHONSAFEPATH": "1"}
        self._process = process = subprocess.Popen(
            [sys.executable, "-c", "from arledger.render.child import main; main()", json.dumps(self._job)],
            cwd=self._folder.name, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdin
        _send(process.stdin, json.dumps({**self._setup, "folder": self._folder.name}).encode())
        return process

    def _ended(self, process: subprocess.Popen[bytes]) -> RefusedError:
        """Why the process is no more. The next request starts another."""
        self.end()
        if process.returncode == -signal.SIGALRM:
            return RefusedError(f"it takes longer than {self._job.seconds:g} seconds", "look for a loop without an end")
        return RefusedError("it needs more memory than it may have", "look for a loop or a text without an end")

    def end(self) -> None:
        """Ends the process, if there is one, and takes its files away."""
        process, self._process = self._process, None
        if process:
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(BrokenPipeError):
                    stream.close()  # type: ignore[union-attr]  # both are pipes
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
            process.kill()
            process.wait()
        if self._folder:
            self._folder.cleanup()
            self._folder = None


class Working:
    """What does its work in a child, which ends with the `with` block it is used in."""

    _child: Child

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._child.end()


def _send(stream: BinaryIO | Any, data: bytes) -> None:
    stream.write(struct.pack(">Q", len(data)) + data)
    stream.flush()


def _receive(stream: BinaryIO | Any) -> bytes:
    size = stream.read(8)
    if len(size) < 8:
        raise EOFError
    (length,) = struct.unpack(">Q", size)
    data: bytes = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def pack(data: bytes) -> str:
    """Bytes as a request can hold them."""
    return base64.b64encode(data).decode()


def unpack(text: str) -> bytes:
    """The bytes a request holds."""
    return base64.b64decode(text)


def _limit(job: Job) -> None:
    """Sets what the kernel ends this process for."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    import resource

    with contextlib.suppress(ValueError, OSError):  # not every system has it
        resource.setrlimit(resource.RLIMIT_DATA, (job.megabytes << 20, job.megabytes << 20))


def main() -> None:
    """The process itself: a setup, then requests until there are no more."""
    job = Job(*json.loads(sys.argv[1]))
    _limit(job)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the job prints goes nowhere, not into an answer
    setup = json.loads(_receive(requests))
    try:
        _answer(job, setup, requests, answers)
    finally:
        shutil.rmtree(setup["folder"], ignore_errors=True)


def _answer(job: Job, setup: Mapping[str, Any], requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers requests until there are no more, or nobody is left to hear."""
    answer: Answer | None = None
    while True:
        try:
            request = json.loads(_receive(requests))
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, job.seconds)
        try:
            answer = answer or importlib.import_module(job.module).start(setup)
            kind, data = b"=", answer(request)
        except RefusedError as error:
            kind, data = b"!", json.dumps({"message": error.message, "hint": error.hint, "where": error.where}).encode()
        except MemoryError:
            os._exit(1)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            answers.write(kind)
            _send(answers, data)
        except BrokenPipeError:
            return
