"""The training loop: forward, backward and update, epoch by epoch. `descend` is plain gradient descent, the right one;
a loop with a mistake is the same `TrainingLoop` with another part."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from autograder.graph.engine import Graph

Numbers = Mapping[str, float]


@dataclass
class EpochState:
    """One epoch of a training loop, just before one of its weights is updated."""

    number: int  # of the epoch, from 0
    of: int  # how many epochs there are at most
    round: int  # of forward, backward and update within this epoch, from 0
    weight: float  # w, before the update
    start: float  # w before the first epoch
    loss: float  # L(w)
    slope: float  # ∂L/∂w, as the loop computes it
    slopes: Numbers  # the same of all weights
    rate: float  # the learning rate η
    memory: dict[str, float]  # what the loop carries from epoch to epoch for this weight, such as a velocity


Update = Callable[[EpochState], float]  # the weight after an epoch
Keep = Callable[[Numbers, Numbers], float]  # what is kept of an epoch: of the values of all nodes, and the slopes


class Place(Enum):
    """Where in an epoch a loop stops."""

    BEFORE_KEEPING = "before its loss is kept"
    BEFORE_UPDATE = "between keeping its loss and the update"
    AFTER_UPDATE = "after the update"
    NO_UPDATE = "it goes on, without the update"


@dataclass(frozen=True)
class Stop:
    """A condition on which a loop stops early."""

    when: Callable[[Sequence[float]], bool]  # of all losses so far, the newest last
    place: Place


def gradient_step(epoch: EpochState) -> float:
    """The weight after one step of gradient descent: w − η ∂L/∂w."""
    return epoch.weight - epoch.rate * epoch.slope


@dataclass(frozen=True)
class TrainingLoop:
    """A training loop by its parts."""

    forward: Callable[[Numbers], Numbers]  # the values of all nodes, of the weights
    output: str  # the node that is the loss
    slopes: Callable[[Numbers], Numbers]  # of the values of all nodes the gradient with respect to each weight
    rate: float
    updates: Mapping[str, Update]  # the step of each weight
    rounds: int = 1  # of forward, backward and update in each epoch
    stop: Stop | None = None
    keep: Keep | None = None  # what is kept of each epoch; None for its loss
    one_by_one: Sequence[str] = ()  # the weights in the order in which each gets a pass of its own; () for one of all

    def run(self, weights: Numbers, epochs: int) -> tuple[Iterator[float], list[dict[str, float]]]:
        """The losses, one for each epoch, and the weights, which grow by one set as each loss is taken.

        Args:
            weights: what they are before the first epoch; the first set of those returned.
            epochs: how many there are at most: the loop may stop early.
        """
        had = [dict(weights)]
        return self._losses(had, epochs), had

    def _losses(self, had: list[dict[str, float]], epochs: int) -> Iterator[float]:
        memory: dict[str, dict[str, float]] = {weight: {} for weight in had[0]}
        losses: list[float] = []
        for number in range(epochs):
            now, stopped = had[-1], None
            for turn in range(self.rounds):
                values = self.forward(now)
                loss = values[self.output]
                if turn == 0:
                    losses.append(loss)
                    stopped = self.stop.place if self.stop and self.stop.when(losses) else None
                    if stopped is Place.BEFORE_KEEPING:
                        return
                    # Most wrong loops are found out by a loss: the gradient is computed only after it.
                    yield loss if self.keep is None else self.keep(values, self.slopes(values))
                if stopped in (Place.BEFORE_UPDATE, Place.NO_UPDATE):
                    break
                updated: dict[str, float] = {}
                slopes = self.slopes(values)
                for name in self.one_by_one or now:
                    if self.one_by_one and updated:
                        slopes = self.slopes(self.forward({**now, **updated}))
                    state = EpochState(
                        *(number, epochs, turn, now[name], had[0][name], loss),
                        *(slopes[name], slopes, self.rate, memory[name]),
                    )
                    updated[name] = self.updates[name](state)
                now = {name: updated[name] for name in now}
            had.append(now)
            if stopped in (Place.BEFORE_UPDATE, Place.AFTER_UPDATE):
                return


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
    steps: list[Epoch] = []
    now = {weight: inputs[weight] for weight in weights}
    for number in range(epochs + 1):
        values = graph.values({**inputs, **now})
        gradients = graph.backward(graph.partials(values), wrt=tuple(weights))
        steps.append(Epoch(number, now, values[graph.output], {weight: gradients[weight] for weight in weights}))
        now = {weight: now[weight] - rate * gradients[weight] for weight in weights}
    return tuple(steps)
