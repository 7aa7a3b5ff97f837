"""The checks that every grader runs on a submission, as text: the five functions with the plain grader's inputs."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import plain_grader as plain  # noqa: E402

FUNCTIONS = ("check_result", "train", "fnn_forward", "fnn_gradients", "fnn_check_result")
HELPER = '''\
import numpy as np


def flat(value):
    """The numbers in a result, in its order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [number for item in value for number in flat(item)]
    return [float(value)]
'''


def source(function: str, call: str) -> str:
    """Statements that compare a function with the reference. call: the expression for the function."""
    lines = (
        f"np.testing.assert_allclose(flat({call}{inputs}), {expected}, rtol=1e-3, atol=1e-6)"
        for inputs, expected in compared(function)
    )
    return "\n".join(lines)


def compared(function: str) -> Iterator[tuple[tuple[float, ...], list[float]]]:
    """The inputs of a function and what the reference returns for them."""
    reference = plain.load(plain.REFERENCE, "reference")
    inputs: dict[str, list[tuple[float, ...]]] = {
        "check_result": [(4.0, 1.0, 0.5), *plain.TASK1],
        "train": [(*each, 20) for each in [(4.0, 1.0, 0.5, 0.01), *plain.TRAIN]],
    }
    for values in inputs.get(function, [(4.0, 0.5, 0.2, 1.0), *plain.TASK2]):
        with contextlib.redirect_stdout(None):
            expected = flat(getattr(reference, function)(*values))
        yield values, expected


def flat(value: Any) -> list[float]:
    """The numbers in a result, in its order."""
    if isinstance(value, dict):
        value = list(value.values())
    return [number for item in value for number in flat(item)] if isinstance(value, list | tuple) else [float(value)]
