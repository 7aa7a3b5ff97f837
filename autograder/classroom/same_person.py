"""Who is the same person, in several submissions and on the class list.

An email identifies a person. Somebody without one is identified by the student ID. Two people with different emails
stay two, even if they have the same student ID: it is often mistyped, and nobody may be lost.
"""

from collections.abc import Iterable, Mapping

from autograder.classroom import names
from autograder.roster import Person, Roster, Student, identity

Key = tuple[str, str]  # what identifies a person: "email" or "sid", and that
Emails = Mapping[str, frozenset[str]]  # of everybody with a student ID


def emails_by_sid(people: Iterable[Person | Student]) -> Emails:
    """The emails of all who have each student ID, as `identity` writes both."""
    found: dict[str, set[str]] = {}
    for each in people:
        if identity(each.email) and identity(each.sid):
            found.setdefault(identity(each.sid), set()).add(identity(each.email))
    return {sid: frozenset(emails) for sid, emails in found.items()}


def key(person: Person, emails: Emails) -> Key | None:
    """What identifies a person; None if only a name is known, which two people may share.

    emails: of everybody in the class. Somebody with a student ID alone is the one whose email goes with it.
    """
    if email := identity(person.email):
        return "email", email
    sid = identity(person.sid)
    if not sid:
        return None
    with_it = emails.get(sid, frozenset())
    return ("email", next(iter(with_it))) if len(with_it) == 1 else ("sid", sid)


def on_roster(person: Person, roster: Roster) -> Student | None:
    """The student on the class list who this is, by email or student ID.

    The student ID of somebody with another email counts only if the name is the same too.
    """
    if student := roster.find(email=person.email):
        return student
    student = roster.find(sid=person.sid)
    if student is None or not (identity(person.email) and identity(student.email)):
        return student
    return student if names.same(person.name, student.name) else None
