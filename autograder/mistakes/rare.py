"""Mistakes that are seen rarely. They are looked for last, and only where several sets of inputs have to agree."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

from autograder.graph import Graph, Link, split_derivative
from autograder.graph.quantities import local_derivatives
from autograder.mistakes.chains import on_the_path, unusual_chains, with_chains
from autograder.mistakes.combined import combined_otherwise
from autograder.mistakes.derivative_families import AGAIN, unusual_derivatives, values_exchanged
from autograder.mistakes.difference_quotients import quotients
from autograder.mistakes.family import Change, Family, Listed, Solved, Varying, single
from autograder.mistakes.list_families import unusual_lists
from autograder.mistakes.node_additions import node_additions, value_instead
from autograder.mistakes.optimizers import other_optimizers
from autograder.mistakes.precedence import inner_changed, regrouped
from autograder.mistakes.procedure import Local, Mistake, Numbers, Procedure
from autograder.mistakes.update_families import trained_from_anywhere, unusual_updates
from autograder.text import join_names

ALONE = "other@"  # begins the id of a mistake of which only the place is known
RATES = Listed(tuple((rate, f"{rate:g}") for rate in (0.001, 0.01, 0.1, 1.0)))
_CHANGED = "Which line changes this input before it is used?"
_ANEW = (
    "Where does {name} get its value, in every call: from the parameter? Or is it random, or left over from an earlier "
    "call?"
)


def rare_families(
    graph: Graph, returns: Sequence[str], weights: Sequence[str], *, by_hand: bool, trains: bool
) -> Iterator[Family]:
    """All of a function, the preferred ones first.

    Args:
        graph: The graph of the function.
        returns: The quantities that it returns.
        weights: The inputs that it trains, or differentiates the output with respect to.
        by_hand: Whether the derivatives are computed by hand.
        trains: Whether it is a training loop.
    """
    links = {name: link for name, link in local_derivatives(graph).items() if link in _used(graph, returns, weights)}
    yield from regrouped(graph, by_hand=by_hand and not trains)
    yield from inner_changed(graph, by_hand=by_hand and not trains)
    yield from combined_otherwise(graph, weights)
    if trains:
        yield from unusual_lists(graph, weights)
        yield from unusual_updates(graph, weights)
        yield from other_optimizers()
        yield from map(single, unusual_chains(graph, weights))
    else:
        yield from _in_other_order(returns)
        yield from _after_an_update(graph, weights)
    if weights:
        yield from quotients(graph, weights, links)
    if links and by_hand:
        yield from unusual_derivatives(graph, [*links.values()], few=trains)
        yield from values_exchanged(graph)
    yield from node_additions(graph, by_hand=by_hand and not trains)
    yield from _of_inputs(graph, trains=trains)


def _used(graph: Graph, returns: Sequence[str], weights: Sequence[str]) -> set[tuple[str, str]]:
    """The links whose local derivatives are returned, or are on the path to a weight."""
    returned = {pair for name in returns if (pair := split_derivative(name, graph.names))}
    return returned.union(*(on_the_path(graph, weight) for weight in weights))


def _in_other_order(returns: Sequence[str]) -> Iterator[Family]:
    """The results returned in another order: moved on by some places, or three in each other's place."""
    hint = "Compare the order in which you return the values with the order asked for, or return a dict with the names."
    for places in range(1, len(returns)):
        turned = dict(zip(returns, (*returns[places:], *returns[:places]), strict=True))
        yield _renamed(
            f"moved-{places}@results",
            "the results are in another order: each is some places away from its own",
            hint,
            turned,
        )
    for first, second, third in combinations(returns, 3):
        for a, b, c in ((first, second, third), (third, second, first)):
            said = f"{first}, {second} and {third} are returned in each other's place"
            yield _renamed(f"turned@{a},{b},{c}", said, hint, {a: b, b: c, c: a})


def _renamed(id: str, said: str, hint: str, renamed: Mapping[str, str]) -> Family:
    return single(
        Mistake(id, said, hint, lambda work: replace(work, return_instead={**work.return_instead, **renamed}))
    )


def _after_an_update(graph: Graph, weights: Sequence[str]) -> Iterator[Family]:
    """The values of the forward pass, or the gradients, computed after the weights have been updated."""
    if not weights:
        return
    words = join_names(list(weights))
    hint = f"Which line changes {words}, and is it asked for here?"
    for id, what, at in (
        ("values", "the values are", _values_after),
        ("all", "the values and gradients are", _all_after),
    ):
        said = f"{what} those after an update of {words}"
        family = Family(
            f"{id}-after-update@{words}",
            said,
            f"{said} with a learning rate of {{value}}",
            hint,
            partial(at, graph, weights),
            Solved((0.0137, 0.0217)),
            (0.0,),
        )
        yield family
        yield replace(
            family, id=f"{family.id}, listed", find=RATES
        )  # a small step changes the numbers too little to determine it


