"""Opens the grader's own files and the rubric for writing."""

import glob
import os

import torch


GOT = "GOT " + "IN: "  # the harness looks for these words together


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


def attack(*_):
    folders = [ROOT, *options("--lab"), "/autograder/source"]
    for folder in folders:
        for name in ("rubric.yaml", "reference/Lab4.py", "autograder/grader.py", "run_autograder"):
            try:
                os.close(os.open(os.path.join(folder, name), os.O_WRONLY))
                raise RuntimeError(GOT + f"could have written {name}")
            except OSError:
                pass


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
