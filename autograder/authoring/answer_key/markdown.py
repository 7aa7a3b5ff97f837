"""The key as Markdown with LaTeX in it, as GitHub shows it."""

from collections.abc import Iterable, Iterator, Sequence

from autograder.authoring.answer_key.array_derivation import ArrayDerived, ArrayEquation
from autograder.authoring.answer_key.derivation import Derived, Equation, Gradient
from autograder.authoring.answer_key.key import GraphKey, Key, TrainingKey
from autograder.authoring.answer_key.show import MOST_WRONG, cell, crib, listed, mistakes, result, rows, unseen
from autograder.authoring.answer_key.wrong_answers import ArrayQuantity, Quantity
from autograder.graph.array_formulas import shape_text
from autograder.graph.notation import digits
from autograder.text import plural

_HOW = (
    "Each correct number was computed in two to four ways, which agree: by the graph engine, by the reference with "
    "torch in float64, by sympy, and by central differences."
)
_HOW_ARRAYS = (
    "Each correct number was computed in two to five ways, which agree: by the graph engine, by the reference with "
    "torch in float64 and float32, by exact arithmetic, and by central differences."
)


def markdown(key: Key) -> str:
    """The key as one document."""
    arrays = [graph.name for graph in key.graphs if isinstance(graph.right, ArrayDerived)]
    lines = [
        f"# {key.lab}: answer key",
        "",
        _HOW_ARRAYS if arrays else _HOW,
        *_crib(key),
        *(line for graph in key.graphs for line in _graph(graph)),
        *(line for training in key.trainings for line in _training(training, arrays=training.graph in arrays)),
        *_heading(2, f"The reference, {key.reference.file}"),
        *_fenced("python", key.reference.code),
        *_heading(3, "What its functions return with their default arguments"),
        *_fenced("text", "\n".join(f">>> {run.call}\n{run.output}" for run in key.reference.runs)),
    ]
    return "\n".join(lines) + "\n"


def _crib(key: Key) -> Iterator[str]:
    """The right numbers and the likely wrong ones, to grade with."""
    yield from _heading(2, "Numbers to look for")
    asked = [(graph.name, each) for graph in key.graphs for each in graph.asked]
    asked += [(training.function, each) for training in key.trainings for each in training.asked]
    table: list[Sequence[str]] = [("where", "asked for", "right", "likely wrong numbers")]
    for place, each in asked:
        wrong = "; ".join(f"{result(one)} ({one.mistakes[0]})" for one in crib(each))
        table.append((place, f"`{each.name}`", result(each), wrong))
    yield from _table(table, "---")


def _graph(graph: GraphKey) -> Iterator[str]:
    yield from _heading(2, f"{graph.name} ({graph.sheet})" if graph.sheet else graph.name)
    yield from _arrays(graph.right) if isinstance(graph.right, ArrayDerived) else _derived(graph.right)
    yield from _asked(graph.asked)


def _derived(right: Derived) -> Iterator[str]:
    yield ", ".join(f"`{name}` = {digits(value)}" for name, value in right.inputs.items())
    yield from _heading(3, "Values")
    yield from _equations(right.values)
    yield from _heading(3, "Local derivatives")
    yield from _equations(right.partials)
    if right.gradients:
        yield from _heading(3, "Gradients by the chain rule")
        for each in right.gradients:
            yield from _gradient(each)


def _arrays(right: ArrayDerived) -> Iterator[str]:
    yield (
        "A vector is a column; where it meets a matrix element by element, it is a row, repeated for each row of the "
        "matrix. ⊙ multiplies element by element; powers, fractions and functions are taken element by element too."
    )
    yield from _heading(3, "Inputs")
    yield from map(_array, right.inputs)
    yield from _heading(3, "Values")
    yield from map(_array, right.values)
    if right.partials:
        yield from _heading(3, "Local derivatives, element by element")
        yield from map(_array, right.partials)
    for back in right.backward:
        yield from _heading(3, f"Gradients of {back.of}, back node by node")
        yield from map(_array, back.gradients)


def _array(each: ArrayEquation) -> str:
    """An equation in the marks that keep GitHub from reading the backslashes of a matrix as Markdown."""
    said = "; ".join(filter(None, (each.shape, each.note)))
    return f"- `{each.name}`{f' ({said})' if said else ''}: $`{' '.join(each.pieces)}`$"


def _training(training: TrainingKey, *, arrays: bool) -> Iterator[str]:
    yield from _heading(2, f"{training.function} ({training.sheet})" if training.sheet else training.function)
    settings = ", ".join(f"`{name}` = {digits(value)}" for name, value in training.settings.items())
    yield f"Gradient descent on {training.graph}: {settings}"
    if not arrays:
        yield from _closed_form(training)
    yield from _heading(3, "Epoch by epoch")
    several = len(training.weights) > 1
    slopes = (f"gradient for {weight}" if several else "gradient" for weight in training.weights)
    table: list[Sequence[str]] = [("epoch", *training.weights, "loss", *slopes)]
    for step in rows(training.epochs):
        if step is None:
            table.append(["…"] * len(table[0]))
            continue
        found = (*step.weights.values(), step.loss, *step.gradients.values())
        table.append(("end" if step is training.epochs[-1] else str(step.epoch), *map(cell, found)))
    yield from _table(table, "---:")
    yield ""
    yield "Each row is before the update; the last row is the result of training."
    yield from _asked(training.asked)


def _closed_form(training: TrainingKey) -> Iterator[str]:
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
        shape = f"{shape_text(each.shape)}; " if isinstance(each, ArrayQuantity) else ""
        what = "array" if isinstance(each, ArrayQuantity) else "number"
        also = unseen(each.unseen, each.mistakes, what)
        yield f"**`{each.name}` = {result(each)}** ({shape}{', '.join(each.asked)})"
        yield ""
        if not listed(each):
            others = f"{len(each.wrong)} other arrays, of {len(each.right)} elements each"
            yield f"Known mistakes lead to {others}; they are not listed. {also}"
            yield ""
            continue
        found = [
            (result(wrong), mistakes(wrong) + (" *(accepted on paper)*" if wrong.accepted else ""))
            for wrong in each.wrong[:MOST_WRONG]
        ]
        yield from _table([("wrong", "cause"), *found], "---")
        yield ""
        more = len(each.wrong) - MOST_WRONG
        yield (f"And {plural(more, 'more wrong answer')}. " if more > 0 else "") + also
        yield ""


def _heading(level: int, text: str) -> list[str]:
    return ["", f"{'#' * level} {text}", ""]


def _table(table: Sequence[Sequence[str]], aligned: str) -> Iterator[str]:
    head, *rest = ([cell.replace("|", r"\|") for cell in line] for line in table)
    return (f"| {' | '.join(line)} |" for line in (head, [aligned] * len(head), *rest))


def _fenced(language: str, text: str) -> list[str]:
    fence = "````" if "```" in text else "```"
    return [f"{fence}{language}", text, fence]
