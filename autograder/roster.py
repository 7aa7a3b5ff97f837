"""Read a class list from a CSV file such as Gradescope's roster export, and write CSV that spreadsheets open safely."""

import csv
import difflib
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

from autograder import yaml_config
from autograder.text import clean, fit
from autograder.yaml_config import FileError

# How a cell begins that a spreadsheet takes for a formula (OWASP, "CSV injection"): with one of these signs, also the
# wide and small ones, after any spaces and quotation marks. A new cell may begin after any of these separators, because
# the reader may expect another one than the comma.
_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
_BEGINS = "(^|[,;|\t\r\n])"
_FORMULA = re.compile(rf"{_BEGINS}(?=[\s\"'`]*[{_SIGNS}])")
_ESCAPED = re.compile(rf"{_BEGINS}'(?=[\s\"'`]*[{_SIGNS}])")
_AS_TEXT = re.compile(r'="([^"]*)"')
Numbers = float | list[Any]  # a number, or nested lists of numbers
LONGEST_NUMBERS = 100_000  # characters of a cell with nested lists
LONGEST = 254  # characters of a cell that are read; an email is not longer (RFC 5321)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class Student:
    """One student. At least one of email and SID is known; an unknown value is ""."""

    name: str
    email: str
    sid: str
    numbers: Mapping[str, Numbers] = field(default_factory=dict)  # by column; empty if the cells are blank
    columns: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)  # every cell, by heading

    @property
    def identity(self) -> str:
        """What the student's individual inputs are drawn from: the email, else the SID."""
        return identity(self.email or self.sid)

    def __str__(self) -> str:
        """For the instructor: "Ada Lovelace (ada@example.edu)"."""
        who = clean(self.email or self.sid)
        return f"{clean(self.name)} ({who})" if self.name else who


@dataclass(frozen=True)
class Person:
    """Someone who submitted. Unknown values are "". The values are for comparing; show them through `text.clean`."""

    name: str
    email: str
    sid: str

    def __str__(self) -> str:
        """The name, else the email, else the SID, safe to show."""
        return clean(self.name or self.email or self.sid)


@dataclass(frozen=True)
class Roster:
    """All students of a course."""

    students: tuple[Student, ...] = ()

    def find(self, email: str = "", sid: str = "") -> Student | None:
        """The student with this email or, if there is none, with this SID."""
        for key in (("email", identity(email)), ("sid", identity(sid))):
            if key[1] and key in self._known:
                return self._known[key]
        return None

    @cached_property
    def _known(self) -> dict[tuple[str, str], Student]:
        return {("email", identity(each.email)): each for each in self.students} | {
            ("sid", identity(each.sid)): each for each in self.students
        }


def identity(who: str) -> str:
    """An email or SID for comparing: lower case, without spaces around it and invisible characters."""
    return strip_invisible(who).lower()


def strip_invisible(who: str) -> str:
    """An email or SID without spaces around it and without format characters, which pages and PDFs may insert."""
    return "".join(character for character in who if unicodedata.category(character) != "Cf").strip()


def email_or_sid(who: str) -> tuple[str, str]:
    """Tell an email from a SID: (email, ""), or ("", SID)."""
    return (who.strip(), "") if "@" in who else ("", who.strip())


HEADINGS = {  # compared by letters and digits only
    "email": ("email", "emailaddress", "mail"),
    "sid": ("sid", "studentid", "sisid", "sisuserid", "studentnumber", "idnumber"),
    "name": ("name", "fullname", "student", "studentname"),
    "first name": ("firstname", "givenname"),
    "last name": ("lastname", "surname", "familyname"),
}

CANVAS = {"Student", "ID", "Section"}  # columns of every gradebook that Canvas exports; those of the SIS may be missing
NO_STUDENT = ("Points Possible", "Manual Posting", "Muted", "Student, Test")  # rows of such a gradebook

# A heading this similar (0 to 1, difflib) to one of these is an error: without that column nobody can be identified.
SIMILARITY = {"email": 0.8, "sid": 0.9}


def read(path: Path, numbers: Sequence[str] = ()) -> Roster:
    """Read the roster at `path`.

    The header row has Email, SID or both, and Name or First Name and Last Name, in any order and as HEADINGS spells
    them. Other columns are kept as text, unless a heading is almost Email or SID. A gradebook that Canvas exported is
    read too; its row "Points Possible" is no student.

    Args:
        path: the CSV file.
        numbers: the columns of numbers; the file has all of them or none.

    Raises FileError at the first line that does not fit.
    """
    rows = _rows(path)
    _, header = next(rows, (1, []))
    columns = _columns(path, header, numbers)
    students: dict[int, Student] = {}
    taken: dict[tuple[str, str], int] = {}
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        while len(row) > len(header) and not row[-1].strip():
            row.pop()
        if len(row) > len(header):
            raise _error(
                path,
                line,
                "",
                f"there are {len(row)} cells, and the header row has {len(header)}; "
                "put quotes around a cell that contains a comma",
            )
        cells = {name: row[at] for name, at in columns.items() if at < len(row)}
        cells |= {name: strip_invisible(cells[name]) for name in ("email", "sid") if name in cells}
        named = dict(zip_longest(map(cell_text, header), map(cell_text, row), fillvalue=""))
        if named.keys() >= CANVAS:
            said = " ".join(map(cell_text, row))
            if any(word in (said if not cell_text(row[0]) else cell_text(row[0])) for word in NO_STUDENT):
                continue
            cells |= _canvas_identity(cells, named)
        longest = dict.fromkeys(numbers, LONGEST_NUMBERS)
        texts = {name: cell_text(cell, longest.get(name, LONGEST)) for name, cell in cells.items()}
        student = _student(path, line, texts, numbers)
        student = replace(student, columns=named)
        for column, text in (("Email", student.email), ("SID", student.sid)):
            first = taken.setdefault((column, identity(text)), line) if text else line
            if first != line:
                raise _error(path, line, column, f"{text!r} is in line {first} too; every student must have one line")
        students[line] = student
    if not students:
        raise FileError(f"{path}: it contains no students; it needs a header row and a line for each student")
    return Roster(tuple(students.values()))