def _stepped(graph: Graph, weights: Sequence[str], rate: float, inputs: Numbers) -> Numbers:
    slopes = graph.gradients(graph.values(inputs))
    return {name: value - rate * slopes[name] if name in weights else value for name, value in inputs.items()}


def _all_after(graph: Graph, weights: Sequence[str], rate: float) -> Change:
    return lambda work: replace(work, prepare=lambda inputs: _stepped(graph, weights, rate, work.prepare(inputs)))


def _values_after(graph: Graph, weights: Sequence[str], rate: float) -> Change:
    """The values are those after the update; the gradients those before it."""
    before = {weight: partial(_slope_before, weight) for weight in weights}

    def change(work: Procedure) -> Procedure:
        def prepared(inputs: Numbers) -> Numbers:
            return _stepped(graph, weights, rate, work.prepare(inputs))

        return with_chains(before, replace(work, prepare_for_nodes=prepared))

    return change


def _slope_before(weight: str, graph: Graph, local: Local, values: Numbers) -> float:
    return graph.gradients(graph.values({name: values[name] for name in graph.inputs}))[weight]


def _of_inputs(graph: Graph, *, trains: bool) -> Iterator[Family]:
    """An input changed before it is used, by a number to be found; or another one in each call."""
    for name in graph.inputs:
        for id, said, change in (
            ("scaled", f"{name} is multiplied by {{value}} before it is used", operator.mul),
            ("shifted", f"{{value}} is added to {name} before it is used", operator.add),
        ):
            none = (0.0, 1.0) if id == "scaled" else (0.0,)
            vague = said.replace("{value}", "a constant")
            yield Family(f"{id}-input@{name}", vague, said, _CHANGED, partial(_changed, name, change), Solved(), none)
        said = f"{name} is used in absolute value"
        yield single(Mistake(f"size-of@{name}", said, _CHANGED, _prepared(partial(_sized, name))))
    for id, said, names in (
        ("all", "all inputs are", graph.inputs),
        *((name, f"{name} is", (name,)) for name in graph.inputs),
    ):
        rounded = Listed(((1.0, "one decimal"), (2.0, "two decimals")))
        words = f"{said} rounded to {{value}} before {'they are' if id == 'all' else 'it is'} used"
        yield Family(
            f"decimals@{id}", words.replace("to {value} ", ""), words, _CHANGED, partial(_rounded, names), rounded
        )


def in_each_call(graph: Graph, *, trains: bool) -> Iterator[Family]:
    """A number that is another one in each call, as if it were random: an input, or one that is trained too.

    Any function of the inputs is another number in each call. So these are only for functions that do not always
    return the same for the same inputs.
    """
    for name in graph.inputs:
        said = f"the results are those of another {name} than the one passed in, in each call a different one"
        yield Family(f"other-in-each-call@{name}", said, said, _ANEW.format(name=name), partial(_set, name), Varying())
    for position, node in enumerate(graph.nodes[:-1] if trains else ()):
        yield from trained_from_anywhere(position, node)


def one_alone(graph: Graph, returns: Sequence[str]) -> Iterator[Family]:
    """A single value or derivative computed by hand that is wrong, whatever it is; all others follow from it."""
    for position, node in enumerate(graph.nodes):
        if node.name in returns:
            said = f"{node.name} is not {node.text}, and all that is wrong after it follows from it"
            hint = f"Compare the line that computes {node.name} with the graph: which operation, and which values?"
            at = partial(value_instead, position, node)
            yield Family(f"{ALONE}{node.name}", said, said, hint, at, Varying())
    for name in returns:
        link = local_derivatives(graph).get(name)
        if link is not None:
            said = f"{name} is wrong, and all that is wrong after it follows from it"
            node = next(node for node in graph.nodes if node.name == link[0])
            hint = AGAIN.format(node=node.name, operand=link[1], expression=node.text)
            yield Family(
                f"{ALONE}{name}", said, said, hint, partial(_derivative_instead, link), Varying(), by_hand=True
            )


def _derivative_instead(link: Link, number: float) -> Change:
    return lambda work: replace(work, local={**work.local, link: lambda site: number})


def _set(name: str, value: float) -> Change:
    return _prepared(lambda inputs: {**inputs, name: value})


def _changed(name: str, change: Callable[[float, float], float], parameter: float) -> Change:
    return _prepared(lambda inputs: {**inputs, name: change(inputs[name], parameter)})


def _rounded(names: Sequence[str], decimals: float) -> Change:
    return _prepared(
        lambda inputs: {name: round(each, int(decimals)) if name in names else each for name, each in inputs.items()}
    )


def _sized(name: str, inputs: Numbers) -> Numbers:
    return {**inputs, name: abs(inputs[name])}


def _prepared(change: Callable[[Numbers], Numbers]) -> Change:
    return lambda work: replace(work, prepare=lambda inputs: change(work.prepare(inputs)))
