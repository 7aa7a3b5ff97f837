"""Write docs/rubric.md, the reference of rubric.yaml and course.yaml, and docs/rubric.schema.json, the same for
editors. Run it after a change to a schema:

.venv/bin/python docs/rubric.py

Types and defaults come from the classes of autograder/rubric/schema.py, descriptions from the comments there, examples
from the rubrics of this repository.
"""

import ast
import importlib
import inspect
import io
import json
import math
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import yaml
from msgspec import inspect as types

from autograder import yaml_config
from autograder.course_file import CourseEntry
from autograder.rubric.schema import Check, CheckEntry, Rubric

ROOT = Path(__file__).resolve().parents[1]
RUBRICS = (
    ROOT / "rubric.yaml",
    *sorted((ROOT / "labs").glob("*/rubric.yaml")),
    ROOT / "docs/every_key/rubric.yaml",  # for what no lab needs
)
COURSE = ROOT / "docs/every_key/course.yaml"
LONGEST = 72  # characters of an example that is shown whole
WORDS: dict[type[types.Type], str] = {
    types.StrType: "text",
    types.FloatType: "number",
    types.IntType: "whole number",
    types.BoolType: "true or false",
    types.ListType: "list",
    types.AnyType: "any value",
}
KINDS: tuple[type[msgspec.Struct], ...] = get_args(Check)
Struct = type[msgspec.Struct]
REQUIRED = object()

HEAD = """# Reference of rubric.yaml and course.yaml

Every key with its type, its default, what it means, and an example from a rubric of this repository. `docs/rubric.py`
writes this page from `autograder/rubric/schema.py` and `autograder/course_file.py`, and a test checks that it is up to
date. [`new-lab.md`](new-lab.md) says how to begin, and which operations a graph may have; [`course.md`](course.md) is
about course.yaml, whose keys come last.

Every command reads the whole file first. A key that is not on this page, a wrong type, or names that do not fit
together are reported with their line. `{name: number}` means keys that you choose, each with a number.

If your editor reads JSON schemas for YAML files, as VS Code does with its YAML extension, this first line of the file
makes it propose keys and underline mistakes (with the path from your file to this repository):

```yaml
# yaml-language-server: $schema=../docs/rubric.schema.json
```
"""

TITLES = {
    "Rubric": "The file",
    "GraphEntry": "A graph",
    "Drawn": "A drawn set",
    "DrawnArray": "A drawn vector or matrix",
    "Function": "A function",
    "Tolerance": "A tolerance",
    "CheckEntry": "A check",
    "Limits": "Limits",
    "LabMistake": "A mistake of this lab",
    "CourseEntry": "The course",
    "LabEntry": "A lab of a course",
}


@dataclass(frozen=True)
class Key:
    """One key of a section of the file."""

    name: str  # as it is written in the file
    type: types.Type
    default: Any  # REQUIRED if it has to be there
    meaning: str


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *map(_section, sections())])


def json_schema() -> str:
    """The schema for editors: msgspec's, with the descriptions of the keys."""
    schema = msgspec.json.schema(Rubric)
    described = {each.__name__: each for each in (*sections(), *KINDS)}
    for name, definition in schema["$defs"].items():
        for key in keys(described[name]):
            definition["properties"][key.name]["description"] = key.meaning
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=1) + "\n"


def sections() -> list[Struct]:
    """The classes that make a section each, in the order in which the file's keys lead to them.

    A check has its own keys in sections of the classes that it is made of, so that no key is described twice.
    """
    found: dict[Struct, None] = {}

    def visit(one: Struct) -> None:
        if one not in found and one.__annotations__:
            found[one] = None
            for each in (below for key in own_keys(one) for below in _structs(key.type)):
                for part in reversed([part for part in each.__mro__ if part in _PARTS or part is each]):
                    visit(part)

    visit(Rubric)
    visit(CourseEntry)
    return list(found)


_PARTS = {part for kind in KINDS for part in kind.__mro__ if issubclass(part, CheckEntry)}


