"""What takes most memory or time to read is read in the least memory that Gradescope gives, and says what is wrong."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from odd_files import READING

MEMORY = 768 << 20  # bytes, of all that is mapped
SECONDS = 20.0  # of processor time; it takes one to three, as most of what is submitted takes milliseconds

READ = """
import json, resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from autograder import submission
try:
    found = submission.read(Path(sys.argv[1]))
    said = [*found.problems, *found.notes, *(found.answers.notes if found.answers else ())]
except submission.Unreadable as error:
    said = [str(error)]
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([said, sum(each.ru_utime + each.ru_stime for each in used)]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="macOS keeps to no limit of memory")
@pytest.mark.parametrize("build", READING, ids=lambda build: build.__name__)
def test_in_768_mb_it_says_why(build: Callable[[Path], Path], tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-c", READ, str(build(tmp_path)), str(MEMORY)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    said, seconds = json.loads(done.stdout)
    assert said
    assert all(sentence.endswith(".") for sentence in said)
    assert seconds < SECONDS
