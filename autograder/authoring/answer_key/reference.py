"""The instructor's solution in the key: its code, and what its functions return with their default arguments."""

import math
from dataclasses import dataclass

from autograder import yaml_config
from autograder.graph.notation import digits
from autograder.rubric import Lab
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import Call, NotRun, ProgramUnderTest, Verdict
from autograder.sandbox.host.process import Ended, TimedOut
from autograder.sandbox.host.protocol import Value


@dataclass(frozen=True)
class ReferenceRun:
    """A call of a function without arguments."""

    call: str  # "train()"
    output: str  # what it printed, if anything, and what it returned, with numbers to six digits


@dataclass(frozen=True)
class Solution:
    """The reference: its file name and text, and a run of each of the lab's functions."""

    file: str
    code: str
    runs: tuple[ReferenceRun, ...]


def solution(lab: Lab, reference: ProgramUnderTest) -> Solution:
    """The reference of a lab, run in the sandbox. Raises FileError if its file cannot be read."""
    code = yaml_config.read_text(lab.reference / lab.rubric.program)
    functions = (name for name, function in lab.rubric.functions.items() if not function.is_class)
    runs = (ReferenceRun(f"{name}()", _output(reference.call(name, {}))) for name in functions)
    return Solution(f"{lab.reference.name}/{lab.rubric.program}", code.strip("\n"), tuple(runs))


def _output(call: Call) -> str:
    return f"{call.printed.rstrip()}\n{result_text(call.verdict)}".lstrip("\n")


def result_text(verdict: Verdict) -> str:
    """The result of a call: what it returned, or why it returned nothing."""
    match verdict:
        case protocol.Returned(value):
            return value_text(value)
        case protocol.Raised(failure):
            return f"{failure.type}: {failure.message}"
        case protocol.Missing():
            return "there is no such function"
        case protocol.Misfit(found):
            return f"its parameters are {', '.join(f'{name} {shape}' for name, shape in found)}"
        case Ended(how):
            return f"it {how}"
        case TimedOut(seconds):
            return f"it took longer than {seconds:g} s"
        case NotRun(because):
            return because


def value_text(value: Value) -> str:
    """A returned value as Python would print it, with its numbers to six digits."""
    match value:
        case protocol.Number():
            return _python(value.number())
        case protocol.Array():
            return _rows(list(map(_python, value.numbers())), value.shape)
        case protocol.Sequence(items):
            return f"({', '.join(map(value_text, items))})"
        case protocol.Record(fields):
            return f"{{{', '.join(f'{name!r}: {value_text(each)}' for name, each in fields.items())}}}"
        case protocol.Text(text):
            return repr(text)
        case protocol.Nothing():
            return "None"
        case protocol.Strange(what):
            return what


def _rows(numbers: list[str], shape: tuple[int, ...]) -> str:
    """The elements of an array as nested lists; as one list if they are not as many as its shape says."""
    if len(shape) < 2 or math.prod(shape) != len(numbers) or not numbers:
        return f"[{', '.join(numbers)}]"
    step = len(numbers) // shape[0]
    return f"[{', '.join(_rows(numbers[row * step : (row + 1) * step], shape[1:]) for row in range(shape[0]))}]"


def _python(number: float) -> str:
    return repr(float(digits(number)))
