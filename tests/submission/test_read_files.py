"""Limits of what is taken in hold exactly, on the disk and in a zip, and cost what is least wanted first."""

import io
import os
import struct
import sys
import threading
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from autograder.submission import FileSet, NotFound, Unreadable, file_set, read, read_files, unzip
from autograder.submission.file_set import is_junk, is_too_long, wanted_first

CODE, PAPER = b"x = 1\n", b"task1:\n  s: 1\n"


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def one(**files: bytes) -> FileSet:
    return FileSet({name.replace("_", "."): content for name, content in files.items()}, {}, frozenset())


def test_a_file_of_10_mb_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(10_000_000))
    (tmp_path / "b.bin").write_bytes(bytes(10_000_001))
    found = read_files(tmp_path)
    assert (set(found.files), found.refused) == ({"a.bin"}, {"b.bin": "is larger than 10.0 MB"})
    packed = unzip.unzip(zipped({"a": bytes(10_000_000), "b": bytes(10_000_000)}, zipfile.ZIP_STORED), "lab.zip")
    assert len(packed.files) == 2
    packed = unzip.unzip(zipped({"a": bytes(10_000_001)}, zipfile.ZIP_STORED), "lab.zip")
    assert packed.refused == {"a": "is larger than 10.0 MB"}


def test_reading_a_folder_ends_when_20_mb_are_there(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(bytes(10_000_000))
    found = read_files(tmp_path)
    assert set(found.files) == {"a", "b"}
    assert found.notes == (
        f"{tmp_path.name} has too many, too large or too deeply nested files; not all of them were read.",
    )
    (tmp_path / "c").unlink()
    assert read_files(tmp_path).notes == ()


def test_a_zip_may_unpack_to_20_mb() -> None:
    full = {"a": bytes(10_000_000), "b": bytes(10_000_000)}
    with pytest.raises(Unreadable, match=r"more than 20\.0 MB"):
        unzip.unzip(zipped({**full, "c": b"x"}), "lab.zip")
    assert len(unzip.unzip(zipped(full), "lab.zip").files) == 2


def test_ten_folders_down_is_looked(tmp_path: Path) -> None:
    inside = tmp_path.joinpath(*"abcdefghij")
    inside.mkdir(parents=True)
    (inside / "x").write_text("")
    assert set(read_files(tmp_path).files) == {"a/b/c/d/e/f/g/h/i/j/x"}
    assert read_files(tmp_path).notes == ()
    assert len(read_files(tmp_path).folders) == 10
    (inside / "k").mkdir()
    (inside / "k" / "y").write_text("")
    assert set(read_files(tmp_path).files) == {"a/b/c/d/e/f/g/h/i/j/x"}
    assert read_files(tmp_path).notes != ()


def test_two_thousand_files_are_read(tmp_path: Path) -> None:
    for number in range(2000):
        (tmp_path / f"{number}.txt").touch()
    assert (len(read_files(tmp_path).files), read_files(tmp_path).notes) == (2000, ())
    (tmp_path / "more.txt").touch()
    assert len(read_files(tmp_path).files) == 2000
    assert read_files(tmp_path).notes != ()
    assert len(unzip.unzip(zipped({f"{number}": b"" for number in range(2000)}), "x").files) == 2000


@pytest.mark.parametrize("name", ["x.zip", "x.RAR", "x.tar", "x.gz", "x.7z"])
def test_an_archive_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no zip")
    with pytest.raises(Unreadable, match="is not a zip file that can be read"):
        read_files(tmp_path / name)
    (tmp_path / "x.py").write_bytes(CODE)
    assert read_files(tmp_path / "x.py") == FileSet({"x.py": CODE}, {}, frozenset(), single=True)


def test_a_zip_of_its_own_may_be_larger_than_a_file(tmp_path: Path) -> None:
    (tmp_path / "lab.zip").write_bytes(zipped({str(n): bytes(6_000_000) for n in range(2)}, zipfile.ZIP_STORED))
    assert len(read_files(tmp_path / "lab.zip").files) == 2
    (tmp_path / "x").write_bytes(bytes(11_000_000))
    assert len(read_files(tmp_path / "x").files["x"]) == 11_000_000


def test_a_link_to_a_file_beside_it_is_followed(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "in2").write_bytes(b"secret")
    (inside / "a").write_bytes(b"a")
    (inside / "b").symlink_to("a")
    (inside / "c").symlink_to(tmp_path / "in2")
    found = read_files(inside)
    assert found.files == {"a": b"a", "b": b"a"}
    assert found.refused == {"c": "is a link that points outside the submitted folder"}


def test_the_path_itself_may_be_a_link_only_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/Lab4.py").write_bytes(CODE)
    (tmp_path / "folder").symlink_to("secret")
    (tmp_path / "file.py").symlink_to("secret/Lab4.py")
    assert read_files(tmp_path / "folder").files == {"Lab4.py": CODE}
    assert read_files(tmp_path / "file.py").files == {"file.py": CODE}
    for name in ("folder", "file.py"):
        with pytest.raises(Unreadable, match="is a link, which is not followed"):
            read_files(tmp_path / name, links=False)
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(NotFound):
        read_files(tmp_path / "circle")


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_link_put_in_while_it_is_read_is_not_followed(tmp_path: Path, what: str) -> None:
    """Two renames after the other, as fast as can be, against reading over and over."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/Lab4.py").write_bytes(b"secret")
    inside = tmp_path / "in"
    (inside / "d").mkdir(parents=True)
    (inside / "d/Lab4.py").write_bytes(CODE)
    swapped = inside / "d" if what == "folder" else inside / "d/Lab4.py"
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "outside" if what == "folder" else tmp_path / "outside/Lab4.py")
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            swapped.rename(tmp_path / "aside")
            link.rename(swapped)
            swapped.rename(link)
            (tmp_path / "aside").rename(swapped)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        found = [read_files(inside).files.get("d/Lab4.py") for _ in range(3000)]
    finally:
        done.set()
        thread.join()
    assert CODE in found
    assert b"secret" not in found


@pytest.mark.parametrize(
    ("name", "junk"),
    [
        (".git", True),
        ("__MACOSX", True),
        ("._x", True),
        ("x._", False),
        (".x", False),
        ("venv2", False),
        ("Lab4", False),
    ],
)
def test_what_tools_leave_behind_is_junk(name: str, junk: bool) -> None:
    assert is_junk(name) == junk


@pytest.mark.parametrize(
    ("path", "long"),
    [
        *(("x" * 200, False), ("x" * 201, True), ("é" * 100, False), ("é" * 101, True), ("d/" + "x" * 201, True)),
        *(("x" * 201 + "/d", True), ("d/" * 399 + "xx", False), ("d/" * 399 + "xxx", True)),
    ],
)
def test_a_name_may_have_200_bytes_and_a_path_800(path: str, long: bool) -> None:
    assert is_too_long(path) == long


def test_code_comes_before_data_and_outer_folders_before_inner_ones() -> None:
    paths = ["a/b/z.py", "b.csv", "z.YAML", "a/a.csv", "a/x.ipynb", "b.py"]
    assert sorted(paths, key=wanted_first) == ["b.py", "z.YAML", "a/x.ipynb", "a/b/z.py", "b.csv", "a/a.csv"]


@pytest.mark.parametrize(
    ("packed", "ratio_is_told"),
    [(10_000_001, True), (9_999_999, False)],
)
def test_only_what_is_large_too_can_be_a_bomb(packed: int, ratio_is_told: bool) -> None:
    data = zipped({"a": bytes(packed)})
    if ratio_is_told:
        with pytest.raises(Unreadable, match="unpacks to far more"):
            unzip.unzip(data, "lab.zip")
    else:
        assert len(unzip.unzip(data, "lab.zip").files) == 1


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("d/" * 32_000 + "x", "has too long a name"),
        ("d/" * 33 + "x", "lies in too many folders"),
        ("d/" * 32 + "x", ""),
    ],
    ids=["32,000 folders", "33 folders", "32 folders"],
)
def test_a_path_too_deep_to_be_worked_with_costs_that_file_only(path: str, says: str) -> None:
    tracemalloc.start()
    found = unzip.unzip(zipped({path: b"x", "Lab4.py": CODE}), "lab.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.files["Lab4.py"] == CODE
    assert list(found.refused.values()) == ([says] if says else [])
    assert peak < 10_000_000
    assert all(len(path) <= 80 for path in found.refused)


def test_names_are_not_read_that_fill_the_memory() -> None:
    names = [f"{number}" + "n" * 65_000 for number in range(62)]
    with pytest.raises(Unreadable, match="too many files"):
        unzip.unzip(zipped(dict.fromkeys(names, b""), zipfile.ZIP_STORED), "lab.zip")
    assert len(unzip.unzip(zipped(dict.fromkeys(names[:50], b""), zipfile.ZIP_STORED), "lab.zip").refused) == 50


def test_damaged_files_count_by_what_they_say() -> None:
    data = bytearray(zipped({f"{number}": bytes(9_000_000) for number in range(3)}))
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) > 0:
        data[at + 16] ^= 1  # the checksum
    with pytest.raises(Unreadable, match=r"more than 20\.0 MB"):
        unzip.unzip(bytes(data), "lab.zip")


def test_files_that_share_their_bytes_are_refused() -> None:
    data = zipped({"a": os.urandom(5000), "b": b""})
    start = data.index(b"PK\x01\x02")
    entry = data[start : data.index(b"PK\x01\x02", start + 1)]
    end = data.index(b"PK\x05\x06")
    last = bytearray(data[end:])
    last[8:10] = last[10:12] = struct.pack("<H", 4)
    last[12:16] = struct.pack("<I", end - start + 2 * len(entry))
    with pytest.raises(Unreadable, match="files that overlap"):
        unzip.unzip(data[:end] + entry * 2 + bytes(last), "lab.zip")


def test_zips_inside_share_what_they_may_unpack_to() -> None:
    inner = zipped({"a": bytes(9_000_000), "b": bytes(9_000_000)})
    found = read(one(a_zip=inner, b_zip=inner))
    assert (
        "b.zip unpacks to more than 2.0 MB; submit only your program, your answers and the files that they need."
        in found.notes
    )


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", 1 << 40)
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("it was read"))
    assert read_files(tmp_path).refused == {"large": "is larger than 10.0 MB"}


def entry(size: int, packed: int, flags: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("a")
    info.file_size, info.compress_size, info.flag_bits, info.compress_type = size, packed, flags, zipfile.ZIP_DEFLATED
    return info


def test_a_bomb_packs_more_than_a_hundred_to_one() -> None:
    size = 20_000_000
    assert unzip._refusal(entry(size, size // 100), "a", "lab.zip") == "is larger than 10.0 MB"
    with pytest.raises(Unreadable, match="far more than its size"):
        unzip._refusal(entry(size, size // 100 - 1), "a", "lab.zip")
    with pytest.raises(Unreadable, match="far more than its size"):
        unzip._refusal(entry(size, 0), "a", "lab.zip")
    assert unzip._refusal(entry(5, 5, flags=0x808), "a", "lab.zip") == ""  # a name in UTF-8, sizes behind the data


def test_a_zip_of_as_many_entries_as_are_parsed() -> None:
    data = zipped({"Lab4.py": CODE})
    assert data.count(b"PK\x01\x02") == 1
    padding = b"PK\x01\x02" * 19_999
    with pytest.raises(Unreadable, match="not a zip"):
        unzip.unzip(b"PK\x03\x04" + padding, "lab.zip")
    assert len(unzip.unzip(padding + data, "lab.zip").files) == 1
    with pytest.raises(Unreadable, match="too many files"):
        unzip.unzip(b"PK\x01\x02" + padding + data, "lab.zip")


def test_an_entry_that_unpacks_to_the_limit_is_read() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped({"a": bytes(file_set.MAX_FILE_BYTES)}))) as archive:
        assert len(unzip._content(archive, archive.infolist()[0]) or b"") == file_set.MAX_FILE_BYTES


def test_folders_and_environments_in_a_zip() -> None:
    found = unzip.unzip(zipped({"a/": b"", "a/b/x": b"x", "env/pyvenv.cfg": b"", "env/lib/y": b"", "./c": b""}), "z")
    assert set(found.files) == {"a/b/x", "c"}
    assert found.folders == {"a"}
    with pytest.raises(Unreadable, match="leads out"):
        unzip.unzip(zipped({"ok": b"", "c:/x": b""}), "z")
    assert set(unzip.unzip(zipped({"..x/y..": b""}), "z").files) == {"..x/y.."}


INNER = {"Lab4.py": CODE, "answers.yaml": PAPER}


@pytest.mark.parametrize(
    ("beside", "opened"),
    [
        ({}, True),
        ({"Lab4.py": CODE}, True),  # the answers are missing
        ({"answers.yaml": PAPER}, True),
        ({"Lab4.py": CODE, "answers.yaml": PAPER}, False),
    ],
)
def test_a_zip_inside_is_opened_for_a_part_that_is_missing(beside: dict[str, bytes], opened: bool) -> None:
    submission = read(FileSet({**beside, "x.zip": zipped(INNER)}, {}, frozenset()))
    assert (submission.program is not None, submission.answers is not None) == (True, True)
    assert ("x.zip" in dict(submission.files)) != opened


@pytest.mark.parametrize(
    ("path", "found"), [("x.zip", True), ("d/X.ZIP", True), ("d/e/x.zip", False), ("x.txt", False)]
)
def test_a_zip_is_opened_at_most_one_folder_down(path: str, found: bool) -> None:
    submission = read(FileSet({path: zipped(INNER)}, {}, frozenset()))
    assert (submission.program is not None) == found


def test_four_zips_inside_are_opened() -> None:
    files = {f"{number}.zip": zipped({f"{number}.txt": b""}) for number in range(4)}
    assert read(FileSet({**files, "4.zip": zipped(INNER)}, {}, frozenset())).program is None
    assert read(FileSet({**dict(list(files.items())[:3]), "4.zip": zipped(INNER)}, {}, frozenset())).program is not None


def test_what_a_zip_inside_refuses_is_named_with_the_zip() -> None:
    data = zipped({"x" * 201: b"", "Lab4.py": CODE, "Lab4.py/": b""})
    submission = read(FileSet({"x.zip": data}, {}, frozenset()))
    assert any("x.zip/xxxx" in note and "too long a name" in note for note in submission.notes)


@pytest.mark.parametrize("number", [5, 6, 7])
def test_five_files_left_out_are_named(number: int) -> None:
    refused = {f"{n}.bin": "is odd" for n in range(number)}
    submission = read(FileSet({"Lab4.py": CODE, "answers.yaml": PAPER}, refused, frozenset()))
    assert submission.notes[:5] == tuple(f"{n}.bin was left out: it is odd." for n in range(5))
    assert submission.notes[5:] == (() if number == 5 else (f"{number - 5} more files were left out.",))


def test_a_part_that_was_refused_is_a_problem_and_not_named_twice() -> None:
    submission = read(FileSet({"answers.yaml": PAPER}, {"Lab4.py": "is odd"}, frozenset()))
    assert submission.problems == ("Lab4.py is odd; submit the file itself.",)
    assert submission.notes == ()


@pytest.mark.parametrize(
    ("name", "text", "notebook"),
    [
        ("Lab4.py", '{"cells": []}', True),
        ("Lab4.py", ' \n{"cells": []}', True),
        ("Lab4.py", '{"a": 1}', False),
        ("Lab4.py", 'x = {"cells": []}', False),
        ("Lab4.ipynb", '{"nbformat": 4, "cells": []}', True),
    ],
)
def test_a_notebook_is_known_by_its_name_or_its_text(name: str, text: str, notebook: bool) -> None:
    program = read(FileSet({name: text.encode()}, {}, frozenset())).program
    assert program is not None
    assert (program.cells == ()) == notebook


def test_a_file_by_itself_says_what_is_missing() -> None:
    code = read(FileSet({"Lab4.py": CODE}, {}, frozenset(), single=True))
    assert code.notes == (
        "Only the program was submitted, so no answers.yaml was read; submit the folder that contains both.",
    )
    paper = read(FileSet({"answers.yaml": PAPER}, {}, frozenset(), single=True))
    assert paper.notes == (
        "Only the answers were submitted, so no Lab4.py was read; submit the folder that contains both.",
    )
    assert (code.problems, paper.problems) == ((), ())


@pytest.mark.parametrize("odd", ["a", "b"])
@pytest.mark.parametrize("how", ["closed", "environment"])
def test_a_folder_that_is_passed_over_costs_no_other(
    tmp_path: Path, odd: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text("")
    if how == "environment":
        (tmp_path / odd / "pyvenv.cfg").write_text("")
    else:
        scandir = os.scandir

        def closed(place: int) -> object:
            if os.path.samestat(os.fstat(place), (tmp_path / odd).stat()):
                raise PermissionError
            return scandir(place)

        monkeypatch.setattr(os, "scandir", closed)
    (left,) = {"a", "b"} - {odd}
    assert set(read_files(tmp_path).files) == {f"{left}/x"}


@pytest.mark.parametrize(("most", "complete"), [(7, False), (8, False), (9, True)])
def test_so_many_entries_are_listed(tmp_path: Path, most: int, complete: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(3):
            (tmp_path / name / f"{number}").write_text("")
    monkeypatch.setattr(sys.modules["autograder.submission.read_files"], "MAX_LISTED", most)
    found = read_files(tmp_path)
    assert (found.notes == ()) == complete
    assert len(found.files) == min(6, most - 2)
