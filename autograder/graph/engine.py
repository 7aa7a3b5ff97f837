"""Scalar computation graphs in float64, one operation per node: values, local derivatives and the chain rule.

graph = parse({"y_hat": "x * w", "s": "y_hat - y", "loss": "s ** 2"})
graph.gradients(graph.values({"x": 4, "w": 0.5, "y": 1}))["w"]      # 8.0
"""

import keyword
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from types import MappingProxyType
from typing import ClassVar

from autograder.graph.derivative_site import DerivativeSite, Rule
from autograder.graph.operation import ArrayOperation, Operand, Operation, Shape, Value
from autograder.graph.operations import OPERATIONS

Link = tuple[str, str]  # a node and one of its operands


class GraphError(ValueError):
    """A graph, or values given to one, that make no sense; the message, and `node`, say where."""

    def __init__(self, message: str, node: str | None = None) -> None:
        super().__init__(message)
        self.node = node


# Names that a node cannot have. Those of array operations are free, because they are good names for nodes of numbers.
_TAKEN = tuple(
    name for name, each in OPERATIONS.items() if not isinstance(each, ArrayOperation) and name.isidentifier()
)
ALLOWED = ", ".join(each.source.format("a", "b") for each in OPERATIONS.values())


@dataclass(frozen=True)
class Node:
    """One step of a graph: a name for the result of one operation on names and numbers."""

    name: str
    operation: str
    operands: tuple[Operand, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The operands that are names, each once, in order."""
        return tuple(dict.fromkeys(name for name in self.operands if isinstance(name, str)))

    @property
    def text(self) -> str:
        """The expression as `parse` reads it, for instance "y_hat - y"."""
        texts = [str(operand).removesuffix(".0") for operand in self.operands]
        texts = [f"({text})" if text.startswith("-") else text for text in texts]
        known = OPERATIONS.get(self.operation)
        if known is None or known.arity != len(texts):
            return f"{self.operation}({', '.join(texts)})"
        return known.source.format(*texts)


@dataclass(frozen=True)
class Graph:
    """Inputs and nodes, each node using only inputs and nodes before it; GraphError if one does not.

    operations: what the nodes' operations mean. A table with more rows makes graphs of what students compute instead.
    """

    has_arrays: ClassVar[bool] = False  # whether values may be vectors and matrices
    is_known: ClassVar[bool] = True  # whether the values can be computed here

    inputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    operations: Mapping[str, Operation] = field(default_factory=lambda: OPERATIONS, repr=False)

    @staticmethod
    def is_name(text: str) -> bool:
        """Whether an input or a node may have this name."""
        return text.isascii() and text.isidentifier() and not keyword.iskeyword(text)

    def __post_init__(self) -> None:
        if not self.nodes:
            raise GraphError("The graph has no nodes; it needs at least one, such as `s: y_hat - y`.")
        for position, name in enumerate(self.names):
            if not self.is_name(name):
                raise GraphError(f"`{name}` is not a name; use letters, digits and _, a letter first.")
            if name in _TAKEN or name in self.names[:position]:
                taken = "the name of an operation" if name in _TAKEN else "already an input or a node"
                where = name if position >= len(self.inputs) else None
                raise GraphError(f"`{name}` is {taken}; use another name.", where)
        for position, node in enumerate(self.nodes, len(self.inputs)):
            operation = self.operations.get(node.operation)
            if operation is None or len(node.operands) != operation.arity:
                raise bad(node.name, f"`{node.text}` is none of the operations allowed: {ALLOWED}.")
            if unknown := [operand for operand in node.names if operand not in self.names[:position]]:
                raise bad(
                    node.name,
                    f"it uses `{unknown[0]}`, which is neither an input nor a node above; "
                    "write nodes in order, without a cycle.",
                )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of inputs and nodes, in order."""
        return (*self.inputs, *(node.name for node in self.nodes))

    @cached_property
    def _input_names(self) -> frozenset[str]:
        return frozenset(self.inputs)

    @cached_property
    def labels(self) -> frozenset[str]:
        """The inputs that are numbers of classes."""
        found = (node.operands[1] for node in self.nodes if node.operation == "cross_entropy")
        return frozenset(name for name in found if isinstance(name, str))

    @property
    def output(self) -> str:
        """The name of the last node, usually the loss."""
        return self.nodes[-1].name

    def with_dependents(self, names: Iterable[str]) -> set[str]:
        """These names, and all nodes that depend on one of them."""
        found = set(names)
        for node in self.nodes:
            if not found.isdisjoint(node.names):
                found.add(node.name)
        return found

    @cached_property
    def ancestors(self) -> Mapping[str, frozenset[str]]:
        """All inputs and nodes that each name depends on."""
        found: dict[str, frozenset[str]] = {name: frozenset() for name in self.inputs}
        for node in self.nodes:
            found[node.name] = frozenset(node.names).union(*(found[name] for name in node.names))
        return MappingProxyType(found)

    @cached_property
    def _ways_back(self) -> dict[tuple[str, ...] | None, tuple[tuple[str, tuple[Link, ...]], ...]]:
        return {}

    def _way_back(self, wrt: tuple[str, ...] | None) -> tuple[tuple[str, tuple[Link, ...]], ...]:
        """The nodes from the output back, each with the links along which a gradient by one of these names comes; None
        for all names."""
        if wrt not in self._ways_back:
            needed = self.names if wrt is None else self.with_dependents(wrt)
            self._ways_back[wrt] = tuple(
                (node.name, tuple((node.name, operand) for operand in node.names if operand in needed))
                for node in reversed(self.nodes)
            )
        return self._ways_back[wrt]

    @cached_property
    def bypassed(self) -> frozenset[Link]:
        """The links beside which another way leads from the node to its operand: for s = z + x with z = x * w, the link
        (s, x). The local derivative along such a link is not all of d s / d x."""
        return frozenset(
            (node.name, name)
            for node in self.nodes
            for name in node.names
            if any(name in self.ancestors[other] for other in node.names)
        )

    @cached_property
    def _steps(self) -> "tuple[Step, ...]":
        return tuple(self._step(node, self.operations[node.operation]) for node in self.nodes)

    @staticmethod
    def _as_value(given: Value, /) -> Value:
        """An input in the form in which values are computed."""
        return float(given)

    @staticmethod
    def _step(node: Node, operation: Operation) -> "Step":
        return step(node, operation)

    def with_node(self, position: int, node: Node, operations: Mapping[str, Operation]) -> "Graph":
        """The graph with another node in the place of one, which must have its name and use only what is before it.

        It is not checked again, and keeps all that it has in common with this graph: the search for a mistake makes
        thousands of such graphs.

        Args:
            position: Of the node in `nodes`.
            node: The node instead.
            operations: What the nodes' operations mean.
        """
        changed = object.__new__(type(self))
        nodes = (*self.nodes[:position], node, *self.nodes[position + 1 :])
        steps = (*self._steps[:position], self._step(node, operations[node.operation]), *self._steps[position + 1 :])
        same: dict[str, object] = {"names": self.names, "_steps": steps}
        if set(node.names) == set(self.nodes[position].names):
            same |= {"ancestors": self.ancestors, "bypassed": self.bypassed}
        changed.__dict__.update(inputs=self.inputs, nodes=nodes, operations=operations, **same)
        return changed

    def values(self, inputs: Mapping[str, float]) -> dict[str, float]:
        """Forward pass: the value of every input and node, in order.

        Raises GraphError if an input is missing, and ValueError if arrays do not fit.
        """
        if inputs.keys() != self._input_names:
            wrong = sorted(set(inputs) ^ set(self.inputs))
            raise GraphError(f"Missing or unknown: {_listed(wrong)}; the inputs are {_listed(self.inputs)}.")
        values = {name: self._as_value(inputs[name]) for name in self.inputs}
        for step in self._steps:
            values[step.name] = step.forward(*step.operands(values))
        return values

    def forward(self, node: Node, values: Mapping[str, float]) -> float:
        """The value of one node at `values` of its operands, which may be a student's own."""
        step = self._step(node, self.operations[node.operation])
        return step.forward(*step.operands(values))

    def sides(self, inputs: Mapping[str, float]) -> tuple[bool, ...]:
        """The kind of these inputs: of each operation with a kink, in order, whether it is on the upper side. On one
        side a program has no reason to fail for some inputs and not for others."""
        values = self.values(inputs)
        kinks = [
            (node.operands[0], kink)
            for node in self.nodes
            if node.operation in OPERATIONS and (kink := OPERATIONS[node.operation].kink) is not None
        ]
        return tuple((values[each] if isinstance(each, str) else each) > kink for each, kink in kinks)

    def partials(self, values: Mapping[str, float]) -> dict[Link, float]:
        """Local partial derivatives {(node, operand): d node / d operand} at values of all inputs and nodes.

        An operand used twice, as in x * x, has one partial, the sum. The values may be a student's own.
        """
        partials: dict[Link, float] = {}
        try:
            for step in self._steps:
                at = (*step.operands(values), values[step.name])
                for link, partial in step.partials:
                    partials[link] = partials[link] + partial(*at) if link in partials else partial(*at)
        except KeyError:
            missing = [name for name in self.names if name not in values]
            raise GraphError(f"No value is given for {_listed(missing)}; the graph needs one for each.") from None
        return partials

    def shapes(self, inputs: Mapping[str, Shape]) -> dict[str, Shape]:
        """The shape of every input and node, from those of the inputs: () for a number."""
        return dict.fromkeys(self.names, ())

    def given(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Inputs, and settings beside them, as a rubric has them: in the form in which functions are called."""
        return dict(inputs)

    def probe(self, like: Mapping[str, Value], generator: random.Random, *, larger: bool = False) -> dict[str, Value]:
        """Inputs with no special values.

        Args:
            like: others, of the same shapes.
            generator: for their values.
            larger: whether arrays have one sample more, if the shapes show which axis that is.
        """
        return {name: generator.uniform(-2, 2) for name in self.inputs}

    def local_value(self, local: Mapping[Link, float], link: Link) -> float:
        """What a local derivative is worth as a quantity."""
        return local[link]

    def gradients(self, values: Mapping[str, float], of: str | None = None) -> dict[str, float]:
        """Backward pass: d of / d every input and node before it, by the chain rule at `values`.

        `of` is a node, the output if not given; the gradient is 0.0 where it does not depend on the name.
        """
        return self.backward(self.partials(values), of)

    def ruled(self, rule: Rule, site: DerivativeSite) -> float:
        """The local derivative that a rule gives at a site, as `backward` takes it."""
        return rule(site)

    def as_local(self, value: float, right: float) -> float:
        """A student's own local derivative in the place of the right one, as `backward` takes it."""
        return value

    def backward(
        self,
        local: Mapping[Link, float],
        of: str | None = None,
        *,
        instead: Mapping[str, float] = MappingProxyType({}),
        wrt: tuple[str, ...] | None = None,
    ) -> dict[str, float]:
        """The chain rule on local partial derivatives as `partials` returns them, which may be a student's own.

        Args:
            local: the local derivatives.
            of: the node that is differentiated; the output if not given.
            instead: gradients to go on with, by name, in the place of those that are returned; a student's own.
            wrt: the names by which the gradients are wanted: what only others need is left out, and returned as 0.
        """
        of = self.output if of is None else of
        if of not in self.names or of in self.inputs:
            raise GraphError(f"There is no node `{of}` to differentiate; the output is `{self.output}`.")
        found = {of: 1.0}
        for node, links in self._way_back(wrt):
            above = instead.get(node, found.get(node)) if instead else found.get(node)
            if above is not None:  # elsewhere 0 times an infinite partial would make nan of a 0
                for link in links:
                    operand = link[1]
                    found[operand] = found.get(operand, 0.0) + above * local[link]
        return {name: found.get(name, 0.0) for name in self.names[: self.names.index(of)]}


@dataclass(frozen=True)
class Step:
    """A node with everything looked up: the search for a mistake goes through a graph thousands of times."""

    name: str
    forward: Callable[..., float]
    operands: Callable[[Mapping[str, float]], tuple[float, ...]]
    partials: tuple[tuple[Link, Callable[..., float]], ...]


def step(node: Node, operation: Operation) -> Step:
    """A node with everything looked up. operation: what its operation means."""
    pairs = zip(node.operands, operation.partials, strict=True)
    partials = tuple(((node.name, operand), partial) for operand, partial in pairs if isinstance(operand, str))
    if len(partials) == len(node.operands) > 1:
        return Step(node.name, operation.forward, itemgetter(*node.operands), partials)
    if len(partials) == len(node.operands):
        (_, only), _ = partials[0]
        return Step(node.name, operation.forward, lambda values: (values[only],), partials)

    def operands(values: Mapping[str, float]) -> tuple[float, ...]:  # itemgetter knows no numbers
        return tuple([values[each] if isinstance(each, str) else each for each in node.operands])

    return Step(node.name, operation.forward, operands, partials)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def bad(node: str, what: str) -> GraphError:
    """What is wrong with a node, as an error that names it."""
    return GraphError(f"Node `{node}`: {what}", node)
