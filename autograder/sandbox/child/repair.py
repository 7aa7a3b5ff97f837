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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograder.sandbox.child import statements
from autograder.sandbox.child.edits import Edit, edits, made, of_values
from autograder.sandbox.child.edits.edit import LIKELY, UNLIKELY
from autograder.sandbox.child.edits.of_expressions import PLACED
from autograder.sandbox.child.load import LoadedProgram, time_limit

SECONDS = 0.1  # for one changed program
MOST_BYTES = 60_000  # of the answers of one request, about
MOST_STATEMENTS = 6  # of the program that are changed: the function, and what it uses


@dataclass(frozen=True)
class Part:
    """A top-level statement of the program that defines something which the function uses."""

    tree: ast.stmt
    cell: int  # from 1
    file: str

    @cached_property
    def names(self) -> list[str]:
        """What it defines."""
        return statements.bound(self.tree)


@dataclass(frozen=True)
class Candidate:
    """One change of one part. quantity: what the changed place computes instead, if that is known."""

    part: Part
    edit: Edit
    quantity: str = ""


NO_EDIT = Edit("", LIKELY, 1, ())
NOTHING = Candidate(Part(ast.Pass(), 1, ""), NO_EDIT)


class Repair:
    """Answers requests to try changes; it finds them at the first one."""

    def __init__(self, program: LoadedProgram) -> None:
        self.program = program
        self.parts: dict[str, list[Part]] = {}  # by function: what can be changed
        self.found: dict[str, list[Candidate]] = {}  # by function

    def attempt(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call the function with some of the changes made, one at a time. The change 0 is none.

        Args:
            request: as for `LoadedProgram.call`, and what `ChangedCall` has, and: "changes", the numbers of the changes
                to try; or "first", to try all from there on until "seconds" have passed.

        Returns: "trials": the changes with which the function returned something; if all are tried, something else than
            without a change. "following": the first change that was not tried, and its "rank"; only changes of the
            same rank are tried for one request. None if all were tried.
        """
        function = request["function"]
        if function not in self.parts:
            self.parts[function] = self._parts(function, request["apart"])
        parts = self.parts[function]
        # Defined anew as after every change, so that what it remembers (in a default value, say) repairs nothing.
        unchanged = Candidate(parts[0], NO_EDIT) if parts else NOTHING
        if function not in self.found and request["changes"] != [0]:
            self.found[function] = [unchanged, *self._candidates(parts, request)]
        candidates = self.found.get(function, [unchanged])
        end = time.monotonic() + request["seconds"]
        trials: list[dict[str, Any]] = []
        size = 0
        with _quiet(), _helpers(vars(self.program.module), request["right"]):
            before = self._tried(unchanged, request)
            for number in request["changes"] or range(request["first"], len(candidates)):
                candidate = candidates[number]
                another = not request["changes"] and candidate.edit.rank != candidates[request["first"]].edit.rank
                if another or size > MOST_BYTES or time.monotonic() > end:
                    rank = candidate.edit.rank
                    return {"type": "tried", "trials": trials, "following": number, "rank": rank}
                value = self._tried(candidate, request) if number else before
                if value is not None and (value != before or request["changes"]):
                    trials.append({"change": number, **_described(candidate), "value": value})
                    size += len(json.dumps(value)) + 100
        return {"type": "tried", "trials": trials, "following": None, "rank": None}

    def _candidates(self, parts: Sequence[Part], request: dict[str, Any]) -> Iterator[Candidate]:
        """All changes, the likely ones first.

        A right value in the place of an expression does what an unlikely edit of it would do.
        """
        fields, quantities = request["fields"], [*request["right"]]
        found = [Candidate(part, edit) for part in parts for edit in edits(part.tree, fields, request["functions"])]
        if quantities:
            found = [each for each in found if each.edit.rank < UNLIKELY]
            suspect, helpers = request["suspect"], {name for part in parts[1:] for name in part.names}
            values = [(part, of_values.edits(part.tree, quantities, suspect, helpers)) for part in reversed(parts)]
            found += [Candidate(part, *each) for part, changed in values for each in changed]
        yield from sorted(found, key=lambda each: each.edit.rank)

    def _parts(self, function: str, apart: list[str]) -> list[Part]:
        """The statement that defines the function, then those that define what it uses, but for what `apart` names."""
        by_name: dict[str, Part] = {}
        for cell, (file, text) in enumerate(zip(self.program.files, self.program.cells, strict=True), 1):
            with contextlib.suppress(SyntaxError):
                for statement in statements.of(ast.parse(text, file)):
                    if not isinstance(statement, ast.Import | ast.ImportFrom):
                        by_name.update(dict.fromkeys(statements.bound(statement), Part(statement, cell, file)))
        for name in apart:
            by_name.pop(name, None)
        found: list[Part] = []
        left = [function]
        while left and len(found) < MOST_STATEMENTS:
            part = by_name.pop(left.pop(0), None)
            if part and part not in found:
                found.append(part)
                left += [node.id for node in ast.walk(part.tree) if isinstance(node, ast.Name)]
        return found

    def _tried(self, candidate: Candidate, request: dict[str, Any]) -> Any:
        """What the function returns, encoded, with a change made; None if nothing."""
        space = vars(self.program.module)
        before = {name: space[name] for name in candidate.part.names if name in space}
        try:
            with time_limit(SECONDS):
                with made(candidate.edit):
                    module = ast.Module([candidate.part.tree], [])
                    code = compile(module, candidate.part.file, "exec", self.program.flags, dont_inherit=True)
                exec(code, space)
                answer = self.program.call(request)
        except BaseException:
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
def _helpers(space: dict[str, Any], right: Mapping[str, float]) -> Iterator[None]:
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
