"""What is sent for a call."""

import numpy
import pytest

from autograder.graph.operation import Value
from autograder.sandbox.host.calls import FunctionCall, ModuleCall
from autograder.sandbox.host.requests import Requests

CLASS = ModuleCall({}, (("w", (2, 3)),), (), ("y",), "", ())


@pytest.mark.parametrize(("other", "same"), [({"x": 1.5}, True), ({"x": 1.25}, False), ({"z": 1.5}, False)])
def test_the_weights_of_a_class_follow_from_the_inputs(other: dict[str, Value], same: bool) -> None:
    makes = [Requests({}, {"Net": CLASS}, strict=strict) for strict in (True, False)]  # reference and submission
    seeds = [
        make.call(FunctionCall("Net", inputs, {}), "cpu")["module"]["seed"]
        for make, inputs in zip(makes, ({"x": 1.5}, other), strict=True)
    ]
    assert (seeds[0] == seeds[1]) == same


def test_two_calls_with_equal_arrays_are_the_same() -> None:
    calls = [
        FunctionCall("f", {"X": numpy.array(rows, dtype=kind)}, {"lr": 0.1})
        for rows, kind in (([[1, 2]], "f8"), ([[1, 2]], "f8"), ([1, 2], "f8"), ([[1, 3]], "f8"))
    ]
    first, again, *others = (each.key for each in calls)
    assert first == again
    assert first not in others
    assert FunctionCall("f", {"X": 1.0}, {"lr": 0.2}).key != FunctionCall("f", {"X": 1.0}, {"lr": 0.1}).key
