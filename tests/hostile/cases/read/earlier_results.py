"""Reads what has been written into results.json so far."""

import glob
import os


def options(name):
    """What follows `name` on a command line of any process of these tests; a results file also without its name."""
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            words = open(path, "rb").read().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        for option, value in zip(words, words[1:]):
            named = option == name or (name == "--results" and value.endswith(".json"))
            if named and "hostile" in value:  # nobody else's, should the wall not hold
                yield value


def look():
    for path in options("--results"):
        for name in (path, *glob.glob(os.path.dirname(path) + "/*"), *glob.glob(os.path.dirname(path) + "/.*")):
            try:
                if open(name).read():
                    return "GOT " + "IN: read the results"
            except OSError:
                pass
    return "nothing"


def train(*_):
    raise RuntimeError(look())


def fnn_forward(*_):
    return look()
