"""The untrusted side: runs in a confined process, and imports nothing from the rest of the grader."""
