"""How many mistakes are named, and how often the right line: wrong programs are graded.

Each is a right program with changes that students make (tests/checks/wrong_programs.yaml), one in each program, then
two or three in different functions, then two in one function (two_mistakes.yaml). So it is known which lines are wrong.
Beside the shares: the time that the search for lines takes. Those of tests/checks/held_out are by somebody who knew
neither the catalogue of mistakes nor the changes that are tried.
"""

import argparse
import functools
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from autograder import rubric
from autograder.checks import locate
from autograder.checks.line_search import Effort
from autograder.grader import Grader
from autograder.outcome import GradeReport, Line
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.program import SandboxedProgram

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "tests/checks/wrong_programs.yaml"
HELD_OUT = ROOT / "tests/checks/held_out"
TWO_MISTAKES = ROOT / "tests/checks/two_mistakes.yaml"
RIGHT = ROOT / "examples/perfect_plain"
COMBINED = 150  # programs with two or three changes


@dataclass(frozen=True)
class WrongProgram:
    """A program with one mistake or several, and the lines that have them."""

    change: str  # what was replaced, and by what
    text: str
    lines: tuple[int, ...]


def wrong_programs() -> list[WrongProgram]:
    """A program for each change of the file."""
    return [_changed([entry]) for entry in _entries()]


def held_out(split: str) -> list[WrongProgram]:
    """The programs in other styles. split: "a", "b", "c" or "d", or "" for all."""
    entries = _entries(HELD_OUT / "wrong_programs.yaml")
    return [_changed([entry], HELD_OUT / f"{entry['base']}.py") for entry in entries if split in ("", entry["split"])]


def combined(number: int) -> list[WrongProgram]:
    """Programs with two or three of the changes, in different functions; the same in every run."""
    generator = random.Random("two or three mistakes")
    entries = _entries()
    found: list[WrongProgram] = []
    while len(found) < number:
        chosen = generator.sample(entries, generator.choice((2, 2, 3)))
        if len({entry["in"] for entry in chosen}) == len(chosen):
            found.append(_changed(chosen))
    return found


def two_mistakes() -> list[WrongProgram]:
    """Programs with two changes in one function; their lines in the order in which the feedback says the mistakes."""
    return [_with_two(entry) for entry in _entries(TWO_MISTAKES)]


def _with_two(entry: Mapping[str, Any]) -> WrongProgram:
    """A program with two changes in one function. One may move the other, so the lines are found by their text."""
    program = _changed([{"in": entry["in"], "change": change} for change in entry["changes"]])
    begin, _ = _function(program.text, entry["in"])
    texts = entry.get("lines") or [new.strip() for _, new in entry["changes"]]
    places = [program.text.index(text, begin) for text in texts]
    return replace(program, lines=tuple(program.text.count("\n", 0, place) + 1 for place in places))


