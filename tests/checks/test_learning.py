"""Training whose way is free: what counts is what the model answers to samples that it has not seen."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from small_labs import grade_changed, some_checks

from autograder import rubric
from autograder.checks import context, learning
from autograder.checks.fit_calls import fit_calls
from autograder.grader import Grader
from autograder.outcome import CheckResult
from autograder.rubric import LearnsCheck, data_files
from autograder.sandbox.host.fork_server import ForkServer
from autograder.yaml_config import FileError

LAB = ROOT / "labs/two_layer_network"
ADAM = "torch.optim.Adam(model.parameters(), lr=lr)"
RETURN = "    return model, losses"
BY_HAND = """torch.optim.Optimizer([torch.zeros(1)], {})
    for epoch in range(400):
        loss = nn.functional.cross_entropy(model(X), y)
        grads = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for parameter, grad in zip(model.parameters(), grads):
                parameter -= 0.5 * grad
    optimizer.step = lambda: None"""


@pytest.fixture(scope="module")
def grader(server: ForkServer) -> Iterator[Grader]:
    with Grader(some_checks(rubric.load(LAB), "6.1", "7").with_limits(search=0, call=4), server, "cpu") as grader:
        yield grader


def trained(grader: Grader, folder: Path, *changes: tuple[str, str]) -> CheckResult:
    report = grade_changed(grader, folder, changes)
    return next(check for check in report.checks if check.number == "7")


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [(ADAM, "torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)")],
        [(RETURN, "    return losses, model")],
        [(RETURN, "    return {'history': torch.tensor(losses), 'net': model}")],
        [(RETURN, "    return losses")],  # the model that was given is the trained one
        [(RETURN, "    return model, (loss for loss in losses)")],
        [(RETURN, "    import dataclasses\n"
                  "    kind = dataclasses.make_dataclass('Run', ['net', 'losses'], slots=True)\n"
                  "    return kind(model, losses)")],
        [("    for _ in range(n_epochs):", "    data = torch.utils.data.TensorDataset(X, y)\n"
          "    load = torch.utils.data.DataLoader(data, len(X), True, num_workers=2, prefetch_factor=2, timeout=9,\n"
          "                                       persistent_workers=True, multiprocessing_context='fork')\n"
          "    for X, y in (batch for _ in range(n_epochs) for batch in load):")],
        [(RETURN, "    return (lambda X: model(X)), losses")],
        [(RETURN, "    return (lambda X: model(X).argmax(1)), losses")],
        [("    optimizer = ", "    model.double()\n    X = X.double()\n    optimizer = ")],
        [("def fit(model, X, y, lr=0.03, n_epochs=150)", "def fit(net, x, targets, learning_rate, epochs)"),
         ("optimizer = ", "model, X, y, n_epochs, lr = net, x, targets, epochs, learning_rate\n    optimizer = ")],
        [("losses = []\n    for _", "print('training')\n    losses = []\n    for _")],
        [("n_epochs=150):\n", "n_epochs=150, device='cpu'):\n")],
        [("def __init__(self, inputs, hidden, classes):", "def __init__(self, inputs, hidden, outs):"),
         ("nn.Linear(hidden, classes)", "nn.Linear(hidden, outs)")],
        [("self.hidden = nn.Linear(inputs, hidden)", "self.hidden = nn.LazyLinear(hidden)"),
         ("self.out = nn.Linear(hidden, classes)", "self.out = nn.LazyLinear(classes)")],
        [("    optimizer = ", "    model = __import__('copy').deepcopy(model)\n    optimizer = ")],
        [("    def forward(self, X):", "    def train(self, X, y):\n        ...\n\n    def forward(self, X):")],
        [(RETURN, "    return model, [loss for loss in losses for _ in range(40)]")],  # one for each batch
        [(RETURN, "    return model, torch.tensor(losses).repeat_interleave(40)")],
    ],
    ids=lambda changes: changes[-1][-1][:40] if changes else "the reference",
)  # fmt: skip
def test_right_in_any_style(grader: Grader, tmp_path: Path, changes: list[tuple[str, str]]) -> None:
    assert trained(grader, tmp_path, *changes).outcome.points == 12


@pytest.mark.parametrize(
    ("changes", "points", "said"),
    [
        ([("        optimizer.step()", "        pass")], 0, "is its step() called?"),
        ([("        optimizer.zero_grad()", "        pass")], 0, "are the gradients cleared in each step"),
        ([("torch.relu(self.hidden(X))", "self.hidden(X)")], 0, "First make Net right: it is what is trained here."),
        ([("for _ in range(n_epochs)", "for _ in range(3)")], 0, "do not fall far enough"),
        ([(RETURN, "    return model")], 8, "Return the losses too"),
        ([(RETURN, "    return Net(2, 16, 3), losses")], 0, "is it the trained model that is returned"),
        ([(RETURN, "    return Net(2, 16, 3), [1.0, 0.01]")], 0, "is it the trained model"),
        ([(ADAM, "torch.optim.SGD(model.parameters(), lr=1e9)")], 0, "A loss is infinite or not a number"),
        ([(RETURN, "    return None")], 8, "Return the losses too"),
        ([(RETURN, "    return lambda X: X[0], losses")], 0, "What the model returns does not fit the samples."),
        ([(RETURN, "    return lambda X: X[:, :0], losses")], 0, "What the model returns does not fit the samples."),
        ([(RETURN, "    return (lambda X: undefined), losses")], 0, "The model that fit() returned raised NameError"),
        ([("in range(n_epochs)", "in n_epochs")], 0, "fit() raised TypeError: 'int' object is not iterable"),
        ([("for _ in range(n_epochs)", "while True")], 0, "fit() did not return within 4 s"),
        ([("def fit(", "def fitt(")], 0, "There is no function fit(), but there is fitt()"),
        ([("class Net(", "class Nett(")], 0, "name 'Net' is not defined"),
        ([(ADAM, "torch.optim.Adan(model.parameters())")], 0, "has no attribute 'Adan'"),
    ],
)  # fmt: skip
def test_wrong_loses_points_and_reads_why(
    grader: Grader, tmp_path: Path, changes: list[tuple[str, str]], points: float, said: str
) -> None:
    check = trained(grader, tmp_path, *changes)
    assert check.outcome.points == points
    assert said in check.outcome.text


def test_advice_is_about_runs_that_failed_if_they_are_why_points_are_lost(grader: Grader, tmp_path: Path) -> None:
    check = trained(grader, tmp_path, ("    losses = []\n", "    losses = []\n    1 / (torch.initial_seed() % 2)\n"))
    assert 0 < check.outcome.points < 12
    assert "there was no result: fit() raised ZeroDivisionError" in check.outcome.text
    assert "Which inputs make this line divide by zero?" in check.outcome.text


@pytest.mark.parametrize(
    ("answer", "earned", "said"),
    [
        ("model(X)[:, 0]", 5, "mse: is at most 0.01 in 5 of 5 runs"),
        ("model(X)", 0, "The model returns a column, of shape (n, 1), and y has shape (n,)"),
    ],
)
def test_a_model_without_the_given_one_learns(
    server: ForkServer, tmp_path: Path, answer: str, earned: float, said: str
) -> None:
    """Regression with a function that makes its own model, on an .npz file."""
    numbers = np.random.default_rng(1)
    for name, count in (("train", 60), ("held_out", 40)):
        points = numbers.uniform(-1, 1, (count, 2)).round(3)
        np.savez(tmp_path / f"{name}.npz", X=points, y=points @ [1.5, -2] + 0.5)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference/Lab.py").write_text(
        "import torch\n\n\ndef fit(X, y, lr=0.3):\n    model = torch.nn.Linear(2, 1)\n    losses = []\n"
        f"    for _ in range(200):\n        loss = (({answer} - y) ** 2).mean()\n        losses.append(loss.item())\n"
        "        grads = torch.autograd.grad(loss, model.parameters())\n"
        "        with torch.no_grad():\n            for each, grad in zip(model.parameters(), grads):\n"
        "                each -= lr * grad\n    return model, losses\n"
    )
    (tmp_path / "rubric.yaml").write_text(
        "lab: Regression\npoints: 5\nprogram: Lab.py\nkey: a key of sixteen characters\ngraphs: {}\nfunctions: {}\n"
        "tolerances: {}\nchecks:\n"
        "  - { kind: learns, number: '1', name: fit, points: 5, function: fit, settings: { lr: 0.3 }, mse: 0.01,\n"
        "      falls: 0.3, train: train.npz, held_out: held_out.npz }\n"
    )
    with Grader(rubric.load(tmp_path), server, "cpu") as grader:
        report = grader.grade(tmp_path / "reference", tmp_path / "out/results.json")
    assert report.points == earned
    assert said in report.checks[0].outcome.text


def test_what_is_known_by_heart_earns_nothing(grader: Grader, tmp_path: Path) -> None:
    """The samples that count are others than those of the training."""
    table = "table = {tuple(x): int(t) for x, t in zip(X.tolist(), y.tolist())}"
    answer = "return (lambda Z: torch.tensor([table.get(tuple(z), 0) for z in Z.tolist()])), losses"
    assert trained(grader, tmp_path, (RETURN, f"    {table}\n    {answer}")).outcome.points == 0


def test_a_run_that_ends_the_process_costs_the_others_nothing(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Models of earlier runs are lost with the process, and trained again from the same random numbers."""
    for module in (context, learning):
        monkeypatch.setattr(module, "fit_calls", lambda check, lab, digest: fit_calls(check, lab, "of any submission"))
    check = next(each for each in grader.lab.rubric.checks if isinstance(each, LearnsCheck))
    last = fit_calls(check, grader.lab, "of any submission")[-1].seed
    ending = f"    if torch.initial_seed() == {last}:\n        import os\n        os._exit(1)\n"
    graded = trained(grader, tmp_path, ("    optimizer = ", f"{ending}    optimizer = "))
    assert graded.outcome.points == 12
    assert "1 time there was no result: fit() ended the whole Python process" in graded.outcome.text


