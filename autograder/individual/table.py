"""Write the roster with everybody's inputs, and a folder with a handout for each student."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder import roster
from autograder.fileio import CannotWrite, cannot_write
from autograder.graph.array_notation import plain
from autograder.individual.course import ROSTER, Course, columns
from autograder.roster import Student, escape_formulas
from autograder.rubric import Lab
from autograder.text import clean


def roster_csv(course: Course) -> str:
    """The roster as CSV with everybody's inputs. Read as a roster, it keeps these inputs.

    Raises FileError if inputs cannot be drawn.
    """
    return roster.to_csv(_rows(course), "\n")


def _rows(course: Course) -> Iterator[list[str]]:
    yield ["Name", "Email", "SID", *columns(course.lab)]
    for student, inputs in course.everybody():
        numbers = [plain(inputs[graph][name], "{:.12g}".format) for graph, name in columns(course.lab).values()]
        yield [*(escape_formulas(clean(cell)) for cell in (student.name, student.email, student.sid)), *numbers]


def individual_handouts(course: Course, out: Path, write: Callable[[Lab, Path], None]) -> list[Path]:
    """Write the folder `out`: a folder for each student on the roster, and the roster with their inputs.

    It is written under another name and renamed, so it is complete or absent.

    Args:
        course: the course.
        out: the folder to make, which must not exist.
        write: writes the handout for a lab with a student's inputs into an empty folder.

    Returns the students' folders. Raises FileError, CannotWrite and what `write` raises.
    """
    if out.exists():
        raise CannotWrite(f"{out}: it exists already")
    temporary = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        temporary.mkdir(parents=True)
        for student, _ in course.everybody():
            (temporary / folder_name(student)).mkdir()
            write(course.lab_of(student), temporary / folder_name(student))
        (temporary / ROSTER).write_text(roster_csv(course), encoding="utf-8")
        temporary.rename(out)
    except OSError as error:
        raise cannot_write(out, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return [out / folder_name(student) for student, _ in course.everybody()]


def folder_name(student: Student) -> str:
    """A name for the student's folder on any system: the email or SID, with other characters as their code points."""
    return re.sub(r"[^a-z0-9@._+-]|^[.-]|\.$", lambda found: f"%{ord(found[0]):x}", student.identity)
