"""Check that inputs make a good exercise on paper: short numbers, all clearly different, and losses that fall.

Of a vector or a matrix each element has to be large enough and short enough. Its elements may be equal or have a single
digit, because so many numbers can hardly be chosen otherwise; two arrays must not be alike as a whole.
"""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.graph import OPERATIONS, Graph, derivative_name, shape_of
from autograder.graph.array_notation import flat
from autograder.graph.descent import descend
from autograder.graph.operation import Value
from autograder.rubric import Function, GraphEntry, Lab, expected

LARGEST = 1000.0
SMALLEST = 0.01  # of an answer; below, four decimals are too few
DIGITS = range(2, 5)  # significant digits of an exact answer
NOTHING = 1e-9  # what rounding errors leave of 0
APART = 0.05  # relative distance; nearer values could be mistaken for each other
SETTLED = 1e-9  # share of the first loss; anything below is rounding noise


@dataclass(frozen=True)
class Training:
    """A training function with its default settings: the weights that it trains, learning rate, number of epochs."""

    weights: Sequence[str]
    rate: float
    epochs: int

    def converges(self, graph: Graph, inputs: Mapping[str, Value]) -> bool:
        """Whether the loss falls in every epoch, and the last loss is less than half of the first."""
        losses = [each.loss for each in descend(graph, self.weights, inputs, self.rate, max(0, self.epochs - 1))]
        floor = SETTLED * abs(losses[0])
        falls = all(after < before or abs(after) < floor for before, after in itertools.pairwise(losses))
        return falls and (len(losses) < 2 or losses[-1] < losses[0] / 2)


@dataclass(frozen=True)
class Exercise:
    """A graph as students work on it."""

    graph: Graph
    asked: Sequence[str]  # the quantities of its paper answers
    zeros: Collection[str]  # values that are 0, or hold a 0, at the rubric's own inputs
    trainings: Sequence[Training]  # the training functions of the graph

    def objection(self, inputs: Mapping[str, Value]) -> str:
        """What is wrong with these inputs, as a clause; "" if nothing is."""
        values = self.graph.values(inputs)
        answers = expected(self.graph, self.asked, inputs)
        numbers = {**values, **answers}
        if not all(abs(number) <= LARGEST for value in numbers.values() for number in flat(value)):  # nan fails this
            return f"a value is infinite or above {LARGEST:g}"
        if any(_smallest(numbers[name]) < NOTHING for name in numbers.keys() - set(inputs) - set(self.zeros)):
            return "a value is 0"
        if any(_smallest(answers[name]) < SMALLEST for name in answers.keys() - set(self.zeros)):
            return f"an answer is smaller than {SMALLEST:g}"
        if not all(_is_short(answers[name]) for name in self.asked if name in self._exact):
            return f"an answer has fewer than {DIGITS[0]} or more than {DIGITS[-1]} digits"
        steps = {name for name in self.asked if name not in values and name not in self._gradients}  # often an input
        compared = [value for name, value in numbers.items() if name not in steps and not self._passes_on(name, values)]
        if not _apart(sorted(each for each in compared if not shape_of(each))):
            return f"two values lie within {APART:.0%} of each other"
        if any(itertools.starmap(_alike, itertools.combinations(filter(shape_of, compared), 2))):
            return f"two vectors or matrices lie within {APART:.0%} of each other"
        if not all(training.converges(self.graph, inputs) for training in self.trainings):
            return "the loss does not fall in every epoch, or not to less than half"
        return ""

    @cached_property
    def _gradients(self) -> set[str]:
        return {derivative_name(self.graph.output, name) for name in self.graph.inputs}

    @cached_property
    def _exact(self) -> set[str]:
        """The nodes and gradients that are as short as the inputs: computed without quotients, roots or functions.

        Local derivatives are left out, because some of them are 1 for all inputs.
        """
        exact = set(self.graph.inputs)
        for node in self.graph.nodes:
            if OPERATIONS[node.operation].exact(node.operands) and exact.issuperset(node.names):
                exact.add(node.name)
        return exact | (self._gradients if exact.issuperset(self.graph.names) else set())

    def _passes_on(self, name: str, values: Mapping[str, Value]) -> bool:
        """Whether a node only passes on the value of one of its operands, as an active ReLU does."""
        node = next((node for node in self.graph.nodes if node.name == name), None)
        return node is not None and any(_same(values[operand], values[name]) for operand in node.names)


def exercise_of(lab: Lab, graph: str) -> Exercise:
    """A graph of the lab as an exercise."""
    entry = lab.rubric.graphs[graph]
    asked = lab.paper().get(graph, ())
    functions = [each for each in lab.rubric.functions.values() if each.graph == graph and each.trained]
    published = published_inputs(entry, lab.graphs[graph])
    initial = {**lab.graphs[graph].values(published), **expected(lab.graphs[graph], asked, published)}
    zeros = frozenset(name for name, value in initial.items() if _smallest(value) < NOTHING)
    return Exercise(lab.graphs[graph], asked, zeros, tuple(map(_training, functions)))


def published_inputs(entry: GraphEntry, graph: Graph) -> dict[str, Value]:
    """The published inputs of the graph, without settings."""
    return graph.given({name: entry.inputs["published"][name] for name in graph.inputs})


def digits(number: float) -> int:
    """The number of significant digits of a short decimal, ignoring float error: 3 for 0.0125 and for 12500 * 0.1."""
    return len(f"{abs(number):.12e}".partition("e")[0].replace(".", "").rstrip("0"))


def _smallest(value: Value) -> float:
    """The absolute value of a number, or of the smallest element of an array."""
    return min(map(abs, flat(value)))


def _is_short(value: Value) -> bool:
    """Whether an exact answer has neither too few nor too many digits; of an array, not too many."""
    if shape_of(value):
        return all(digits(number) <= DIGITS[-1] for number in flat(value))
    return digits(value) in DIGITS


def _same(value: Value, other: Value) -> bool:
    return shape_of(value) == shape_of(other) and flat(value) == flat(other)


def _alike(one: Value, other: Value) -> bool:
    """Whether all elements of two arrays are near each other."""
    pairs = zip(flat(one), flat(other), strict=False)
    return shape_of(one) == shape_of(other) and all(abs(a - b) <= APART * max(abs(a), abs(b)) for a, b in pairs)


def _training(function: Function) -> Training:
    return Training(function.trained, float(function.settings["lr"]), int(function.settings["n_epochs"]))


def _apart(ordered: Sequence[float]) -> bool:
    return all(high - low > APART * max(abs(low), abs(high)) for low, high in itertools.pairwise(ordered))
