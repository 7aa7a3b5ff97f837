"""Hostile submissions that git cannot hold: links, pipes, bombs, names and encodings.

Each function of `BUILDERS` makes one in an empty folder and returns what is to be submitted: it, or a file in it.
"""

import io
import json
import os
import socket
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "def train(*_):\n    return 1.0\n"

Builder = Callable[[Path], Path]


def link_to_the_reference(folder: Path) -> Path:
    """The program is a link to the reference solution."""
    (folder / "Lab4.py").symlink_to(ROOT / "reference/Lab4.py")
    (folder / "answers.yaml").symlink_to(ROOT / "reference/answers.yaml")
    return folder


def link_to_a_folder(folder: Path) -> Path:
    """A folder in the submission is a link to the reference's."""
    (folder / "inner").symlink_to(ROOT / "reference")
    return folder


def link_beside_the_program(folder: Path) -> Path:
    """A data file is a link to the rubric, which the program shows."""
    (folder / "Lab4.py").write_text(
        "def train(*_):\n    raise RuntimeError(open('data.txt').read()[900:1200])\n\n\n"
        "def fnn_forward(*_):\n    return open('data.txt').readline()\n"
    )
    (folder / "data.txt").symlink_to(ROOT / "rubric.yaml")
    return folder


def links_in_a_circle(folder: Path) -> Path:
    """Links to themselves and to the folder above, for ever."""
    (folder / "Lab4.py").symlink_to("Lab4.py")
    (folder / "again").symlink_to(".")
    (folder / "above").symlink_to("..")
    return folder


def link_to_a_device(folder: Path) -> Path:
    """The program never ends: it is /dev/zero."""
    (folder / "Lab4.py").symlink_to("/dev/zero")
    (folder / "answers.yaml").symlink_to("/dev/random")
    return folder


def pipe(folder: Path) -> Path:
    """The program is a pipe into which nobody writes."""
    os.mkfifo(folder / "Lab4.py")
    os.mkfifo(folder / "answers.yaml")
    return folder


def socket_file(folder: Path) -> Path:
    """The program is a socket."""
    here = os.getcwd()
    os.chdir(folder)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as there:
        there.bind("Lab4.py")
    os.chdir(here)
    return folder


def directory_named_like_the_program(folder: Path) -> Path:
    """Lab4.py and answers.yaml are directories."""
    (folder / "Lab4.py").mkdir()
    (folder / "Lab4.py/__init__.py").write_text(PROGRAM)
    (folder / "answers.yaml").mkdir()
    return folder


def nobody_may_read(folder: Path) -> Path:
    """Files without any rights."""
    for name in ("Lab4.py", "answers.yaml"):
        (folder / name).write_text(PROGRAM)
        (folder / name).chmod(0)
    return folder


def sparse_terabyte(folder: Path) -> Path:
    """A program of a terabyte that takes no room on the disk."""
    with (folder / "Lab4.py").open("wb") as file:
        os.truncate(file.fileno(), 1 << 40)
    return folder


def thousands_of_files(folder: Path) -> Path:
    """Five thousand files beside the program."""
    (folder / "Lab4.py").write_text(PROGRAM)
    for number in range(5000):
        (folder / f"file{number}.py").touch()
    return folder


def deep_folders(folder: Path) -> Path:
    """The program lies forty folders deep, beside six hundred folders within folders."""
    inner = folder.joinpath(*["d"] * 40)
    inner.mkdir(parents=True)
    (inner / "Lab4.py").write_text(PROGRAM)
    here = os.getcwd()
    os.chdir(folder)
    for _ in range(600):
        os.mkdir("deep")
        os.chdir("deep")
    os.chdir(here)
    return folder


def odd_names(folder: Path) -> Path:
    """Names with terminal codes, markup, line ends, bytes that are no text, and 255 characters."""
    (folder / "Lab4.py").write_text(PROGRAM)
    names = (
        b"\x1b[2J\x1b[31m.txt",
        b"<script>alert(1)<\\script>.html",
        b"[x](javascript:alert(1)).md",
        b"new\nline\r.py",
        b"\xff\xfe\x80.py",
        "\u202egnp.yp.exe".encode(),
        b"=HYPERLINK(1).csv",
        b'"}],"score":100.json',
        b"x" * 255,
        b"-rf",
        b" ",
    )
    for name in names:
        Path(os.fsdecode(os.path.join(os.fsencode(folder), name))).write_text("x")
    return folder


