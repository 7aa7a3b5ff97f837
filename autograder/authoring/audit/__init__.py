"""Mutation testing of a rubric: every mistake that students make, marked by the real checks."""
