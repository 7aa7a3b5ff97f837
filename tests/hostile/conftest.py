"""The cases are programs to be marked, not tests to be run."""

collect_ignore = ["cases"]
