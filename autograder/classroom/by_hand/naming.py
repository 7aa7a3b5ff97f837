"""Which submission of a class somebody means: by an email, by a student ID, or by the submission's own name.

The three kinds never mix, because students type some of them: a student whose ID is written as somebody else's email
must not get what is meant for that person. What has an "@" is an email; only if nobody has it, it may be the name of a
submission. Anything else is the name of a submission, else a student ID.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from autograder.classroom import store
from autograder.roster import Person, identity


class _Check(msgspec.Struct, frozen=True):
    out_of: float


class _Report(msgspec.Struct, frozen=True):
    checks: tuple[_Check, ...] = ()
    scale: float = 1.0


class _Record(msgspec.Struct, frozen=True):
    """What is needed of a record: reading all of it would take ten times as long."""

    id: str
    people: tuple[Person, ...] = ()
    report: _Report | None = None


class Naming:
    """The submissions of a class, by what names them."""

    def __init__(self, submissions: Iterable[tuple[str, Sequence[Person]]] = ()) -> None:
        """submissions: the id and the people of each."""
        self.people: dict[str, tuple[Person, ...]] = {}
        self.most: float | None = None  # points of the whole; None if nothing is graded
        self._ids: dict[tuple[str, str], dict[str, None]] = {}
        for id, people in submissions:
            self.add(id, people)

    def add(self, id: str, people: Iterable[Person]) -> None:
        """Add a submission, or change who its people are."""
        if self.people.get(id) == (given := tuple(people)):
            return
        self.people[id] = given
        for key in keys(id, given):
            self._ids.setdefault(key, {})[id] = None

    def named(self, who: str) -> list[str]:
        """The ids of the submissions that are meant."""
        name = normal(who)
        ids = self._find("id", name)
        ids = [id for id in ids if _composed(id) == _composed(who)] or ids
        return (self._find("email", name) or ids) if "@" in name else (ids or self._find("sid", name))

    def doubtful(self, who: str) -> bool:
        """Whether several submissions are meant that share no person."""
        ids, name = self.named(who), normal(who)
        if len(ids) < 2 or self._find("email", name) == ids:
            return False
        emails = [{normal(each.email) for each in self.people[id] if normal(each.sid) == name} - {""} for id in ids]
        known = [each for each in emails if each]
        return bool(self._find("id", name)) or bool(known and not set.intersection(*known))

    def _find(self, kind: str, name: str) -> list[str]:
        return [id for id in self._ids.get((kind, name), ()) if (kind, name) in keys(id, self.people[id])]


def read(folder: Path) -> Naming:
    """The submissions that have a record in the folder of a class; none if there are no records."""
    naming = Naming()
    for path in sorted((folder / "records").glob(f"*{store.RECORD}")):
        try:
            record = msgspec.msgpack.decode(path.read_bytes(), type=_Record)
        except (OSError, msgspec.MsgspecError):  # of another version
            continue
        naming.add(record.id, record.people)
        if naming.most is None and record.report and record.report.checks:
            naming.most = round(record.report.scale * sum(each.out_of for each in record.report.checks), 2)
    return naming


def normal(who: str) -> str:
    """A name for comparing: as `roster.identity` writes it, and in one form of Unicode. macOS writes another one."""
    return _composed(identity(who))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def keys(id: str, people: Iterable[Person]) -> set[tuple[str, str]]:
    """What may name a submission, by kind. An ID with an "@" names nobody: it could be somebody else's email."""
    return set(_keys(id, people))


def _keys(id: str, people: Iterable[Person]) -> Iterator[tuple[str, str]]:
    yield "id", normal(id)
    for person in people:
        if email := normal(person.email):
            yield "email", email
        if (sid := normal(person.sid)) and "@" not in sid:
            yield "sid", sid


def code(id: str) -> str:
    """What stands for a submission where nobody may see names; it stays the same when the submission is regraded."""
    return f"code-{hashlib.sha256(id.encode(errors='surrogateescape')).hexdigest()[:10]}"
