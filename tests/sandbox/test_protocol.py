"""The door through which everything of a student's comes: nothing but replies of the declared types, and clean text."""

import contextlib
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.protocol import Array, Number, ProtocolError, Raised, Record, Returned, clean, decode, encode


def body(reply: object, number: int = 1) -> bytes:
    return json.dumps({"id": number, "reply": reply}).encode()


def test_numbers_that_json_does_not_have_come_back() -> None:
    reply = decode(body({"type": "returned", "value": {"type": "number", "value": "-inf", "dtype": "float32"}}), 1)
    assert isinstance(reply, Returned)
    assert isinstance(reply.value, Number)
    assert reply.value.number() == float("-inf")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x04N.",  # a pickle
        b"[" * 200_000,
        b'{"id": 1, "reply": {"type": "returned", "value": ' + b'{"type": "sequence", "items": [' * 50_000,
        b'{"id": 1, "reply": {"type": "returned"}}',
        b'{"id": 1, "reply": {"type": "unheard of"}}',
        b'{"id": 2, "reply": {"type": "missing"}}',
        b'{"id": 1, "reply": {"type": "returned", "value": {"type": "number", "value": [1], "dtype": ""}}}',
        b'{"id": 1, "reply": {"type": "missing"}} trailing',
        b"\xff\xfe",
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(data, 1)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["id", "reply", "type", "value", "items", "fields"]) | st.text(), inner)
    ),
)


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(data, 1)


@given(st.text())
def test_a_text_that_comes_through_is_fit_to_be_shown(text: str) -> None:
    reply = decode(body({"type": "raised", "failure": {"type": "E", "message": text}}), 1)
    assert isinstance(reply, Raised)
    assert reply.failure.message == clean(reply.failure.message)
    reply.failure.message.encode("utf-8")
    assert not any(ord(character) < 32 and character not in "\n\t" for character in reply.failure.message)


def test_terminal_codes_and_reordering_marks_are_taken_out() -> None:
    assert clean("\x1b[31mred\u202egnp.exe\x00") == "\ufffd[31mred\ufffdgnp.exe\ufffd"


def test_a_long_text_is_cut() -> None:
    assert clean("a" * 1000, 10) == "aaaaaaaaa…"
    assert clean("a" * 10, 10) == "a" * 10
    assert clean("é" * 10, 10) == "é" * 10
    assert clean("é" * 11, 10) == "é" * 9 + "…"
    assert clean("a\r\nb\tc") == "a\nb\tc"
    assert clean("x" * 500) == "x" * 500


def test_marks_are_stacked_three_high_at_most() -> None:
    assert clean("a" + "\u0301" * 9) == "a" + "\u0301" * 3


@pytest.mark.parametrize("length", [80, 81])
def test_names_are_cut_at_80_and_texts_at_500(length: int) -> None:
    nothing = {"type": "nothing"}
    reply = decode(body({"type": "returned", "value": {"type": "record", "fields": {"é" * length: nothing}}}), 1)
    assert isinstance(reply, Returned)
    assert isinstance(reply.value, Record)
    (name,) = reply.value.fields
    assert name == ("é" * 80 if length == 80 else "é" * 79 + "…")
    long = decode(body({"type": "raised", "failure": {"type": "E", "message": "x" * (length + 420)}}), 1)
    assert isinstance(long, Raised)
    assert len(long.failure.message) == 500
    assert long.failure.message.endswith("x" if length == 80 else "…")


def test_a_text_that_is_no_number_counts_as_none() -> None:
    assert math.isnan(Number("x", "float").number())
    assert Array([1.0, "inf", "nan"], "float", (3,)).numbers()[:2] == [1, math.inf]
    assert encode({"id": 1}) == b'\x00\x00\x00\x08{"id":1}'


@pytest.mark.parametrize("path", sorted((Path(__file__).parent / "corpus").iterdir()), ids=lambda path: path.name)
def test_what_fuzzing_has_found_is_decoded_or_refused(path: Path) -> None:
    with contextlib.suppress(ProtocolError):
        str(decode(path.read_bytes(), 1)).encode()
