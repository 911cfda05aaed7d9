"""A real Chromium without a window, steered over a pipe by its own protocol (CDP): nothing to install but the browser.

Source: https://chromedevtools.github.io/devtools-protocol/ (`--remote-debugging-pipe`: messages end with a zero byte).
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
          "--disable-extensions", "--disable-background-networking", "--remote-debugging-pipe", "about:blank")  # fmt: skip
_TROUBLE = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")


class Page:
    """A tab: asked by methods of the protocol; `trouble` is everything its console said."""

    def __init__(self, out: int, into: int) -> None:
        self._out, self._into, self._buffer, self._count, self._session = out, into, b"", 0, ""
        self.trouble: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        self.ask("Performance.enable", timeDomain="threadTicks")

    def ask(self, method: str, **params: Any) -> Any:
        """The answer to a method. Raises AssertionError for an error."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._into, json.dumps(message).encode() + b"\0")
        while (found := self._next()).get("id") != self._count:
            self._events.append(found)
        assert "error" not in found, found
        return found["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = os.read(self._out, 1 << 20)
            assert data, "the browser ended"
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        if found.get("method") in _TROUBLE:
            self.trouble.append(found)
        return found

    def open(self, path: Path, width: int = 1280, height: int = 900, *, phone: bool = False) -> None:
        """Loads a file as it looks on a screen of that size."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self._events.clear()
        self.ask("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(self._next())

    def value(self, script: str) -> Any:
        """What a script comes to; a promise is waited for."""
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def cpu(self) -> float:
        """The seconds of processor the page has taken, whatever else the machine does."""
        metrics = self.ask("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    def pdf(self, path: Path) -> None:
        """Prints the page on A4."""
        data = self.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=True)["data"]
        path.write_bytes(base64.b64decode(data))


@contextmanager
def browser(home: Path) -> Iterator[Page]:
    """A tab of a browser that is closed with the block. Its profile lies in `home`."""
    assert CHROMIUM
    (read, their_end), (their_start, write) = os.pipe(), os.pipe()

    def ends() -> None:  # the protocol wants them as 3 and 4
        os.dup2(their_start, 60), os.dup2(their_end, 61)
        os.dup2(60, 3), os.dup2(61, 4)

    command = [CHROMIUM, f"--user-data-dir={home / 'profile'}", *_FLAGS]
    process = subprocess.Popen(command, preexec_fn=ends, close_fds=False, stdout=subprocess.DEVNULL,  # noqa: PLW1509
                               stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(home)})  # fmt: skip
    os.close(their_start)
    os.close(their_end)
    try:
        yield Page(read, write)
    finally:
        os.close(write)
        os.close(read)
        process.terminate()
        process.wait(20)
