"""The promises of the handout and of the instructor's solution."""

import inspect
import re
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from with_torch import run_script

from autograder.graph import Graph, derivative_name, parse, quantities, split_derivative

pytestmark = pytest.mark.long
Functions = dict[str, Any]
Inputs = tuple[float, ...]

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE, REFERENCE = ROOT / "student_template", ROOT / "reference"

TASK1 = parse({"y_hat": "x * w", "s": "y_hat - y", "loss": "s ** 2"})
TASK2 = parse(
    {"m1": "x1 * w1", "r": "relu(m1)", "m2": "r * w2", "y_hat": "sigmoid(m2)", "s": "y_hat - y", "loss": "s ** 2"}
)
PUBLISHED1, PUBLISHED2 = {"x": 4.0, "y": 1.0, "w": 0.5}, {"x1": 4.0, "w1": 0.5, "w2": 0.2, "y": 1.0}
PARAMETERS: dict[str, dict[str, Any]] = {
    "check_result": {**PUBLISHED1, "device": "cpu"},
    "train": {**PUBLISHED1, "lr": 0.01, "n_epochs": 20, "device": "cpu"},
    "fnn_forward": PUBLISHED2,
    "fnn_gradients": PUBLISHED2,
    "fnn_check_result": {**PUBLISHED2, "device": "cpu"},
}
TO_WRITE = [name for name in PARAMETERS if name != "check_result"]
ANSWERS = {
    "task1": ["y_hat", "s", "loss", "dloss_dw"],
    "task2": ["m1", "r", "m2", "y_hat", "s", "loss", "dloss_dw2", "dloss_dw1"],
}
NODES = ["m1", "r", "m2", "y_hat", "s", "loss"]
PARTIALS = ["dloss_ds", "ds_dy_hat", "dy_hat_dm2", "dm2_dw2", "dm2_dr", "dr_dm1", "dm1_dw1"]
HIDDEN1 = [(4.2, -1.4, -0.4), (-4.0, -2.6, -0.7), tuple(PUBLISHED1.values())]
HIDDEN2 = [(1.1, 1.7, 1.6, 1.5), (2.9, 1.2, -0.6, 0.3), (2.9, -0.8, -2.3, 1.4), tuple(PUBLISHED2.values())]
TRAINING = [(1.4, -0.9, -1.3, 0.1), (-2.0, 2.4, -0.7, 0.04), (-2.0, 2.4, -0.7, 0.11), (1.4, -0.9, -1.3, 0.6)]


def expected(graph: Graph, inputs: dict[str, float]) -> dict[str, float]:
    """Nodes, local partials and the gradients of the loss, under the names that the lab gives them."""
    gradients = [derivative_name(graph.output, name) for name in graph.names if name != graph.output]
    return quantities.expected(graph, [*graph.names, *gradients, *quantities.local_derivatives(graph)], inputs)


def close(numbers: dict[str, float] | list[float]) -> Any:
    return pytest.approx(numbers, rel=1e-5, abs=1e-5)


@pytest.fixture(scope="module")
def reference() -> Functions:
    return runpy.run_path(str(REFERENCE / "Lab4.py"))


@pytest.fixture(scope="module")
def template() -> Functions:
    return runpy.run_path(str(TEMPLATE / "Lab4.py"))


def run_with(folder: Path, code: str) -> str:
    """What the template prints, as a script that exits with 0, when a student has written this code."""
    program = (TEMPLATE / "Lab4.py").read_text(encoding="utf-8")
    changed = program.replace('if __name__ == "__main__":', f'{code}\nif __name__ == "__main__":')
    assert changed != program
    (folder / "Lab4.py").write_text(changed, encoding="utf-8")
    run = run_script(folder / "Lab4.py")
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return run.stdout


def template_texts() -> Iterator[tuple[str, str]]:
    """What students read in every file of the template, without the coordinates of its drawings."""
    for path in sorted(TEMPLATE.iterdir()):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".svg":
                text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
            yield path.name, text


def test_the_template_runs_and_says_what_is_still_to_be_written(tmp_path: Path) -> None:
    printed = run_with(tmp_path, "")
    for name in TO_WRITE:
        assert f"{name}: {name}() is still to be written" in printed
    assert "check_result returned (1.0, 8.0)" in printed


def test_the_template_survives_unfinished_work(tmp_path: Path) -> None:
    printed = run_with(
        tmp_path,
        "def train(): return 1 / 0\n"
        "def fnn_forward(): pass\n"
        "def fnn_gradients(): return {'dloss_dw': 3}\n"
        "def fnn_check_result(): return 1, 2, 3\n",
    )
    assert "train: stopped with an error" in printed
    assert "ZeroDivisionError" in printed
    assert "fnn_forward returned None (nothing): it needs a return" in printed
    assert "cannot be compared (KeyError('dloss_dw2'))" in printed


