"""What an earlier run left in the folder of a class: results of who is gone, and files that somebody has edited."""

import contextlib
import csv
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom import store
from autograder.fileio import cannot_write, write_text
from autograder.text import join_first, plural, printable

STALE = "stale"
GRADES = "grades.csv"
# grades.csv as it was written, and as it is about to be written: a run may be killed between the two files.
COPY, NEXT = "grades.csv", "grades.next.csv"
KEY = ("Submission ID", "Email", "SID", "Name")  # columns that tell which line is which


@dataclass(frozen=True)
class Leftovers:
    """What is not as this run needs it."""

    gone: tuple[str, ...] = ()  # ids of submissions that are not in the input any more
    edited: tuple[str, ...] = ()  # ids of submissions whose results file is not as the grader wrote it
    cells: tuple[str, ...] = ()  # edited cells of grades.csv

    @property
    def sentences(self) -> list[str]:
        """What to tell the instructor."""
        said = []
        if self.gone:
            one = plural(len(self.gone), "submission") + (" is" if len(self.gone) == 1 else " are")
            said.append(f"{one} not in the input any more: {_listed(self.gone)}; their files are now in {STALE}/")
        if self.edited:
            files = plural(len(self.edited), "results file")
            said.append(
                f"{files} edited since the last run: {_listed(self.edited)}; the edited files are now in {STALE}/"
            )
        if self.cells:
            said.append(
                f"{GRADES} was edited since the last run: {join_first(self.cells, 6, '; ')}; it is now in {STALE}/"
            )
        return said


def look(out: Path, ids: Collection[str]) -> Leftovers:
    """Look for leftovers. ids: the submissions of this run."""
    kept = {path.name.removesuffix(store.RECORD) for path in _files(out / "records", store.RECORD)}
    edited = []
    for id in sorted(kept.intersection(ids)):
        record = store.read(out, id)
        if record and record.results and store.digest_of_results(out, id) not in (record.results, ""):
            edited.append(id)
    gone = {path.name.removesuffix(end) for name, end in store.FOLDERS.items() for path in _files(out / name, end)}
    return Leftovers(tuple(sorted(gone.difference(ids))), tuple(edited), tuple(_edited_cells(out)))


def has_any(out: Path, ids: Collection[str]) -> bool:
    """Whether the folder has a record of any of these submissions."""
    return any(path.name.removesuffix(store.RECORD) in ids for path in _files(out / "records", store.RECORD))


def move(out: Path, found: Leftovers) -> None:
    """Move leftovers to the folder for stale files. Raises CannotWrite."""
    files = [path for id in found.gone for path in store.files_of(out, id)]
    files += [store.files_of(out, id)[0] for id in found.edited]
    files += [out / GRADES] if found.cells else []
    for path in files:
        target = out / STALE / path.relative_to(out)
        try:
            with contextlib.suppress(FileNotFoundError):
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, target)
        except OSError as error:
            raise cannot_write(target, error) from None


def write_grades(out: Path, text: str) -> None:
    """Write grades.csv, and beside the records a copy that shows later what somebody edited. Raises CannotWrite."""
    copy, coming = out / "records" / COPY, out / "records" / NEXT
    write_text(coming, text)
    write_text(out / GRADES, text)
    try:
        os.replace(coming, copy)
    except OSError as error:
        raise cannot_write(copy, error) from None


def _files(folder: Path, end: str) -> Iterable[Path]:
    try:
        return [path for path in folder.iterdir() if path.name.endswith(end) and not path.name.startswith(".")]
    except OSError:
        return []


def _edited_cells(out: Path) -> list[str]:
    """What differs in grades.csv from each of the copies; nothing where it cannot be known."""
    now = _table(out / GRADES)
    written = [table for name in (COPY, NEXT) if (table := _table(out / "records" / name)) is not None]
    if now is None or not written:
        return []
    return min((_differences(table, now) for table in written), key=len)


def _differences(
    before: dict[tuple[str, ...], dict[str, str]], now: dict[tuple[str, ...], dict[str, str]]
) -> list[str]:
    found = [f"a line for {_who(key)} is gone" for key in before if key not in now]
    found += [f"a line for {_who(key)} is new" for key in now if key not in before]
    for key, cells in now.items():
        for column, text in cells.items():
            if key in before and before[key].get(column, "") != text:
                found.append(f"{_who(key)}, {column}: {before[key].get(column) or 'blank'} to {text or 'blank'}")
    return [printable(each, 200) for each in found]


def _who(key: tuple[str, ...]) -> str:
    return key[3] or key[1] or key[2] or key[0]


def _table(path: Path) -> dict[tuple[str, ...], dict[str, str]] | None:
    """The lines of a table by what tells them apart; None if it cannot be read."""
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
            rows = [{str(name): str(cell or "") for name, cell in row.items()} for row in csv.DictReader(file)]
    except (OSError, csv.Error):
        return None
    return {tuple(row.get(column, "") for column in KEY): row for row in rows}


def _listed(ids: Collection[str]) -> str:
    return join_first([printable(each, 60) for each in ids])
