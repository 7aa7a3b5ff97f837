"""Read a YAML file as typed data. Errors name the file, line and key, and the values that are allowed there."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from autograder.errors import UserError
from autograder.schema_errors import Key, explain
from autograder.text import clean

MOST_VALUES = 50_000  # fifty times what a rubric has; a file of nested aliases can expand to any number

_INTEGER, _DIGITS = re.compile(r"[-+]?\d+"), re.compile(r"\d+")
T = TypeVar("T")
Place = tuple[Key, ...]


class FileError(UserError):
    """A file of the instructor is invalid. The message is one sentence: where, what, and how to fix it."""


@dataclass(frozen=True)
class Document:
    """The data of a file, with the lines where its parts begin."""

    path: Path
    data: Any
    lines: Mapping[Place, int]  # may be incomplete

    def error(self, place: Sequence[Key], problem: str) -> FileError:
        """Make the error `problem` at `place`, a path of keys and indices."""
        outwards = (tuple(place[:end]) for end in range(len(place), -1, -1))
        line = next((f", line {self.lines[known]}" for known in outwards if known in self.lines), "")
        return FileError(f"{self.path}{line}{_dotted(place)}: {problem}")


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Reads 1e-3 as a number. PyYAML follows YAML 1.1, in which it is a string."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9][0-9.]*[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def read_text(path: Path) -> str:
    """Read a text file. Raises FileError if it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(f"{path}: it cannot be read ({error.strerror}); check the path and its permissions") from None
    except UnicodeDecodeError:
        raise FileError(f"{path}: it is not UTF-8 text; save it as UTF-8") from None


def load(path: Path) -> Document:
    """Parse a YAML file.

    Raises FileError if it is missing, not UTF-8, not YAML, has a key twice, or expands to more than MOST_VALUES values.
    """
    return parse(path, read_text(path))


def parse(path: Path, content: str) -> Document:
    """Parse what a file contains, or will contain, as `load` does. path: for the errors."""
    loader = _Loader(content)
    try:
        root = loader.get_single_node()
        if root is None:
            raise FileError(f"{path}, line 1: the file is empty")
        lines: dict[Place, int] = {}
        data = _build(loader, root, (), lines, path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise FileError(f"{path}{line}: this is not valid YAML: {error.problem}{_fix(error.problem)}") from None
    except yaml.YAMLError as error:
        raise FileError(f"{path}: this is not valid YAML: {error}") from None
    except RecursionError:
        raise FileError(f"{path}: it is nested too deeply to be read; write it as in the template") from None
    finally:
        loader.dispose()
    return Document(path, data, lines)


def _build(loader: Any, node: yaml.Node, place: Place, lines: dict[Place, int], path: Path) -> Any:
    lines[place] = node.start_mark.line + 1
    if len(lines) > MOST_VALUES:
        raise FileError(
            f"{path}, line {lines[place]}: there are more than {MOST_VALUES:,} values up to here, counting the "
            "expansion of each alias (*name); remove the aliases"
        )
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*place, index), lines, path) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return _value(loader, node, path)
    data: dict[str, Any] = {}
    if split := _split_by_a_comma(node):
        line = node.start_mark.line + 1
        raise FileError(f"{path}, line {line}{_dotted(place)}: a number has a point, not a comma: write {split}")
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if key_node.tag == "tag:yaml.org,2002:merge":
            raise FileError(f"{path}, line {line}: merge keys (<<) are not supported; write the keys out")
        key = str(_value(loader, key_node, path))
        inside = (*place, key)
        if key in data:
            first = f"here and in line {lines[inside]}" if lines[inside] != line else "in this line"
            raise FileError(f"{path}, line {line}{_dotted(inside)}: this key is given twice, {first}; keep one of them")
        data[key] = _build(loader, value_node, inside, lines, path)
        lines[inside] = line
    return data


def _fix(problem: str | None) -> str:
    """How to fix what PyYAML has a problem with, as far as it is known."""
    if problem and "mapping values" in problem:  # libyaml and PyYAML's own parser go on in different words
        return '; put text with a colon in it into quotes: "…", or check the indentation'
    if problem and "cannot start any token" in problem:
        return "; indent with spaces, not with tabs, and put text that begins with @, % or ` into quotes"
    if problem and "could not find expected ':'" in problem:
        return "; write a colon after the key, or check the indentation"
    if problem and "',' or '}'" in problem:
        return '; put text with a colon or a comma in it into quotes: "…"'
    return ""


def _split_by_a_comma(node: yaml.MappingNode) -> str:
    """The number that is meant by `{rtol: 0,02}`, where YAML sees a 0 and a key 02 without a value; "" if none is."""
    for (_, before), (key, value) in itertools.pairwise(node.value):
        adjacent = key.start_mark.index == before.end_mark.index + 1  # nothing but the comma is between
        plain = all(isinstance(each, yaml.ScalarNode) and not each.style for each in (before, key, value))
        if adjacent and plain and not value.value and _DIGITS.fullmatch(key.value) and _INTEGER.fullmatch(before.value):
            return f"{before.value}.{key.value}"
    return ""


def _value(loader: Any, node: yaml.Node, path: Path) -> Any:
    """The value of a scalar. Raises FileError for what only looks like a value: the 45th of a month, for example."""
    try:
        return loader.construct_object(node)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):  # of PyYAML's constructors
        line, what = node.start_mark.line + 1, clean(str(node.value), 40)
        problem = "this is not a valid date, time or number; put it in quotes if it is text"
        raise FileError(f"{path}, line {line}: {what!r}: {problem}") from None


def convert(document: Document, kind: type[T]) -> T:
    """Convert the data to the type `kind`, a msgspec Struct for example. Raises FileError at the first mismatch."""
    try:
        return msgspec.convert(document.data, kind, strict=True)
    except msgspec.ValidationError as error:
        place, problem = explain(error, document.data, kind)
        raise document.error(place, problem) from None


def _dotted(place: Sequence[Key]) -> str:
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place).lstrip(".")
    return f" ({text})" if text else ""
