"""The factors of the chain rule combined otherwise than by multiplying: all of them, or some that follow each other."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from autograder.graph import Graph, Link, derivative_name
from autograder.mistakes.backward import ratio
from autograder.mistakes.chains import chained, on_the_path
from autograder.mistakes.family import Family, single
from autograder.mistakes.procedure import Chain, Local, Numbers
from autograder.text import join_names

Combine = Callable[[Sequence[float]], float]
_HINT = (
    "How are the local derivatives on a path combined to one gradient? Look at the line, or at the helper function, "
    "that combines them."
)
WAYS: tuple[tuple[str, str, Combine], ...] = (
    ("sum", "added instead of multiplied", sum),
    ("sum-and-1", "added to 1 instead of multiplied", lambda factors: 1.0 + sum(factors)),
    ("1-minus", "subtracted from 1 instead of multiplied", lambda factors: 1.0 - sum(factors)),
    ("difference", "subtracted instead of multiplied", lambda factors: 2 * factors[0] - sum(factors)),
    ("quotient", "divided instead of multiplied", lambda factors: ratio(factors[0], math.prod(factors[1:]))),
    ("reciprocal", "divided instead of multiplied, the first one too", lambda factors: ratio(1.0, math.prod(factors))),
    ("mean", "averaged instead of multiplied", lambda factors: sum(factors) / len(factors)),
    ("largest", "compared instead of multiplied: the largest one stands for all", max),
    ("smallest", "compared instead of multiplied: the smallest one stands for all", min),
)
ONE_OF: tuple[tuple[str, str, Combine], ...] = (
    ("first", "only the first of them is a factor", lambda factors: factors[0]),
    ("last", "only the last of them is a factor", lambda factors: factors[-1]),
    ("none", "none of them is a factor", lambda factors: 1.0),
)


ORDERED = ("sum-and-1", "1-minus", "difference", "quotient", "reciprocal", "mean")  # where grouping changes the result


def combined_otherwise(graph: Graph, weights: Sequence[str]) -> Iterator[Family]:
    """Some or all factors combined otherwise: in all gradients, then in each one."""
    paths = {weight: on_the_path(graph, weight) for weight in weights}
    if not all(_is_line(path) for path in paths.values()):
        return
    if len(weights) > 1:
        shared = [link for link in paths[weights[0]] if all(link in path for path in paths.values())]
        for id, said, combine in (*WAYS, *ONE_OF):
            only = (id, said, combine) in ONE_OF
            what = (
                "of the local derivatives in all gradients, " if only else "the local derivatives in all gradients are "
            )
            for order, words, chain in (
                ("helper", ", first those that all gradients share, then their result with the others", _shared_first),
                ("stepwise", ", two at a time", _stepwise),
            ):
                clause = f"{what}{said}{words if id in ORDERED else ''}"
                chains = {weight: chain(combine, shared, paths[weight]) for weight in weights}
                yield single(chained(f"{id}-{order}@gradients", clause, _HINT, chains, by_hand=True))
        yield from _of_segments(shared, weights, paths, "all gradients", "gradients")
        yield from _single_factors(shared, weights, paths, "all gradients", "gradients")
    for weight in weights:
        gradient = derivative_name(graph.output, weight)
        yield from _of_segments(paths[weight], (weight,), paths, gradient, gradient)
        yield from _single_factors(paths[weight], (weight,), paths, gradient, gradient)


def _single_factors(
    links: Sequence[Link], weights: Sequence[str], paths: dict[str, list[Link]], said: str, place: str
) -> Iterator[Family]:
    """One factor subtracted from the product of the others, or they from it, in the gradients of these weights."""
    for link in links:
        name = derivative_name(*link)
        for id, words, of in (
            ("less", f"{name} is subtracted in {said} instead of multiplied", lambda rest, own: rest - own),
            ("under", f"the other factors are subtracted from {name} in {said}", lambda rest, own: own - rest),
        ):  # fmt: skip
            chains = {weight: partial(_apart, of, link, paths[weight]) for weight in weights}
            yield single(chained(f"{id}-{name}@{place}", words, _HINT, chains, by_hand=True))


def _apart(
    of: Callable[[float, float], float], link: Link, path: Sequence[Link], graph: Graph, local: Local, values: Numbers
) -> float:
    return of(math.prod(local[each] for each in path if each != link), local[link])


def _is_line(path: Sequence[Link]) -> bool:
    """Whether only one way leads from the output to the weight."""
    return len({node for node, _ in path}) == len(path)


def _of_segments(
    links: Sequence[Link], weights: Sequence[str], paths: dict[str, list[Link]], said: str, place: str
) -> Iterator[Family]:
    """Two or more factors that follow each other, combined otherwise in the gradients of these weights.

    said: what the gradients are called.
    """
    for begin in range(len(links)):
        for end in range(begin + 2, len(links) + 1):
            inside = links[begin:end]
            names = [derivative_name(*link) for link in inside]
            chains: dict[str, dict[str, Chain]] = {
                id: {weight: partial(_in_place, combine, inside, paths[weight]) for weight in weights}
                for id, _, combine in (*WAYS, *ONE_OF)
            }
            key = f"{names[0]}-to-{names[-1]}"
            for id, words, _ in WAYS:
                clause = f"{join_names(names)} are {words} in {said}"
                yield single(chained(f"{id}-of-{key}@{place}", clause, _HINT, chains[id], by_hand=True))
            for id, words, _ in ONE_OF:
                clause = f"of {join_names(names)}, {words} in {said}"
                yield single(chained(f"{id}-of-{key}@{place}", clause, _HINT, chains[id], by_hand=True))


def _in_place(
    combine: Combine, inside: Sequence[Link], path: Sequence[Link], graph: Graph, local: Local, values: Numbers
) -> float:
    return combine([local[link] for link in inside]) * math.prod(local[link] for link in path if link not in inside)


def _shared_first(combine: Combine, shared: Sequence[Link], path: Sequence[Link]) -> Chain:
    def chain(graph: Graph, local: Local, values: Numbers) -> float:
        return combine(
            [combine([local[each] for each in shared]), *(local[each] for each in path if each not in shared)]
        )

    return chain


def _stepwise(combine: Combine, shared: Sequence[Link], path: Sequence[Link]) -> Chain:
    def chain(graph: Graph, local: Local, values: Numbers) -> float:
        found = local[path[0]]
        for link in path[1:]:
            found = combine([found, local[link]])
        return found

    return chain
