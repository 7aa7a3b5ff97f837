"""Messages between the grader and a sandbox process: frames of JSON, limited in size, typed, and with clean text.

A frame is a 4-byte big-endian length, followed by that many bytes of UTF-8 JSON. The grader trusts nothing that comes
from a sandbox process: all of it passes through `decode`, and text that has passed is safe to show.
"""

import math
import re
import struct
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from autograder.text import clean

HEADER = struct.Struct(">I")
LONGEST_FRAME = 1 << 17  # bytes; the largest honest reply (4,096 losses) is two thirds of that

# Limits of a reply. An honest process exceeds them in odd cases only (see `encode` and `load` in sandbox/child). The
# grader remembers replies and compares names, so larger ones would cost it memory and time.
MOST_VALUES = 4096  # numbers, texts and containers, at all depths together
DEEPEST = 10  # levels of nested containers
MOST_FUNCTIONS = 200
MOST_FAILURES = 20
MOST_NAMES = 20  # defined by one statement that failed
MOST_STAND_INS = 50
MOST_PARAMETERS = 200
MOST_BUGS = 100
MOST_LAYERS = 50
MOST_TRIALS = 1000
LONGEST_SHAPE = 64  # dimensions; torch has no more


class Number(msgspec.Struct, frozen=True, tag="number"):
    """One number: a Python, NumPy or torch scalar, or an array that holds a single element."""

    value: float | str  # JSON has no NaN and no infinity: these are sent as "nan", "inf", "-inf"
    dtype: str  # "float", "int", "bool", "float32", "float16", …
    shape: tuple[int, ...] = ()

    def number(self) -> float:
        """The value as a float, possibly NaN or infinite."""
        return _number(self.value)


class Array(msgspec.Struct, frozen=True, tag="array"):
    """A tensor or ndarray of no or several elements, flattened in row-major order."""

    values: list[float | str]
    dtype: str
    shape: tuple[int, ...]

    def numbers(self) -> list[float]:
        """The elements as floats, possibly NaN or infinite."""
        return [_number(value) for value in self.values]


class Sequence(msgspec.Struct, frozen=True, tag="sequence"):
    """A list, tuple or any other iterable."""

    items: "list[Value]"


class Record(msgspec.Struct, frozen=True, tag="record"):
    """A dict, a namedtuple or an object with named attributes."""

    fields: "dict[str, Value]"


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A string."""

    value: str


class Nothing(msgspec.Struct, frozen=True, tag="nothing"):
    """None."""


class Strange(msgspec.Struct, frozen=True, tag="strange"):
    """Anything else. `what` is a noun phrase for the student: "a method (was () forgotten?)"."""

    what: str


Value = Number | Array | Sequence | Record | Text | Nothing | Strange


class Failure(msgspec.Struct, frozen=True):
    """An exception that the student's code raised. `skipped` and `names`: while it was loaded."""

    type: str
    message: str
    line: int | None = None  # of the innermost frame in one of the student's files
    file: str | None = None
    source: str | None = None  # that line, as written
    function: str | None = None  # that contains the line
    skipped: bool = False  # whether the statement that raised it was skipped and the program continued
    names: tuple[str, ...] = ()  # that this statement would have defined
    python: str = ""  # if its type is none of Python's, the one of Python's that it is made from


class Loaded(msgspec.Struct, frozen=True, tag="loaded"):
    """The student's program was executed."""

    functions: list[str]
    failures: list[Failure]  # exceptions that ended the program, one of its cells, or a statement
    stand_ins: list[str]  # modules that are not installed and were replaced by stubs that do nothing


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """A function returned a value."""

    value: Value
    as_tensors: bool = False  # whether it raised an exception for floats and none for 0-d tensors
    autograd: bool = False  # whether torch computed gradients
    note: str = ""  # how it was called, if that is not obvious; continues a sentence that begins with its name


class Raised(msgspec.Struct, frozen=True, tag="raised"):
    """A function raised an exception, or called `exit()`. note: as in `Returned`."""

    failure: Failure
    note: str = ""


class Missing(msgspec.Struct, frozen=True, tag="missing"):
    """There is no function of that name."""


class Misfit(msgspec.Struct, frozen=True, tag="misfit"):
    """A class makes a module with other parameters than are asked for. found: names and shapes."""

    found: list[tuple[str, tuple[int, ...]]]


class Confined(msgspec.Struct, frozen=True, tag="confined"):
    """Which layers of the sandbox hold."""

    layers: dict[str, str]  # each with "" if it holds, otherwise with the reason
    landlock: int = 0  # the version (ABI) of the kernel's Landlock, 0 if it has none


class Device(msgspec.Struct, frozen=True, tag="device"):
    """The device that calls will use."""

    name: str | None  # None if the requested device does not exist
    gpus: int = 0  # the number of CUDA devices


class Room(msgspec.Struct, frozen=True, tag="room"):
    """Free memory of a CUDA device in bytes, without what this process takes."""

    free: int


DeviceBugKind = Literal["cuda", "cpu", "leaf", "numpy"]  # see `device_bugs.find`


class DeviceBug(msgspec.Struct, frozen=True):
    """Something in the program that goes wrong on a GPU."""

    kind: DeviceBugKind
    parameter: int | None  # the index of the input concerned, from 0
    cell: int | None  # from 1
    line: int | None  # from 1


class DeviceBugs(msgspec.Struct, frozen=True, tag="device_bugs"):
    """The device bugs of a function, or why nothing can be said: it has no parameter for a device, it used no tensor on
    the device, or it raised an exception."""

    bugs: list[DeviceBug]
    undecided: Literal["", "no device", "device unused", "raised"]


