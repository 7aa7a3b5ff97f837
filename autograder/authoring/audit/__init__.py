"""Mutation testing of a rubric: every known mistake, graded by the real checks. Does it lose points?"""
