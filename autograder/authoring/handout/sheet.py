"""The lab sheet: the reference's handout.md, with its placeholders filled in from the rubric and the graphs.

`<< task1.given >>` is a placeholder, `<% if ... %>` a condition and `<# ... #>` a comment: jinja2, with delimiters that
mean nothing in Markdown and LaTeX.
"""

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from autograder.graph import array_notation, notation, shape_of
from autograder.graph.quantities import derivative
from autograder.render.blank_graph_svg import in_words
from autograder.rubric import FileError, Lab
from autograder.text import join_names

NAME = "README.md"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
FORMULAS_A_LINE = 3  # so that a line fits on a phone
WIDEST, BESIDE = 30, 12  # characters: of the numbers in a line, and what is beside those of each input
PLACEHOLDERS = "given, picture, formulas, shapes, answers, values, gradients"


@dataclass(frozen=True)
class Section:
    """The placeholders of one graph."""

    given: str  # its published inputs, "x = 4, y = 1"; with vectors and matrices, as LaTeX in fenced blocks
    picture: str  # an <img> tag with its drawing
    formulas: str  # its forward pass, as LaTeX in fenced blocks
    shapes: str  # "`X` (4, 2); `y` and `z` (4,); `loss` is a number", "" if all are numbers
    answers: tuple[str, ...]  # the quantities that students work out on paper
    values: tuple[str, ...]  # those of them that are values of nodes
    gradients: tuple[str, ...]  # the others


def source(lab: Lab) -> Path:
    """The file with the text of the sheet; a lab need not have one."""
    return lab.reference / "handout.md"


def filled_in(lab: Lab, *, notebook: bool = False) -> str:
    """The text of the sheet.

    Args:
        lab: the lab.
        notebook: whether students get a notebook.

    Raises FileError, with the line, for an unknown placeholder or an unclosed delimiter.
    """
    path = source(lab)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        undefined=jinja2.StrictUndefined,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"names": names, "in_words": number_in_words}
    try:
        return environment.get_template(path.name).render(
            {"notebook": notebook, **{name: section(lab, name) for name in lab.known_graphs}}
        )
    except jinja2.TemplateSyntaxError as error:
        raise FileError(f"{path}, line {error.lineno}: {error.message}") from None
    except (jinja2.TemplateError, TypeError) as error:
        raise FileError(
            f"{path}, line {_line(error, path)}: {error}; "
            f"the graphs are {join_names([*lab.known_graphs])}, and each has {PLACEHOLDERS}, "
            f"as in << {next(iter(lab.known_graphs))}.given >>"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: it cannot be read ({error}); save it as UTF-8 text") from None


def section(lab: Lab, name: str) -> Section:
    """The placeholders of the graph called `name`."""
    graph, answers = lab.graphs[name], lab.paper().get(name, ())
    nodes = {node.name for node in graph.nodes}
    return Section(
        _given_arrays(lab, name) if graph.has_arrays else given(lab, name),
        f'<img src="{picture_name(name)}" alt="Computation graph of {name}: {in_words(graph)}">',
        "\n\n".join(_blocks([notation.equation(node) for node in graph.nodes], FORMULAS_A_LINE)),
        _shapes(lab, name),
        answers,
        tuple(answer for answer in answers if answer in nodes),
        tuple(answer for answer in answers if answer not in nodes),
    )


def given(lab: Lab, name: str) -> str:
    """The published inputs of a graph, as text: "x = 4, y = [1, 2], w = 0.5"."""
    published = lab.published(name)
    return ", ".join(f"{each} = {array_notation.plain(published[each])}" for each in lab.graphs[name].inputs)


def picture_name(graph: str) -> str:
    """The file of a graph's drawing."""
    return f"{graph}_graph.svg"


def weights(lab: Lab, name: str) -> tuple[str, ...]:
    """The inputs that students differentiate a graph's output with respect to: first those on paper, then in code."""
    graph = lab.graphs[name]
    functions = [function for function in lab.rubric.functions.values() if function.graph == name]
    asked = [*lab.paper().get(name, ()), *(quantity for each in functions for quantity in each.returns)]
    pairs = (derivative(graph, quantity) for quantity in asked)
    found = [pair[1] for pair in pairs if pair and pair[0] == graph.output and pair[1] in graph.inputs]
    trained = [weight for each in functions for weight in each.trained]
    return tuple(dict.fromkeys([*found, *trained]))


def names(quantities: Sequence[str], last: str = ",") -> str:
    """Names as code, separated by commas. last: what to put before the last name instead, such as "and"."""
    *others, final = [f"`{quantity}`" for quantity in quantities]
    joint = ", " if last == "," else f" {last} "
    return joint.join([", ".join(others), final] if others else [final])


def number_in_words(number: int) -> str:
    """8 as "eight"; numbers above twelve in digits."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def _given_arrays(lab: Lab, name: str) -> str:
    """The published inputs of a graph of vectors and matrices, each with the space that it is in."""
    published, graph = lab.published(name), lab.graphs[name]
    lines: list[list[str]] = []
    room = 0
    for each in graph.inputs:
        value, shape = published[each], shape_of(published[each])
        formula = f"{notation.symbol(each)} = {array_notation.latex(value, notation.number)}"
        if shape and each not in getattr(graph, "labels", ()):
            formula = rf"{formula} \in {array_notation.space(shape)}"
        rows = array_notation.nested(value)
        wide = (
            max(len(array_notation.plain(row)) for row in rows) if len(shape) > 1 else len(array_notation.plain(value))
        )
        if wide > room:
            lines.append([])
            room = WIDEST
        lines[-1].append(formula)
        room -= wide + BESIDE
    return "\n\n".join(block for line in lines for block in _blocks(line, len(line)))


def _shapes(lab: Lab, name: str) -> str:
    """The shapes of everything in a graph, as tensors have them."""
    shapes = lab.shapes(name)
    graph = lab.graphs[name]
    alike = {shape: [each for each in graph.names if shapes.get(each) == shape] for shape in shapes.values()}
    parts = [f"{names(each, 'and')} {shape}" for shape, each in alike.items()]
    numbers = [each for each in graph.names if each not in shapes]
    if numbers and parts:
        parts.append(f"{names(numbers, 'and')} {'are numbers' if len(numbers) > 1 else 'is a number'}")
    return "; ".join(parts)


def _blocks(formulas: Sequence[str], most: int) -> Iterator[str]:
    """LaTeX in fenced blocks, so many formulas each."""
    for start in range(0, len(formulas), most):
        yield "```math\n" + r" \qquad ".join(formulas[start : start + most]) + "\n```"


def _line(error: Exception, path: Path) -> int:
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == str(path)), 1)
