"""A model of one function of a student's program: how it computes its results, as data that a mistake can change.

procedure = Procedure(graph, graph)                      # the correct function
wrong = replace(procedure, update=lambda epoch: epoch.weight + epoch.rate * epoch.slope)
wrong.train(["w"], {"x": 4, "w": 0.5, "y": 1}, rate=0.01, epochs=10)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autograder.graph import DerivativeSite, Graph, Link, Rule, shape_of, split_derivative
from autograder.graph.descent import EpochState, Keep, Stop, TrainingLoop, Update, gradient_step
from autograder.graph.operation import Value
from autograder.mistakes.element import Element, pick

Numbers = Mapping[str, float]
Local = Mapping[Link, float]  # the local derivatives ∂node/∂operand, as `Graph.partials` returns them


# Raised by a procedure that cannot be computed: a number overflows, the changed graph lacks a derivative, shapes do not
# fit, or what is written for numbers does not work for arrays.
IMPOSSIBLE = (ArithmeticError, ValueError, LookupError, TypeError)
# Indices into the values of a weight: before training, before the last update, after it.
FIRST, BEFORE_LAST, LAST = 0, -2, -1

Chain = Callable[[Graph, Local, Numbers], float]  # a gradient, from the local derivatives and the values
Record = Callable[[Sequence[float]], list[float]]  # the list of losses that is returned, from the loss of each epoch


@dataclass(frozen=True)
class Trained:
    """A training loop that has run."""

    weights: Sequence[Numbers]  # before the first epoch and after each
    losses: Sequence[float]  # of each epoch
    rate: float  # the learning rate used
    values: Callable[[Numbers], Numbers]  # of all inputs and nodes, of the weights


Pick = Callable[[Trained, str], float]  # what is returned as a weight


@dataclass(frozen=True)
class Procedure:
    """How a function computes its results. With the defaults it is correct; a mistake replaces some of the fields."""

    forward: Graph  # gives the values of the nodes
    backward: Graph  # gives the local derivatives
    local: Mapping[Link, Rule] = field(default_factory=dict)  # local derivatives computed in another way
    chain: Mapping[str, Chain] = field(default_factory=dict)  # gradients of the output, by input, computed otherwise
    prepare: Callable[[Numbers], Numbers] = dict  # changes the inputs before anything is computed from them
    prepare_for_nodes: Callable[[Numbers], Numbers] | None = None  # changes them for the forward pass alone
    return_instead: Mapping[str, str] = field(default_factory=dict)  # for a result, the one returned in its place
    returned: Callable[[str, float], float] | None = None  # changes a result, by its name, when it is returned

    # Of a training function:
    update: Update = gradient_step
    updates: Mapping[str, Update] = field(default_factory=dict)  # for single weights, instead of `update`
    rounds: int = 1  # of forward, backward and update in each epoch
    record: Record = list
    rate: Callable[[float], float] = float  # the learning rate used, from the one passed in
    epochs: Callable[[int], int] = int  # the number of epochs run, from the one passed in
    weight: int = LAST  # which weight is returned: an index into those before the first epoch and after each
    pick: Pick | None = None  # what is returned instead of a weight
    keep: Keep | None = None  # what is kept of each epoch instead of its loss
    further: Numbers = field(default_factory=dict)  # inputs of the changed graph that are trained too: their start
    stop: Stop | None = None  # when the loop stops early
    one_by_one: tuple[str, ...] = ()  # weights in the order in which each is updated before the next one's gradient

    def single_pass(self, inputs: Numbers, base: "Pass | None" = None) -> "Pass":
        """One forward and one backward pass.

        Args:
            inputs: The values of the graph's inputs.
            base: An earlier pass of a similar procedure at the same inputs; unchanged parts are reused.
        """
        if (
            base is not None
            and base.procedure.forward is self.forward
            and base.procedure.prepare is self.prepare
            and base.procedure.prepare_for_nodes is self.prepare_for_nodes
        ):
            values = base.values
            right = base.right if base.procedure.backward is self.backward else self.backward.partials(values)
        else:
            values = self._values(inputs)
            right = self.backward.partials(values)
        return Pass(self, values, right, self._local(values, right))

    def results(self, quantities: Sequence[str], inputs: Numbers) -> dict[str, float]:
        """The quantities that a function with this procedure returns for `inputs`, by name."""
        once = self.single_pass(inputs)
        return {name: once.quantity(name) for name in quantities}

    def training(
        self, weights: Sequence[str], inputs: Numbers, rate: float, epochs: int
    ) -> tuple[Iterator[float], list[dict[str, float]]]:
        """Start a training loop; each epoch runs when its loss is taken from the iterator.

        Args:
            weights: The inputs that are trained.
            inputs: The values of all inputs; those of `weights` are where training starts.
            rate: The learning rate passed in.
            epochs: The number of epochs passed in.

        Returns:
            The losses, one for each epoch, before its update. And the weights before the first epoch and after each
            epoch so far: a list that grows while the losses are taken.
        """
        start = {**self.prepare(inputs), **self.further}
        weights = (*weights, *self.further)

        def forward(now: Numbers) -> Numbers:
            values = self.forward.values({**start, **now})
            if getattr(values[self.forward.output], "shape", ()):
                raise ValueError("the loss is no number, so it has no gradient")
            return values

        wanted = tuple(weights)

        def slopes(values: Numbers) -> Numbers:
            right = self.backward.partials(values)
            once = Pass(self, values, right, self._local(values, right), wanted=wanted)
            return {weight: once.gradient(self.forward.output, weight) for weight in weights}

        loop = TrainingLoop(
            forward,
            self.forward.output,
            slopes,
            self.rate(rate),
            {weight: by_element_too(self.updates.get(weight, self.update)) for weight in weights},
            self.rounds,
            self.stop,
            self.keep,
            self.one_by_one,
        )
        return loop.run({weight: start[weight] for weight in weights}, self.epochs(epochs))

    def train(
        self, weights: Sequence[str], inputs: Numbers, rate: float, epochs: int
    ) -> tuple[dict[str, float], list[float]]:
        """What a training function with this procedure returns: the final weights, and the losses; see `training`."""
        lazily, had = self.training(weights, inputs, rate, epochs)
        losses = list(lazily)
        returned = self.returned_weights(had) if self.pick is None else self.picked(had, losses, inputs, rate)
        return returned, self.record(losses)

    def returned_weights(self, had: Sequence[Numbers], further: int = 0) -> dict[str, float]:
        """The final weights, under the names that the training function returns them by.

        Args:
            had: The weights before training and after each epoch, as from `training`.
            further: How many of the last epochs were run beyond those asked for.
        """
        count = len(had) - further
        weights = had[self.weight if self.weight >= 0 else max(count + self.weight, 0)]
        return {name: weights[self.return_instead.get(name, name)] for name in weights}

    def picked(self, had: Sequence[Numbers], losses: Sequence[float], inputs: Numbers, rate: float) -> dict[str, float]:
        """What `pick` returns as the weights; the arguments are those and the results of `training`."""
        assert self.pick is not None
        start = {**self.prepare(inputs), **self.further}
        trained = Trained(had, losses, self.rate(rate), lambda now: self.forward.values({**start, **now}))
        return {name: self.pick(trained, name) for name in had[0]}

    def _values(self, inputs: Numbers) -> dict[str, float]:
        prepared = self.prepare(inputs)
        if self.prepare_for_nodes is None:
            return self.forward.values(prepared)
        return {**self.forward.values(self.prepare_for_nodes(inputs)), **prepared}

    def _local(self, values: Numbers, right: Local) -> Local:
        if not self.local:
            return right
        local = dict(right)
        for (name, operand), rule in self.local.items():
            node = next(node for node in self.backward.nodes if node.name == name)
            operands = tuple(values[each] if isinstance(each, str) else each for each in node.operands)
            site = DerivativeSite(operands, node.operands.index(operand), values[name], right[name, operand], values)
            local[name, operand] = self.backward.ruled(rule, site)
        return local


def by_element_too(update: Update) -> Update:
    """An update that is written for numbers: of a weight that is an array, it is made for each element."""
    if update is gradient_step:
        return update

    def updated(epoch: EpochState) -> Value:
        weights: Value = epoch.weight
        if not shape_of(weights):
            return update(epoch)
        new = weights.copy()
        memory: dict[str, Any] = epoch.memory
        memories = memory.setdefault("elements", [{} for _ in new.flat])
        slopes = {f"{name} {place}": each for name, value in epoch.slopes.items() for place, each in _placed(value)}
        arrays: Sequence[Value] = (weights, epoch.start, epoch.slope)
        parts = (each.ravel().tolist() if shape_of(each) else [each] * new.size for each in arrays)
        for place, (weight, start, slope) in enumerate(zip(*parts, strict=True)):
            state = replace(epoch, weight=weight, start=start, slope=slope, slopes=slopes, memory=memories[place])
            new.flat[place] = update(state)
        return new

    return updated


def _placed(value: Value) -> Iterator[tuple[int, float]]:
    return enumerate(value.ravel().tolist() if shape_of(value) else [value])


@dataclass(frozen=True)
class Pass:
    """One forward and one backward pass of a procedure at some inputs."""

    procedure: Procedure
    values: Numbers  # of all inputs and nodes
    right: Local  # the correct local derivatives at these values
    local: Local  # the local derivatives as the procedure computes them
    arrays: dict[str, Value] = field(default_factory=dict)  # quantities that were asked for element by element
    gradients: dict[str, Mapping[str, Value]] = field(default_factory=dict)  # by the node that they are of
    wanted: tuple[str, ...] | None = None  # the names by which gradients will be asked for; None if any may be

    def quantity(self, name: str) -> float:
        """What is returned as `name`: a value, a local derivative or a gradient. Raises LookupError for other names."""
        if isinstance(name, Element):
            if name.of not in self.arrays:
                self.arrays[name.of] = self.quantity(name.of)
            return pick(self.arrays[name.of], name)
        found = self._computed(self.procedure.return_instead.get(name, name))
        return found if self.procedure.returned is None else self.procedure.returned(name, found)

    def number(self, name: str) -> float | None:
        """The number that is returned as `name`; None if it is an array, or an element of one of another shape."""
        try:
            return pick(self.quantity(name), str(name))
        except LookupError:
            return None

    def _computed(self, name: str) -> float:
        if name in self.values:
            return self.values[name]
        link = split_derivative(name, self.values)
        if link is None:
            raise LookupError(name)
        is_local = link in self.local and link not in self.procedure.backward.bypassed
        return self.procedure.backward.local_value(self.local, link) if is_local else self.gradient(*link)

    def gradient(self, of: str, wrt: str) -> float:
        """The gradient ∂of/∂wrt, by the procedure's chain rule."""
        if wrt in self.procedure.backward.labels:
            raise LookupError(wrt)
        if wrt in self.procedure.chain and of == self.procedure.backward.output:
            return self.procedure.chain[wrt](self.procedure.backward, self.local, self.values)
        if of not in self.gradients:
            self.gradients[of] = self.procedure.backward.backward(self.local, of, wrt=self.wanted)
        gradient: float = self.gradients[of][wrt]
        return gradient


@dataclass(frozen=True)
class Mistake:
    """One thing that a student does wrong."""

    id: str  # "what@where", for instance "sign@dloss_dw"; stable, because rubrics and records refer to it
    name: str  # a clause that describes it, as a teacher would: "the weight never changes"
    hint: str  # a sentence that leads to it without giving the right number away
    apply: Callable[[Procedure], Procedure]  # makes this mistake in a procedure
    by_hand: bool = False  # whether the hint is about differentiating by hand, which nobody does who uses autograd
    of_loop: bool = False  # whether it is in the training loop itself, not in the graph whose loss it minimizes
