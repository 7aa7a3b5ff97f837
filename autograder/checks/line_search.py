"""The search for the line of a mistake in one function; `locate` says in which functions it is looked for."""

import contextlib
import math
import random
import textwrap
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from autograder.checks import training, values
from autograder.checks.context import CodeContext
from autograder.checks.one_mistake import OneMistake
from autograder.checks.score import ComparedCall
from autograder.errors import GraderFault
from autograder.graph import OPERATIONS, depends_on, derivative_name
from autograder.mistakes.diagnose import is_only_pair
from autograder.mistakes.procedure import Mistake
from autograder.outcome import Line
from autograder.rubric import CallArguments, CodeCheck, TrainingCheck, published
from autograder.sandbox.host.calls import Call, ChangedCall
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import EditKind, Returned, Trial, Tried
from autograder.text import clean

PUBLISHED = "published"
DRAWS = ("a", "b")  # of each input set, so that no change is right by chance
VARIED = 0.7, 1.3  # factors of published inputs, where none are drawn
MOST_KEPT = 100  # changes that are right for the first inputs, and tried with the others
SEARCHING = 0.7  # share of the time; the rest is for trying what was found with other inputs
PORTION = 0.25  # seconds for one request, so that what it finds can be tried with other inputs in time
RIGHT_VALUE = 1  # rank of right values in the place of expressions
FEW_EPOCHS = 2  # enough to tell a wrong loop from a right one, mostly
MOST_LINES = 3  # that are named, if a change in any one of them makes everything right
AROUND = 2  # lines shown before and after
LONGEST = 200  # characters of a line
# By kind of change, the clearest first: where to look, and nothing that says what to write.
LOOK: Mapping[EditKind, str] = {
    "unneeded": "is it needed?",
    "copy": "does it keep a number, or an object that changes later?",
    "call": "is something not called that should be?",
    "argument": "look at the arguments that it passes",
    "range": "how many times does the loop run?",
    "sign": "look at its signs",
    "function": "which functions does it apply, and which should it?",
    "operator": "look at its operators",
    "grouping": "what does it compute first? Look at its parentheses",
    "number": "look at its numbers",
    "gradient": "does it need a tensor there, or the tensor's gradient?",
    "condition": "look at its condition",
    "update": "look at how it assigns: =, += or -=",
    "part": "is a factor or a term missing, or is one too many?",
    "name": "look at the variables that it uses",
    "missing": "what has to be done after it?",
    "order": "look at the order",
    "indent": "does it belong inside the loop or outside?",
    "value": "what should it compute?",
}
KINDS = [*LOOK]


@dataclass(frozen=True)
class Effort:
    """How much may be spent on one submission. seconds: of wall time. changes: tried for one function.

    Where it is the number of changes that ends the search, the same line is found on every machine.
    """

    seconds: float
    changes: int = 3000
    only_unexplained: bool = False  # whether to look only where no known mistake explains the results


@dataclass(frozen=True)
class _Case:
    """One call of the function: a check that makes it, and its arguments; and what it returned as submitted."""

    check: CodeCheck
    arguments: CallArguments
    drawn: bool = False  # whether the inputs are drawn for this search
    right: bool = False
    notes: tuple[str, ...] = ()
    suspect: str = ""  # the first wrong quantity


def places_in(ids: Iterable[str]) -> frozenset[str]:
    """The quantities that mistakes are in, by their ids; see `Mistake`."""
    return frozenset(id.rpartition("@")[2] for id in ids if "@" in id)


