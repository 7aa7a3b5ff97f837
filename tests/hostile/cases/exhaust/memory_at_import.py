"""Takes two gigabytes of memory at import, page by page."""

held = [bytearray(1 << 20) for _ in range(2000)]
