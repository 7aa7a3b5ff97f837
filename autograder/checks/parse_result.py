"""Parses what a function returned: which value is which quantity, by name if there are names, else by position."""

import difflib
import functools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.checks.compare import describe
from autograder.sandbox.host import protocol
from autograder.sandbox.host.protocol import Value

MOST_COMPARED = 20  # unknown names for which a similar known one is looked for
Aliases = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ParsedResult:
    """The returned values by the lab's names."""

    values: Mapping[str, Value] = field(default_factory=dict)  # without those that are missing
    notes: tuple[str, ...] = ()
    problem: str = ""  # why nothing could be read

    @property
    def unspoken(self) -> "ParsedResult":
        """The same without text from the student's process, for hidden inputs: any word or number could contain
        them."""
        problem = "it did not return the values that are asked for" if self.problem else ""
        return ParsedResult(self.values, (), problem)


def read(value: Value, names: Sequence[str], aliases: Aliases, *, arrays: bool = False) -> ParsedResult:
    """Find the values called `names` in a dict, namedtuple, object, tuple, list or tensor.

    arrays: whether each may be a vector or a matrix; then a single one that is asked for is all that is returned.
    """
    asked = f"{len(names)} values are asked for: {', '.join(names)}"
    if isinstance(value, protocol.Sequence) and len(value.items) == 1 and len(names) > 1:
        value = value.items[0]  # `return (a, b),`
    if isinstance(value, protocol.Record):
        found, notes = _named(value.fields, names, aliases)
        if found or len(value.fields) != len(names):
            return ParsedResult(found, notes, "" if found else f"it returned {describe(value)}; {asked}")
        return ParsedResult(
            dict(zip(names, value.fields.values(), strict=True)), ("The returned values were read by their position.",)
        )
    if arrays and len(names) == 1 and not isinstance(value, protocol.Record):
        return ParsedResult({names[0]: value})
    items: Sequence[Value]
    if arrays and isinstance(value, protocol.Array):
        items = _rows(value)
    elif isinstance(value, protocol.Array) and len(value.shape) >= 1:
        items = [protocol.Number(number, value.dtype) for number in value.values]
    elif isinstance(value, protocol.Sequence):
        items = value.items
    elif len(names) == 1:
        items = [value]
    else:
        return ParsedResult(problem=f"it returned {describe(value)}; {asked}")
    if len(items) < len(names):
        return ParsedResult(problem=f"it returned {len(items)} values; {asked}")
    notes = (f"It returned {len(items)} values; the first {len(names)} were read.",) if len(items) > len(names) else ()
    return ParsedResult(dict(zip(names, items, strict=False)), notes)


def _rows(value: protocol.Array) -> Sequence[Value]:
    """A stack of equal arrays as its parts."""
    count, *shape = value.shape or (0,)
    size = math.prod(shape)
    if not shape:
        return [protocol.Number(number, value.dtype) for number in value.values]
    parts = (value.values[row * size : (row + 1) * size] for row in range(min(count, len(value.values))))
    return [protocol.Array(part, value.dtype, tuple(shape)) for part in parts]


def read_training(value: Value, names: Sequence[str], aliases: Aliases, *, arrays: bool = False) -> ParsedResult:
    """As `read`, for a training function. names: the weights, then the losses; a list is the losses, numbers are
    weights.

    arrays: whether a weight may be a vector or a matrix; then the order says what is what.
    """
    *weights, losses = names
    if arrays and isinstance(value, protocol.Sequence | protocol.Record):
        return _in_order(value, names, aliases)
    lists = (protocol.Sequence, protocol.Array)
    if isinstance(value, protocol.Sequence) and len(value.items) == 1:  # `return (w, losses),`
        inner = value.items[0]
        if isinstance(inner, protocol.Sequence) and any(isinstance(item, lists) for item in inner.items):
            value = inner
    if isinstance(value, protocol.Record):
        return read(value, names, aliases)
    if isinstance(value, protocol.Number):
        return ParsedResult({weights[0]: value}, (f"It returned only one number; it was read as {weights[0]}.",))
    if isinstance(value, protocol.Array):
        return ParsedResult({losses: value}, (f"It returned only a list; it was read as {losses}.",))
    if not isinstance(value, protocol.Sequence) or not value.items:
        asked = f"{len(names)} values are asked for: {', '.join(names)}"
        return ParsedResult(problem=f"it returned {describe(value)}; {asked}")
    items = _flat(value.items, len(weights))
    found = [item for item in items if isinstance(item, lists)]
    others = [item for item in items if not isinstance(item, lists)]
    if len(items) == len(names) and len(found) in (0, len(names)):
        return ParsedResult(dict(zip(names, items, strict=True)))
    if not found or (len(found) > len(names) and not others):
        return ParsedResult({losses: value}, (f"It returned only a list; it was read as {losses}.",))
    read_as = {**dict(zip(weights, others, strict=False)), losses: found[0]}
    if items[0] is found[0] and len(items) == len(names):
        order = f"It returned {losses} before {weights[0]}; the order asked for is {', '.join(names)}."
        return ParsedResult(read_as, (order,))
    return ParsedResult(read_as)


def _in_order(value: protocol.Sequence | protocol.Record, names: Sequence[str], aliases: Aliases) -> ParsedResult:
    """The weights and losses of a training function whose weights may be arrays: by name, or in this order."""
    if isinstance(value, protocol.Sequence):
        if len(value.items) == 1 and len(names) > 1:
            value = value.items[0] if isinstance(value.items[0], protocol.Sequence) else value
        first, *rest = value.items or [protocol.Nothing()]
        if len(rest) == 1 and len(names) > 2 and isinstance(first, protocol.Sequence):  # `return (w, b), losses`
            value = protocol.Sequence([*first.items, *rest])
    return read(value, names, aliases, arrays=True)


def _flat(items: Sequence[Value], weights: int) -> Sequence[Value]:
    """The items, with the weights of `return (w, b), losses` taken out of their tuple."""
    if weights == 1 or len(items) != 2:
        return items
    first, losses = items
    if isinstance(first, protocol.Array) and first.shape == (weights,):
        return [*(protocol.Number(number, first.dtype) for number in first.values), losses]
    if isinstance(first, protocol.Sequence) and len(first.items) == weights:
        return [*first.items, losses]
    return items


def _named(
    fields: Mapping[str, Value], names: Sequence[str], aliases: Aliases
) -> tuple[dict[str, Value], tuple[str, ...]]:
    simple = {plain(key): key for key in fields}
    found: dict[str, Value] = {}
    for name in names:
        for candidate in (name, *aliases.get(name, ())):
            if plain(candidate) in simple:
                found[name] = fields[simple.pop(plain(candidate))]
                break
    notes = []
    for key in list(simple.values())[:MOST_COMPARED]:
        near = difflib.get_close_matches(key, [name for name in names if name not in found], 1)
        if near:
            notes.append(f"It returned a value named {key!r}; did you mean {near[0]!r}?")
    return found, tuple(notes)


@functools.lru_cache(4096)
def plain(name: str) -> str:
    """A name in the form in which spellings are compared: "dL/dw", "dL_dw" and "∂L∂w" are the same."""
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("∂", "d").replace("ŷ", "yhat"))
