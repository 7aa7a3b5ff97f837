"""The steps of a computation with a student's own numbers: values forward, then derivatives backward.

A step shows what the student gave and what it was to be computed from, again in the student's own numbers. Nothing is
computed here, so no number appears that the student does not have already.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.graph import Graph, Node
from autograder.graph.array_notation import plain
from autograder.graph.operation import Shape
from autograder.graph.quantities import chain, derivative, in_order
from autograder.outcome import SIGNS, WORDS, OwnNumber, State
from autograder.render import graph_svg, html_page
from autograder.rubric import Check, CodeCheck, Lab, PaperCheck, published

FEWEST = 3  # numbers that are worth stepping through
LONGEST_INPUT = 20  # characters of a published input that is an array
GOES_ON: tuple[State, ...] = ("right", "follows")
NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Step:
    """One quantity: what it is, what it is computed from, and what the student gave."""

    own: OwnNumber
    what: str  # "y_hat = sigmoid(m2)"
    from_own: str  # the same with the student's numbers: "sigmoid(0.4)"; "" if they are not known

    @property
    def sign(self) -> str:
        """The sign of the state."""
        return SIGNS[self.own.state]

    @property
    def word(self) -> str:
        """The state in words."""
        return WORDS[self.own.state]


@dataclass(frozen=True)
class Player:
    """The steps of one graph, on paper or in code."""

    name: str  # for links
    title: str
    checks: tuple[str, ...]  # the numbers of the checks that the steps are from
    steps: tuple[Step, ...]
    figure: Markup

    @functools.cached_property
    def html(self) -> Markup:
        """Its part of the page."""
        return Markup(html_page.render("player.html", player=self))

    @property
    def stop(self) -> int | None:
        """The index of the first step that is not right, where the player ends; None if all are."""
        return next((index for index, step in enumerate(self.steps) if step.own.state not in GOES_ON), None)


def players(lab: Lab, shown: Iterable[tuple[Check, tuple[OwnNumber, ...]]]) -> list[Player]:
    """A player for each graph on paper, and for each that functions compute by hand.

    shown: the checks that the student may see, each with the student's own numbers.
    """
    groups: dict[tuple[str, str], list[tuple[Check, tuple[OwnNumber, ...]]]] = {}
    for check, own in shown:
        key = _group(lab, check)
        if key and own:
            groups.setdefault(key, []).append((check, own))
    made = (_player(lab, graph, where, found) for (graph, where), found in groups.items())
    return [each for each in made if each]


def _group(lab: Lab, check: Check) -> tuple[str, str] | None:
    """The graph that a check's numbers belong to, and where the student computed them; None if they have no steps."""
    if isinstance(check, PaperCheck):
        return check.section, "paper"
    if not isinstance(check, CodeCheck) or not published(check):
        return None
    function = lab.rubric.functions[check.function]
    by_hand = not (function.given or function.trained or function.by == "autograd")
    return (function.graph, "code") if by_hand and lab.graphs[function.graph].is_known else None


def _player(lab: Lab, name: str, where: str, found: Sequence[tuple[Check, tuple[OwnNumber, ...]]]) -> Player | None:
    graph = lab.graphs[name]
    own: dict[str, OwnNumber] = {}
    for _, numbers in found:
        own |= {each.quantity: each for each in numbers if each.quantity not in (*own, *graph.inputs)}
    if sum(bool(each.text) for each in own.values()) < FEWEST:
        return None
    functions = dict.fromkeys(check.function for check, _ in found if isinstance(check, CodeCheck))
    title = f"{name} on paper" if where == "paper" else f"{name} in {' and '.join(f'{each}()' for each in functions)}"
    kind: Callable[..., Graph] = type(graph)  # mypy takes the class itself for something without a hash
    return _remembered(
        *(kind, graph.inputs, graph.nodes, name, where, title, tuple(check.number for check, _ in found)),
        *(tuple(own.values()), tuple(_inputs(lab, name).items()), tuple(lab.shapes(name).items())),
    )


@functools.lru_cache(maxsize=128)  # in a class, many students have the same numbers
def _remembered(
    kind: Callable[..., Graph],
    inputs: tuple[str, ...],
    nodes: tuple[Node, ...],
    name: str,
    where: str,
    title: str,
    checks: tuple[str, ...],
    own: tuple[OwnNumber, ...],
    given: tuple[tuple[str, str], ...],
    shapes: tuple[tuple[str, Shape], ...],
) -> Player:
    graph = kind(inputs, nodes)
    by_name = {each.quantity: each for each in own}
    known = {**dict(given), **{quantity: each.text for quantity, each in by_name.items() if each.text}}
    ordered = [by_name[quantity] for quantity in in_order(graph, by_name)]
    figure = graph_svg.graph_figure(
        graph,
        f"{name} with your numbers",
        states=[(each.quantity, each.state) for each in ordered],
        shapes=dict(shapes),
        numbers={quantity: _short(text) for quantity, text in known.items()},
    )
    steps = tuple(Step(each, *_described(graph, each.quantity, known)) for each in ordered)
    return Player(f"{name}-{where}", title, checks, steps, figure)


def _inputs(lab: Lab, graph: str) -> dict[str, str]:
    """The published inputs, which the lab sheet has; none where each student has others."""
    if lab.rubric.individual:
        return {}
    inputs = {name: plain(lab.published(graph)[name], "{:g}".format) for name in lab.graphs[graph].inputs}
    return {name: text for name, text in inputs.items() if len(text) <= LONGEST_INPUT}


def _short(text: str) -> str:
    """A number with the digits that a picture has room for."""
    try:
        return f"{float(text):.4g}"
    except ValueError:
        return text


def _described(graph: Graph, quantity: str, known: Mapping[str, str]) -> tuple[str, str]:
    """What a quantity is, and the same with the student's numbers."""
    nodes = {node.name: node for node in graph.nodes}
    link = derivative(graph, quantity)
    if link is None:
        expression = nodes[quantity].text
        return f"{quantity} = {expression}", _filled(expression, graph.names, known)
    factors = chain(graph, quantity)
    product = " * ".join(factors)
    of, wrt = link
    if quantity not in factors and factors:
        return f"{quantity} = {product}", _filled(product, factors, known)
    changes = f"{of} = {nodes[of].text}" if wrt in nodes[of].names else of
    so_far = ["the chain so far: " + product, _filled(product, factors, known)] if len(factors) > 1 else []
    return f"{quantity}: how {changes} changes with {wrt}", " = ".join(filter(None, so_far))


def _filled(expression: str, names: Sequence[str], known: Mapping[str, str]) -> str:
    """An expression with numbers in the place of its names; "" if one of them is unknown or is no single number."""

    def numbers() -> Iterator[str]:
        for part in re.split(r"(\w+)", expression):
            text = known[part] if part in names else part
            yield text if part not in names or NUMBER.fullmatch(text) else f"({text})"

    used = [part for part in re.findall(r"\w+", expression) if part in names]
    if not used or any("[" in known.get(part, "[") or known[part].startswith("shape") for part in used):
        return ""
    return "".join(numbers())


def script() -> tuple[Markup, str]:
    """The script that steps through all players of a page, and its hash for the Content-Security-Policy."""
    return html_page.inline("player.js")
