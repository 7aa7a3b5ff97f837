"""Arrays that are made to break the grader, to cost it time, or to earn points without knowledge."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from autograder import rubric
from autograder.checks import follow_through
from autograder.checks.compare import compare
from autograder.grader import Grader
from autograder.graph import parse
from autograder.graph.array_graph import ArrayGraph
from autograder.outcome import GradeReport
from autograder.rubric import Tolerance
from autograder.sandbox.host import protocol
from autograder.sandbox.host.fork_server import ForkServer

LABS = ("labs/linear_regression", "tests/labs/network")
TOLERANCE = Tolerance(1e-3, 1e-6)
Grade = Callable[[str, str], GradeReport]


@pytest.fixture(scope="module")
def graders(server: ForkServer) -> Iterator[dict[str, Grader]]:
    made = {name: Grader(rubric.load(ROOT / name).with_limits(search=0), server, "cpu") for name in LABS}
    yield made
    for grader in made.values():
        grader.__exit__(None, None, None)


@pytest.fixture
def graded(graders: dict[str, Grader], tmp_path: Path) -> Grade:
    """Grade the reference of a lab with a function written anew."""

    def graded(lab: str, text: str) -> GradeReport:
        grader = graders[lab]
        file = grader.lab.rubric.program
        (tmp_path / file).write_text(f"{(grader.lab.reference / file).read_text()}\n\n{text}")
        report = grader.grade(tmp_path, tmp_path / "out/results.json")
        assert not report.faulty
        return report

    return graded


def earned(report: GradeReport, *numbers: str) -> float:
    return sum(check.outcome.points for check in report.checks if check.number in numbers)


@pytest.mark.parametrize("shape", ["10**9, 0", "0, 2**62", "0, 4096, 4096, 4096", "1, 10**7, 0"])
def test_an_array_without_elements_may_be_long(shape: str, graded: Grade) -> None:
    report = graded(
        LABS[0],
        "def forward(X, y, w, b):\n"
        f"    return {{'z': torch.empty({shape}), 'y_hat': X @ w + b, 'e': X @ w + b - y, 'loss': 0.0}}\n",
    )
    assert earned(report, "3.1", "3.2") == 0
    assert "far larger than what is asked for" in report.checks[4].outcome.text
    assert earned(report, "4.1", "4.2") == 20


@pytest.mark.parametrize("shape", [(10**6, 0), (0, 2**62), (0, 2**70), (-1, 3), (4096, 2)])
def test_a_shape_is_bounded_at_the_door(shape: tuple[int, ...]) -> None:
    frame = (
        protocol.msgspec.json.encode(
            {
                "id": 1,
                "reply": {"type": "returned", "value": {"type": "array", "values": [], "dtype": "x", "shape": shape}},
            }
        )
        if max(shape) < 2**63
        else b""
    )
    if not frame:
        return
    reply = protocol.decode(frame, 1)
    assert isinstance(reply, protocol.Returned)
    assert isinstance(reply.value, protocol.Strange)


@pytest.mark.parametrize(
    "text",
    [
        "def gradients(X, y, w, b):\n    return 0 * y, 0 * w, 0.0\n",
        "def gradients(X, y, w, b):\n    return 1e-9 * y, 1e-9 * w, 1e-9\n",
        "def gradients(X, y, w, b):\n    return torch.ones_like(y), 0 * w, 0.0\n",
    ],
)
def test_gradients_of_zeros_earn_nothing(text: str, graded: Grade) -> None:
    assert earned(graded(LABS[0], text), "4.1", "4.2") == 0


def test_a_huge_value_does_not_make_what_is_added_to_it_follow(graded: Grade) -> None:
    huge = "def forward(X, y, w, b):\n    z = 1e12 * (1 + X[:, 0].double() ** 2)\n    return z, z, z, 3.0\n"
    assert earned(graded(LABS[0], huge), "3.1", "3.2") == 0


def test_a_slip_in_the_first_gradient_costs_it_alone(graded: Grade) -> None:
    slip = (
        "_right = gradients\n"
        "def gradients(*given):\n"
        "    return {name: each * len(given[0]) for name, each in _right(*given).items()}\n"
    )
    report = graded(LABS[1], slip)
    assert earned(report, "2.1") == pytest.approx(5 * 6 / 7, abs=0.01)
    assert earned(report, "2.2") == pytest.approx(15 * 6 / 7, abs=0.01)


def test_values_of_another_function_are_used_only_in_their_shape() -> None:
    inside = parse({"logits": "X @ W", "loss": "cross_entropy(logits, y)"})
    graph = ArrayGraph(inside.inputs, inside.nodes)
    inputs = {"X": np.ones((3, 2)), "W": np.ones((2, 3)), "y": np.array([0, 1, 2])}
    wrong = {"dloss_dlogits": np.full((3, 3), 2.0), "dloss_dW": np.full((2, 3), 3.0)}
    values = {name: protocol.Array(each.ravel().tolist(), "float32", each.shape) for name, each in wrong.items()}
    compared = {name: compare(each, np.ones_like(wrong[name]), TOLERANCE, arrays=True) for name, each in values.items()}
    nodes = [{"logits": np.ones((3, 1)), "loss": 1.0}]
    assert len(follow_through.through(graph, [(inputs, compared)], TOLERANCE, nodes)) == 1


def test_a_list_that_mixes_numbers_and_tensors_is_read(graded: Grade) -> None:
    text = (
        "def forward(X, y, W1, b1, W2, b2):\n"
        "    W1 = W1.clone().requires_grad_()\n"
        "    A1 = X @ W1 + b1\n"
        "    H = [[v if v > 0 else 0.0 for v in row] for row in A1]\n"
        "    logits = torch.relu(A1) @ W2 + b2\n"
        "    return A1, H, logits, F.cross_entropy(logits, y)\n"
    )
    assert earned(graded(LABS[1], text), "1.1", "1.2") == 15
