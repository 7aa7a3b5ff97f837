"""Several programs and answers: a second Lab4 in a folder, a notebook, a compiled one."""


def train(*_):
    return 1.0