def keys(struct: Struct) -> list[Key]:
    """All keys of a struct, also those that it shares with others."""
    meanings: dict[str, str] = {}
    for part in reversed(struct.__mro__):
        if issubclass(part, msgspec.Struct) and part is not msgspec.Struct:
            meanings.update(_comments(part.__module__).get(part.__name__, {}))
    info = types.type_info(struct)
    assert isinstance(info, types.StructType)
    return [Key(each.encode_name, each.type, _given(each), meanings.get(each.name, "")) for each in info.fields]


def own_keys(struct: Struct) -> list[Key]:
    """The keys that a struct declares itself."""
    names = {each.encode_name for each in msgspec.structs.fields(struct) if each.name in struct.__annotations__}
    return [key for key in keys(struct) if key.name in names and not key.meaning.startswith("not written")]


def _given(field: types.Field) -> Any:
    """The default of a field."""
    if field.required:
        return REQUIRED
    return field.default_factory() if callable(field.default_factory) else field.default


@cache
def _comments(module: str) -> Mapping[str, Mapping[str, str]]:
    """The comment of each field of each class: at the end of its line, or on the lines above it."""
    source = inspect.getsource(importlib.import_module(module))
    lines = source.splitlines()
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }

    def above(line: int) -> Iterator[str]:
        if line in comments and lines[line - 1].lstrip().startswith("#"):
            yield from above(line - 1)
            yield comments[line]

    return {
        each.name: {
            field.target.id: comments.get(field.end_lineno or 0) or " ".join(above(field.lineno - 1))
            for field in each.body
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        }
        for each in ast.parse(source).body
        if isinstance(each, ast.ClassDef)
    }


def _default(key: Key) -> str:
    if key.default is REQUIRED:
        return "**required**"
    if isinstance(key.default, msgspec.Struct):
        return "see there"
    return "none" if key.default in (None, "", (), {}) else _code(flow({"_": key.default})[3:])


def _structs(kind: types.Type) -> list[Struct]:
    """The structs that a type is made of."""
    match kind:
        case types.StructType(cls=cls):
            return [cls]
        case types.UnionType(types=several):
            return [each for one in several for each in _structs(one)]
        case types.DictType(value_type=one) | types.VarTupleType(item_type=one):
            return _structs(one)
    return []


def _section(struct: Struct) -> str:
    text = " ".join((struct.__doc__ or "").split())
    rows = [
        f"| `{key.name}` | {_type(key.type)} | {_default(key)} | {key.meaning} | {_code(example(struct, key))} |"
        for key in own_keys(struct)
    ]
    kinds = _kinds() if struct is CheckEntry else []
    return "\n".join(
        [
            *(f"## {_title(struct)}", "", text, ""),
            *("| key | type | default | meaning | example |", "|---|---|---|---|---|", *rows, ""),
            *kinds,
        ]
    )


def _title(struct: Struct) -> str:
    if struct.__name__ in TITLES:
        return TITLES[struct.__name__]
    named = [f"`{_tag(kind)}`" for kind in KINDS if issubclass(kind, struct)]
    return f"Checks of kind {' and '.join([', '.join(named[:-1]), named[-1]]) if named[1:] else named[0]}"


def _kinds() -> list[str]:
    """The table of the kinds of checks."""
    rows = [f"| `kind: {_tag(kind)}` | {' '.join((kind.__doc__ or '').split())} |" for kind in KINDS]
    return ["`kind` says what is checked, and which further keys there are:", "", "| kind | |", "|---|---|", *rows, ""]


def _tag(kind: Struct) -> str:
    return str(kind.__struct_config__.tag)


