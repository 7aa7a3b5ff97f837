"""Opens a port and a local socket, and waits for whoever comes."""

import socket

FOUND = "nothing"
for family, address in (
    (socket.AF_INET, ("127.0.0.1", 0)),
    (socket.AF_UNIX, "/tmp/hostile-listens"),
    (socket.AF_UNIX, "\0hostile-listens"),
):
    try:
        there = socket.socket(family, socket.SOCK_STREAM)
        there.bind(address)
        there.listen()
        FOUND = "GOT " + "IN: listens"
    except OSError as error:
        print(error.strerror)


def check_result(*_):
    print(FOUND)


def train(*_):
    raise RuntimeError(FOUND)


def fnn_forward(*_):
    return FOUND
