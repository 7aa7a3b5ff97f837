"""Another loss than the graph's: L1, the squared error, Huber's, cross-entropy and others, of prediction and target."""

# ruff: noqa: E501 - a table reads best with one row a line

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import copysign, exp, log1p, nan
from types import MappingProxyType

from autograder.graph import Graph, Node, Operation
from autograder.mistakes.forward import in_values
from autograder.mistakes.procedure import Mistake
from autograder.mistakes.student_operations import EXP, LOG, RATIO, SIGMOID

SMALLEST = -100.0  # the least logarithm in torch's binary_cross_entropy


def _log(p: float) -> float:
    return max(LOG(p), SMALLEST) if p >= 0 else nan


def _cross_entropy(p: float, t: float) -> float:
    return -(t * _log(p) + (1 - t) * _log(1 - p))


def _with_logits(z: float, t: float) -> float:
    return max(z, 0.0) - z * t + log1p(exp(-abs(z)))


def _huber(p: float, t: float) -> float:
    return (p - t) ** 2 / 2 if abs(p - t) < 1 else abs(p - t) - 0.5


def _nothing(*at: float) -> float:
    return 0.0  # nobody asks for a derivative by the target


@dataclass(frozen=True)
class Loss:
    """A loss of a prediction p and a target t. In `name`, {p} and {t} are the nodes."""

    id: str
    name: str
    operation: Operation


# fmt: off
LOSSES = tuple(Loss(id, name, Operation(f"loss {id}", value, (slope, _nothing))) for id, name, value, slope in (
    ("squared-error", "the squared error of {p} and {t}", lambda p, t: (p - t) ** 2, lambda p, t, y: 2 * (p - t)),
    ("half-squared-error", "half the squared error of {p} and {t}", lambda p, t: (p - t) ** 2 / 2, lambda p, t, y: p - t),
    ("absolute-error", "the absolute error (L1) of {p} and {t}", lambda p, t: abs(p - t), lambda p, t, y: copysign(1.0, p - t) * (p != t)),
    ("huber", "the Huber loss (smooth L1) of {p} and {t}", _huber, lambda p, t, y: max(-1.0, min(1.0, p - t))),
    ("error", "the difference of {p} and {t}", lambda p, t: p - t, lambda p, t, y: 1.0),
    ("cross-entropy", "the cross-entropy of {p} and {t}", _cross_entropy, lambda p, t, y: RATIO(p - t, p * (1 - p))),
    ("logits", "the cross-entropy with logits of {p} and {t}, which applies a sigmoid to {p}", _with_logits, lambda p, t, y: SIGMOID(p) - t),
    ("first-term", "only the first term of the cross-entropy, -{t} log({p})", lambda p, t: -t * _log(p), lambda p, t, y: -RATIO(t, p)),
    ("second-term", "only the second term of the cross-entropy, -(1 - {t}) log(1 - {p})", lambda p, t: -(1 - t) * _log(1 - p), lambda p, t, y: RATIO(1 - t, 1 - p)),
    ("log", "the negative logarithm of {p}", lambda p, t: -_log(p), lambda p, t, y: -RATIO(1.0, p)),
    ("hinge", "the hinge loss of {p} and {t}", lambda p, t: max(0.0, 1 - p * t), lambda p, t, y: -t if p * t < 1 else 0.0),
    ("poisson", "the Poisson loss of {p} and {t}", lambda p, t: EXP(p) - t * p, lambda p, t, y: EXP(p) - t),
    ("difference-of-squares", "the difference of {p} squared and {t} squared", lambda p, t: p * p - t * t, lambda p, t, y: 2 * p),
    ("power-of-target", "{p} minus {t} squared: the power belongs to the whole difference", lambda p, t: p - t * t, lambda p, t, y: 1.0),
    ("squared-sum", "the square of the sum of {p} and {t}", lambda p, t: (p + t) ** 2, lambda p, t, y: 2 * (p + t)),
    ("relative-error", "the error of {p} relative to {t}, squared", lambda p, t: RATIO(p - t, t) ** 2, lambda p, t, y: 2 * RATIO(p - t, t * t)),
))
# fmt: on
OPERATIONS_OF_LOSSES: Mapping[str, Operation] = MappingProxyType(
    {loss.operation.name: loss.operation for loss in LOSSES}
)


def predictions(graph: Graph) -> Iterator[tuple[str, str]]:
    """Every node from which, together with one input, the output is computed; with that input, the target. The last first.

    In s = σ(x w) − y, loss = s², these are (σ(x w), y) and (x w, y).
    """
    for node in reversed(graph.nodes[:-1]):
        before = {node.name, *graph.ancestors[node.name]}
        used = {name for each in graph.nodes if each.name not in before for name in each.names}
        others = {name for name in used if name in before or name in graph.inputs} - {node.name}
        if len(others) == 1 and (target := others.pop()) in graph.inputs and target not in before:
            yield node.name, target


def other_losses(
    graph: Graph, *, by_hand: bool, operations: Mapping[str, Operation] = OPERATIONS_OF_LOSSES
) -> Iterator[Mistake]:
    """The output computed as another loss; see `forward.wrong_operations`. operations: what the losses mean."""
    position = len(graph.nodes) - 1
    for prediction, target in predictions(graph):
        for loss in LOSSES:
            what = loss.name.format(p=prediction, t=target)
            node = Node(graph.output, loss.operation.name, (prediction, target))
            hint = (
                f"Which loss does the graph have? Compare the line that computes {graph.output} with it, node by node."
            )
            name = f"{graph.output} is {what}"
            id = f"{loss.id}-of-{prediction}@{graph.output}"
            yield from in_values(id, name, hint, position, node, by_hand, operations)