def two_programs_but_for_the_case(folder: Path) -> Path:
    """Names that differ in case and in form only."""
    for name in ("lab4.py", "LAB4.PY", "Lab4 (1).py", "Lab4.py.py", "Lab4.PY ", "Ｌab4.py"):
        (folder / name).write_text(PROGRAM)
    return folder


def empty_folder(folder: Path) -> Path:
    """Nothing at all."""
    return folder


def configuration_of_tools(folder: Path) -> Path:
    """conftest.py, pytest.ini, setup.sh … beside the program, for graders that run tools in the folder."""
    ran = "open('/tmp/hostile-configuration_of_tools', 'w').write('ran')\n"
    (folder / "Lab4.py").write_text(PROGRAM)
    (folder / "conftest.py").write_text(ran)
    (folder / "setup.py").write_text(ran)
    (folder / "__main__.py").write_text(ran)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:terminal\n")
    (folder / "rubric.yaml").write_text("points: 100\n")
    for name in ("setup.sh", "run_autograder", "Makefile"):
        (folder / name).write_text("touch /tmp/hostile-configuration_of_tools\n")
        (folder / name).chmod(0o755)
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").write_text("#!/bin/sh\ntouch /tmp/hostile-configuration_of_tools\n")
    return folder


def byte_code_only(folder: Path) -> Path:
    """Compiled files and no source."""
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__/Lab4.cpython-311.pyc").write_bytes(b"not byte code")
    (folder / "Lab4.pyc").write_bytes(os.urandom(1000))
    return folder


def utf_16(folder: Path) -> Path:
    """A program in UTF-16 without a mark of its order."""
    (folder / "Lab4.py").write_bytes(PROGRAM.encode("utf-16-be"))
    (folder / "answers.yaml").write_bytes("task1:\n  y_hat: 3\n".encode("utf-16"))
    return folder


def nul_characters(folder: Path) -> Path:
    """NUL characters within the program and the answers."""
    (folder / "Lab4.py").write_bytes(PROGRAM.encode() + b"\0" * 1000 + PROGRAM.encode())
    (folder / "answers.yaml").write_bytes(b"task1:\n  y_hat: 3\0\n\0")
    return folder


def coding_cookie(folder: Path) -> Path:
    """A coding declaration under which harmless text is another program."""
    text = "# -*- coding: unicode_escape -*-\nx = 1 \\u000aimport os \\u000aos._exit(0)\n"
    (folder / "Lab4.py").write_text(text)
    return folder


def coding_cookie_that_unpacks(folder: Path) -> Path:
    """A coding declaration that names a codec which unpacks, or none at all."""
    (folder / "Lab4.py").write_text("# coding: zlib\n" + PROGRAM)
    (folder / "answers.yaml").write_text("# coding: nowhere\ntask1:\n  y_hat: 3\n")
    return folder


def brackets(folder: Path) -> Path:
    """A program of a hundred thousand brackets, which crashes or hangs parsers."""
    (folder / "Lab4.py").write_text("x = " + "(" * 100_000 + ")" * 100_000 + "\n" + PROGRAM)
    return folder


def long_chain(folder: Path) -> Path:
    """An expression of two hundred thousand terms, and as many nested conditions as fit."""
    chain = "x = " + "-" * 200_000 + "1\n" + "y = " + " + ".join(["1"] * 50_000) + "\n"
    (folder / "Lab4.py").write_text(chain + PROGRAM)
    return folder


def long_line(folder: Path) -> Path:
    """A program of one line of nine megabytes."""
    (folder / "Lab4.py").write_text("x = '" + "y" * 9_000_000 + "'; raise ValueError(x)\n")
    return folder


def large_program(folder: Path) -> Path:
    """A program of forty megabytes."""
    (folder / "Lab4.py").write_bytes(b"# x\n" * 10_000_000)
    return folder


