"""Reads an answers file that is not valid YAML line by line, so that a mistake affects one line and not the file."""

import re

from autograder.submission.answers.sheet import AnswerLine, AnswerSheet
from autograder.text import printable

MAX_LINES = 2000
MAX_LINE = 400
_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_SIGN = re.compile("[:\N{FULLWIDTH COLON}]|->|[\N{RIGHTWARDS ARROW}=]")  # the first one in a line ends the key
_YAML = re.compile(r"[&!]\S*")  # an anchor or a tag after the colon of a section
_TITLE = re.compile(r"[^\W\d]\w*(?: ?\d+)?")


def lines_of_answers(text: str, sheet: AnswerSheet) -> None:
    """Add every section and line of the text to the sheet. A line with a mistake is an entry with a problem."""
    rows = [(number, line) for number, line in enumerate(text.split("\n"), 1) if _without_comment(line)]
    if len(rows) > MAX_LINES:
        sheet.note(f"Only the first {MAX_LINES} lines were read.")
        rows = rows[:MAX_LINES]
    # The outermost lines are the sections, whether or not the whole file is indented.
    outermost = min((_width(line) for _, line in rows), default=0)
    flat = all(_width(line) == outermost for _, line in rows)  # then lines with values belong to the section above
    section: str | None = None
    listed_sections = False
    entries: list[AnswerLine] = []
    for number, line in rows:
        body = _without_comment(line)
        item = body.startswith("- ")
        key, value, problem, slip = _parts(line, body.removeprefix("- ").lstrip())
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


def _parts(line: str, body: str) -> tuple[str, str, str | None, str]:
    """The key ('' if there is none), the value, a mistake that makes it unreadable, and one that does not."""
    if len(line) > MAX_LINE:
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


def _without_comment(line: str) -> str:
    """The line without comment; '' for blank lines and the separators of YAML documents."""
    comment = _COMMENT.search(line)
    body = line[: comment.start()].strip() if comment else line.strip()
    return "" if body in ("---", "...") else body


def _width(line: str) -> int:
    """The indent in columns."""
    indent = line[: len(line) - len(line.lstrip())]
    return len(indent.expandtabs(8))
