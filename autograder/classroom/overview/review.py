"""Which submissions an instructor has to look at, and why."""

from autograder.classroom.discover.model import NO_FOLDER
from autograder.classroom.overview.collect import ClassData
from autograder.classroom.overview.similar_answers import find_similar
from autograder.text import join_names


def reasons(found: ClassData) -> dict[int, list[str]]:
    """Every reason to look at a submission, decided or not, by its position; nothing in it identifies somebody else."""
    why: dict[int, list[str]] = {}
    for index, student in enumerate(found.students):
        near = [f"near miss in {join_names(student.near)}"] if student.near else []
        if both := [*filter(None, [student.problem]), *near]:
            why[index] = both
    for what, groups in (
        ("same program as others", found.copies),
        ("same wrong numbers as others", find_similar(found.wrong, found.graded)),
    ):
        for index in {index for group in groups for index in group.students}:
            why.setdefault(index, []).append(what)
    return why


def to_review(found: ClassData) -> set[int]:
    """The positions of the submissions with a reason that nobody has decided about, as in the worklist, and of those
    that a platform knows but did not hand over."""
    students = found.students
    open_ones = {index for index in reasons(found) if students[index].near or not students[index].decided}
    open_ones -= {index for index, student in enumerate(students) if student.left_out}
    return open_ones | {index for index, student in enumerate(students) if student.status == NO_FOLDER}