def alias_bomb(folder: Path) -> Path:
    """Answers whose aliases unfold to a billion values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (folder / "Lab4.py").write_text(PROGRAM)
    (folder / "answers.yaml").write_text("\n".join([*lines, "task1: *a11", "task2: &own {y_hat: *own}"]))
    return folder


def arithmetic_bomb(folder: Path) -> Path:
    """Answers that are computed for ever: powers of powers, shifts, factorials, brackets."""
    values = (
        "9**9**9",
        "2**-(9**9)",
        "1<<99999999",
        "9" * 5000,
        "(" * 3000 + "1" + ")" * 3000,
        "1e999",
        "0x" + "f" * 999,
    )
    (folder / "Lab4.py").write_text(PROGRAM)
    names = ("y_hat", "s", "loss", "dloss_dw")
    answers = "task1:\n" + "".join(f"  {name}: {value}\n" for name, value in zip(names, values, strict=False))
    answers += "task2:\n  m1: " + values[4] + "\n  r: " + values[5] + "\n  m2: " + values[6] + "\n"
    (folder / "answers.yaml").write_text(answers)
    return folder


def answers_that_run(folder: Path) -> Path:
    """Answers with YAML tags and Python expressions that would run a command."""
    (folder / "Lab4.py").write_text(PROGRAM)
    (folder / "answers.yaml").write_text(
        "task1:\n"
        "  y_hat: !!python/object/apply:os.system ['touch /tmp/hostile-answers_that_run']\n"
        "  s: !!python/name:os.system\n"
        "  loss: __import__('os').system('touch /tmp/hostile-answers_that_run')\n"
        "  dloss_dw: '[c for c in ().__class__.__base__.__subclasses__()]'\n"
    )
    return folder


def deep_answers(folder: Path) -> Path:
    """Answers nested fifty thousand deep, a key of a megabyte, a hundred thousand lines."""
    (folder / "Lab4.py").write_text(PROGRAM)
    text = "task1: " + "[" * 50_000 + "\n" + "k" * 1_000_000 + ": 1\n" + "".join(f"t{i}: {i}\n" for i in range(100_000))
    (folder / "answers.yaml").write_text(text)
    return folder


def answers_without_numbers(folder: Path) -> Path:
    """Answers that are infinite, not a number, true, dates, and in base sixty."""
    (folder / "Lab4.py").write_text(PROGRAM)
    answers = (
        "task1: {y_hat: .inf, s: .nan, loss: true, dloss_dw: 1:30}\ntask2: {m1: 2001-01-01, r: ~, m2: [], y_hat: {}}"
    )
    (folder / "answers.yaml").write_text(answers)
    return folder


def notebook_bomb(folder: Path) -> Path:
    """A notebook of brackets, and one under the program's name with cells of every wrong type."""
    (folder / "Lab4.ipynb").write_text("[" * 200_000)
    cells = [None, 1, [], {"cell_type": "code"}, {"cell_type": "code", "source": {"a": 1}}, {"source": [1, None]}]
    text = json.dumps({"cells": cells, "nbformat": 1e300, "metadata": []})
    (folder / "Lab4.py").write_text(text)
    return folder


def notebook_of_many_cells(folder: Path) -> Path:
    """A notebook of twenty thousand cells, each of which raises."""
    cell = {"cell_type": "code", "source": "raise ValueError", "metadata": {}, "outputs": []}
    (folder / "Lab4.ipynb").write_text(json.dumps({"cells": [cell] * 20_000, "nbformat": 4, "metadata": {}}))
    return folder


