"""What needs a look in a class, and what was decided about it: by the first marker, and blindly by a second one.

A near miss belongs to a check. It is decided by points for that check, by `leave: true`, or by a total set by hand.
What belongs to a whole submission (a warning, the same program or the same wrong numbers as somebody else's, no grade)
is decided by `leave: true` without a check, or by a total.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.classroom import store
from autograder.classroom.by_hand import apply, overrides
from autograder.classroom.by_hand.naming import code
from autograder.classroom.by_hand.overrides import TOTAL, Override, Overrides
from autograder.classroom.overview import review
from autograder.classroom.overview.collect import ClassData, NearMiss, StudentSummary, collect
from autograder.classroom.store import SubmissionRecord
from autograder.errors import UserError
from autograder.roster import Person
from autograder.rubric import Lab
from autograder.text import clean, join_first, join_names, plural

WORD = re.compile(r"[^\W_]{2,}")
OF_PLATFORMS = {"assignsubmission", "onlinetext", "submission", "file", "late"}  # words of ids that name nobody


@dataclass(frozen=True)
class Item:
    """Something to look at. `points` is what the grader gave: for the check, or in total; None if it gave nothing."""

    submission: str  # its id, or its code for a second marker
    who: str
    check: str  # its number; "" for the submission as a whole
    why: str
    points: float | None
    first: Override | None = None
    second: Override | None = None

    @property
    def agree(self) -> bool:
        """Whether both markers decided, and end at the same points."""
        return bool(self.first and self.second) and self._after(self.first) == self._after(self.second)

    def _after(self, decision: Override | None) -> tuple[str, float | None]:
        """What the decision is about, and the points after it."""
        if decision is None or decision.leave:
            return self.check, self.points
        return decision.check, decision.points


class WrongLab(UserError):
    """The class was graded by another rubric than the one that is given."""


@dataclass(frozen=True)
class _Seen:
    """What is needed of the records besides what `collect` keeps, by the id of the submission."""

    people: dict[str, tuple[Person, ...]] = field(default_factory=dict)
    decided: dict[str, tuple[list[Override], list[Override]]] = field(default_factory=dict)  # by the first and second
    points: dict[str, dict[str, float]] = field(default_factory=dict)  # of each check, by its number


def worklist(lab: Lab, folder: Path, *, blind: bool = False) -> list[Item]:
    """Everything to look at in the folder of a class: whole submissions first, then check by check.

    blind: for a second marker, with a code for each submission and without names.

    Raises:
        NoClass: the folder has no records.
        WrongLab: its records are of another rubric.
        FileError: a file of decisions is not valid.
    """
    first, second = overrides.read(folder), overrides.read(folder, overrides.SECOND)
    seen = _Seen()
    found = collect(lab, _noted(lab, folder, seen, first, second))
    numbers = [check.number for check in lab.rubric.checks if check.worth]
    places = {number: place for place, number in enumerate(("", *numbers))}
    secret = _words(seen.people) if blind else frozenset[str]()
    listed = [*_of_submissions(found, secret, blind=blind), *_near_misses(found.near)]
    items = []
    for index, check, why in (*listed, *_of_second(found, seen, listed)):
        student = found.students[index]
        points = seen.points[student.id][check] if check else student.total
        decisions = (_decision(entries, check) for entries in seen.decided[student.id])
        who = (code(student.id), "") if blind else (student.id, student.who)
        items.append(Item(*who, check, why, points, *decisions))
    # By the codes, because the order of the names would tell whose they are.
    return sorted(items, key=lambda each: (places[each.check], each.submission if blind else ""))


def _words(people: Mapping[str, Iterable[Person]]) -> frozenset[str]:
    """The words of all names, addresses, student numbers and ids in a class, by which somebody can be recognized."""
    texts = [text for each in people.values() for one in each for text in (one.name, one.email, one.sid)]
    found = {word.casefold() for text in (*people, *texts) for word in WORD.findall(text)}
    return frozenset(found - OF_PLATFORMS)


def summary(items: Sequence[Item], *, blind: bool = False) -> str:
    """How much is done, in a sentence."""
    mine = [each.second if blind else each.first for each in items]
    left = mine.count(None)
    said = f"{len(items)} to review: {len(items) - left} decided, {left} open"
    twice = [each for each in items if each.first and each.second]
    if blind or not any(each.second for each in items):
        return said
    agree = sum(each.agree for each in twice)
    differ = f", {len(twice) - agree} differ" if len(twice) > agree else ""
    return f"{said}; {plural(len(twice), 'decision')} by two: {agree} the same{differ}"


def _noted(lab: Lab, folder: Path, seen: _Seen, *markers: Overrides) -> Iterator[SubmissionRecord]:
    """The records as the grader wrote them. Meanwhile what else is needed of them is added to `seen`.

    markers: what the first and the second marker decided. What cannot be applied is not decided.

    Raises WrongLab at the first that was made by another rubric than the lab's.
    """
    numbers = {check.number for check in lab.rubric.checks}
    for id in store.ids(folder):
        if record := store.read(folder, id):
            points = {check.number: check.outcome.points for check in record.report.checks} if record.report else {}
            if not points.keys() <= numbers or store.extra_data(folder, id).get("rubric", lab.digest) != lab.digest:
                raise WrongLab(
                    f"{folder}: it was graded by another rubric than {lab.folder / 'rubric.yaml'}; "
                    "name its lab with --lab, or run `autograder class` with --resume first"
                )
            seen.people[id], seen.points[id] = record.people, points
            first, second = (apply.fitting(record, known) for known in markers)
            seen.decided[id] = first, second
            yield record


def _decision(entries: Sequence[Override], check: str) -> Override | None:
    """What was decided about a check, or about a submission as a whole."""
    total = next((each for each in entries if each.check == TOTAL), None)
    about = [each for each in entries if each.check == check and (each.leave or each.check)]
    return about[0] if about else total


def _of_submissions(found: ClassData, secret: frozenset[str], *, blind: bool) -> Iterator[tuple[int, str, str]]:
    """What is to be looked at in whole submissions: position, "" for no check, and why.

    secret: words that are hidden in the reasons.
    """
    reasons: dict[int, list[str]] = {}
    for index, student in enumerate(found.students):
        if student.problem:
            hidden = WORD.sub(lambda word: "…" if word[0].casefold() in secret else word[0], _problem(student))
            reasons.setdefault(index, []).append(hidden)
    for what, group in review.alike(found):
        for index in group:
            others = [found.students[other].id for other in group if other != index]
            shown = sorted(map(code, others)) if blind else others
            reasons.setdefault(index, []).append(f"the same {what} as {join_first(shown)} (a hint, no proof)")
    yield from ((index, "", "; ".join(reasons[index])) for index in sorted(reasons))


def _problem(student: StudentSummary) -> str:
    return student.problem if student.total is not None else f"not graded: {student.problem}"


def _near_misses(near: Sequence[NearMiss]) -> Iterator[tuple[int, str, str]]:
    """The near misses of each check of each submission, as for `_of_submissions`."""
    together: dict[tuple[int, str], list[NearMiss]] = {}
    for each in near:
        together.setdefault((each.student, each.number), []).append(each)
    for (index, number), misses in sorted(together.items()):
        named = [miss.quantity if miss.value is None else f"{miss.quantity} = {miss.value:.6g}" for miss in misses]
        yield index, number, f"close to the right value: {join_names(named)}"


def _of_second(found: ClassData, seen: _Seen, listed: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
    """What only a second marker found worth deciding, as for `_of_submissions`. listed: what is listed anyway."""
    known = {(index, check) for index, check, _ in listed}
    for index, student in enumerate(found.students):
        about = ["" if each.check == TOTAL else each.check for each in seen.decided[student.id][1] if each.subject]
        for check in dict.fromkeys(about):
            if (index, check) not in known:
                yield index, check, "decided by a second marker"


def lines(items: Iterable[Item], *, blind: bool = False) -> Iterator[str]:
    """A line for each item. blind: no names, and nothing of what the first marker decided."""
    for item in items:
        who = item.submission if blind or item.who == item.submission else f"{item.submission} ({item.who})"
        about = f"check {item.check}" if item.check else "as a whole"
        points = "no points" if item.points is None else plural(item.points, "point")
        decided = " | ".join(filter(None, cells(item, blind=blind)[-2:]))
        yield f"{clean(who)}, {about}, {points}: {item.why}{f' | {decided}' if decided else ''}"


HEADS = ("Submission", "Name", "Check", "Points", "Why", "Decided", "Second marker")


def cells(item: Item, *, blind: bool = False) -> tuple[str, ...]:
    """An item as a row of a table with HEADS, with empty cells for what a blind second marker must not see."""
    who, first = ("", "") if blind else (item.who, _said(item.first))
    points = "" if item.points is None else f"{item.points:g}"
    return item.submission, who, item.check, points, item.why, first, _said(item.second)


def _said(decision: Override | None) -> str:
    """A decision in a few words; "" if there is none."""
    if decision is None:
        return ""
    what = "left" if decision.leave else f"{'total ' if decision.check == TOTAL else ''}{decision.points:g}"
    return f"{what} by {decision.by}" if decision.by else what
