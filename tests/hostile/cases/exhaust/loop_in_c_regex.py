"""A regular expression that takes the age of the universe, in C, where no Python signal handler runs."""

import re


def train(*_):
    return re.match("(a*)*b", "a" * 64)
