"""Leaves a folder that not even its owner may enter, so that it cannot be removed."""

import os


def train(*_):
    os.makedirs("closed/inner")
    open("closed/inner/file", "w").write("x")
    os.chmod("closed/inner", 0)
    os.chmod("closed", 0)
    os.chmod(".", 0)
    os._exit(0)
