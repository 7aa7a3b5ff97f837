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


class Function(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"arrays_as": "as", "takes": "inputs"}):
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

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in the order of the parameters."""
        return tuple(self.takes)

    @property
    def trained(self) -> tuple[str, ...]:
        """The inputs that the function trains; () if it trains none."""
        return tuple(name for name in self.returns if name != LOSSES) if LOSSES in self.returns else ()


class LabMistake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mistake that only this lab invites: a local derivative, or a node, computed by other `nodes` (of the graph's
    values; of those before it for a node)."""

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


Check = ReceivedCheck | PaperCheck | ValuesCheck | GradientsCheck | TrainingCheck | DeviceCheck
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
