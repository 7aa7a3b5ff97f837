"""What the tests share."""

SHAPE = (3, 2)
