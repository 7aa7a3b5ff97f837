"""Names the mistake where a result is no number: it is missing, None, text, a list, or a method that is not called."""

# ruff: noqa: E501 - a table reads best with one row a line

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from autograder.graph import split_derivative
from autograder.mistakes.procedure import Mistake, Procedure
from autograder.rubric import LOSSES
from autograder.sandbox.host import protocol
from autograder.sandbox.host.protocol import Value
from autograder.text import join_names


@dataclass(frozen=True)
class Kind:
    """What a result may be instead of a number. In the texts, {names} are the results, {is} is "is" or "are"."""

    id: str
    result: str  # a clause about results
    entries: str  # the same about the entries of the list of losses
    hint: str


_LIST = "Append one number per epoch to a list, and return the list."
_NUMBER = "Keep the number itself; format or label it only where you print it."
KINDS = {
    kind.id: kind
    for kind in (
        Kind("missing", "{names} {is} not among what is returned", "", "Return every value that is asked for: {asked}."),
        Kind("none", "{names} {is} None", "the entries of the list are None", "Which line gives it a value, and what does that line return?"),
        Kind("unreached", "{names} {is} None: backward() never reached it", "", "Is backward() called, with its parentheses? Which steps lie between the loss and that weight, and is the path cut there (.detach(), .item(), a new tensor), or is the tensor no leaf that requires a gradient?"),
        Kind("uncalled", "a function or method that is not called stands in the place of {names}", "the entries of the list are functions or methods that are not called", "Are its parentheses missing?"),
        Kind("text", "{names} {is} given as text", "the entries of the list are text instead of numbers", _NUMBER),
        Kind("several", "{names} {is} given as several values", "the entries of the list are several values each, not single numbers", _NUMBER),
        Kind("empty", "{names} {is} empty", "", "Which line appends to the list, and does it run in every epoch?"),
    )
}  # fmt: skip


def in_all(calls: Sequence[Mapping[str, Value]], names: Sequence[str], reached: Iterable[str] = ()) -> dict[str, str]:
    """The results that are no numbers, and of the same kind in every call: the id of that kind by name.

    Args:
        calls: What each call returned, by name.
        names: What is asked for.
        reached: Those of them that only backward() can give a value.
    """
    found: dict[str, str] = {}
    for name in names:
        kinds = {(_of_losses if name == LOSSES else _kind)(call.get(name)) for call in calls}
        if len(kinds) == 1 and (kind := kinds.pop()):
            found[name] = "unreached" if kind == "none" and name in reached else kind
    return found


def mistake(kinds: Mapping[str, str], names: Sequence[str]) -> Mistake:
    """The mistake of results that are no numbers. kinds: as `in_all` returns them; names: of all that is asked for."""
    clauses, hints = [], []
    for id, kind in KINDS.items():
        alike = [name for name in names if kinds.get(name) in (id, f"entries {id}")]
        if not alike:
            continue
        entries = kinds[alike[-1]].startswith("entries")
        clauses.append(kind.entries if entries else kind.result.format(**_words(alike)))
        hints.append(kind.hint)
    first = next(name for name in names if name in kinds)
    id = f"{kinds[first].removeprefix('entries ')}@{first}"
    hint = (
        _LIST
        if [*kinds] == [LOSSES] and kinds[LOSSES] in ("missing", "none")
        else hints[0].format(asked=", ".join(names))
    )
    return Mistake(id, ", and ".join(clauses), hint, impossible)


def name_of(id: str) -> str:
    """The name of such a mistake without its other results; "" if the id is that of another mistake."""
    kind, _, name = id.partition("@")
    return KINDS[kind].result.format(**_words([name])) if kind in KINDS else ""


def impossible(work: Procedure) -> NoReturn:
    """A result that is no number is that of no procedure."""
    raise LookupError


def _words(names: Sequence[str]) -> dict[str, str]:
    return {"names": join_names(names), "is": "are" if len(names) > 1 or LOSSES in names else "is"}


def gradients(names: Sequence[str], graph_names: Sequence[str]) -> set[str]:
    """The derivatives among these names."""
    return {name for name in names if split_derivative(name, graph_names)}


def _kind(value: Value | None) -> str:
    """What a value is instead of a number; "" if it is one, or if there is nothing certain to say."""
    match value:
        case None:
            return "missing"
        case protocol.Sequence(items) if len(items) == 1:
            return _kind(items[0])
        case protocol.Nothing():
            return "none"
        case protocol.Text():
            return "text"
        case protocol.Strange(what) if what.startswith("a function or method that was not called"):
            return "uncalled"
        case protocol.Sequence() | protocol.Array() | protocol.Record():
            return "several"
    return ""


def _of_losses(value: Value | None) -> str:
    match value:
        case protocol.Sequence(items):
            kinds = {_kind(item) for item in items}
            return "empty" if not items else f"entries {kind}" if len(kinds) == 1 and (kind := kinds.pop()) else ""
        case protocol.Array(values):
            return "" if values else "empty"
        case protocol.Record():
            return ""
    return _kind(value)
