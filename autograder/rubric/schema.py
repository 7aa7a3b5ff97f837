"""The data types of rubric.yaml: graphs, inputs, functions, tolerances and checks."""

import math
import re
from typing import Any, Literal

import msgspec

from autograder.graph import shape_of
from autograder.graph.operation import Value
from autograder.rubric.draw import Drawn, DrawnArray, Interval

Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]  # in the order of how long they hide
Inputs = dict[str, float | list[Any]]  # a number, or the nested lists of a vector or a matrix
ArraysAs = Literal["tensor", "numpy", "list"]
LOSSES = "losses"  # what a training function returns last
DEVICES = re.compile(r"auto|cpu|mps|cuda(:\d{1,3})?")  # auto: CUDA if there is such a device, else the CPU


class Tolerance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a value may be from the right one: |returned - expected| <= atol + rtol * |expected|."""

    rtol: float
    atol: float
    coarse: float | None = None  # in place of rtol: a value this near still earns its points, with a note

    def allows(self, value: Value, right: Value, *, coarse: bool = False) -> bool:
        """Whether `value` is near enough to `right`. Nothing is near an infinite value, or every number would be. An
        array is, if it has the same shape and all its elements are.

        Args:
            value: the value to judge.
            right: the right value.
            coarse: use `coarse` in place of rtol, if there is one.
        """
        rtol = (self.coarse or self.rtol) if coarse else self.rtol
        if isinstance(right, float | int):
            near = isinstance(value, float | int) and abs(value - right) <= self.atol + rtol * abs(right)
            return near and math.isfinite(right)
        if shape_of(value) != right.shape:
            return False
        return bool(((abs(value - right) <= self.atol + rtol * abs(right)) & (abs(right) < math.inf)).all())


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The resources that one submission may use."""

    call: float = 10  # seconds of wall time for one call
    load: float = 20  # seconds of wall time to load the program
    submission: float = 240  # seconds of wall time for everything
    memory: float = 512  # MB
    files: float = 10  # MB
    output: float = 32  # KB of one call's output that are kept
    search: float = 1.5  # seconds of wall time to look for the line of a mistake; 0: do not look


class GraphEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A computation graph, one operation per node, with named sets of inputs."""

    nodes: dict[str, str | float]
    inputs: dict[str, Inputs]  # a set may contain settings of a function too
    drawn: dict[str, Drawn] = {}
    individual: Drawn | None = None  # how each student's published inputs are drawn; None: `individual.rule` derives it
    sheet: str = ""  # where the lab sheet treats the graph on paper


RENAMED = {"arrays_as": "as", "takes": "inputs", "is_class": "class"}


class Function(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=RENAMED):
    """A function that students write. Its parameters are the graph's inputs, then the settings.

    Without a graph, `takes` says how each input is drawn, and the reference alone says what is right.
    """

    takes: tuple[str, ...] | dict[str, tuple[Interval, ...] | DrawnArray]
    returns: tuple[str, ...]
    graph: str = ""
    settings: dict[str, float | int] = {}  # with their published values
    device: bool = False
    arrays_as: ArraysAs = "tensor"  # how vectors and matrices are given; numbers are floats
    by: Literal["hand", "autograd"] | None = None  # how its gradients are meant to be computed, if that matters
    given: bool = False  # complete in the template; any other function has to be written and earns nothing there
    sheet: str = ""  # where the lab sheet asks for it
    is_class: bool = False  # a class of torch.nn.Module objects: built, given weights, and called on the inputs
    build: dict[str, Any] = {}  # of a class: the arguments that it is built with
    parameters: dict[str, tuple[int, ...]] = {}  # of a class: its parameters, as named_parameters() has them, by shape
    loss: str = ""  # of a class: what is differentiated, such as cross_entropy(logits, y); "" if nothing is

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in the order of the parameters."""
        return tuple(self.takes)

    @property
    def trained(self) -> tuple[str, ...]:
        """The inputs that the function trains; () if it trains none."""
        return tuple(name for name in self.returns if name != LOSSES) if LOSSES in self.returns else ()


class LabMistake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mistake that only this lab invites: a local derivative computed by other `nodes` (of the graph's values)."""

    id: str
    graph: str
    instead_of: str
    nodes: dict[str, str | float]
    name: str  # a clause that describes the mistake
    hint: str  # what leads to it
    on_paper: Literal["right", "wrong"] = "wrong"  # right: a paper answer with it earns its points, with a note


class CheckEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """The fields that every check has."""

    number: str
    name: str
    points: float
    tags: tuple[str, ...] = ()
    visibility: Visibility | None = None
    award: Literal["everyone"] | None = None  # everyone: all points for every submission that is graded
    counts: bool = True  # false: the check is left out, and the points of the others are scaled up to the old maximum

    @property
    def worth(self) -> float:
        """The points that the check can give; 0 if it does not count."""
        return self.points if self.counts else 0.0


class ReceivedCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="found"):
    """Shows what was submitted; gives no points."""


class PaperCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="answers"):
    """Compares paper answers with the graph's values at its published inputs."""

    section: str
    quantities: tuple[str, ...]
    tolerance: str


class CodeCheckEntry(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Calls a function and compares what it returns with what the reference returns."""

    function: str
    inputs: tuple[str, ...]
    quantities: tuple[str, ...] = ()  # () means all
    settings: dict[str, float | int] = {}
    tolerance: str = "code"


class ValuesCheck(CodeCheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="values"):
    """Compares values of the graph's nodes."""


class GradientsCheck(CodeCheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="gradients"):
    """Compares partial derivatives (and node values); None counts as 0."""


class TrainingCheck(CodeCheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="convergence"):
    """Compares a training loop's trajectory: the first `compared` losses and the final weights."""

    compared: int = 10


class DeviceCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="device"):
    """Finds code that would fail on a GPU, whether there is a GPU or not."""

    functions: tuple[str, ...]


class LearnsCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="learns"):
    """Trains with several seeds, and looks at what the model answers to samples that it has not seen.

    The function gets X and y, as tensors, and the settings; with `model`, first an object of this class. It returns the
    model, or the model and the losses. How it trains is its own affair.
    """

    function: str
    train: str  # a file with X and y: .csv or .npz, relative to rubric.yaml
    held_out: str  # the same for the samples that the model is asked about; its y never reaches the program
    settings: dict[str, float | int] = {}
    model: str = ""
    build: dict[str, Any] = {}  # the arguments that the class is built with
    device: bool = False  # whether tensors and model are on the device
    seeds: int = 5
    enough: int = 4  # runs in which each of what follows has to hold
    accuracy: float | None = None  # at least, of the held-out samples
    mse: float | None = None  # the mean squared error at most; this or accuracy
    falls: float | None = None  # what share of the first loss the last one may be; None: losses are not looked at


class PythonCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="python"):
    """Runs a test in Python, see `python_tests`. In rubric.yaml, an entry stands for all tests of its file; `number`
    is that of tests that have none of their own, and name and points come from each test."""

    file: str  # relative to rubric.yaml
    number: str = ""
    name: str = ""
    points: float = 0.0
    test: str = ""  # only this test: "Flatten.test_keeps_the_batch"
    functions: tuple[str, ...] = ()  # functions and classes that students write for it, beside those under `functions`


Check = (
    ReceivedCheck | PaperCheck | ValuesCheck | GradientsCheck | TrainingCheck | DeviceCheck | LearnsCheck | PythonCheck
)
CodeCheck = ValuesCheck | GradientsCheck | TrainingCheck


def published(check: CodeCheck) -> bool:
    """Whether a check uses the published inputs, which students know; other inputs are not shown to them."""
    return check.inputs == ("published",)


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    lab: str
    points: float
    key: str
    graphs: dict[str, GraphEntry]
    functions: dict[str, Function]
    tolerances: dict[str, Tolerance]
    checks: tuple[Check, ...]
    program: str = "Lab4.py"
    answers: str = "answers.yaml"
    device: str = "auto"  # where tensors are computed, one of DEVICES
    visibility: Visibility = "visible"  # of checks that do not set their own
    hidden_inputs: Visibility = "visible"  # the same for checks with other than published inputs; the longer one counts
    leaderboard: bool = False  # whether Gradescope gets columns for a leaderboard
    individual: bool = False  # whether each student has individual published inputs
    limits: Limits = Limits()
    right_on_some_inputs: float = 0.5
    follow_through: float = 1.0
    slips: float = 0.5
    mistakes: tuple[LabMistake, ...] = ()
    aliases: dict[str, tuple[str, ...]] = {}

    @property
    def written(self) -> frozenset[str]:
        """The functions and classes that students write."""
        own = {name for name, function in self.functions.items() if not function.given}
        for check in self.checks:
            if isinstance(check, PythonCheck):
                own.update(check.functions)
            elif isinstance(check, LearnsCheck):
                own.update(each for each in (check.function, check.model) if self._to_write(each))
        return frozenset(own)

    def _to_write(self, name: str) -> bool:
        return bool(name) and not (name in self.functions and self.functions[name].given)
