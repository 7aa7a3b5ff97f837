"""Credit for what follows correctly from an earlier mistake: later values are recomputed from the student's own earlier
ones.

The first wrong value loses its own points; one that is computed correctly from it does not lose them again.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from autograder.checks.compare import Comparison
from autograder.graph import Graph, GraphError, derivative_name
from autograder.graph.quantities import derivative, local_derivatives
from autograder.mistakes.backward import on_the_path
from autograder.outcome import Finding, State
from autograder.rubric import Tolerance

Comparisons = Mapping[str, Comparison]
FOLLOWS = "correct given your earlier value"


def through(
    graph: Graph,
    sets: Sequence[tuple[Mapping[str, float], Comparisons]],
    tolerance: Tolerance,
    nodes_elsewhere: Sequence[Mapping[str, float]] = (),
) -> list[Comparisons]:
    """Set the kind "follows" for each wrong value that is correct given the student's own earlier values.

    Invented values must not earn points:

    - Nothing follows if more than half of the quantities are wrong by themselves, or if two wrong quantities have the
      same number for all inputs: returning 1 for every unknown derivative would make the rest easy.
    - A quantity with the same wrong number for all inputs does not follow, unless it is a 0 that follows each time.
    - A node value of 0 does not follow if another node's 0 follows from nothing.
    - A gradient follows only if at least half of its factors do not count as wrong.

    Args:
        graph: the function's graph.
        sets: for each set of inputs, the inputs and the comparisons.
        tolerance: for comparing a value with the recomputed one.
        nodes_elsewhere: for each set of inputs, the student's node values from another function, if one returns them.
            They are used only if at least half of them are right or follow from the others, and none is the same
            number for all inputs.

    Returns: the comparisons of each set of inputs.
    """
    returned = {name for _, comparisons in sets for name in comparisons}
    nodes = nodes_elsewhere if nodes_elsewhere and lacks_nodes(graph, returned) else [{} for _ in sets]
    elsewhere = _sound(graph, [(inputs, each) for (inputs, _), each in zip(sets, nodes, strict=True)], tolerance)
    settled = [
        {
            name: replace(each, kind="follows", text=FOLLOWS)
            if each.wrong and _follows(each, name, again, tolerance)
            else each
            for name, each in comparisons.items()
        }
        for (_, comparisons), again in (
            (one, list(_recomputed(graph, *one, each))) for one, each in zip(sets, elsewhere, strict=True)
        )
    ]
    for each, (_, before) in zip(settled, sets, strict=True):
        zeros = [name for name, found in each.items() if name in graph.names and found.value == 0]
        if any(each[name].wrong for name in zeros):  # a 0 that follows from nothing makes others easy
            each.update({name: before[name] for name in zeros})
    names = list(sets[0][1]) if sets else []
    follow = {name for name in names if _zeros_that_follow([each[name] for each in settled], tolerance)}
    fixed = {name for name in names if name not in follow and _fixed(graph, name, sets, tolerance)}
    wrong = fixed | {name for each in settled for name, found in each.items() if found.wrong}
    if 2 * len(wrong) > len(names) or len(fixed) > 1:
        return [comparisons for _, comparisons in sets]
    mostly = fixed | {name for name in names if 2 * sum(each[name].wrong for each in settled) > len(settled)}
    unfounded = fixed | {name for name in names if _unfounded(graph, name, names, mostly)}
    return [
        {name: before[name] if name in unfounded else found for name, found in each.items()}
        for each, (_, before) in zip(settled, sets, strict=True)
    ]


def lacks_nodes(graph: Graph, names: Collection[str]) -> bool:
    """Whether these names hold no node but the output, so that node values have to come from another function."""
    return not any(node.name in names for node in graph.nodes[:-1])


def _zeros_that_follow(found: Sequence[Comparison], tolerance: Tolerance) -> bool:
    """Whether a quantity is 0 for all inputs, and right or following each time."""
    return all(each.value is not None and abs(each.value) <= tolerance.atol and not each.wrong for each in found)


def _fixed(
    graph: Graph, name: str, sets: Sequence[tuple[Mapping[str, float], Comparisons]], tolerance: Tolerance
) -> bool:
    """Whether a wrong value is the same number for all inputs, and the right one is not."""
    found = [comparisons[name] for _, comparisons in sets]
    values = [each.value for each in found if each.value is not None and math.isfinite(each.value)]
    if len(values) < max(2, len(found)) or any(each.right and not each.trivial for each in found):
        return False
    right = [recomputed(graph, inputs, {}).get(name, 0.0) for inputs, _ in sets]
    return _same(values, tolerance) and not _same(right, tolerance)


def _same(values: Sequence[float], tolerance: Tolerance) -> bool:
    return all(tolerance.allows(value, values[0]) for value in values)


def _unfounded(graph: Graph, name: str, names: Sequence[str], wrong: Collection[str]) -> bool:
    """Whether most of the factors that a gradient is the product of are wrong."""
    pair = derivative(graph, name)
    if pair is None or pair[0] != graph.output:
        return False
    path = on_the_path(graph, pair[1])
    factors = [factor for factor, link in local_derivatives(graph).items() if link in path and factor in names]
    return 2 * sum(factor in wrong for factor in factors) > len(factors)


def recomputed(graph: Graph, inputs: Mapping[str, float], own: Mapping[str, float]) -> dict[str, float]:
    """Every value, local derivative and gradient of the graph, by the names of `graph.quantities`: each computed from a
    student's `own` earlier ones.

    A value that is not among their own is taken as computed. Raises GraphError or an ArithmeticError where that is
    impossible.
    """
    values = {name: inputs[name] for name in graph.inputs}
    again: dict[str, float] = {}
    for node in graph.nodes:
        again[node.name] = graph.forward(node, values)
        values[node.name] = own.get(node.name, again[node.name])
    local = graph.partials(values)
    for name, link in local_derivatives(graph).items():
        again[name] = local[link]
        local[link] = own.get(name, local[link])
    for name, value in graph.backward(local).items():
        again.setdefault(derivative_name(graph.output, name), value)
    for of, wrt in graph.bypassed:
        again[derivative_name(of, wrt)] = graph.backward(local, of)[wrt]
    return again


def _sound(
    graph: Graph, sets: Sequence[tuple[Mapping[str, float], Mapping[str, float]]], tolerance: Tolerance
) -> list[Mapping[str, float]]:
    """The node values of each set of inputs that something may follow from, none where they are mostly invented; see
    `through`."""
    if not any(nodes for _, nodes in sets):
        return [{} for _ in sets]
    right = [graph.values(inputs) for inputs, _ in sets]
    for name in (node.name for node in graph.nodes):
        values = [nodes[name] for _, nodes in sets if name in nodes]
        varies = not _same([each[name] for each in right], tolerance)
        if len(values) == len(sets) > 1 and varies and _same(values, tolerance):
            return [{} for _ in sets]
    enough = len(graph.nodes) / 2
    return [nodes if _in_order(graph, inputs, nodes, tolerance) >= enough else {} for inputs, nodes in sets]


def _in_order(graph: Graph, inputs: Mapping[str, float], nodes: Mapping[str, float], tolerance: Tolerance) -> int:
    """How many node values are right, or follow from those of the others."""
    try:
        again = recomputed(graph, inputs, nodes)
    except (GraphError, ArithmeticError, ValueError):
        return 0
    right = graph.values(inputs)
    return sum(
        tolerance.allows(value, right[name]) or (bool(value) and tolerance.allows(value, again[name]))
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
        name: each.value for name, each in comparisons.items() if each.value is not None and math.isfinite(each.value)
    }
    try:
        yield recomputed(graph, inputs, own)
        if nodes_elsewhere:
            yield recomputed(graph, inputs, {**nodes_elsewhere, **own})
    except (GraphError, ArithmeticError, ValueError):
        return


def _follows(found: Comparison, name: str, again: Sequence[Mapping[str, float]], tolerance: Tolerance) -> bool:
    if found.value is None or not math.isfinite(found.value):
        return False
    return any(tolerance.allows(found.value, each[name]) for each in again if name in each)


def path(graph: Graph, findings: Sequence[Finding]) -> tuple[tuple[str, State], ...]:
    """The quantities in the order in which they are computed, if that tells where the first mistake is: values forward,
    derivatives back from the output."""
    states: dict[str, State] = {finding.quantity: finding.state for finding in findings}
    if len(states) < 3 or len(set(states.values())) == 1:
        return ()
    forward = {name: position for position, name in enumerate(graph.names)}

    local = local_derivatives(graph)

    def place(name: str) -> tuple[int, int]:
        pair = derivative(graph, name)
        if pair is None:
            return 0, forward.get(name, 0)
        of, wrt = pair
        return (1, -forward[of]) if name in local else (2, -forward[wrt])

    return tuple((name, states[name]) for name in sorted(states, key=place))
