"""Gives everybody rights to its folder and programs, sets the user's bit, adds attributes."""

import os

FOUND = "nothing"
open("program", "w").write("#!/bin/sh\n")
for change in (
    lambda: os.chmod("program", 0o6777),
    lambda: os.setxattr("program", "user.hostile", b"x"),
    lambda: os.chown("program", 0, 0),
    lambda: os.chmod("..", 0o777),
):
    try:
        change()
    except OSError as error:
        print(error.strerror)


def check_result(*_):
    print(FOUND)


def train(*_):
    raise RuntimeError(FOUND)


def fnn_forward(*_):
    return FOUND
