"""What instructors decide by hand about a class: points and comments in overrides.yaml, beside grades.csv.

The file is a list. An entry sets the points of a check, or of the `total`, with a reason, or it has a comment for the
student, or both:

    - {who: ada@example.edu, check: "5.2", points: 10, reason: "The sign follows the lab sheet.", by: "jd"}
    - {who: ada@example.edu, comment: "See me about task 2."}
    - {who: bob@example.edu, check: "3.2", leave: true, by: "jd"}

The last one says that somebody looked at a check and left its points as they are.

`who` is an email, a student ID, or the name of a submission as in grades.csv; `naming` says which one is meant. An
entry counts for the whole submission, so for all members of a group. Records hold what the grader found; entries are
applied whenever grades are written. An entry with `submission` counts only for that one: when a group changes, nobody
else's program gets the points. Of several entries about the same check of a submission, the last one counts.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import msgspec

from autograder import yaml_config
from autograder.classroom.by_hand import naming
from autograder.classroom.by_hand.naming import Naming, normal
from autograder.roster import Person
from autograder.text import clean, join_first
from autograder.yaml_config import Place

FILE = "overrides.yaml"
SECOND = "second_marking.yaml"  # what a second marker would decide, in the same form; it changes no grade
TOTAL = "total"


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One decision."""

    who: str
    check: str = ""  # the number of a check, or TOTAL; "" for a comment alone
    points: float | None = None
    reason: str = ""
    comment: str = ""  # for the student
    extra: bool = False  # whether points may be above the maximum
    leave: bool = False  # whether the check, or the whole submission, was reviewed and stays as it is
    by: str = ""  # who decided; students do not see it
    when: str = ""
    submission: str = ""  # the id of the submission that was decided about; "" if any of that person's is meant

    @property
    def key(self) -> tuple[str, str, bool]:
        """What the entry is about; a file has one entry for each. A comment does not replace a review."""
        return normal(self.who), self.check, self.leave and not self.check

    @property
    def subject(self) -> tuple[str, bool] | None:
        """What the entry decides in its submission; None for a comment alone, of which there may be many."""
        return (self.check, self.leave and not self.check) if self.check or self.leave else None


@dataclass(frozen=True)
class Overrides:
    """All decisions about a class, in the order of the file."""

    path: Path
    entries: tuple[Override, ...] = ()
    submissions: tuple[tuple[str, tuple[Person, ...]], ...] | None = None  # id and people; None: those with a record

    def of(self, id: str, people: Iterable[Person]) -> list[Override]:
        """The entries that count for a submission, in the order of the file; of several about a check, the last."""
        last: dict[tuple[object, ...], int] = {}
        for place in self._all_of(id, people):
            about = self.entries[place].subject or (place,)
            last.pop(about, None)
            last[about] = place
        return [self.entries[place] for place in last.values()]

    def replaced(self, id: str, people: Iterable[Person]) -> list[Override]:
        """The entries about a submission that do not count because a later one is about the same check."""
        counting = self.of(id, people)
        return [each for place in self._all_of(id, people) if (each := self.entries[place]) not in counting]

    def _all_of(self, id: str, people: Iterable[Person]) -> list[int]:
        """The places of the entries about a submission, in the order of the file."""
        if not self.entries:
            return []
        self.naming.add(id, people)
        names = {name for _, name in naming.keys(id, self.naming.people[id])}
        places = sorted({place for name in names for place in self._places.get(name, ())})
        return [place for place in places if id in self.about(self.entries[place])]

    def about(self, entry: Override) -> list[str]:
        """The ids of the submissions for which an entry counts; none if it is doubtful which one is meant."""
        if self.naming.doubtful(entry.who):
            return []
        only = normal(entry.submission)
        return [id for id in self.naming.named(entry.who) if not only or normal(id) == only]

    def within(self, submissions: Iterable[tuple[str, Iterable[Person]]]) -> "Overrides":
        """The same decisions in a class with these submissions: the id and the people of each."""
        return replace(self, submissions=tuple((id, tuple(people)) for id, people in submissions))

    @cached_property
    def naming(self) -> Naming:
        """The submissions of the class, by what names them."""
        found = naming.read(self.path.parent)
        if self.submissions is None:
            return found
        given = Naming(self.submissions)
        given.most = found.most
        return given

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for place, entry in enumerate(self.entries):
            places.setdefault(normal(entry.who), []).append(place)
        return places


