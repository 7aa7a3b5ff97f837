"""Whether a call of a program may depend on earlier calls, as far as its text shows."""

import re

# How programs usually keep something: names declared global; decorators, such as a cache; defaults that are lists or
# dicts; attributes of a class; variables of the module that are made of more than numbers, texts and names. No part
# reaches far over a line's end, so that no text takes long.
_KEPT = re.compile(
    rb"^[ \t]*global |^@|^[ \t]*def \w+\([^)]{0,300}[\[{]"
    rb"|^[ \t]+(?:cls|[A-Z]\w*|self\.__class__|type\(self\))\.\w+[ \t]*[-+*/]?=(?!=)"
    rb"|^[A-Za-z_][\w, .]*(?::[^=\n]*)?[-+*/]?=(?!=|[^\n\\#(\[{]*(?:#|$)"
    rb"|[ \t]*(?:(?:collections\.)?namedtuple|torch\.device)\((?:[^\n()]|\(\))*\)[ \t]*(?:#|$))",
    re.MULTILINE,
)
_CLASS = re.compile(rb"^class [^\n]*\n((?:[ \t]+[^\n]*\n|[ \t]*\n)*)", re.MULTILINE)
_TEXT = re.compile(rb"(\"{3}|'{3}).*?\1", re.DOTALL)
_BLANK = re.compile(rb"[ \t]*(?:#|$)")
# What may stand in a class that keeps nothing: methods, texts, and attributes without a value.
_HARMLESS = re.compile(
    rb"(?:async )?def |@(?:staticmethod|classmethod|property)\b|pass\b|\.\.\.|[rR]?[\"']|\w+[ \t]*:[^=\n]*$"
)


def may_remember(text: bytes) -> bool:
    """Whether a program may keep something from one call to the next; False if nothing in its text says so."""
    text = _TEXT.sub(b"''", text) + b"\n"
    return bool(_KEPT.search(text)) or not all(_keeps_nothing(each[1]) for each in _CLASS.finditer(text))


def _keeps_nothing(body: bytes) -> bool:
    """Whether nothing but methods stands in the body of a class."""
    lines = [line for line in body.split(b"\n") if not _BLANK.match(line)]
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())] if lines else b""
    own = [line[len(indent) :] for line in lines if line.startswith(indent)]
    return bool(lines) and all(line[:1].isspace() or _HARMLESS.match(line) for line in own)
