"""Numbers of one's own in a lab with vectors and matrices: drawn in the published shapes, listed, and graded with."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from autograder import individual, rubric
from autograder.checks import paper
from autograder.checks.context import GradingContext
from autograder.graph import parse
from autograder.graph.array_graph import ArrayGraph
from autograder.graph.array_notation import nested, plain
from autograder.individual import matching_answers, table
from autograder.individual.course import ROSTER, Course
from autograder.individual.personal_lab import PersonalLab, choose_lab
from autograder.individual.quality import exercise_of
from autograder.individual.rule import draw_rule
from autograder.roster import Person
from autograder.rubric import FileError, GraphEntry, Lab, PaperCheck, expected
from autograder.rubric.draw import DrawnArray
from autograder.submission import Submission
from autograder.submission.answers.parse import parse_answers

LINES = "Name,Email,SID\nAda,ada@example.edu,11\nAlan,alan@example.edu,12\n"
ADA, ALAN = Person("Ada", "ada@example.edu", ""), Person("Alan", "alan@example.edu", "")
Published = dict[str, Any]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The lab on linear regression with numbers of one's own, and a roster of two."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "labs/linear_regression/reference", folder / "reference")
    text = (ROOT / "labs/linear_regression/rubric.yaml").read_text()
    (folder / "rubric.yaml").write_text(text.replace("\npoints: 100\n", "\npoints: 100\nindividual: true\n"))
    (folder / ROSTER).write_text(LINES)
    return individual.course(rubric.load(folder))


def published(lab: Lab) -> Published:
    return {name: nested(value) for name, value in lab.published("regression").items()}


def answered(lab: Lab) -> Submission:
    """The right answers of a lab on paper."""
    asked = lab.paper()["regression"]
    right = expected(lab.graphs["regression"], asked, lab.published("regression"))
    text = "regression:\n" + "".join(f"  {name}: {plain(value)}\n" for name, value in right.items())
    return Submission((), None, parse_answers(text, "answers.yaml", arrays=True), (), ())


def graded(personal: PersonalLab, submission: Submission) -> list[float]:
    context = GradingContext(personal.lab, submission, personal.mistakes)
    return [paper.grade(each, context).points for each in personal.lab.rubric.checks if isinstance(each, PaperCheck)]


def test_the_rule_keeps_shapes_magnitudes_and_labels() -> None:
    inputs = {"X": [[1, 2.5, 0], [3, -4, 2]], "W": [[1, 1, 1]] * 3, "b": [0, 0, 0], "y": [2, 0]}
    nodes = {"z": "X @ W", "t": "z + b", "loss": "cross_entropy(t, y)"}
    graph = ArrayGraph(("X", "W", "b", "y"), parse(nodes).nodes)
    drawn = draw_rule(GraphEntry(dict(nodes), {"published": dict(inputs)}), graph)
    assert drawn.intervals == {
        "X": DrawnArray((2, 3), ((-4.0, -1.0), (1.0, 4.0))),
        "W": DrawnArray((3, 3), ((1.0, 9.0),)),
        "b": DrawnArray((3,), ((0.0, 0.0),)),
        "y": DrawnArray((2,), labels=2),
    }
    assert drawn.decimals == {"X": 1, "W": 0, "b": 0, "y": 0}


def test_everybody_has_numbers_that_are_a_good_exercise(course: Course) -> None:
    ada, alan = (course.lab_of(course.student(person.email)) for person in (ADA, ALAN))
    assert published(ada) != published(alan) != published(course.lab)
    for lab in (ada, alan):
        assert exercise_of(course.lab, "regression").objection(lab.published("regression")) == ""
        assert lab.shapes("regression") == course.lab.shapes("regression")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"X": [[1, 2], [3, 1], [-2, 4], [2000, -1]]}, "a value is infinite or above 1000"),
        ({"y": [1, 4, -4, 2], "w": [0, 0], "b": 0}, "a value is 0"),
        ({"w": [0.50001, -1]}, "an answer has fewer than 2 or more than 4 digits"),
        ({"X": [[9, 8], [7, 9], [8, 9], [7, 7]]}, "the loss does not fall in every epoch, or not to less than half"),
    ],
)
def test_poor_exercises(course: Course, change: Published, problem: str) -> None:
    lab = course.lab.with_published({"regression": change})
    assert exercise_of(course.lab, "regression").objection(lab.published("regression")) == problem


def test_the_table_is_read_as_it_is_written(course: Course) -> None:
    written = table.roster_csv(course)
    assert '"regression.X","regression.y","regression.w","regression.b"' in written
    (course.lab.folder / "again.csv").write_text(written)
    again = individual.course(course.lab, class_list=course.lab.folder / "again.csv")
    assert table.roster_csv(again) == written
    ada = course.student(ADA.email)
    assert published(again.lab_of(again.student(ADA.email))) == published(course.lab_of(ada))


@pytest.mark.parametrize("cell", ["[[1, 2]]", "[[1, 2], [3]]", "3", "[1, 2, 3, 4, 5, 6, 7, 8]"])
def test_a_wrong_shape_in_the_roster(course: Course, cell: str, tmp_path: Path) -> None:
    head = "Name,Email,SID,regression.X,regression.y,regression.w,regression.b\n"
    (tmp_path / ROSTER).write_text(f'{head}Ada,ada@example.edu,11,"{cell}","[1, 2, 3, 4]","[1, 2]",3\n')
    wrong = individual.course(course.lab, class_list=tmp_path / ROSTER)
    with pytest.raises(FileError, match=r"column regression.X: this must be lists of the shape \(4, 2\)"):
        wrong.lab_of(wrong.student(ADA.email))


@pytest.mark.parametrize("cell", ["[1, x]", "[1, null]", "[NaN]", "[" * 5000])
def test_cells_that_are_no_lists_of_numbers(course: Course, cell: str, tmp_path: Path) -> None:
    head = "Name,Email,SID,regression.X,regression.y,regression.w,regression.b\n"
    (tmp_path / ROSTER).write_text(f'{head}Ada,ada@example.edu,11,"{cell}","[1, 2, 3, 4]","[1, 2]",3\n')
    with pytest.raises(FileError, match=r"line 2, column regression.X: .* is not a number"):
        individual.course(course.lab, class_list=tmp_path / ROSTER)


def test_each_is_graded_with_their_own(course: Course) -> None:
    own = answered(course.lab_of(course.student(ADA.email)))
    ada, alan = choose_lab(course, [ADA], own), choose_lab(course, [ALAN], own)
    assert graded(ada, own) == [10, 10]
    assert max(graded(alan, own)) < 10
    both = choose_lab(course, [ALAN, ADA], own)
    assert published(both.lab) == published(ada.lab)


def test_answers_of_another_are_found(course: Course) -> None:
    own = answered(course.lab_of(course.student(ADA.email)))
    alan = choose_lab(course, [ALAN], own)
    (hint,) = matching_answers.hints(course, alan, GradingContext(alan.lab, own, alan.mistakes))
    assert "wrong for Alan (alan@example.edu), but right for Ada (ada@example.edu)" in hint
    ada = choose_lab(course, [ADA], own)
    assert list(matching_answers.hints(course, ada, GradingContext(ada.lab, own, ada.mistakes))) == []
