"""Audit functions of a rubric: grade every mistake in them, alone and in pairs, with the checks of the rubric."""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from autograder import rubric
from autograder.authoring.audit.budget import ENDLESS, Budget
from autograder.authoring.audit.draws import Draws, digests, try_draws
from autograder.authoring.audit.progress import Progress, Stage
from autograder.authoring.audit.result import Caught, FunctionAudit, Untried
from autograder.authoring.audit.suggestion import deviation, suggested
from autograder.authoring.audit.synthetic import SUBMISSION, SyntheticStudent, as_kept
from autograder.checks import suite
from autograder.checks.context import CodeContext, RunRecord
from autograder.checks.oracle import Oracle
from autograder.graph.operation import Value
from autograder.mistakes.catalogue import FunctionModel, Mutant, Signature, changes_nothing, distinct, signature
from autograder.mistakes.diagnose import explanations
from autograder.mistakes.element import by_element
from autograder.mistakes.evidence import Sample
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import IMPOSSIBLE, Procedure
from autograder.rubric import CallArguments, CodeCheck, Lab, published
from autograder.sandbox.host.calls import ProgramUnderTest

MOST_PAIRS = 400  # of one function, drawn at random where there are more
DIAGNOSED = 100  # one in so many draws is diagnosed: a diagnosis takes about as long as this many draws


def functions(the_lab: Lab) -> list[str]:
    """The functions that the checks call, in the order of the rubric."""
    return [name for name in the_lab.rubric.functions if checks_of(the_lab, name)]


def audit(
    the_lab: Lab,
    reference: ProgramUnderTest,
    function: str,
    most_pairs: int = MOST_PAIRS,
    draws: int = 1,
    budget: Budget = ENDLESS,
    progress: Progress | None = None,
) -> FunctionAudit:
    """Grade every mistake in one function; see `audit_all`."""
    (found,) = audit_all(the_lab, reference, [function], most_pairs, draws, budget, progress)
    return found


def audit_all(
    the_lab: Lab,
    reference: ProgramUnderTest,
    names: Sequence[str],
    most_pairs: int = MOST_PAIRS,
    draws: int = 1,
    budget: Budget = ENDLESS,
    progress: Progress | None = None,
) -> tuple[FunctionAudit, ...]:
    """Grade every mistake in some functions, stage by stage: what matters most comes first, for all of them.

    Args:
        the_lab: The lab.
        reference: The instructor's solution.
        names: The functions.
        most_pairs: The most pairs of mistakes to grade for each function; of more, some are chosen at random.
        draws: How many times to draw the hidden inputs.
        budget: How long to try. What there is no time for is counted in the results.
        progress: Is told how far it is.
    """
    truth, mistakes, told = Oracle(the_lab, reference), Mistakes(the_lab), progress or Progress()
    auditors = [_Auditor(the_lab, truth, name, mistakes, draws, most_pairs, told) for name in names]
    for stage in STAGES:
        for each in auditors:
            told.expect(stage.name, stage.number(each))
        for each, own in budget.part(stage.share).divided(auditors, stage.size):
            stage.run(each, own)
    return tuple(each.result() for each in auditors)


def checks_of(the_lab: Lab, function: str) -> list[CodeCheck]:
    """The checks that call a function."""
    return [each for each in the_lab.rubric.checks if isinstance(each, CodeCheck) and each.function == function]


def fixed(the_lab: Lab) -> list[str]:
    """The sets of hidden inputs that are the same for every submission, as "name of graph"."""
    code = [check for check in the_lab.rubric.checks if isinstance(check, CodeCheck)]
    return list(
        dict.fromkeys(
            f"{name} of {the_lab.rubric.functions[check.function].graph}"
            for check in code
            for name in check.inputs
            if name != "published" and not is_drawn(the_lab, check, name)
        )
    )


def is_drawn(the_lab: Lab, check: CodeCheck, inputs: str) -> bool:
    """Whether the set `inputs`, which a check uses, is drawn for each submission."""
    return inputs in the_lab.rubric.graphs[the_lab.rubric.functions[check.function].graph].drawn


