"""The trusted end of a child, with a socket and a pipe in a child's place: what it takes for an answer, and limits."""

import contextlib
import ctypes
import errno
import json
import os
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from frozen import changeable

from autograder.sandbox.host import workdir
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.process import Ended, SandboxProcess, TimedOut
from autograder.sandbox.host.protocol import LONGEST_FRAME, Missing
from autograder.sandbox.host.workdir import size

MISSING = json.dumps({"id": 1, "reply": {"type": "missing"}}).encode()


class Peer:
    """A child whose process is only played: `say` sends bytes, `print` prints, `status` is how it ends."""

    def __init__(self, folder: Path, submitted: int = 0) -> None:
        ours, self.theirs = socket.socketpair()
        self.theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        read, self.output = os.pipe()
        os.set_blocking(read, False)
        self.ended: list[int] = []
        self.status = signal.SIGKILL.value
        limits = ProcessLimits(1.0, 1.0, 9.0, output=100, files=1 << 20, submitted=submitted)
        self.process = SandboxProcess(self._end, 7, ours, read, folder, limits)

    def _end(self, pid: int) -> int:
        self.ended.append(pid)
        return self.status

    def say(self, body: bytes, length: int | None = None) -> None:
        self.theirs.sendall(struct.pack(">I", len(body) if length is None else length) + body)

    def print(self, text: str) -> None:
        os.write(self.output, text.encode())


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    made = Peer(tmp_path)
    yield made
    made.process.close()
    made.theirs.close()
    os.close(made.output)


def test_requests_are_numbered_from_one_and_the_child_stays(peer: Peer) -> None:
    peer.say(MISSING)
    assert peer.process.ask({"do": "x"}, 1.0).reply == Missing()
    peer.say(MISSING.replace(b'"id": 1', b'"id": 2'))
    assert peer.process.ask({"do": "y"}, 1.0).reply == Missing()
    first, second = peer.theirs.recv(9999).split(b"}")[:2]
    assert (first[:4], first[4:]) == (struct.pack(">I", len(first) - 3), b'{"id":1,"do":"x"')
    assert b'{"id":2,"do":"y"' in second
    assert peer.process.alive
    assert peer.ended == []


def test_the_longest_frame_is_read_and_one_byte_more_is_not(peer: Peer) -> None:
    peer.say(MISSING.ljust(LONGEST_FRAME))
    assert peer.process.ask({}, 5.0).reply == Missing()
    peer.say(b"", LONGEST_FRAME + 1)
    assert isinstance(peer.process.ask({}, 0.2).reply, Ended)
    assert peer.ended == [7]


@pytest.mark.parametrize("sent", [MISSING + b" ", MISSING + struct.pack(">I", len(MISSING))])
def test_more_than_the_frame_is_no_answer(peer: Peer, sent: bytes) -> None:
    peer.say(sent, len(MISSING))
    assert isinstance(peer.process.ask({}, 0.2).reply, Ended)


@pytest.mark.parametrize("missing", [1, len(MISSING), len(MISSING) + 1, len(MISSING) + 4])
def test_less_than_the_frame_is_waited_for(peer: Peer, missing: int) -> None:
    peer.theirs.sendall((struct.pack(">I", len(MISSING)) + MISSING)[:-missing])
    assert peer.process.ask({}, 0.05).reply == TimedOut(0.05)
    assert not peer.process.alive


def test_a_child_is_closed_once(peer: Peer) -> None:
    assert (peer.process.close(), peer.process.close()) == (9, 0)
    assert peer.ended == [7]


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (signal.SIGKILL.value, "closed its connection to the grader, or was killed for using too much memory"),
        (signal.SIGSEGV.value, "crashed the Python interpreter (signal SIGSEGV)"),
        (50, "crashed the Python interpreter (signal 50)"),
        (7 << 8, "ended the whole Python process (exit status 7), as os._exit() does"),
        (0, "ended the whole Python process (exit status 0), as os._exit() does"),
    ],
)
def test_how_it_ended_is_said_with_what_it_printed(peer: Peer, status: int, how: str) -> None:
    peer.status = status
    peer.print("last words")
    peer.theirs.shutdown(socket.SHUT_RDWR)
    answer = peer.process.ask({}, 1.0)
    assert (answer.reply, answer.printed) == (Ended(how), "last words")


def test_of_what_is_printed_the_first_is_kept(peer: Peer) -> None:
    peer.print("x" * 60 + "y" * 60)
    peer.say(MISSING)
    assert peer.process.ask({}, 1.0).printed == "x" * 60 + "y" * 40
    peer.print("é\x1b")
    peer.say(MISSING.replace(b"1", b"2", 1))
    assert peer.process.ask({}, 1.0).printed == "é\N{REPLACEMENT CHARACTER}"
    peer.say(MISSING.replace(b"1", b"3", 1))
    assert peer.process.ask({}, 1.0).printed == ""


def test_a_child_that_closes_its_output_is_still_heard(peer: Peer) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), peer.output)
    peer.say(MISSING)
    assert peer.process.ask({}, 1.0).reply == Missing()


