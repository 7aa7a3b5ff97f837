"""How a function computes its results, as data that a mistake can change: the model of a student's program."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.graph import Graph, Link, split_derivative
from autograder.graph.descent import TrainingLoop, Update, gradient_step

Numbers = Mapping[str, float]
Local = Mapping[Link, float]  # the local partial derivatives, as `Graph.partials` gives them


@dataclass(frozen=True)
class DerivativeSite:
    """The place of a local derivative: d node / d operand, where it is taken. `right` is its right value there."""

    operands: tuple[float, ...]
    position: int
    value: float
    right: float
    values: Numbers

    @property
    def own(self) -> float:
        """The operand with respect to which the derivative is taken."""
        return self.operands[self.position]

    @property
    def other(self) -> float:
        """The other operand of an operation with two."""
        return self.operands[1 - self.position]


# What a work raises that makes no sense: numbers without bounds, or a derivative that a changed graph has not.
IMPOSSIBLE = (ArithmeticError, ValueError, LookupError)
# Which of the values that a weight had: the one before training, before the last update, after it.
FIRST, BEFORE_LAST, LAST = 0, -2, -1

Rule = Callable[[DerivativeSite], float]
Chain = Callable[[Graph, Local, Numbers], float]
Record = Callable[[Sequence[float]], list[float]]


@dataclass(frozen=True)
class Procedure:
    """What a function does with its inputs; as it stands here without mistakes.

    forward, backward: the graph whose values and whose local derivatives are taken. local: other local derivatives.
    chain: other ways to put the gradient with respect to an input together. given: what is done to the inputs first.
    nodes_given: what is done to those of which the nodes are computed, where they are others than the derivatives see.
    returned: for a result the one that is given back in its place. Of a training function: update, the step of its
    loop; updates, other steps of single weights; rounds, of forward, backward and update in each epoch; record, what
    it keeps of the losses; rate and epochs, what it makes of these settings; weight, which of those that a weight had
    it gives back; ends, whether its loop may end early.
    """

    forward: Graph
    backward: Graph
    local: Mapping[Link, Rule] = field(default_factory=dict)
    chain: Mapping[str, Chain] = field(default_factory=dict)
    given: Callable[[Numbers], Numbers] = dict
    nodes_given: Callable[[Numbers], Numbers] | None = None
    returned: Mapping[str, str] = field(default_factory=dict)
    update: Update = gradient_step
    updates: Mapping[str, Update] = field(default_factory=dict)
    rounds: int = 1
    record: Record = list
    rate: Callable[[float], float] = float
    epochs: Callable[[int], int] = int
    weight: int = LAST
    ends: bool = False

    def once(self, inputs: Numbers, base: "Pass | None" = None) -> "Pass":
        """One forward and one backward pass. base: one at the same inputs, from which is taken what is the same."""
        if (
            base is not None
            and base.work.forward is self.forward
            and base.work.given is self.given
            and base.work.nodes_given is self.nodes_given
        ):
            values = base.values
            right = base.right if base.work.backward is self.backward else self.backward.partials(values)
        else:
            values = self._values(inputs)
            right = self.backward.partials(values)
        return Pass(self, values, right, self._local(values, right))

    def results(self, quantities: Sequence[str], inputs: Numbers) -> dict[str, float]:
        """The quantities that a function with this work returns for `inputs`."""
        once = self.once(inputs)
        return {name: once.quantity(name) for name in quantities}

    def training(
        self, weights: Sequence[str], inputs: Numbers, rate: float, epochs: int
    ) -> tuple[Iterator[float], list[dict[str, float]]]:
        """The losses of a training loop, and the values of its weights, which grow by one set as each loss is taken."""
        start = self.given(inputs)

        def slopes(values: Numbers) -> Numbers:
            right = self.backward.partials(values)
            once = Pass(self, values, right, self._local(values, right))
            return {weight: once.gradient(self.forward.output, weight) for weight in weights}

        loop = TrainingLoop(
            lambda now: self.forward.values({**start, **now}),
            self.forward.output,
            slopes,
            self.rate(rate),
            {weight: self.updates.get(weight, self.update) for weight in weights},
            self.rounds,
        )
        return loop.run({weight: start[weight] for weight in weights}, self.epochs(epochs))

    def trained(
        self, weights: Sequence[str], inputs: Numbers, rate: float, epochs: int
    ) -> tuple[dict[str, float], list[float]]:
        """What a training function with this work returns: the final weights and the losses."""
        losses, had = self.training(weights, inputs, rate, epochs)
        kept = self.record(list(losses))
        return self.given_back(had), kept

    def given_back(self, had: Sequence[Numbers], further: int = 0) -> dict[str, float]:
        """The final weights, under the names under which a training function returns them.

        Args:
            had: the weights before training and after each epoch, as `training` has them.
            further: how many of the last epochs were run beyond those asked for.
        """
        count = len(had) - further
        weights = had[self.weight if self.weight >= 0 else max(count + self.weight, 0)]
        return {name: weights[self.returned.get(name, name)] for name in weights}

    def _values(self, inputs: Numbers) -> dict[str, float]:
        given = self.given(inputs)
        if self.nodes_given is None:
            return self.forward.values(given)
        return {**self.forward.values(self.nodes_given(inputs)), **given}

    def _local(self, values: Numbers, right: Local) -> Local:
        if not self.local:
            return right
        local = dict(right)
        for (name, operand), rule in self.local.items():
            node = next(node for node in self.backward.nodes if node.name == name)
            operands = tuple(values[each] if isinstance(each, str) else each for each in node.operands)
            at = DerivativeSite(operands, node.operands.index(operand), values[name], right[name, operand], values)
            local[name, operand] = rule(at)
        return local


@dataclass(frozen=True)
class Pass:
    """A forward and a backward pass at some inputs: the values of all nodes, and the local derivatives as they are
    right for these values and as the work has them."""

    work: Procedure
    values: Numbers
    right: Local
    local: Local

    def quantity(self, name: str) -> float:
        """What is returned under `name`: a value, a local derivative or a gradient."""
        name = self.work.returned.get(name, name)
        if name in self.values:
            return self.values[name]
        link = split_derivative(name, self.values)
        if link is None:
            raise LookupError(name)
        is_local = link in self.local and link not in self.work.backward.bypassed
        return self.local[link] if is_local else self.gradient(*link)

    def gradient(self, of: str, wrt: str) -> float:
        """d of / d wrt by this work's chain rule."""
        if wrt in self.work.chain and of == self.work.backward.output:
            return self.work.chain[wrt](self.work.backward, self.local, self.values)
        return self.work.backward.backward(self.local, of)[wrt]


@dataclass(frozen=True)
class Mistake:
    """One thing done wrong. id: stable, "what@where". name: a clause that says it, as a teacher would. hint: a sentence
    that leads to it without giving the right number away. apply: what it makes of a function's work. of_loop: whether
    it is one of the training loop itself, not of the graph whose loss the loop lowers."""

    id: str
    name: str
    hint: str
    apply: Callable[[Procedure], Procedure]
    of_loop: bool = False
