"""Coverage-guided fuzzing of the one door through which a student's bytes come (not a part of the test suite).

pip install atheris, then, in tests/sandbox/host: python fuzz_protocol.py corpus -max_total_time=600 -max_len=4096
What it has found stays in corpus, and test_protocol.py reads it.
"""

import sys

import atheris

with atheris.instrument_imports():
    from autograder.sandbox.host import protocol


def one(data: bytes) -> None:
    """Decode as the judge does; anything but a reply or a ProtocolError is a fault."""
    try:
        reply = protocol.decode(data, 1)
    except protocol.ProtocolError:
        return
    str(reply).encode("utf-8")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
