"""How many mistakes are named, and for how many programs the right line: wrong programs of tests/checks are graded.

Each is a right program with one change, so it is known which line is wrong. Beside the two shares: the time that the
search for the line takes.
"""

import argparse
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from autograder import rubric
from autograder.checks import locate
from autograder.grader import Grader
from autograder.outcome import GradeReport, Line
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.program import SandboxedProgram

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "tests/checks/wrong_programs.yaml"
RIGHT = ROOT / "examples/perfect_plain"


@dataclass(frozen=True)
class WrongProgram:
    """A program with one mistake, and the line that has it."""

    change: str  # what was replaced, and by what
    text: str
    line: int


def wrong_programs() -> list[WrongProgram]:
    """All wrong programs of the file."""
    right = (RIGHT / "Lab4.py").read_text(encoding="utf-8")
    return [_changed(right, entry) for entry in yaml.safe_load(PROGRAMS.read_text(encoding="utf-8"))]


def _changed(right: str, entry: Mapping[str, Any]) -> WrongProgram:
    old, new = entry["change"]
    begin = right.index(f"def {entry['in']}(")
    end = min(found for found in (right.find("\n\n\n", begin), len(right)) if found > 0)
    function = right[begin:end]
    if function.count(old) != 1:
        raise SystemExit(f"{PROGRAMS}: {old!r} is not in {entry['in']}() exactly once")
    text = right[:begin] + function.replace(old, new) + right[end:]
    place = text.index(entry["line"], begin) if "line" in entry else begin + function.index(old)
    while text[place].isspace():
        place += 1
    return WrongProgram(f"{entry['in']}: {_short(old)} → {_short(new)}", text, text.count("\n", 0, place) + 1)


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip())[:60]


class Timed:
    """Measures the search for lines while it is used."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._search = locate.with_lines

    def __enter__(self) -> "Timed":
        locate.with_lines = self
        return self

    def __exit__(self, *error: object) -> None:
        locate.with_lines = self._search

    def __call__(self, context: Any, program: SandboxedProgram, results: Any, effort: locate.Effort) -> Any:
        """Search, and remember how long it took."""
        begun = time.perf_counter()
        found = self._search(context, program, results, effort)
        self.seconds.append(time.perf_counter() - begun)
        return found


def line_of(report: GradeReport) -> Line | None:
    """The line that the feedback names."""
    return next((each.outcome.line for each in report.checks if each.outcome.line), None)


def verdict(program: WrongProgram, report: GradeReport) -> str:
    """What the feedback says about the line: "right line", "among others", "wrong line", "no line", or "all right"."""
    line = line_of(report)
    if line is None:
        return "all right" if report.points >= report.out_of else "no line"
    if not line.names(program.line):
        return "wrong line"
    return "among others" if line.others else "right line"


def main() -> None:
    """Print the shares, and each program of which the line is not found."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/wrong_programs.py --seconds 0.3",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=1.5, help="for the search in each program (default: 1.5)")
    parser.add_argument("--all", action="store_true", help="print what is said about each program")
    options = parser.parse_args()
    the_lab = rubric.load(ROOT)
    verdicts: Counter[str] = Counter()
    named = 0
    with ForkServer() as server, tempfile.TemporaryDirectory() as folder, Timed() as timed:
        place = Path(folder, "submission")
        place.mkdir()
        (place / "answers.yaml").write_bytes((RIGHT / "answers.yaml").read_bytes())
        with Grader(the_lab, server, "cpu") as grader:
            grader._effort = locate.Effort(options.seconds)
            for program in wrong_programs():
                (place / "Lab4.py").write_text(program.text, encoding="utf-8")
                report = grader.grade(place, Path(folder, "results.json"))
                found = verdict(program, report)
                verdicts[found] += 1
                explained = any(each.outcome.mistakes for each in report.checks)
                named += explained
                if options.all or found in ("no line", "wrong line", "all right") or not explained:
                    line = line_of(report)
                    print(f"{found:<13}{'' if explained else 'unnamed':<8}line {program.line}  {program.change}")
                    print(f"    {line.text if line else ''}")
    wrong = sum(verdicts.values()) - verdicts["all right"]
    print(f"\n{wrong} wrong programs: {named / wrong:.1%} named")
    for found, number in verdicts.most_common():
        print(f"{number:>5}  {number / wrong:>6.1%}  {found}")
    print(f"search: median {statistics.median(timed.seconds):.2f} s, at most {max(timed.seconds):.2f} s")


if __name__ == "__main__":
    main()
