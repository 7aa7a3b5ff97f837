"""What the functions of the reference return at the published inputs, by name."""

from collections.abc import Iterator, Mapping

from autograder.authoring.answer_key.exact import NoKey
from autograder.authoring.answer_key.reference import result_text
from autograder.checks.compare import number_of, numbers
from autograder.checks.parse_result import read
from autograder.graph.operation import Value
from autograder.rubric import LOSSES, Lab
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import ProgramUnderTest


class Solutions:
    """The results of a reference. Its methods raise NoKey where one is missing or is none of what is asked for."""

    def __init__(self, lab: Lab, reference: ProgramUnderTest) -> None:
        self._lab = lab
        self._reference = reference
        self._returned: dict[str, protocol.Value] = {}

    def functions(self, graph: str, quantity: str) -> Iterator[str]:
        """The functions that return a quantity of a graph."""
        return (
            name
            for name, entry in self._lab.rubric.functions.items()
            if entry.graph == graph and not entry.trained and quantity in entry.returns
        )

    def number(self, function: str, quantity: str) -> float:
        """A number that a function returns."""
        number: float | None = number_of(self.returned(function).get(quantity))
        if number is None:
            raise NoKey(
                f"{function}, {quantity}: the reference's {function}() returns no number for it; fix the reference"
            )
        return number

    def array(self, function: str, quantity: str) -> Value:
        """A number, a vector or a matrix that a function returns."""
        found = number_of(self.returned(function, arrays=True).get(quantity), arrays=True)
        if found is None:
            raise NoKey(
                f"{function}, {quantity}: the reference's {function}() returns no array of numbers for it; "
                "fix the reference"
            )
        return found

    def losses(self, function: str, epochs: int, *, arrays: bool = False) -> list[float]:
        """The losses that a training function returns, one for each epoch."""
        losses = numbers(self.returned(function, arrays=arrays).get(LOSSES))
        if isinstance(losses, str) or len(losses) != epochs:
            found = losses if isinstance(losses, str) else f"holds {len(losses)}"
            raise NoKey(
                f"{function}, losses: {epochs} losses are asked for, but what the reference's {function}() returned "
                f"{found}"
            )
        return losses

    def returned(self, function: str, *, arrays: bool = False) -> Mapping[str, protocol.Value]:
        """Everything that a function returns, by name. arrays: whether there may be vectors and matrices."""
        entry = self._lab.rubric.functions[function]
        if function not in self._returned:
            at = self._lab.defaults(function)
            call = self._reference.call(function, at.inputs, at.settings, entry.returns)
            if not isinstance(call.verdict, protocol.Returned):
                raise NoKey(f"{function}: the reference returns nothing ({result_text(call.verdict)}); fix it")
            self._returned[function] = call.verdict.value
        return read(self._returned[function], entry.returns, self._lab.rubric.aliases, arrays=arrays).values
