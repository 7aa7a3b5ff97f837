"""What one submission may use. rubric.yaml states it in MB and KB; from here on it is in bytes."""

from dataclasses import dataclass

from autograder.rubric import Limits

KB, MB = 1 << 10, 1 << 20
DEFAULTS = Limits()

LEAST_ROOM = 512 * MB  # on the disk; with less, a process that may have filled it is killed
MAX_TIMEOUTS = 2  # of one function; waiting a third time would tell the student nothing new
MAX_ANSWERS = 500  # remembered of one program
DEVICE_BUGS_SECONDS = 4.0  # at most, for a search for device bugs: its calls train for two epochs only
GRACE = 2.0  # seconds: the time limit of loading is kept from inside first, so that a notebook's other cells still run


@dataclass(frozen=True)
class ProcessLimits:
    """The limits of one submission: times in seconds of wall time, sizes in bytes."""

    call: float
    load: float
    submission: float
    memory: int = int(DEFAULTS.memory * MB)  # beyond what Python and torch have mapped when the process starts
    output: int = int(DEFAULTS.output * KB)  # kept of stdout and stderr for one request; the rest is read and dropped
    files: int = int(DEFAULTS.files * MB)  # that the program may write
    submitted: int = 0  # bytes that are in its folder from the start, as `workdir.size` counts them


def from_rubric(limits: Limits) -> ProcessLimits:
    """The limits of a rubric in seconds and bytes."""
    return ProcessLimits(
        limits.call,
        limits.load,
        limits.submission,
        memory=int(limits.memory * MB),
        output=int(limits.output * KB),
        files=int(limits.files * MB),
    )
