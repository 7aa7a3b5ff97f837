"""The data types of rubric.yaml: graphs, inputs, functions, tolerances and checks.

The comment beside each field, or above it, is its description in docs/rubric.md, which docs/rubric.py writes.
"""

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

    rtol: float  # the relative tolerance, below 1
    atol: float  # the absolute tolerance, which is what counts near 0
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
    memory: float = 512  # MB beyond what Python and torch need
    files: float = 10  # MB that the program may write
    output: float = 32  # KB of one call's output that are kept
    search: float = 1.5  # seconds of wall time to look for the line of a mistake; 0: do not look


class GraphEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A computation graph, one operation per node, with named sets of inputs."""

    nodes: dict[str, str | float]  # by name, one operation each or a constant; the last one is the graph's output
    # sets of inputs by name: `published`, which students are given, and others; a set may contain settings of a
    # function too
    inputs: dict[str, Inputs]
    drawn: dict[str, Drawn] = {}  # sets of hidden inputs by name, drawn anew for each submission
    # how each student's published inputs are drawn, if the lab is `individual`; without it, a rule is derived
    individual: Drawn | None = None
    sheet: str = ""  # where the lab sheet treats the graph on paper


RENAMED = {"arrays_as": "as", "takes": "inputs", "is_class": "class"}


class Function(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=RENAMED):
    """A function that students write. Its parameters are the graph's inputs, then the settings.

    Without a graph, `inputs` says how each one is drawn, and the reference alone says what is right.
    """

    # the inputs, in the order of the parameters; without a graph, how each one is drawn
    takes: tuple[str, ...] | dict[str, tuple[Interval, ...] | DrawnArray]
    # what it returns, in this order: nodes and derivatives of the graph; for a training loop, the inputs that it
    # trains, then `losses`
    returns: tuple[str, ...]
    graph: str = ""  # the graph that it computes; without one, the reference alone says what is right
    settings: dict[str, float | int] = {}  # further parameters with their published values, such as lr and n_epochs
    device: bool = False  # whether it has a parameter `device`, where its tensors have to be
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
    """A mistake that only this lab invites: a local derivative, or a node, computed by other `nodes` (of the graph's
    values; of those before it for a node)."""

    id: str  # a name for reports, such as `handout-sigmoid`
    graph: str  # the graph in which it is made
    instead_of: str  # the local derivative that comes out wrong
    nodes: dict[str, str | float]  # what is computed instead, as the nodes of a graph; the last one is the result
    name: str  # a clause that describes the mistake
    hint: str  # what leads to it
    on_paper: Literal["right", "wrong"] = "wrong"  # `right`: a paper answer with it earns its points, with a note


class CheckEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """The fields that every check has."""

    number: str  # what it is called in reports, in quotes, such as "3.1"
    name: str  # its title, which students see
    points: float  # what it gives if everything is right
    tags: tuple[str, ...] = ()  # shown by Gradescope
    visibility: Visibility | None = None  # in place of the lab's
    award: Literal["everyone"] | None = None  # `everyone`: all points for every submission that is graded
    counts: bool = True  # `false`: the check is left out, and the points of the others are scaled up to the old maximum

    @property
    def worth(self) -> float:
        """The points that the check can give; 0 if it does not count."""
        return self.points if self.counts else 0.0


class ReceivedCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="found"):
    """Shows what was submitted; gives no points."""


class PaperCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="answers"):
    """Compares paper answers with the graph's values at its published inputs."""

    section: str  # the graph, and the section of answers.yaml with its name
    quantities: tuple[str, ...]  # the answers: names of nodes and derivatives
    tolerance: str  # one of `tolerances`


