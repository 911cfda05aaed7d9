"""What is installed: the wheel carries example and templates, and our `ar` leaves compilers their archiver."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMPILER = shutil.which("cc") or shutil.which("gcc")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("src", "ledgers", "templates", "git"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", ".ar"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out), str(source)]
    subprocess.run(command, check=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_carries_example_and_templates(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("ledgers", "templates", "git"):
        ours = [path for path in (ROOT / folder).rglob("*") if path.is_file() and ".ar" not in path.parts]
        missing = {f"arledger/_data/{path.relative_to(ROOT).as_posix()}" for path in ours} - names
        assert not missing
    assert {"arledger/py.typed", "arledger/entry.py", "arledger/packs/uk.yaml"} <= names
    assert not [name for name in names if name.startswith(("tests/", "scripts/"))]


@pytest.mark.slow
def test_the_wheel_writes_the_example(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True)
    environment = {**os.environ, "PYTHONPATH": str(site), "AR_TODAY": "2026-06-30"}
    for arguments in (["init", "--example", "books"], ["--ledger", "books", "check"], ["--ledger", "books", "aging"]):
        done = subprocess.run(
            [sys.executable, "-m", "arledger", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    where = [sys.executable, "-c", "import arledger; print(arledger.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert found.stdout.startswith(str(site))


@pytest.fixture
def first_on_path(tmp_path: Path) -> dict[str, str]:
    """An environment in which `ar` is ours, as after installing it into a virtual environment."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "ar"
    script.write_text(f"#!{sys.executable}\nfrom arledger.entry import main\nmain()\n", "utf-8")
    script.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}


@pytest.mark.skipif(COMPILER is None, reason="no C compiler here")
def test_a_static_library_is_still_built(tmp_path: Path, first_on_path: dict[str, str]) -> None:
    (tmp_path / "owed.c").write_text("int owed(void) { return 42; }\n", "utf-8")
    (tmp_path / "main.c").write_text(
        '#include <stdio.h>\nint owed(void);\nint main(void) { printf("%d\\n", owed()); return 0; }\n', "utf-8"
    )
    (tmp_path / "arguments").write_text("t libowed.a\n", "utf-8")

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, env=first_on_path, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    assert run("ar", "--version").startswith("arledger ")
    compiler = str(COMPILER)
    run(compiler, "-c", "owed.c")
    run("ar", "rcs", "libowed.a", "owed.o")
    assert run("ar", "t", "libowed.a") == run("ar", "-t", "libowed.a") == run("ar", "@arguments") == "owed.o\n"
    run(compiler, "main.c", "-L.", "-lowed", "-o", "main")
    assert run("./main") == "42\n"
    (tmp_path / "owed.o").unlink()
    run("ar", "x", "libowed.a", "owed.o")
    assert (tmp_path / "owed.o").exists()
