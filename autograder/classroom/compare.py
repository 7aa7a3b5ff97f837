"""Whose marks change from one marking of a class to another, and where: to look at before "Regrade all"."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom import store
from autograder.classroom.discover import NoClass
from autograder.classroom.store import SubmissionRecord
from autograder.text import clean


@dataclass(frozen=True)
class PointsChange:
    """A submission whose total, or a check of which, is another one. checks: number, points before
    and now. why: what else there is to say."""

    id: str
    who: str
    before: float
    now: float
    checks: tuple[tuple[str, float, float], ...]
    why: str

    def __str__(self) -> str:
        each = ", ".join(f"{number}: {before:g} to {now:g}" for number, before, now in self.checks)
        return f"{self.who} ({clean(self.id)}): {self.before:g} to {self.now:g}; {each or self.why}"


def check(old: Path, out: Path) -> None:
    """Raises NoClass where nothing can be compared: `old` holds no results of a class, or gets the new ones."""
    if old.resolve() == out.resolve():
        raise NoClass(f"--compare {old}: there the new results go; name another folder with --out")
    if not (old / "records").is_dir():
        raise NoClass(f"--compare {old}: there are no results of a class in it; name the folder of an earlier run")


def changes(records: Iterable[SubmissionRecord], old: Path) -> Iterator[PointsChange]:
    """What has changed since the class was marked into the folder `old`, in the order of `records`."""
    for now in records:
        before = store.read(old, now.id)
        if before is None:
            kept = store.files_of(old, now.id)[-1].is_file()
            why = "how it was marked then cannot be read, it was another version" if kept else "it was not marked then"
            yield PointsChange(now.id, now.who, 0.0, now.points, (), why)
            continue
        points, earlier = _points(now), _points(before)
        numbers = [number for number in {**earlier, **points} if points.get(number, 0) != earlier.get(number, 0)]
        if numbers or now.points != before.points:
            each = tuple((number, earlier.get(number, 0.0), points.get(number, 0.0)) for number in numbers)
            yield PointsChange(now.id, now.who, before.points, now.points, each, now.problem or before.problem)


def _points(of: SubmissionRecord) -> dict[str, float]:
    return {check.number: check.outcome.points for check in of.report.checks} if of.report else {}