class CodeCheckEntry(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Calls a function and compares what it returns with what the reference returns."""

    function: str  # the function to call
    inputs: tuple[
        str, ...
    ]  # the sets of inputs to call it with, `published` alone or others; without a graph, any names
    quantities: tuple[str, ...] = ()  # which results count; without it, all
    settings: dict[str, float | int] = {}  # in place of the function's or drawn ones
    tolerance: str = "code"  # one of `tolerances`


class ValuesCheck(CodeCheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="values"):
    """Compares values of the graph's nodes."""


class GradientsCheck(CodeCheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="gradients"):
    """Compares partial derivatives (and node values); None counts as 0."""


class TrainingCheck(CodeCheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="convergence"):
    """Compares a training loop's trajectory: the first `compared` losses and the final weights."""

    compared: int = 10  # how many losses are compared, from the first one


class DeviceCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="device"):
    """Finds code that would fail on a GPU, whether there is a GPU or not."""

    functions: tuple[str, ...]  # the functions to try, each with `device: true`; they share the points equally


class LearnsCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="learns"):
    """Trains with several seeds, and looks at what the model answers to samples that it has not seen.

    The function gets X and y, as tensors, and the settings; with `model`, first an object of this class. It returns the
    model, or the model and the losses. How it trains is its own affair.
    """

    function: str  # the function that trains
    train: str  # a file with X and y: .csv or .npz, relative to rubric.yaml
    held_out: str  # the same for the samples that the model is asked about; its y never reaches the program
    settings: dict[str, float | int] = {}  # further arguments of the function, such as lr and n_epochs
    model: str = ""  # the class whose object it trains; without one, it makes its own model
    build: dict[str, Any] = {}  # the arguments that the class is built with
    device: bool = False  # whether tensors and model are on the device
    seeds: int = 5  # how many runs
    enough: int = 4  # runs in which each of what follows has to hold
    accuracy: float | None = None  # at least, of the held-out samples
    mse: float | None = None  # the mean squared error at most; this or accuracy
    falls: float | None = None  # what share of the first loss the last one may be; without it, losses are not looked at


class PythonCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="python"):
    """Runs a test in Python, see docs/python-checks.md. In rubric.yaml, an entry stands for all tests of its file;
    `number` is that of tests that have none of their own, and name and points come from each test."""

    file: str  # relative to rubric.yaml
    number: str = ""  # of tests that have no number of their own
    name: str = ""  # not written: each test has its own
    points: float = 0.0  # not written: each test has its own
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
    """The whole file: the lab, its graphs, functions and checks, and how it is graded."""

    lab: str  # the lab's title
    points: float  # the maximum; the points of the checks add up to it
    graphs: dict[str, GraphEntry]  # the computation graphs by name
    functions: dict[str, Function]  # what students write, by name
    tolerances: dict[str, Tolerance]  # by name; `code` is that of checks of code that name no other
    checks: tuple[Check, ...]  # what earns points, in the order of the report
    # a secret of at least 16 characters, from which hidden inputs are drawn; without it, the lab's course has one
    key: str = ""
    program: str = "Lab4.py"  # the file name of the program
    answers: str = "answers.yaml"  # the file name of the answers on paper
    device: str = "auto"  # where tensors are: `auto` (CUDA if there is any, else CPU), `cpu`, `cuda`, `cuda:N`, `mps`
    visibility: Visibility = "visible"  # of checks that do not set their own
    hidden_inputs: Visibility = "visible"  # the same for checks with other than published inputs; the longer one counts
    leaderboard: bool = False  # whether Gradescope gets columns for a leaderboard
    individual: bool = False  # whether each student has individual published inputs
    limits: Limits = Limits()  # the time, memory and output of one submission
    # the share for a quantity that is right only for some inputs; it is multiplied by the share of those inputs
    right_on_some_inputs: float = 0.5
    follow_through: float = 1.0  # the share for a value that is correct given an earlier wrong value of the student
    slips: float = 0.5  # the share for a paper answer that is right except for its sign, a percent sign, or its line
    mistakes: tuple[LabMistake, ...] = ()  # those that only this lab invites; the usual ones are known
    aliases: dict[str, tuple[str, ...]] = {}  # other names for a node or for `losses` that students may use

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
