"""Whatever a function returns, each check ends in an outcome with a sensible number of points: none ever raises."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import rubric
from autograder.authoring.audit.synthetic import SUBMISSION, SyntheticStudent
from autograder.checks import suite
from autograder.checks.context import CodeContext, GradingContext
from autograder.checks.oracle import Oracle
from autograder.mistakes.element import by_value
from autograder.mistakes.for_lab import Mistakes
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import Call
from autograder.sandbox.host.process import Response as Loading
from autograder.sandbox.host.protocol import Array, Loaded, Nothing, Number, Record, Returned, Strange, Text, Value
from autograder.submission import Answer, Answers, Submission

TELLING = [0.0, -0.0, 1.0, -1.0, 2.0, 5e-324, 1e-300, 1e15, 3.4e38, 1e154, 1e200, -1e308, float("inf"), float("nan")]
FLOATS = st.sampled_from(TELLING) | st.floats(-5, 5) | st.floats()
WIRED = FLOATS | st.sampled_from(["nan", "inf", "-inf", "no number"])
NUMBERS = st.builds(Number, WIRED, st.sampled_from(["float", "float32", "float16", "int", "bool"]))
LISTS = st.lists(WIRED, max_size=22).map(lambda values: Array(values, "float", (len(values),)))
LONG = st.builds(lambda value: Array([value] * 4096, "float", (4096,)), FLOATS)
LEAVES = NUMBERS | LISTS | st.builds(Nothing) | st.builds(Text, st.text(max_size=3)) | st.just(Strange("a method"))
KEYS = st.sampled_from(["w", "losses", "loss", "dw", "m1", ""])
ANYTHING: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(protocol.Sequence, st.lists(inner, max_size=9))
        | st.builds(Record, st.dictionaries(KEYS, inner, max_size=4))
    ),
    max_leaves=9,
)


def named(names: Sequence[str]) -> st.SearchStrategy[Value]:
    """A result of the shape asked for, with any numbers, and now and then anything else."""
    if "losses" in names:
        return st.builds(lambda *items: protocol.Sequence(list(items)), NUMBERS, LISTS | LONG)
    return st.fixed_dictionaries(dict.fromkeys(names, NUMBERS | ANYTHING)).map(Record)


@dataclass
class Dictated:
    """A student whose functions return what they are told to, one value after the other, the same for the same
    inputs."""

    values: Mapping[str, Sequence[Value]]
    given: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)

    @property
    def loading(self) -> Loading:
        return Loading(Loaded(list(self.values), [], []))

    def load(self) -> Loading:
        return self.loading

    def call(
        self,
        function: str,
        inputs: Mapping[str, float],
        settings: Mapping[str, float | int] | None = None,
        fields: Sequence[str] = (),
        *,
        again: bool = False,
    ) -> Call:
        seen = self.given.setdefault(function, [])
        arguments = (by_value(inputs), *(settings or {}).items())
        if arguments not in seen:
            seen.append(arguments)
        if function not in self.values:
            return Call(protocol.Missing())
        return Call(Returned(self.values[function][seen.index(arguments) % len(self.values[function])]))


@pytest.fixture(scope="module")
def reference(real_lab: rubric.Lab) -> tuple[Oracle, Mistakes]:
    """Right answers, computed here without a process; and the mistakes of the lab, made once."""
    mistakes = Mistakes(real_lab)
    tasks = {name: mistakes.in_function(name)[0] for name in real_lab.rubric.functions}
    right = SyntheticStudent({name: (task, task.right) for name, task in tasks.items()})
    return Oracle(real_lab, right), mistakes


@pytest.mark.parametrize("function", ["check_result", "train", "fnn_forward", "fnn_gradients", "fnn_check_result"])
@settings(max_examples=min(12, settings().max_examples // 4))
@given(data=st.data())
def test_whatever_functions_return_each_check_has_an_outcome(
    real_lab: rubric.Lab, reference: tuple[Oracle, Mistakes], function: str, data: st.DataObject
) -> None:
    right, mistakes = reference
    functions = real_lab.rubric.functions
    called = (function, "fnn_forward")  # whose nodes the gradients may follow from
    results = {
        name: data.draw(st.lists(named(functions[name].returns) | ANYTHING, min_size=1, max_size=4)) for name in called
    }
    context = CodeContext(real_lab, SUBMISSION, mistakes, Dictated(results), right)
    for check in real_lab.rubric.checks:
        if isinstance(check, rubric.CodeCheck) and check.function == function:
            outcome = suite.grade(check, context)
            assert 0 <= outcome.points <= check.points
            assert outcome.text


SIZES = st.sampled_from([0, 1, 2, 3, 3, 4, 5, 6])
SHAPED = st.lists(SIZES, max_size=3).flatmap(
    lambda shape: st.lists(WIRED, min_size=(size := math.prod(shape)), max_size=size).map(
        lambda values: Array(values, "float32", tuple(shape))
    )
)


@pytest.fixture(scope="module")
def network() -> tuple[rubric.Lab, Oracle, Mistakes]:
    """A lab with matrices, right answers, and its mistakes."""
    lab = rubric.load(ROOT / "tests/labs/network")
    mistakes = Mistakes(lab)
    tasks = {name: mistakes.in_function(name)[0] for name in lab.rubric.functions}
    return lab, Oracle(lab, SyntheticStudent({name: (task, task.right) for name, task in tasks.items()})), mistakes


@pytest.mark.parametrize("function", ["forward", "gradients", "check_result", "train"])
@settings(max_examples=min(10, settings().max_examples // 4))
@given(data=st.data())
def test_whatever_arrays_functions_return_each_check_has_an_outcome(
    network: tuple[rubric.Lab, Oracle, Mistakes], function: str, data: st.DataObject
) -> None:
    lab, right, mistakes = network
    functions = lab.rubric.functions
    one = NUMBERS | SHAPED | st.lists(SHAPED | NUMBERS, max_size=3).map(protocol.Sequence)

    def returned(name: str) -> st.SearchStrategy[Value]:
        named_so = st.fixed_dictionaries(dict.fromkeys(functions[name].returns, one | st.just(Nothing()))).map(Record)
        return named_so | ANYTHING | SHAPED

    results = {
        name: data.draw(st.lists(returned(name), min_size=1, max_size=3))
        for name in dict.fromkeys((function, "forward"))
    }
    context = CodeContext(lab, SUBMISSION, mistakes, Dictated(results), right)
    for check in lab.rubric.checks:
        if isinstance(check, rubric.CodeCheck) and check.function == function:
            outcome = suite.grade(check, context)
            assert 0 <= outcome.points <= check.points
            assert outcome.text


@settings(max_examples=25)
@given(data=st.data())
def test_whatever_is_on_paper_each_check_has_an_outcome(
    real_lab: rubric.Lab, reference: tuple[Oracle, Mistakes], data: st.DataObject
) -> None:
    _, mistakes = reference
    bounded = st.floats(-1e15, 1e15) | st.sampled_from(
        [0.0, 1.0, -8.0, 1e15, 1e-300, 5e-324]
    )  # what the reader lets in
    written = st.none() | bounded.map(lambda value: Answer(repr(value), value, None)) | st.just(Answer("", None, None))
    sections = {
        section: {
            name: answer
            for name in mistakes.on_paper(section)[0].returns
            if (answer := data.draw(written, label=name)) is not None
        }
        for section in real_lab.rubric.graphs
    }
    submission = Submission((), None, Answers("answers.yaml", sections, ()), (), ())
    context = GradingContext(real_lab, submission, mistakes)
    for check in real_lab.rubric.checks:
        outcome = suite.grade(check, context)
        assert 0 <= outcome.points <= check.points
        assert outcome.text
