"""Canvas: "Download Submissions", a zip of files in one folder.

    smith_jr_1235_6789_Lab4.py               user name, user id, attachment id, the student's file name
    roejim_LATE_13_903_Lab4-1.py             submitted late; Canvas adds "-1" when a file is submitted again
    lab_group_a_4711_900_Lab4.py             a group: one file set, under the group's name
    gracehopper_12_text.html, emmynoether_LATE_13_link.html      typed into Canvas: no file, no attachment id
    anon_aB3xY_101_Lab4.py                   anonymous grading: five letters and digits for the user id

Source: canvas-lms, lib/content_zipper.rb (`get_filename`, `add_text_or_url`, `sanitize_file_name`): the user's name
keeps only word characters, and `_digits_` is removed from it, because Canvas too infers the ids from that pattern. So
the first `_id_id_` is Canvas's, and whatever follows is chosen by the student. The ids are Canvas's own and no student
numbers. The form of the anonymous ids is well-known behavior.
"""

import re

from autograder.classroom.discover.naming import Named, is_plain

NAME = "Canvas"
ANONYMOUS = re.compile(r"(?i:anon)_(?P<late>(?i:LATE)_)?(?P<user>[0-9A-Za-z]{5})_")
USER = re.compile(r"(?P<name>\w+?)_(?P<late>(?i:LATE)_)?(?P<user>\d+)_(?=\d+_|(?:text|link)\.html$)")
REST = re.compile(r"(?:(?P<typed>text|link)\.html|\d+_(?P<file>.+))", re.DOTALL)
MORE_NUMBERS = re.compile(r"\d+_")
COPY = re.compile(r"-\d+(?=\.[^.]+$)")  # what Canvas adds to the name of a file that is submitted again
TYPED = {"text": "text entry", "link": "link"}


def read(name: str, *, folder: bool) -> Named | None:
    """Take a file's name apart; Canvas makes no folders."""
    for begin in () if folder else (ANONYMOUS, USER):
        if (who := begin.match(name)) and (rest := REST.fullmatch(name, who.end())):
            known = who.groupdict().get("name")
            owner = f"{known or 'anon'}_{who['user']}"
            if MORE_NUMBERS.match(rest["file"] or ""):  # "lab_group_1_4711_900_": the first is part of the name
                known = owner
            if rest["typed"]:
                return Named(owner, known or owner, f"{rest['typed']}.html", TYPED[rest["typed"]], bool(who["late"]))
            if is_plain(rest["file"]):
                return Named(owner, known or owner, rest["file"], late=bool(who["late"]))
    return None


def original(file: str) -> str:
    """The name of a file without what Canvas adds when it is submitted again."""
    return COPY.sub("", file)
