"""Compare the grades of a class with those of an earlier run, to review the changes before "Regrade all"."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.checks.thrown_out import AWARDED
from autograder.classroom import store
from autograder.classroom.by_hand import apply, overrides
from autograder.classroom.discover import NoClass
from autograder.classroom.store import SubmissionRecord
from autograder.outcome import CheckResult
from autograder.text import clean, plural


@dataclass(frozen=True)
class PointsChange:
    """A submission whose total, or points for a check, have changed. None: it was not graded, or is not."""

    id: str
    who: str
    before: float | None
    now: float | None
    checks: tuple[tuple[str, float, float], ...]  # number, points before, points now; of checks that are the same
    why: str  # anything else that the instructor should know

    def __str__(self) -> str:
        each = ", ".join(f"{number}: {before:g} to {now:g}" for number, before, now in self.checks)
        said = "; ".join(filter(None, (each, self.why)))
        return f"{self.who} ({clean(self.id)}): {_total(self.before)} to {_total(self.now)}; {said}"


@dataclass(frozen=True)
class Comparison:
    """What has changed since an earlier run."""

    changes: tuple[PointsChange, ...]
    unchanged: int  # submissions
    gone: tuple[str, ...]  # ids of submissions that only the earlier run has
    checks: tuple[str, ...]  # a clause for each check that is new, is gone, or has another maximum

    def __str__(self) -> str:
        """The summary, then a line for each change."""
        moved = [(each.before, each.now) for each in self.changes if each.before != each.now]
        up = sum(before is not None and now is not None and now > before for before, now in moved)
        down = sum(before is not None and now is not None and now < before for before, now in moved)
        parts = [
            f"{up} up, {down} down" if up or down else "",
            _some(sum(before is None for before, _ in moved), "not graded before"),
            _some(sum(now is None for _, now in moved), "not graded now"),
        ]
        ways = "; ".join(filter(None, parts))
        lines = [
            f"compared: {plural(len(moved), 'total')} changed{f' ({ways})' if ways else ''}, "
            f"{self.unchanged + len(self.changes) - len(moved)} unchanged",
            *self.checks,
            *([f"only in the earlier run: {', '.join(map(clean, self.gone))}"] if self.gone else []),
        ]
        return "\n".join([*lines, *map(str, self.changes)])


def check(old: Path, out: Path) -> None:
    """Raise NoClass if `old` is also the output folder, or contains no results of a class."""
    if old.resolve() == out.resolve():
        raise NoClass(f"--compare {old}: the new results go there; name another folder with --out")
    if not (old / "records").is_dir():
        raise NoClass(f"--compare {old}: it contains no results of a class; name the folder of an earlier run")


def lost_decisions(old: Path, out: Path) -> str:
    """A sentence if what was decided by hand in an earlier run does not count in this one; else "".

    Raises FileError.
    """
    if not overrides.read(old).entries or overrides.read(out).entries:
        return ""
    return f"what was decided by hand in {old} does not count here: copy {old / overrides.FILE} to {out} and --resume"


def compare(records: Iterable[SubmissionRecord], old: Path) -> Comparison:
    """What has changed since the class was graded into the folder `old`, in the order of `records`.

    Decisions by hand count in both. Raises FileError if the overrides.yaml in `old` is not valid.
    """
    known = overrides.read(old)
    changes, unchanged, ids, rubric = [], 0, set(), dict[str, None]()
    for now in records:
        ids.add(now.id)
        before = store.read(old, now.id)
        if before is not None:
            before = apply.decided(before, known)
            rubric.update(dict.fromkeys(_other_checks(_checks(before), _checks(now))))
        change = _change(before, now, _why_not(old, now.id))
        changes += [change] if change else []
        unchanged += not change
    gone = tuple(id for id in store.ids(old) if id not in ids)
    return Comparison(tuple(changes), unchanged, gone, tuple(rubric))


def _change(before: SubmissionRecord | None, now: SubmissionRecord, why_not: str) -> PointsChange | None:
    if before is None:
        return PointsChange(now.id, now.who, None, _points(now), (), why_not)
    was, points = _checks(before), _checks(now)
    each = tuple(
        (number, was[number].outcome.points, check.outcome.points)
        for number, check in points.items()
        if number in was and was[number].out_of == check.out_of and was[number].outcome.points != check.outcome.points
    )
    if not each and _points(before) == _points(now):
        return None
    why = now.problem or before.problem
    if not each and not why:
        set_by_hand = any(each.report and each.report.total is not None for each in (before, now))
        why = "the total was set by hand" if set_by_hand else "because of the checks named above"
    return PointsChange(now.id, now.who, _points(before), _points(now), each, why)


def _other_checks(was: Mapping[str, CheckResult], now: Mapping[str, CheckResult]) -> Sequence[str]:
    """A clause for each check that cannot be compared."""
    if not was or not now:
        return ()
    given = [
        f"everybody gets all points of check {number} now"
        for number, check in now.items()
        if check.decided == AWARDED != was.get(number, check).decided
    ]
    gone = [
        f"check {number} is gone ({plural(check.out_of, 'point')})"
        for number, check in was.items()
        if number not in now
    ]
    new = [
        f"check {number} is new ({plural(check.out_of, 'point')})" for number, check in now.items() if number not in was
    ]
    changed = [
        f"check {number} has another maximum: {was[number].out_of:g} before, {check.out_of:g} now"
        if was[number].out_of and check.out_of
        else f"check {number} {'counts again' if check.out_of else 'no longer counts; the other points are scaled'}"
        for number, check in now.items()
        if number in was and was[number].out_of != check.out_of
    ]
    return [*given, *gone, *new, *changed]


def _why_not(old: Path, id: str) -> str:
    kept = store.files_of(old, id)[-1].is_file()
    return "its earlier record cannot be read: another version wrote it" if kept else "it was not graded before"


def _points(record: SubmissionRecord) -> float | None:
    return record.report.points if record.report else None


def _checks(record: SubmissionRecord) -> dict[str, CheckResult]:
    return {check.number: check for check in record.report.checks} if record.report else {}


def _total(points: float | None) -> str:
    return "not graded" if points is None else f"{points:g}"


def _some(number: int, what: str) -> str:
    return f"{number} {what}" if number else ""
