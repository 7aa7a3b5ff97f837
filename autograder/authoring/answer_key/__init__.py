"""The instructor's answer key, derived from the rubric of a lab and checked against its reference."""