def _type(kind: types.Type) -> str:
    """A type in words, as in `{name: list of number}`."""
    match kind:
        case types.StructType(cls=cls):
            shown = CheckEntry if cls in KINDS else cls
            return f"[{_title(shown).removeprefix('A ').lower()}](#{_anchor(shown)})"
        case types.UnionType(types=several):
            return " or ".join(dict.fromkeys(_type(each) for each in several if not isinstance(each, types.NoneType)))
        case types.DictType(value_type=one):
            return f"{{name: {_type(one)}}}"
        case types.VarTupleType(item_type=one):
            return f"list of {_type(one)}"
        case types.TupleType(item_types=(_, _)):
            return "`[low, high]`"
        case types.LiteralType(values=values):
            return ", ".join(f"`{each}`" for each in values)
    return WORDS[type(kind)]


def _anchor(struct: Struct) -> str:
    return _title(struct).lower().replace(" ", "-").replace("`", "").replace(",", "")


def _code(text: str) -> str:
    """Code in a cell of a table."""
    return (f"`{text}`" if "`" not in text else f"`` {text} ``").replace("|", "\\|")


def example(struct: Struct, key: Key) -> str:
    """How a rubric of this repository uses a key: the first use that is short, else the outline of the first one.

    Raises LookupError if none uses it.
    """
    used = [value for path in (*RUBRICS, COURSE) for value in _uses(path).get((struct, key.name), [])]
    used.sort(key=lambda value: value == key.default)  # an example says more with another value than the default
    if not used:
        raise LookupError(f"no rubric has an example of {key.name} ({_title(struct)}); add one to docs/every_key")
    texts = [flow({key.name: value}) for value in used]
    return next((text for text in texts if len(text) <= LONGEST), flow({key.name: _outline(used[0])}))


def _outline(value: Any) -> Any:
    """What holds too much to be shown: its first entry, if that is short, and an ellipsis."""
    if isinstance(value, dict):
        name, first = next(iter(value.items()))
        return {name: first if len(flow({name: first})) <= LONGEST else "…"} | (
            {"…": "…"} if value.keys() > {name} else {}
        )
    return ["…"] if isinstance(value, list) else value


def flow(value: Mapping[str, Any]) -> str:
    """Keys and their values as YAML on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=math.inf)
    return text.strip()[1:-1].replace("…: …", "…")


@cache
def _uses(path: Path) -> Mapping[tuple[Struct, str], Sequence[Any]]:
    """The values of each key in a rubric, by the class that declares it and the key."""
    found: dict[tuple[Struct, str], list[Any]] = {}

    def visit(kind: types.Type, value: Any) -> None:
        match kind:
            case types.UnionType(types=several):
                for each in several:
                    if _may_be(each, value):
                        return visit(each, value)
            case types.StructType(cls=cls):
                for key in keys(cls):
                    if key.name in value:
                        found.setdefault((_declares(cls, key.name), key.name), []).append(value[key.name])
                        visit(key.type, value[key.name])
            case types.DictType(value_type=one):
                for each in value.values():
                    visit(one, each)
            case types.VarTupleType(item_type=one):
                for each in value:
                    visit(one, each)
        return None

    visit(types.type_info(CourseEntry if path == COURSE else Rubric), yaml_config.load(path).data)
    return found


def _may_be(kind: types.Type, value: Any) -> bool:
    """Whether a value is of one member of a union."""
    match kind:
        case types.StructType(tag=str(tag)):
            return bool(value.get("kind") == tag)
        case types.StructType(fields=fields):
            return isinstance(value, dict) and {*value} <= {each.encode_name for each in fields}
        case types.DictType():
            return isinstance(value, dict)
        case types.VarTupleType() | types.ListType():
            return isinstance(value, list)
    return not isinstance(value, dict | list)


def _declares(struct: Struct, key: str) -> Struct:
    """The class that declares a key of a struct."""
    name = next(each.name for each in msgspec.structs.fields(struct) if each.encode_name == key)
    return next(part for part in struct.__mro__ if name in getattr(part, "__annotations__", {}))


if __name__ == "__main__":
    (ROOT / "docs/rubric.md").write_text(page(), encoding="utf-8")
    (ROOT / "docs/rubric.schema.json").write_text(json_schema(), encoding="utf-8")
