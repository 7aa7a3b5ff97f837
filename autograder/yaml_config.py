"""A YAML or JSON file as typed data. An error names file, line and key, and says which values are allowed there."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

_UNKNOWN = re.compile(r"unknown field `(.*)`")  # in msgspec's sentence

LONGEST_NAME, MOST_NAMES = 80, 500  # characters of a name, and names, that are compared to find the nearest
MOST_VALUES = 50_000  # fifty times what a rubric has; a file of aliases to aliases unfolds to any number

# What is wanted where msgspec names a type.
WORDS = {
    "float": "a number is needed here",
    "int": "a number is needed here",
    "array": "a list is needed here, in brackets: [ … ]",
    "str": 'a text is needed here; put it in quotes: "…"',
    "object": "keys with values are needed here",
    "bool": "true or false is needed here",
}

T = TypeVar("T")
Key = str | int
Place = tuple[Key, ...]


class FileError(Exception):
    """A file of the instructor's does not fit; str() is one sentence: where, what, and how to mend it."""


@dataclass(frozen=True)
class Document:
    """A file's data, and the line on which each of its places begins, as far as that is known."""

    path: Path
    data: Any
    lines: Mapping[Place, int]

    def error(self, place: Sequence[Key], problem: str) -> FileError:
        """The error `problem` at `place`, a path of keys and indices."""
        outwards = (tuple(place[:end]) for end in range(len(place), -1, -1))
        line = next((f", line {self.lines[known]}" for known in outwards if known in self.lines), "")
        return FileError(f"{self.path}{line}{_dotted(place)}: {problem}")


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """PyYAML reads YAML 1.1, in which 1e-3 is a string; people mean the number."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9][0-9.]*[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def text(path: Path) -> str:
    """The file's text. Raises FileError when it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(f"{path}: it cannot be read ({error.strerror}); check the path and its permissions") from None
    except UnicodeDecodeError:
        raise FileError(f"{path}: it is not UTF-8 text; save it as UTF-8") from None


def read(path: Path) -> Document:
    """Parse the file. Raises FileError when it is missing, not UTF-8, not YAML, gives a key twice, or unfolds to more
    than any such file has."""
    loader = _Loader(text(path))
    try:
        root = loader.get_single_node()
        if root is None:
            raise FileError(f"{path}, line 1: the file is empty")
        lines: dict[Place, int] = {}
        data = _build(loader, root, (), lines, path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise FileError(f"{path}{line}: this is not valid YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise FileError(f"{path}: this is not valid YAML: {error}") from None
    except RecursionError:
        raise FileError(f"{path}: it is nested too deeply to be read; write it as the template does") from None
    finally:
        loader.dispose()
    return Document(path, data, lines)


def _build(loader: Any, node: yaml.Node, place: Place, lines: dict[Place, int], path: Path) -> Any:
    lines[place] = node.start_mark.line + 1
    if len(lines) > MOST_VALUES:
        raise FileError(
            f"{path}, line {lines[place]}: there are more than {MOST_VALUES:,} values up to here, each alias (*name) "
            "counted with what it stands for; take them out"
        )
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*place, index), lines, path) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node))
        inside, line = (*place, key), key_node.start_mark.line + 1
        if key in data:
            raise FileError(f"{path}, line {line}{_dotted(inside)}: this key is given twice; keep one of them")
        data[key] = _build(loader, value_node, inside, lines, path)
        lines[inside] = line
    return data


def typed(document: Document, kind: type[T]) -> T:
    """The document's data as `kind` (a msgspec Struct, say). Raises FileError at the first place that does not fit."""
    try:
        return msgspec.convert(document.data, kind, strict=True)
    except msgspec.ValidationError as error:
        place = _place(document.data, kind, str(error))
        problem = str(error).partition(" - at ")[0]
        field = _UNKNOWN.search(problem)
        sentence = _explained(problem, kind, document.data, place)
        raise document.error([*place, field[1]] if field else place, sentence) from None


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """The sentence for a name that does not exist, with the nearest that does."""
    names = sorted(known)
    near = difflib.get_close_matches(name[:LONGEST_NAME], names[:MOST_NAMES], 1)
    mend = f"did you mean {near[0]!r}? " if near else ""
    return f"there is no {what} {name!r}; {mend}allowed: {', '.join(names) or 'none'}"


def _dotted(place: Sequence[Key]) -> str:
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place).lstrip(".")
    return f" ({text})" if text else ""


def _place(data: Any, kind: Any, message: str) -> list[Key]:
    """Where a ValidationError is. msgspec writes `[...]` for "some key of a dict": the key is found by leaving the
    others out."""
    _, _, path = message.partition(" - at `$")
    place: list[Key] = []
    here = data
    for field, index, _ in re.findall(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])", path):
        if field or index:
            key: Key = field or int(index)
        else:
            key = next(name for name in here if _fails_alike(data, kind, place, name, message))
        place.append(key)
        here = here[key]
    return place


def _fails_alike(data: Any, kind: Any, place: list[Key], only: str, message: str) -> bool:
    def thinned(part: Any, rest: Sequence[Key]) -> Any:
        if not rest:
            return {only: part[only]}
        if isinstance(part, dict):
            return {**part, rest[0]: thinned(part[rest[0]], rest[1:])}
        return [thinned(item, rest[1:]) if index == rest[0] else item for index, item in enumerate(part)]

    try:
        msgspec.convert(thinned(data, place), kind, strict=True)
    except msgspec.ValidationError as error:
        return str(error) == message
    return False


def _explained(problem: str, kind: Any, data: Any, place: Sequence[Key]) -> str:
    """msgspec's sentence with what it leaves out: the fields or the values that are allowed there."""
    there = _type_at(msgspec.inspect.type_info(kind), data, place)
    field = _UNKNOWN.search(problem)
    if field and isinstance(there, msgspec.inspect.StructType):
        return unknown(
            "key", field[1], {found.encode_name for found in there.fields} | {str(there.tag_field)} - {"None"}
        )
    if isinstance(there, msgspec.inspect.UnionType):  # one of these words, or null
        there = next((member for member in there.types if isinstance(member, msgspec.inspect.LiteralType)), there)
    if isinstance(there, msgspec.inspect.LiteralType):
        return f"{problem}; allowed: {', '.join(map(str, there.values))}"
    if isinstance(there, msgspec.inspect.UnionType) and "Invalid value" in problem:
        tags = [member.tag for member in there.types if isinstance(member, msgspec.inspect.StructType)]
        return f"{problem}; allowed: {', '.join(map(str, tags))}"
    wanted = re.search(r"Expected `(\w+)(?: \| \w+)*`, got", problem)
    if wanted and wanted[1] in WORDS:
        return WORDS[wanted[1]]
    return problem.replace("Object missing", "this lacks the")


def _type_at(there: Any, data: Any, place: Sequence[Key]) -> Any:
    for key in place:
        if isinstance(there, msgspec.inspect.UnionType):
            if not isinstance(data, dict) or key == "kind":
                return there
            there = next((member for member in there.types if getattr(member, "tag", None) == data.get("kind")), None)
        if isinstance(there, msgspec.inspect.StructType):
            there = next((field.type for field in there.fields if field.encode_name == key), None)
        elif isinstance(there, msgspec.inspect.DictType):
            there = there.value_type
        elif isinstance(there, (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)):
            there = there.item_type
        data = data[key]
    if isinstance(there, msgspec.inspect.UnionType) and isinstance(data, dict):
        return next((member for member in there.types if getattr(member, "tag", None) == data.get("kind")), there)
    return there
