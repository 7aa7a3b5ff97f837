"""Recognizes failures because a program uses a newer Python than the grader's."""

import re
import sys

from autograder.sandbox.host.protocol import Failure

# The version that introduced a syntax, a pattern of lines with it, and its name.
GRAMMAR = (
    ((3, 11), r"^except\s*\*", "`except*`"),
    ((3, 12), r"^type\s+\w+\s*(\[.*\])?\s*=", "the `type` statement"),
    ((3, 12), r"^(async\s+)?(def|class)\s+\w+\s*\[", "a parameter of types in brackets after the name"),
    ((3, 12), r"""\b[rR]?[fF][rR]?(["'])(?:(?!\1)[^{}]|\{\{|\}\}|\{(?:(?!\1)[^{}])*\})*\{(?:(?!\1)[^{}])*(\1|\\)[^{}]*\}""", "an f-string with its own quotes or a backslash within its braces"),
    ((3, 14), r"\b[rR]?[tT][rR]?[\"']", "a template string, t\"…\""),
    ((3, 14), r"^except\*?\s+[\w.]+\s*,\s*[\w., ]+:", "`except` with several types and no parentheses"),
    ((3, 15), r"^lazy\s+(import|from)\b", "a lazy import"),
    ((3, 15), r"[\[({]\s*\*{1,2}\w[^,]*\bfor\b", "unpacking in a comprehension"),
)  # fmt: skip
LIBRARY = (
    ((3, 11), ("tomllib", "typing.Self", "typing.assert_never", "typing.Never", "typing.LiteralString", "typing.NotRequired")),
    ((3, 11), ("enum.StrEnum", "math.cbrt", "math.exp2", "datetime.UTC", "contextlib.chdir", "asyncio.TaskGroup")),
    ((3, 12), ("itertools.batched", "typing.override", "typing.TypeAliasType", "math.sumprod", "random.binomialvariate")),
    ((3, 13), ("warnings.deprecated", "copy.replace", "typing.ReadOnly", "typing.TypeIs", "math.fma")),
    ((3, 14), ("annotationlib", "compression", "string.templatelib", "concurrent.interpreters")),
)  # fmt: skip
MISSING = re.compile(
    r"No module named '(?P<module>[\w.]+)'|cannot import name '(?P<name>\w+)' from '(?P<of>[\w.]+)'"
    r"|module '(?P<whole>[\w.]+)' has no attribute '(?P<attribute>\w+)'"
)
Version = tuple[int, int]


def newer(failure: Failure, version: Version = sys.version_info[:2]) -> str:
    """Two sentences if a failure is about something that a later Python than `version` introduced, else ""."""
    since, what = _grammar(failure, version) if failure.type == "SyntaxError" else _library(failure, version)
    if not what:
        return ""
    ours, theirs = (".".join(map(str, each)) for each in (version, since))
    needs = f"{what} needs Python {theirs}, but the grader runs Python {ours}."
    return f"{needs} Write it in a way that Python {ours} understands too."


def _grammar(failure: Failure, version: Version) -> tuple[Version, str]:
    line = (failure.source or "").strip()
    for since, pattern, what in GRAMMAR:
        if since > version and re.search(pattern, line):
            return since, what[0].upper() + what[1:]
    return version, ""


def _library(failure: Failure, version: Version) -> tuple[Version, str]:
    found = MISSING.search(failure.message)
    if found is None:
        return version, ""
    name = found["module"] or f"{found['of'] or found['whole']}.{found['name'] or found['attribute']}"
    for since, names in LIBRARY:
        if since > version and name in names:
            return since, name
    return version, ""
