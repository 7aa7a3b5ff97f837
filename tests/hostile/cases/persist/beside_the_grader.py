"""Puts a file of its own beside the grader's modules, the lab's, and the libraries'."""

import glob
import os

import torch


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

ROOT = torch.__file__.split("/.venv/")[0]
SITE = os.path.dirname(os.path.dirname(torch.__file__))
places = [ROOT, f"{ROOT}/autograder", f"{ROOT}/reference", SITE, f"{SITE}/torch", *options("--lab")]
for place in places:
    try:
        open(f"{place}/hostile-beside_the_grader.py", "w").write("# a test\n")
    except OSError as error:
        print(error.strerror)
