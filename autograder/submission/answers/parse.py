"""Parses answers.yaml into sections of answers, each of which is blank, read or unreadable.

The YAML is read event by event. So the text of every value stays as typed (`2^3`, `0,16`), its line is known, and
aliases, tags and deep nesting are refused before anything is built from them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.submission.answers.lines import lines_of_answers
from autograder.submission.answers.nested import MAX_AXES
from autograder.submission.answers.sheet import AnswerLine, AnswerSheet
from autograder.submission.answers.tidy import visible
from autograder.submission.model import Answers, PartUnreadable

if TYPE_CHECKING:
    from yaml import Event

MAX_CHARACTERS = 100_000  # fifty times the size of the answers to a lab
MAX_EVENTS = 5000
MAX_DEPTH = 5


_HEADING = re.compile(r"^[ \t]*#+[ \t]*([^\W\d_]+[ _-]?\d+)\b[^\n]*$", re.MULTILINE)  # "## Task 1"
_DIRECTION = re.compile(r"^\ufeff?%", re.MULTILINE)


class _NotAsExpected(Exception):
    """The text is not YAML, or not sections of one-line values."""


@dataclass(frozen=True)
class _Scalar:
    text: str
    line: int
    one_line: bool


@dataclass(frozen=True)
class _Pairs:
    """A mapping in order, with duplicate keys; a list of one-key mappings is read as one, too."""

    pairs: tuple[tuple["_Node", "_Node"], ...]
    line: int


@dataclass(frozen=True)
class _Items:
    """A list of anything else."""

    line: int
    only: str | None = None  # its element, if it is a single text
    written: str = ""  # the whole list in brackets, as written; "" if it is no list


_Node = _Scalar | _Pairs | _Items


def parse_answers(text: str, name: str, *, arrays: bool = False) -> Answers:
    """The answers in the text of an answers file. A file that is not valid YAML is read line by line, with a note.

    arrays: whether an answer may be a vector or a matrix.

    Raises PartUnreadable if nothing in it can be read as answers.
    """
    if len(text) > MAX_CHARACTERS:
        raise _far_more(name, text.count("\n", 0, MAX_CHARACTERS) + 1)
    seen = visible(text)
    sheet = _sheet(name, odd=seen != text, arrays=arrays)
    try:
        _read_yaml(seen, sheet, name, arrays=arrays)
    except _NotAsExpected as reason:
        sheet = _sheet(name, odd=seen != text, arrays=arrays)
        if not arrays or reason.args:  # a matrix in lines below its name is YAML for something else
            sheet.note(f"{name} is not valid YAML{reason}; it was read line by line.")
        lines_of_answers(seen, sheet, arrays=arrays)
    try:
        return sheet.answers()
    except PartUnreadable:  # nothing is indented, or the headings are comments
        again = _sheet(name, odd=seen != text, arrays=arrays)
        lines_of_answers(_HEADING.sub(r"\1:", seen), again, arrays=arrays)
        again.note(f"{name} was read by its headings, though its lines are not indented below them.")
        return again.answers()


def _sheet(name: str, *, odd: bool, arrays: bool) -> AnswerSheet:
    """odd: there are characters in the file that nobody sees."""
    sheet = AnswerSheet(name, arrays=arrays)
    if odd:
        sheet.note(f"{name} holds invisible characters or spaces of other kinds; it was read without them.")
    return sheet


def _read_yaml(text: str, sheet: AnswerSheet, name: str, *, arrays: bool) -> None:
    """Add the sections of all documents to the sheet, in order."""
    events = _events(text, name, MAX_DEPTH + MAX_AXES if arrays else MAX_DEPTH)
    for event in events:
        document = _node(event, events, text)
        if isinstance(document, _Scalar) and not document.text:
            continue
        if not isinstance(document, _Pairs):
            raise _NotAsExpected
        for key, value in document.pairs:
            section = _one_line(key)
            if isinstance(value, _Pairs):
                sheet.add(section.text, [_entry(_one_line(inner), each, arrays=arrays) for inner, each in value.pairs])
            elif isinstance(value, _Items) or not _one_line(value).text:
                sheet.add(section.text, ())
            elif ":" in value.text:
                raise _NotAsExpected  # "y_hat:2" on the line below the section: YAML takes it for plain text
            else:
                sheet.stray(section.line, f"{section.text}: {value.text}")


def _entry(key: _Scalar, value: _Node, *, arrays: bool) -> AnswerLine:
    if arrays and isinstance(value, _Items) and value.written:
        return AnswerLine(key.text, value.written, key.line)
    if isinstance(value, _Scalar):
        return AnswerLine(key.text, _one_line(value).text, key.line)
    if isinstance(value, _Items) and value.only is not None:
        return AnswerLine(key.text, value.only, key.line)
    return AnswerLine(key.text, "(several values)", key.line, "There are several values here; write one number.")


def _one_line(node: _Node) -> _Scalar:
    """The node, if it is text on one line. On several lines, a missing space has merged two answers."""
    if not isinstance(node, _Scalar) or not node.one_line:
        raise _NotAsExpected
    return node


def _node(event: "Event", events: Iterator["Event"], text: str) -> _Node:
    """The node that begins with this event, of all events of a text; `_events` limits the nesting."""
    import yaml

    line = _line(event)
    if isinstance(event, yaml.ScalarEvent):
        folded = event.style in (None, "") and _line(event, end=True) != line
        return _Scalar(event.value.strip(), line, not folded and "\n" not in event.value.strip())
    nodes: list[_Node] = []
    while not isinstance(inner := next(events), yaml.CollectionEndEvent):
        nodes.append(_node(inner, events, text))
    texts = [node.text for node in nodes if isinstance(node, _Scalar)]
    if isinstance(event, yaml.MappingStartEvent):
        if event.flow_style and len(texts) == len(nodes) == 2 and not texts[1]:  # {2}
            return _Items(line, texts[0])
        return _Pairs(tuple(zip(nodes[::2], nodes[1::2], strict=True)), line)
    pairs = tuple(node.pairs[0] for node in nodes if isinstance(node, _Pairs) and len(node.pairs) == 1)
    if nodes and len(pairs) == len(nodes):
        return _Pairs(pairs, line)
    assert isinstance(event, yaml.SequenceStartEvent)
    written = text[event.start_mark.index : inner.end_mark.index] if event.start_mark and inner.end_mark else ""
    if not event.flow_style:
        written = f"[{', '.join(getattr(node, 'text', '') or getattr(node, 'written', '?') for node in nodes)}]"
    return _Items(line, texts[0] if len(texts) == len(nodes) == 1 else None, written)


def _events(text: str, name: str, deepest: int) -> Iterator["Event"]:
    """The events of all documents, without those that only mark where streams and documents begin and end.

    Raises _NotAsExpected at anchors, aliases and tags, which answers do not need and YAML bombs do; where the text is
    not valid YAML; and at directives (%TAG, %YAML): the parser compares each with all earlier ones, which is slow.
    Raises PartUnreadable if there is far more text than answers.
    """
    import yaml  # imported here: code by itself needs no YAML

    if direction := _DIRECTION.search(text):
        raise _NotAsExpected(f" (line {text.count(chr(10), 0, direction.start()) + 1})")
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        for count, event in enumerate(yaml.parse(text, loader)):
            line = _line(event)
            if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
                raise _NotAsExpected(f" (line {line}: &, * and ! have a special meaning at the start of a value)")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if count > MAX_EVENTS or depth > deepest:
                raise _far_more(name, line)
            if isinstance(event, (yaml.NodeEvent, yaml.CollectionEndEvent)):
                yield event
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, PartUnreadable):
            raise
        mark = getattr(error, "problem_mark", None)
        raise _NotAsExpected(f" (line {mark.line + 1})" if mark else "") from None


def _far_more(name: str, line: int) -> PartUnreadable:
    return PartUnreadable(
        f"{name}, line {line}: there is far more text here than in the answers to a lab; start again from the template."
    )


def _line(event: "Event", *, end: bool = False) -> int:
    """The line, counted from 1, where an event begins or ends."""
    mark = event.end_mark if end else event.start_mark
    return mark.line + 1 if mark else 0
