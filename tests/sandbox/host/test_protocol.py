"""The door through which everything of a student's comes: nothing but replies of the declared types, and clean text."""

import contextlib
import difflib
import json
import math
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.host.protocol import (
    LONGEST_FRAME,
    Array,
    Confined,
    DeviceBugs,
    Loaded,
    Misfit,
    Number,
    ProtocolError,
    Raised,
    Record,
    Returned,
    Sequence,
    Strange,
    clean,
    decode,
    encode,
)


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


def returned(value: object) -> object:
    reply = decode(body({"type": "returned", "value": value}), 1)
    assert isinstance(reply, Returned)
    return reply.value


NUMBER = {"type": "number", "value": 0, "dtype": ""}


@pytest.mark.parametrize(("number", "fits"), [(4096, True), (4097, False)])
def test_so_many_values_come_through(number: int, fits: bool) -> None:
    array = {"type": "array", "values": [0] * number, "dtype": "", "shape": [number]}
    sequence = {"type": "sequence", "items": [NUMBER] * number}
    record = {"type": "record", "fields": {f"{index}": NUMBER for index in range(number)}}
    arrays = {"type": "sequence", "items": [{**array, "values": [0] * 1024}] * (3 if fits else 4)}
    for value in (array, sequence, record, arrays):
        assert (returned(value) == Strange("more than 4096 values")) == (not fits)


def test_nesting_and_shape_limits() -> None:
    value: object = NUMBER
    for _ in range(9):
        value = {"type": "sequence", "items": [value]}
    assert isinstance(returned(value), Sequence)
    deeper = {"type": "record", "fields": {"a": value}}
    assert returned(deeper) == Strange("lists within lists, too deeply nested")
    assert isinstance(returned({**NUMBER, "shape": [1] * 64}), Number)
    assert returned({**NUMBER, "shape": [1] * 65}) == Strange("an array of 65 dimensions")


def test_names_failures_and_layers_are_counted() -> None:
    failure = {"type": "E", "message": ""}
    loaded = {"type": "loaded", "functions": ["f"] * 9000, "failures": [failure] * 900, "stand_ins": ["m"] * 900}
    reply = decode(body(loaded), 1)
    assert isinstance(reply, Loaded)
    assert (len(reply.functions), len(reply.failures), len(reply.stand_ins)) == (200, 20, 50)
    bug = {"kind": "cpu", "parameter": None, "cell": None, "line": None}
    bugs = decode(body({"type": "device_bugs", "bugs": [bug] * 999, "undecided": ""}), 1)
    assert isinstance(bugs, DeviceBugs)
    assert len(bugs.bugs) == 100
    confined = decode(body({"type": "confined", "layers": {f"{index}": "" for index in range(99)}}), 1)
    assert isinstance(confined, Confined)
    assert len(confined.layers) == 50


def test_longest_forged_reply_is_cheap() -> None:
    names = [f"fnn_check_resul{index:06}" for index in range(LONGEST_FRAME // 25 - 9)]
    frame = body({"type": "loaded", "functions": names, "failures": [], "stand_ins": []})
    assert len(frame) <= LONGEST_FRAME
    loaded = decode(frame, 1)
    assert isinstance(loaded, Loaded)
    start = time.process_time()
    difflib.get_close_matches("fnn_check_result", loaded.functions, 1, 0.75)
    assert time.process_time() - start < 1
    array = {"type": "array", "values": [0] * (LONGEST_FRAME // 3 - 100), "dtype": "", "shape": []}
    tracemalloc.start()
    kept = [returned(array) for _ in range(3)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept) == 3
    assert size < 30_000


@pytest.mark.parametrize("shape", [[2**62] * 40, [1] * 65, [-5], [10**4000, 10**4000], [2**63]])
def test_shapes_that_no_parameter_has_are_left_out(shape: list[int]) -> None:
    reply = decode(body({"type": "misfit", "found": [["a", shape], ["b", [3, 2]]]}), 1)
    assert reply == Misfit([("b", (3, 2))])
