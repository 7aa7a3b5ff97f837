"""Makes folders within folders, deeper than a path can be long, which some tools cannot remove."""

import os


def train(*_):
    for _ in range(600):
        os.mkdir("d" * 50)
        os.chdir("d" * 50)
    open("last", "w").write("x")
