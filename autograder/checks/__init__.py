"""Checks: each kind turns submitted answers, or what a function returned, into an outcome."""
