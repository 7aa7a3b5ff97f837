"""The key as an HTML page and as JSON, and what these have in common with the Markdown."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from latex2mathml.converter import convert
from markupsafe import Markup, escape

from autograder.authoring.answer_key.array_derivation import ArrayDerived
from autograder.authoring.answer_key.derivation import Derived
from autograder.authoring.answer_key.key import Key
from autograder.authoring.answer_key.matrix import MOST_IN_LINE, Matrix, in_line, value_in_line
from autograder.authoring.answer_key.wrong_answers import ArrayQuantity, Quantity, WrongArray, WrongNumber
from autograder.graph import OPERATIONS, Graph, Node
from autograder.graph.array_formulas import shape_text
from autograder.graph.descent import Epoch
from autograder.graph.notation import digits
from autograder.graph.operation import Value
from autograder.graph.quantities import derivative
from autograder.render import graph_svg, html_page, loss_plot
from autograder.text import plural

MOST_WRONG = 8  # wrong answers of one quantity in the Markdown, which folds nothing
MOST_IN_CRIB = 3  # likely wrong answers of one quantity in the short list for graders
MOST_NAMED = 3  # mistakes named as the causes of one wrong answer
MOST_EPOCHS = 40  # shown; of more, only the first and the last
MOST_LOSSES = 3  # shown of a list
MOST_IN_CELL = 6  # elements of an array in the table of epochs
LONGEST_LABEL = 14  # characters of an array on an arrow

# A browser treats a sign as a prefix if nothing precedes it in its row, and as an infix elsewhere.
_FIRST_SIGN = re.compile(r"^(<math[^>]*><mrow>)<mo>")
_SIGN_OF_A_NUMBER = re.compile(r"(?<!&#x00029;)(?<!\])(</mo>)<mo>&#x02212;</mo>")
_CODE = re.compile("`([^`]+)`")


def json(key: Key) -> str:
    """The key as JSON, with the fields of `Key` and of the classes in it."""
    return msgspec.json.format(msgspec.json.encode(key, enc_hook=_plain), indent=2).decode() + "\n"


def _plain(array: Any) -> object:
    """A NumPy array as nested lists."""
    return array.tolist()


def html(key: Key, graphs: Mapping[str, Graph]) -> str:
    """The key as a self-contained page. graphs: those of the lab, by name."""
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
        contents=contents(key),
        crib=crib,
        result=result,
        is_array=is_array,
        listed=listed,
        cell=cell,
        shape_text=shape_text,
        with_arrays={name for name, graph in graphs.items() if graph.has_arrays},
        mistakes=mistakes,
        code=code,
        unseen=unseen,
        conditions=[name for name, graph in graphs.items() if any(map(_has_kink, graph.nodes))],
    )


def contents(key: Key) -> list[tuple[str, str]]:
    """The sections of the page: the part of its address after the #, and the title."""
    graphs = [(f"graph-{each.name}", each.name) for each in key.graphs]
    trainings = [(f"training-{each.function}", each.function) for each in key.trainings]
    return [("crib", "Numbers to look for"), *graphs, *trainings, ("reference", "The reference")]


def crib(quantity: Quantity) -> list[WrongNumber]:
    """The likely wrong answers that are in the short list for graders."""
    return [each for each in quantity.wrong if each.likely][:MOST_IN_CRIB] if listed(quantity) else []


def _has_kink(node: Node) -> bool:
    return OPERATIONS[node.operation].kink is not None


@cache
def math(latex: str) -> Markup:
    """A piece of a formula as MathML. It is safe: names in it consist of letters, digits and _."""
    row = _FIRST_SIGN.sub(r'\1<mo form="infix">', convert(latex))
    return Markup(_SIGN_OF_A_NUMBER.sub(r'\1<mo form="prefix">&#x02212;</mo>', row))


def code(text: str) -> Markup:
    """A clause, with text between backticks shown as code."""
    safe = str(escape(text))  # with Markup, re.sub would escape it again
    return Markup(_CODE.sub(r"<code>\1</code>", safe))


