"""What a training function does: gradient descent on a graph, epoch by epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.graph import Graph


@dataclass(frozen=True)
class Epoch:
    """An epoch before its update: the weights, the loss, and the loss's gradient by each weight."""

    epoch: int
    weights: Mapping[str, float]
    loss: float
    gradients: Mapping[str, float]


def descend(
    graph: Graph, weights: Sequence[str], inputs: Mapping[str, float], rate: float, epochs: int
) -> tuple[Epoch, ...]:
    """Gradient descent on the graph's output in float64: an entry for each epoch, and one more for where it ends."""
    now = dict(inputs)
    found = []
    for epoch in range(epochs + 1):
        values = graph.values(now)
        gradients = graph.gradients(values)
        slopes = {weight: gradients[weight] for weight in weights}
        found.append(Epoch(epoch, {weight: now[weight] for weight in weights}, values[graph.output], slopes))
        now.update({weight: now[weight] - rate * slope for weight, slope in slopes.items()})
    return tuple(found)
