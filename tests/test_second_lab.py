"""The second lab, made of a rubric and a reference alone: two weights are trained, and the prediction is used twice."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from conftest import ROOT

from autograder import rubric
from autograder.authoring.audit import run
from autograder.authoring.audit.function import audit
from autograder.grader import Grader
from autograder.mistakes.catalogue import FunctionModel, Mutant, distinct
from autograder.outcome import GradeReport
from autograder.rubric import PaperCheck
from autograder.sandbox.host.fork_server import ForkServer

LAB = ROOT / "labs/logistic_regression"
LOSS = "loss = -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat))\n        losses"
RETURN = "return w.item(), b.item(), losses"
UPDATE = "                parameter -= lr * parameter.grad\n                parameter.grad = None\n"


@pytest.fixture(scope="module")
def quick_grader(server: ForkServer) -> Iterator[Grader]:
    """Grades this lab; the lines of mistakes are not looked for."""
    with Grader(rubric.load(LAB).with_limits(search=0.0), server, "cpu") as grader:
        yield grader


@pytest.fixture
def grade(quick_grader: Grader, tmp_path: Path) -> Callable[..., GradeReport]:
    """Grade the reference with some of its lines replaced."""

    def grade(*changes: tuple[str, str], grader: Grader = quick_grader) -> GradeReport:
        program = (LAB / "reference/Lab5.py").read_text()
        for before, after in changes:
            assert before in program
            program = program.replace(before, after)
        folder = tmp_path / "submission"
        folder.mkdir()
        (folder / "Lab5.py").write_text(program)
        (folder / "answers.yaml").write_text((LAB / "reference/answers.yaml").read_text())
        return grader.grade(folder, tmp_path / "results.json")

    return grade


def points(report: GradeReport) -> dict[str, float]:
    return {check.number: check.outcome.points for check in report.checks}


def named(report: GradeReport, number: str) -> list[str]:
    check = next(check for check in report.checks if check.number == number)
    return [" + ".join(each) for each in check.outcome.mistakes]


@pytest.mark.parametrize(
    "change",
    [
        (RETURN, "return (w, b), losses"),
        (RETURN, "return torch.stack([w, b]), losses"),
        (RETURN, "return losses, w.item(), b.item()"),
        (RETURN, 'return {"losses": losses, "b": b, "w": w}'),
        (LOSS, "loss = torch.nn.functional.binary_cross_entropy(y_hat, y)\n        losses"),
    ],
)  # fmt: skip
def test_a_right_solution_in_another_style_gets_everything(
    grade: Callable[..., GradeReport], change: tuple[str, str]
) -> None:
    report = grade(change)
    assert report.points == report.out_of == 60
    assert not any(check.outcome.mistakes for check in report.checks)


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ((UPDATE, "                parameter -= lr * parameter.grad\n"), "never-zeroed@update"),
        (("parameter.grad = None", "w.grad = None"), "never-zeroed-b@update"),
        (("for parameter in (w, b):", "for parameter in (w,):"), "zeroed-before-step-b@update"),
        (("parameter -= lr", "parameter += lr"), "sign@slope"),
        ((RETURN, "return b.item(), w.item(), losses"), "returned@w,b"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_training_of_two_weights_is_named(
    grade: Callable[..., GradeReport], change: tuple[str, str], mistake: str
) -> None:
    report = grade(change)
    assert named(report, "5.2") == [mistake]
    assert points(report)["5.2"] <= 4
    assert sum(points(report).values()) - sum(points(report)[each] for each in ("5.1", "5.2", "5.3", "6")) == 40


def test_hints_have_the_names_of_this_lab(grade: Callable[..., GradeReport], server: ForkServer) -> None:
    change = ("losses.append(loss.item())", "losses.append(loss.item() + 0.123 * len(losses) + 0.1)")
    with Grader(rubric.load(LAB), server, "cpu") as grader:
        report = grade(change, grader=grader)
    hint = (
        "In the end w and b are right, so look first at what you append: it is the loss of each epoch, from the "
        "parameters x, y, w and b, not rounded."
    )
    assert hint in {check.outcome.hint for check in report.checks}
    assert "Lab4" not in str(report)


@pytest.mark.parametrize("single", [True, False])
def test_a_lab_without_paper_asks_for_no_answers_file(server: ForkServer, tmp_path: Path, single: bool) -> None:
    lab = rubric.load(LAB)
    checks = tuple(each for each in lab.rubric.checks if not isinstance(each, PaperCheck))
    points = sum(each.points for each in checks)
    without = replace(lab, rubric=msgspec.structs.replace(lab.rubric, checks=checks, points=points))
    (tmp_path / "submission").mkdir()
    program = Path(shutil.copy(LAB / "reference/Lab5.py", tmp_path / "submission"))
    with Grader(without, server, "cpu") as grader:
        report = grader.grade(program if single else program.parent, tmp_path / "results.json")
        program.unlink()
        nothing = grader.grade(program.parent, tmp_path / "nothing.json")
    assert report.points == report.out_of == points
    assert report.checks[0].outcome.summary == "Lab5.py read."
    assert "answers" not in str(report)
    assert nothing.checks[0].outcome.summary.startswith("No program could be read.")
    assert "answers" not in str(nothing)


def test_a_way_that_is_left_out_of_the_sum_is_named(grade: Callable[..., GradeReport]) -> None:
    report = grade(("-y / y_hat + (1 - y) / (1 - y_hat)", "-y / y_hat"))
    assert points(report)["3.2"] < 8
    assert named(report, "3.2") != []


def test_the_rubric_tells_right_from_wrong_in_the_forward_pass(quick_grader: Grader) -> None:
    found = audit(quick_grader.lab, quick_grader.reference(), "forward", 0)
    assert len(found.singles) > 50
    assert [caught.id for caught in found.survivors] == []


@pytest.mark.slow("audit of the second lab")
def test_most_mistakes_are_named(server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every fourth one: each is compared with all others. That all lose points is tried in test_every_lab.py."""

    def sampled(model: FunctionModel, mutants: Sequence[Mutant]) -> list[Mutant]:
        return distinct(model, mutants)[::4]

    monkeypatch.setattr("autograder.authoring.audit.function.distinct", sampled)
    found = run.run(rubric.load(LAB), server, tmp_path, 20, 1)
    assert [each.function for each in found.functions] == ["check_result", "forward", "gradients", "train"]
    for each in found.functions:
        assert len(each.singles) > 25
        assert sum(caught.named for caught in each.singles) >= 0.95 * len(each.singles)
    assert found.holds


def test_a_term_that_is_missing_is_missed_where_the_terms_are_added(grade: Callable[..., GradeReport]) -> None:
    report = grade((LOSS, "loss = -y * torch.log(y_hat)\n        losses"))
    assert named(report, "5.2") == ["left-out@total"]
