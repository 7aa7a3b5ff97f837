"""Who is the same person in several submissions and on the roster.

Somebody with neither email nor student ID, as in a download of Moodle or Canvas, is on the roster if only one student
there has the name, and nobody else in the class.

A download from Canvas has Canvas's own ID of a student, in the names of the files ("lovelaceada_901_4711_Lab4.py"). A
gradebook that Canvas exported has it in its column ID. It counts only if the name agrees: a student chooses the name of
a file, and may choose a display name that ends in a number.
"""

from collections import Counter
from collections.abc import Sequence

from autograder.classroom import names, same_person
from autograder.roster import CANVAS, Person, Roster, Student

_Key = tuple[str, str]  # as in `same_person`, or "place" and the place in the class


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
    emails = same_person.emails_by_sid(people)
    keys = [same_person.key(person, emails) or ("place", str(place)) for place, person in enumerate(people)]
    first: dict[_Key, int] = {}
    for place, key in enumerate(keys):
        first.setdefault(key, place)
    students = _students(people, keys, roster or Roster(), submissions or [""] * len(people))
    return [~students[key] if key in students else first[key] for key in keys]


def _students(
    people: Sequence[Person], keys: Sequence[_Key], roster: Roster, submissions: Sequence[str]
) -> dict[_Key, int]:
    """The position on the roster of everybody who is on it, by key. An email counts before a student ID."""
    places = {id(student): place for place, student in enumerate(roster.students)}
    by_name = names.index((way, each) for each in roster.students for way in names.ways(each.name))
    on_canvas = [each for each in roster.students if each.columns.keys() >= CANVAS and each.columns["ID"]]
    by_canvas = {each.columns["ID"]: each for each in on_canvas}
    found: dict[_Key, int] = {}
    for person, key in zip(people, keys, strict=True):
        if student := roster.find(email=person.email):
            found[key] = places[id(student)]
    taken = set(found.values())
    called = [
        names.find(by_name, person.name) if key[0] == "place" else None
        for person, key in zip(people, keys, strict=True)
    ]
    often = Counter(id(each) for each in called if each)
    for person, key, submission, meant in zip(people, keys, submissions, called, strict=True):
        student = same_person.on_roster(person, roster) or _by_canvas_id(
            person, by_canvas.get(_first_number(submission))
        )
        if student is None and meant and often[id(meant)] == 1:
            student = meant
        if student and key not in found and places[id(student)] not in taken:
            found[key] = places[id(student)]
    return found


def _by_canvas_id(person: Person, student: Student | None) -> Student | None:
    """The student with the ID in a file's name, if the name before it is the student's too."""
    if student is None or person.email:
        return None
    return student if names.same(person.name, student.name) else None


def _first_number(submission: str) -> str:
    """The first number between underscores: in a name that Canvas made, its ID of the student."""
    return next((part for part in submission.split("_")[1:] if part.isdecimal()), "")