def escape_formulas(text: str) -> str:
    """Text for a CSV cell that no spreadsheet takes for a formula: an apostrophe goes before every formula."""
    return _FORMULA.sub(r"\1'", text)


def to_csv(rows: Iterable[Iterable[str]], end: str) -> str:
    """Write rows as CSV with all cells in quotes. end: line ending. Apply `escape_formulas` to students' text first."""
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(rows)
    return written.getvalue()


def cell_text(cell: str, longest: int = LONGEST) -> str:
    """Undo `escape_formulas`, and the ="00123" that makes a spreadsheet keep text.

    The result is one line without unsafe characters, of at most so many.
    """
    text = fit(" ".join(cell.split()), longest)
    return quoted[1] if (quoted := _AS_TEXT.fullmatch(text)) else _ESCAPED.sub(r"\1", text)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row with the number of its last line."""
    reader = csv.reader(io.StringIO(yaml_config.read_text(path), newline=""), strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise _error(path, reader.line_num, "", f"this is not valid CSV: {error}") from None


def _columns(path: Path, header: Sequence[str], numbers: Sequence[str]) -> dict[str, int]:
    """The position of each column to read: names in lower case, numbers as they are."""
    found: dict[str, int] = {}
    headings = [cell_text(cell) for cell in header]
    for column in (*HEADINGS, *numbers):
        exact = [at for at, name in enumerate(headings) if (name if name in numbers else name.lower()) == column]
        at = exact or [at for at, name in enumerate(headings) if _letters(name) in HEADINGS.get(column, ())]
        if len(at) > 1:
            raise _error(path, 1, headings[at[-1]], "two columns have this name; keep one")
        if at:
            found[column] = at[0]
    for column, likeness in SIMILARITY.items():
        for name in headings if column not in found else ():
            if name not in numbers and difflib.get_close_matches(_letters(name), HEADINGS[column], 1, likeness):
                meant = {"email": "Email", "sid": "SID"}[column]
                raise _error(path, 1, name, f"did you mean {meant!r}? Rename this column, or remove it")
    if "email" not in found and "sid" not in found and not set(headings) >= CANVAS:
        there = ", ".join(map(cell_text, header)) or "nothing"
        raise _error(
            path,
            1,
            "",
            f"the header row has no column Email or SID (found: {there}); "
            "export the roster as CSV, with commas between the columns",
        )
    if (missing := [name for name in numbers if name not in found]) and len(missing) < len(numbers):
        problem = "this column is missing; a roster has numbers for every input or for none"
        raise _error(path, 1, missing[0], problem)
    return found


def _canvas_identity(cells: Mapping[str, str], named: Mapping[str, str]) -> dict[str, str]:
    """Email and SID in Canvas's gradebook: the login where it is an email; Canvas's own ID for somebody with nothing
    else, as its test student."""
    login = named.get("SIS Login ID", "")
    email = cells.get("email", "") or (login if EMAIL.fullmatch(login) else "")
    sid = cells.get("sid", "") or ("" if email else login or named["ID"])
    return {"email": email, "sid": sid}


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _student(path: Path, line: int, cells: Mapping[str, str], numbers: Sequence[str]) -> Student:
    email, sid = cells.get("email", ""), cells.get("sid", "")
    if not email and not sid:
        raise _error(path, line, "Email", "both the email and the SID are missing; give one of them")
    if email and not EMAIL.fullmatch(email):
        raise _error(path, line, "Email", f"{email!r} is not an email address")
    name = cells.get("name") or " ".join(filter(None, (cells.get("first name"), cells.get("last name"))))
    given = {column: cells.get(column, "") for column in numbers}
    if not any(given.values()):
        return Student(name, email, sid)
    return Student(name, email, sid, {column: _number(path, line, column, cell) for column, cell in given.items()})


def _number(path: Path, line: int, column: str, cell: str) -> Numbers:
    number: Any = math.nan
    with suppress(ValueError, RecursionError):
        number = json.loads(cell) if cell.startswith("[") else float(cell)
    if not _finite(number):
        what = f"{cell!r} is not a number" if cell else "the number is missing"
        raise _error(path, line, column, f"{what}; give all numbers of a student, with a decimal point, or none")
    return number  # type: ignore[no-any-return]  # it has been checked


def _finite(number: Any) -> bool:
    if isinstance(number, list):
        return all(map(_finite, number))
    return type(number) in (int, float) and math.isfinite(number)


def _error(path: Path, line: int, column: str, problem: str) -> FileError:
    return FileError(f"{path}, line {line}{f', column {column}' if column else ''}: {problem}")