# What has to be looked at in the place of an edit; see sandbox/child/edits.
EditKind = Literal[
    "", "argument", "call", "condition", "copy", "function", "gradient", "grouping", "indent", "missing", "name",
    "number", "operator", "order", "part", "range", "sign", "unneeded", "update", "value",
]  # fmt: skip


class Trial(msgspec.Struct, frozen=True):
    """What a function returned with one small change made in the program."""

    change: int  # its number; 0 is no change
    kind: EditKind
    rank: int  # how unlikely the mistake is that it undoes, from 0
    cell: int  # from 1
    line: int  # from 1
    value: Value
    quantity: str = ""  # what the place computes instead, if that is known


class Tried(msgspec.Struct, frozen=True, tag="tried"):
    """Some small changes were tried. following: the first that was not, and its rank; None if all were."""

    trials: list[Trial]
    following: int | None
    rank: int | None


Reply = Loaded | Returned | Raised | Missing | Misfit | Device | Room | DeviceBugs | Confined | Tried


class Envelope(msgspec.Struct, frozen=True):
    """A reply, and the number of the request that it answers."""

    id: int
    reply: Reply


class ProtocolError(ValueError):
    """A message from a sandbox process is not a valid reply."""


def encode(request: dict[str, Any]) -> bytes:
    """The frame of one request."""
    body = msgspec.json.encode(request)
    return HEADER.pack(len(body)) + body


def decode(body: bytes, request_id: int) -> Reply:
    """The reply in a frame's body, with excess parts left out or replaced by a description of what is too much.

    Raises ProtocolError if the body is not JSON, not of the declared types, nested too deeply, or answers another
    request.
    """
    try:
        if _PLAIN.fullmatch(body):
            envelope = msgspec.json.decode(body, type=Envelope)
        else:
            envelope = msgspec.convert(_cleaned(msgspec.json.decode(body)), Envelope)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ProtocolError(str(error)) from None
    if envelope.id != request_id:
        raise ProtocolError(f"reply to request {envelope.id} instead of {request_id}")
    return _bounded(envelope.reply)


def _bounded(reply: Reply) -> Reply:
    """The reply within the limits above."""
    match reply:
        case Returned(value) if what := _too_much(value):
            return replace(reply, value=Strange(what))
        case Loaded(functions, failures, stand_ins):
            return Loaded(
                functions[:MOST_FUNCTIONS],
                [replace(each, names=each.names[:MOST_NAMES]) for each in failures[:MOST_FAILURES]],
                stand_ins[:MOST_STAND_INS],
            )
        case Misfit(found):
            return Misfit([(name, shape) for name, shape in found[:MOST_PARAMETERS] if _is_possible(shape)])
        case DeviceBugs(bugs, undecided):
            return DeviceBugs(bugs[:MOST_BUGS], undecided)
        case Tried(trials):
            kept = [each for each in trials[:MOST_TRIALS] if not _too_much(each.value)]
            return replace(reply, trials=kept)
        case Confined(layers, landlock):
            return Confined(dict(list(layers.items())[:MOST_LAYERS]), landlock)
    return reply


def _too_much(value: Value) -> str:
    """What is too much in a value, as a noun phrase for `Strange`; "" if the value is within the limits."""
    left = MOST_VALUES + 1  # a list of MOST_VALUES, and the list itself
    level: list[Value] = [value]
    for _ in range(DEEPEST):
        left -= len(level)
        deeper: list[Value] = []
        shapes: list[tuple[int, ...]] = []
        for each in level:
            if isinstance(each, (Number, Array)):
                if each.shape:
                    shapes.append(each.shape)
                if len(each.shape) > LONGEST_SHAPE:
                    return f"an array of {len(each.shape)} dimensions"
                if isinstance(each, Array):
                    left -= len(each.values)
            elif isinstance(each, Sequence):
                deeper += each.items
            elif isinstance(each, Record):
                deeper += each.fields.values()
        if left < 0:
            return f"more than {MOST_VALUES} values"
        if not all(map(_is_small, shapes)):
            return "an array that is far larger than what is asked for"
        if not deeper:
            return ""
        level = deeper
    return "lists within lists, too deeply nested"


def _is_small(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape is one that a lab may ask for. One without elements may still be very long."""
    longest = 1
    for size in shape:
        longest *= max(size, 1)
        if size < 0 or longest > MOST_VALUES:
            return False
    return True


def _is_possible(shape: tuple[int, ...]) -> bool:
    """Whether a tensor can have this shape. Of others, not even the count of elements can be written."""
    return len(shape) <= LONGEST_SHAPE and all(0 <= size < 1 << 63 for size in shape) and math.prod(shape) < 1 << 63


# A frame that needs no cleaning: printable ASCII, no escapes, no long text.
_PLAIN = re.compile(rb'[ !#-\[\]-~]*(?:"[ !#-\[\]-~]{0,80}"[ !#-\[\]-~]*)*')


def _cleaned(data: Any) -> Any:
    if isinstance(data, str):
        return clean(data)
    if isinstance(data, list):
        return [item if type(item) is float else _cleaned(item) for item in data]
    if isinstance(data, dict):
        return {clean(key, 80): _cleaned(value) for key, value in data.items()}
    return data


def _number(value: float | str) -> float:
    try:
        return float(value)
    except (ValueError, OverflowError):  # text that is not a number
        return float("nan")
