"""What tests in Python are written with: `LabTest`, and the programs that it calls.

    class Flatten(LabTest):
        @weight(3)
        @number("9.1")
        def test_flatten(self):
            "flatten keeps the batch"
            x = self.random((2, 3, 4))
            self.assert_close(self.student.call("flatten", x), self.reference.call("flatten", x))

The test runs beside the grader, and the program in the sandbox, so only plain values travel. A student reads the text
of a failed assertion as the instructor wrote it; what unittest would say by itself contains the right result, so it is
replaced.
"""

import unittest
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from autograder.checks.check_failed import CheckFailed, NoResult, NotShown, raised
from autograder.checks.compare import compare
from autograder.checks.plain_values import Kept, NotPlain, as_value, plain, sent
from autograder.errors import GraderFault
from autograder.rubric import Tolerance
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import ITSELF, Call, Run
from autograder.sandbox.host.program import SandboxedProgram

NO_ATTRIBUTE = "Is its name that of the template, is it set before it is used, and is a return missing?"


class Program:
    """A program in the sandbox, as a test uses it. printed: what the last call printed."""

    def __init__(
        self,
        program: SandboxedProgram,
        explain: Callable[[str, Call], BaseException],
        seed: int,
        arrays_as: Mapping[str, str],
        usual: str,
        *,
        forget: bool = False,
        is_asked_for: Callable[[str], bool] = lambda name: True,
    ) -> None:
        """Use a program.

        Args:
            program: the program.
            explain: what to raise for a call that gave no result.
            seed: at which random numbers begin in each call.
            arrays_as: by function, what NumPy arrays are given as.
            usual: the same for all other functions.
            forget: whether objects that earlier tests have left in the sandbox are needed no more.
            is_asked_for: whether the reference has something of this name, so that a student's program should.
        """
        self.program = program
        self.explain = explain
        self.seed = seed
        self.arrays_as = arrays_as
        self.usual = usual
        self.forget = forget
        self.is_asked_for = is_asked_for
        self.printed = ""

    def call(self, function: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the program.

        Args:
            function: its name, or that of a method of a class: "Polynomial.features".
            args, kwargs: numbers, texts, lists, dicts, NumPy arrays (which become tensors unless the rubric or the test
                says otherwise), and objects of the program.

        Returns: plain values, as `plain` says.
        Raises: ProgramRaised if a student's function raises an exception; one of Python's, such as ValueError, can be
            caught as that one too. NoResult if it is missing, ends the process, or takes too long. CheckFailed if what
            it returned is no plain value.
        """
        return self.ask("call", function, 0, args, kwargs)

    def make(self, name: str, /, *args: Any, **kwargs: Any) -> "ProgramObject":
        """Call a class or a function, and leave what it returns in the sandbox: a model, for example."""
        return ProgramObject(
            self, f"{name}()", Kept(self.ask("call", name, 0, args, kwargs, keep=True)), self.program.pid
        )

    def gradients(self, function: str, /, *args: Any, **kwargs: Any) -> list[Any]:
        """The gradient of the sum of what a function returns by each argument; None for one that has none."""
        found: list[Any] = self.ask("differentiate", function, 0, args, kwargs)
        return found

    def get(self, name: str, /) -> Any:
        """The value of a variable of the program."""
        return self.ask("read", name, 0)

    def ask(
        self,
        action: Literal["call", "differentiate", "read", "set"],
        name: str,
        of: int,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] = MappingProxyType({}),
        *,
        keep: bool = False,
        owner: str = "",
    ) -> Any:
        """What `Run` says, with plain values. of: the number of the object concerned, 0 for the program; owner: how the
        test got this object, such as "Ridge().fit()"."""
        arrays = self.arrays_as.get(name, self.usual)
        given = [sent(each) for each in _kept(args)], {key: sent(each) for key, each in _kept(kwargs).items()}
        call = self.program.run(Run(name, of, *given, action, keep, self.seed, arrays, self.forget))
        self.forget = False
        self.printed = call.printed
        if not isinstance(call.verdict, protocol.Returned):
            raise self._problem(name, call, owner)
        if of and call.verdict.value == ITSELF:
            return ITSELF
        try:
            return plain(call.verdict.value)
        except NotPlain as problem:
            raise CheckFailed(f"{name}() returned {problem}.") from None

    def _problem(self, name: str, call: Call, owner: str) -> BaseException:
        """What to raise for a call that gave no result."""
        problem = self.explain(name, call)
        if not isinstance(call.verdict, protocol.Missing) or not isinstance(problem, NoResult):
            return problem
        if owner:
            return raised("AttributeError", f"{owner} has no attribute {name}.", NO_ATTRIBUTE)
        return problem if self.is_asked_for(name) else GraderFault(f"the reference has no {name} either")


@dataclass(frozen=True)
class ProgramObject:
    """An object of a program, which stays in the sandbox."""

    _program: Program
    _name: str
    _kept: Kept
    _pid: int | None  # of the process that has it

    def call(self, method: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call a method; arguments, result and errors as for `Program.call`. The object itself: "__call__".

        A method that returns the object that it is a method of, as `fit` and `eval` do, gives this one back.
        """
        found = self._asked("call", method, args, kwargs)
        return self if found is ITSELF else found

    def make(self, method: str, /, *args: Any, **kwargs: Any) -> "ProgramObject":
        """Call a method, and leave what it returns in the sandbox."""
        return self._object(f"{method}()", self._asked("call", method, args, kwargs, keep=True))

    def gradients(self, method: str, /, *args: Any, **kwargs: Any) -> list[Any]:
        """As `Program.gradients`, for a method."""
        found: list[Any] = self._asked("differentiate", method, args, kwargs)
        return found

    def get(self, attribute: str, /) -> Any:
        """The value of an attribute, such as "hidden.weight"."""
        return self._asked("read", attribute)

    def get_object(self, attribute: str, /) -> "ProgramObject":
        """The object that an attribute is; it stays in the sandbox."""
        return self._object(attribute, self._asked("read", attribute, keep=True))

    def set(self, attribute: str, value: Any, /) -> None:
        """Set an attribute."""
        self._asked("set", attribute, (value,))

    def _object(self, name: str, number: int) -> "ProgramObject":
        return ProgramObject(self._program, f"{self._name}.{name}", Kept(number), self._pid)

    def _asked(
        self,
        action: Literal["call", "differentiate", "read", "set"],
        name: str,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] = MappingProxyType({}),
        *,
        keep: bool = False,
    ) -> Any:
        if self._program.program.pid != self._pid:
            raise CheckFailed(f"{self._name} is lost: an earlier call ended the process that it was in.")
        return self._program.ask(action, name, self._kept.number, args, kwargs, keep=keep, owner=self._name)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f'the object is in the sandbox: write .get("{name}"), or .call("{name}", …) for a method')


