"""The students of an individual lab, and the lab as each of them has it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder import course_file, roster
from autograder.graph import shape_of
from autograder.graph.operation import Value
from autograder.individual.quality import published_inputs
from autograder.individual.variants import Inputs, Variants
from autograder.mistakes.for_lab import Mistakes
from autograder.roster import Roster, Student, email_or_sid
from autograder.rubric import FileError, Lab

ROSTER = "roster.csv"  # beside rubric.yaml


@dataclass(frozen=True)
class Course:
    """A lab, the roster beside it if there is one, and every student's inputs.

    Inputs in the roster count first, so that handouts stay valid whatever changes later. All others are drawn from the
    course's key.
    """

    lab: Lab
    roster: Roster
    mistakes: Mistakes  # those that are possible in the lab as its rubric publishes it

    def student(self, email: str = "", sid: str = "") -> Student:
        """The student with this email or SID: from the roster, or a new one."""
        return self.roster.find(email, sid) or Student("", email.strip(), sid.strip())

    def inputs(self, student: Student) -> Inputs:
        """The published inputs of a student. Raises FileError if the rubric's rules leave nothing to draw."""
        if not student.numbers:
            return self._variants.inputs(student.identity)
        found: dict[str, dict[str, Value]] = {}
        for column, (graph, name) in columns(self.lab).items():
            found.setdefault(graph, {})[name] = self._from_roster(student, column, graph, name)
        return found

    def _from_roster(self, student: Student, column: str, graph: str, name: str) -> Value:
        """A number, a vector or a matrix in the roster. Raises FileError if its shape is not the published one."""
        wanted, value = self.lab.shapes(graph).get(name, ()), None
        with suppress(ValueError):  # NumPy's, for rows that are not equally long
            value = self.lab.graphs[graph].given({name: student.numbers[column]})[name]
        if value is None or isinstance(value, list) or shape_of(value) != wanted:
            what = f"lists of the shape {wanted}, such as the published ones" if wanted else "one number"
            raise FileError(f"{ROSTER}, {student}, column {column}: this must be {what}")
        return value

    def lab_of(self, student: Student) -> Lab:
        """The lab with the student's inputs as the published ones. Raises FileError as `inputs` does."""
        return self.lab.with_published(self.inputs(student))

    def mistakes_of(self, lab: Lab) -> Mistakes:
        """The mistakes that are possible in a student's lab."""
        return Mistakes(lab, like=self.mistakes)

    def everybody(self) -> Iterator[tuple[Student, Inputs]]:
        """All students on the roster with their inputs, which are drawn at the first call."""
        return ((student, self._inputs[student.identity]) for student in self.roster.students)

    @cached_property
    def _inputs(self) -> Mapping[str, Inputs]:
        return {student.identity: self.inputs(student) for student in self.roster.students}

    @cached_property
    def _variants(self) -> Variants:
        return Variants(self.lab, self.mistakes)


def course(lab: Lab, mistakes: Mistakes | None = None, class_list: Path | None = None) -> Course:
    """The course of a lab.

    Args:
        lab: the lab.
        mistakes: those that are possible in it; None computes them.
        class_list: the roster; None for the one beside the rubric or that of the lab's course, if there is one.

    Raises FileError.
    """
    path = class_list or roster_file(lab)
    known = roster.read(path, tuple(columns(lab))) if path else Roster()
    return Course(lab, known, mistakes or Mistakes(lab))


def roster_file(lab: Lab) -> Path | None:
    """The roster beside the rubric, else that of the lab's course; None if there is none."""
    beside = lab.folder / ROSTER
    if beside.is_file():
        return beside
    found = course_file.of_lab(lab.folder)
    return found[0].roster if found else None


def lab_of(lab: Lab, who: str) -> Lab:
    """The lab of one student, an email or SID, with the roster beside the rubric. Raises FileError."""
    here = course(lab)
    return here.lab_of(here.student(*email_or_sid(who)))


def columns(lab: Lab) -> dict[str, tuple[str, str]]:
    """The roster's columns of numbers, named like "task1.x", each with its graph and input."""
    return {
        f"{name}.{each}": (name, each)
        for name, entry in lab.rubric.graphs.items()
        if name in lab.known_graphs
        for each in published_inputs(entry, lab.graphs[name])
    }
