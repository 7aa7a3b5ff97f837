"""A computation in C at import, where no Python signal handler runs."""

import itertools

sum(itertools.repeat(1))