@dataclass(frozen=True)
class Search:
    """The search for one function."""

    function: str
    context: CodeContext
    program: SandboxedProgram
    effort: Effort
    checks: tuple[CodeCheck, ...]  # that call it
    right: frozenset[str]  # functions that are right, and must stay so
    wrong: frozenset[str]  # other functions that are wrong
    until: float  # when to stop, as time.monotonic() counts
    places: frozenset[str]  # the quantities that known mistakes are in
    suspect: str = ""  # the first wrong quantity

    def lines(self, pair: Sequence[Mistake]) -> tuple[Line, ...]:
        """The line where one change makes everything right, or that of each of two mistakes, as far as they are found.

        Args:
            pair: two mistakes, if they explain the results together; otherwise none.
        """
        if line := (self._with_share(3) if pair else self)._line():
            return (line,)
        if not pair or not is_only_pair(*self.context.mistakes.in_function(self.function), pair):
            return ()
        first, second = pair
        both = [self._with_share(2)._fixing(first, second, "first"), self._fixing(second, first, "second")]
        return tuple(filter(None, both))

    def _with_share(self, searches: int) -> "Search":
        """This search in a share of the time, so that there is as much for each of so many searches."""
        now = time.monotonic()
        return replace(self, until=now + (self.until - now) / searches)

    def _fixing(self, mistake: Mistake, other: Mistake, which: Literal["first", "second"]) -> Line | None:
        """The line of a mistake: a change there leaves only the other one."""
        oracle = self.context.oracle
        model, _ = self.context.mistakes.in_function(self.function)
        alone = OneMistake(oracle.lab, oracle.reference, procedure=other.apply(model.right))
        context = replace(self.context, oracle=alone)
        line = replace(self, context=context, places=places_in([mistake.id]))._line()
        return replace(line, fixes=which) if line else None

    def _line(self) -> Line | None:
        """The line; None if no change makes everything right, or if changes of too many lines do, or if there is no
        answer to what is right."""
        with contextlib.suppress(GraderFault):
            return self._found()
        return None

    def _found(self) -> Line | None:
        cases = [self._as_submitted(case) for case in self._cases()]
        wrong = sorted((case for case in cases if not case.right), key=lambda case: not case.drawn)
        others = [case for case in cases if wrong and case is not wrong[0]]
        if not others:  # nothing is wrong, or a change could be right by chance
            return None
        search = replace(self, suspect=wrong[0].suspect)
        found = (search._told(trials, others) for trials in search._first_right(wrong[0]))
        return next(filter(None, found), None)

    def _cases(self) -> list[_Case]:
        """Calls of the function with published inputs, and with others that are drawn as the hidden ones are, or
        lie around the published ones; the quick ones first."""
        lab = self.context.lab
        graph = lab.rubric.functions[self.function].graph
        found: list[_Case] = []
        for check in self.checks:
            drawn = [name for name in check.inputs if name in lab.rubric.graphs[graph].drawn]
            seeds = [(name, f"line {draw}/{self.context.digest}") for draw in DRAWS for name in drawn]
            found += [_Case(check, lab.arguments(check, *each), drawn=True) for each in seeds]
            if published(check):
                found.append(_Case(check, lab.arguments(check, PUBLISHED, self.context.digest)))
        if not any(case.drawn for case in found):
            varied = [_varied(case, f"{draw}/{self.context.digest}") for case in found for draw in DRAWS]
            found += [case for case in varied if self._is_possible(case)]
        shortened = [_shortened(case) for case in found if isinstance(case.check, TrainingCheck)]
        return [each for each in [*shortened[:2], *found] if self._is_known(each)]

    def _is_known(self, case: _Case) -> bool:
        return self.context.oracle.knows(self.function, case.arguments)

    def _is_possible(self, case: _Case) -> bool:
        """Whether the graph has a value for these inputs."""
        graph = self.context.lab.graphs[self.context.lab.rubric.functions[self.function].graph]
        try:
            return all(map(math.isfinite, graph.values(case.arguments.inputs).values()))
        except (ArithmeticError, ValueError):
            return False

    def _first_right(self, case: _Case) -> Iterator[list[Trial]]:
        """The changes with which the function returns what is right for the first inputs, the likely ones first.

        Right values are tried with the likely ones: only both together show every line that may be meant. Of less
        likely ones, only all that are as likely show it, unless a right value is among them: those come first.
        """
        found: list[Trial] = []
        following: int | None = 0
        enough = time.monotonic() + SEARCHING * (self.until - time.monotonic())
        while following is not None and following < self.effort.changes and time.monotonic() < enough:
            tried = self._tried(case, first=following)
            if tried is None or (tried.following is not None and tried.following <= following):  # it would never end
                break
            following = tried.following
            found += [each for each in tried.trials if self._is_right(case, each)]
            if found and (tried.rank is None or tried.rank > max(found[0].rank, RIGHT_VALUE)):
                yield found
                found = []
        if found and (found[0].rank <= RIGHT_VALUE or found[0].kind == "value"):
            yield found

    def _right_too(self, case: _Case, trials: Sequence[Trial]) -> list[Trial]:
        """Those of the changes with which the function returns what is right.

        A right value in the place of an expression is known only for inputs that are drawn.
        """
        to_try = {each.change: each for each in trials[:MOST_KEPT] if case.drawn or each.kind != "value"}
        tried = self._tried(case, changes=[*to_try]) if to_try else None
        right = {each.change for each in tried.trials if self._is_right(case, each)} if tried else set()
        return [each for each in trials[:MOST_KEPT] if each.change in right or each.change not in to_try]

    def _tried(self, case: _Case, *, changes: Sequence[int] = (), first: int = 0) -> Tried | None:
        left = self.until - time.monotonic()
        if left <= 0:
            return None
        function = self.context.lab.rubric.functions[self.function]
        graph = self.context.lab.graphs[function.graph]
        quantities = self._quantities()
        call = ChangedCall(
            self.function,
            case.arguments.inputs,
            case.arguments.settings,
            function.returns,
            tuple({node.operation for node in graph.nodes} if graph.is_known else OPERATIONS),
            quantities,
            self.context.oracle.quantities(self.function, quantities, case.arguments)
            if case.drawn and quantities
            else {},
            (self.suspect, *depends_on(graph, self.suspect)),
            tuple(self.right),
            tuple(self.wrong),
        )
        if changes:  # all of them, or lines that may be meant as well would be lost
            return self.program.try_changes(call, left, changes=changes)
        return self.program.try_changes(call, min(left, PORTION), among=(first, self.effort.changes))

    def _quantities(self) -> Sequence[str]:
        """What has a right value that may take the place of an expression: all of the graph, if computed by hand.

        A number in the place of a tensor would leave autograd nothing to differentiate.
        """
        function = self.context.lab.rubric.functions[self.function]
        graph = self.context.lab.graphs[function.graph]
        if function.trained or function.by == "autograd" or not graph.is_known:
            return ()
        local = [derivative_name(node.name, name) for node in graph.nodes for name in node.names]
        total = [derivative_name(graph.output, node.name) for node in graph.nodes if node.name != graph.output]
        return [
            *dict.fromkeys([*graph.inputs, *(node.name for node in graph.nodes), *local, *total, *function.returns])
        ]

    def _as_submitted(self, case: _Case) -> _Case:
        tried = self._tried(case, changes=[0])
        found = self._compared(case, tried.trials[0]) if tried and tried.trials else None
        if found is None:
            return case
        suspect = next((name for name, each in found.comparisons.items() if not each.right), "")
        return replace(case, right=_no_mistake(found), notes=found.notes, suspect=suspect)

    def _is_right(self, case: _Case, trial: Trial) -> bool:
        """Whether a change makes everything right, and the losses not odd where they were not, as if one too many."""
        found = self._compared(case, trial)
        odd = isinstance(case.check, TrainingCheck) and not set(found.notes) <= set(case.notes)
        return _no_mistake(found) and not odd

    def _compared(self, case: _Case, trial: Trial) -> ComparedCall:
        call = Call(Returned(trial.value))
        if isinstance(case.check, TrainingCheck):
            return training.compared(case.check, self.context, case.arguments, call)
        return values.compared(case.check, self.context, case.arguments, call)

    def _told(self, trials: Sequence[Trial], others: Sequence[_Case]) -> Line | None:
        """The line that the likeliest changes are in that are right for the other inputs too.

        The trusted copy of the program says what stands there.
        """
        for case in others:
            trials = self._right_too(case, trials) if trials else []
        trials = self._of_the_cause(trials)
        program = self.context.submission.program
        if not trials or not program:
            return None
        clearest = sorted((each for each in trials if each.kind in LOOK), key=self._clearness)
        places = [*dict.fromkeys((each.cell, each.line) for each in clearest)]
        if not 1 <= len(places) <= MOST_LINES or len({cell for cell, _ in places}) > 1:
            return None
        (cell, number), *more = places
        lines = program.cells[cell - 1].split("\n") if 1 <= cell <= len(program.cells) else []
        if not 1 <= number <= len(lines):
            return None
        first = max(number - 1 - AROUND, 0)
        around = [clean(line, LONGEST) for line in lines[first : number + AROUND]]
        asked = self.context.lab.rubric.functions[self.function].returns
        here = [each.quantity for each in clearest if each.kind == "value" and (each.cell, each.line) == (cell, number)]
        quantity = next((each for each in here if each in asked), clearest[0].quantity)  # a name that the student knows
        known = clearest[0].kind == "value" and quantity in self._quantities()
        return Line(
            program.titles[cell - 1] if len(program.cells) > 1 else "",
            number,
            tuple(textwrap.dedent("\n".join(around)).split("\n")),
            first + 1,
            f"is {quantity} right there?" if known else LOOK[clearest[0].kind],
            tuple(sorted(line for _, line in more)),
        )

    def _of_the_cause(self, trials: Sequence[Trial]) -> Sequence[Trial]:
        """The changes without right values of what only shows the mistake.

        That is a quantity that is computed from another one whose right value, in another line, repairs everything too;
        and the first wrong one if a known mistake explains the results and is in another.
        """
        given = [each for each in trials if each.kind == "value"]
        elsewhere = bool(self.places) and self.suspect not in self.places
        shown = {each.change for each in given if elsewhere and each.quantity == self.suspect}
        for each in given:
            origins = self._origins(each.quantity)
            if any(other.quantity in origins and (other.cell, other.line) != (each.cell, each.line) for other in given):
                shown.add(each.change)
        return [each for each in trials if each.change not in shown]

    def _origins(self, quantity: str) -> Collection[str]:
        """What a quantity is computed from."""
        return depends_on(self.context.lab.graphs[self.context.lab.rubric.functions[self.function].graph], quantity)

    def _clearness(self, trial: Trial) -> tuple[int, int]:
        """For sorting: the clearest change first; of right values, the one that is the least part of the mistake."""
        return KINDS.index(trial.kind), -len(self._origins(trial.quantity)) if trial.kind == "value" else 0


def _no_mistake(found: ComparedCall) -> bool:
    return not found.unanswered and all(each.right for each in found.comparisons.values())


def _shortened(case: _Case) -> _Case:
    """The same training, with only a few epochs."""
    epochs = min(int(case.arguments.settings["n_epochs"]), FEW_EPOCHS)
    return replace(case, arguments=replace(case.arguments, settings={**case.arguments.settings, "n_epochs": epochs}))


def _varied(case: _Case, seed: str) -> _Case:
    """The same call with inputs that differ by up to a third."""
    generator = random.Random(seed)
    inputs = {name: value * generator.uniform(*VARIED) for name, value in case.arguments.inputs.items()}
    return replace(case, arguments=replace(case.arguments, inputs=inputs))
