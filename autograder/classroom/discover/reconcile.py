"""Give every person one row: the newest submission counts, and whoever submitted nothing is listed too."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from autograder.classroom.discover.model import NO_FOLDER, NOTHING, Absent, ClassSubmission, Intake, LeftAside
from autograder.roster import Person, Roster, identity
from autograder.text import clean, join_first

_Key = tuple[str, str]  # what tells one from all others: its kind, and the email, number or name


class _Seen(dict[_Key, str]):
    """The submission that counts for each person so far, by all keys of the person."""

    def id_of(self, keys: Iterable[_Key]) -> str:
        """The submission that counts for whoever has these keys; "" if there is none yet."""
        return next((self[key] for key in keys if key in self), "")

    def add(self, keys: Iterable[_Key], id: str) -> None:
        """Count a submission for whoever has these keys."""
        for key in keys:
            self.setdefault(key, id)


def once(intake: Intake, called: Sequence[str], roster: Roster, time_of: Callable[[ClassSubmission], float]) -> Intake:
    """The same intake with each person in it once, and everybody on the roster.

    Args:
        intake: what was found.
        called: for each submission, what its name says about who submitted; two with one name and nobody known are
            one person's.
        roster: who should have submitted.
        time_of: when a submission was made or, if that is unknown, when its file was written.
    """
    seen = _Seen()
    kept: dict[int, ClassSubmission] = {}
    aside: list[LeftAside] = []
    older: dict[str, list[str]] = {}
    newest_first = sorted(enumerate(intake.submissions), key=lambda each: (-time_of(each[1]), -each[0]))
    for index, each in newest_first:
        nameless = [("name", called[index])] if called[index] and not (each.people or each.platform) else []
        others = {id: None for keys in (*map(_keys, each.people), nameless) if (id := seen.id_of(keys))}
        people = tuple(_new(each.people, seen, each.id))
        seen.add(nameless, each.id)
        for id in others:
            older.setdefault(id, []).append(each.id)
        if people or not others:
            kept[index] = replace(each, people=people, note=_note(each, people, others))
        else:
            why = f"{clean(each.who)} submitted again: {join_first(list(others))} counts"
            aside += [LeftAside(source, why) for source in each.sources]
    absent = list(_absent(intake.absent, seen, aside))
    missing = [Person(each.name, each.email, each.sid) for each in roster.students]
    absent += [Absent(NOTHING, (person,)) for person in _new(missing, seen, NOTHING)]
    found = [kept[index] for index in sorted(kept)]
    return Intake(tuple(_flagged(found, older)), tuple(absent), (*intake.left_aside, *aside))


def _new(people: Iterable[Person], seen: _Seen, id: str) -> Iterator[Person]:
    """Those people who have no submission yet; each of them has this one from now on. id: not empty."""
    for person in people:
        if not seen.id_of(_keys(person)):
            seen.add(_keys(person), id)
            yield person


def _note(each: ClassSubmission, people: Sequence[Person], others: Iterable[str]) -> str:
    gone = [str(person) for person in each.people if person not in people]
    newer = f"{join_first(gone)} submitted again: {join_first(list(others))} counts there" if gone and others else ""
    return "; ".join(filter(None, (each.note, newer)))


def _flagged(found: Iterable[ClassSubmission], older: dict[str, list[str]]) -> Iterator[ClassSubmission]:
    """The same submissions, with a note on those whose people submitted an older one too."""
    for each in found:
        ids = older.get(each.id)
        twice = f"submitted more than once; the newest counts, not {join_first(ids)}" if ids else ""
        yield replace(each, note="; ".join(filter(None, (each.note, twice))))


def _absent(absent: Iterable[Absent], seen: _Seen, aside: list[LeftAside]) -> Iterator[Absent]:
    """Those people in the metadata who have no submission elsewhere."""
    for each in absent:
        ids = [seen.id_of(_keys(person)) for person in each.people]
        people = tuple(_new(each.people, seen, each.id))
        if people or not each.people:
            yield replace(each, people=people)
        else:
            counts = join_first(sorted(set(filter(None, ids))))
            aside.append(LeftAside(each.id, f"{NO_FOLDER.lower()}; {counts} counts for {join_first(_names(each))}"))


def _names(each: Absent) -> list[str]:
    return [str(person) for person in each.people]


def _keys(person: Person) -> list[_Key]:
    """What tells a person from all others; nothing where only a name is known, which two people may share."""
    identifiers = (("email", identity(person.email)), ("sid", identity(person.sid)))
    return [each for each in identifiers if each[1]]
