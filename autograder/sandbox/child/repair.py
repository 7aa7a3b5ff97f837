"""Tries small changes of a student's program and answers with what its function then returns. Runs in the sandbox.

Nothing here knows what is right: the grader compares.
"""

import ast
import contextlib
import copy
import io
import json
import math
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.sandbox.child.edits import Edit, edits, made, of_values
from autograder.sandbox.child.edits.edit import LIKELY, PLACED, UNLIKELY
from autograder.sandbox.child.given import given
from autograder.sandbox.child.load import LoadedProgram, time_limit
from autograder.sandbox.child.parts import Part, parts

SECONDS = 0.1  # of processor time for one changed program at most: a busy machine must not make it fail
LONGER = 10  # times what the unchanged one takes is enough for a changed one; an endless loop costs so much
LEAST = 0.03  # seconds; the clock of processor time has steps of 4 ms
WAITING = 1.0  # seconds for one that waits
MOST_BYTES = 60_000  # of the answers of one request, about


@dataclass(frozen=True)
class Candidate:
    """One change of one part. quantity: what the changed place computes instead, if that is known."""

    part: Part
    edit: Edit
    quantity: str = ""


NO_EDIT = Edit("", LIKELY, 1, ())
NOTHING = Candidate(Part(ast.parse("pass").body[0], 1, "<nothing>"), NO_EDIT)


class Repair:
    """Answers requests to try changes; it finds them at the first one."""

    def __init__(self, program: LoadedProgram) -> None:
        self.program = program
        self.found: dict[str, list[Candidate]] = {}  # by function
        self.seconds = SECONDS  # of processor time for one changed program

    def attempt(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call the function with some of the changes made, one at a time. The change 0 is none.

        A part that answers otherwise as soon as it is executed again remembers something (in a default value, say).
        Then any change of it would seem to repair that, so none is reported.

        Args:
            request: as for `LoadedProgram.call`, and what `ChangedCall` has, and: "changes", the numbers of the changes
                to try; or "first" and "last", to try all from one to the other until "seconds" have passed.

        Returns: "trials": the changes with which the function returned something; if all are tried, something else than
            without a change. "following": the first change that was not tried, and its "rank"; only changes of the
            same rank are tried for one request. None if all were tried.
        """
        function, chosen = request["function"], request["changes"]
        if function not in self.found and chosen != [0]:
            self.found[function] = [NOTHING, *self._candidates(request)]
        candidates = self.found.get(function, [NOTHING])
        end = time.monotonic() + request["seconds"]
        trials: list[dict[str, Any]] = []
        size = 0
        right = given({**request, "inputs": request["right"]}, float, double=self.program.double, device="cpu")
        with _quiet(), _helpers(vars(self.program.module), right):
            before = self._as_submitted(request)
            steady: dict[Part, bool] = {NOTHING.part: True}
            for number in chosen or range(request["first"], len(candidates)):
                candidate = candidates[number]
                another = not chosen and candidate.edit.rank != candidates[request["first"]].edit.rank
                past = not chosen and number >= request["last"]
                if another or past or size > MOST_BYTES or time.monotonic() > end:
                    rank = candidate.edit.rank
                    return {"type": "tried", "trials": trials, "following": number, "rank": rank}
                if candidate.part not in steady:
                    steady[candidate.part] = self._tried(Candidate(candidate.part, NO_EDIT), request) == before
                value = self._tried(candidate, request) if number and steady[candidate.part] else before
                if value is not None and steady[candidate.part] and (value != before or chosen):
                    trials.append({"change": number, **_described(candidate), "value": value})
                    size += len(json.dumps(value)) + 100
        return {"type": "tried", "trials": trials, "following": None, "rank": None}

    def _as_submitted(self, request: dict[str, Any]) -> Any:
        """What the function returns without a change; how long that takes says how long a changed one may."""
        self.seconds = SECONDS
        begun = time.process_time()
        answer = self._tried(NOTHING, request)
        self.seconds = min(max(LONGER * (time.process_time() - begun), LEAST), SECONDS)
        return answer

    def _candidates(self, request: dict[str, Any]) -> Iterator[Candidate]:
        """All changes, the likely ones first.

        A right value in the place of an expression does what an unlikely edit of it would do.
        """
        changed = parts(self.program, request["function"], request["right_functions"], request["wrong_functions"])
        fields, quantities, suspects = request["fields"], request["quantities"], request["suspects"]
        found = [Candidate(part, edit) for part in changed for edit in edits(part.tree, fields, request["operations"])]
        if quantities:
            found = [each for each in found if each.edit.rank < UNLIKELY]
            helpers = {name for part in changed[1:] for name in part.names}
            values = [(part, of_values.edits(part.tree, quantities, suspects, helpers)) for part in reversed(changed)]
            found += [Candidate(part, *each) for part, edited in values for each in edited]
        yield from sorted(found, key=lambda each: (each.edit.rank, not each.quantity))

    def _tried(self, candidate: Candidate, request: dict[str, Any]) -> Any:
        """What the function returns, encoded, with a change made; None if nothing."""
        space, part = vars(self.program.module), candidate.part
        before = {name: space[name] for name in part.names if name in space}
        try:
            with time_limit(WAITING), time_limit(self.seconds, of_processor=True):
                with made(candidate.edit):
                    code = compile(ast.Module([part.tree], []), part.file, "exec", part.flags, dont_inherit=True)
                exec(code, space)
                answer = self.program.call(request)
        except BaseException:  # a changed program may raise anything: exit(), what time_limit raises, its own classes
            return None
        finally:
            space.update(before)
        return answer.get("value")


def _described(candidate: Candidate) -> dict[str, Any]:
    edit = candidate.edit
    return {
        "kind": edit.kind,
        "rank": edit.rank,
        "cell": candidate.part.cell,
        "line": edit.line,
        "quantity": candidate.quantity,
    }


class _Nowhere(io.TextIOBase):
    """Takes what is printed, and forgets it."""

    def write(self, text: str) -> int:
        """Forget a text."""
        return len(text)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _helpers(space: dict[str, Any], right: Mapping[str, Any]) -> Iterator[None]:
    """What edits put into a program: functions that work for numbers and for tensors, and right values."""
    given = {PLACED + name: function for name, function in FUNCTIONS.items()} | {of_values.RIGHT: right}
    space.update(given)
    try:
        yield
    finally:
        for name in given:
            space.pop(name, None)


def _either(method: str, plain: Callable[[float], float]) -> Callable[[Any], Any]:
    """A function that calls a tensor's method, or computes with a plain number."""

    def function(value: Any) -> Any:
        return getattr(value, method)() if hasattr(value, method) else plain(value)

    return function


FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "relu": _either("relu", lambda value: max(0.0, value)),
    "sigmoid": _either("sigmoid", lambda value: 1 / (1 + math.exp(-value))),
    "tanh": _either("tanh", math.tanh),
    "exp": _either("exp", math.exp),
    "abs": abs,
    "copy": lambda value: value.detach().clone() if hasattr(value, "detach") else copy.deepcopy(value),
}
