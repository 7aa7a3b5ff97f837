"""Takes memory that belongs to a descriptor, outside of all memory limits."""

import os


def train(*_):
    memory = os.memfd_create("hostile-memory")
    for _ in range(300):
        os.write(memory, bytes(1 << 20))
    raise RuntimeError("GOT " + "IN: 300 MB in a descriptor")
