"""Prints a hundred megabytes at import."""

for _ in range(100):
    print("x" * (1 << 20))
