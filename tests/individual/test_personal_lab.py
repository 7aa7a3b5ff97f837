"""A submission is graded with the numbers of whoever submitted it, and tells nobody another's."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Result
from numbers_of_ones_own import ADA, ALAN, GRACE, ROSTER, make_lab, on_paper, own

from autograder import individual, rubric
from autograder.grader import Grader
from autograder.gradescope.metadata import Metadata
from autograder.individual import table
from autograder.individual.personal_lab import GROUP
from autograder.roster import Person
from autograder.rubric import expected
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.process import Response, SandboxProcess

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("quick_draws")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_lab(tmp_path / "lab")


@pytest.fixture
def grade_of(folder: Path, server: ForkServer, tmp_path: Path) -> Callable[..., Result]:
    """Grade the reference's program, or another one, with paper answers that some people have submitted."""

    def grade_of(answers: str, *people: Person, program: str | None = None) -> Result:
        handed_in = tmp_path / "handed_in"
        shutil.copytree(ROOT / "reference", handed_in, dirs_exist_ok=True)
        (handed_in / "answers.yaml").write_text(answers)
        if program is not None:
            (handed_in / "Lab4.py").write_text(program)
        with Grader(rubric.load(folder), server, "cpu") as grader:
            report = grader.grade(handed_in, tmp_path / "results.json", Metadata(people))
        return Result(report, json.loads((tmp_path / "results.json").read_text()))

    return grade_of


def for_students(results: dict[str, Any]) -> str:
    """All that a student can see of a results.json."""
    return "\n".join([results["output"], *(f"{test['name']} {test['output']}" for test in results["tests"])])


def test_right_individual_answers_get_all_points(folder: Path, grade_of: Callable[..., Result]) -> None:
    result = grade_of(on_paper(own(folder, ADA)), ADA)
    assert result.report.points == 100
    assert result.report.warnings == ()
    assert result.results["extra_data"]["numbers_of"] == "ada@example.edu"
    assert "group" not in for_students(result.results)


def test_answers_for_other_inputs_get_no_full_points(folder: Path, grade_of: Callable[..., Result]) -> None:
    for answers in (on_paper(rubric.load(folder)), on_paper(own(folder, ALAN))):
        result = grade_of(answers, ADA)
        assert result.check("1.1").outcome.points < result.check("1.1").out_of
        assert result.check("5.1").outcome.points == result.check("5.1").out_of


def test_mistake_is_recognized_with_individual_inputs(folder: Path, grade_of: Callable[..., Result]) -> None:
    ada = own(folder, ADA)
    task1 = expected(ada.graphs["task1"], ["dloss_dw"], ada.rubric.graphs["task1"].inputs["published"])
    result = grade_of(on_paper(ada, task1_dloss_dw=task1["dloss_dw"] / 2), ADA)
    assert result.check("1.2").outcome.mistakes[0] == ("factor@dloss_ds",)
    assert "is missing the factor that comes from the exponent" in result.check("1.2").outcome.hint


def test_hard_coded_inputs_are_reported(folder: Path, grade_of: Callable[..., Result]) -> None:
    numbers = own(folder, ADA).rubric.graphs["task2"].inputs["published"]
    fixed = "\n".join(f"    {name} = {value}" for name, value in numbers.items())
    text = (ROOT / "reference/Lab4.py").read_text()
    first = "    m1 = x1 * w1\n"
    assert first in text
    result = grade_of(on_paper(own(folder, ADA)), ADA, program=text.replace(first, f"{fixed}\n{first}"))
    assert result.check("5.1").state == "right"
    assert ("fixed@all",) in result.check("5.2").outcome.mistakes


def test_group_is_graded_by_the_best_member(folder: Path, grade_of: Callable[..., Result]) -> None:
    result = grade_of(on_paper(own(folder, ALAN)), ADA, ALAN, GRACE)
    assert result.report.points == 100
    assert result.report.numbers_of == "alan@example.edu"
    assert GROUP in result.results["output"]
    assert "Alan" not in for_students(result.results)
    assert "alan@" not in for_students(result.results)


def test_unknown_student_gets_the_rubrics_inputs(folder: Path, grade_of: Callable[..., Result]) -> None:
    for people in ((), (Person("Ada", "", ""),)):
        result = grade_of(on_paper(rubric.load(folder)), *people)
        assert result.report.points == 100
        assert any("it is unknown who submitted this" in each for each in result.report.warnings)
        assert "it is unknown who submitted" in str(result.results["extra_data"]["warnings"])
        assert "it is unknown who submitted" not in for_students(result.results)


def test_the_roster_decides_who_somebody_is(folder: Path, grade_of: Callable[..., Result]) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    for person in (Person("A. L.", "", "11"), Person("A. L.", "private@example.org", "11"), ADA):
        result = grade_of(on_paper(own(folder, ADA)), person)
        assert result.report.points == 100
        assert result.report.numbers_of == "Ada (ada@example.edu)"
        assert result.report.warnings == ()
    new = Person("New", "new@example.edu", "99")
    assert grade_of(on_paper(own(folder, new)), new).report.warnings == ("not in roster.csv: new@example.edu",)