def zip_bomb(folder: Path) -> Path:
    """A zip of a megabyte that unpacks to 300 MB."""
    with zipfile.ZipFile(folder / "handed_in.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("Lab4.py", PROGRAM)
        with archive.open("zeros.py", "w", force_zip64=True) as file:
            for _ in range(300):
                file.write(bytes(1 << 20))
    return folder / "handed_in.zip"


def zip_bomb_of_many(folder: Path) -> Path:
    """A zip of ninety files that stay below each limit and together do not."""
    with zipfile.ZipFile(folder / "handed_in.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("Lab4.py", PROGRAM)
        for number in range(90):
            archive.writestr(f"part{number}.py", bytes(3 << 20))
    return folder / "handed_in.zip"


def zips_within_zips(folder: Path) -> Path:
    """Zips within zips, twelve deep, sixteen of them at each depth of the first two."""
    data = _zip({"Lab4.py": PROGRAM.encode()})
    for depth in range(12):
        data = _zip({f"part{number}.zip": data for number in range(16 if depth < 2 else 1)})
    (folder / "handed_in.zip").write_bytes(data)
    return folder / "handed_in.zip"


def zip_that_lies(folder: Path) -> Path:
    """A zip whose directory says that a file of 50 MB has ten bytes."""
    data = bytearray(_zip({"Lab4.py": b"#" * 50_000_000}))
    for grade, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.rindex(grade) + offset
        data[at : at + 4] = (10).to_bytes(4, "little")
    (folder / "handed_in.zip").write_bytes(data)
    return folder / "handed_in.zip"


def zip_that_climbs(folder: Path) -> Path:
    """A zip with paths that lead out of it, absolute, upwards and with backslashes."""
    names = (
        "../../../../tmp/hostile-zip_that_climbs",
        "/tmp/hostile-zip_that_climbs",
        "..\\..\\hostile",
        "C:\\Lab4.py",
    )
    (folder / "handed_in.zip").write_bytes(_zip({"Lab4.py": PROGRAM.encode(), **dict.fromkeys(names, b"x")}))
    return folder / "handed_in.zip"


def zip_with_a_link(folder: Path) -> Path:
    """A zip with links to the reference and to the root, and a file below one of them."""
    with zipfile.ZipFile(folder / "handed_in.zip", "w") as archive:
        for name, target in (("Lab4.py", str(ROOT / "reference/Lab4.py")), ("out", "/tmp")):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, target)
        archive.writestr("out/hostile-zip_with_a_link", "x")
    return folder / "handed_in.zip"


def zip_with_the_same_name_twice(folder: Path) -> Path:
    """A zip with two programs of one name, a file that is a folder too, and the reserved names of other systems."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name in ("Lab4.py", "Lab4.py/Lab4.py", "a", "a/b", "CON", "nul.py", "LAB4.PY", "./Lab4.py", "x//Lab4.py"):
            writer.writestr(name, PROGRAM)
    (folder / "handed_in.zip").write_bytes(archive.getvalue())
    return folder / "handed_in.zip"


def zip_of_damage(folder: Path) -> Path:
    """A zip cut off in the middle, with a wrong checksum and a comment as long as can be."""
    data = _zip({"Lab4.py": PROGRAM.encode() * 50, "answers.yaml": b"task1:\n"})
    at = data.index(b"PK\x03\x04") + 14
    (folder / "handed_in.zip").write_bytes(data[:at] + b"\0\0\0\0" + data[at + 4 : -22] + b"PK\x05\x06" * 1000)
    return folder / "handed_in.zip"


def zip_with_odd_names(folder: Path) -> Path:
    """A zip with terminal codes, markup, bytes and sixty thousand characters in its names."""
    names = ("\x1b[2J.py", "<script>alert(1)</script>", "a\nb\r.py", "\u202egnp.py", "n" * 60_000, "d/" * 5000, " ")
    (folder / "handed_in.zip").write_bytes(_zip({"Lab4.py": PROGRAM.encode(), **dict.fromkeys(names, b"")}))
    return folder / "handed_in.zip"


def zip_under_a_password(folder: Path) -> Path:
    """A zip whose files claim to be encrypted."""
    data = bytearray(_zip({"Lab4.py": PROGRAM.encode()}))
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (folder / "handed_in.zip").write_bytes(data)
    return folder / "handed_in.zip"


def zip_of_thousands(folder: Path) -> Path:
    """A zip of thirty thousand empty files."""
    with zipfile.ZipFile(folder / "handed_in.zip", "w") as archive:
        archive.writestr("Lab4.py", PROGRAM)
        for number in range(30_000):
            archive.writestr(f"f{number}", b"")
    return folder / "handed_in.zip"


def zip_of_one_deep_path(folder: Path) -> Path:
    """A zip with a path of 32,000 folders, which take two gigabytes when each is named with those above it."""
    (folder / "handed_in.zip").write_bytes(_zip({"d/" * 32_000 + "x": b"x", "Lab4.py": PROGRAM.encode()}))
    return folder / "handed_in.zip"


def zip_of_long_names(folder: Path) -> Path:
    """A zip of 49 MB that is names only, each with a character that makes it four times as large in memory."""
    with zipfile.ZipFile(folder / "handed_in.zip", "w") as archive:
        archive.writestr("Lab4.py", PROGRAM)
        for number in range(370):
            archive.writestr(f"{number}\U0001f600" + "n" * 65_000, b"")
    return folder / "handed_in.zip"


def zip_of_damaged_files(folder: Path) -> Path:
    """A zip of 1,900 files of 9.9 MB each, all with a wrong checksum, so that none of them counted."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part.py", bytes(9_900_000))
    data = packed.getvalue()
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = bytearray(data[start:end])
    entry[16] ^= 1
    number = 1900
    last = bytearray(data[end:])
    last[8:10] = last[10:12] = number.to_bytes(2, "little")
    last[12:16] = (number * len(entry)).to_bytes(4, "little")
    (folder / "handed_in.zip").write_bytes(data[:start] + bytes(entry) * number + bytes(last))
    return folder / "handed_in.zip"


