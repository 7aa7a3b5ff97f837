"""Functions without a graph: the reference alone says what is right."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from small_labs import grade_changed

from autograder import rubric
from autograder.grader import Grader
from autograder.outcome import GradeReport
from autograder.sandbox.host.fork_server import ForkServer
from autograder.yaml_config import FileError

LAB = ROOT / "tests/labs/shapes"
TEXT = (LAB / "reference/Shapes.py").read_text()


@pytest.fixture(scope="module")
def grader(server: ForkServer) -> Iterator[Grader]:
    with Grader(rubric.load(LAB).with_limits(search=20), server, "cpu") as grader:
        yield grader


def graded(grader: Grader, folder: Path, *changes: tuple[str, str]) -> GradeReport:
    return grade_changed(grader, folder, changes)


def test_the_reference_earns_all_points_in_another_style_too(grader: Grader, tmp_path: Path) -> None:
    assert graded(grader, tmp_path).points == 24
    numbers = "np.array([[float(label == each) for each in range(int(classes))] for label in labels])"
    changes = (
        ("x.reshape(len(x), -1)", "torch.flatten(x, 1).tolist()"),
        ("return mean, std, (X - mean) / std", 'return {"Z": (X - mean) / std, "std": std, "mean": mean}'),
        ("[[int(label == each) for each in range(int(classes))] for label in labels]", numbers),
        ("(scores.argmax(dim=1) == labels).float().mean()", "sum(s.argmax() == l for s, l in zip(scores, labels)) / 8"),
    )
    assert graded(grader, tmp_path, *changes).points == 24


def test_functions_get_what_the_rubric_says(grader: Grader, tmp_path: Path) -> None:
    changes = (
        ("    return x.reshape", "    assert x.dtype == torch.float32 and x.shape == (2, 3, 4)\n    return x.reshape"),
        ("    mean, std =", "    assert X.dtype == np.float64 and type(X) is np.ndarray\n    mean, std ="),
        (
            "    return [[int",
            "    assert type(labels) is list and type(labels[0]) is int and classes == 4\n    return [[int",
        ),
        ("    return (scores", "    assert labels.dtype == torch.int64 and scores.shape == (8, 3)\n    return (scores"),
    )
    assert graded(grader, tmp_path, *changes).points == 24


def test_what_is_wrong_is_described_and_its_line_is_found(grader: Grader, tmp_path: Path) -> None:
    report = graded(grader, tmp_path, ("x.reshape(len(x), -1)", "x.reshape(-1)"), ("X.std(axis=0)", "X.std(axis=1)"))
    flat, kept, normal, *others = (check.outcome for check in report.checks)
    assert "it has shape (24,), and (2, 12) is asked for" in flat.text
    assert "is flattened into fewer axes" in kept.text
    assert "24" not in kept.text  # of hidden inputs, the kind of mistake alone is said
    assert (flat.points, kept.points, normal.points) == (0, 0, 0)
    assert sum(each.points for each in others) == 12
    assert not any("explain" in check.outcome.text for check in report.checks)  # there is no catalogue


def test_inputs_differ_between_sets_and_submissions(grader: Grader) -> None:
    lab = grader.lab
    (check,) = (each for each in lab.rubric.checks if each.number == "1.2")
    first, again, second, other = (
        lab.arguments(check, name, digest).inputs["x"]  # type: ignore[arg-type]  # a check of values
        for name, digest in (("first", "a"), ("first", "a"), ("second", "a"), ("first", "b"))
    )
    assert (first == again).all()
    assert not (first == second).all()
    assert not (first == other).all()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    inputs: { x: { shape: [2, 3, 4] } }", "    inputs: [x]", ["flatten", "inputs", "without one"]),
        ("{ shape: [2, 3, 4] }", "{ shape: [] }", ["flatten", "a shape is a list of sizes"]),
        ("{ shape: [2, 3, 4] }", "{ shape: [80, 80] }", ["at most 4096 elements"]),
        ("labels: 4 }", "labels: 1 }", ["at least 2 classes"]),
        ("from: [[-3, 3]]", "from: [[3, -3]]", ["wrong order"]),
        ("returns: [y]", "returns: [y, losses]", ["a training loop needs a graph"]),
    ],
)
def test_what_does_not_fit_is_said_with_its_line(old: str, new: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference/Shapes.py").write_text(TEXT)
    text = (LAB / "rubric.yaml").read_text()
    assert old in text
    (tmp_path / "rubric.yaml").write_text(text.replace(old, new, 1))
    with pytest.raises(FileError) as caught:
        rubric.load(tmp_path)
    assert "line " in str(caught.value)
    assert all(word in str(caught.value) for word in words), caught.value