@pytest.mark.parametrize(("length", "stopped"), [((1 << 20) - 4096, False), ((1 << 20) - 4095, True)])
def test_a_folder_may_grow_up_to_its_limit(peer: Peer, tmp_path: Path, length: int, stopped: bool) -> None:
    (tmp_path / "large").write_bytes(bytes(length))
    reply = peer.process.ask({}, 0.6).reply
    assert reply == (Ended("wrote more than 1 MB into files") if stopped else TimedOut(0.6))
    assert peer.ended == [7]


def test_a_folder_has_the_size_of_all_below_it_and_of_no_link(tmp_path: Path) -> None:
    assert size(tmp_path, 1 << 20) == 0
    (tmp_path / "a").write_bytes(bytes(10))
    inner = tmp_path / "b/c"
    inner.mkdir(parents=True)
    (inner / "d").write_bytes(bytes(20))
    (tmp_path / "link").symlink_to("/usr")
    folders = sum(path.stat().st_size for path in (tmp_path / "b", inner))
    assert size(tmp_path, 1 << 20) == 5 * 4096 + 2 * 4096 + folders + 4096  # the files and the link a block each
    assert size(tmp_path / "none", 1 << 20) == 0


def test_what_a_file_has_reserved_beyond_its_end_counts(tmp_path: Path) -> None:
    with (tmp_path / "reserved").open("wb") as file:
        try:
            done = ctypes.CDLL(None).fallocate(file.fileno(), 1, ctypes.c_long(0), ctypes.c_long(1 << 20))
        except AttributeError:
            done = -1
    if done:
        pytest.skip("no space can be reserved here")
    assert (tmp_path / "reserved").stat().st_size == 0
    assert size(tmp_path, 1 << 30) >= 1 << 20


def test_a_folder_into_which_nobody_can_look_ends_a_child(
    peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: str) -> Any:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(os, "scandir", closed)
    assert peer.process.ask({}, 5.0).reply == Ended("made a folder that the grader cannot read")


def test_what_was_handed_in_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(bytes(1 << 20))
    peer = Peer(tmp_path, submitted=size(tmp_path, 1 << 30))
    assert peer.process.ask({}, 0.6).reply == TimedOut(0.6)
    peer.theirs.close()
    os.close(peer.output)


def test_counting_ends_at_what_is_too_much(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / str(number)).touch()
    assert size(tmp_path, 10 * 4096) == 11 * 4096


def test_what_lies_deeper_than_any_path_is_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(20):
        os.mkdir("x" * 250)
        os.chdir("x" * 250)
    assert size(tmp_path, 1 << 20) == (1 << 20) + 1
    monkeypatch.chdir(tmp_path)
    subprocess.run(["rm", "-rf", "x" * 250], check=True)


@pytest.mark.parametrize("urgent", [b"", MISSING[:9]])
def test_an_urgent_byte_is_the_childs_doing(peer: Peer, urgent: bytes) -> None:
    """Out of band, it makes a socket ready that has nothing to read."""
    try:
        peer.theirs.send(urgent + b"!", socket.MSG_OOB)
    except OSError:
        pytest.skip("the kernel knows no urgent bytes here")
    assert isinstance(peer.process.ask({}, 0.5).reply, (Ended, TimedOut))
    assert peer.ended == [7]


def test_output_flood_does_not_hide_files(peer: Peer, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * (2 << 20))

    def flood() -> None:
        with contextlib.suppress(OSError):  # nobody reads it any more
            while not peer.ended:
                peer.print("x" * 1000)

    printing = threading.Thread(target=flood)
    printing.start()
    reply = peer.process.ask({}, 5.0).reply
    printing.join(5.0)
    assert reply == Ended("wrote more than 1 MB into files")


@pytest.mark.parametrize(
    ("rooms", "reply"),
    [
        # bytes that are free: at its start, when it was looked at, and when it had been ended
        ([600, 100, 550], Ended("wrote more than 1 MB into files")),  # the disk got back what it had taken
        ([600, 100, 100], None),
        ([100, 99.5, 99.5], Missing()),  # full before
        ([9000, 600, 600], Missing()),  # and far from full
    ],
)
def test_a_child_that_fills_the_disk_is_ended(
    peer: Peer, monkeypatch: pytest.MonkeyPatch, rooms: list[float], reply: object
) -> None:
    left = [int(room * (1 << 20)) for room in rooms[1:]]
    monkeypatch.setattr(workdir, "free_space", lambda directory: left.pop(0) if len(left) > 1 else left[0])
    peer.process._free_at_start, peer.process._next_check = int(rooms[0] * (1 << 20)), 0.0
    peer.say(MISSING)
    if reply is not None:
        assert peer.process.ask({}, 5.0).reply == reply
        return
    with pytest.raises(OSError, match="No space left"):
        peer.process.ask({}, 5.0)
    assert peer.ended == [7]


def test_usual_limits_are_those_of_the_rubric() -> None:
    limits = ProcessLimits(1.0, 2.0, 3.0)
    assert (limits.memory, limits.output, limits.files) == (512 * 1024**2, 32 * 1024, 10 * 1024**2)


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.sandbox") == set()
