"""The instructor's answer key, derived from a lab's rubric and checked against its reference."""
