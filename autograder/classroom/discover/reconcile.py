"""Give every person one row: the newest submission counts, and whoever submitted nothing is listed too."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from autograder.classroom import same_person
from autograder.classroom.discover.model import NO_FOLDER, NOTHING, Absent, ClassSubmission, Intake, LeftAside
from autograder.classroom.same_person import Emails, Key
from autograder.roster import Person, Roster, identity
from autograder.text import clean, join_first


class _Seen(dict[Key, str]):
    """The submission that counts for each person so far, by what identifies the person."""

    def __init__(self, emails: Emails) -> None:
        """emails: of everybody in the class, by student ID."""
        super().__init__()
        self._emails = emails

    def id_of(self, person: Person) -> str:
        """The submission that counts for a person; "" if there is none yet, or if only a name is known."""
        key = same_person.key(person, self._emails)
        return self.get(key, "") if key else ""

    def add(self, person: Person, id: str) -> None:
        """Count a submission for a person."""
        if key := same_person.key(person, self._emails):
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
    listed = [Person(each.name, each.email, each.sid) for each in roster.students]
    groups = [each.people for each in intake.submissions] + [each.people for each in intake.absent]
    emails = same_person.emails_by_sid([*chain.from_iterable(groups), *listed])
    seen = _Seen(emails)
    kept: dict[int, ClassSubmission] = {}
    aside: list[LeftAside] = []
    older: dict[str, list[str]] = {}
    newest_first = sorted(enumerate(intake.submissions), key=lambda each: (-time_of(each[1]), -each[0]))
    for index, each in newest_first:
        nameless = ("name", called[index] if not (each.people or each.platform) else "")
        others = dict.fromkeys(filter(None, (*map(seen.id_of, each.people), seen.get(nameless, ""))))
        people = tuple(_new(each.people, seen, each.id))
        if nameless[1]:
            seen.setdefault(nameless, each.id)
        for id in others:
            older.setdefault(id, []).append(each.id)
        if people or not others:
            kept[index] = replace(each, people=people, note=_note(each, people, others))
        else:
            why = f"{clean(each.who)} submitted again: {join_first(list(others))} counts"
            aside += [LeftAside(source, why) for source in each.sources]
    absent = list(_absent(intake.absent, seen, aside))
    absent += [Absent(NOTHING, (person,)) for person in _new(listed, seen, NOTHING)]
    on_list = {same_person.key(person, emails) for person in listed}
    found = [_noticed(kept[index], emails, on_list) for index in sorted(kept)]
    return Intake(tuple(_flagged(found, older)), tuple(absent), (*intake.left_aside, *aside))


def _new(people: Iterable[Person], seen: _Seen, id: str) -> Iterator[Person]:
    """Those people who have no submission yet; each of them has this one from now on. id: not empty."""
    for person in people:
        if not seen.id_of(person):
            seen.add(person, id)
            yield person


def _note(each: ClassSubmission, people: Sequence[Person], others: Iterable[str]) -> str:
    gone = [str(person) for person in each.people if person not in people]
    newer = f"{join_first(gone)} submitted again: {join_first(list(others))} counts there" if gone and others else ""
    return "; ".join(filter(None, (each.note, newer)))


def _noticed(each: ClassSubmission, emails: Emails, on_list: Collection[Key | None]) -> ClassSubmission:
    """The same submission, with a note on people who are not on the class list, and on student IDs that somebody with
    another email has too.

    on_list: what identifies everybody on the class list; empty if there is none.
    """
    shared = [person for person in each.people if len(emails.get(identity(person.sid), ())) > 1]
    notes = [f"somebody else has the student ID of {person} too" for person in shared]
    strangers = [str(person) for person in each.people if same_person.key(person, emails) not in on_list]
    if on_list and (strangers or not each.people):
        notes.append(f"not on the class list: {join_first(strangers)}" if strangers else "not on the class list")
    return replace(each, note="; ".join(filter(None, (each.note, *notes))))


def _flagged(found: Iterable[ClassSubmission], older: dict[str, list[str]]) -> Iterator[ClassSubmission]:
    """The same submissions, with a note on those whose people submitted an older one too."""
    for each in found:
        ids = older.get(each.id)
        twice = f"submitted more than once; the newest counts, not {join_first(ids)}" if ids else ""
        yield replace(each, note="; ".join(filter(None, (each.note, twice))))


def _absent(absent: Iterable[Absent], seen: _Seen, aside: list[LeftAside]) -> Iterator[Absent]:
    """Those people in the metadata who have no submission elsewhere."""
    for each in absent:
        ids = list(map(seen.id_of, each.people))
        people = tuple(_new(each.people, seen, each.id))
        if people or not each.people:
            yield replace(each, people=people)
        else:
            counts = join_first(sorted(set(filter(None, ids))))
            aside.append(LeftAside(each.id, f"{NO_FOLDER.lower()}; {counts} counts for {join_first(_names(each))}"))


def _names(each: Absent) -> list[str]:
    return [str(person) for person in each.people]
