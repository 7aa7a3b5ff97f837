"""What crosses the wall, seen from the trusted side: frames of JSON, bounded in size, typed, and cleaned.

A frame is a 4-byte big-endian length and that many bytes of UTF-8 JSON. Whatever comes from a student's process is
data to be distrusted: `decode` is the only door, and a text that passes it is fit to be shown to people.
"""

import re
import struct
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from autograder.text import clean

HEADER = struct.Struct(">I")
LONGEST_FRAME = 1 << 17  # bytes; the largest honest reply (4,096 losses) is two thirds of that

# What a reply may hold. An honest child keeps to these numbers but in odd cases (see `values` and `program`); the judge
# remembers replies and compares names, which takes memory and time for each.
MOST_VALUES = 4096  # numbers, texts and containers, within each other
DEEPEST = 10  # containers within containers
MOST_FUNCTIONS = 200
MOST_FAILURES = 20
MOST_NAMES = 20  # of one statement that failed
MOST_STAND_INS = 50
MOST_BUGS = 100
MOST_LAYERS = 50
LONGEST_SHAPE = 64  # dimensions; torch has no more


class Number(msgspec.Struct, frozen=True, tag="number"):
    """One number: a Python, NumPy or torch scalar, or an array that holds a single element."""

    value: float | str  # JSON has no NaN and no infinity: these come as "nan", "inf", "-inf"
    dtype: str  # "float", "int", "bool", "float32", "float16", …
    shape: tuple[int, ...] = ()

    def number(self) -> float:
        """The value as a float, NaN and infinities included."""
        return _number(self.value)


class Array(msgspec.Struct, frozen=True, tag="array"):
    """A tensor or ndarray of none or several elements, flattened in row-major order."""

    values: list[float | str]
    dtype: str
    shape: tuple[int, ...]

    def numbers(self) -> list[float]:
        """The elements as floats, NaN and infinities included."""
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
    """Anything that is none of the above; `what` is a noun phrase for the student ("a method (was () forgotten?)")."""

    what: str


Value = Number | Array | Sequence | Record | Text | Nothing | Strange


class Failure(msgspec.Struct, frozen=True):
    """An exception that left the student's code. The last two: while it was loaded."""

    type: str
    message: str
    line: int | None = None  # of the innermost frame in a file of the student's
    file: str | None = None
    source: str | None = None  # that line, as written
    function: str | None = None  # in which it stands
    skipped: bool = False  # the statement outside of functions that raised it, so that the program went on
    names: tuple[str, ...] = ()  # that this statement would have made


class Loaded(msgspec.Struct, frozen=True, tag="loaded"):
    """The student's program was executed. `failures` are what ended it, a cell of it, or a statement in it."""

    functions: list[str]
    failures: list[Failure]
    stand_ins: list[str]  # modules that are not installed and were replaced by silent ones


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """A function came back. `as_tensors`: floats made it raise, 0-d tensors did not. `autograd`: it had torch compute
    gradients. `note`: how it was called, where that is not plain: what follows its name in a sentence."""

    value: Value
    as_tensors: bool = False
    autograd: bool = False
    note: str = ""


class Raised(msgspec.Struct, frozen=True, tag="raised"):
    """A function raised, or called `exit()`. `note`: as of `Returned`."""

    failure: Failure
    note: str = ""


class Missing(msgspec.Struct, frozen=True, tag="missing"):
    """There is no function of that name."""


class Confined(msgspec.Struct, frozen=True, tag="confined"):
    """The layers of confinement, each with "" if it holds, else the reason why not; and the version of the kernel's
    Landlock, 0 where it has none."""

    layers: dict[str, str]
    landlock: int = 0


class Device(msgspec.Struct, frozen=True, tag="device"):
    """The device that calls will use, None when the one asked for is not there; and how many CUDA devices are."""

    name: str | None
    gpus: int = 0


class Room(msgspec.Struct, frozen=True, tag="room"):
    """Bytes that are free in a CUDA device's memory, beside what this process takes there."""

    free: int


DeviceBugKind = Literal["cuda", "cpu", "leaf", "numpy"]  # see `device_bugs.find`


class DeviceBug(msgspec.Struct, frozen=True):
    """Something that goes wrong on a GPU.

    parameter: the number, from 0, of the input that it is about. cell, line: where in the program, from 1.
    """

    kind: DeviceBugKind
    parameter: int | None
    cell: int | None
    line: int | None


class DeviceBugs(msgspec.Struct, frozen=True, tag="device_bugs"):
    """What was found in a function, or why it cannot be told: it takes no device, it computed with no tensor on the
    device, or it raised."""

    bugs: list[DeviceBug]
    undecided: Literal["", "no device", "device unused", "raised"]


Reply = Loaded | Returned | Raised | Missing | Device | Room | DeviceBugs | Confined


class Envelope(msgspec.Struct, frozen=True):
    """A reply and the number of the request that it answers."""

    id: int
    reply: Reply


class ProtocolError(ValueError):
    """What came over the wall is not a reply."""


def encode(request: dict[str, Any]) -> bytes:
    """The frame of one request."""
    body = msgspec.json.encode(request)
    return HEADER.pack(len(body)) + body


def decode(body: bytes, request_id: int) -> Reply:
    """The reply in a frame's body.

    Raises ProtocolError when the body is not JSON, not of the declared types, nested too deeply, or answers another
    request. What is more in a reply than an honest child sends is left out, or replaced by what there is too much of.
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
    """The reply without what is more in it than an honest child sends."""
    match reply:
        case Returned(value) if what := _too_much(value):
            return replace(reply, value=Strange(what))
        case Loaded(functions, failures, stand_ins):
            return Loaded(
                functions[:MOST_FUNCTIONS],
                [replace(each, names=each.names[:MOST_NAMES]) for each in failures[:MOST_FAILURES]],
                stand_ins[:MOST_STAND_INS],
            )
        case DeviceBugs(bugs, undecided):
            return DeviceBugs(bugs[:MOST_BUGS], undecided)
        case Confined(layers, landlock):
            return Confined(dict(list(layers.items())[:MOST_LAYERS]), landlock)
    return reply


def _too_much(value: Value) -> str:
    """What there is too much of in a value, as for `Strange`; "" for any value that a function of a lab returns."""
    left = MOST_VALUES + 1  # a list of as many, and the list itself
    level: list[Value] = [value]
    for _ in range(DEEPEST):
        left -= len(level)
        deeper: list[Value] = []
        for each in level:
            if isinstance(each, (Number, Array)) and len(each.shape) > LONGEST_SHAPE:
                return f"an array of {len(each.shape)} dimensions"
            if isinstance(each, Array):
                left -= len(each.values)
            elif isinstance(each, Sequence):
                deeper += each.items
            elif isinstance(each, Record):
                deeper += each.fields.values()
        if left < 0:
            return f"more than {MOST_VALUES} values"
        if not deeper:
            return ""
        level = deeper
    return "lists within lists, too deeply nested"


# A frame with nothing to clean: printable ASCII, no escapes, no long text.
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
    except (ValueError, OverflowError):  # a text that is no number: as good as none
        return float("nan")
