"""Mistakes in gradients of the output that have a parameter: a factor, a constant in their place, a limit."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from autograder.graph import Graph, Link, derivative_name
from autograder.mistakes.calls import USE_PARAMETERS
from autograder.mistakes.chains import with_chains
from autograder.mistakes.family import DECIMAL_POINT, Change, Family, Solved, single
from autograder.mistakes.procedure import Chain, Mistake


def gradient_families(graph: Graph, weights: Sequence[str]) -> Iterator[Family]:
    """Gradients of the output with a factor, or constants in their place: all of them at once, or a single one."""
    factor = "Which factor in the chain rule could cause that?"
    groups: list[tuple[str, Sequence[str]]] = [(derivative_name(graph.output, weight), (weight,)) for weight in weights]
    if len(weights) > 1:
        yield replace(
            _chained(
                "scaled@gradients",
                "all gradients are multiplied by a constant",
                "all gradients are {value} times what they should be",
                factor,
                weights,
                _multiple,
                (0.0, 1.0),
            ),
            slipped=DECIMAL_POINT,
        )
    for name, group in groups:
        yield replace(
            _chained(
                f"scaled@{name}",
                f"{name} is multiplied by a constant",
                f"{name} is {{value}} times what it should be",
                factor,
                group,
                _multiple,
                (0.0, 1.0),
            ),
            slipped=DECIMAL_POINT,
        )
        yield _chained(
            f"constant@{name}",
            f"{name} is always the same",
            f"{name} is always {{value}}, whatever is passed in",
            USE_PARAMETERS,
            group,
            _constant,
            (0.0,),
        )
        yield _chained(
            f"clipped@{name}",
            f"{name} is clipped",
            f"{name} is clipped to a size of {{value}}",
            "Return the gradient as it is.",
            group,
            _clipped,
            (0.0,),
        )


def gradients_together(graph: Graph, weights: Sequence[str]) -> Iterator[Family]:
    """All gradients at once: those of another node added, or their norm clipped."""
    for node in graph.nodes[:-1]:
        if all(node.name in graph.with_dependents([weight]) for weight in weights):
            said = f"the gradients of {node.name} are added to those of {graph.output}"
            chains = {weight: _of_both(node.name, weight) for weight in weights}
            hint = "How many times does backward() run, and from which nodes?"
            yield single(Mistake(f"and-of-{node.name}@gradients", said, hint, partial(with_chains, chains)))
    if len(weights) > 1:
        yield _chained(
            "norm-clipped@gradients",
            "the norm of the gradients is clipped",
            "the norm of the gradients is clipped to {value}",
            "Return the gradients as they are.",
            weights,
            partial(_norm_clipped, weights),
            (0.0,),
        )


def _of_both(node: str, weight: str) -> Chain:
    return lambda graph, local, values: graph.backward(local)[weight] + graph.backward(local, node)[weight]


def _norm_clipped(weights: Sequence[str], bound: float, weight: str) -> Chain:
    def chain(graph: Graph, local: Mapping[Link, float], values: Mapping[str, float]) -> float:
        gradients = graph.backward(local)
        norm = math.hypot(*(gradients[each] for each in weights))
        return gradients[weight] * min(1.0, bound / norm if norm else 1.0)

    return chain


def _multiple(factor: float, weight: str) -> Chain:
    return lambda graph, local, values: factor * graph.backward(local)[weight]


def _constant(number: float, weight: str) -> Chain:
    return lambda graph, local, values: number


def _clipped(bound: float, weight: str) -> Chain:
    return lambda graph, local, values: max(-bound, min(bound, graph.backward(local)[weight]))


def _chained(
    id: str,
    name: str,
    said: str,
    hint: str,
    weights: Sequence[str],
    chain: Callable[[float, str], Chain],
    none: tuple[float, ...],
) -> Family:
    def at(parameter: float) -> Change:
        chains = {weight: chain(parameter, weight) for weight in weights}
        return lambda work: replace(work, chain={**work.chain, **chains})

    probes = (1e-3, 2e-3) if "clipped" in id else Solved.probes
    return Family(id, name, said, hint, at, Solved(probes), none)
