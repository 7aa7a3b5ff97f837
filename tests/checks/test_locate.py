"""The line of a mistake: found where one small change makes everything right, and nothing is said otherwise."""

import errno
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from conftest import ROOT
from small_labs import replaced

from autograder import rubric
from autograder.checks import line_search, locate
from autograder.checks.context import CodeContext
from autograder.grader import Grader
from autograder.mistakes.procedure import Mistake
from autograder.outcome import GradeReport, Line
from autograder.rubric import Lab
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import ChangedCall
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Tried

sys.path.append(str(ROOT / "benchmarks"))
from wrong_programs import WrongProgram, held_out, two_mistakes, verdict, wrong_programs

pytestmark = pytest.mark.long
PROGRAMS = wrong_programs()
PAIRS = two_mistakes()
RIGHT = ROOT / "examples/perfect_plain"
TEXT = (RIGHT / "Lab4.py").read_text()
Grade = Callable[..., GradeReport]
# A few are tried at a desk, every fourth by ./run_tests --all, all of them by benchmarks/wrong_programs.py.
AT_A_DESK = ("losses.append(w.item())", "range(1,", "lr, losses", 'nodes["loss"]', "y_hat.backward", "math.exp(z))")


@pytest.fixture(scope="module")
def patient_lab(real_lab: Lab) -> Lab:
    """The real lab with so much time for the search that it never ends early."""
    return real_lab.with_limits(search=60.0)


@pytest.fixture(scope="module")
def patient(patient_lab: Lab, server: ForkServer) -> Iterator[Grader]:
    with Grader(patient_lab, server, "cpu") as grader:
        yield grader


@pytest.fixture
def graded(patient: Grader, tmp_path: Path) -> Grade:
    """Grade the right program of an example with parts replaced."""

    def graded(*changes: tuple[str, str], grader: Grader = patient, text: str = TEXT) -> GradeReport:
        (tmp_path / "Lab4.py").write_text(replaced(text, changes))
        (tmp_path / "answers.yaml").write_bytes((RIGHT / "answers.yaml").read_bytes())
        return grader.grade(tmp_path, tmp_path / "results/results.json")

    return graded


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ChangedCall]:
    """All calls that are made with changes."""
    calls: list[ChangedCall] = []
    attempt = SandboxedProgram.try_changes

    def noted(
        self: SandboxedProgram,
        call: ChangedCall,
        seconds: float,
        *,
        changes: Sequence[int] = (),
        among: tuple[int, int] = (0, 0),
    ) -> Tried | None:
        calls.append(call)
        return attempt(self, call, seconds, changes=changes, among=among)

    monkeypatch.setattr(SandboxedProgram, "try_changes", noted)
    return calls


def lines(report: GradeReport) -> list[Line]:
    return [line for check in report.checks for line in check.outcome.lines]


def _at_a_desk(program: WrongProgram) -> bool:
    return any(part in program.change for part in AT_A_DESK)


@pytest.mark.parametrize("program", [each for each in PROGRAMS if _at_a_desk(each)], ids=lambda each: each.change)
def test_the_line_is_found(program: WrongProgram, graded: Grade) -> None:
    assert verdict(program, graded(text=program.text)) in ("right line", "among others")


@pytest.mark.parametrize(
    "part",
    [
        *("return 0.5 * (prediction", "weight -= lr * weight.grad", "result += factor"),
        *("Graph(x1=4.0", 's = values["loss"]'),
    ],
)
def test_the_line_of_the_cause_is_found_in_other_styles(part: str, graded: Grade) -> None:
    """It is in a helper, or in what is given to a right formula."""
    program = next(each for each in held_out("a") if part in each.change)
    assert verdict(program, graded(text=program.text)) in ("right line", "among others")


def test_a_right_formula_is_acquitted_if_what_it_computes_from_is_wrong(graded: Grade) -> None:
    program = next(each for each in held_out("a") if "fnn_forward(x1, w1, w2, 0)" in each.change)
    assert verdict(program, graded(text=program.text)) == "right line"


