"""Explain msgspec's ValidationErrors: where exactly in the data, and which keys or values are allowed there.

msgspec reports a failed conversion only as a sentence, such as "Expected `int`, got `str` - at `$.sizes[...]`". It does
not name the key of a dictionary, nor the allowed keys and values. This module is the only one that reads its sentences.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

Key = str | int

LONGEST_NAME, MOST_NAMES = 80, 500  # characters of a name, and names, that are compared to find the nearest one

# What to say if msgspec names an expected type.
EXPECTED_TYPES = {
    "float": "a number is needed here",
    "int": "a number is needed here",
    "array": "a list is needed here, in brackets: [ … ]",
    "str": 'text is needed here; put it in quotes: "…"',
    "object": "keys with values are needed here",
    "bool": "true or false is needed here",
}

_UNKNOWN = re.compile(r"unknown field `(.*)`")
_COMMA = re.compile(r"[-+]?\d*,\d+")  # a decimal number as many languages write it
_LENGTH = re.compile(r"Expected `array` of length (\d+), got (\d+)")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")  # of msgspec's path: a field, an index, or some key of a dict


def explain(error: msgspec.ValidationError, data: Any, kind: Any) -> tuple[list[Key], str]:
    """Where the data does not fit the type, as a path of keys and indices, and a sentence about it.

    Args:
        error: raised by `msgspec.convert(data, kind, strict=True)`.
        data: the data.
        kind: the type.
    """
    problem, _, path = str(error).partition(" - at `$")
    place = _place(data, kind, path, str(error))
    sentence = _sentence(problem, _type_at(msgspec.inspect.type_info(kind), data, place), _at(data, place))
    field = _UNKNOWN.search(problem)
    return [*place, field[1]] if field else place, sentence


def unknown_name(what: str, name: str, known: Iterable[str]) -> str:
    """The sentence for a name that does not exist, with the nearest one that does."""
    names = sorted(known)
    near = difflib.get_close_matches(name[:LONGEST_NAME], names[:MOST_NAMES], 1)
    suggestion = f"did you mean {near[0]!r}? " if near else ""
    return f"there is no {what} {name!r}; {suggestion}allowed: {', '.join(names) or 'none'}"


def _place(data: Any, kind: Any, path: str, message: str) -> list[Key]:
    """Follow msgspec's path. It has `[...]` for a key of a dict; try every key to find the one that fails."""
    place: list[Key] = []
    here = data
    for field, index, _ in _STEP.findall(path):
        if field or index:
            key: Key = field or int(index)
        else:
            key = next(name for name in here if _fails_alike(data, kind, place, name, message))
        place.append(key)
        here = here[key]
    return place


def _fails_alike(data: Any, kind: Any, place: Sequence[Key], only: str, message: str) -> bool:
    """Whether converting the data fails with the same message if the dict at `place` keeps only this key."""

    def reduced(part: Any, rest: Sequence[Key]) -> Any:
        if not rest:
            return {only: part[only]}
        if isinstance(part, dict):
            return {**part, rest[0]: reduced(part[rest[0]], rest[1:])}
        return [reduced(item, rest[1:]) if index == rest[0] else item for index, item in enumerate(part)]

    try:
        msgspec.convert(reduced(data, place), kind, strict=True)
    except msgspec.ValidationError as error:
        return str(error) == message
    return False


def _at(data: Any, place: Sequence[Key]) -> Any:
    for key in place:
        data = data[key]
    return data


def _sentence(problem: str, there: Any, given: Any) -> str:
    """msgspec's sentence with what it leaves out: the keys or values that the type `there` allows. given: the value."""
    field = _UNKNOWN.search(problem)
    if field and isinstance(there, msgspec.inspect.StructType):
        keys = {found.encode_name for found in there.fields} | {str(there.tag_field)} - {"None"}
        return unknown_name("key", field[1], keys)
    if isinstance(there, msgspec.inspect.UnionType):  # one of these words, or null
        there = next((member for member in there.types if isinstance(member, msgspec.inspect.LiteralType)), there)
    if isinstance(there, msgspec.inspect.LiteralType):
        return unknown_name("value", str(given), map(str, there.values))
    if isinstance(there, msgspec.inspect.UnionType) and "Invalid value" in problem:
        tags = [member.tag for member in there.types if isinstance(member, msgspec.inspect.StructType)]
        return unknown_name("kind", str(given), map(str, tags))
    wanted = re.search(r"Expected `(\w+)(?: \| \w+)*`, got", problem)
    if wanted and wanted[1] in ("float", "int") and isinstance(given, str) and _COMMA.fullmatch(given):
        return f"{EXPECTED_TYPES[wanted[1]]}; write {given.replace(',', '.')}, with a point"
    if wanted and wanted[1] in EXPECTED_TYPES:
        return EXPECTED_TYPES[wanted[1]]
    if counts := _LENGTH.search(problem):
        comma = "; if a comma is a decimal comma, write a point" if int(counts[2]) > int(counts[1]) else ""
        return f"{counts[1]} values are needed here, in brackets, and there are {counts[2]}{comma}"
    return problem.replace("Object missing", "this lacks the")


def _type_at(there: Any, data: Any, place: Sequence[Key]) -> Any:
    """The type (of `msgspec.inspect`) at a place in the data. A union's member is found by the data's `kind`."""
    for key in place:
        if isinstance(there, msgspec.inspect.UnionType):
            if not isinstance(data, dict) or key == "kind":
                return there
            there = _member(there, data)
        if isinstance(there, msgspec.inspect.StructType):
            there = next((field.type for field in there.fields if field.encode_name == key), None)
        elif isinstance(there, msgspec.inspect.DictType):
            there = there.value_type
        elif isinstance(there, (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)):
            there = there.item_type
        data = data[key]
    if isinstance(there, msgspec.inspect.UnionType) and isinstance(data, dict):
        return _member(there, data) or there
    return there


def _member(union: msgspec.inspect.UnionType, data: dict[str, Any]) -> Any:
    return next((member for member in union.types if getattr(member, "tag", None) == data.get("kind")), None)
