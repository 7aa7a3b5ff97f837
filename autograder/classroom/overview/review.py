"""Which submissions an instructor has to look at, and why."""

from collections.abc import Iterator

from autograder.classroom.discover.model import NO_FOLDER
from autograder.classroom.overview.collect import ClassData
from autograder.text import join_names


def reasons(found: ClassData) -> dict[int, list[str]]:
    """Every reason to look at a submission, decided or not, by its position; nothing in it identifies somebody else."""
    why: dict[int, list[str]] = {}
    for index, student in enumerate(found.students):
        near = [f"near miss in {join_names(student.near)}"] if student.near else []
        if both := [*filter(None, [student.problem]), *near]:
            why[index] = both
    for index, what in dict.fromkeys((index, what) for what, group in alike(found) for index in group):
        why.setdefault(index, []).append(f"same {what} as others")
    return why


def alike(found: ClassData) -> Iterator[tuple[str, tuple[int, ...]]]:
    """What submissions have in common ("program", "wrong numbers"), and the positions of those that do."""
    yield from (("program", each.students) for each in found.copies)
    yield from (("wrong numbers", each.students) for each in found.similar)


def to_review(found: ClassData) -> set[int]:
    """The positions of the submissions with a reason that nobody has decided about, as in the worklist, and of those
    that a platform knows but did not hand over."""
    students = found.students
    open_ones = {index for index in reasons(found) if students[index].near or not students[index].decided}
    open_ones -= {index for index, student in enumerate(students) if student.left_out}
    return open_ones | {index for index, student in enumerate(students) if student.status == NO_FOLDER}
