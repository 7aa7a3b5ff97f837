"""What can be asked of a program in the sandbox, and what comes of it, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from autograder.graph.operation import Value, shape_of
from autograder.sandbox.host.process import Ended, Response, TimedOut
from autograder.sandbox.host.protocol import DeviceBugs, Misfit, Missing, Raised, Returned, Strange


@dataclass(frozen=True)
class ProgramFiles:
    """What runs in the sandbox: a program, and the files beside it."""

    name: str  # the program's file name
    cells: Sequence[str]  # one text, or the code cells of a notebook
    files: Sequence[tuple[str, bytes]] = ()  # relative path and content
    notebook: bool = False
    titles: Sequence[str] = ()  # what each cell is called in messages


@dataclass(frozen=True)
class GivenArrays:
    """How a function is given vectors and matrices, and whether tensors are on the device that it is given."""

    given_as: str  # "tensor", "numpy" or "list"
    on_device: bool


@dataclass(frozen=True)
class ModuleCall:
    """How a class is called in the place of a function; see `modules.function` in the sandbox."""

    build: Mapping[str, Any]
    parameters: Sequence[tuple[str, Sequence[int]]]
    forward: Sequence[str]
    outputs: Sequence[str]
    loss: Sequence[str]
    gradients: Sequence[str]


@dataclass(frozen=True)
class FunctionCall:
    """A call of a function.

    function: its name in the program
    inputs: numbers and NumPy arrays, by name
    settings: further arguments, such as the number of epochs
    fields: the attributes to read if it returns an object
    """

    function: str
    inputs: Mapping[str, Value]
    settings: Mapping[str, float | int]
    fields: Sequence[str] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What is the same for another call that has the same answer."""
        inputs = ((name, _hashable(value)) for name, value in self.inputs.items())
        return (self.function, *inputs, *self.settings.items())


def _hashable(value: Value) -> object:
    return (value.shape, value.tobytes()) if shape_of(value) else value


@dataclass(frozen=True)
class FitCall:
    """A call of a function that trains; see `TrainedModels.fit` in the sandbox.

    X, y: arrays of the samples and of what is to be predicted
    model: the class whose object the function is given first; "" if it makes its own
    on_device: whether tensors and model are on the device
    """

    function: str
    X: Value
    y: Value
    settings: Mapping[str, float | int]
    model: str
    build: Mapping[str, Any]
    seed: int
    on_device: bool


@dataclass(frozen=True)
class ChangedCall:
    """A call that is made with small changes in the program.

    fields: the attributes to read if it returns an object
    operations: that the right program applies, such as "relu"
    quantities: what has a right value that may take the place of an expression
    right: these right values, for inputs that are drawn for this; empty for others
    suspects: the first wrong quantity, and those that it is computed from
    right_functions: functions that are right, and must stay so
    wrong_functions: others that are wrong
    """

    function: str
    inputs: Mapping[str, Value]
    settings: Mapping[str, float | int]
    fields: Sequence[str]
    operations: Sequence[str]
    quantities: Sequence[str]
    right: Mapping[str, Value]
    suspects: Sequence[str]
    right_functions: Sequence[str]
    wrong_functions: Sequence[str]


ITSELF = Strange("itself")


@dataclass(frozen=True)
class Run:
    """What a test in Python asks of a program: to call something in it, or to read it.

    name: of a function, a class or a variable of the module, or of an attribute, such as "hidden.weight"
    of: the kept object that has the attribute, by its number; 0 for the module
    args, kwargs: for the call, encoded as `given.built` in the sandbox reads them
    action: "call" it, "differentiate" it (the gradient of the sum of its result by each argument), "read" it, or "set"
        it to the one argument
    keep: whether the result stays in the process, and its number is returned; without it, ITSELF is returned for the
        object `of`
    seed: of torch's, NumPy's and Python's random numbers
    arrays: what NumPy arrays are given as: "tensor", "numpy" or "list"
    forget: whether objects that were kept before are needed no more
    """

    name: str
    of: int
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    action: Literal["call", "differentiate", "read", "set"]
    keep: bool
    seed: int
    arrays: str
    forget: bool


@dataclass(frozen=True)
class NotRun:
    """A call that was not made. because: a clause such as "there was no time left"."""

    because: str


Verdict = Returned | Raised | Missing | Misfit | Ended | TimedOut | NotRun
Looked = DeviceBugs | Ended | TimedOut | NotRun  # the result of a search for device bugs


@dataclass(frozen=True)
class Call:
    """The result of one call, and what the function printed."""

    verdict: Verdict
    printed: str = ""


class ProgramUnderTest(Protocol):
    """What a check calls: a program in the sandbox, or anything that answers in its place."""

    @property
    def loading(self) -> Response | None:
        """The result of executing the program; None before that."""

    def load(self) -> Response:
        """Execute the program."""

    def call(
        self,
        function: str,
        inputs: Mapping[str, Value],
        settings: Mapping[str, float | int] | None = None,
        fields: Sequence[str] = (),
        *,
        again: bool = False,
    ) -> Call:
        """Call a function."""

    def device_bugs(self, function: str, inputs: Mapping[str, Value], settings: Mapping[str, float | int]) -> Looked:
        """Look for device bugs in a function."""
