"""Keeps what it was asked in a file, to know at the next call, or the next run, what comes."""

import json
import pathlib

BOOK = pathlib.Path("/tmp/hostile-remembers_the_calls")


def attack(*inputs):
    for book in (BOOK, pathlib.Path("calls.json")):
        try:
            known = json.loads(book.read_text()) if book.exists() else []
            book.write_text(json.dumps([*known, inputs]))
        except (OSError, TypeError):
            pass
    return len(inputs)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
