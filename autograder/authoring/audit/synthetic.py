"""A synthetic student: procedures instead of a program, which answer every call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.graph import shape_of
from autograder.graph.operation import Value
from autograder.mistakes.catalogue import FunctionModel
from autograder.mistakes.element import by_value, pick
from autograder.mistakes.procedure import IMPOSSIBLE, Procedure
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import Call
from autograder.sandbox.host.process import Response
from autograder.sandbox.host.protocol import DeviceBugs, Failure, Loaded, Missing, Raised, Returned
from autograder.submission import Program, Submission

SUBMISSION = Submission((), Program("synthetic.py", (), "synthetic"), None, (), ())


@dataclass(frozen=True)
class SyntheticStudent:
    """Has the methods of a `ProgramUnderTest` that the checks call, and computes the answers in this process."""

    functions: Mapping[str, tuple[FunctionModel, Procedure]]  # by name
    answered: dict[object, protocol.Value] = field(
        default_factory=dict
    )  # what calls returned, which is always the same

    @property
    def loading(self) -> Response:
        """The result of loading, which cannot fail."""
        return Response(Loaded(list(self.functions), [], []))

    def load(self) -> Response:
        """The result of loading, at once: there is no program to run."""
        return self.loading

    def device_bugs(
        self, function: str, inputs: Mapping[str, Value], settings: Mapping[str, float | int]
    ) -> DeviceBugs:
        """None: a procedure computes without tensors."""
        return DeviceBugs([], "device unused")

    def call(
        self,
        function: str,
        inputs: Mapping[str, Value],
        settings: Mapping[str, float | int] | None = None,
        fields: Sequence[str] = (),
        *,
        again: bool = False,
    ) -> Call:
        """The results of the function's procedure, or the exception that it raises."""
        if function not in self.functions:
            return Call(Missing())
        model, procedure = self.functions[function]
        key = function, by_value(inputs), tuple((settings or {}).items())
        try:
            if key not in self.answered:
                self.answered[key] = _value(model, procedure, inputs, settings or {})
            return Call(Returned(self.answered[key]))
        except IMPOSSIBLE as error:
            return Call(Raised(Failure(type(error).__name__, "")))


def as_returned(value: Value) -> protocol.Value:
    """A number or an array, as it comes back from a student's process."""
    shape = shape_of(value)
    flat = value.ravel().tolist() if shape else [float(value)]
    return protocol.Number(flat[0], "float", shape) if len(flat) == 1 else protocol.Array(flat, "float", shape)


def as_kept(losses: Sequence[Value]) -> protocol.Array:
    """The losses of all epochs, as they come back. Raises LookupError if one is no number."""
    return protocol.Array([pick(loss, "loss") for loss in losses], "float", (len(losses),))


def _value(
    model: FunctionModel, procedure: Procedure, inputs: Mapping[str, Value], settings: Mapping[str, float | int]
) -> protocol.Value:
    if not model.trains:
        results = procedure.results(model.returns, inputs)
        return protocol.Record({name: as_returned(value) for name, value in results.items()})
    weights, losses = procedure.train(model.weights, inputs, float(settings["lr"]), int(settings["n_epochs"]))
    return protocol.Sequence([*map(as_returned, weights.values()), as_kept(losses)])
