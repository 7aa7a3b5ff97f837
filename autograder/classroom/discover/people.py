"""Say who is who by the class list: what platforms and students make of a name, an email or a student number."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from autograder.classroom import names, same_person
from autograder.classroom.discover.model import ClassSubmission
from autograder.individual.table import folder_name
from autograder.roster import EMAIL, Person, Roster, Student, identity


@dataclass(frozen=True)
class ClassList:
    """A roster that is searched by names too."""

    roster: Roster

    @property
    def stems(self) -> Iterator[str]:
        """How files of the students may be named, apart from their full names."""
        for each in self.roster.students:
            yield from filter(None, (folder_name(each), each.email, each.sid, each.email.partition("@")[0]))

    def knows(self, name: str) -> bool:
        """Whether somebody on the class list may be called so."""
        return bool(self._by_name(Person(name, "", "")))

    def identified(self, found: Sequence[ClassSubmission], called: Sequence[str]) -> list[ClassSubmission]:
        """The same submissions with people as the roster knows them.

        A name is taken for a student only if nobody else on the roster has it, and no other submission from the same
        platform: there two people with one name are two people.

        Args:
            found: the submissions.
            called: for each of them, what its name says about who submitted; it counts where nobody is known.
        """
        people = [each.people or (_person(name),) for each, name in zip(found, called, strict=True)]
        named = [[self._by_name(person) for person in who] for who in people]
        for who, row, name in zip(people, named, called, strict=True):
            if len(who) == 1 and not row[0] and not (who[0].email or who[0].sid):
                row[0] = self._by_name(Person(name, "", ""))
        pairs = zip(found, named, strict=True)
        often = Counter((each.platform, who) for each, row in pairs if each.platform for who in row if who)
        known = []
        for each, who, row in zip(found, people, named, strict=True):
            sure = ["" if often[each.platform, one] > 1 else one for one in row]
            complete = (self._completed(*pair) for pair in zip(who, sure, strict=True))
            # Without a platform a name alone says nothing about a person: it is whatever the folder was called.
            kept = tuple(one for one in complete if each.people or one.email or one.sid)
            known.append(replace(each, people=kept))
        return known

    def _completed(self, person: Person, meant: str) -> Person:
        student = self._students[meant] if meant else same_person.on_roster(person, self.roster)
        if student is None:
            return person
        return Person(student.name or person.name, student.email or person.email, student.sid or person.sid)

    def _by_name(self, person: Person) -> str:
        """The identity of the student with the name of a person of whom nothing else is known; "" if there is none."""
        if person.email or person.sid:
            return ""
        meant = self._names.get(identity(person.name), ())
        return meant[0] if len(meant) == 1 else names.find(self._names, person.name) or ""

    @cached_property
    def _students(self) -> dict[str, Student]:
        return {each.identity: each for each in self.roster.students}

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """The identities of the students with a name."""
        keys: list[tuple[str, str]] = []
        for each in self.roster.students:
            others = (each.email, each.sid, each.email.partition("@")[0], folder_name(each))
            called = names.ways(each.name).union(filter(None, map(identity, others)))
            keys += [(name, each.identity) for name in called]
        return names.index(keys)


def _person(called: str) -> Person:
    """Who is meant by the name of a folder or file: an email, as `autograder handout --roster` names folders; else
    only a name."""
    text = re.sub(r"%([0-9a-f]{2,6})", lambda found: _character(found[1]), called)
    return Person("", text, "") if EMAIL.fullmatch(text) and "." in text.partition("@")[2] else Person(called, "", "")


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number < 0x110000 and chr(number).isprintable() else f"%{code}"