def test_all_runs_come_before_calls_with_hidden_inputs(server: ForkServer, tmp_path: Path) -> None:
    """What training raises is shown in words, so it must not have seen any of them."""
    lab = some_checks(rubric.load(LAB), "3.1", "3.2", "7").with_limits(search=0)
    seeing = ("    h = X @ W1 + b1\n    a =", "    SEEN.append(tuple(X.shape))\n    h = X @ W1 + b1\n    a =")
    telling = ("    optimizer = ", "    raise RuntimeError(f'seen {SEEN}')\n    optimizer = ")
    with Grader(lab, server, "cpu") as grader:
        report = grade_changed(grader, tmp_path, [("class Net(", "SEEN = []\n\n\nclass Net("), seeing, telling])
    said = report.checks[-1].outcome.text
    assert "seen [(3, 2)" in said
    assert "(5, 3)" not in said


def test_whole_numbers_stay_numbers_where_an_error_is_asked_for(server: ForkServer, tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    fit = "def fit(X, y):\n    assert y.dtype == torch.float32, y.dtype\n    return lambda X: 2 * X[:, 0]\n"
    (tmp_path / "reference/Lab.py").write_text(f"import torch\n\n\n{fit}")
    (tmp_path / "train.csv").write_text("x,y\n1,2\n2,4\n")
    (tmp_path / "held_out.csv").write_text("x,y\n0.25,0.5\n3,6\n")
    (tmp_path / "rubric.yaml").write_text(
        "lab: Lab\npoints: 1\nprogram: Lab.py\nkey: a key of sixteen characters\ngraphs: {}\nfunctions: {}\n"
        "tolerances: {}\nchecks:\n  - { kind: learns, number: '1', name: fit, points: 1, function: fit, mse: 0.01,\n"
        "      train: train.csv, held_out: held_out.csv }\n"
    )
    with Grader(rubric.load(tmp_path), server, "cpu") as grader:
        assert grader.grade(tmp_path / "reference", tmp_path / "out/results.json").points == 1


def test_held_out_answers_do_not_reach_the_program(grader: Grader, tmp_path: Path) -> None:
    """A model sees the samples; nothing in its process has their classes."""
    found = (
        "found = [o for o in __import__('gc').get_objects() if isinstance(o, torch.Tensor) and o.shape[:1] == (120,)]"
    )
    raising = "raise RuntimeError(str([f.shape for f in found]))"
    spying = f"    def spy(X):\n        {found}\n        {raising}\n    return spy, losses"
    check = trained(grader, tmp_path, (RETURN, spying))
    assert check.outcome.points == 0
    assert "120" not in check.outcome.text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("accuracy: 0.9", "accuracy: 0.3", "it must be above 0.33, which always answering the most frequent class"),
        ("accuracy: 0.9", "mse: 9", "it must be between 0 and 0.667, which always answering the mean reaches"),
        ("    accuracy: 0.9\n", "", "give either accuracy, for classes, or mse"),
        ("falls: 0.3", "falls: 3", "between 0 and 1"),
        ("data/train.csv", "data/tran.csv", "tran.csv cannot be read (No such file or directory)"),
        ("data/train.csv", "../train.csv", "outside of the lab's folder"),
        ("data/held_out.csv", "data/wrong.csv", "wrong.csv, line 3: every value must be a number: 1, two, 0"),
        ("data/held_out.csv", "data/short.csv", "short.csv, line 2: there are 2 values, and 3 in the header"),
        ("data/held_out.csv", "data/wide.csv", "its samples have other features than those of data/train.csv"),
        ("data/held_out.csv", "data/broken.npz", "broken.npz: it has no arrays X and y of numbers"),
        ("data/held_out.csv", "data/column.npz", "X has shape (2, 1) and y has shape (2, 1)"),
        ("data/held_out.csv", "data/nan.npz", "nan.npz, sample 2: a value is nan or infinite"),
        ("data/held_out.csv", "data/text.txt", "data is read from .csv and .npz"),
        ("model: Net\n", "model: Nett\n", "did you mean 'Net'"),
        ("function: fit\n", "function: fitt\n", "did you mean 'fit'"),
        ("n_epochs: 150", "epochs: 150", "the rubric asks for fit(model, X, y, lr, epochs)"),
        ("falls: 0.3", "falls: 0.3\n    enough: 9", "enough is a number of runs from 1 to seeds (5)"),
        ("data/train.csv", "data", "is a folder; name a file beside rubric.yaml"),
        ("data/train.csv", "data/headless.csv", "headless.csv, line 1: these are numbers; write the names of the"),
        ("data/train.csv", "data/negative.csv", "for an accuracy, y must be whole numbers: the classes, from 0"),
        ("data/train.csv", "data/gap.csv", "its classes are 0, 2; they must be 0, 1 and so on"),
        ("data/train.csv", "data/one.csv", "its classes are 0; they must be 0, 1 and so on, at least two of them"),
        ("data/train.csv", "data/two.csv", "its classes 2 are not among those of data/two.csv"),
        ("data/held_out.csv", "data/empty.npz", "empty.npz: it has no arrays X and y of numbers"),
        ("data/held_out.csv", "data/single.npz", "single.npz: it has no arrays X and y of numbers"),
        ("data/held_out.csv", "data/flat.npz", "X has shape () and y has shape ()"),
        ("n_epochs: 150", "n_epochs: 1.5", "n_epochs must be a whole number, 1 or more"),
        ("n_epochs: 150", "n_epochs: .nan", "this number is nan, infinite or too large to compute with"),
        ("build: { inputs: 2, hidden: 16, classes: 3 }\n    settings", "build: { inputs: 2, hidden: 16, clases: 3 }\n"
         "    settings", "there is no parameter of Net.__init__() 'clases'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    shutil.copytree(LAB, tmp_path, dirs_exist_ok=True)
    data = tmp_path / "data"
    (data / "wrong.csv").write_text("a,b,y\n1,2,0\n1, two, 0\n")
    (data / "short.csv").write_text("a,b,y\n1,2\n")
    (data / "wide.csv").write_text("a,b,c,y\n1,2,3,0\n1,2,3,1\n1,2,3,1\n")
    (data / "broken.npz").write_bytes(b"PK\x03\x04 is no archive")
    (data / "text.txt").write_text("1 2 3")
    np.savez(data / "column.npz", X=[[1], [2]], y=[[1], [2]])
    np.savez(data / "nan.npz", X=[[1], [np.nan]], y=[1, 2])
    np.savez(data / "flat.npz", X=1, y=1)
    (data / "empty.npz").write_bytes(b"")
    np.save(data / "single.npy", [1.0])
    (data / "single.npy").rename(data / "single.npz")
    samples = {"negative": "-1 0 1", "gap": "0 2 2", "one": "0 0 0", "two": "0 1 1"}
    for name, classes in samples.items():
        (data / f"{name}.csv").write_text("a,b,y\n" + "".join(f"1,2,{each}\n" for each in classes.split()))
    (data / "headless.csv").write_text("1,2,0\n1,2,1\n")
    text = (tmp_path / "rubric.yaml").read_text()
    assert text.count(old) >= 1
    (tmp_path / "rubric.yaml").write_text(text.replace(old, new, 1))
    with pytest.raises(FileError) as error:
        rubric.load(tmp_path)
    assert said in str(error.value)


def test_classes_are_read_from_scores_probabilities_and_labels() -> None:
    from autograder.checks.learning import _classes

    scores = np.array([[0.1, 2.0], [3.0, 1.0]])
    assert _classes(scores).tolist() == [1, 0]
    assert _classes(np.array([[0.7], [0.2]])).tolist() == [1, 0]
    assert _classes(np.array([2.5, -1.0])).tolist() == [1, 0]
    assert _classes(np.array([2.0, 0.0, 1.0])).tolist() == [2, 0, 1]


def test_data_is_the_same_from_both_kinds_of_file(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x1,x2,y\n1,2.5,0\n-3,4,2\n")
    np.savez(tmp_path / "data.npz", X=[[1, 2.5], [-3, 4]], y=[0, 2])
    one, other = (data_files.read(tmp_path / name) for name in ("data.csv", "data.npz"))
    assert one.X.tolist() == other.X.tolist() == [[1, 2.5], [-3, 4]]
    assert one.y.dtype == other.y.dtype == np.int64


def test_one_loss_is_no_list_of_losses(grader: Grader, tmp_path: Path) -> None:
    text = trained(grader, tmp_path, (RETURN, "    return model, loss")).outcome.text
    assert "Return the losses too: the model, and a list with the loss of each epoch." in text
