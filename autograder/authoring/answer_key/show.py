"""The key as a page, as JSON, and what these and the Markdown have in common."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

import msgspec
from latex2mathml.converter import convert
from markupsafe import Markup, escape

from autograder.authoring.answer_key.derivation import Derived
from autograder.authoring.answer_key.key import Key
from autograder.authoring.answer_key.wrong_answers import WrongNumber
from autograder.graph import OPERATIONS, Graph, Node
from autograder.graph.descent import Epoch
from autograder.graph.notation import digits
from autograder.graph.quantities import derivative
from autograder.render import graph_svg, html_page, loss_plot
from autograder.text import plural

MOST_WRONG = 8  # wrong numbers shown of one quantity; the others are folded
MOST_NAMED = 3  # mistakes named that lead to one number
MOST_EPOCHS = 40  # shown; of more the first and the last
MOST_LOSSES = 3  # shown of a list

# A browser takes a sign for a prefix where nothing stands before it in its row, and for an infix elsewhere.
_FIRST_SIGN = re.compile(r"^(<math[^>]*><mrow>)<mo>")
_SIGN_OF_A_NUMBER = re.compile(r"(?<!&#x00029;)(?<!\])(</mo>)<mo>&#x02212;</mo>")
_CODE = re.compile("`([^`]+)`")


def json(key: Key) -> str:
    """The key as JSON, its fields those of `Key` and of what that holds."""
    return msgspec.json.format(msgspec.json.encode(key), indent=2).decode() + "\n"


def html(key: Key, graphs: Mapping[str, Graph]) -> str:
    """The key as a page that stands alone. graphs: the lab's, by name."""

    pictures = {each.name: figure(graphs[each.name], each.name, each.right) for each in key.graphs}
    return html_page.render(
        "key.html",
        key=key,
        pictures=pictures,
        curves={
            each.function: loss_plot.reference_figure([step.loss for step in each.epochs]) for each in key.trainings
        },
        math=math,
        digits=digits,
        rows=rows,
        first=MOST_WRONG,
        numbers=numbers,
        mistakes=mistakes,
        code=code,
        unseen=unseen,
        conditions=[name for name, graph in graphs.items() if any(map(_has_kink, graph.nodes))],
    )


def _has_kink(node: Node) -> bool:
    return OPERATIONS[node.operation].kink is not None


@cache
def math(latex: str) -> Markup:
    """A piece of a formula as MathML. What is in it is ours: names are letters, digits and _."""
    row = _FIRST_SIGN.sub(r'\1<mo form="infix">', convert(latex))
    return Markup(_SIGN_OF_A_NUMBER.sub(r'\1<mo form="prefix">&#x02212;</mo>', row))


def code(text: str) -> Markup:
    """A clause with what it has between backticks as code."""
    safe = str(escape(text))  # pieces put together as Markup would be escaped once more
    return Markup(_CODE.sub(r"<code>\1</code>", safe))


def figure(graph: Graph, title: str, right: Derived) -> Markup:
    """The graph with values on its arrows forward, and on those back the gradients that the chain rule goes through."""
    values = {**right.inputs, **{each.name: each.number.value for each in right.values}}
    wanted = [derivative(graph, each.name) for each in right.gradients]
    weights = {pair[1] for pair in wanted if pair and pair[0] == graph.output}
    behind = graph.with_dependents(weights)
    gradients = {name: value for name, value in graph.gradients(values).items() if name in behind}
    return graph_svg.graph_figure(graph, title, values=_shown(values), gradients=_shown(gradients))


def _shown(values: Mapping[str, float]) -> dict[str, str]:
    return {name: digits(value) for name, value in values.items()}


def rows(epochs: Sequence[Epoch]) -> list[Epoch | None]:
    """The epochs that are shown, None where some are left out."""
    if len(epochs) <= MOST_EPOCHS + 1:
        return list(epochs)
    return [*epochs[: MOST_EPOCHS // 2], None, *epochs[-MOST_EPOCHS // 2 :]]


def numbers(found: Sequence[float]) -> str:
    """A result: one number, or the first and the last of several."""
    if len(found) <= MOST_LOSSES + 1:
        return ", ".join(map(digits, found))
    return f"{', '.join(map(digits, found[:MOST_LOSSES]))}, …, {digits(found[-1])}"


def mistakes(wrong: WrongNumber) -> str:
    """What leads to a wrong result, in a clause."""
    more = len(wrong.mistakes) - MOST_NAMED
    named = "; ".join(wrong.mistakes[:MOST_NAMED])
    return f"{named}; and {more} more" if more > 0 else named


def unseen(names: Sequence[str], known: int) -> str:
    """How many of the mistakes known give the right number too."""
    if not known:
        return "No mistakes are known of it."
    if not names:
        return f"None of {plural(known, 'mistake')} known gives the right number here."
    gives = "gives" if len(names) == 1 else "give"
    return f"{len(names)} of {plural(known, 'mistake')} known {gives} the right number too at these inputs."
