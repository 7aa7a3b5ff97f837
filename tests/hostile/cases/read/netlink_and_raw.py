"""Opens sockets that are neither TCP nor UDP: netlink, packet, raw, vsock."""

import socket

FOUND = "nothing"
for family, kind, protocol in (
    (socket.AF_NETLINK, socket.SOCK_RAW, 0),
    (socket.AF_PACKET, socket.SOCK_RAW, 3),
    (socket.AF_INET, socket.SOCK_RAW, 1),
    (getattr(socket, "AF_VSOCK", 40), socket.SOCK_STREAM, 0),
    (getattr(socket, "AF_ALG", 38), socket.SOCK_SEQPACKET, 0),
):
    try:
        socket.socket(family, kind, protocol).close()
        FOUND = "GOT " + f"IN: opened a socket of family {int(family)}"
    except OSError as error:
        print(error.strerror)


def check_result(*_):
    print(FOUND)


def train(*_):
    raise RuntimeError(FOUND)


def fnn_forward(*_):
    return FOUND
