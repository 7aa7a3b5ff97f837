"""Find paper answers that are wrong for their student but right for another one: a hint for the instructor."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.checks import diagnosis, paper
from autograder.checks.context import GradingContext
from autograder.graph.array_notation import flat
from autograder.graph.operation import Value
from autograder.individual.course import Course
from autograder.individual.personal_lab import PersonalLab
from autograder.roster import Student
from autograder.rubric import Lab, Tolerance, expected

LEAST = 2  # answers that must agree; one alone may be chance
MOST_NAMED = 3


@dataclass(frozen=True)
class Filled:
    """A student's answers in one section."""

    given: Mapping[str, Value]
    right: Mapping[str, Value]  # for this student
    tolerances: Mapping[str, Tolerance]

    @property
    def wrong(self) -> bool:
        """Whether at least one answer is wrong."""
        return any(not self.near(name, value, self.right[name]) for name, value in self.given.items())

    def is_right_for(self, theirs: Mapping[str, Value]) -> bool:
        """Whether the answers agree with another student's right answers wherever these differ from this student's."""
        telling = [name for name in self.given if not self.near(name, self.right[name], theirs[name])]
        return len(telling) >= LEAST and all(self.near(name, self.given[name], theirs[name]) for name in telling)

    def distance(self, theirs: Mapping[str, Value]) -> float:
        """The sum of the relative distances of the answers from another student's right ones."""
        return sum(_distance(value, theirs[name]) for name, value in self.given.items())

    def near(self, name: str, value: Value, right: Value) -> bool:
        """Whether a value is right for an answer, within its tolerance."""
        return self.tolerances[name].allows(value, right)


def hints(course: Course, personal: PersonalLab, context: GradingContext) -> Iterator[str]:
    """A sentence for each section whose answers are right for others on the roster, with their names.

    There is none if a single mistake explains the answers from the student's own inputs, because that is more likely.

    Args:
        course: the course.
        personal: the lab that the submission is graded with.
        context: the submission and its lab.

    Raises FileError if the inputs of the others cannot be drawn.
    """
    if personal.student is None or not course.roster.students:
        return
    for section in personal.lab.paper():
        filled = _filled(section, context)
        others = _others(course, personal, section, filled) if filled.wrong else []
        if not others or _explained(section, filled, context):
            continue
        names = ", ".join(map(str, others[:MOST_NAMED]))
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        yield (
            f"please review: the paper answers in {section} are wrong for {personal.student}, but right for "
            f"{names}{more}. There may be a harmless reason"
        )


def _filled(section: str, context: GradingContext) -> Filled:
    lab = context.lab
    tolerances = lab.paper_tolerances(section)
    given = paper.numbers(context, section, tuple(tolerances))
    return Filled(given, _right(lab, section, given, lab.published(section)), tolerances)


def _others(course: Course, personal: PersonalLab, section: str, filled: Filled) -> list[Student]:
    """The students for whom the answers are right, the nearest first."""
    members = {member.identity for member in personal.members}
    found = []
    for student, inputs in course.everybody():
        theirs = _right(course.lab, section, filled.given, inputs[section])
        if student.identity not in members and filled.is_right_for(theirs):
            found.append((filled.distance(theirs), student))
    return [student for _, student in sorted(found, key=lambda each: each[0])]


def _right(lab: Lab, section: str, names: Mapping[str, Value], inputs: Mapping[str, Value]) -> dict[str, Value]:
    return expected(lab.graphs[section], names, inputs)


def _distance(value: Value, right: Value) -> float:
    """The relative distance; of arrays the mean of their elements'."""
    pairs = list(zip(flat(value), flat(right), strict=False))
    return sum(abs(number - other) / (abs(other) or 1.0) for number, other in pairs) / (len(pairs) or 1)


def _explained(section: str, filled: Filled, context: GradingContext) -> bool:
    return any(len(each) == 1 for each in diagnosis.on_paper(section, filled.given, context).explanations)
