"""The correct results of a graph on vectors and matrices: its values, and its gradients in matrix form, going back from
the output node by node."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.authoring.answer_key.matrix import WIDEST, Matrix, matrix, size, width
from autograder.graph import Node, Operand, derivative_name
from autograder.graph.array_formulas import Text, averaged, carried, expression, local, shape_text, summed_axes
from autograder.graph.notation import bracketed, derivative_sign, number, power_of_ten, symbol
from autograder.graph.quantities import derivative

if TYPE_CHECKING:  # it imports NumPy, which only the key of a lab with arrays needs
    from autograder.authoring.answer_key.exact_arrays import ArrayResults


@dataclass(frozen=True)
class ArrayEquation:
    """A quantity and how it is computed."""

    name: str  # as in the rubric
    pieces: tuple[str, ...]  # LaTeX; a line may break between two
    result: Matrix
    note: str = ""  # on how its shape comes about

    @property
    def shape(self) -> str:
        """Its shape in words; "" of a number."""
        return shape_text(self.result.shape)


@dataclass(frozen=True)
class BackwardPass:
    """The gradients of one node that is a number, in the order of backpropagation."""

    of: str
    gradients: tuple[ArrayEquation, ...]


@dataclass(frozen=True)
class ArrayDerived:
    """The results of a graph at `inputs`."""

    inputs: tuple[ArrayEquation, ...]
    values: tuple[ArrayEquation, ...]
    partials: tuple[ArrayEquation, ...]  # the local derivatives that have a number for each element
    backward: tuple[BackwardPass, ...]


def derive(results: "ArrayResults", wanted: Sequence[str]) -> ArrayDerived:
    """Derive everything that can be asked about a graph.

    Args:
        results: the graph's results at its inputs.
        wanted: the derivatives that are asked for or needed for training; see `on_the_way`.

    Raises:
        NoKey: A result is not finite at these inputs.
    """
    graph = results.graph
    shown = {name: results.shown(name) for name in graph.names}
    writer = _Writer(results, shown)
    return ArrayDerived(
        tuple(ArrayEquation(name, (symbol(name), shown[name].equals), shown[name]) for name in graph.inputs),
        tuple(map(writer.value, graph.nodes)),
        tuple(writer.partials()),
        tuple(
            BackwardPass(of, tuple(writer.gradients(of, names))) for of, names in on_the_way(results, wanted).items()
        ),
    )


def on_the_way(results: "ArrayResults", wanted: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """For each node that is a number and is differentiated: all names by which it is, on the way back to those wanted,
    the last ones first."""
    graph = results.graph
    pairs = [link for name in wanted if (link := derivative(graph, name)) and not results.shapes[link[0]]]
    found = {}
    for of in dict.fromkeys(of for of, _ in pairs):
        behind = graph.with_dependents(wrt for node, wrt in pairs if node == of)
        found[of] = tuple(name for name in reversed(graph.names) if name in behind & graph.ancestors[of])
    return found


class _Writer:
    """Writes equations of a graph with formulas and with numbers."""

    def __init__(self, results: "ArrayResults", shown: Mapping[str, Matrix]) -> None:
        self.results = results
        self.shown = shown

    def value(self, node: Node) -> ArrayEquation:
        steps = [expression(node, self.results.shapes, text) for text in self._texts(node.names)]
        steps = [_tidied(step, [self.shown[name] for name in node.names]) for step in steps]
        return _equation(node.name, symbol(node.name), steps, self.shown[node.name])

    def partials(self) -> Iterator[ArrayEquation]:
        """A line for each local derivative that has a number for each element."""
        for node in reversed(self.results.graph.nodes):
            for name in node.names:
                if (node.name, name) in self.results.elementwise:
                    yield self._partial(node, name)

    def _partial(self, node: Node, operand: str) -> ArrayEquation:
        link = node.name, operand
        result = matrix(self.results.elementwise[link], self.results.exact_elementwise.get(link))
        texts = self._texts([*node.names, node.name])
        steps = [local(node, operand, self.results.shapes, text) for text in texts]
        steps = [_tidied(step, [self.shown[name] for name in (*node.names, node.name)]) for step in steps]
        if not any(each.isalpha() for each in steps[0]):  # a constant
            sign = derivative_sign(*link)
            return ArrayEquation(derivative_name(*link), (sign, rf"= {steps[0]} \text{{ at each place}}"), result)
        return _equation(derivative_name(*link), derivative_sign(*link), steps, result)

    def gradients(self, of: str, names: Sequence[str]) -> Iterator[ArrayEquation]:
        """A line for each name, from the one before `of` back."""
        values, exact = self.results.gradients(of), self.results.exact_gradients(of)
        found = {name: matrix(values[name], exact.get(name)) for name in names}
        users = [node for node in reversed(self.results.graph.nodes) if node.name == of or node.name in found]
        for name in names:
            through = [node for node in users if name in node.names]
            needed = [each for node in through for each in (*node.names, node.name)]
            few = all(found[node.name].is_whole for node in through if node.name != of)
            steps = []
            for text in self._texts(needed) if few else self._texts(needed)[:1]:
                parts = [self._carried(node, name, of, text, found) for node in through]
                steps.append(" + ".join(parts))
            notes = [note for node in through for note in self._notes(node, name)]
            yield _equation(derivative_name(of, name), derivative_sign(of, name), steps, found[name], "; ".join(notes))

    def _carried(self, node: Node, name: str, of: str, text: Text, found: Mapping[str, Matrix]) -> str:
        """What a node adds to a gradient. text: `symbols`, or what writes numbers."""
        numbers = text is not _symbols
        above = "" if node.name == of else found[node.name].latex if numbers else derivative_sign(of, node.name)
        if numbers and above:
            above = bracketed(above) if not found[node.name].shape else above
        written = carried(node, name, self.results.shapes, text, above)
        if not numbers:
            return written
        # Only the table's formulas of means have an n that is no name.
        written = written.replace("{n}", f"{{{averaged(node, self.results.shapes)}}}")
        return _tidied(written, [*(self.shown[each] for each in node.names), *([found[node.name]] if above else [])])

    def _notes(self, node: Node, name: str) -> Iterator[str]:
        """Why a gradient is a sum: its operand was repeated."""
        shape, own = self.results.shapes[node.name], self.results.shapes[name]
        if name in self._broadcast(node) and summed_axes(shape, own):
            uses = f"{'each element of ' if own else ''}{name} is used {size(shape) // size(own)} times in {node.name}"
            yield f"{uses}, so its gradient is a sum"

    def _broadcast(self, node: Node) -> tuple[str, ...]:
        """The operands of an operation that works element by element."""
        by_element = all(node.operation != each for each in ("@", "T")) and self.results.shapes[node.name]
        return node.names if by_element else ()

    def _texts(self, names: Sequence[str]) -> list[Text]:
        """What writes operands: as symbols, and as numbers where all of them are shown as a whole."""
        return [_symbols, self._numbers] if all(self.shown[name].is_whole for name in names) else [_symbols]

    def _numbers(self, operand: Operand) -> str:
        if not isinstance(operand, str):
            return bracketed(power_of_ten(number(operand)))
        each = self.shown[operand]
        return each.latex if each.shape else bracketed(each.latex)


def _symbols(operand: Operand) -> str:
    return symbol(operand) if isinstance(operand, str) else bracketed(power_of_ten(number(operand)))


def _tidied(written: str, matrices: Iterable[Matrix]) -> str:
    """A formula with the numbers of a transposed matrix in place of the matrix and its sign, and without round brackets
    around a matrix."""
    for each in matrices:
        if each.shape:
            written = written.replace(rf"{each.latex}^\top", each.transposed)
            written = written.replace(f"({each.latex})", rf"\, {each.latex}")
    return written.replace("}} {", r"}} \, {")  # or the brackets of two matrices touch


def _equation(name: str, sign: str, steps: Sequence[str], result: Matrix, note: str = "") -> ArrayEquation:
    """The steps, each of them once and none that is too wide, and the result only at the end."""
    said = [f"= {step}" for step in steps if step != result.latex and width(step) <= WIDEST]
    return ArrayEquation(name, (sign, *dict.fromkeys([*said, result.equals])), result, note)
