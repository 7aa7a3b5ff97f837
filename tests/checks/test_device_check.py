"""The check of the device: what it says of each kind of bug, and whom it gives points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from conftest import ROOT, Result

from autograder import rubric
from autograder.authoring.audit.synthetic import SyntheticStudent
from autograder.checks import device
from autograder.checks.context import CodeContext
from autograder.checks.oracle import Oracle
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import Outcome
from autograder.sandbox.host.calls import Looked, NotRun
from autograder.sandbox.host.process import Ended, TimedOut
from autograder.sandbox.host.protocol import DeviceBug, DeviceBugs
from autograder.submission import Program, Submission

CLEAN = DeviceBugs([], "")
CELLS = ("import torch\nx = \x1b[31mtorch.tensor(1)", "w = 2")


@dataclass(frozen=True)
class Answers(SyntheticStudent):
    """A student of whose functions this is found."""

    functions: Mapping = field(default_factory=dict)  # type: ignore[type-arg]
    found: Mapping[str, Looked] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, float], Mapping[str, float | int]]] = field(default_factory=list)

    def device_bugs(  # type: ignore[override]
        self, function: str, inputs: Mapping[str, float], settings: Mapping[str, float | int]
    ) -> Looked:
        self.asked.append((function, inputs, settings))
        return self.found[function]


@pytest.fixture
def graded(real_lab: rubric.Lab) -> Callable[..., Outcome]:
    """The outcome when this is found in train, nothing in fnn_check_result, and these are their points for hidden
    inputs."""

    def graded(found: Looked, cells: Sequence[str] = CELLS[:1], train: float = 12, fnn: float = 12) -> Outcome:
        (check,) = (each for each in real_lab.rubric.checks if isinstance(each, rubric.DeviceCheck))
        student = Answers(found={"train": found, "fnn_check_result": CLEAN})
        submission = Submission((), Program("Lab4.py", cells, "digest"), None, (), ())
        context = CodeContext(real_lab, submission, Mistakes(real_lab), student, Oracle(real_lab, student))
        context.record.points.update({"3.1": 4.0, "3.2": train, "7.1": 2.0, "7.2": fnn})
        return device.grade(check, context)

    return graded


def test_functions_share_the_points(graded: Callable[..., Outcome]) -> None:
    assert graded(CLEAN).points == 2
    assert graded(DeviceBugs([DeviceBug("cpu", 0, 1, 2)], "")).points == 1


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (DeviceBugs([], "no device"), "it takes no parameter device"),
        (DeviceBugs([], "device unused"), "it computed with no tensor on the device"),
        (DeviceBugs([], "raised"), "it raised an exception when it was tried"),
        (TimedOut(4.0), "it did not return within 4 s when it was tried"),
        (Ended("ended the whole Python process (exit status 42)"), "it ended the process when it was tried"),
        (NotRun("the program could not be loaded"), "it was not tried: the program could not be loaded"),
    ],
)
def test_what_is_not_decided_costs_nothing_and_says_why(
    graded: Callable[..., Outcome], found: Looked, why: str
) -> None:
    outcome = graded(found)
    assert outcome.points == 2
    assert outcome.summary == "Tried as if on a GPU: 1 of 2 functions right, 1 could not be checked."
    assert f"✓ train: could not be checked, which costs no points: {why}" in outcome.text.split("\n")


def test_wrong_function_earns_nothing_for_device(
    graded: Callable[..., Outcome],
) -> None:
    outcome = graded(CLEAN, train=0)
    assert outcome.points == 1
    assert "· train: will be checked once it is right for other numbers" in outcome.text
    nothing = graded(CLEAN, train=0, fnn=0)
    assert (nothing.points, nothing.graded) == (0, False)


@pytest.mark.parametrize(
    ("bugs", "said"),
    [
        ([DeviceBug("cpu", 2, 1, 1)], "w is left on the CPU although `device` is given (line 1: `import torch`)"),
        (
            [DeviceBug("cpu", 0, 1, 1), DeviceBug("cpu", 1, 1, 1)],
            "x and y are left on the CPU although `device` is given (line 1: `import torch`)",
        ),
        ([DeviceBug("numpy", None, 1, 1), DeviceBug("numpy", None, 1, 2)], "(line 1: `import torch`; line 2)"),
        (
            [DeviceBug("cpu", 0, None, None), DeviceBug("cpu", 1, None, None), DeviceBug("cpu", 2, None, None)],
            "✗ train: x, y and w are left on the CPU although `device` is given\n",
        ),
        (
            [DeviceBug("numpy", None, 1, 1), DeviceBug("leaf", 0, 1, 2), DeviceBug("numpy", None, 1, 2)],
            "✗ train: a tensor on the device is converted to a NumPy array (line 1: `import torch`; line 2); "
            "x is moved to the device after requires_grad was set (line 2: ",
        ),
        ([DeviceBug("cuda", None, None, None)], "`cuda` is hard-coded; the grader used its own device instead"),
        ([DeviceBug("leaf", 2, 1, 1)], "w is moved to the device after requires_grad was set (line 1: "),
        (
            [DeviceBug("numpy", None, 1, 1)],
            "a tensor on the device is converted to a NumPy array (line 1: `import torch`)",
        ),
        ([DeviceBug("cpu", 0, 1, 2)], "(line 2: `x = \N{REPLACEMENT CHARACTER}[31mtorch.tensor(1)`)"),
    ],
)
def test_a_bug_is_said_with_its_input_and_its_line(
    graded: Callable[..., Outcome], bugs: list[DeviceBug], said: str
) -> None:
    outcome = graded(DeviceBugs(bugs, ""))
    assert said in outcome.text
    assert outcome.hint


def test_three_inputs_and_three_lines_are_named(real_lab: rubric.Lab) -> None:
    (check,) = (each for each in real_lab.rubric.checks if isinstance(each, rubric.DeviceCheck))
    bugs = [DeviceBug("cpu", number, 1, number + 1) for number in range(4)]
    student = Answers(found={"train": CLEAN, "fnn_check_result": DeviceBugs(bugs, "")})
    submission = Submission((), Program("Lab4.py", ("a\nb\nc\nd",), "digest"), None, (), ())
    context = CodeContext(real_lab, submission, Mistakes(real_lab), student, Oracle(real_lab, student))
    context.record.points.update({"3.2": 1.0, "7.2": 1.0})
    outcome = device.grade(check, context)
    assert [str(each) for each in outcome.findings] == [
        "✓ train",
        "✗ fnn_check_result: x1, w1 and w2 are left on the CPU although `device` is given "
        "(line 1: `a`; line 2; line 3)",
    ]
    assert (outcome.points, outcome.summary) == (1.0, "Tried as if on a GPU: 1 of 2 functions right.")
    assert outcome.hint == (
        "Make every tensor on the device, torch.tensor(…, device=device), or move it there with .to(device)."
    )


def test_points_for_the_published_inputs_alone_are_no_reason_to_try(real_lab: rubric.Lab) -> None:
    (check,) = (each for each in real_lab.rubric.checks if isinstance(each, rubric.DeviceCheck))
    student = Answers(found={"train": CLEAN})
    submission = Submission((), Program("Lab4.py", CELLS, "digest"), None, (), ())
    context = CodeContext(real_lab, submission, Mistakes(real_lab), student, Oracle(real_lab, student))
    context.record.points.update({"3.1": 4.0, "3.3": 0.5, "7.1": 2.0, "7.2": 0.0})
    assert [str(each) for each in device.grade(check, context).findings] == [
        "✓ train",
        "· fnn_check_result: will be checked once it is right for other numbers",
    ]
    context.record.points.update({"3.3": 0.0})
    outcome = device.grade(check, context)
    assert outcome == Outcome(0.0, device.NONE_YET, graded=False)


@pytest.mark.parametrize("bad", [-1, 0, 99, 2**62])
def test_an_input_or_a_line_that_there_is_not_is_not_shown(graded: Callable[..., Outcome], bad: int) -> None:
    parameter = bad or 3
    for bug in (DeviceBug("cpu", parameter, bad, 1), DeviceBug("cpu", parameter, 1, bad)):
        text = graded(DeviceBugs([bug], "")).text
        assert "✗ train: a tensor is left on the CPU although `device` is given\n" in text


def test_of_a_very_long_program_no_line_is_told(graded: Callable[..., Outcome]) -> None:
    """Which one is named could tell a hidden number."""
    found = DeviceBugs([DeviceBug("cpu", 0, 1, 2)], "")
    short, long = (graded(found, (CELLS[0] + "\n" * lines,)) for lines in (400, 500))
    assert short.points == long.points
    assert "line 2" in short.text
    assert "line" not in long.text


def test_in_a_notebook_the_cell_is_named(graded: Callable[..., Outcome]) -> None:
    outcome = graded(DeviceBugs([DeviceBug("cpu", 2, 2, 1)], ""), CELLS)
    assert "(code cell 2, line 1: `w = 2`)" in outcome.text


def test_only_numbers_near_the_published_ones_are_used(real_lab: rubric.Lab) -> None:
    (check,) = (each for each in real_lab.rubric.checks if isinstance(each, rubric.DeviceCheck))
    student = Answers(found={"train": CLEAN, "fnn_check_result": CLEAN})
    submission = Submission((), Program("Lab4.py", CELLS, "digest"), None, (), ())
    context = CodeContext(real_lab, submission, Mistakes(real_lab), student, Oracle(real_lab, student))
    context.record.points.update({"3.2": 1.0, "7.2": 1.0})
    device.grade(check, context)
    assert [function for function, _, _ in student.asked] == ["train", "fnn_check_result"]
    for function, inputs, _ in student.asked:
        graph = real_lab.rubric.functions[function].graph
        assert inputs == pytest.approx(real_lab.rubric.graphs[graph].inputs["published"], abs=0.06)
    assert student.asked[0][2] == {"lr": 0.01, "n_epochs": 2}
    assert student.asked[1][2] == {}
    published = real_lab.rubric.graphs["task2"].inputs["published"]
    moved = [value - published[name] for name, value in student.asked[1][1].items()]
    assert all(0 < one < other for one, other in pairwise(moved))  # each can be told from a constant


def test_half_precision_is_named_and_not_called_wrong_arithmetic(hand_in: Callable[..., Result]) -> None:
    program = (ROOT / "reference/Lab4.py").read_text().replace("torch.tensor(float(value), device=device)", "HALF")
    program = program.replace("HALF", "torch.tensor(float(value), device=device, dtype=torch.float16)")
    program = program.replace(
        "return loss.item(), output.grad.item(), hidden.grad.item()", "return loss, output.grad, hidden.grad"
    )
    text = hand_in(program).check("7.2").outcome.text
    assert "half precision" in text


def test_labels_stay_whole_numbers() -> None:
    lab = rubric.load(ROOT / "labs/two_layer_network")
    (check,) = (each for each in lab.rubric.checks if isinstance(each, rubric.DeviceCheck))
    student = Answers(found=dict.fromkeys(check.functions, CLEAN))
    submission = Submission((), Program("Lab7.py", CELLS, "digest"), None, (), ())
    context = CodeContext(lab, submission, Mistakes(lab), student, Oracle(lab, student))
    context.record.points.update({"5.2": 1.0, "6.2": 1.0})
    device.grade(check, context)
    assert [function for function, _, _ in student.asked] == ["gradients_by_autograd", "Net"]
    for function, inputs, _ in student.asked:
        published = lab.defaults(function).inputs
        assert (inputs["labels"] == published["labels"]).all()
        assert (inputs["X"] != published["X"]).all()
