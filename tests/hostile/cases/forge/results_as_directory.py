"""Puts a directory in the place of results.json, so that it cannot be written."""

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

for path in options("--results"):
    try:
        if os.path.exists(path):
            os.remove(path)
        os.makedirs(os.path.join(path, "in the way"))
    except OSError as error:
        print(error)
