"""The sandbox for students' programs: `host` is the trusted side, `child` runs untrusted code."""