def test_matching_answers_are_a_hint_for_the_instructor(folder: Path, grade_of: Callable[..., Result]) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    alan = own(folder, ALAN)
    result = grade_of(on_paper(alan), ADA)
    hints = [each for each in result.report.warnings if each.startswith("please review")]
    assert [re.findall("task[12]", each) for each in hints] == [["task1"], ["task2"]]
    assert all("wrong for Ada (ada@example.edu)" in each and "for Alan (alan@example.edu)." in each for each in hints)
    assert set(hints) <= set(result.results["extra_data"]["warnings"])
    assert "Alan" not in for_students(result.results)
    assert "alan@" not in for_students(result.results)
    mixed = on_paper(alan).partition("task2:")[0] + "task2:" + on_paper(own(folder, ADA)).partition("task2:")[2]
    assert not grade_of(mixed, ADA, ALAN).report.warnings  # a member of the group is no other
    assert len(grade_of(mixed, ADA).report.warnings) == 1
    assert not grade_of(on_paper(own(folder, ADA)), ADA).report.warnings


def test_one_matching_answer_is_no_hint(folder: Path, grade_of: Callable[..., Result]) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    alan = own(folder, ALAN)
    inputs = alan.rubric.graphs["task1"].inputs["published"]
    y_hat = expected(alan.graphs["task1"], ["y_hat"], inputs)["y_hat"]
    assert not grade_of(f"task1:\n  y_hat: {y_hat}\n", ADA).report.warnings
    assert not grade_of(on_paper(own(folder, ADA), task1_y_hat=y_hat), ADA).report.warnings


def test_explained_answers_are_no_hint(folder: Path, grade_of: Callable[..., Result]) -> None:
    """Grace's numbers are made those that Ada's answers would be right for."""
    inputs = own(folder, ADA).rubric.graphs["task1"].inputs["published"]
    turned = {"x": inputs["x"], "y": -inputs["y"], "w": inputs["w"]}  # s = y_hat + y
    lines = ["Email," + ",".join(f"task1.{name}" for name in "xyw") + ",task2.x1,task2.w1,task2.w2,task2.y"]
    lines += [f"ada@example.edu,{','.join(map(str, inputs.values()))},7.3,0.7,0.4,3.4"]
    lines += [f"grace@example.edu,{','.join(map(str, turned.values()))},8.3,0.8,0.4,2.4"]
    (folder / "roster.csv").write_text("\n".join(lines))
    result = grade_of(on_paper(own(folder, GRACE)), ADA)
    hints = [each for each in result.report.warnings if each.startswith("please review")]
    assert [re.findall("task[12]", each) for each in hints] == [["task2"]]
    assert ("added@s",) in result.check("1.1").outcome.mistakes


def test_roster_inputs_survive_a_new_key(folder: Path, grade_of: Callable[..., Result]) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    answers = on_paper(own(folder, ADA))
    (folder / "roster.csv").write_text(table.roster_csv(individual.course(rubric.load(folder))))
    file = folder / "rubric.yaml"
    file.write_text(file.read_text().replace("change me: any text", "changed in the middle of term"))
    assert grade_of(answers, ADA).report.points == 100
    (folder / "roster.csv").write_text(ROSTER)
    assert grade_of(answers, ADA).report.points < 100


def test_feedback_never_has_anothers_numbers(folder: Path, grade_of: Callable[..., Result]) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    result = grade_of(on_paper(own(folder, ADA), task1_s=123.0, task2_m2=45.0), ADA)
    shown = set(re.findall(r"-?\d+\.\d+", for_students(result.results)))
    for person in (ALAN, GRACE):
        theirs = own(folder, person)
        for name, graph in theirs.graphs.items():
            inputs = theirs.rubric.graphs[name].inputs["published"]
            values = {**graph.values(inputs), **graph.gradients(graph.values(inputs))}
            mine = graph.values(own(folder, ADA).rubric.graphs[name].inputs["published"])
            assert not {f"{value:.6g}" for value in values.values() if value not in mine.values()} & shown


def test_key_and_roster_stay_out_of_the_sandbox(
    folder: Path, grade_of: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    crossed: list[str] = []
    ask = SandboxProcess.ask

    def spied(self: SandboxProcess, request: dict[str, Any], seconds: float) -> Response:
        answer = ask(self, request, seconds)
        crossed.extend((json.dumps(request), answer.printed))
        return answer

    monkeypatch.setattr(SandboxProcess, "ask", spied)
    program = (
        "import os, sys\n\ndef check_result(x, y, w):\n    print('SEEN', dict(os.environ), sys.argv, os.getcwd())\n"
    )
    grade_of(on_paper(own(folder, ADA)), ADA, program=program)
    text = "\n".join(crossed)
    assert "SEEN" in text
    assert rubric.load(folder).rubric.key not in text
    assert not re.search(r"(ada|alan|grace)@example\.edu|roster\.csv", text, re.IGNORECASE)
    alan = own(folder, ALAN).rubric.graphs["task1"].inputs["published"]
    assert json.dumps(list(alan.values()))[1:-1] not in text