def read(folder: Path, file: str = FILE) -> Overrides:
    """The decisions in the folder of a class; none if it has no such file. file: FILE or SECOND. Raises FileError."""
    path = folder / file
    return Overrides(path, parse(path, yaml_config.read_text(path)) if path.exists() else ())


def parse(path: Path, content: str) -> tuple[Override, ...]:
    """The entries in the content of the file. Raises FileError at the first that is not valid."""
    if all(not line.strip() or line.lstrip().startswith("#") for line in content.splitlines()):
        return ()
    document = yaml_config.parse(path, content)
    if not isinstance(document.data, list):
        raise document.error((), 'this is not a list of overrides; begin each with "- who: …"')
    entries = yaml_config.convert(document, tuple[Override, ...])
    first: dict[tuple[str, str, bool], int] = {}
    for index, entry in enumerate(entries):
        for key, problem in _problems(entry):
            raise document.error((index, *key), problem)
        if entry.check and first.setdefault(entry.key, index) != index:
            earlier = document.lines.get((first[entry.key],), 0)
            raise document.error((index,), f"line {earlier} is about the same student and check; keep one of them")
    return tuple(map(rounded, entries))


def rounded(entry: Override) -> Override:
    """The entry with its points to two decimals, as they are written everywhere."""
    return entry if entry.points is None else msgspec.structs.replace(entry, points=round(entry.points, 2))


def _problems(entry: Override) -> Iterator[tuple[Place, str]]:
    if not normal(entry.who):
        yield ("who",), "the email, the student ID or the submission is missing"
    if not entry.check and entry.points is not None:
        yield ("points",), f'these points are for nothing; name a check or "{TOTAL}" under `check`'
    if not entry.check and not entry.comment.strip() and not entry.leave:
        yield (), "this entry has neither `check` with `points` nor `comment`; add one"
    if entry.leave and (entry.points is not None or entry.check == TOTAL):
        what = "points" if entry.points is not None else "check"
        yield ("leave",), f"`leave: true` keeps what the grader found; remove `{what}`, or `leave`"
    if entry.check and entry.points is None and not entry.leave:
        yield ("check",), "the points are missing; add `points`, or `leave: true` if they stay as they are"
    if entry.points is not None and not entry.reason.strip():
        yield ("check",), "the reason is missing; add `reason`, which the student sees"
    if entry.points is not None and not 0 <= entry.points < math.inf:
        yield ("points",), "points must be a number, 0 or more"


def unknown(known: Overrides) -> Iterator[str]:
    """A sentence for each name that means nobody in the class, or different people, and for each entry that was
    decided about another submission than the person's."""
    for who in dict.fromkeys(entry.who for entry in known.entries):
        ids = known.naming.named(who)
        if not ids:
            yield f"{known.path}: there is no submission of {who!r} in this class, so nothing is changed for it"
        elif known.naming.doubtful(who):
            yield f"{known.path}: {doubt(who, ids)}; until then nothing is changed for {who!r}"
    for entry in known.entries:
        if known.naming.named(entry.who) and not known.naming.doubtful(entry.who) and not known.about(entry):
            yield f"{known.path}: {moved(known, entry)}"


def moved(known: Overrides, entry: Override) -> str:
    """Say that somebody is in another submission now than the one that was decided about."""
    what = "the comment" if not entry.check and not entry.leave else f"the decision about {entry.check or 'the whole'}"
    now = join_first([clean(id) for id in known.naming.named(entry.who)])
    there = entry.submission in known.naming.people
    keep = "; to keep it there, write that under `who` and remove `submission`" if there else ", which is gone"
    return (
        f"{what} for {clean(entry.who)!r} was about {clean(entry.submission)!r}{keep}. It is not applied to {now}, "
        "where this person is now; decide about that again"
    )


def doubt(who: str, ids: Sequence[str]) -> str:
    """Say that a name means submissions of different people."""
    several = join_first([clean(id) for id in ids])
    return f"{clean(who)!r} means submissions of different people ({several}); use an email or a submission instead"