class _Auditor:
    """Audits one function, in stages."""

    def __init__(
        self,
        lab: Lab,
        truth: Oracle,
        function: str,
        mistakes: Mistakes,
        draws: int,
        most_pairs: int,
        progress: Progress,
    ) -> None:
        self.lab, self.truth, self.function, self.mistakes = lab, truth, function, mistakes
        self.model, self.catalogue = mistakes.in_function(function)
        self.checks = checks_of(lab, function)
        self.hidden = [check for check in self.checks if not published(check)]
        drawn = any(is_drawn(lab, check, name) for check in self.hidden for name in check.inputs)
        self.asked = draws if drawn and self.catalogue else 0
        self.diagnosed = digests(max(1, draws // DIAGNOSED))
        self.most_pairs, self.progress = most_pairs, progress
        # What is the same for every mistake, kept:
        self.inputs: dict[tuple[str, str], Mapping[str, Value]] = {}  # as in `RunRecord`
        self.given: dict[tuple[str, str, str], CallArguments] = {}  # by check, set of inputs, and digest
        self.right: dict[tuple[str, str], Sample | None] = {}  # of a check with a set of inputs
        self.signatures: dict[str, Signature] = {}  # by the id of a mistake; of the right function, by ""
        self.others = self._others()
        # What the stages find:
        self.compared = 0  # of the catalogue
        self.mutants: list[Mutant] = []  # each once
        self.singles: list[Caught] = []
        self.suggestion: Mapping[str, Value] | None = None
        self.draws = Draws(0, ())
        self.tried_pairs = 0
        self.pairs: list[Caught] = []

    def compare(self, budget: Budget) -> None:
        """Find the mistakes that give different numbers."""
        self.mutants = distinct(self.model, self._counted(budget))

    def _counted(self, budget: Budget) -> Iterator[Mutant]:
        for mutant in budget.of_these(self.catalogue):
            self.compared += 1
            self.progress.advance("mistakes compared")
            yield mutant

    def grade(self, budget: Budget) -> None:
        """Grade each mistake."""
        for mutant in budget.of_these(self.mutants):
            lost, slack = self._lost(mutant.procedure), self._slack(mutant.procedure)
            self.singles.append(Caught((mutant.mistake,), lost, self._on_hidden(lost), slack=slack, diagnosed=False))
            self.progress.advance("mistakes graded")

    def draw(self, budget: Budget) -> None:
        """Try the mistakes with many draws of the hidden inputs."""
        graded = self.mutants[: len(self.singles)]
        if self.asked and graded:
            advance = partial(self.progress.advance, "draws of hidden inputs")
            self.draws = try_draws(self.lab, self.hidden, self.model, graded, self.asked, budget, advance)

    def diagnose(self, budget: Budget) -> None:
        """Look what the diagnosis says about each mistake, and for inputs with which it would say more."""
        for place, mutant in enumerate(budget.part(DIAGNOSING).of_these(self.mutants[: len(self.singles)])):
            self.singles[place] = self._named(mutant, self.singles[place])
            self.progress.advance("mistakes diagnosed")
        self.suggestion = suggested(self.model, self.mutants, self.singles, self.function, budget)

    def _named(self, mutant: Mutant, caught: Caught) -> Caught:
        samples = [self._samples(mutant.procedure, digest) for digest in self.diagnosed]
        found = [explanations(self.model, self.catalogue, each) for each in samples]
        named = sum(each[:1] == [(mutant.mistake,)] for each in found) / len(found)
        others = (mistake.id for each in found for pair in each for mistake in pair if mistake is not mutant.mistake)
        return replace(caught, named=named, like=tuple(dict.fromkeys(others)), diagnosed=True)

    @property
    def usual(self) -> list[Mutant]:
        """The mistakes that are common enough to be made together with another one."""
        return [mutant for mutant in self.mutants if mutant.usual]

    @property
    def of_pairs(self) -> int:
        """How many pairs there are of these."""
        return math.comb(len(self.usual), 2)

    def pair(self, budget: Budget) -> None:
        """Grade two mistakes at once."""
        usual, pairs = self.usual, range(self.of_pairs)
        chosen = pairs if len(pairs) <= self.most_pairs else random.Random(self.function).sample(pairs, self.most_pairs)
        for place in budget.of_these(chosen):
            one, other = _of_pair(place, len(usual))
            if found := self._both(usual[one], usual[other]):
                self.pairs.append(found)
            self.tried_pairs += 1
            self.progress.advance("pairs of mistakes")

    def _both(self, one: Mutant, other: Mutant) -> Caught | None:
        """Grade two mistakes at once. None if the second cancels the first, or both together change nothing."""
        both = other.mistake.apply(one.procedure)
        alone = [self._signature(each.procedure, each.mistake.id) for each in (one, other)]
        together = signature(self.model, both)
        if together in alone or changes_nothing(together, self._signature(self.model.right, "")):
            return None
        lost = self._lost(both)
        return Caught((one.mistake, other.mistake), lost, self._on_hidden(lost))

    def _signature(self, procedure: Procedure, id: str) -> Signature:
        if id not in self.signatures:
            self.signatures[id] = signature(self.model, procedure)
        return self.signatures[id]

    def result(self) -> FunctionAudit:
        """What all stages found."""
        untried = Untried(
            len(self.catalogue) - self.compared + len(self.mutants) - len(self.singles),
            self.asked - self.draws.made,
            sum(not each.diagnosed for each in self.singles),
            min(self.of_pairs, self.most_pairs) - self.tried_pairs,
        )
        points = math.fsum(check.points for check in self.checks)
        singles, pairs = tuple(self.singles), tuple(self.pairs)
        return FunctionAudit(
            *(self.function, points, singles, pairs, self.of_pairs, self.suggestion),
            *(self.draws.made, self.draws.escapes, untried),
            max((self.lab.rubric.tolerances[check.tolerance].rtol for check in self.hidden), default=0.0),
        )

    def _lost(self, procedure: Procedure) -> dict[str, float]:
        """The points that each check takes off, graded like a submission but without a diagnosis."""
        student = SyntheticStudent({self.function: (self.model, procedure), **self.others})
        record = RunRecord(inputs=self.inputs)
        context = CodeContext(self.lab, SUBMISSION, self.mistakes, student, self.truth, record=record, diagnose=False)
        return {check.number: check.points - suite.grade(check, context).points for check in self.checks}

    def _others(self) -> dict[str, tuple[FunctionModel, Procedure]]:
        """The other functions of the graph, without mistakes."""
        found = {}
        for name, function in self.lab.rubric.functions.items():
            if name != self.function and function.graph == self.lab.rubric.functions[self.function].graph:
                graph = self.lab.graphs[function.graph]
                model = FunctionModel(graph, function.returns, self.model.published, function.settings)
                found[name] = (model, model.right)
        return found

    def _on_hidden(self, lost: dict[str, float]) -> float:
        return math.fsum(lost[check.number] for check in self.hidden)

    def _samples(self, procedure: Procedure, digest: str) -> list[Sample]:
        found = (self._sample(check, name, procedure, digest) for check in self.checks for name in check.inputs)
        return [sample for sample in found if sample]

    def _sample(
        self, check: CodeCheck, inputs: str, procedure: Procedure, digest: str = SUBMISSION.digest
    ) -> Sample | None:
        """What a procedure returns for a set of inputs; None if it cannot be computed."""
        key = (check.number, inputs, digest)
        if key not in self.given:
            self.given[key] = self.lab.arguments(check, inputs, digest)
        model, given = self.model, self.given[key]
        try:
            if model.trains:
                rate, epochs = float(given.settings["lr"]), int(given.settings["n_epochs"])
                weights, losses = procedure.train(model.weights, given.inputs, rate, epochs)
                return Sample(given.inputs, given.settings, by_element(weights), as_kept(losses).numbers())
            return Sample(given.inputs, given.settings, by_element(procedure.results(model.returns, given.inputs)))
        except IMPOSSIBLE:
            return None

    def _slack(self, procedure: Procedure) -> float:
        """The largest relative deviation of a number on hidden inputs: with this tolerance, all of them would pass."""
        sets = [(check, name) for check in self.hidden for name in check.inputs]
        return max((self._deviation(check, name, procedure) for check, name in sets), default=0.0)

    def _deviation(self, check: CodeCheck, inputs: str, procedure: Procedure) -> float:
        key = (check.number, inputs)
        if key not in self.right:
            self.right[key] = self._sample(check, inputs, self.model.right)
        wrong, right = self._sample(check, inputs, procedure), self.right[key]
        if wrong is None or right is None:
            return math.inf
        kept, losses = wrong.losses or (), right.losses or ()
        if wrong.values.keys() != right.values.keys() or len(kept) != len(losses):
            return math.inf  # another shape, or another number of losses
        pairs = zip((*wrong.values.values(), *kept), (*right.values.values(), *losses), strict=True)
        compared = len(right.values) + (check.compared if isinstance(check, rubric.TrainingCheck) else 0)
        return max((deviation(*pair) for pair in islice(pairs, compared)), default=0.0)


@dataclass(frozen=True)
class _Stage:
    """A part of the work on all functions."""

    name: Stage
    share: float  # of the time that is left for it and what follows
    number: Callable[[_Auditor], int]  # how many things there are to do in one function
    run: Callable[[_Auditor, Budget], None]

    with_all: bool = False  # whether each thing is tried with all mistakes of the function

    def size(self, auditor: _Auditor) -> float:
        """How much work there is in one function."""
        return 1.0 + self.number(auditor) * (len(auditor.catalogue) if self.with_all else 1)


DIAGNOSING = 0.9  # of the time for it; the rest is for inputs that distinguish more
STAGES = (
    _Stage("mistakes compared", 0.2, lambda each: len(each.catalogue), _Auditor.compare),
    _Stage("mistakes graded", 0.5, lambda each: len(each.mutants), _Auditor.grade),
    _Stage("draws of hidden inputs", 0.6, lambda each: each.asked, _Auditor.draw, True),
    _Stage("mistakes diagnosed", 0.7, lambda each: len(each.singles), _Auditor.diagnose, True),
    _Stage("pairs of mistakes", 1.0, lambda each: min(each.of_pairs, each.most_pairs), _Auditor.pair),
)


def _of_pair(place: int, many: int) -> tuple[int, int]:
    """The pair at a place in `itertools.combinations(range(many), 2)`."""
    for first in range(many):
        rest = many - 1 - first
        if place < rest:
            return first, first + 1 + place
        place -= rest
    raise IndexError(place)