def zip_of_shared_bytes(folder: Path) -> Path:
    """A zip of 1,900 files that all are the same two megabytes, which unpack to nothing."""
    nothing = b"\x00\x00\x00\xff\xff" * 400_000 + b"\x03\x00"
    start = b"PK\x03\x04" + struct.pack("<5H3I2H", 20, 0, 8, 0, 0, 0, len(nothing), 0, 1, 0) + b"x"
    directory = b""
    for number in range(1900):
        name = f"{number:04}".encode()
        fields = struct.pack("<6H3I5H2I", 20, 20, 0, 8, 0, 0, 0, len(nothing), 0, len(name), 0, 0, 0, 0, 0, 0)
        directory += b"PK\x01\x02" + fields + name
    body = start + nothing
    end = struct.pack("<4H2IH", 0, 0, 1900, 1900, len(directory), len(body), 0)
    (folder / "handed_in.zip").write_bytes(body + directory + b"PK\x05\x06" + end)
    return folder / "handed_in.zip"


def notebook_of_old_cells(folder: Path) -> Path:
    """A notebook of version 3 with 3.3 million empty cells, which a conversion copies again and again."""
    text = '{"nbformat":3,"worksheets":[{"cells":[' + "{}," * 3_300_000 + "{}]}]}"
    (folder / "Lab4.ipynb").write_text(text)
    return folder


def notebook_of_small_things(folder: Path) -> Path:
    """A notebook of 750,000 objects within objects beside its one cell."""
    cell = '{"cell_type":"code","source":"x = 1"}'
    text = '{"nbformat":4,"cells":[' + cell + '],"x":[' + '{"a":{"":0}},' * 750_000 + "0]}"
    (folder / "Lab4.ipynb").write_text(text)
    return folder


def answers_of_directions(folder: Path) -> Path:
    """Answers with 55,000 directions to the YAML parser, each of which it compares with all before it."""
    (folder / "Lab4.py").write_text(PROGRAM)
    directions = "".join(f"%TAG !a{number}! x\n" for number in range(55_000))
    (folder / "answers.yaml").write_text(directions + "---\ntask1:\n  y_hat: 3\n")
    return folder


def answers_of_many_names(folder: Path) -> Path:
    """Answers under hundreds of names that are nearly those that are asked for."""
    (folder / "Lab4.py").write_text(PROGRAM)
    names = "".join(f"  dloss_dy_hat{number}: 1\n" for number in range(2400))
    (folder / "answers.yaml").write_text(f"task1:\n{names}")
    return folder


READING = (
    *(zip_of_one_deep_path, zip_of_long_names, zip_of_damaged_files, zip_of_shared_bytes, zip_bomb, zip_bomb_of_many),
    *(notebook_of_old_cells, notebook_of_small_things, notebook_bomb, notebook_of_many_cells),
    *(answers_of_directions, alias_bomb, deep_answers, sparse_terabyte),
)
"""The submissions that once took most memory or time to be read, or are meant to."""


def _zip(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def parts_too_deep_to_compare(folder: Path) -> Path:
    """Two files that may be one program, with an expression that Python's own tools do not follow."""
    for number in (1, 2):
        (folder / f"Lab4_task{number}.py").write_text(f"def train{number}(*_):\n    return 1" + "+1" * 2000 + "\n")
    return folder


BUILDERS: dict[str, Builder] = {
    name: thing
    for name, thing in list(globals().items())
    if callable(thing) and not name.startswith("_") and getattr(thing, "__module__", "") == __name__
}
