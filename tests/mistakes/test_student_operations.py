"""What students compute instead of an operation or a loss is what torch computes, and so are its derivatives."""

import math

import pytest
import torch
from torch.nn import functional

from autograder.graph import parse
from autograder.mistakes.family import Listed
from autograder.mistakes.forward import UNUSUAL
from autograder.mistakes.graph_families import node_families
from autograder.mistakes.losses import LOSSES, predictions
from autograder.mistakes.procedure import Procedure
from autograder.mistakes.student_operations import ADDED, STUDENT_OPERATIONS, TO

TORCH = {
    "softplus": functional.softplus,
    "gelu": functional.gelu,
    "elu": functional.elu,
    "selu": functional.selu,
    "silu": functional.silu,
    "relu6": functional.relu6,
    "unit clamp": lambda a: a.clamp(0, 1),
    "hard tanh": functional.hardtanh,
    "hard sigmoid": functional.hardsigmoid,
    "steep hard sigmoid": lambda a: (0.2 * a + 0.5).clamp(0, 1),
    "log sigmoid": functional.logsigmoid,
    "half tanh": lambda a: (1 + torch.tanh(a)) / 2,
    "arctan": torch.arctan,
    "normal": torch.special.ndtr,
    "sigmoid minus": lambda a: 1 / (1 - torch.exp(-a)),
    "sigmoid of relu": lambda a: torch.sigmoid(torch.relu(a)),
    "relu of tanh": lambda a: torch.relu(torch.tanh(a)),
    "tanh of sigmoid": lambda a: torch.tanh(torch.sigmoid(a)),
    "sigmoid slope": lambda a: torch.sigmoid(a) * torch.sigmoid(-a),
    "sigmoid squared": lambda a: torch.sigmoid(a) ** 2,
    "opposite": torch.neg,
    "square": torch.square,
    "log 10": torch.log10,
    "log 2": torch.log2,
    "log1p": torch.log1p,
    "expm1": torch.expm1,
    "exp of minus": lambda a: torch.exp(-a),
}
LOSS = {
    "squared-error": functional.mse_loss,
    "half-squared-error": lambda p, t: functional.mse_loss(p, t) / 2,
    "absolute-error": functional.l1_loss,
    "huber": functional.smooth_l1_loss,
    "error": torch.sub,
    "cross-entropy": functional.binary_cross_entropy,
    "logits": functional.binary_cross_entropy_with_logits,
    "first-term": lambda p, t: -t * torch.log(p),
    "second-term": lambda p, t: -(1 - t) * torch.log(1 - p),
    "log": lambda p, t: -torch.log(p),
    "hinge": lambda p, t: torch.relu(1 - p * t),
    "poisson": functional.poisson_nll_loss,
    "difference-of-squares": lambda p, t: (p - t) * (p + t),
    "power-of-target": lambda p, t: p - t**2,
    "squared-sum": lambda p, t: (p + t) ** 2,
    "relative-error": lambda p, t: ((p - t) / t) ** 2,
}


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("at", [0.37, 2.8, -0.64, -3.3, 7.1])
def test_an_operation_is_torchs(name: str, at: float) -> None:
    at = abs(at) if name in ("log 10", "log 2", "log1p") else at
    operand = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    right = TORCH[name](operand)
    right.backward()
    operation = STUDENT_OPERATIONS[name]
    value = operation.forward(at)
    assert value == pytest.approx(right.item(), rel=1e-6)
    assert operand.grad is not None
    assert operation.partials[0](at, value) == pytest.approx(operand.grad.item(), rel=1e-6)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.id)
@pytest.mark.parametrize(("p", "t"), [(0.37, 0.81), (0.92, 0.14), (0.05, 0.3)])
def test_a_loss_is_torchs(loss, p: float, t: float) -> None:  # type: ignore[no-untyped-def]
    prediction = torch.tensor(p, dtype=torch.float64, requires_grad=True)
    right = LOSS[loss.id](prediction, torch.tensor(t, dtype=torch.float64))
    right.backward()
    value = loss.operation.forward(p, t)
    assert value == pytest.approx(right.item(), rel=1e-9)
    assert prediction.grad is not None
    assert loss.operation.partials[0](p, t, value) == pytest.approx(prediction.grad.item(), rel=1e-9)


@pytest.mark.parametrize("expression", ["sigmoid(a)", "relu(a)", "exp(a)", "log(a)", "a ** 2", "tanh(a)", "a - 2"])
@pytest.mark.parametrize("value", [0.37, 1.83])
def test_an_operation_with_a_parameter_has_its_derivative(expression: str, value: float) -> None:
    graph = parse({"z": expression})
    right = Procedure(graph, graph)
    for family in node_families(graph, ("z",), by_hand=False):
        if family.id == "rounded@z":  # torch says that it is 0
            continue
        at = family.find.values[0][0] if isinstance(family.find, Listed) else value
        work = family.at(at)(right)
        for a in (0.8, 2.3, -0.6) if expression != "log(a)" else (0.8, 2.3):
            low, high = (work.forward.values({"a": a + step})["z"] for step in (-1e-6, 1e-6))
            partial = work.backward.partials(work.forward.values({"a": a}))["z", "a"]
            if not math.isnan(low):
                assert partial == pytest.approx((high - low) / 2e-6, rel=1e-4, abs=1e-6), family.id


def test_every_unusual_operation_is_one_that_is_known() -> None:
    assert all(swap.operation in STUDENT_OPERATIONS for swaps in UNUSUAL.values() for swap in swaps)


def test_prediction_and_target_are_found_in_a_graph() -> None:
    squared = parse({"m": "x * w", "p": "sigmoid(m)", "s": "p - y", "loss": "s ** 2"})
    assert list(predictions(squared)) == [("p", "y"), ("m", "y")]
    entropy = parse(
        {"t": "w * x", "p": "sigmoid(t)", "a": "log(p)", "one": "y * a", "q": "1 - p", "b": "log(q)", "n": "1 - y"}
        | {"zero": "n * b", "sum": "one + zero", "loss": "-sum"}
    )
    assert list(predictions(entropy)) == [("p", "y"), ("t", "y")]
    assert list(predictions(parse({"s": "w + b", "loss": "s ** 2"}))) == []


@pytest.mark.parametrize("outer", ADDED)
@pytest.mark.parametrize("inner", TO)
def test_an_activation_that_is_added_is_torchs(outer: str, inner: str) -> None:
    operation = STUDENT_OPERATIONS[f"{outer} of {inner}"]
    computes = {"*": torch.mul, "+": torch.add, "-": torch.sub}[inner]
    for a, b in ((0.7, -1.9), (1.3, 0.4)):
        operands = [torch.tensor(each, dtype=torch.float64, requires_grad=True) for each in (a, b)]
        value = getattr(torch, outer)(computes(*operands))
        value.backward()
        assert operation.forward(a, b) == pytest.approx(value.item())
        found = [partial(a, b, value.item()) for partial in operation.partials]
        assert found == pytest.approx([each.grad.item() for each in operands])
