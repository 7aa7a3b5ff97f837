"""What hostile submissions achieve: the cases of tests/hostile against this grader, or against a plain one.

Prints a line for each group: the number of cases, and how many of them gained points over the empty template, left no
valid results.json, learned an answer or reached something forbidden, left a process or file behind, or ran over time.

--plain runs benchmarks/plain_grader.py, a gradescope-utils grader without a sandbox, on the same cases: in a temporary
copy, as an unprivileged user with limits on memory, processes and file size, each for at most 20 seconds.
"""

from __future__ import annotations

import argparse
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatch
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/hostile"), str(ROOT / "benchmarks")]

import harness  # noqa: E402
from harness import Attempt, Case  # noqa: E402

PLAIN_TIMEOUT = 20.0  # seconds
PLAIN_LIMITS = 'ulimit -c 0 -u 300 -v 8000000 -f 600000; exec "$@"'
COLUMNS: dict[str, Callable[[Attempt], object]] = {
    "gained points": lambda attempt: (attempt.points or 0) > harness.TEMPLATE,
    "no valid results": lambda attempt: not attempt.valid,
    "learned, reached": lambda attempt: attempt.leaks,
    "left something": lambda attempt: attempt.survivors or attempt.leftovers,
    "over time": lambda attempt: attempt.status == "hung",
    "any of these": lambda attempt: attempt.failures(),
}


def run_plain(case: Case, interpreter: Path) -> Attempt | None:
    """Run one case against the plain grader; None for a zip, which it does not read."""
    with harness.folders(case, harness.USER) as work:
        (work / "grader/benchmarks").mkdir(parents=True)
        shutil.copy(ROOT / "benchmarks/plain_grader.py", work / "grader/benchmarks")
        shutil.copytree(ROOT / "reference", work / "grader/reference")
        if not case.build(work / "submission").is_dir():
            return None
        harness.give(work, harness.USER)
        results = work / "results/results.json"
        grader = [interpreter, "-B", work / "grader/benchmarks/plain_grader.py", work / "submission", results]
        command = [*harness.as_user(harness.USER), "bash", "-c", PLAIN_LIMITS, "bash", *grader]
        with harness.Watch(case, work) as watch:
            status, seconds, printed = harness.execute([str(word) for word in command], work, PLAIN_TIMEOUT)
        data, problem = harness.read_json(results)
        tests = data.get("tests") if isinstance(data, dict) else None
        if not problem and not (isinstance(tests, list) and len(tests) == 18):
            problem = "does not have all checks"
        points = float(data.get("score", 0)) if isinstance(data, dict) else None
        secret = harness.Secret(plain_answers(), [harness.GOT_IN], harness.secret_lines(ROOT))
        said = "\n".join([printed, *harness.texts(data)])
        leaks = tuple(secret.found_in(said, harness.own_text(work / "submission")))
        word = {0: "graded", None: "hung"}.get(status, "crashed")
        return Attempt(
            case.name, case.group, word, seconds, points, not problem, leaks, watch.survivors, watch.leftovers, problem
        )


@functools.cache
def plain_answers() -> dict[str, float]:
    """Every expected number of the plain grader."""
    import plain_grader as plain

    reference = plain.load(plain.REFERENCE, "reference")
    calls = [("check_result", inputs) for inputs in plain.TASK1]
    calls += [("train", (*inputs, 20)) for inputs in plain.TRAIN]
    for name in ("fnn_forward", "fnn_gradients", "fnn_check_result"):
        calls += [(name, inputs) for inputs in plain.TASK2]
    return {
        f"{name}{inputs} [{position}]": value
        for name, inputs in calls
        for position, value in enumerate(flat(getattr(reference, name)(*inputs)))
    }