def test_an_error_inside_torch_is_shown_at_the_students_own_line(tmp_path: Path) -> None:
    printed = run_with(
        tmp_path,
        "def step(loss):\n"
        "    loss.backward()  # the line to show\n"
        "def train():\n"
        "    step(torch.tensor(1.0))\n"
        "def fnn_check_result(needed):\n"
        "    return needed\n",
    )
    lines = (tmp_path / "Lab4.py").read_text(encoding="utf-8").splitlines()
    number = lines.index("    loss.backward()  # the line to show") + 1
    assert f"train: stopped with an error in Lab4.py, line {number}:\n    loss.backward()" in printed
    assert "RuntimeError: element 0 of tensors does not require grad" in printed
    assert "fnn_check_result: stopped with an error in Lab4.py, line " in printed  # raised by the call itself
    assert "autograd/graph.py" not in printed


def test_unwritten_is_recognized_by_the_templates_message(tmp_path: Path) -> None:
    printed = run_with(
        tmp_path,
        "def train():\n"
        "    return torch.tensor(2.0) ^ torch.tensor(2.0)\n"
        "def fnn_check_result():\n"
        "    raise NotImplementedError('not implemented for Float')\n",
    )
    assert "train: stopped with an error in Lab4.py, line " in printed
    assert "    return torch.tensor(2.0) ^ torch.tensor(2.0)\n" in printed
    assert "fnn_check_result: stopped with an error in Lab4.py, line " in printed
    assert "NotImplementedError: not implemented for Float" in printed
    assert "fnn_forward: fnn_forward() is still to be written" in printed


def test_a_function_that_needs_an_unwritten_one_says_which(tmp_path: Path) -> None:
    printed = run_with(tmp_path, "def fnn_gradients():\n    return fnn_forward()\n")
    assert "fnn_gradients: cannot go on, because fnn_forward() is still to be written" in printed
    assert "fnn_forward: fnn_forward() is still to be written" in printed


@pytest.mark.slow("template as a script")
def test_the_first_loss_is_put_beside_that_of_check_result(tmp_path: Path) -> None:
    printed = run_with(tmp_path, "def train(): return 0.5, [1.0]\n")
    assert re.search(r"losses\[0\] +yours +1\.0+ +check_result +1\.0+ +they agree", printed)
    assert "autograd " not in printed
    printed = run_with(tmp_path, "def train(): return 0.5, []\n")
    assert "    train's list of losses is empty\n" in printed
    assert "IndexError" not in printed


@pytest.mark.slow("template as a script")
def test_template_prints_both_gradients(tmp_path: Path) -> None:
    shutil.copy(REFERENCE / "Lab4.py", tmp_path / "solution.py")
    solution = f"from solution import {', '.join(TO_WRITE)}\n"
    printed = run_with(tmp_path, solution)
    assert [line.split()[0] for line in printed.splitlines() if line.endswith("they agree")] == [
        "losses[0]",
        "loss",
        "dloss_dw2",
        "dloss_dw1",
    ]
    wrong = "fnn_gradients = lambda: {'dloss_dw2': 0.385678, 'dloss_dw1': -0.154271}\n"
    printed = run_with(tmp_path, solution + wrong)
    assert re.search(r"dloss_dw2 .* THEY DIFFER", printed)
    assert re.search(r"dloss_dw1 .* they agree", printed)


@pytest.mark.parametrize("folder", [TEMPLATE, REFERENCE])
def test_every_parameter_has_the_handouts_value_as_its_default(folder: Path) -> None:
    functions = runpy.run_path(str(folder / "Lab4.py"))
    for name, parameters in PARAMETERS.items():
        signature = inspect.signature(functions[name])
        assert [(p.name, p.default) for p in signature.parameters.values()] == [*parameters.items()], name


@pytest.mark.parametrize("folder", [TEMPLATE, REFERENCE])
def test_answers_have_the_keys_of_the_lab(folder: Path) -> None:
    answers = yaml.safe_load((folder / "answers.yaml").read_text(encoding="utf-8"))
    assert {section: list(values) for section, values in answers.items()} == ANSWERS


def test_template_is_blank(template: Functions) -> None:
    answers = yaml.safe_load((TEMPLATE / "answers.yaml").read_text(encoding="utf-8"))
    assert all(value is None for section in answers.values() for value in section.values())
    for name in TO_WRITE:
        with pytest.raises(NotImplementedError, match=rf"{name}\(\) is still to be written"):
            template[name]()


def spoilers_in(text: str) -> set[str]:
    """The numbers in this text that are an answer of the lab, to any number of decimals from two up."""
    known = [*expected(TASK1, PUBLISHED1).values(), *expected(TASK2, PUBLISHED2).values()]
    known += [0.46240008, 0.21381383, 0.09886750, 0.25011174]  # losses and weight of train at its defaults
    rounded = {f"{abs(number):.{digits}f}" for number in known if number % 1 for digits in range(2, 10)}
    spoilers = {float(number) for number in rounded} - {0.5, 0.2} | {8.0}  # w, w1 and w2 are given
    return {number for number in re.findall(r"\d*\.?\d+(?!\w)", text) if float(number) in spoilers}


def test_no_answer_can_be_read_in_the_template() -> None:
    for file, text in template_texts():
        assert not spoilers_in(text), file


