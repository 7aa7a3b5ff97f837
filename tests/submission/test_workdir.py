"""Files lie beside the program as the student had them; what has no room is left out and named."""

import pytest

from autograder.submission.workdir import MAX_BYTES, MAX_FILES, place_files


def placed(files: dict[str, bytes], program: str | None = "Lab4.py", answers: str | None = None) -> list[str]:
    return [path for path, _ in place_files(files, program, answers, "Lab4.py")[0]]


@pytest.mark.parametrize(
    ("paths", "program", "expected"),
    [
        (["a.txt", "Lab4.py"], "Lab4.py", ["Lab4.py", "a.txt"]),
        (["w/Lab4.py", "w/b.txt", "a.txt"], "w/Lab4.py", ["Lab4.py", "b.txt", "a.txt"]),
        (["v/w/Lab4.py", "v/a.txt", "v/w/d/a.txt"], "v/w/Lab4.py", ["Lab4.py", "d/a.txt", "v/a.txt"]),
        (["w/b.txt", "a.txt"], None, ["a.txt", "w/b.txt"]),
        (["Lab4.ipynb", "d", "d/x"], "Lab4.ipynb", ["Lab4.ipynb", "d"]),
        (["Lab4.ipynb", "Lab4.py/x"], "Lab4.ipynb", ["Lab4.ipynb"]),
        (["Lab4.ipynb", "x/Lab4.py/y"], "Lab4.ipynb", ["Lab4.ipynb", "x/Lab4.py/y"]),
        (["w/Lab4.py", "w/x/y", "x"], "w/Lab4.py", ["Lab4.py", "x/y"]),  # x is a folder already
        (["w/Lab4.py", "Lab4.py"], "w/Lab4.py", ["Lab4.py"]),
    ],
)
def test_every_file_has_its_place_or_none(paths: list[str], program: str | None, expected: list[str]) -> None:
    assert placed({path: b"" for path in paths}, program) == expected


def test_the_parts_come_first_whatever_their_names() -> None:
    assert placed({"a": b"", "z.yaml": b"", "Lab4.py": b""}, answers="z.yaml") == ["Lab4.py", "z.yaml", "a"]
    assert placed({"a": b""}, "gone.py", "gone.yaml") == ["a"]


def test_as_many_files_and_bytes_as_promised_have_room() -> None:
    files = {f"{number:04}": b"" for number in range(MAX_FILES + 2)}
    kept, notes = place_files(files, None, None, "Lab4.py")
    assert len(kept) == 500
    assert notes == ("Left out of your working directory (at most 500 files, 10 MB): 0500, 0501.",)
    half = bytes(MAX_BYTES // 2)
    assert placed({"a": half, "b": half, "c": b"x", "d": b""}) == ["a", "b", "d"]
    assert place_files({"a": bytes(10_000_000)}, None, None, "Lab4.py")[1] == ()
    assert placed({"a": bytes(10_000_001), "b": b"x"}) == ["b"]