def _kept(value: Any) -> Any:
    """A value with the number of each object of the program in its place, also in lists and dicts."""
    if isinstance(value, ProgramObject):
        return value._kept
    if type(value) in (list, tuple):
        return type(value)(map(_kept, value))
    return {name: _kept(each) for name, each in value.items()} if type(value) is dict else value


class LabTest(unittest.TestCase):
    """A unittest case with the student's program and the reference.

    Points, number, visibility, tags and partial credit are given by gradescope-utils' decorators.
    """

    arrays_as = "tensor"  # what NumPy arrays are given as, unless rubric.yaml says it: "tensor", "numpy" or "list"
    failureException = CheckFailed
    student: Program
    reference: Program
    rng: np.random.Generator  # the same at every regrade, another for every submission

    def random(self, shape: Sequence[int] | int = (), low: float = -2.0, high: float = 2.0) -> Any:
        """Random numbers with four decimals: the same at every regrade, others for every submission.

        Args:
            shape: of the array; () for a number.
            low, high: between which the numbers are.
        """
        found = np.round(self.rng.uniform(low, high, shape), 4)
        return float(found) if shape == () else found

    def assert_close(self, actual: Any, expected: Any, rtol: float = 1e-4, atol: float = 1e-6, msg: str = "") -> None:
        """Fail unless |actual - expected| <= atol + rtol * |expected|, for every number; lists and dicts are compared
        item by item.

        msg: what the student reads; without it, the kind of the difference ("has the wrong sign"), without numbers.
        """
        if problem := _difference(actual, expected, Tolerance(rtol, atol)):
            raise CheckFailed(msg or f"The result {problem}{'' if problem.endswith('?') else '.'}")

    def _formatMessage(self, msg: Any, standardMsg: str) -> str:
        return NotShown(standardMsg) if msg is None else str(msg)


def _difference(actual: Any, expected: Any, tolerance: Tolerance) -> str:
    """What is wrong with a value, as a predicate without numbers; "" if nothing is."""
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return "is no dict"
        pairs = {f"under {name!r} ": (actual.get(str(name), None), each) for name, each in expected.items()}
    elif isinstance(expected, list | tuple):
        if not isinstance(actual, list | tuple | np.ndarray):
            return "is no list"
        if len(actual) != len(expected):
            return "has another number of items"
        pairs = {f"at place {place} ": pair for place, pair in enumerate(zip(actual, expected, strict=True))}
    elif isinstance(expected, str | None) or isinstance(actual, str | None):
        return "" if type(actual) is type(expected) and actual == expected else "is not what is asked for"
    else:
        right = (
            float(expected) if isinstance(expected, bool | int | float | np.generic) else np.asarray(expected, float)
        )
        found = compare(as_value(actual), right, tolerance, arrays=not isinstance(right, float))
        if found.kind in ("kind", "size"):  # described there with its shape or its type, which hidden inputs may tell
            return "is no number" if isinstance(right, float) else "is no array of numbers"
        return "" if found.right else found.text
    return next(
        (f"{where}{problem}" for where, pair in pairs.items() if (problem := _difference(*pair, tolerance))), ""
    )
