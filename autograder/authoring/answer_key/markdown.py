"""The key as Markdown with LaTeX in it, as GitHub shows it."""

from collections.abc import Iterable, Iterator, Sequence

from autograder.authoring.answer_key.derivation import Equation, Gradient
from autograder.authoring.answer_key.key import GraphKey, Key, TrainingKey
from autograder.authoring.answer_key.show import MOST_WRONG, mistakes, numbers, rows, unseen
from autograder.authoring.answer_key.wrong_answers import Quantity
from autograder.graph.notation import digits
from autograder.text import plural


def markdown(key: Key) -> str:
    """The key as one document."""
    lines = [
        f"# {key.lab}: answer key",
        "",
        "Each correct number was computed in two to four ways, which agree: by the graph engine, by the reference with "
        "torch in float64, by sympy, and by central differences.",
        *(line for graph in key.graphs for line in _graph(graph)),
        *(line for training in key.trainings for line in _training(training)),
        *_heading(2, f"The reference, {key.reference.file}"),
        *_fenced("python", key.reference.code),
        *_heading(3, "What its functions return with their default arguments"),
        *_fenced("text", "\n".join(f">>> {run.call}\n{run.output}" for run in key.reference.runs)),
    ]
    return "\n".join(lines) + "\n"


def _graph(graph: GraphKey) -> Iterator[str]:
    yield from _heading(2, f"{graph.name} ({graph.sheet})" if graph.sheet else graph.name)
    yield ", ".join(f"`{name}` = {digits(value)}" for name, value in graph.right.inputs.items())
    yield from _heading(3, "Values")
    yield from _equations(graph.right.values)
    yield from _heading(3, "Local derivatives")
    yield from _equations(graph.right.partials)
    if graph.right.gradients:
        yield from _heading(3, "Gradients by the chain rule")
        for each in graph.right.gradients:
            yield from _gradient(each)
    yield from _asked(graph.asked)


def _training(training: TrainingKey) -> Iterator[str]:
    yield from _heading(2, f"{training.function} ({training.sheet})" if training.sheet else training.function)
    settings = ", ".join(f"`{name}` = {digits(value)}" for name, value in training.settings.items())
    yield f"Gradient descent on {training.graph}: {settings}"
    yield from _heading(3, "Closed form")
    closed = training.closed_form
    if closed:
        does = "does" if closed.converges else "does not"
        yield (
            f"The loss is a quadratic polynomial in {training.weights[0]}, so there are formulas for weight and loss "
            "before the update of epoch k. Training converges from any initial weight if and only if the learning rate "
            f"is in the interval on the last line; here it {does}."
        )
        yield ""
        yield from (f"- ${' '.join(pieces)}$" for pieces in closed.lines)
    else:
        yield "There is none: the loss is not a quadratic polynomial in a single weight."
    yield from _heading(3, "Epoch by epoch")
    several = len(training.weights) > 1
    slopes = (f"gradient for {weight}" if several else "gradient" for weight in training.weights)
    table: list[Sequence[str]] = [("epoch", *training.weights, "loss", *slopes)]
    for step in rows(training.epochs):
        if step is None:
            table.append(["…"] * len(table[0]))
            continue
        found = (*step.weights.values(), step.loss, *step.gradients.values())
        table.append(("end" if step is training.epochs[-1] else str(step.epoch), *map(digits, found)))
    yield from _table(table, "---:")
    yield ""
    yield "Each row is before the update; the last row is the result of training."
    yield from _asked(training.asked)


def _equations(equations: Iterable[Equation]) -> Iterator[str]:
    return (f"- `{each.name}`: ${' '.join(each.pieces)}$" for each in equations)


def _gradient(gradient: Gradient) -> Iterator[str]:
    paths = f", a sum over {gradient.of_paths} paths" if gradient.of_paths > 1 else ""
    (sign, *first), *others = gradient.lines
    steps = " \\\\\n".join("& " + " ".join(pieces) for pieces in (first, *others))
    yield f"`{gradient.name}`{paths}:"
    yield ""
    yield from _fenced("math", f"\\begin{{aligned}}\n{sign} {steps}\n\\end{{aligned}}")
    yield ""


def _asked(quantities: Iterable[Quantity]) -> Iterator[str]:
    yield from _heading(3, "What is asked for, and wrong answers with their causes")
    for each in quantities:
        yield f"**`{each.name}` = {numbers(each.right)}** ({', '.join(each.asked)})"
        yield ""
        found = [
            (numbers(wrong.numbers), mistakes(wrong) + (" *(accepted on paper)*" if wrong.accepted else ""))
            for wrong in each.wrong[:MOST_WRONG]
        ]
        yield from _table([("wrong", "cause"), *found], "---")
        yield ""
        more = len(each.wrong) - MOST_WRONG
        yield (f"And {plural(more, 'more wrong answer')}. " if more > 0 else "") + unseen(each.unseen, each.mistakes)
        yield ""


def _heading(level: int, text: str) -> list[str]:
    return ["", f"{'#' * level} {text}", ""]


def _table(table: Sequence[Sequence[str]], aligned: str) -> Iterator[str]:
    head, *rest = ([cell.replace("|", r"\|") for cell in line] for line in table)
    return (f"| {' | '.join(line)} |" for line in (head, [aligned] * len(head), *rest))


def _fenced(language: str, text: str) -> list[str]:
    fence = "````" if "```" in text else "```"
    return [f"{fence}{language}", text, fence]
