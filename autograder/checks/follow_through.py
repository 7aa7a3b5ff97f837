"""Credit for values that are correct given an earlier wrong value: they are recomputed from the student's own values.

The first wrong value loses its points. A value that is computed correctly from it does not lose points again.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from autograder.checks.compare import is_finite, is_zero
from autograder.checks.comparison import Comparison
from autograder.graph import Graph, GraphError, Node, derivative_name
from autograder.graph.operation import Value
from autograder.graph.quantities import derivative, in_order, local_derivatives
from autograder.mistakes.chains import on_the_path
from autograder.outcome import SIGNS, Finding, State
from autograder.rubric import Tolerance

Comparisons = Mapping[str, Comparison]
FOLLOWS = "correct given your earlier value"


def through(
    graph: Graph,
    sets: Sequence[tuple[Mapping[str, float], Comparisons]],
    tolerance: Tolerance,
    nodes_elsewhere: Sequence[Mapping[str, float]] = (),
) -> list[Comparisons]:
    """Set the kind "follows" on wrong values that are correct given the student's own earlier values.

    Invented values must not make the rest easy. Therefore:
    - Nothing follows if more than half of the quantities are wrong by themselves.
    - A quantity with the same wrong number for all inputs does not follow, unless it is a 0 that follows each time, or
      is computed from such zeros alone, as σ(0) is. If two quantities are like that, nothing follows: a 1 for each
      unknown derivative would make the rest easy.
    - A node value of 0 does not follow if another node value of 0 follows from nothing.
    - A gradient follows if at least half of its factors do not count as wrong. With arrays few factors have a name:
      there it does not follow from a gradient that is the same number for all inputs.
    - An array does not follow if it is 0 everywhere, or no other than one of the wrong operands of its sum.

    Args:
        graph: The graph of the function.
        sets: For each set of inputs: the inputs, and the comparison of each quantity.
        tolerance: For comparing a value with the recomputed one.
        nodes_elsewhere: For each set of inputs, the student's node values from another function that returns them. They
            are used if at least half of them are right or follow from each other, and none is constant.

    Returns:
        The comparisons for each set of inputs, in the same order.
    """
    returned = {name for _, comparisons in sets for name in comparisons}
    nodes = nodes_elsewhere if nodes_elsewhere and lacks_nodes(graph, returned) else [{} for _ in sets]
    elsewhere = _sound(graph, [(inputs, each) for (inputs, _), each in zip(sets, nodes, strict=True)], tolerance)
    settled = [
        {
            name: replace(each, kind="follows", text=FOLLOWS)
            if each.wrong
            and _follows(each, name, again, tolerance)
            and not _says_nothing(graph, name, comparisons, tolerance)
            else each
            for name, each in comparisons.items()
        }
        for (_, comparisons), again in (
            (one, list(_recomputed(graph, *one, each))) for one, each in zip(sets, elsewhere, strict=True)
        )
    ]
    for each, (_, before) in zip(settled, sets, strict=True):
        zeros = [name for name, found in each.items() if name in graph.names and _is_zero(found.value)]
        if any(each[name].wrong for name in zeros):  # a 0 that follows from nothing makes others easy
            each.update({name: before[name] for name in zeros})
    names = list(sets[0][1]) if sets else []
    follow = {name for name in names if _zeros_that_follow([each[name] for each in settled], tolerance)}
    dead = follow | {name for name in graph.names if elsewhere and all(_is_zero(each.get(name)) for each in elsewhere)}
    follow |= {name for name in _fixed_by(graph, dead) & set(names) if not any(each[name].wrong for each in settled)}
    fixed = {name for name in names if name not in follow and _fixed(graph, name, sets, tolerance)}
    wrong = fixed | {name for each in settled for name, found in each.items() if found.wrong}
    if 2 * len(wrong) > len(names) or len(fixed) > 1:
        return [comparisons for _, comparisons in sets]
    mostly = fixed | {name for name in names if 2 * sum(each[name].wrong for each in settled) > len(settled)}
    unfounded = fixed | {name for name in names if _unfounded(graph, name, names, mostly, fixed)}
    return [
        {name: before[name] if name in unfounded else found for name, found in each.items()}
        for each, (_, before) in zip(settled, sets, strict=True)
    ]


def counted(findings: Sequence[Finding], share: float) -> str:
    """How many values are correct given earlier ones, for the end of a sentence about how many are right; "" if none.

    share: what such a value earns of its points.
    """
    follow = sum(finding.state == "follows" for finding in findings)
    values = "your earlier value" if follow == 1 else "your earlier values"
    counts = f", which {'counts' if follow == 1 else 'count'} too" if share else ""
    return f", {follow} more correct given {values}{counts}" if follow else ""


def explained(findings: Sequence[Finding], share: float) -> tuple[str, ...]:
    """The note that says what "correct given your earlier value" means, if one of the findings says that.

    share: what such a value earns of its points.
    """
    if not any(finding.state == "follows" for finding in findings):
        return ()
    earns = "earns all of its points" if share == 1 else f"earns {share:.0%} of its points"
    return (
        f"{SIGNS['follows']} {FOLLOWS}: it is computed correctly from an earlier value that is wrong. "
        f"The mistake costs points only where it was made; what follows from it {earns}.",
    )


def lacks_nodes(graph: Graph, names: Collection[str]) -> bool:
    """Whether these names contain no node but the output, so that node values must come from another function."""
    return not any(node.name in names for node in graph.nodes[:-1])


def _zeros_that_follow(found: Sequence[Comparison], tolerance: Tolerance) -> bool:
    """Whether a quantity is 0 for all inputs, and right or following each time."""
    return all(
        each.value is not None and tolerance.allows(each.value, 0.0 * each.value) and not each.wrong for each in found
    )


def _fixed_by(graph: Graph, zeros: Collection[str]) -> set[str]:
    """The nodes and local derivatives that are computed from these nodes alone."""
    nodes = set(zeros)
    for node in graph.nodes:
        if node.names and nodes.issuperset(node.names):
            nodes.add(node.name)
    names = {
        name: graph.nodes[graph.names.index(of) - len(graph.inputs)].names
        for name, (of, _) in local_derivatives(graph).items()
    }
    return nodes | {name for name, operands in names.items() if nodes.issuperset(operands)}


def _fixed(
    graph: Graph, name: str, sets: Sequence[tuple[Mapping[str, float], Comparisons]], tolerance: Tolerance
) -> bool:
    """Whether a wrong value is the same number for all inputs, and the right one is not."""
    found = [comparisons[name] for _, comparisons in sets]
    values = [each.value for each in found if each.value is not None and is_finite(each.value)]
    if len(values) < max(2, len(found)) or any(each.right and not each.trivial for each in found):
        return False
    right = [recomputed(graph, inputs, {}).get(name, 0.0) for inputs, _ in sets]
    return _same(values, tolerance) and not _same(right, tolerance)


def _same(values: Sequence[Value], tolerance: Tolerance) -> bool:
    """Whether these are one number: of arrays, one in all their elements, whatever their shapes are."""
    flat = [value if isinstance(value, float) else value.ravel() for value in values]
    firsts = [value if isinstance(value, float) else float(value[0]) if value.size else math.nan for value in flat]
    level = all(tolerance.allows(value, 0.0 * value + first) for value, first in zip(flat, firsts, strict=True))
    return level and all(tolerance.allows(first, firsts[0]) for first in firsts)


def _unfounded(graph: Graph, name: str, names: Sequence[str], wrong: Collection[str], fixed: Collection[str]) -> bool:
    """Whether more than half of the factors of a gradient are wrong. With arrays, which have few factors: whether a
    gradient behind it, from which it follows, is the same number for all inputs."""
    pair = derivative(graph, name)
    if pair is None or pair[0] != graph.output:
        return False
    if graph.has_arrays:
        behind = [derivative(graph, each) for each in fixed if each != name]
        return any(each and each[0] == graph.output and pair[1] in graph.ancestors[each[1]] for each in behind)
    path = on_the_path(graph, pair[1])
    factors = [factor for factor, link in local_derivatives(graph).items() if link in path and factor in names]
    return 2 * sum(factor in wrong for factor in factors) > len(factors)


def recomputed(graph: Graph, inputs: Mapping[str, float], own: Mapping[str, float]) -> dict[str, float]:
    """Every value, local derivative and gradient of the graph, computed from a student's `own` earlier values.

    A value that the student does not give is the computed one. Names are those of `graph.quantities`. Raises GraphError
    or an ArithmeticError if a value cannot be computed.
    """
    values = {name: inputs[name] for name in graph.inputs}
    again: dict[str, float] = {}
    for node in graph.nodes:
        again[node.name] = graph.forward(node, values)
        values[node.name] = own.get(node.name, again[node.name])
    local = graph.partials(values)
    for name, link in local_derivatives(graph).items():
        with suppress(LookupError):
            again[name] = graph.local_value(local, link)
            local[link] = graph.as_local(own[name], local[link])
    # Where values are arrays, few local derivatives have a name: a gradient follows from the one behind it.
    gradients = {name: derivative_name(graph.output, name) for name in graph.names} if graph.has_arrays else {}
    instead = {name: own[gradient] for name, gradient in gradients.items() if gradient in own}
    for name, value in graph.backward(local, instead=instead).items():
        again.setdefault(derivative_name(graph.output, name), value)
    for of, wrt in graph.bypassed:
        again[derivative_name(of, wrt)] = graph.backward(local, of)[wrt]
    return again


def _sound(
    graph: Graph, sets: Sequence[tuple[Mapping[str, float], Mapping[str, float]]], tolerance: Tolerance
) -> list[Mapping[str, float]]:
    """For each set of inputs, the node values that others may follow from; none if most are invented, see `through`."""
    if not any(nodes for _, nodes in sets):
        return [{} for _ in sets]
    right = [graph.values(inputs) for inputs, _ in sets]
    follow: set[str] = set()
    for node in graph.nodes:
        values = [nodes[node.name] for _, nodes in sets if node.name in nodes]
        varies = not _same([each[node.name] for each in right], tolerance)
        if len(values) == len(sets) > 1 and varies and _same(values, tolerance):
            if not (all(map(_is_zero, values)) or follow.issuperset(node.names)) or not _derived(
                graph, node, sets, tolerance
            ):
                return [{} for _ in sets]
            follow.add(node.name)
    enough = len(graph.nodes) / 2
    return [nodes if _in_order(graph, inputs, nodes, tolerance) >= enough else {} for inputs, nodes in sets]


def _is_zero(value: Value | None) -> bool:
    return value is not None and is_zero(value)


def _derived(
    graph: Graph, node: Node, sets: Sequence[tuple[Mapping[str, float], Mapping[str, float]]], tolerance: Tolerance
) -> bool:
    """Whether the value of a node is computed from the student's own values each time."""
    try:
        return all(
            tolerance.allows(nodes[node.name], graph.forward(node, {**inputs, **nodes})) for inputs, nodes in sets
        )
    except (ArithmeticError, ValueError, LookupError):
        return False


