"""Fills its folder with files, none of them large."""


def train(*_):
    for number in range(3000):
        with open(f"file{number}", "w") as file:
            file.write("x")
