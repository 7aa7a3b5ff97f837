"""Compare the grades of a class with those of an earlier run, to review the changes before "Regrade all"."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom import store
from autograder.classroom.discover import NoClass
from autograder.classroom.store import SubmissionRecord
from autograder.text import clean


@dataclass(frozen=True)
class PointsChange:
    """A submission whose total, or points for a check, have changed."""

    id: str
    who: str
    before: float
    now: float
    checks: tuple[tuple[str, float, float], ...]  # number, points before, points now
    why: str  # anything else that the instructor should know

    def __str__(self) -> str:
        each = ", ".join(f"{number}: {before:g} to {now:g}" for number, before, now in self.checks)
        return f"{self.who} ({clean(self.id)}): {self.before:g} to {self.now:g}; {each or self.why}"


def check(old: Path, out: Path) -> None:
    """Raise NoClass if `old` is also the output folder, or contains no results of a class."""
    if old.resolve() == out.resolve():
        raise NoClass(f"--compare {old}: the new results go there; name another folder with --out")
    if not (old / "records").is_dir():
        raise NoClass(f"--compare {old}: it contains no results of a class; name the folder of an earlier run")


def changes(records: Iterable[SubmissionRecord], old: Path) -> Iterator[PointsChange]:
    """Yield what has changed since the class was graded into the folder `old`, in the order of `records`."""
    for now in records:
        before = store.read(old, now.id)
        if before is None:
            kept = store.files_of(old, now.id)[-1].is_file()
            why = "its earlier record cannot be read: another version wrote it" if kept else "it was not graded before"
            yield PointsChange(now.id, now.who, 0.0, now.points, (), why)
            continue
        points, earlier = _points(now), _points(before)
        numbers = [number for number in {**earlier, **points} if points.get(number, 0) != earlier.get(number, 0)]
        if numbers or now.points != before.points:
            each = tuple((number, earlier.get(number, 0.0), points.get(number, 0.0)) for number in numbers)
            yield PointsChange(now.id, now.who, before.points, now.points, each, now.problem or before.problem)


def _points(record: SubmissionRecord) -> dict[str, float]:
    return {check.number: check.outcome.points for check in record.report.checks} if record.report else {}