def _in_order(graph: Graph, inputs: Mapping[str, float], nodes: Mapping[str, float], tolerance: Tolerance) -> int:
    """The number of node values that are right, or follow from the other ones."""
    try:
        again = recomputed(graph, inputs, nodes)
    except (GraphError, ArithmeticError, ValueError, LookupError):
        return 0
    right = graph.values(inputs)
    return sum(
        tolerance.allows(value, right[name]) or (not is_zero(value) and tolerance.allows(value, again[name]))
        for name, value in nodes.items()
    )


def _recomputed(
    graph: Graph,
    inputs: Mapping[str, float],
    comparisons: Comparisons,
    nodes_elsewhere: Mapping[str, float],
) -> Iterator[dict[str, float]]:
    if not any(each.wrong for each in comparisons.values()):
        return
    own = {
        name: each.value
        for name, each in comparisons.items()
        if each.value is not None and is_finite(each.value) and each.kind != "shape"
    }
    try:
        yield recomputed(graph, inputs, own)
        if nodes_elsewhere:
            yield recomputed(graph, inputs, {**nodes_elsewhere, **own})
    except (GraphError, ArithmeticError, ValueError, LookupError):
        return


def _follows(found: Comparison, name: str, again: Sequence[Mapping[str, float]], tolerance: Tolerance) -> bool:
    if found.value is None or not is_finite(found.value):
        return False
    return any(tolerance.allows(found.value, each[name]) for each in again if name in each)


def _says_nothing(graph: Graph, name: str, comparisons: Comparisons, tolerance: Tolerance) -> bool:
    """Whether an array shows no computation although it agrees with what is recomputed: it is 0, as everything is that
    follows from tiny numbers; or it is its own operand, as everything is that is added to a huge one."""
    if not graph.has_arrays:
        return False
    value = comparisons[name].value
    if value is None or tolerance.allows(value, 0.0 * value):
        return True
    node = next((node for node in graph.nodes if node.name == name and node.operation in ("+", "-")), None)
    operands = [comparisons[each] for each in node.names if each in comparisons] if node else []
    return any(each.wrong and each.value is not None and tolerance.allows(value, each.value) for each in operands)


def path(graph: Graph, findings: Sequence[Finding]) -> tuple[tuple[str, State], ...]:
    """The quantities in the order of computation, if that shows where the first mistake is.

    Values come in forward order, derivatives in backward order from the output.
    """
    states: dict[str, State] = {finding.quantity: finding.state for finding in findings}
    if len(states) < 3 or len(set(states.values())) == 1:
        return ()
    return tuple((name, states[name]) for name in in_order(graph, states))
