"""Text is read in the encodings that students' editors write; anything else is refused with a sentence."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.submission.decode import MAX_BYTES, decode
from autograder.submission.model import PartUnreadable

TEXT = "# na\u00efve\nx = 1\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
    ],
)
def test_marks_and_newlines_of_every_editor_are_read(data: bytes) -> None:
    assert decode(data, "Lab4.py") == (TEXT, ())


@pytest.mark.parametrize("first", ["", "#!/usr/bin/python\n"])
def test_a_coding_line_is_honoured_in_code_only(first: str) -> None:
    text = f"{first}# -*- coding: latin-1 -*-\nname = '\u00e9'\n"
    assert decode(text.encode("latin-1"), "Lab4.py", cookie=True) == (text, ())
    assert decode(text.encode("latin-1"), "answers.yaml")[1] != ()


@pytest.mark.parametrize("encoding", ["utf-7", "rot13", "unicode_escape", "no-such-encoding", "utf-8"])
def test_other_coding_lines_are_not_followed(encoding: str) -> None:
    text = f"# coding: {encoding}\nx = '+AGE-'\n"
    assert decode(text.encode(), "Lab4.py", cookie=True) == (text, ())


def test_bytes_that_are_not_utf8_are_read_as_windows_1252_and_said() -> None:
    text, notes = decode("price = '5 \u20ac'".encode("cp1252"), "Lab4.py")
    assert text == "price = '5 \u20ac'"
    assert notes == ("Lab4.py is not UTF-8, so it was read as Windows-1252; save it as UTF-8 to be sure.",)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"x = 1\0", "not a text file"),
        ("x\0".encode("utf-16"), "not a text file"),
        (b"\x89PNG\r\n\x1a\n\x01\x02", "not a text file"),
        (b"a\n\x81\x8d", "not valid CP1252 text (line 2)"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8", "not valid UTF-16-LE text"),
        (b"{\\rtf1 x = 1}", "rich text"),
        (b"x" * (MAX_BYTES + 1), "at most 1.0 MB is read"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_what_is_no_text_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(PartUnreadable) as caught:
        decode(data, "Lab4.py")
    assert says in str(caught.value)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_a_problem(data: bytes) -> None:
    try:
        text, _ = decode(data, "Lab4.py", cookie=True)
    except PartUnreadable:
        return
    assert "\0" not in text
    assert "\r" not in text


@pytest.mark.parametrize(
    ("name", "size", "read"),
    [
        *(("Lab4.py", 1_000_000, True), ("Lab4.py", 1_000_001, False), ("Lab4.ipynb", 1_000_001, True)),
        *(("LAB4.IPYNB", 20_000_000, True), ("Lab4.ipynb", 20_000_001, False), ("ipynb.py", 1_000_001, False)),
    ],
)
def test_the_size_that_is_read_depends_on_the_kind(name: str, size: int, read: bool) -> None:
    if read:
        assert len(decode(b"x" * size, name)[0]) == size
    else:
        with pytest.raises(PartUnreadable, match=f"at most {'20.0' if name.endswith('ipynb') else '1.0'} MB is read"):
            decode(b"x" * size, name)


@pytest.mark.parametrize(
    ("data", "line"),
    [(codecs.BOM_UTF8 + b"a\nb\n\xff", 3), (codecs.BOM_UTF8 + b"\n\xff\n", 2)],
    ids=["third", "second"],
)
def test_what_a_mark_promises_has_to_hold(data: bytes, line: int) -> None:
    with pytest.raises(PartUnreadable, match=rf"not valid UTF-8 text \(line {line}\)"):
        decode(data, "Lab4.py")


@pytest.mark.parametrize("control", [b"\x01", b"\x08", b"\x0e", b"\x1f"])
def test_control_characters_are_binary(control: bytes) -> None:
    with pytest.raises(PartUnreadable, match="binary"):
        decode(b"\xe9" + control, "Lab4.py")


def test_a_coding_line_counts_on_the_first_two_lines_only() -> None:
    line = b"# coding: latin-1\n"
    assert decode(line + b"\xe9", "x.py", cookie=True)[1] == ()
    assert decode(b"\n\n" + line + b"\xe9", "x.py", cookie=True)[1] != ()
    assert decode(b"x = 1\n" + line + b"\xe9", "x.py", cookie=True)[1] != ()
    with pytest.raises(PartUnreadable, match="not valid GBK"):
        decode(b"# coding: gbk\n\xff", "x.py", cookie=True)