def figure(graph: Graph, title: str, right: Derived | ArrayDerived) -> Markup:
    """The graph with values on its forward arrows and, on those back, the gradients that the chain rule uses."""
    if isinstance(right, ArrayDerived):
        return _array_figure(graph, title, right)
    values = {**right.inputs, **{each.name: each.number.value for each in right.values}}
    wanted = [derivative(graph, each.name) for each in right.gradients]
    weights = {pair[1] for pair in wanted if pair and pair[0] == graph.output}
    behind = graph.with_dependents(weights)
    gradients = {name: value for name, value in graph.gradients(values).items() if name in behind}
    return graph_svg.graph_figure(graph, title, values=_shown(values), gradients=_shown(gradients))


def _array_figure(graph: Graph, title: str, right: ArrayDerived) -> Markup:
    results = {each.name: each.result for each in (*right.inputs, *right.values)}
    steps = [each for back in right.backward if back.of == graph.output for each in back.gradients]
    links = [(derivative(graph, each.name), each.result) for each in steps]
    return graph_svg.graph_figure(
        graph,
        title,
        values={name: text for name, each in results.items() if (text := _label(each))},
        gradients={link[1]: _label(each) or "…" for link, each in links if link},
        shapes={name: each.shape for name, each in results.items() if each.shape},
    )


def _label(result: Matrix) -> str:
    """A result on an arrow; "" if it is too long for that."""
    numbers = result.value if isinstance(result.value, list) else [result.value]
    text = in_line(numbers, result.shape) if len(result.shape) < 2 else ""
    return text if len(text) <= LONGEST_LABEL else ""


def _shown(values: Mapping[str, float]) -> dict[str, str]:
    return {name: digits(value) for name, value in values.items()}


def rows(epochs: Sequence[Epoch]) -> list[Epoch | None]:
    """The epochs that are shown, with None where some are left out."""
    if len(epochs) <= MOST_EPOCHS + 1:
        return list(epochs)
    return [*epochs[: MOST_EPOCHS // 2], None, *epochs[-MOST_EPOCHS // 2 :]]


def numbers(found: Sequence[float]) -> str:
    """A result: one number, or the first ones and the last one of several."""
    if len(found) <= MOST_LOSSES + 1:
        return ", ".join(map(digits, found))
    return f"{', '.join(map(digits, found[:MOST_LOSSES]))}, …, {digits(found[-1])}"


def is_array(quantity: Quantity | WrongNumber) -> bool:
    """Whether a quantity, or a wrong result of one, is a vector or a matrix."""
    return isinstance(quantity, ArrayQuantity | WrongArray)


def listed(quantity: Quantity) -> bool:
    """Whether the wrong results of a quantity are listed: arrays of many elements would say nothing to the eye."""
    return not isinstance(quantity, ArrayQuantity) or len(quantity.right) <= MOST_IN_LINE


def result(quantity: Quantity | WrongNumber) -> str:
    """The right numbers of a quantity, or wrong ones: a number, an array, or the first and the last of the losses."""
    found = quantity.right if isinstance(quantity, Quantity) else quantity.numbers
    if not isinstance(quantity, ArrayQuantity | WrongArray):
        return numbers(found)
    shape = f", {shape_text(quantity.shape)}" if len(found) > MOST_IN_LINE else ""
    return in_line(found, quantity.shape) + shape


def cell(value: Value) -> str:
    """A number, or an array of few elements, in the table of epochs."""
    return value_in_line(value, most=MOST_IN_CELL)


def mistakes(wrong: WrongNumber) -> str:
    """The causes of a wrong answer, as a clause."""
    more = len(wrong.mistakes) - MOST_NAMED
    named = "; ".join(wrong.mistakes[:MOST_NAMED])
    return f"{named}; and {more} more" if more > 0 else named


def unseen(names: Sequence[str], known: int, what: str = "number") -> str:
    """A sentence on how many of the known mistakes give the correct number, too. what: it is, a number or an array."""
    if not known:
        return "No mistakes are known for it."
    if not names:
        return f"None of {plural(known, 'known mistake')} gives the correct {what} here."
    gives = "gives" if len(names) == 1 else "give"
    return f"{len(names)} of {plural(known, 'known mistake')} also {gives} the correct {what} at these inputs."
