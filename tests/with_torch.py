"""Run scripts in processes that begin with torch imported: it takes seconds."""

import multiprocessing
import os
import runpy
import subprocess
import sys
from pathlib import Path

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["torch"])


def run_script(script: Path, seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
    """What `python SCRIPT` prints and exits with in the script's folder. Raises subprocess.TimeoutExpired."""
    streams = [script.with_suffix(end) for end in (".out", ".err")]
    process = processes.Process(target=_run, args=(script, *streams))
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        raise subprocess.TimeoutExpired(str(script), seconds)
    return subprocess.CompletedProcess(str(script), process.exitcode, *(stream.read_text() for stream in streams))


def _run(script: Path, *streams: Path) -> None:
    for number, stream in enumerate(streams, 1):
        os.dup2(os.open(stream, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.chdir(script.parent)
    sys.path.insert(0, str(script.parent))
    runpy.run_path(script.name, run_name="__main__")
