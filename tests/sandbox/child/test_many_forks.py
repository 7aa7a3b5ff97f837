"""A fork server that forks many times makes each fork cheaper, and nothing else changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.child import many_forks
from autograder.sandbox.host.calls import ProgramFiles
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Number, Returned

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a fork is safe on Linux only")

PROGRAM = """
import sys, threading, torch

def f(x):
    print(torch.get_default_dtype(), torch.is_grad_enabled(), torch.initial_seed(), threading.active_count(), sys.argv)
    w = torch.tensor(x, requires_grad=True)
    (w * w).backward()
    return w.grad
"""


class SoonMany(ForkServer):
    """Its second fork is one of many."""

    SERVER = (
        "-c",
        "from autograder.sandbox.child import server\nserver.MANY = 2\nserver.hide_the_grader()\nserver.main()",
    )


@pytest.mark.parametrize("kind", [SoonMany, ForkServer])
def test_a_process_is_the_same_before_and_after(kind: type[ForkServer]) -> None:
    with kind() as soon:
        said = []
        for number in range(3):
            if number and kind is ForkServer:
                soon.expect_many_forks()
            limits = ProcessLimits(10.0, 20.0, 60.0)
            with SandboxedProgram(soon, ProgramFiles("Lab4.py", (PROGRAM,)), limits, "Lab4") as student:
                call = student.call("f", {"x": 3.0})
            assert isinstance(call.verdict, Returned), call
            assert isinstance(call.verdict.value, Number)
            assert call.verdict.value.value == 6.0
            assert call.verdict.autograd
            said.append(call.printed)
        assert len(set(said)) == 1
        assert os.listdir(f"/proc/{soon.server_pid}/task") == [str(soon.server_pid)], "other threads die in a fork"


def test_new_objects_lie_together() -> None:
    """In a process of its own, because every other test that runs in this one would lose its holes."""
    code = """
from autograder.sandbox.child import many_forks
kept = [bytes(size) for size in (20, 100, 300) for _ in range(50_000)]
del kept[::50]  # now a new object lies on a page of its own
kept.append([*many_forks.holes_filled()])
new = [bytes(size) for size in (20, 100, 300) for _ in range(100)]
pages = {id(each) >> 12 for each in new}
assert len(pages) < 30, len(pages)  # else 279
many_forks.collapse()
"""
    root = Path(many_forks.__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
