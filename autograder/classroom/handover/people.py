"""Who is the same person in several submissions and on the roster.

An email identifies a person. Somebody without one is identified by the student ID, and somebody with neither, as in a
download of Moodle or Canvas, by a name that only one student on the roster has. Two people with different emails stay
two, even if they have the same student ID: it is often mistyped, and nobody may be lost.

A download from Canvas has Canvas's own ID of a student, in the names of the files ("lovelaceada_901_4711_Lab4.py"). A
gradebook that Canvas exported has it in its column ID.
"""

from collections.abc import Sequence

from autograder.classroom import names
from autograder.roster import CANVAS, Person, Roster, identity


def same_people(people: Sequence[Person], roster: Roster | None = None, submissions: Sequence[str] = ()) -> list[int]:
    """A number for each person, equal for those who are the same.

    Args:
        people: everybody in every submission.
        roster: the class list.
        submissions: the id of each person's submission if it comes from Canvas, else "".

    Returns:
        For each person the position of the first in `people` who is the same; or, for somebody on the roster, ~position
        on the roster, which is below 0.
    """
    keys = _keys(people)
    first: dict[tuple[str, str], int] = {}
    for place, key in enumerate(keys):
        first.setdefault(key, place)
    students = _students(people, keys, roster or Roster(), submissions or [""] * len(people))
    return [~students[key] if key in students else first[key] for key in keys]


def _keys(people: Sequence[Person]) -> list[tuple[str, str]]:
    """What identifies each person: the email, else the student ID, else the place alone."""
    emails: dict[str, set[str]] = {}
    for person in people:
        if identity(person.email) and identity(person.sid):
            emails.setdefault(identity(person.sid), set()).add(identity(person.email))
    return [_key(place, person, emails.get(identity(person.sid), set())) for place, person in enumerate(people)]


def _key(place: int, person: Person, emails: set[str]) -> tuple[str, str]:
    """emails: of all who have the person's student ID."""
    if email := identity(person.email):
        return "email", email
    if sid := identity(person.sid):
        return ("email", *emails) if len(emails) == 1 else ("sid", sid)  # type: ignore[return-value]
    return "place", str(place)


def _students(
    people: Sequence[Person], keys: Sequence[tuple[str, str]], roster: Roster, submissions: Sequence[str]
) -> dict[tuple[str, str], int]:
    """The position on the roster of everybody who is on it, by key. An email counts before a student ID."""
    places = {id(student): place for place, student in enumerate(roster.students)}
    by_name = names.unique((way, each) for each in roster.students for way in names.ways(each.name))
    on_canvas = [each for each in roster.students if each.columns.keys() >= CANVAS and each.columns["ID"]]
    by_canvas = {each.columns["ID"]: each for each in on_canvas}
    found: dict[tuple[str, str], int] = {}
    for person, key in zip(people, keys, strict=True):
        if student := roster.find(email=person.email):
            found[key] = places[id(student)]
    taken = set(found.values())
    for person, key, submission in zip(people, keys, submissions, strict=True):
        student = roster.find(sid=person.sid)
        if student is None and not person.email:
            student = by_canvas.get(_first_number(submission))
        if student is None and key[0] == "place":
            student = names.find(by_name, person.name)
        if student and key not in found and places[id(student)] not in taken:
            found[key] = places[id(student)]
    return found


def _first_number(submission: str) -> str:
    """The first number between underscores: in a name that Canvas made, its ID of the student."""
    return next((part for part in submission.split("_")[1:] if part.isdecimal()), "")
