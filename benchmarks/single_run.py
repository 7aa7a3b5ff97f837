"""How much time and memory grading one submission takes, beside `import torch` alone and a plain grader.

The three commands run in turns, so that other load on the machine affects all of them alike; ratios are
computed within each turn. The memory of all processes is sampled in further runs, which are not timed.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from statistics import median

from autograder.measure import CommandFailed, Run, peak_of_tree, timed

ROOT = Path(__file__).resolve().parents[1]
WALL, CPU, LARGEST = (attrgetter(name) for name in ("wall", "cpu", "largest"))


def score(results: Path) -> str:
    """The points in a results.json, as a sign that the work was done."""
    content = json.loads(results.read_text())
    points = content.get("score", sum(test.get("score", 0) for test in content["tests"]))
    return f"{points:g} points"


def ratio(ours: list[Run], others: list[Run], quantity: Callable[[Run], float]) -> str:
    """The median ratio of a quantity within the turns, and its range."""
    ratios = [quantity(a) / quantity(b) for a, b in zip(ours, others, strict=True)]
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/single_run.py -n 20 --submission examples/half_finished",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-n", type=int, default=10, metavar="RUNS", help="runs of each command (default: 10)")
    parser.add_argument("--submission", type=Path, default=ROOT / "examples/perfect_plain", metavar="FOLDER")
    parser.add_argument("--lab", type=Path, metavar="FOLDER", help="another lab, without the plain grader")
    parser.add_argument("--python", default=str(ROOT / ".venv/bin/python"), help="runs the other two commands")
    options = parser.parse_args()
    if options.n < 1:
        parser.error("-n must be at least 1")
    submission = options.submission.resolve()

    with tempfile.TemporaryDirectory() as folder:
        ours, plain = Path(folder, "ours.json"), Path(folder, "plain.json")
        grader = str(ROOT / "benchmarks/plain_grader.py")
        commands = {
            "run_autograder": [f"{ROOT}/run_autograder", f"{submission}", "--quiet", "--results", f"{ours}"],
            "import torch": [options.python, "-c", "import torch"],
            "plain grader": [options.python, grader, str(submission), str(plain)],
        }
        if options.lab:  # which the plain grader does not know
            commands["run_autograder"] += ["--lab", f"{options.lab.resolve()}"]
            del commands["plain grader"]
        for command in commands.values():
            timed(command)  # the first run reads from disk and writes byte code
        runs: dict[str, list[Run]] = {name: [] for name in commands}
        for _ in range(options.n):
            for name, command in commands.items():
                runs[name].append(timed(command))
        times = range(min(options.n, 3))
        trees = {name: [peak_of_tree(command) for _ in times] for name, command in commands.items()}
        scores = {
            name: score(file) for name, file in (("run_autograder", ours), ("plain grader", plain)) if file.exists()
        }

    print(f"medians of {options.n} runs in turns, {os.cpu_count()} cores, {submission.name}\n")
    print(f"{'':16}{'wall s':>8}{'CPU s':>8}{'largest process MB':>20}{'whole tree MB (PSS)':>21}")
    for name, of_name in runs.items():
        sampled = [peak for peak in trees[name] if peak is not None]
        tree = f"{median(sampled):.0f}" if sampled else "not readable"
        wall, cpu, largest = (median(map(key, of_name)) for key in (WALL, CPU, LARGEST))
        print(f"{name:16}{wall:8.2f}{cpu:8.2f}{largest:20.0f}{tree:>21}  {scores.get(name, '')}".rstrip())
    print("\nrun_autograder against")
    for other in list(commands)[1:]:
        walls = ratio(runs["run_autograder"], runs[other], WALL)
        print(f"  {other}: wall {walls}, CPU {ratio(runs['run_autograder'], runs[other], CPU)}")


if __name__ == "__main__":
    try:
        main()
    except CommandFailed as error:
        raise SystemExit(str(error)) from None
