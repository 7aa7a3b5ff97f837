"""One gradebook over all labs of a course: a row for each person, a column for each lab."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.classroom.handover import gradebook
from autograder.classroom.handover.gradebook import Gradebook, GradebookRow, NoGrades
from autograder.classroom.handover.people import same_people
from autograder.course_file import Course
from autograder.roster import Person, Roster


def collect(course: Course, grades: Path, names: Sequence[str], roster: Roster | None = None) -> Gradebook:
    """Collect the grades of all labs that are graded.

    Args:
        course: the course.
        grades: the folder with a folder for each lab, as `autograder course grade` writes it.
        names: the labs that count.
        roster: who gets a row, in its order. Without it, everybody who submitted in some lab does.

    Returns:
        A gradebook in which the labs stand in the place of checks. A lab that is not graded yet has no column and does
        not count; a person's total is the sum of the labs in which they have a grade.

    Raises:
        NoGrades: no lab is graded, or not all of one by the same rubric.
        NoClass, Locked, FileError: as for the gradebook of a class.
    """
    books = {name: gradebook.collect(grades / name, roster) for name in names if (grades / name).is_dir()}
    if not books:
        raise NoGrades(f"{grades}: no lab of the course is graded; run `autograder course grade` first")
    worth = {name: course.labs[name].points or book.out_of for name, book in books.items()}
    remarks = [f"{name}: {remark}" for name, book in books.items() for remark in book.remarks]
    waiting = [name for name in names if name not in books]
    remarks += [f"not graded yet, so without a column: {', '.join(waiting)}"] if waiting else []
    labs = tuple((name, book.lab, worth[name]) for name, book in books.items())
    return Gradebook(_rows(books, worth, roster), sum(worth.values()), labs, course.title, tuple(remarks))


def _rows(
    books: Mapping[str, Gradebook], worth: Mapping[str, float], roster: Roster | None
) -> tuple[GradebookRow, ...]:
    """A row for each person, in the order of the roster or of the labs."""
    entries = [(name, row) for name, book in books.items() for row in book.rows]
    who_is = same_people([Person(row.name, row.email, row.sid) for _, row in entries], roster)
    found: dict[int, dict[str, GradebookRow]] = {}
    for place, (name, row) in zip(who_is, entries, strict=True):
        found.setdefault(place, {})[name] = row
    on_roster = sorted((place for place in found if place < 0), reverse=True)  # ~0, ~1, …
    others = [place for place in found if place >= 0]
    return tuple(_row(found[place], books, worth) for place in (*on_roster, *others))


def _row(mine: Mapping[str, GradebookRow], books: Mapping[str, Gradebook], worth: Mapping[str, float]) -> GradebookRow:
    points: dict[str, float] = {}
    status, feedback = [], []
    for name, book in books.items():
        row = mine.get(name)
        if row is None or row.total is None:
            why = row.status if row and row.status else gradebook.NOTHING
            status.append(f"{name}: {why}")
            feedback.append(f"{name}: {why}")
            continue
        points[name] = row.total * worth[name] / book.out_of if book.out_of else 0.0
        status += [f"{name}: {row.status}"] if row.status else []
        feedback.append(
            f"{name}: {points[name]:.4g} of {worth[name]:g}" + (f"; {row.feedback}" if row.feedback else "")
        )
    known = gradebook.all_known(Person(row.name, row.email, row.sid) for row in mine.values())
    return GradebookRow(
        *(known.name, known.email, known.sid, sum(points.values()) if points else None),
        *("; ".join(status), ";\n".join(feedback), points),
        columns=next(iter(mine.values())).columns,
    )