def flat(value: object) -> Iterator[float]:
    """The numbers that a function of the reference returns."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from flat(item)
    else:
        yield float(value)  # type: ignore[arg-type]


def one(case: Case, interpreter: Path | None, user: int | None, plain: bool) -> Attempt | None:
    """Run one case in a worker process: what the case leaves behind is found among the children of that process."""
    if plain:
        assert interpreter is not None
        return run_plain(case, interpreter)
    return harness.run(case, ROOT, interpreter, user)


def table(attempts: list[Attempt]) -> str:
    """The table as text."""
    groups = [*dict.fromkeys(attempt.group for attempt in attempts), "all"]
    lines = [f"{'':12}{'cases':>7}" + "".join(f"{name:>18}" for name in COLUMNS)]
    for group in groups:
        mine = [attempt for attempt in attempts if group in (attempt.group, "all")]
        counts = (sum(bool(count(attempt)) for attempt in mine) for count in COLUMNS.values())
        lines.append(f"{group:12}{len(mine):>7}" + "".join(f"{count:>18}" for count in counts))
    return "\n".join(lines)


def main() -> None:
    """Run the cases and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="examples:\n  .venv/bin/python benchmarks/hostile.py\n"
        "  .venv/bin/python benchmarks/hostile.py --group forge read --as user --details\n"
        "  .venv/bin/python benchmarks/hostile.py --plain      (as root, for the drop to an unprivileged user)",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    known = [*dict.fromkeys(case.group for case in harness.cases())]
    parser.add_argument("--group", nargs="+", choices=known, default=known, metavar="GROUP", help=", ".join(known))
    parser.add_argument("--only", nargs="+", default=["*"], metavar="GLOB", help="cases by their name (default: all)")
    parser.add_argument(
        "--as",
        dest="mode",
        choices=("self", "root", "user"),
        default="self",
        help="self: ./run_autograder as the current user; root, user: with a Python that every user can start",
    )
    parser.add_argument("--plain", action="store_true", help="use the plain grader instead of this one")
    parser.add_argument("--details", action="store_true", help="also print each case that achieved something, and what")
    parser.add_argument("-n", type=int, default=2, metavar="AT ONCE", help="cases at the same time (default: 2)")
    options = parser.parse_args()
    if sys.platform != "linux":
        parser.error("this needs /proc, to find processes left behind; only Linux has it")
    if (options.plain or options.mode != "self") and os.getuid() != 0:
        parser.error("only root can run the cases as an unprivileged user")

    folder = Path(tempfile.mkdtemp(prefix=harness.PREFIX))
    try:
        folder.chmod(0o755)
        interpreter = None
        if options.plain or options.mode != "self":
            interpreter = harness.light_interpreter(folder)
            if interpreter is None:
                parser.error(
                    f"no Python {sys.version_info[0]}.{sys.version_info[1]} in /usr that other users can start"
                )
        user = harness.USER if options.mode == "user" else None
        of_groups = (case for case in harness.cases() if case.group in options.group)
        chosen = [case for case in of_groups if any(fnmatch(case.name, name) for name in options.only)]
        call = functools.partial(one, interpreter=interpreter, user=user, plain=options.plain)
        with ProcessPoolExecutor(options.n, get_context("fork")) as pool:
            attempts = [attempt for attempt in pool.map(call, chosen) if attempt is not None]
    finally:
        subprocess.run(["rm", "-rf", folder], check=False)

    if options.details:
        for attempt in attempts:
            for failure in attempt.failures():
                print(f"{attempt.group}/{attempt.name}: {failure}")
        print()
    grader = "benchmarks/plain_grader.py" if options.plain else f"run_autograder ({options.mode})"
    print(f"{grader}, {sum(attempt.seconds for attempt in attempts):.0f} s in all\n")
    print(table(attempts))
    if options.plain:
        shown = sum(any(leak.startswith("answer") for leak in attempt.leaks) for attempt in attempts)
        print(f"\nIn {shown} of them the failed assertions themselves show the expected values.")
        skipped = len(chosen) - len(attempts)
        print(f"{skipped} zips are left out: the platform unpacks them.")
        print("It grades nothing without a readable answers.yaml.")


if __name__ == "__main__":
    main()
