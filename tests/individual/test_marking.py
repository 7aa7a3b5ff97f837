"""A submission is marked with the numbers of whoever handed it in, and nobody learns another one's."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from numbers_of_ones_own import ADA, ALAN, GRACE, ROSTER, make_lab, on_paper, own

from autograder import lab
from autograder.grade import Marker
from autograder.gradescope.metadata import Metadata, Person
from autograder.outcome import GradeReport
from autograder.sandbox.wall import Wall


@dataclass(frozen=True)
class Handed:
    report: GradeReport
    results: dict[str, object]

    @property
    def seen_by_students(self) -> str:
        """All that the platform shows to those who handed in."""
        return json.dumps({key: value for key, value in self.results.items() if key != "extra_data"})

    def points(self, number: str) -> float:
        return next(check.outcome.points for check in self.report.checks if check.number == number)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lab").mkdir()
    return make_lab(tmp_path / "lab")


@pytest.fixture
def hand_in(folder: Path, wall: Wall, tmp_path: Path) -> Callable[..., Handed]:
    """Mark the reference's program with some paper answers."""

    def hand_in(answers: str, *people: Person) -> Handed:
        submission = tmp_path / "submission"
        submission.mkdir(exist_ok=True)
        shutil.copy(folder / "reference/Lab4.py", submission)
        (submission / "answers.yaml").write_text(answers)
        with Marker(lab.load(folder), wall, "cpu") as marker:
            report = marker.mark(submission, tmp_path / "results.json", Metadata(people))
        return Handed(report, json.loads((tmp_path / "results.json").read_text()))

    return hand_in


def test_right_answers_to_ones_own_numbers_get_everything(folder: Path, hand_in: Callable[..., Handed]) -> None:
    for person in (ADA, ALAN, Person("", "", "0042")):
        handed = hand_in(on_paper(own(folder, person)), person)
        assert handed.report.points == 100
        assert handed.report.numbers_of == (person.email or "0042")


def test_the_answers_to_another_ones_numbers_are_wrong(folder: Path, hand_in: Callable[..., Handed]) -> None:
    handed = hand_in(on_paper(own(folder, ALAN)), ADA)
    assert [handed.points(number) for number in ("1.1", "1.2")] == [0, 0]
    assert all(handed.points(number) <= 3 for number in ("4.1", "4.2"))  # what follows from an earlier slip counts
    assert handed.report.points <= 100 - 15
    assert not [warning for warning in handed.report.warnings if "have a look" in warning]  # there is no roster


def test_the_instructor_is_told_whose_right_answers_they_are_and_the_students_are_not(
    folder: Path, hand_in: Callable[..., Handed]
) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    handed = hand_in(on_paper(own(folder, ALAN)), ADA)
    hints = [warning for warning in handed.report.warnings if "have a look" in warning]
    assert ["task1" in hint or "task2" in hint for hint in hints] == [True, True]
    assert all("Alan (alan@example.edu)" in hint and "Grace" not in hint for hint in hints)
    assert "alan" not in handed.seen_by_students.lower()
    assert "have a look" in json.dumps(handed.results["extra_data"])


def test_no_hint_where_a_mistake_of_the_students_own_explains_it(folder: Path, hand_in: Callable[..., Handed]) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    right = own(folder, ADA)
    inputs = right.rubric.graphs["task1"].inputs["published"]
    half = right.graphs["task1"].gradients(right.graphs["task1"].values(inputs))["w"] / 2
    handed = hand_in(on_paper(right, task1_dloss_dw=half), ADA)
    assert handed.points("1.2") == 0
    assert not [warning for warning in handed.report.warnings if "have a look" in warning]


def test_a_group_may_work_with_the_numbers_of_any_member(folder: Path, hand_in: Callable[..., Handed]) -> None:
    for whose in (ADA, ALAN):
        handed = hand_in(on_paper(own(folder, whose)), ADA, ALAN)
        assert handed.report.points == 100
        assert handed.report.numbers_of == whose.email
        assert "a member of your group" in handed.seen_by_students
        assert "example.edu" not in handed.seen_by_students


def test_where_nobody_is_known_the_rubrics_numbers_count_and_the_instructor_is_told(
    folder: Path, hand_in: Callable[..., Handed]
) -> None:
    handed = hand_in(on_paper(lab.load(folder)))
    assert handed.report.points == 100
    assert "nobody knows whose submission this is" in handed.report.warnings[-1]


def test_the_key_is_nowhere_where_a_student_sees_it(folder: Path, hand_in: Callable[..., Handed]) -> None:
    key = lab.load(folder).rubric.key
    assert key not in json.dumps(hand_in(on_paper(own(folder, ALAN)), ADA).results)


def run(arguments: Sequence[object], status: int = 0) -> str:
    command = [sys.executable, "-I", "-m", "autograder", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_by_hand_somebody_has_to_say_whose_it_is(folder: Path, tmp_path: Path) -> None:
    submission = tmp_path / "submission"
    shutil.copytree(folder / "reference", submission)
    (submission / "answers.yaml").write_text(on_paper(own(folder, GRACE)))
    arguments = ["grade", submission, "--lab", folder, "--results", tmp_path / "r.json", "--quiet", "--device", "cpu"]
    assert "--student" in run(arguments, status=2)
    assert "100 of 100 points" in run([*arguments, "--student", "GRACE@example.edu "])
    assert "100 of 100 points" not in run([*arguments, "--student", "ada@example.edu"])


def test_everybody_gets_a_folder_with_their_numbers_and_none_with_anothers(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(ROSTER)
    out = tmp_path / "handouts"
    run(["handout", "--lab", folder, "--roster", tmp_path / "list.csv", "--out", out])
    assert sorted(path.name for path in out.iterdir()) == [
        "ada@example.edu",
        "alan@example.edu",
        "grace@example.edu",
        "roster.csv",
    ]
    with (out / "roster.csv").open(newline="") as file:
        rows = {row["Email"]: row for row in csv.DictReader(file)}
    for person in (ADA, ALAN, GRACE):
        inputs = own(folder, person).rubric.graphs["task1"].inputs["published"]
        assert float(rows[person.email]["task1.x"]) == inputs["x"]
        program = (out / person.email / "Lab4.py").read_text()
        assert f"def train(x={inputs['x']}, y={inputs['y']}, w={inputs['w']}, lr=0.01" in program
        assert f"x = {inputs['x']:g}, y = {inputs['y']:g}" in (out / person.email / "answers.yaml").read_text()
        assert lab.load(folder).rubric.key not in program
    assert "exists already" in run(["handout", "--lab", folder, "--roster", tmp_path / "list.csv", "--out", out], 2)


def test_the_key_for_one_student_has_that_ones_numbers(folder: Path, tmp_path: Path) -> None:
    run(["key", "--lab", folder, "--student", "ada@example.edu", "--out", tmp_path / "key.json"])
    key = json.loads((tmp_path / "key.json").read_text())
    inputs = own(folder, ADA).rubric.graphs["task1"].inputs["published"]
    assert next(graph["right"]["inputs"] for graph in key["graphs"] if graph["name"] == "task1") == inputs
    shared = ["key", "--student", "ada@example.edu", "--out", tmp_path / "x.html"]
    assert "set `individual: true`" in run(shared, status=2)