@pytest.mark.slow("lines of wrong programs")
def test_nine_of_ten_lines_are_found(real_lab: Lab, server: ForkServer, graded: Grade) -> None:
    """Of every fourth program, within a few seconds each."""
    with Grader(real_lab.with_limits(search=5.0), server, "cpu") as grader:
        verdicts = [verdict(program, graded(text=program.text, grader=grader)) for program in PROGRAMS[::4]]
    wrong = [each for each in verdicts if each != "all right"]
    assert sum(each in ("right line", "among others") for each in wrong) > 0.9 * len(wrong)
    assert verdicts.count("wrong line") < 0.03 * len(wrong)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(each, marks=[pytest.mark.slow("lines of wrong programs")] if number % 7 else [])
        for number, each in enumerate(PAIRS)
    ],
    ids=lambda each: each.change,
)
def test_two_mistakes_in_a_function_have_a_line_each(program: WrongProgram, graded: Grade) -> None:
    """Each of the two lines is that of its mistake: of the first one and of the second one that are said."""
    report = graded(text=program.text)
    both = lines(report)
    assert [line.fixes for line in both] == ["first", "second"]
    assert all(line.names(number) for line, number in zip(both, program.lines, strict=True)), both
    (pair,) = next(check.outcome.mistakes for check in report.checks if check.outcome.mistakes)
    assert len(pair) == 2


def test_what_the_student_reads_about_two_mistakes(graded: Grade) -> None:
    report = graded(text=PAIRS[1].text)
    check = next(each for each in report.checks if each.outcome.lines)
    assert "Two mistakes together would explain all your results" in check.outcome.hint
    assert check.outcome.text.count("→") == 3
    assert (
        "→ One small change in line 34 (`y_hat = x + w`) fixes the first of the two mistakes: look at its operators.\n"
        "→ One small change in line 43 (`w -= lr ** 2 * w.grad`) fixes the second of the two mistakes: look at its "
    ) in check.outcome.text


@pytest.mark.parametrize(
    "changes",
    [
        # Any factor beside the 0 would give the same numbers; a factor 1 may be there or not.
        [('2 * nodes["s"]', '-2 * nodes["s"]'), ("ds_dy_hat = 1.0", "ds_dy_hat = 0.0")],
        [("dm2_dr = w2", "dm2_dr = 1.0"), ("dloss_dm2 * dm2_dr * dr_dm1 * dm1_dw1", "dm2_dr * dr_dm1 * dm1_dw1")],
    ],
)
def test_no_lines_of_two_mistakes_if_others_give_the_same_numbers(
    changes: list[tuple[str, str]], graded: Grade
) -> None:
    report = graded(*changes)
    assert any(len(ids) == 2 for check in report.checks for ids in check.outcome.mistakes)
    assert not lines(report)