@functools.cache
def _entries(file: Path = PROGRAMS) -> list[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads ten times as fast
    entries: list[dict[str, Any]] = yaml.load(file.read_text(encoding="utf-8"), loader)
    return entries


def _changed(entries: Sequence[Mapping[str, Any]], base: Path = RIGHT / "Lab4.py") -> WrongProgram:
    right = text = base.read_text(encoding="utf-8")
    for entry in entries:
        begin, end = _function(text, entry["in"])
        function, (old, new) = text[begin:end], entry["change"]
        if function.count(old) != 1:
            raise SystemExit(f"{base}: {old!r} is not in {entry['in']}() exactly once")
        text = text[:begin] + function.replace(old, new) + text[end:]
    places = [_place(right, text, entry) for entry in entries]
    change = "; ".join(f"{each['in']}: {_short(each['change'][0])} → {_short(each['change'][1])}" for each in entries)
    return WrongProgram(change, text, tuple(text.count("\n", 0, place) + 1 for place in places))


def _function(text: str, name: str) -> tuple[int, int]:
    """Where a function begins and ends."""
    begin = text.index(f"def {name}(")
    end = text.find("\n\n\n", begin)
    return begin, end + 1 if end > 0 else len(text)


def _place(right: str, text: str, entry: Mapping[str, Any]) -> int:
    """Where in the changed text the mistake is."""
    begin, end = _function(right, entry["in"])
    now, _ = _function(text, entry["in"])
    place = now + right[begin:end].index(entry["change"][0])
    if line := entry.get("line"):  # of what is put in, or else before it
        place = text.index(line, place if line in entry["change"][1] else now)
    while text[place].isspace():
        place += 1
    return place


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

    def __call__(self, context: Any, program: SandboxedProgram, results: Any, effort: Effort) -> Any:
        """Search, and remember how long it took."""
        begun = time.perf_counter()
        found = self._search(context, program, results, effort)
        self.seconds.append(time.perf_counter() - begun)
        return found


def lines_of(report: GradeReport) -> list[Line]:
    """The lines that the feedback names."""
    return [line for each in report.checks for line in each.outcome.lines]


def verdict(program: WrongProgram, report: GradeReport) -> str:
    """What the feedback says about the lines, in a word or two."""
    found = lines_of(report)
    if not found:
        return "all right" if report.points >= report.out_of else "no line"
    if not all(any(line.names(each) for each in program.lines) for line in found):
        return "wrong line"
    return "among others" if any(line.others for line in found) else "right line"


def graded(programs: Sequence[WrongProgram], seconds: float) -> Iterator[tuple[WrongProgram, GradeReport]]:
    """Grade programs, with so many seconds for each search."""
    with ForkServer() as server, tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "submission")
        place.mkdir()
        (place / "answers.yaml").write_bytes((RIGHT / "answers.yaml").read_bytes())
        with Grader(rubric.load(ROOT), server, "cpu") as grader:
            grader._effort = Effort(seconds)
            for program in programs:
                (place / "Lab4.py").write_text(program.text, encoding="utf-8")
                yield program, grader.grade(place, Path(folder, "results.json"))


def show(program: WrongProgram, report: GradeReport, found: str, *, named: bool) -> None:
    """Print what is said about a program."""
    print(f"{found:<13}{'' if named else 'unnamed':<8}line {program.lines}  {program.change}")
    for check in report.checks:
        if check.outcome.lines or (check.outcome.mistakes and "See the advice" not in check.outcome.hint):
            print(
                "\n        ".join(
                    [f"    {check.number} {check.outcome.hint}", *(line.text for line in check.outcome.lines)]
                )
            )


def measure(mistakes: str, programs: Sequence[WrongProgram], options: argparse.Namespace) -> None:
    """Grade the programs, and print the shares, and each program of which something is not found."""
    verdicts: Counter[str] = Counter()
    named = told = 0
    with Timed() as timed:
        for program, report in graded(programs, options.seconds):
            found = verdict(program, report)
            verdicts[found] += 1
            explained = any(each.outcome.mistakes for each in report.checks)
            named += explained
            told += not explained and any(each.outcome.unanswered for each in report.checks)
            if options.all or found in ("no line", "wrong line", "all right") or not explained:
                show(program, report, found, named=explained)
    wrong = sum(verdicts.values()) - verdicts["all right"]
    print(f"\n{wrong} wrong programs with {mistakes}: {named / wrong:.1%} named")
    print(f"{told / wrong:.1%} more: what they raise, or that they return nothing, is explained")
    for found, number in verdicts.most_common():
        print(f"{number:>5}  {number / wrong:>6.1%}  {found}")
    print(f"search: median {statistics.median(timed.seconds):.2f} s, at most {max(timed.seconds):.2f} s\n")


def main() -> None:
    """Measure with one mistake in each program, then with several."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/wrong_programs.py --seconds 0.3",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=1.5, help="for the search in each program (default: 1.5)")
    parser.add_argument("--only", default="", metavar="TEXT", help="programs whose change contains this text")
    parser.add_argument("--held-out", choices=("a", "b", "c", "d"), help="only a part of the programs in other styles")
    parser.add_argument("--all", action="store_true", help="print what is said about each program")
    options = parser.parse_args()
    groups = {
        "one mistake": wrong_programs(),
        "two or three mistakes in different functions": combined(COMBINED),
        "two mistakes in one function": two_mistakes(),
        "one mistake, in other styles": held_out(""),
    }
    if options.held_out:
        groups = {"one mistake, in other styles": held_out(options.held_out)}
    for mistakes, programs in groups.items():
        if chosen := [each for each in programs if options.only in each.change]:
            measure(mistakes, chosen, options)


if __name__ == "__main__":
    main()
