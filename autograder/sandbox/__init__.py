"""Runs a student's program where it can harm nothing: `host` is the trusted side, `child` the untrusted one."""
