"""A class list: who takes the course, read from a CSV file such as Gradescope's roster export."""

import csv
import difflib
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autograder import yaml_config
from autograder.text import clean, fit
from autograder.yaml_config import FileError

# How a cell begins that a spreadsheet computes (OWASP, "CSV injection"): with one of these signs, the wide and small
# ones too, after any spaces and quotation marks. A cell begins where a text does, and after each separator in it,
# because the reader may expect another one than the comma.
_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
_BEGINS = "(^|[,;|\t\r\n])"
_FORMULA = re.compile(rf"{_BEGINS}(?=[\s\"'`]*[{_SIGNS}])")
_DEFUSED = re.compile(rf"{_BEGINS}'(?=[\s\"'`]*[{_SIGNS}])")
_AS_TEXT = re.compile(r'="([^"]*)"')
LONGEST = 254  # characters of a cell that are read; an email has no more (RFC 5321)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class Student:
    """One line. email, sid: "" where it is not given; one of them is. numbers: what stands in the columns of numbers
    that were asked for, nothing where they are blank."""

    name: str
    email: str
    sid: str
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """What the student's own numbers are drawn from: the email, else the SID."""
        return identity(self.email or self.sid)

    def __str__(self) -> str:
        """For the instructor: "Ada Lovelace (ada@example.edu)"."""
        who = clean(self.email or self.sid)
        return f"{clean(self.name)} ({who})" if self.name else who


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
    """An email or a SID as it is compared: without spaces around it and characters that nobody sees, in lower case."""
    return seen(who).lower()


def seen(who: str) -> str:
    """An email or a SID without spaces around it and without format characters, as a page or a PDF puts into one."""
    return "".join(character for character in who if unicodedata.category(character) != "Cf").strip()


def email_or_sid(who: str) -> tuple[str, str]:
    """What somebody is named by, as (email, SID), one of them ""."""
    return (who.strip(), "") if "@" in who else ("", who.strip())


HEADINGS = {  # as they are compared: letters and digits only
    "email": ("email", "emailaddress", "mail"),
    "sid": ("sid", "studentid", "sisid", "sisuserid", "studentnumber", "idnumber"),
    "name": ("name", "fullname", "student", "studentname"),
    "first name": ("firstname", "givenname"),
    "last name": ("lastname", "surname", "familyname"),
}

# A heading that is so much like one of these is asked after: without either column nobody is known. (0 to 1, difflib)
NEARLY = {"email": 0.8, "sid": 0.9}


def read(path: Path, numbers: Sequence[str] = ()) -> Roster:
    """The roster at `path`: a header row with Email, SID or both, and Name or First Name and Last Name, in any order
    and as HEADINGS has them; other columns are left alone, unless one is nearly called Email or SID. numbers: the
    columns of numbers, which are there all together or not at all.

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
                "put a cell that has a comma in it in quotes",
            )
        cells = {name: row[at] for name, at in columns.items() if at < len(row)}
        cells |= {name: seen(cells[name]) for name in ("email", "sid") if name in cells}
        student = _student(path, line, {name: plain(cell) for name, cell in cells.items()}, numbers)
        for column, text in (("Email", student.email), ("SID", student.sid)):
            first = taken.setdefault((column, identity(text)), line) if text else line
            if first != line:
                raise _error(path, line, column, f"{text!r} stands in line {first} too; every student has one line")
        students[line] = student
    if not students:
        raise FileError(f"{path}: there are no students in it; it needs a header row and a line for each")
    return Roster(tuple(students.values()))


def defused(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula, whatever separates cells there: with an apostrophe
    before every formula."""
    return _FORMULA.sub(r"\1'", text)


def table(rows: Iterable[Iterable[str]], end: str) -> str:
    """Rows of cells as CSV with every cell in quotes. end: of a line. Texts of students have to be `defused`."""
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(rows)
    return written.getvalue()


def plain(cell: str) -> str:
    """The text of a cell that `defused` may have made, or that a spreadsheet was to take for a text (="00123"), in one
    line, without characters that must not be shown."""
    text = fit(" ".join(cell.split()), LONGEST)
    return quoted[1] if (quoted := _AS_TEXT.fullmatch(text)) else _DEFUSED.sub(r"\1", text)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row with the number of its last line."""
    reader = csv.reader(io.StringIO(yaml_config.text(path), newline=""), strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise _error(path, reader.line_num, "", f"this is not valid CSV: {error}") from None


def _columns(path: Path, header: Sequence[str], numbers: Sequence[str]) -> dict[str, int]:
    """Where each column is that is read, by its name in lower case or, of numbers, as it is."""
    found: dict[str, int] = {}
    headings = [plain(cell) for cell in header]
    for column in (*HEADINGS, *numbers):
        exact = [at for at, name in enumerate(headings) if (name if name in numbers else name.lower()) == column]
        at = exact or [at for at, name in enumerate(headings) if _letters(name) in HEADINGS.get(column, ())]
        if len(at) > 1:
            raise _error(path, 1, headings[at[-1]], "there are two columns with this name; keep one")
        if at:
            found[column] = at[0]
    for column, likeness in NEARLY.items():
        for name in headings if column not in found else ():
            if name not in numbers and difflib.get_close_matches(_letters(name), HEADINGS[column], 1, likeness):
                meant = {"email": "Email", "sid": "SID"}[column]
                raise _error(path, 1, name, f"did you mean {meant!r}? Call it so, or take the column out")
    if "email" not in found and "sid" not in found:
        there = ", ".join(map(plain, header)) or "nothing"
        raise _error(
            path,
            1,
            "",
            f"the header row has no column Email or SID, but {there}; "
            "export the roster as CSV, with commas between the columns",
        )
    if (missing := [name for name in numbers if name not in found]) and len(missing) < len(numbers):
        raise _error(path, 1, missing[0], "this column is missing; numbers are given for every input or for none")
    return found


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _student(path: Path, line: int, cells: Mapping[str, str], numbers: Sequence[str]) -> Student:
    email, sid = cells.get("email", ""), cells.get("sid", "")
    if not email and not sid:
        raise _error(path, line, "Email", "there is neither an email nor a SID; give one of them")
    if email and not EMAIL.fullmatch(email):
        raise _error(path, line, "Email", f"{email!r} is not an email address")
    name = cells.get("name") or " ".join(filter(None, (cells.get("first name"), cells.get("last name"))))
    given = {column: cells.get(column, "") for column in numbers}
    if not any(given.values()):
        return Student(name, email, sid)
    return Student(name, email, sid, {column: _number(path, line, column, cell) for column, cell in given.items()})


def _number(path: Path, line: int, column: str, cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        what = f"{cell!r} is not a number" if cell else "the number is missing"
        raise _error(path, line, column, f"{what}; give all numbers of a student, with a decimal point, or none")
    return number


def _error(path: Path, line: int, column: str, problem: str) -> FileError:
    return FileError(f"{path}, line {line}{f', column {column}' if column else ''}: {problem}")
