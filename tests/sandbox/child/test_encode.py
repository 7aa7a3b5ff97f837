"""What a function returned leaves the sandbox as plain values, up to limits; anything else is described in a word."""

import collections
import dataclasses
import fractions
import math
import types
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.child.encode import encode, holds_nothing

Pair = collections.namedtuple("Pair", "loss grad")
TOO_MANY = {"type": "strange", "what": "more than 4096 values"}


@dataclasses.dataclass
class Data:
    loss: float
    grad: object = None


def number(value: object, dtype: str, shape: tuple[int, ...] = ()) -> dict[str, Any]:
    return {"type": "number", "value": value, "dtype": dtype, "shape": shape}


def strange(what: str) -> dict[str, Any]:
    return {"type": "strange", "what": what}


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (None, {"type": "nothing"}),
        (2, number(2.0, "int")),
        (True, number(1.0, "bool")),
        (0.5, number(0.5, "float")),
        (math.inf, number("inf", "float")),
        (-math.inf, number("-inf", "float")),
        (math.nan, number("nan", "float")),
        (10**400, number("inf", "int")),
        (-(10**400), number("-inf", "int")),
        (fractions.Fraction(1, 4), number(0.25, "Fraction")),
        (1j, strange("an object of type complex")),
        ("x" * 501, {"type": "text", "value": "x" * 500}),
        (b"x", strange("an object of type bytes")),
        ({1, 2}, strange("a set, which has no order")),
        (frozenset(), strange("a set, which has no order")),
        (len, strange("a function or method that was not called (are its parentheses missing?)")),
        (Data, strange("a function or method that was not called (are its parentheses missing?)")),
        (object(), strange("an object of type object")),
        (type("X" * 90, (), {})(), strange(f"an object of type {'X' * 80}")),
        (np.float32(0.5), number(0.5, "float32")),
        (np.array([[2]]), number(2.0, "int64", (1, 1))),
        (np.array([]), {"type": "array", "values": [], "dtype": "float64", "shape": (0,)}),
        (np.array([1.0, np.nan]), {"type": "array", "values": [1.0, "nan"], "dtype": "float64", "shape": (2,)}),
        (np.array([[True], [False]]), {"type": "array", "values": [1.0, 0.0], "dtype": "bool", "shape": (2, 1)}),
        (np.array(["a"]), strange("a <U1 array of shape (1,)")),
        (np.array([1j]), strange("a complex128 array of shape (1,)")),
        (np.zeros(4097), strange("a float64 array of shape (4097,)")),
        (np.array([2, None], dtype=object), {"type": "sequence", "items": [number(2.0, "int"), {"type": "nothing"}]}),
        ([1.0], {"type": "sequence", "items": [number(1.0, "float")]}),
        (iter((1,)), {"type": "sequence", "items": [number(1.0, "int")]}),
        ({"loss": 1}, {"type": "record", "fields": {"loss": number(1.0, "int")}}),
        ({"k" * 81: None, 3: None}, {"type": "record", "fields": {k: {"type": "nothing"} for k in ("k" * 80, "3")}}),
        (Pair(1, None), {"type": "record", "fields": {"loss": number(1.0, "int"), "grad": {"type": "nothing"}}}),
        (Data(1.5), {"type": "record", "fields": {"loss": number(1.5, "float"), "grad": {"type": "nothing"}}}),
    ],
)  # fmt: skip
def test_a_value_crosses_like_this(value: object, encoded: dict[str, Any]) -> None:
    assert encode(value) == encoded


def test_ten_floats_are_an_array_and_nine_are_not() -> None:
    assert encode([0.5] * 9)["type"] == "sequence"
    assert encode([0.5] * 10) == {"type": "array", "values": [0.5] * 10, "dtype": "float", "shape": (10,)}
    assert encode([0.5] * 9 + [1])["type"] == "sequence"
    assert encode([math.inf] * 10)["values"] == ["inf"] * 10


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ([0.5] * 4096, True),
        ([0.5] * 4097, False),
        ([1] * 4095, True),  # the list is a value too
        ([1] * 4096, False),
        ({number: 1 for number in range(4095)}, True),
        ({number: 1 for number in range(4096)}, False),
        ([[1] * 2000, [1] * 2092], True),
        ([[1] * 2000, [1] * 2094], False),
        (np.zeros(4096), True),
    ],
)
def test_4096_values_are_sent(value: object, fits: bool) -> None:
    assert (encode(value) == TOO_MANY) == (not fits)


def test_six_lists_within_a_list_are_sent() -> None:
    value: object = 1
    for _ in range(6):
        value = [value]
    assert "nested" not in str(encode(value))
    assert "lists within lists, too deeply nested" in str(encode([value]))
    for wrapped in ({"a": value}, Pair(value, 1), Data(1.0, value)):
        assert "too deeply nested" in str(encode(wrapped))


def test_an_object_is_read_by_the_names_asked_for() -> None:
    thing = types.SimpleNamespace(loss=1, grad=None, more=3)
    fields = {"loss": number(1.0, "int"), "grad": {"type": "nothing"}}
    assert encode(thing, ("loss", "grad")) == {"type": "record", "fields": fields}
    assert encode(thing, ("loss", "weight")) == strange("an object of type SimpleNamespace")
    assert encode([thing], ("loss",)) == {"type": "sequence", "items": [strange("an object of type SimpleNamespace")]}


@pytest.mark.parametrize(
    ("value", "nothing"),
    [(None, True), (1, False), ([1, None], True), ([1, [2, [None]]], True), ({"a": [None]}, True), ([], False)],
)
def test_a_none_anywhere_is_seen(value: object, nothing: bool) -> None:
    assert holds_nothing(encode(value)) == nothing


def test_rows_of_numbers_are_an_array_where_arrays_are_asked_for() -> None:
    rows = [[1.0, 2, 3.5, 4], (5.0, 6.0, 7.0, 8.0), [9.0, 0.0, -1.0, 2.0]]
    found = encode(rows, arrays=True)
    assert (found["type"], found["shape"], found["values"][:4]) == ("array", (3, 4), [1.0, 2.0, 3.5, 4.0])
    assert encode([row * 300 for row in [[1.0], [2.0]]] * 6, arrays=True)["shape"] == (12, 300)
    assert encode([[1.0, 2.0], [3.0, 4.0]], arrays=True)["type"] == "sequence"  # few cross as they are
    assert encode([[1.0] * 9, [2.0] * 8], arrays=True)["type"] == "sequence"  # as do rows of different lengths
    assert encode(rows)["type"] == "sequence"


def test_a_list_in_itself_is_described_at_once() -> None:
    inside: list[object] = []
    inside.append(inside)
    described = repr(encode(inside, arrays=True))
    assert "too deeply nested" in described
