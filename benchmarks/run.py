"""The benchmark of ageing: generate, run the peers and arledger on the same facts, compare, write the page.

    python benchmarks/run.py --sizes 1000,10000,100000 --beancount-python PATH

One run measures everything it reports, so that the figures are of one machine on one day. Peers that are not
installed are left out and named. Writes docs/benchmarks.md (between markers) and docs/benchmarks/aging.svg; the raw
figures go to WORK/results.json, from which `--render` makes the page again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aging_jobs import AgingBench, start_up
from curve import chart
from peers import peers
from tables import insert, ratios, small_table, tools_table
from timing import Job, interleave, parser_of

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
MILLION = 1_000_000


def say(text: str) -> None:
    """Progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def generate(invoices: int, folder: Path, seed: int) -> int:
    """The number of facts of freshly generated data; in a process of its own, so that this one stays small."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, str(HERE / "generate.py"), "--invoices", str(invoices), "--out", str(folder)]
    done = subprocess.run([*command, "--seed", str(seed)], check=True, capture_output=True, text=True)
    return int(json.loads(done.stdout)["facts"])


def rounds_for(invoices: int) -> int:
    """How often everything is run."""
    return 5 if invoices <= 10_000 else 3 if invoices <= 100_000 else 1


def jobs_of(invoices: int, folder: Path, work: Path, ours: bool, args: argparse.Namespace) -> list[Job]:
    """Everything to be measured at this size: peers that are there and not known to need too much memory, and ours."""
    jobs = []
    for peer in peers(args.beancount_python) if args.peers and invoices <= args.peers_up_to else ():
        if peer.program:
            jobs.append(peer.job(folder, work))
        else:
            say(f"  {peer.name}: not there; it needs {peer.missing}")
    if not ours:
        say(f"  arledger: not there; {args.ar} is missing or another program")
        return jobs
    jobs += AgingBench(args.ar, folder, work).jobs()
    if invoices <= args.close_up_to:
        say("  closing months")
        closed = folder.with_name(f"{folder.name}-closed")
        generate(invoices, closed, args.seed)
        jobs += AgingBench(args.ar, closed, work).closed()
    return jobs


def arledger_version(ar: str) -> str | None:
    """The version of arledger at that command; None when there is none, or when it is the archiver of binutils."""
    if not shutil.which(ar):
        return None
    done = subprocess.run([ar, "--version"], capture_output=True, text=True)
    first = (done.stdout.splitlines() or [""])[0]
    return None if done.returncode or "GNU" in first or not first else first.split()[-1]


def versions(args: argparse.Namespace) -> dict[str, str]:
    """The versions of everything measured; no paths, no host names."""
    found = {"Python": platform.python_version()}
    if args.peers:
        for peer in peers(args.beancount_python):
            if peer.program:
                found[peer.name.split(",")[0]] = peer.version(peer.program)
    if version := arledger_version(args.ar):
        found["arledger"] = version
    return found


def measure_all(args: argparse.Namespace, work: Path) -> dict[str, Any]:
    """All results; written to results.json after each size, so that a broken run leaves what it had."""
    results: dict[str, Any] = {"cpus": os.cpu_count(), "seed": args.seed, "versions": versions(args), "sizes": []}
    for invoices in args.sizes:
        say(f"{invoices:,} invoices")
        folder = work / f"data-{invoices}"
        facts, ours = generate(invoices, folder, args.seed), "arledger" in results["versions"]
        if ours and "small" not in results:
            results["small"] = start_up(args.ar, sys.executable, folder, work, 20)
        jobs, rounds = jobs_of(invoices, folder, work, ours, args), rounds_for(invoices)
        say(f"  {rounds} rounds of {', '.join(job.tool for job in jobs)}")
        rows = interleave(jobs, rounds)
        results["sizes"].append({"invoices": invoices, "facts": facts, "rounds": rounds, "rows": rows})
        (work / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        for made in (folder, folder.with_name(f"{folder.name}-closed")):
            if not args.keep:
                shutil.rmtree(made, ignore_errors=True)
    return results


def render(results: dict[str, Any], page: Path) -> None:
    """Write the generated part of the page and the chart beside it."""
    tools = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    parts = [f"Measured on {results['cpus']} CPUs. {tools}. Seed {results['seed']}."]
    series: dict[str, list[tuple[float, float]]] = {}
    for size in results["sizes"]:
        rounds = "one round" if size["rounds"] == 1 else f"the least of {size['rounds']} rounds"
        parts.append(f"## {size['invoices']:,} invoices ({size['facts']:,} facts), {rounds}")
        parts += [tools_table(size["rows"]), ratios(size["rows"])]
        for row in size["rows"]:
            if "wall" in row:
                series.setdefault(row["tool"], []).append((size["invoices"], row["cpu"]))
    if series:
        picture = page.with_suffix("") / "aging.svg"
        picture.parent.mkdir(parents=True, exist_ok=True)
        title = "Open receivables aged per customer: CPU time with all children"
        ours_first = {name: series[name] for name in sorted(series, key=lambda name: not name.startswith("arledger"))}
        picture.write_text(chart(ours_first, title, "invoices", "seconds"), encoding="utf-8")
        parts.append(f"## The curve\n\n![CPU time against invoices, both logarithmic]({page.stem}/aging.svg)")
    if "small" in results:
        parts += ["## Start-up and small reads", small_table(results["small"])]
    insert(page, "aging", "\n\n".join(part.strip() for part in parts))


def problems(results: dict[str, Any]) -> list[str]:
    """Every measurement that failed or gave a wrong answer."""
    rows = [(size["invoices"], row) for size in results["sizes"] for row in size["rows"]]
    rows += [(0, row) for row in results.get("small", [])]
    found = [f"{row['tool']} ({invoices:,}): {row['failed']}" for invoices, row in rows if "failed" in row]
    return found + [
        f"{row['tool']} ({invoices:,}): wrong answer: {'; '.join(row['differences'])}"
        for invoices, row in rows
        if not row.get("exact", True)
    ]


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The arguments, sizes as sorted numbers."""
    parser = parser_of(__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000", help="invoices, with commas between")
    parser.add_argument("--million", action="store_true", help="1,000,000 invoices too (8 GB of small files)")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--peers-up-to", type=int, default=100_000, help="at a million hledger takes 18 GB")
    parser.add_argument(
        "--close-up-to", type=int, default=100_000, help="largest size at which a copy with closed months is measured"
    )
    parser.add_argument("--beancount-python", help="python of an environment with beancount and beanquery")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="folder for data and raw figures; default: a temporary one")
    parser.add_argument("--keep", action="store_true", help="leave the data in --work")
    parser.add_argument("--page", type=Path, default=DOCS / "benchmarks.md")
    parser.add_argument("--render", type=Path, metavar="RESULTS", help="only write the page from a results.json")
    args = parser.parse_args(argv)
    args.sizes = sorted({int(size) for size in args.sizes.split(",")} | ({MILLION} if args.million else set()))
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """0 when everything ran and every answer was right, else 1."""
    args = arguments(argv)
    if args.render:
        results = json.loads(args.render.read_bytes())
    elif args.work:
        args.work.mkdir(parents=True, exist_ok=True)
        results = measure_all(args, args.work.resolve())
    else:
        with tempfile.TemporaryDirectory(prefix="arledger-bench-") as work:
            results = measure_all(args, Path(work))
    render(results, args.page)
    for problem in (found := problems(results)):
        say(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
