"""Fills the disk from its own folder with 300 MB."""


def train(*_):
    with open("big", "wb") as file:
        for _ in range(300):
            file.write(bytes(1 << 20))
    raise RuntimeError("GOT " + "IN: wrote 300 MB")
