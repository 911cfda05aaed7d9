"""Statements as PDF: how many a minute, and whether memory stays flat.

    python benchmarks/papers.py --customers 1000 --items 12

makes a ledger of that size in a folder of its own, writes a statement for each customer, and prints JSON: seconds,
papers a second, milliseconds of a processor for each, and the most memory of the command and of the process that sets
the papers, for a tenth of the customers and for all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path


def make(home: Path, customers: int, items: int) -> None:
    """A ledger with so many open items for each customer."""
    ledgers = home / "ledgers"
    for folder in ("customers", "invoices/2026-05"):
        (ledgers / folder).mkdir(parents=True)
    (ledgers / "ledger.yaml").write_text(
        "company: {name: Northwind Supply Co., address: [12 Harbour St, Portland ME 04101]}\ncurrency: EUR\n"
        "numbering: {gapless: false}\nbank_accounts:\n  main: {iban: DE02120300000000202051, currency: EUR}\n"
    )
    for number in range(customers):
        name = f"C-{number:04}"
        (ledgers / "customers" / f"{name}.yaml").write_text(
            f"name: Customer {number} & Söhne\naddress: [Weg 1, 10115 Berlin]\n"
        )
        for item in range(items):
            (ledgers / "invoices" / "2026-05" / f"I-{number:04}-{item:03}.yaml").write_text(
                f"customer: {name}\ndate: 2026-05-{1 + item % 28:02}\nterms: net 30\npo: PO-{item}\ncurrency: EUR\n"
                f"total: {100 + item}.{number % 100:02}\n"
            )


def memory(process: int) -> int:
    """The most memory a process had so far, in kB; 0 when it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def spent() -> float:
    """Seconds of processor time that ended processes of ours took, with theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(home: Path, out: Path, most: int) -> dict[str, object]:
    """The statements of the first `most` customers."""
    environment = {**os.environ, "AR_TODAY": "2026-06-30"}
    names = {path.stem for path in (home / "ledgers" / "customers").glob("*.yaml")}
    assert len(names) == most
    begun, before = time.monotonic(), spent()
    command = [sys.executable, "-m", "arledger", "statement", "--all", "--format", "pdf", "--output", str(out)]
    process = subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.PIPE, text=True)
    peaks = {"command": 0, "setter": 0}

    def watch() -> None:
        while process.poll() is None:
            peaks["command"] = max(peaks["command"], memory(process.pid))
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            for child in children.read_text().split() if children.exists() else []:
                peaks["setter"] = max(peaks["setter"], memory(int(child)))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    files = process.communicate()[0].split()
    watcher.join()
    assert process.returncode == 0
    seconds, cpu = time.monotonic() - begun, spent() - before
    assert len(files) == most
    size = sum(path.stat().st_size for path in out.glob("*.pdf"))
    return {"papers": most, "seconds": round(seconds, 2), "per_second": round(most / seconds, 1),
            "cpu_ms_each": round(1000 * cpu / most, 1),
            "kb_each": round(size / most / 1000, 1), "mb_command": peaks["command"] // 1024,
            "mb_setter": peaks["setter"] // 1024}  # fmt: skip


def main() -> None:
    """A tenth of the customers, then all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--items", type=int, default=12)
    arguments = parser.parse_args()
    for most in (max(1, arguments.customers // 10), arguments.customers):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            make(home, most, arguments.items)
            subprocess.run([sys.executable, "-m", "arledger", "aging"], cwd=home, stdout=subprocess.DEVNULL, check=True)
            print(json.dumps(run(home, home / "out", most)))


if __name__ == "__main__":
    main()
