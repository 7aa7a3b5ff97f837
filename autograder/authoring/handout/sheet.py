"""The lab sheet: the reference's handout.md with what rubric and graphs say in the places left for it.

`<< task1.given >>` is such a place, `<% if ... %>` a condition and `<# ... #>` a remark: jinja2's signs, changed to
ones that mean nothing in Markdown and LaTeX.
"""

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from autograder.graph import Graph, notation
from autograder.graph.quantities import derivative
from autograder.render.blank_graph_svg import in_words
from autograder.rubric import FileError, Lab
from autograder.text import join_names

NAME = "README.md"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
A_LINE = 3  # formulas in one line of a formula block, so that it fits on a phone
PLACES = "given, picture, formulas, answers, values, gradients"


@dataclass(frozen=True)
class Section:
    """What a sheet can say of one graph.

    given: its inputs, "x = 4, y = 1". picture: the tag that shows its drawing. formulas: its forward pass as LaTeX in
    fenced blocks. answers: what is worked out on paper; values: those of them that are nodes; gradients: the others.
    """

    given: str
    picture: str
    formulas: str
    answers: tuple[str, ...]
    values: tuple[str, ...]
    gradients: tuple[str, ...]


def source(lab: Lab) -> Path:
    """Where the text of the sheet stands; a lab need not have one."""
    return lab.reference / "handout.md"


def filled_in(lab: Lab) -> str:
    """The sheet. Raises FileError for a place that is not known, or a sign that is not closed, with its line."""
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
        return environment.get_template(path.name).render({name: section(lab, name) for name in lab.graphs})
    except jinja2.TemplateSyntaxError as error:
        raise FileError(f"{path}, line {error.lineno}: {error.message}") from None
    except (jinja2.TemplateError, TypeError) as error:
        raise FileError(
            f"{path}, line {_line(error, path)}: {error}; "
            f"known are {join_names([*lab.graphs])}, and of each {PLACES}, as in << {next(iter(lab.graphs))}.given >>"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: it cannot be read ({error}); save it as UTF-8 text") from None


def section(lab: Lab, name: str) -> Section:
    """What the sheet can say of the graph called `name`."""
    graph, answers = lab.graphs[name], lab.paper().get(name, ())
    nodes = {node.name for node in graph.nodes}
    return Section(
        given(lab, name),
        f'<img src="{picture_name(name)}" alt="Computation graph of {name}: {in_words(graph)}">',
        "\n\n".join(_formulas(graph)),
        answers,
        tuple(answer for answer in answers if answer in nodes),
        tuple(answer for answer in answers if answer not in nodes),
    )


def given(lab: Lab, name: str) -> str:
    """The published inputs of a graph, as prose has numbers: "x = 4, y = 1, w = 0.5"."""
    published = lab.rubric.graphs[name].inputs["published"]
    return ", ".join(f"{each} = {notation.number(published[each])}" for each in lab.graphs[name].inputs)


def picture_name(graph: str) -> str:
    """The file of a graph's drawing."""
    return f"{graph}_graph.svg"


def weights(lab: Lab, name: str) -> tuple[str, ...]:
    """The inputs of a graph with respect to which students find the output's gradient, on paper first, then in code."""
    graph = lab.graphs[name]
    functions = [function for function in lab.rubric.functions.values() if function.graph == name]
    asked = [*lab.paper().get(name, ()), *(quantity for each in functions for quantity in each.returns)]
    pairs = (derivative(graph, quantity) for quantity in asked)
    found = [pair[1] for pair in pairs if pair and pair[0] == graph.output and pair[1] in graph.inputs]
    trained = [weight for each in functions for weight in each.trained]
    return tuple(dict.fromkeys([*found, *trained]))


def names(quantities: Sequence[str], last: str = ",") -> str:
    """Names as code, with commas between them; last: what stands before the last instead, such as "and"."""
    *others, final = [f"`{quantity}`" for quantity in quantities]
    joint = ", " if last == "," else f" {last} "
    return joint.join([", ".join(others), final] if others else [final])


def number_in_words(number: int) -> str:
    """ "eight" of 8; beyond twelve, digits."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def _formulas(graph: Graph) -> Iterator[str]:
    equations = [notation.equation(node) for node in graph.nodes]
    for start in range(0, len(equations), A_LINE):
        yield "```math\n" + r" \qquad ".join(equations[start : start + A_LINE]) + "\n```"


def _line(error: Exception, path: Path) -> int:
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == str(path)), 1)
