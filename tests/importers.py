"""The importers of the platforms, as far as our files reach: written after their sources, which are named."""

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SKIPPED = re.compile(
    "Current Score|Current Points|Current Grade|Final Score|Final Points|Final Grade|Override Score|Override Grade|"
    "Override Status"
)


@dataclass(frozen=True)
class CanvasUser:
    """A student of a Canvas course."""

    id: str
    sis: str
    login: str
    name: str


def canvas(text: str, users: Sequence[CanvasUser]) -> tuple[str, float, dict[CanvasUser, str]]:
    """canvas-lms, lib/gradebook_importer.rb: the assignment, its points, and each user's new grade."""
    assert not text.startswith("\ufeff"), "CSV.foreach: illegal quoting"
    for line in text.splitlines()[:3]:  # identify_delimiter
        assert len(next(csv.reader([line], strict=True))) >= len(next(csv.reader([line], delimiter=";")))
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert re.search(r"SIS\s+User\s+ID", header[2])
    assert re.search(r"SIS\s+Login\s+ID", header[3])
    assert "Section" in header[4]
    (assignment,) = [name for name in header[5:] if not SKIPPED.search(name)]
    at, points, found = header.index(assignment), 0.0, {}
    for row in rows:
        if "Points Possible" in row[0]:
            points = float(row[at])
            continue
        assert not all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.I) for cell in row)
        ways = (
            lambda user, row=row: user.id == row[1] != "",
            lambda user, row=row: user.sis == row[2] != "",
            lambda user, row=row: user.login == row[3] != "",
            lambda user, row=row: user.name == row[0],
        )
        user = next((user for way in ways for user in users if way(user)), None)
        assert user, f"a new user would be made of {row}"
        assert user not in found, f"{row} is there twice"
        found[user] = row[at].strip()
    return assignment, points, found


def moodle(text: str, users: Mapping[str, str], most: float = 100) -> tuple[dict[str, float | None], dict[str, str]]:
    """moodle, grade/import/csv/classes/load_data.php, into a new grade item: grades and feedback by user.

    users: each user by what the first column has.
    """
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    assert header[0] in ("Email address", "ID number")
    assert len(set(header)) == len(header), "cannotmapfield"
    grades: dict[str, float | None] = {}
    feedback = {}
    student = ""
    for row in rows:
        if len(row) <= 1:
            continue
        values = [value.strip() for value in row]
        if values[0]:  # a blank field leaves the student of the row before
            student = users[values[0]]
        assert student not in grades, f"{row} overwrites another row"
        grade = None if values[2] == "-" else float(values[2] or 0)  # normalise_value: a blank is 0
        assert grade is None or grade <= most, "gradevaluetoobig"
        grades[student] = grade
        feedback[student] = values[3]
    return grades, feedback


def moodle_feedback(content: bytes, participants: Mapping[int, str], *, old: bool = False) -> dict[str, bytes]:
    """moodle, mod/assign/feedback/file/importziplib.php: each user's file. old: as Moodle before 4.1 reads names."""
    found = {}
    with zipfile.ZipFile(content if isinstance(content, io.BytesIO) else io.BytesIO(content)) as archive:
        for path in archive.namelist():
            assert not path.rpartition("/")[2].startswith((".", "~"))
            parts = path.split("/")
            info = path.split("_", 4) if old else parts.pop(0).split("_", 4)
            assert len(info) >= (5 if old else 4)
            user = participants[int(info[1])]
            assert (info[2], info[3]) == ("assignsubmission", "file")
            assert user not in found
            found[user] = archive.read(path)
    return found
