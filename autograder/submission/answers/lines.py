"""Reads an answers file that is not valid YAML line by line, so that a mistake affects one line and not the file."""

import re
from collections.abc import Iterator, Sequence

from autograder.submission.answers.sheet import AnswerLine, AnswerSheet
from autograder.text import printable

MAX_LINES = 2000
MAX_LINE = 400
MAX_JOINED = 4000  # characters of a vector or a matrix on several lines
_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_SIGN = re.compile("[:\N{FULLWIDTH COLON}]|->|[\N{RIGHTWARDS ARROW}=]")  # the first one in a line ends the key
_YAML = re.compile(r"[&!]\S*")  # an anchor or a tag after the colon of a section
_ENTRY = re.compile(
    rf"[\"']?[^\W\d][\w ^/\N{{PARTIAL DIFFERENTIAL}}\u0302]*[\"']?\s*(?:{_SIGN.pattern})"
)  # begins an answer
_TITLE = re.compile(r"[^\W\d]\w*(?: ?\d+)?")


def lines_of_answers(text: str, sheet: AnswerSheet, *, arrays: bool = False) -> None:
    """Add every section and line of the text to the sheet. A line with a mistake is an entry with a problem.

    arrays: whether an answer may be a vector or a matrix, on several lines.
    """
    rows = [(number, line) for number, line in enumerate(text.split("\n"), 1) if _without_comment(line)]
    if len(rows) > MAX_LINES:
        sheet.note(f"Only the first {MAX_LINES} lines were read.")
        rows = rows[:MAX_LINES]
    rows = list(_joined(rows)) if arrays else rows
    # The outermost lines are the sections, whether or not the whole file is indented.
    outermost = min((_width(line) for _, line in rows), default=0)
    flat = all(_width(line) == outermost for _, line in rows)  # then lines with values belong to the section above
    section: str | None = None
    listed_sections = False
    entries: list[AnswerLine] = []
    for number, line in rows:
        body = _without_comment(line)
        item = body.startswith("- ")
        key, value, problem, slip = _parts(line, body.removeprefix("- ").lstrip(), MAX_JOINED if arrays else MAX_LINE)
        value = "" if _width(line) == outermost and _YAML.fullmatch(value) else value
        inner = _width(line) > outermost or (item and section is not None and not listed_sections)
        inner = inner or (flat and value != "")
        if inner and section is not None and key:
            entries.append(AnswerLine(key, value, number, problem, slip))
        elif not inner and key and not value:
            if section is not None:
                sheet.add(section, entries)
            section, entries, listed_sections = key, [], item
            if problem is not None:
                sheet.note(f"Line {number}: {problem}")
        else:
            sheet.stray(number, body)
    if section is not None:
        sheet.add(section, entries)


def _joined(rows: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines, with each vector or matrix that goes on in the lines below its name put on one line."""
    waiting = [(number, line) for number, line in rows if len(line) <= MAX_LINE]
    position = 0
    while position < len(waiting):
        number, line = waiting[position]
        position += 1
        body = _without_comment(line)
        more: list[str] = []
        length, depth = len(line), _depth(body)
        sign = _SIGN.search(body)
        listed = sign is not None and sign.end() == len(body)  # the rows follow, a line each
        while position < len(waiting) and (depth > 0 or listed):
            below = _without_comment(waiting[position][1])
            length += len(below) + 2
            if _ENTRY.match(below.removeprefix("- ")) or _TITLE.fullmatch(below) or length > MAX_JOINED:
                break
            more.append(below)
            depth += _depth(below)
            position += 1
        if more and listed:
            yield number, f"{_before_comment(line)} [{', '.join(_rows(more))}]"
        else:
            yield number, " ".join([_before_comment(line), *more]) if more else line


def _rows(lines: Sequence[str]) -> Iterator[str]:
    """Rows that are a line each, or that go on below until their brackets are closed."""
    row, depth = "", 0
    for line in lines:
        row += " " + line.removeprefix("- ").strip() if depth > 0 else line.removeprefix("- ").strip()
        depth += _depth(line)
        if depth <= 0:
            yield row.rstrip(",")
            row, depth = "", 0
    if row:
        yield row


def _depth(text: str) -> int:
    """How many more brackets a text opens than it closes."""
    return text.count("[") + text.count("(") - text.count("]") - text.count(")")


def _parts(line: str, body: str, longest: int) -> tuple[str, str, str | None, str]:
    """The key ('' if there is none), the value, a mistake that makes it unreadable, and one that does not."""
    if len(line) > longest:
        return "", "", None, ""
    sign = _SIGN.search(body)
    key = (body[: sign.start()] if sign else body).strip().strip("\"'")
    if not sign:
        return (
            (key, "", f"A colon is missing after '{printable(key, 40)}'.", "")
            if _TITLE.fullmatch(key)
            else ("", "", None, "")
        )
    value, slip = body[sign.end() :], ""
    if sign[0] not in (":", "\N{FULLWIDTH COLON}"):
        if not value.strip():
            return "", "", None, ""
        slip = "There is no colon."
    elif "\t" in line[: len(line) - len(line.lstrip())]:
        slip = "It begins with a tab instead of spaces."
    elif value and not value[0].isspace():
        slip = "There is no space after the colon."
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return key, value, None, slip


def _before_comment(line: str) -> str:
    comment = _COMMENT.search(line)
    return line[: comment.start()].rstrip() if comment else line.rstrip()


def _without_comment(line: str) -> str:
    """The line without comment; '' for blank lines and the separators of YAML documents."""
    body = _before_comment(line).strip()
    return "" if body in ("---", "...") else body


def _width(line: str) -> int:
    """The indent in columns."""
    indent = line[: len(line) - len(line.lstrip())]
    return len(indent.expandtabs(8))
