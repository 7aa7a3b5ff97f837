"""Starting a process: which user it becomes, what of the environment it sees, and what the fork server answers."""

import contextlib
import functools
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.errors import GraderFault
from autograder.sandbox.child import confine, server
from autograder.sandbox.host import fork_server, workdir
from autograder.sandbox.host.fork_server import ForkServer, sandbox_user
from autograder.sandbox.host.limits import ProcessLimits


@pytest.fixture
def python(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which Python seems to lie, on a machine where we seem to be root."""
    if not all(folder.stat().st_mode & 0o001 for folder in place.parents):
        pytest.skip("needs a folder for temporary files that others may go through")
    for name in ("prefix", "base_prefix", "executable"):
        monkeypatch.setattr(sys, name, str(place / "python"))
    (place / "python").mkdir()
    (place / "python").chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "getpid", lambda: 12_345)
    return place / "python"


@pytest.mark.parametrize(
    ("mode", "open_to_others"), [(0o755, True), (0o711, True), (0o701, True), (0o770, False), (0o776, False)]
)
def test_process_becomes_a_user_that_reaches_python(python: Path, mode: int, open_to_others: bool) -> None:
    python.chmod(mode)
    if open_to_others:
        assert sandbox_user() == (434_500, "")
    else:
        assert sandbox_user() == (None, f"{python} is closed to other users, and Python is in it")
    python.chmod(0o755)
    python.parent.chmod(mode)
    assert (sandbox_user()[0] is not None) == open_to_others
    python.parent.chmod(0o755)


def test_every_place_of_python_has_to_be_open(python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (python / "closed").mkdir(mode=0o700)
    for name in ("prefix", "base_prefix", "executable"):
        before = getattr(sys, name)
        monkeypatch.setattr(sys, name, str(python / "closed"))
        assert sandbox_user()[0] is None
        monkeypatch.setattr(sys, name, before)


def test_only_root_can_change_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1)
    assert sandbox_user() == (None, "only root can run a process as another user")


def test_of_the_environment_only_what_torch_needs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    found = fork_server._environment()
    assert found["CUDA_VISIBLE_DEVICES"] == "1"
    assert found["OMP_NUM_THREADS"] == "1"
    assert not {"SECRET", "LD_LIBRARY_PATH", "HOME"} & set(found)


def test_a_fresh_folder_becomes_the_childs_with_all_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/x").write_text("")
    given: list[tuple[str, int, int]] = []
    monkeypatch.setattr(os, "lchown", lambda path, uid, gid: given.append((str(path), uid, gid)))
    workdir.change_owner(77, tmp_path)
    assert sorted(given) == [(str(path), 77, 77) for path in (tmp_path, tmp_path / "d", tmp_path / "d/x")]
    given.clear()
    workdir.change_owner(tmp_path.stat().st_uid, tmp_path)
    assert given == []


@pytest.mark.parametrize("able", [True, False])
def test_every_working_folder_has_a_user_of_its_own(place: Path, monkeypatch: pytest.MonkeyPatch, able: bool) -> None:
    owners: dict[Path, int] = {}
    monkeypatch.setattr(fork_server.workdir, "change_owner", lambda uid, directory: owners.__setitem__(directory, uid))
    stat = Path.stat

    def owned(path: Path, **more: bool) -> os.stat_result:
        """As if the folders that were given away belonged to others."""
        mode, ino, dev, nlink, uid, *rest = stat(path, **more)
        return os.stat_result((mode, ino, dev, nlink, owners.get(path, uid), *rest))

    monkeypatch.setattr(Path, "stat", owned)
    with Quiet() as quiet:
        monkeypatch.setattr(quiet, "_uid", 1000 if able else None)
        folders = [place / str(number) for number in range(fork_server.USERS)]
        for folder in folders:
            folder.mkdir()
        users = [quiet._user_of(folder) for folder in folders]
        assert users == (list(range(1000, 1000 + fork_server.USERS)) if able else [None] * fork_server.USERS)
        assert quiet._user_of(folders[7]) == users[7]
        folders[7].rmdir()
        assert quiet._user_of(place) == users[7]  # who is free again


class Quiet(ForkServer):
    """A fork server that is only played, by the other end of its socket."""

    SERVER = ("-c", "pass")

    def answer(self, *answers: bytes) -> socket.socket:
        self._control.close()
        self._control, theirs = socket.socketpair()
        for each in answers:
            theirs.sendall(each)
        return theirs


def test_an_answer_may_come_in_parts_and_says_which_process_it_is(tmp_path: Path) -> None:
    with Quiet() as quiet:
        theirs = quiet.answer(b'{"pi', b'd": 9}\n')
        quiet.memory = tmp_path
        process = quiet.fork(tmp_path, ProcessLimits(1.0, 2.0, 3.2, memory=5, files=6), gpu=True)
        assert process.pid == 9
        assert quiet.memory is None  # with a GPU, a process may write to others' folders there
        request, descriptors, *_ = socket.recv_fds(theirs, 9999, 2)
        bounds = json.loads(request)["bounds"]
        assert len(descriptors) == 2
        assert (bounds["directory"], bounds["memory"], bounds["file_size"]) == (str(tmp_path), 5, 6)
        assert (bounds["cpu_seconds"], bounds["gpu"]) == (4, True)
        assert bounds["uid"] == quiet._uid == (None if quiet._uid is None else tmp_path.stat().st_uid)
        theirs.sendall(b'{"status": 256}\n')
        assert process.close() == 256
        for descriptor in descriptors:
            os.close(descriptor)
        theirs.close()


def test_a_server_that_ends_twice_is_the_graders_fault(tmp_path: Path) -> None:
    with Quiet() as quiet, pytest.raises(GraderFault, match="ended: exit status 0"):
        quiet.fork(tmp_path, ProcessLimits(1.0, 1.0, 1.0))


@pytest.mark.parametrize(("forked", "status"), [(False, -signal.SIGKILL), (True, 0)])
def test_a_server_that_has_forked_ends_by_itself(tmp_path: Path, forked: bool, status: int) -> None:
    """One that has not may still be importing torch."""
    started = ForkServer()
    if forked:
        started.fork(tmp_path, ProcessLimits(1.0, 1.0, 1.0))
    started.close()
    assert started._process.returncode == status


def test_after_the_end_nothing_is_left_to_end() -> None:
    quiet = Quiet()
    quiet.close()
    assert quiet.end(5) == signal.SIGKILL


def test_the_server_says_of_a_stranger_that_it_has_ended() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        serving = server.Server(theirs)
        assert serving.answer({"do": "end", "pid": 1}, []) == {"status": 0}
        assert serving.answer({"do": "import", "module": "colorsys"}, []) == {}
        assert "colorsys" in sys.modules
        assert serving.answer({"do": "import", "module": "no_such_part_of_torch"}, []) == {}
        ours.sendall(b'{"do": "end", "pid": 1}\n{"do": "end",')
        ours.sendall(b' "pid": 2}\n')
        ours.shutdown(socket.SHUT_WR)
        serving.serve()
        assert ours.recv(999) == b'{"status": 0}\n{"status": 0}\n'


@pytest.mark.parametrize(("platform", "imported"), [("linux", True), ("darwin", False)])
def test_nothing_of_torch_is_imported_where_a_fork_would_be_unsafe(
    monkeypatch: pytest.MonkeyPatch, platform: str, imported: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(server.lean_torch, "load_part", asked.append)
    monkeypatch.setattr(server.gc, "freeze", lambda: None)
    _, theirs = socket.socketpair()
    serving = server.Server(theirs)
    for _ in range(2):
        assert serving.answer({"do": "import", "module": "torch._dynamo"}, []) == {}
    assert asked == ["torch._dynamo"] * imported


def test_code_of_ours_has_no_file_in_a_traceback() -> None:
    def outer() -> object:
        def inner() -> None: ...

        return inner

    code = server._nameless(outer.__code__)
    inner = [each for each in code.co_consts if hasattr(each, "co_filename")]
    assert {code.co_filename, *(each.co_filename for each in inner)} == {"<grader>"}
    assert inner
    assert outer.__code__.co_filename == __file__


def test_functions_under_decorators_are_found() -> None:
    @functools.cache
    def cached() -> None: ...

    @contextlib.contextmanager
    def managed() -> Iterator[None]:
        yield

    assert [each.__code__.co_name for each in server._decorated(cached)] == ["cached"]
    assert [each.__code__.co_name for each in server._decorated(managed)] == ["helper", "managed"]
    assert [*server._decorated(len)] == [*server._decorated(3)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_refused_prctl_is_an_error() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        confine.prctl(9999, 0)
    confine.prctl(confine.PR_SET_DUMPABLE, 1)


def test_of_folders_within_each_other_the_outermost_is_named(tmp_path: Path) -> None:
    for name in ("a/b", "ab", "c"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to("c")
    names = [str(tmp_path / name) for name in ("a/b", "a", "ab", "link", "c", "none")]
    assert confine._existing(["", *names]) == [str(tmp_path / name) for name in ("a", "ab", "c")]


def test_a_folder_is_copied_with_all_in_it_or_not_at_all(tmp_path: Path) -> None:
    for name in ("from/a/b", "to"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "from/a/x").write_bytes(bytes(100_000))
    (tmp_path / "from/link").symlink_to("a/x")
    confine._copy(str(tmp_path / "from"), str(tmp_path / "to"))
    assert sorted(str(path.relative_to(tmp_path / "to")) for path in tmp_path.glob("to/**/*")) == [
        *("a", "a/b", "a/x", "link")
    ]
    assert (tmp_path / "to/a/x").stat().st_size == 100_000
    assert (tmp_path / "to/link").is_symlink()
    os.mkfifo(tmp_path / "from/pipe")
    (tmp_path / "other").mkdir()
    with pytest.raises(OSError, match="pipe is no file"):
        confine._copy(str(tmp_path / "from"), str(tmp_path / "other"))


def test_a_layer_that_fails_or_does_not_hold_has_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError

    for name in ("_session", "_limits", "_user", "_files", "_system_calls"):
        monkeypatch.setattr(confine, name, lambda *_: None)
    monkeypatch.setattr(confine, "_privileges", fail)
    monkeypatch.setattr(os, "setuid", lambda uid: None if uid == 0 else fail())
    bounds = confine.Bounds(".", uid=None)
    said = confine.enter(bounds, 3, 4)
    assert tuple(said) == confine.LAYERS
    weak = "it was accepted and does not hold"
    assert said == {
        **{"session": "", "limits": "", "user": weak, "privileges": "OSError", "files": weak, "system calls": weak}
    }


def test_children_become_users_that_are_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fork_server, "_world_writable", lambda: {str(tmp_path), "/nowhere"})
    monkeypatch.setattr(fork_server.pwd, "getpwall", lambda: [SimpleNamespace(pw_uid=50_150)])
    monkeypatch.setattr(fork_server, "_container_uids", lambda: [(50_250, 400)])
    assert fork_server._free_uids(40_000) == 40_000
    assert fork_server._free_uids(50_000) == 50_000
    assert fork_server._free_uids(50_100) == 50_650  # a listed one, and those of containers
    (tmp_path / "file").touch()
    owner = (tmp_path / "file").stat().st_uid
    assert fork_server._free_uids(owner) == owner + 1


def test_no_free_user_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "prefix", "/usr")
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(sys, "executable", "/usr")
    monkeypatch.setattr(fork_server, "_container_uids", lambda: [(100_000, 2**32)])
    assert sandbox_user() == (None, "all user IDs are in use on this machine")
    many = [(begin * 1000, 1000) for begin in range(100, 200_000)]  # of a large course's machine
    monkeypatch.setattr(fork_server, "_container_uids", lambda: many)
    assert (sandbox_user()[0] or 0) >= 200_000_000


@pytest.mark.parametrize(
    ("landlock", "seccomp", "files"),
    [(2, "", ""), (3, "missing", ""), (2, "missing", "Landlock 2 does not keep files from being emptied")],
)
def test_an_old_landlock_without_seccomp_keeps_no_files(
    monkeypatch: pytest.MonkeyPatch, landlock: int, seccomp: str, files: str
) -> None:
    def missing(*_: object) -> None:
        if seccomp:
            raise OSError(seccomp)

    for name in ("_session", "_limits", "_user", "_privileges", "_files"):
        monkeypatch.setattr(confine, name, lambda *_: None)
    monkeypatch.setattr(confine, "_system_calls", missing)
    monkeypatch.setattr(confine, "_tried", lambda layer, bounds: "")
    monkeypatch.setattr(confine.landlock, "version", lambda: landlock)
    said = confine.enter(confine.Bounds("."), 3, 4)
    assert said["files"].startswith(files)
    assert bool(said["files"]) == bool(files)


def test_a_limit_is_never_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = confine.resource
    given: list[object] = []
    monkeypatch.setattr(resource, "setrlimit", lambda kind, value: given.append(value))
    for hard in (resource.RLIM_INFINITY, 50, 200):
        monkeypatch.setattr(resource, "getrlimit", lambda kind, hard=hard: (1, hard))
        confine._limit(0, 100)
    assert given == [(100, 100), (50, 50), (100, 100)]


@pytest.mark.skipif(sys.platform != "linux", reason="counted in /proc")
def test_a_user_has_room_for_threads_beside_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else one submission could use up what a class needs, whose processes are all of one user."""
    before = confine.present()
    done = threading.Event()
    threads = [threading.Thread(target=done.wait) for _ in range(20)]
    for thread in threads:
        thread.start()
    assert 10 <= confine.present() - before <= 30  # other tests begin and end meanwhile
    done.set()
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "")  # a process that ends while it is read
    assert confine.present() == confine.MANY
    monkeypatch.undo()
    given: dict[int, int] = {}
    monkeypatch.setattr(confine, "_limit", given.__setitem__)
    monkeypatch.setattr(confine, "_write", lambda *_: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    for bounds, threads_allowed in (
        (confine.Bounds(".", present=100), 164),
        (confine.Bounds(".", uid=5, present=9), 64),
    ):
        confine._limits(bounds)
        assert given[confine.resource.RLIMIT_NPROC] == threads_allowed
