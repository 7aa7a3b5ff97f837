"""Watches the results and the lab for changes (inotify)."""

import ctypes
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

FOUND = "nothing"
libc = ctypes.CDLL(None, use_errno=True)
queue = libc.inotify_init1(os.O_NONBLOCK)
for path in [*map(os.path.dirname, options("--results")), *options("--lab")]:
    if queue >= 0 and libc.inotify_add_watch(queue, path.encode(), 0xFFF) >= 0:
        FOUND = "GOT " + "IN: watches a folder of the grader"


def check_result(*_):
    print(FOUND)


def train(*_):
    raise RuntimeError(FOUND)


def fnn_forward(*_):
    return FOUND