@pytest.mark.parametrize("spoiler", ["8.0", "dloss: 8", "-.3857", "-0.39", "0.598688", "m2 = 0.4", ".462"])
def test_an_answer_in_the_template_would_be_noticed(spoiler: str) -> None:
    assert spoilers_in(f"w = 0.5, y = 1\n  {spoiler}\nlr = 0.01")


def test_the_templates_check_result_agrees_with_the_graph(template: Functions) -> None:
    for inputs in HIDDEN1:
        truth = expected(TASK1, dict(zip(PUBLISHED1, inputs, strict=True)))
        assert list(template["check_result"](*inputs)) == close([truth["loss"], truth["dloss_dw"]])


def test_lab_sheet_files_exist_with_descriptions() -> None:
    sheet = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r'src="([^"]+)"', sheet) + re.findall(r"\]\(([^)]+)\)", sheet)
    drawings = {path.name for path in TEMPLATE.glob("*.svg")}
    assert drawings
    assert drawings <= set(shown)
    for name in shown:
        assert name.startswith("https://") or (TEMPLATE / name).is_file(), name
    for name in drawings:
        drawing = (TEMPLATE / name).read_text(encoding="utf-8")
        assert "<title" in drawing
        assert "<desc" in drawing
    assert sheet.count("<img ") == sheet.count(' alt="') == len(drawings)


def test_the_lab_sheet_names_every_answer_and_function() -> None:
    sheet = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    for name in {*ANSWERS["task1"], *ANSWERS["task2"], *PARTIALS, *PARAMETERS, "answers.yaml", "Lab4.py"}:
        assert f"`{name}`" in sheet, name


def test_the_lab_sheet_says_what_is_needed_and_where_to_look() -> None:
    sheet = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    assert "`pip install torch`" in sheet
    assert "Upload both files to Gradescope as often as you like" in sheet
    assert "one operation per node" in sheet
    assert "run_autograder" not in sheet  # the course's repository holds the solution
    assert "repository" not in sheet


def test_lab_sheet_names_the_tutorial(template: Functions) -> None:
    assert "lesson 3 of the tutorial that README.md names" in inspect.getdoc(template["train"])
    sheet = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    assert "Lessons 2, 3 and 4 of **Patrick Loeber's PyTorch tutorial**" in sheet


def test_reference_answers_are_the_graphs_values() -> None:
    answers = yaml.safe_load((REFERENCE / "answers.yaml").read_text(encoding="utf-8"))
    for task, graph, inputs in (("task1", TASK1, PUBLISHED1), ("task2", TASK2, PUBLISHED2)):
        truth = expected(graph, inputs)
        assert answers[task] == pytest.approx({name: truth[name] for name in ANSWERS[task]}, rel=0, abs=6e-10)


def test_every_derivative_of_the_lab_is_one_of_its_graph() -> None:
    for name in [*PARTIALS, "dloss_dw2", "dloss_dw1"]:
        assert split_derivative(name, TASK2.names) is not None


@pytest.mark.parametrize("inputs", HIDDEN1)
def test_the_references_task_1_agrees_with_the_graph(reference: Functions, inputs: Inputs) -> None:
    truth = expected(TASK1, dict(zip(PUBLISHED1, inputs, strict=True)))
    assert list(reference["check_result"](*inputs)) == close([truth["loss"], truth["dloss_dw"]])


@pytest.mark.parametrize("inputs", HIDDEN2)
def test_the_references_task_2_agrees_with_the_graph(reference: Functions, inputs: Inputs) -> None:
    truth = expected(TASK2, dict(zip(PUBLISHED2, inputs, strict=True)))
    by_hand, checked = [*PARTIALS, "dloss_dw2", "dloss_dw1"], ["loss", "dloss_dw2", "dloss_dw1"]
    assert reference["fnn_forward"](*inputs) == close({name: truth[name] for name in NODES})
    assert reference["fnn_gradients"](*inputs) == close({name: truth[name] for name in by_hand})
    assert list(reference["fnn_check_result"](*inputs)) == close([truth[name] for name in checked])


@pytest.mark.parametrize("n_epochs", [0, 1, 10])
@pytest.mark.parametrize(("x", "y", "w", "lr"), TRAINING)
def test_the_references_training_descends_the_graphs_gradient(
    reference: Functions, x: float, y: float, w: float, lr: float, n_epochs: int
) -> None:
    weight, losses = reference["train"](x, y, w, lr, n_epochs)
    expected_losses = []
    for _ in range(n_epochs):
        values = TASK1.values({"x": x, "y": y, "w": w})
        expected_losses.append(values["loss"])
        w -= lr * TASK1.gradients(values)["w"]
    assert weight == pytest.approx(w, rel=1e-5)
    assert losses == close(expected_losses)


def test_the_references_training_does_not_raise_when_it_diverges(reference: Functions) -> None:
    _, losses = reference["train"](10.0, 1.0, 3.0, 1.0, 200)
    assert len(losses) == 200
    assert losses[0] == 841.0
    assert not losses[-1] < float("inf")
    assert reference["fnn_gradients"](1e3, 1e3, -1e3, 1.0)["dloss_dw2"] == 0.0
