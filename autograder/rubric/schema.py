"""rubric.yaml as it is written, in types: graphs, inputs, functions, tolerances and checks."""

import math
import re
from typing import Literal

import msgspec

from autograder.rubric.draw import Drawn

Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]  # each hides longer than the one before
Inputs = dict[str, float]
LOSSES = "losses"  # what a training function returns last
DEVICES = re.compile(r"auto|cpu|mps|cuda(:\d{1,3})?")  # auto: CUDA where there is such a device, else the CPU


class Tolerance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Right when |returned - expected| <= atol + rtol * |expected|; with `coarse` in rtol's place still credit, and a
    word on it."""

    rtol: float
    atol: float
    coarse: float | None = None

    def allows(self, value: float, right: float, *, coarse: bool = False) -> bool:
        """Whether a value is near enough to the right one; none is where that is infinite: every number would be.
        coarse: with `coarse` in rtol's place, where there is one."""
        rtol = (self.coarse or self.rtol) if coarse else self.rtol
        return math.isfinite(right) and abs(value - right) <= self.atol + rtol * abs(right)


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one submission may use: seconds of wall time; memory and files in MB; output kept of one call in KB."""

    call: float = 10
    load: float = 20
    submission: float = 240
    memory: float = 512
    files: float = 10
    output: float = 32


class GraphEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A computation graph, one operation per node, and named sets of inputs (which may carry settings of a function
    too). sheet: where the lab sheet treats it on paper. individual: how each student's own published inputs are drawn;
    where it is not given, `autograder.individual` makes a rule from those published here."""

    nodes: dict[str, str | float]
    inputs: dict[str, Inputs]
    drawn: dict[str, Drawn] = {}
    individual: Drawn | None = None
    sheet: str = ""


class Function(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A function that students write. Parameters: the graph's inputs, then the settings, with their published values.

    by: how its gradients are meant to be obtained, if that matters. given: complete in the template; every other
    function is to be written, and earns nothing there. sheet: where the lab sheet asks for it.
    """

    graph: str
    inputs: tuple[str, ...]
    returns: tuple[str, ...]
    settings: dict[str, float | int] = {}
    device: bool = False
    by: Literal["hand", "autograd"] | None = None
    given: bool = False
    sheet: str = ""

    @property
    def trained(self) -> tuple[str, ...]:
        """The inputs that it trains, () of a function that trains none."""
        return tuple(name for name in self.returns if name != LOSSES) if LOSSES in self.returns else ()


class LabMistake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mistake that only this lab invites: a local derivative computed by other `nodes` (of the graph's values).

    name: a clause that says it; hint: what leads to it. on_paper: "right" where a paper answer that has it still earns
    its points, with a note.
    """

    id: str
    graph: str
    instead_of: str
    nodes: dict[str, str | float]
    name: str
    hint: str
    on_paper: Literal["right", "wrong"] = "wrong"


class CheckEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What every check has."""

    number: str
    name: str
    points: float
    tags: tuple[str, ...] = ()
    visibility: Visibility | None = None


class ReceivedCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="found"):
    """Says what was handed in; gives no points."""


class PaperCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="answers"):
    """Compares answers worked out on paper with the graph's values at its published inputs."""

    section: str
    quantities: tuple[str, ...]
    tolerance: str


class CodeCheckEntry(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Calls a function and compares what it returns with what the reference returns. quantities: () means all."""

    function: str
    inputs: tuple[str, ...]
    quantities: tuple[str, ...] = ()
    settings: dict[str, float | int] = {}
    tolerance: str = "code"


class ValuesCheck(CodeCheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="values"):
    """Node values of the graph."""


class GradientsCheck(CodeCheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="gradients"):
    """Partial derivatives (and node values): None counts as 0."""


class TrainingCheck(CodeCheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="convergence"):
    """A training loop, judged by its trajectory: the first `compared` losses and the final weight."""

    compared: int = 10


class DeviceCheck(CheckEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="device"):
    """Looks for what goes wrong in functions on a GPU, whether there is one or not."""

    functions: tuple[str, ...]


Check = ReceivedCheck | PaperCheck | ValuesCheck | GradientsCheck | TrainingCheck | DeviceCheck
CodeCheck = ValuesCheck | GradientsCheck | TrainingCheck


def published(check: CodeCheck) -> bool:
    """Whether a check uses the handout's inputs, which students know; others are not shown."""
    return check.inputs == ("published",)


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as it is written.

    device: where tensors are computed, one of DEVICES. visibility: when students see checks that do not say it
    themselves. hidden_inputs: the same for those whose inputs are not published; the one that hides longer counts.
    leaderboard: whether Gradescope is given columns for one. individual: whether each student has published inputs of
    their own.
    """

    lab: str
    points: float
    key: str
    graphs: dict[str, GraphEntry]
    functions: dict[str, Function]
    tolerances: dict[str, Tolerance]
    checks: tuple[Check, ...]
    program: str = "Lab4.py"
    answers: str = "answers.yaml"
    device: str = "auto"
    visibility: Visibility = "visible"
    hidden_inputs: Visibility = "visible"
    leaderboard: bool = False
    individual: bool = False
    limits: Limits = Limits()
    right_on_some_inputs: float = 0.5
    follow_through: float = 1.0
    slips: float = 0.5
    mistakes: tuple[LabMistake, ...] = ()
    aliases: dict[str, tuple[str, ...]] = {}
