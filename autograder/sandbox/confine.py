"""What a child gives up between the fork and the first line of a student's code.

This is the seam for the layers of confinement: each is a step of `enter`, taken in the child, before anything of the
student's is read.
"""

import os
import resource
import signal
from pathlib import Path


def enter(directory: Path, channel: int, output: int) -> None:
    """Make this freshly forked process the student's: own session, no descriptor but its own, no core dumps,
    `directory` as home.

    channel: descriptor of the socket to the judge, kept open. output: descriptor that becomes stdout and stderr.
    """
    os.setsid()  # its own process group, so that all it starts can be killed at once
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, channel)
    os.closerange(channel + 1, _most_descriptors())
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    os.chdir(directory)
    os.environ.update(HOME=str(directory), TMPDIR=str(directory))


def _most_descriptors() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(soft, 65_536) if soft != resource.RLIM_INFINITY else 65_536
