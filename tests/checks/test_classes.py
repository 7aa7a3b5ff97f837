"""Classes: built, given weights, called, and differentiated."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from small_labs import grade_changed, replaced, some_checks

from autograder import rubric
from autograder.checks.class_hints import hint
from autograder.checks.comparison import Comparison
from autograder.grader import Grader
from autograder.outcome import GradeReport
from autograder.rubric import Tolerance
from autograder.sandbox.host.fork_server import ForkServer
from autograder.yaml_config import FileError

LAB = ROOT / "labs/two_layer_network"
TEXT = (LAB / "reference/Lab7.py").read_text()
FORWARD = "self.out(torch.relu(self.hidden(X)))"
HIDDEN = "self.hidden = nn.Linear(inputs, hidden)"
OUT = "self.out = nn.Linear(hidden, classes)"


@pytest.fixture(scope="module")
def grader(server: ForkServer) -> Iterator[Grader]:
    with Grader(some_checks(rubric.load(LAB), "5.2", "6.1", "6.2", "9").with_limits(search=5), server, "cpu") as grader:
        yield grader


def graded(grader: Grader, folder: Path, *changes: tuple[str, str]) -> GradeReport:
    return grade_changed(grader, folder, changes)


def points(report: GradeReport) -> list[float]:
    return [check.outcome.points for check in report.checks if check.number in ("6.1", "6.2", "9")]


def said(report: GradeReport, number: str) -> str:
    return next(check.outcome.text for check in report.checks if check.number == number)


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [(FORWARD, "nn.functional.linear(nn.functional.linear(X, self.hidden.weight, self.hidden.bias).clamp(min=0), "
                   "self.out.weight, self.out.bias)")],
        [(HIDDEN, "self.fc1 = nn.Linear(inputs, hidden)"), (OUT, "self.fc2 = nn.Linear(hidden, classes)"),
         (FORWARD, "self.fc2(self.fc1(X).relu())")],  # by their order
        [(HIDDEN, "self.layers = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, classes))"),
         (f"        {OUT}\n", ""), (FORWARD, "self.layers(X)")],
        [(HIDDEN, OUT), (f"        {OUT}\n\n", f"        {HIDDEN}\n\n")],  # by their names, in another order
        [(OUT, f"{OUT}\n        self.dropout = nn.Dropout(0.5)"), (FORWARD, f"self.dropout({FORWARD})")],
        [("    def forward(self, X):", "    def train(self, X, y, epochs):\n        ...\n\n    def forward(self, X):")],
        [(HIDDEN, "self.hidden = nn.LazyLinear(hidden)"), (OUT, "self.out = nn.LazyLinear(classes)")],
        [("def __init__(self, inputs, hidden, classes):", "def __init__(self, n_inputs, hidden_size, n_out=3):"),
         (HIDDEN, "self.hidden = nn.Linear(n_inputs, hidden_size)"),
         (OUT, "self.out = nn.Linear(hidden_size, n_out)")],
        [(FORWARD, f"({FORWARD},)")],
        [(FORWARD, f"{{'logits': {FORWARD}}}")],
        [(HIDDEN, "self.hidden = nn.Linear(inputs, hidden).double()"), (OUT, f"{OUT}.double()"),
         (FORWARD, "self.out(torch.relu(self.hidden(X.double())))")],
        [("def forward(self, X):", "def forward(self, x):"), (FORWARD, "self.out(torch.relu(self.hidden(x)))")],
    ],
    ids=str,
)  # fmt: skip
def test_right_in_any_style(grader: Grader, tmp_path: Path, changes: list[tuple[str, str]]) -> None:
    assert points(graded(grader, tmp_path, *changes)) == [4, 8, 4]


@pytest.mark.parametrize(
    ("changes", "earned", "text"),
    [
        ([(FORWARD, "self.out(self.hidden(X))")], [0, 0, 2], "Follow forward() layer by layer"),
        ([(FORWARD, f"torch.softmax({FORWARD}, 1)")], [0, 0, 2], "leave softmax out at the end"),
        ([(FORWARD, f"torch.relu({FORWARD})")], [0, 0, 2], "leave ReLU out at the end"),
        ([(FORWARD, "self.out(torch.relu(self.hidden(X).detach()))")], [2.67, 5.33, 4], "leave autograd somewhere"),
        ([(FORWARD, "self.out(torch.relu(self.hidden(X))).T")], [0, 0, 2], "is transposed"),
        ([(FORWARD, "print(X)")], [0, 0, 2], "is a return missing at the end of forward()?"),
        ([(HIDDEN, "self.hidden = nn.Linear(hidden, inputs)")], [0, 0, 2], "hidden.weight (2, 8), hidden.bias (2,)"),
        ([(HIDDEN, f"{HIDDEN}; self.more = nn.Linear(1, 1)")], [0, 0, 2], "Net has 6 parameters with 53 numbers"),
        ([("        super().__init__()\n", "")], [0, 0, 2], "super().__init__()"),
        ([("class Net(nn.Module)", "class Nett(nn.Module)")], [0, 0, 2], "There is no class Net, but there is Nett."),
        ([("class Net(nn.Module)", "class Net")], [0, 0, 2], "Net makes no torch.nn.Module"),
        ([(HIDDEN, f"{HIDDEN}; self.zero = torch.zeros(1)"), (FORWARD, f"self.zero + {FORWARD}")], [4, 8, 2],
         "register_buffer"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_loses_points_and_reads_why(
    grader: Grader, tmp_path: Path, changes: list[tuple[str, str]], earned: list[float], text: str
) -> None:
    report = graded(grader, tmp_path, *changes)
    assert points(report) == earned
    assert text in said(report, "9" if text == "register_buffer" else "6.1")


@pytest.mark.parametrize("wrong", ["loss", "first.weight.grad"])
def test_a_column_of_predictions_is_named_where_the_loss_goes_wrong(wrong: str) -> None:
    comparisons = {"y_hat": Comparison("right", "has an axis of size 1 too many, or one too few; accepted")}
    comparisons |= {"loss": Comparison("right"), "first.weight.grad": Comparison("value"), wrong: Comparison("value")}
    said = hint("Net", ["y_hat"], comparisons, {}, Tolerance(1e-3, 1e-6))
    assert said.startswith("y_hat has an axis of size 1 too many or too few")


def test_the_line_of_a_mistake_is_found(grader: Grader, tmp_path: Path) -> None:
    line = TEXT[: TEXT.index(FORWARD)].count("\n") + 1
    report = graded(grader, tmp_path, (FORWARD, "self.out(torch.sigmoid(self.hidden(X)))"))
    assert f"One small change in line {line} " in said(report, "6.1")


def test_weights_that_are_kept_earn_nothing(grader: Grader, tmp_path: Path) -> None:
    """Weights are copied in, and are others for each submission: answers that do not use them are wrong."""
    report = graded(grader, tmp_path, (FORWARD, "torch.ones(len(X), 3, requires_grad=True) * self.out.bias"))
    assert points(report)[:2] < [3, 6]
    assert "✗ logits" in said(report, "6.1")


def test_hidden_inputs_are_not_told_by_names_of_parameters(grader: Grader, tmp_path: Path) -> None:
    spying = f"{HIDDEN}; setattr(self, 'secret_name', nn.Parameter(torch.zeros(1)))"
    report = graded(grader, tmp_path, (HIDDEN, spying))
    assert "secret_name" in said(report, "6.1")
    assert "secret_name" not in said(report, "6.2")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("cross_entropy(logits, labels)\n    dev", "entropy(logits, labels)\n    dev", "one of mse, cross_entropy"),
        ("cross_entropy(logits, labels)\n    dev", "cross_entropy(labels, logits)\n    dev", "a name under `returns`"),
        ("returns: [logits]\n", "returns: [logits, loss]\n", "the loss is returned without being named"),
        ("    class: true\n", "", "only a class has `build`; write class: true"),
        ("hidden: 8, classes", "hiden: 8, classes", "parameter of Net.__init__() 'hiden'; did you mean 'hidden'"),
        ("loss: cross_entropy(logits, labels)\n    dev", "dev", "forward() takes X, and the rubric gives it X, labels"),
        ("hidden.weight: [8, 2]", "hidden.weight: [8, 0]", "the sizes of hidden.weight must be above 0"),
        ("    parameters: { hidden.weight: [8, 2], hidden.bias: [8], out.weight: [3, 8], out.bias: [3] }\n", "",
         "name the parameters of the class with their shapes"),
        ("  Net:\n", "  fit:\n", "Lab7.py defines a function of this name"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(tmp_path: Path, old: str, new: str, text: str) -> None:
    shutil.copytree(LAB, tmp_path, dirs_exist_ok=True)
    rubric_file = tmp_path / "rubric.yaml"
    before = rubric_file.read_text()
    assert before.count(old) == 1
    rubric_file.write_text(before.replace(old, new))
    with pytest.raises(FileError) as error:
        rubric.load(tmp_path)
    assert text in str(error.value)


def test_parameters_that_the_reference_has_not_are_the_graders_fault(
    server: ForkServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(LAB, tmp_path / "lab")
    rubric_file = tmp_path / "lab/rubric.yaml"
    rubric_file.write_text(rubric_file.read_text().replace("out.weight: [3, 8]", "out.weight: [8, 3]"))
    with Grader(rubric.load(tmp_path / "lab"), server, "cpu") as grader:
        report = grader.grade(LAB / "reference", tmp_path / "results.json")
    assert report.faulty  # the rubric is wrong, not the program
    written = capfd.readouterr().err
    assert "the reference's Net() gave no answer: Net has 4 parameters with 51 numbers" in written
    assert "out.weight (3, 8) and out.bias (3,); asked for are 4 parameters" in written


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("X: { shape: [6, 2] }", "X: { shape: [6, 3] }"),
        ("[6, 2] }, labels: { shape: [6], labels: 3 }", "[6, 2] }, labels: { shape: [6], labels: 5 }"),
    ],
)
def test_inputs_that_the_reference_cannot_take_are_the_graders_fault(
    server: ForkServer, tmp_path: Path, old: str, new: str
) -> None:
    shutil.copytree(LAB, tmp_path / "lab")
    rubric_file = tmp_path / "lab/rubric.yaml"
    rubric_file.write_text(replaced(rubric_file.read_text(), [(old, new)]))
    lab = some_checks(rubric.load(tmp_path / "lab"), "6.1").with_limits(search=0)
    with Grader(lab, server, "cpu") as grader:
        assert grader.grade(LAB / "reference", tmp_path / "results.json").faulty


def test_gradients_follow_from_a_forward_pass_that_leaves_out_nodes(server: ForkServer, tmp_path: Path) -> None:
    with Grader(some_checks(rubric.load(LAB), "3.1", "4.1", "4.2").with_limits(search=0), server, "cpu") as grader:
        report = grade_changed(
            grader, tmp_path, [("    a = torch.relu(h)\n    logits", "    a = torch.sigmoid(h)\n    logits")]
        )
    assert [check.state for check in report.checks] == ["partly", "follows", "follows"]


@pytest.mark.parametrize(
    ("returned", "finding", "advice"),
    [
        (f"{FORWARD}.argmax(1)", "has an axis too few", "Return logits in the shape that is asked for"),
        (f"{FORWARD}.T", "is transposed", "Return logits in the shape that is asked for"),
        ("None", "is None", "is a return missing at the end of forward()?"),
    ],
)
def test_what_does_not_fit_the_loss_is_described_itself(
    grader: Grader, tmp_path: Path, returned: str, finding: str, advice: str
) -> None:
    """It is the grader that computes the loss: the class has raised nothing."""
    text = said(graded(grader, tmp_path, (f"return {FORWARD}", f"return {returned}")), "6.1")
    assert finding in text
    assert advice in text
    assert "loss, hidden.weight.grad, hidden.bias.grad, out.weight.grad, out.bias.grad: cannot be computed" in text
    assert "raised" not in text


def test_outputs_that_autograd_does_not_know_are_right_and_their_gradients_are_not(
    grader: Grader, tmp_path: Path
) -> None:
    text = said(graded(grader, tmp_path, (f"return {FORWARD}", f"return {FORWARD}.detach()")), "6.1")
    assert "✓ logits, loss" in text
    assert "does forward() leave autograd somewhere" in text


def test_what_one_function_sets_in_torch_affects_no_other(server: ForkServer, tmp_path: Path) -> None:
    """As students do before they evaluate a model."""
    settings = "torch.set_grad_enabled(False)\n    torch.set_default_dtype(torch.float64)\n"
    with Grader(rubric.load(LAB).with_limits(search=0), server, "cpu") as grader:
        shutil.copy(LAB / "reference/answers.yaml", tmp_path)
        left_on = f"    {settings}    torch.set_default_device('meta')\n    return model, losses"
        assert grade_changed(grader, tmp_path, [("    return model, losses", left_on)]).points == 100


def test_a_loss_that_is_not_returned_is_not_called_right(server: ForkServer, tmp_path: Path) -> None:
    loss = "nn.functional.cross_entropy(logits, labels).backward()"
    other = "nn.functional.mse_loss(logits, nn.functional.one_hot(labels).float()).backward()"
    with Grader(some_checks(rubric.load(LAB), "5.1").with_limits(search=0), server, "cpu") as grader:
        report = grade_changed(grader, tmp_path, [(loss, other)])
    assert "Compare the forward pass and the loss with the graph, and then what comes" in said(report, "5.1")


def test_right_arrays_in_another_order_are_called_so(server: ForkServer, tmp_path: Path) -> None:
    before = TEXT.index('    return {\n        "dloss_dlogits"')
    written = TEXT[before : TEXT.index("    }\n", before) + 6]
    names = ("h", "W1", "b1", "W2", "b2", "logits")
    with Grader(some_checks(rubric.load(LAB), "4.1").with_limits(search=0), server, "cpu") as grader:
        other = f"    found = {written[11:]}    return tuple(found[f'dloss_d{{name}}'] for name in {names})\n"
        report = grade_changed(grader, tmp_path, [(written, other)])
    assert report.points == 0
    assert "the right values, in other places: return dloss_dlogits, dloss_dW2, dloss_db2" in said(report, "4.1")
