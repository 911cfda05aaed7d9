"""What `ar git setup` writes for hosts, and the action: read as their hosts do, linted, and its scripts run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

import small_books
from console import ar, environment

ROOT = Path(__file__).parents[1]
MARK = "<!-- arledger -->"


@pytest.mark.parametrize(
    ("schema", "file"),
    [("github-workflows", "git/github-workflow.yml"), ("github-actions", "action.yml"),
     ("gitlab-ci", "git/gitlab-ci.yml")],
)  # fmt: skip
def test_workflows_are_what_their_hosts_read(schema: str, file: str) -> None:
    done = subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}",
                           str(ROOT / file)], capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_linter_finds_nothing(tmp_path: Path) -> None:
    """No injection by a template, no right too many, no credentials left behind; actions of the host by their version."""
    workflow = tmp_path / ".github/workflows/arledger.yml"
    workflow.parent.mkdir(parents=True)
    shutil.copy(ROOT / "git/github-workflow.yml", workflow)
    shutil.copy(ROOT / "action.yml", tmp_path)
    (tmp_path / "zizmor.yml").write_text("rules: {unpinned-uses: {config: {policies: {actions/*: ref-pin}}}}\n")
    done = subprocess.run([Path(sys.executable).parent / "zizmor", "--offline", "--config", "zizmor.yml", "."],
                          cwd=tmp_path, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "completed ./.github/workflows/arledger.yml" in done.stderr


class Host(BaseHTTPRequestHandler):
    """Comments as GitHub and GitLab keep them: listed, added, changed; with a token alone."""

    comments: ClassVar[dict[int, str]] = {}

    def _body(self) -> str:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.headers["Content-Type"].startswith("application/json"):
            return str(json.loads(text)["body"])
        return urllib.parse.parse_qs(text, keep_blank_values=True)["body"][0]

    def _answer(self, value: Any) -> None:
        known = "secret" in (self.headers["Authorization"] or self.headers["PRIVATE-TOKEN"] or "")
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def do_GET(self) -> None:
        self._answer([{"id": id_, "body": body} for id_, body in self.comments.items()])

    def do_POST(self) -> None:
        assert self.path.endswith(("/issues/7/comments", "/merge_requests/7/notes")), self.path
        self.comments[len(self.comments) + 1] = self._body()
        self._answer({})

    def do_PATCH(self) -> None:
        id_ = int(self.path.rpartition("/")[2])
        assert self.path.endswith((f"/issues/comments/{id_}", f"/merge_requests/7/notes/{id_}")), self.path
        self.comments[id_] = self._body()
        self._answer({})

    def do_PUT(self) -> None:
        self.do_PATCH()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[str]:
    Host.comments = {1: "a person's"}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def books_with_a_branch(home: Path) -> Path:
    small_books.write(home)
    (home / ".gitignore").write_text(".ar/\narledger.md\n")
    for command in ("git init -qb main", "git add -A", "git commit -qm start", "git checkout -qb work"):
        subprocess.run(command.split(), cwd=home, env=environment(), check=True)
    write_off(home, "INV-2026-00002")
    return home


def write_off(home: Path, item: str) -> None:
    done = ar(["write-off", item, "--amount", "1.00", "--reason", "x", "--date", "2026-02-05", "--yes", "--commit"], home,
              environment())  # fmt: skip
    assert done.status == 0, done


def script(home: Path, text: str, **more: str) -> int:
    """Runs a script as a runner does: in bash, which stops at what fails, with `ar` and a Python of today on the path."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(["bash", "-eo", "pipefail", "-c", text], cwd=home, env={**environment(), **more, "PATH": path},
                          capture_output=True).returncode  # fmt: skip


def steps(file: str) -> dict[str, str]:
    job = yaml.safe_load((ROOT / "git" / file).read_text())["jobs"]["check"]
    return {step["name"]: step["run"] for step in job["steps"] if "name" in step}


def test_one_comment_on_github(tmp_path: Path, host: str) -> None:
    """The second run changes the comment of the first; a person's is left alone."""
    home = books_with_a_branch(tmp_path / "books")
    done = steps("github-workflow.yml")
    has = {"BASE": "main", "RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
           "TOKEN": "secret", "NUMBER": "7", "GITHUB_API_URL": host, "GITHUB_REPOSITORY": "jo/books"}  # fmt: skip
    for item in ("INV-2026-00001", "INV-2026-00002"):
        for name in done:
            assert script(home, done[name], **has) == 0, name
        write_off(home, item)
    assert Host.comments.keys() == {1, 2}
    assert Host.comments[1] == "a person's"
    assert Host.comments[2].startswith(f"{MARK}\n## main..(files)")
    assert "| write offs | 2 | 2.00 | EUR |" in Host.comments[2]
    assert Host.comments[2] in (tmp_path / "summary").read_text()


def test_one_comment_on_gitlab(tmp_path: Path, host: str) -> None:
    """Likewise; without a token there is the page alone."""
    home = books_with_a_branch(tmp_path / "books")
    job = yaml.safe_load((ROOT / "git/gitlab-ci.yml").read_text())["arledger"]
    has = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "main", "CI_MERGE_REQUEST_IID": "7", "CI_API_V4_URL": host,
           "CI_PROJECT_ID": "3"}  # fmt: skip
    checks, (comment,) = "\n".join(job["script"][1:]), job["after_script"]
    assert script(home, checks, **has) == script(home, comment, **has) == 0
    assert (home / "arledger.md").read_text().startswith(MARK)
    assert Host.comments.keys() == {1}
    for item in ("INV-2026-00001", "INV-2026-00002"):
        assert script(home, comment, **has, ARLEDGER_TOKEN="secret") == 0
        write_off(home, item)
    assert Host.comments == {1: "a person's", 2: (home / "arledger.md").read_text()}


def test_a_pull_request_that_edits_a_posted_fact_is_red(tmp_path: Path) -> None:
    home = books_with_a_branch(tmp_path / "books")
    (path,) = home.glob("ledgers/invoices/*/INV-2026-00001.yaml")
    path.write_text(path.read_text().replace("net 30", "net 45"))
    done = steps("github-workflow.yml")
    assert script(home, done["Do the books hold together?"]) == 0
    assert script(home, done["Does it change what was posted, or what somebody has to agree to?"], BASE="main") == 1
