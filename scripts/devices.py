"""Grades the sample submissions on the CPU and on another device and compares them; scripts/gpu_check starts it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import rubric
from autograder.checks.oracle import Oracle
from autograder.errors import GraderFault
from autograder.grader import Grader, NoSuchDevice
from autograder.rubric import CodeCheck, Lab, TrainingCheck
from autograder.sandbox.host.fork_server import ForkServer

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ("examples", "tests/submissions")
SAME, DIFFERENT, NO_DEVICE = 0, 1, 2  # exit status
TEST = ("-m", "pytest", "-q", "-m", "gpu", "-rs", str(ROOT / "tests"))


@dataclass(frozen=True)
class Grades:
    """One submission graded on one device: points by the number of the check, and seconds of wall time."""

    points: Mapping[str, float]
    seconds: float

    @property
    def total(self) -> float:
        """The sum of all points."""
        return round(sum(self.points.values()), 2)


def samples() -> list[Path]:
    """The folders of all sample submissions."""
    return [path for folder in SAMPLES for path in sorted((ROOT / folder).iterdir()) if (path / "Lab4.py").exists()]


def graded(grader: Grader, submission: Path, scratch: Path) -> Grades:
    """Grade one submission. Raises NoSuchDevice and GraderFault."""
    started = time.monotonic()
    report = grader.grade(submission, scratch / "results.json")
    seconds = time.monotonic() - started
    return Grades({check.number: check.outcome.points for check in report.checks}, seconds)


def differing(one: Grades, other: Grades) -> list[str]:
    """The numbers of the checks whose points differ."""
    numbers = dict.fromkeys((*one.points, *other.points))
    return [number for number in numbers if one.points.get(number) != other.points.get(number)]


def results(the_lab: Lab, grader: Grader) -> dict[str, list[float]]:
    """Everything that the reference returns for the inputs of all checks, by quantity."""
    truth, found = Oracle(the_lab, grader.reference()), dict[str, list[float]]()
    for check in the_lab.rubric.checks:
        if not isinstance(check, CodeCheck):
            continue
        for name in check.inputs:
            for quantity, numbers in _returned(truth, check, the_lab.arguments(check, name, "gpu_check")):
                found.setdefault(f"{check.function}: {quantity}", []).extend(numbers)
    return found


def _returned(
    truth: Oracle, check: CodeCheck, arguments: rubric.CallArguments
) -> Iterator[tuple[str, Iterable[float]]]:
    if not isinstance(check, TrainingCheck):
        for quantity, value in truth.values(check.function, arguments).items():
            yield quantity, [value]
        return
    trajectory = truth.trajectory(check.function, arguments)
    yield "losses", trajectory.losses[: check.compared]
    for weight, value in trajectory.weights.items():
        yield weight, [value]


def largest_difference(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest relative difference of two lists of numbers; infinite if their lengths differ, or one number is 0 and
    the other is not."""
    if len(one) != len(other):
        return float("inf")
    pairs = [(abs(a - b), abs(a)) for a, b in zip(one, other, strict=True) if a != b]
    return max((off / size if size else float("inf") for off, size in pairs), default=0.0)


def compare(device: str, submissions: Sequence[Path], scratch: Path) -> int:
    """Print the tables; returns the exit status. Raises NoSuchDevice and GraderFault."""
    the_lab = rubric.load(ROOT)
    differ = 0
    with ForkServer() as server, Grader(the_lab, server, device) as there, Grader(the_lab, server, "cpu") as here:
        there.reference()  # so that a missing device is reported first
        print(f"{'submission':56}{'cpu':>8}{device:>8}{'s cpu':>8}{f's {device}':>9}  checks that differ")
        for path in submissions:
            one, other = graded(here, path, scratch), graded(there, path, scratch)
            wrong = differing(one, other)
            differ += bool(wrong)
            name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
            times = f"{one.seconds:8.2f}{other.seconds:9.2f}"
            print(f"{name:56}{one.total:8g}{other.total:8g}{times}  {', '.join(wrong)}".rstrip(), flush=True)
        print(f"\n{'the reference returns':40}  largest relative difference")
        numbers, others = results(the_lab, here), results(the_lab, there)
        for quantity in numbers:
            print(f"{quantity:40}{largest_difference(numbers[quantity], others[quantity]):12.2g}")
    print(f"\n{len(submissions)} submissions, {differ} with different points on {device} and on the CPU.")
    return DIFFERENT if differ else SAME


def main(given: Sequence[str] | None = None) -> int:
    """Compare, then run the tests that need a GPU; returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/gpu_check")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("submissions", nargs="*", type=Path, metavar="SUBMISSION")
    options = parser.parse_args(given)
    try:
        with tempfile.TemporaryDirectory() as folder:
            status = compare(
                options.device, [path.resolve() for path in options.submissions] or samples(), Path(folder)
            )
    except (NoSuchDevice, GraderFault) as error:
        print(f"gpu_check: {error}", file=sys.stderr)
        return NO_DEVICE if isinstance(error, NoSuchDevice) else DIFFERENT
    if options.device == "cpu" or options.submissions:
        return status
    tests = subprocess.run([sys.executable, *TEST], cwd=ROOT, check=False).returncode
    return status or (DIFFERENT if tests else SAME)


if __name__ == "__main__":
    sys.exit(main())
