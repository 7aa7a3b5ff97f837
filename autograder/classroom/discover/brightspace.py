"""Brightspace (D2L): "Download" in an assignment, files in one folder or a folder for each submission.

    12345-678 - Ada Lovelace - Nov 2, 2026 912 AM - Lab4.py      user and assignment, name, time, the student's file
    12345-678 - Ada Lovelace - Nov 2, 2026 912 AM/Lab4.py        with a folder for each submission
    index.html                                                   Brightspace's own list

Source: samples in public programs that read such downloads ("271836-442356 - Blake Payne - Dec 5, 2024 1149 AM -
CatacombCrawler.zip" in OfficeCoffee/GradingFileProject; "13394-80551 - Eric Gillotti - Mar 29, 2018 1205 PM -
EGillotti - Homework 6.zip" in a parser's test); there is no documentation of it. The student's file name may contain
" - ", so the first time is Brightspace's. The time has no colon, because file names must not.
"""

import re
from datetime import datetime

from autograder.classroom.discover.naming import Named, is_plain

NAME = "Brightspace"
FORM = re.compile(
    r"(?P<owner>\d+-\d+ - (?P<name>.+?)) - (?P<when>[A-Z][a-z]{2} \d{1,2}, \d{4} \d{3,4} [AP]M)(?: - (?P<file>.+))?",
    re.DOTALL,
)
# strptime would follow the system's language.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read(name: str, *, folder: bool) -> Named | None:
    """Take a file's or folder's name apart."""
    found = FORM.fullmatch(name)
    if not found or is_plain(found["file"] or "") == folder:
        return None
    when = _time(found["when"])
    return Named(found["owner"], found["name"], found["file"] or "", when=when) if when else None


def _time(text: str) -> datetime | None:
    month, day, year, clock, half = text.replace(",", "").split()
    hour, minute = int(clock[:-2]), int(clock[-2:])
    if month not in MONTHS or not 1 <= hour <= 12:
        return None
    try:
        return datetime(int(year), MONTHS.index(month) + 1, int(day), hour % 12 + 12 * (half == "PM"), minute)
    except ValueError:
        return None