def test_no_lines_if_several_pairs_are_said(graded: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = locate._pair

    def twice(context: CodeContext, function: str) -> tuple[Mistake, ...]:
        said = context.record.explanations[function, "visible"]
        context.record.explanations[function, "visible"] = [*said, said[0][::-1]]
        return pair(context, function)

    monkeypatch.setattr(locate, "_pair", twice)
    assert not lines(graded(text=PAIRS[1].text))


def test_the_same_mistake_in_two_gradients_is_one_of_a_line_above(graded: Grade) -> None:
    report = graded(("dloss_ds * ds_dy_hat * dy_hat_dm2\n", "dloss_ds * ds_dy_hat\n"))
    mistakes = [ids for check in report.checks for ids in check.outcome.mistakes]
    assert mistakes == [("without-dy_hat_dm2@gradients",)] * len(mistakes) != []
    (line,) = lines(report)
    assert (line.source, line.fixes) == ("dloss_dm2 = dloss_ds * ds_dy_hat", "all")


def test_two_mistakes_tell_nothing_about_hidden_inputs_either(
    real_lab: Lab, graded: Grade, asked: list[ChangedCall]
) -> None:
    """What goes into the sandbox for the numbers of one mistake is computed from inputs of the search alone."""
    report = graded(("m1 = x1 * w1", "m1 = x1 + w1"), ("loss = s ** 2\n    return", "loss = s * 2\n    return"))
    assert [line.fixes for line in lines(report)] == ["first", "second"]
    hidden = [real_lab.inputs("task2", name, report.seed) for name in real_lab.rubric.graphs["task2"].drawn]
    published = real_lab.rubric.graphs["task2"].inputs["published"]
    assert not [call for call in asked if call.inputs in hidden]
    assert not [call for call in asked if call.right and dict(call.inputs) == published]
    sums = [call for call in asked if call.right and call.right["m1"] == call.inputs["x1"] + call.inputs["w1"]]
    assert sums  # so it computes with one mistake


def test_two_mistakes_that_a_hidden_check_shows_have_no_lines(
    patient_lab: Lab, server: ForkServer, graded: Grade, asked: list[ChangedCall]
) -> None:
    hidden = msgspec.structs.replace(patient_lab.rubric, visibility="hidden", hidden_inputs="hidden")
    with Grader(rubric.Lab(patient_lab.folder, hidden), server, "cpu") as grader:
        report = graded(text=PAIRS[1].text, grader=grader)
    assert any(len(ids) == 2 for check in report.checks for ids in check.outcome.mistakes)
    assert not lines(report)
    assert not asked


RETURN = "    loss = s ** 2\n    return {"
SIGN = ("w -= lr * w.grad", "w += lr * w.grad")


@pytest.fixture(scope="module")
def wrong_sign(patient: Grader, tmp_path_factory: pytest.TempPathFactory) -> GradeReport:
    """The report of a program with the mistake SIGN, for tests that compare with it."""
    folder = tmp_path_factory.mktemp("wrong_sign")
    (folder / "Lab4.py").write_text(TEXT.replace(*SIGN))
    (folder / "answers.yaml").write_bytes((RIGHT / "answers.yaml").read_bytes())
    return patient.grade(folder, folder / "results/results.json")


def test_what_the_student_reads(wrong_sign: GradeReport) -> None:
    (line,) = lines(wrong_sign)  # later checks refer to the first one that says it
    assert line.text == (
        "One small change in line 43 (`w += lr * w.grad`) makes all results right: look at how it assigns: =, += or -=."
    )
    assert line.around[line.number - line.first].strip() == line.source == "w += lr * w.grad"
    assert f"→ {line.text}" in next(check for check in wrong_sign.checks if check.outcome.lines).outcome.text


def test_nothing_is_said_about_a_right_program(graded: Grade, capfd: pytest.CaptureFixture[str]) -> None:
    assert not lines(graded())
    assert not capfd.readouterr().err  # a fault of the search would say nothing to the student either


def test_nothing_is_said_where_the_search_finds_nothing_wrong(
    graded: Grade, asked: list[ChangedCall], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What was wrong in grading may be right for the inputs of the search."""
    monkeypatch.setattr("autograder.checks.line_search._no_mistake", lambda found: True)
    assert not lines(graded(SIGN))
    assert asked
    assert not capfd.readouterr().err


def test_nothing_is_said_about_two_mistakes(graded: Grade) -> None:
    assert not lines(graded(SIGN, ("losses.append(loss.item())", "losses.append(loss.item() / 3 + 1)")))


def test_a_function_that_has_to_wait_has_a_line(graded: Grade) -> None:
    """On a busy machine any function has to, sometimes."""
    waiting = "    import time\n    if called: time.sleep(0.12), called.pop()\n    losses = []\n"
    (line,) = lines(graded(SIGN, ("    losses = []\n", waiting), ("def train(", "called = [1] * 6\n\n\ndef train(")))
    assert line.source == "w += lr * w.grad"


def test_two_functions_with_a_mistake_each_have_a_line(graded: Grade) -> None:
    both = lines(graded(SIGN, ("m1 = x1 * w1", "m1 = x1 + w1")))
    assert {each.source for each in both} == {"w += lr * w.grad", "m1 = x1 + w1"}


def test_a_right_function_that_another_one_uses_is_not_blamed(graded: Grade) -> None:
    """If fnn_forward() returned m2 as y_hat, fnn_gradients() would be right, but fnn_forward() would not."""
    derivative = 'nodes["y_hat"] * (1 - nodes["y_hat"])'
    (line,) = lines(graded((derivative, derivative.replace("y_hat", "m2"))))
    assert line.source.startswith("dy_hat_dm2 = ")


def test_what_follows_from_a_mistake_in_another_function_has_no_line(graded: Grade) -> None:
    """fnn_gradients() would be right with another dloss_ds, but only because fnn_forward() gives it a wrong s."""
    report = graded(("1 / (1 + math.exp(-z))", "1 / (1 + math.exp(z))"))
    named = {check.number[0]: line for check in report.checks for line in check.outcome.lines}
    assert named.keys() == {"5"}
    assert named["5"].names(55)


def test_the_helper_is_not_blamed_for_what_it_is_given(graded: Grade) -> None:
    (line,) = lines(graded(("y_hat = sigmoid(m2)", "y_hat = sigmoid(r)")))
    assert (line.source, line.others) == ("y_hat = sigmoid(r)", ())


def test_no_line_is_to_blame_for_what_a_function_remembers(graded: Grade) -> None:
    """Any change defines the function anew, with an empty list."""
    report = graded(
        ('n_epochs=20, device="cpu"):', 'n_epochs=20, device="cpu", losses=[]):'), ("    losses = []\n", "")
    )
    assert report.points < 100
    assert not lines(report)


def test_a_wrong_function_that_a_right_one_uses_has_a_line(graded: Grade) -> None:
    """fnn_gradients() needs no loss of fnn_forward()."""
    (line,) = lines(graded((f"s = y_hat - y\n{RETURN}", f"s = y_hat - y\n{RETURN.replace('s ** 2', 's ** 3')}")))
    assert line.source == "loss = s ** 3"


def test_a_change_must_not_be_right_by_chance(graded: Grade) -> None:
    """With the published numbers alone, x1 could be the 4.0 that stands there."""
    (line,) = lines(graded(("dm1_dw1 = x1", "dm1_dw1 = 4.0")))
    assert line.source == "dm1_dw1 = 4.0"


def test_a_notebook_names_the_cell(patient: Grader, tmp_path: Path) -> None:
    cells = [TEXT[: TEXT.index("def train")], TEXT[TEXT.index("def train") :].replace(*SIGN)]
    notebook = {
        "cells": [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (tmp_path / "Lab4.ipynb").write_bytes(msgspec.json.encode(notebook))
    (line,) = lines(patient.grade(tmp_path, tmp_path / "results.json"))
    assert line.text.startswith("One small change in line 19 of Lab4.ipynb, code cell 2 (`w += lr * w.grad`)")


def test_in_a_class_only_what_nothing_explains(
    patient_lab: Lab, server: ForkServer, graded: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.grader.IN_A_CLASS", 3000)
    with Grader(patient_lab, server, "cpu", in_a_class=True) as grader:
        report = graded(SIGN, ("m2 = r * w2", "m2 = r * w2 * 1.7 + y"), grader=grader)
    assert any("sign@slope" in ids for check in report.checks for ids in check.outcome.mistakes)
    assert [each.source for each in lines(report)] == ["m2 = r * w2 * 1.7 + y"]


def test_the_points_are_the_same_and_without_time_there_is_no_search(
    real_lab: Lab, server: ForkServer, graded: Grade, wrong_sign: GradeReport
) -> None:
    with Grader(real_lab.with_limits(search=0.0), server, "cpu") as grader:
        without = graded(SIGN, grader=grader)
    assert not lines(without)
    assert [replace(check.outcome, lines=()) for check in wrong_sign.checks] == [
        each.outcome for each in without.checks
    ]


def test_no_right_value_and_no_hidden_input_of_the_grading_goes_into_the_sandbox(
    real_lab: Lab, graded: Grade, asked: list[ChangedCall]
) -> None:
    """The inputs are drawn for the search, and the right values belong to these alone."""
    report = graded(("dm2_dr = w2", "dm2_dr = w2 + 3"))
    assert asked
    hidden = [real_lab.inputs("task2", name, report.seed) for name in real_lab.rubric.graphs["task2"].drawn]
    published = real_lab.rubric.graphs["task2"].inputs["published"]
    for call in asked:
        assert call.inputs not in hidden
        right = rubric.expected(real_lab.graphs["task2"], ["loss"], call.inputs)
        assert call.right.get("loss", right["loss"]) == right["loss"]
        assert not (call.right and dict(call.inputs) == published)  # the paper answers ask for these
    assert any(dict(call.inputs) == published for call in asked)


def replies(answer: Callable[[Mapping[str, int]], object]) -> Callable[..., Tried | None]:
    """In place of the search in the sandbox: what a program could answer that has taken the process over."""

    def attempt(
        self: object, call: ChangedCall, seconds: float, *, changes: Sequence[int] = (), among: tuple[int, int] = (0, 0)
    ) -> Tried | None:
        return msgspec.convert(answer({"first": among[0], "change": changes[0] if changes else among[0]}), Tried | None)

    return attempt


def trial(change: int, line: int, cell: int = 1) -> dict[str, object]:
    right = {"type": "number", "value": 0.0, "dtype": "float", "shape": ()}
    return {"change": change, "kind": "sign", "rank": 0, "cell": cell, "line": line, "value": right}


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: None,
        lambda asked: {"type": "tried", "trials": [], "following": None, "rank": None},
        lambda asked: {"type": "tried", "trials": [], "following": 0, "rank": 0},
        lambda asked: {"type": "tried", "trials": [], "following": -5, "rank": -1},
        lambda asked: {
            "type": "tried",
            "trials": [trial(asked["change"], 10**9)] * 900,
            "following": None,
            "rank": None,
        },
        lambda asked: {"type": "tried", "trials": [trial(-1, 0, -3)], "following": asked["first"] + 1, "rank": 10**9},
    ],
)
def test_whatever_is_answered_the_grade_is_the_same(
    answer: Callable[[Mapping[str, int]], object],
    graded: Grade,
    wrong_sign: GradeReport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SandboxedProgram, "try_changes", replies(answer))
    report = graded(SIGN)
    assert not lines(report)
    assert report.points == wrong_sign.points


@pytest.mark.slow("lines of wrong programs")
def test_a_program_that_calls_every_change_right_gets_only_a_line_of_its_own(
    graded: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_search.Search, "_is_right", lambda self, case, trial: True)
    right, report = graded(), graded(SIGN)
    assert report.points < right.points
    assert all(line.source in TEXT.replace(*SIGN) for line in lines(report))


HANGS = """
import sys
def hang_if_searched():
    frame = sys._getframe()
    while frame and frame.f_code.co_name != "attempt":
        frame = frame.f_back
    while frame:
        pass

"""


def test_a_program_that_hangs_when_it_is_searched_loses_only_the_line(
    real_lab: Lab, server: ForkServer, graded: Grade, wrong_sign: GradeReport
) -> None:
    comment = "# move everything onto"
    with Grader(real_lab.with_limits(search=0.3), server, "cpu") as grader:
        hanging = SIGN, ("import math\n", f"import math\n{HANGS}"), (comment, f"hang_if_searched()\n    {comment}")
        report = graded(*hanging, grader=grader)
    assert not lines(report)
    assert report.points == wrong_sign.points


def test_a_fault_in_the_search_costs_nothing(
    graded: Grade, wrong_sign: GradeReport, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SandboxedProgram, "try_changes", full)
    report = graded(SIGN)
    assert (report.points, lines(report)) == (wrong_sign.points, [])
    assert "No space left" in capfd.readouterr().err


def test_hidden_checks_change_nothing_in_the_search(
    patient_lab: Lab, server: ForkServer, graded: Grade, asked: list[ChangedCall]
) -> None:
    """Whether a function is right in a check that the student does not see now is not told by what is searched."""
    lab = rubric.Lab(patient_lab.folder, msgspec.structs.replace(patient_lab.rubric, hidden_inputs="hidden"))
    with Grader(lab, server, "cpu") as grader:
        report = graded(("        r = 0.0", "        r = 0.01 * m1"), ("dm2_dr = w2", "dm2_dr = w1"), grader=grader)
    assert {call.function for call in asked} == {"fnn_gradients"}
    assert all("fnn_forward" in call.right_functions for call in asked)
    seen = {check.number for check in lab.rubric.checks if lab.visibility(check) == "visible"}
    assert {check.number for check in report.checks if check.outcome.lines} <= seen


GRADIENT = 'dloss_ds = 2 * nodes["s"]'
FORWARD = "def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):\n"


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ([(FORWARD, f"{FORWARD}    y = 1.0\n")], "y = 1.0"),
        ([(FORWARD, f"{FORWARD}    x1, w1 = 4.0, 0.5\n")], "x1, w1 = 4.0, 0.5"),
        (
            [
                ("import math\n", "from __future__ import annotations\nimport math\n"),
                ("def sigmoid(z)", "def sigmoid(z: Tensor)"),
                ("1 + math.exp(-z)", "1 - math.exp(-z)"),
            ],
            "return 1 / (1 - math.exp(-z))",
        ),
    ],
)
def test_the_line_is_where_the_mistake_is(changes: list[tuple[str, str]], source: str, graded: Grade) -> None:
    text = TEXT
    if any("__future__" in new for _, new in changes):
        text = text[text.index("import math") :]
    assert source in [line.source for line in lines(graded(*changes, text=text))]


LOSS = "\n\n\ndef squared(p, y):\n    return (p - y) ** 2\n"


@pytest.mark.parametrize(
    ("changes", "innocent"),
    [
        # A right helper that is used wrongly, and a right function that uses a wrong one.
        (
            [
                ("    return 1 / (1 + math.exp(-z))\n", f"    return 1 / (1 + math.exp(-z)){LOSS}"),
                ("loss = s ** 2\n    return {", "loss = squared(y_hat, y)\n    return {"),
                (GRADIENT, 'dloss_ds = 2 * squared(nodes["y_hat"], y)'),
            ],
            "return (p - y) ** 2",
        ),
        ([(f"s = y_hat - y\n{RETURN}", f"s = y_hat - y_hat\n{RETURN}")], GRADIENT),
    ],
)
def test_what_is_right_is_not_blamed(changes: list[tuple[str, str]], innocent: str, graded: Grade) -> None:
    report = graded(*changes)
    assert report.points < 100
    assert all(innocent not in (line.source, *(each.strip() for each in _named(line))) for line in lines(report))


def _named(line: Line) -> list[str]:
    return [text for number, text in enumerate(line.around, line.first) if line.names(number)]


KEEPER = "class Loop:\n    history = []\n\n    def keep(self, loss):\n        self.history.append(loss)\n\n\n"
STORE = "@functools.lru_cache\ndef store():\n    return []\n\n\n"


@pytest.mark.parametrize(
    ("before", "start", "keep", "end"),
    [
        (KEEPER, "Loop()", "history.keep(loss.item())", "history.history"),
        (STORE, "store()", "history.append(loss.item())", "history"),
        ("kept = []\n\n\n", "kept", "history.append(loss.item())", "history"),
    ],
    ids=["class attribute", "cache", "variable"],
)
def test_no_line_is_to_blame_for_what_the_program_remembers(
    before: str, start: str, keep: str, end: str, graded: Grade
) -> None:
    report = graded(
        ("import math\n", "import functools\nimport math\n"),
        ("def train(", f"{before}def train("),
        ("    losses = []\n", f"    history = {start}\n"),
        ("losses.append(loss.item())", keep),
        ("return w.item(), losses", f"return w.item(), list({end})"),
    )
    assert report.points < 100
    assert not [line for line in lines(report) if line.source.startswith(("w -=", "w.grad", "loss", "y_hat"))]


def test_kinds_of_changes_have_words() -> None:
    kinds = set(msgspec.json.schema(protocol.Trial)["$defs"]["Trial"]["properties"]["kind"]["enum"]) - {""}
    assert kinds == set(line_search.LOOK)
