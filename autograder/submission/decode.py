"""Decodes text files as students' editors write them."""

import codecs
import re

from autograder.submission.file_set import MAX_NOTEBOOK_BYTES
from autograder.submission.model import PartUnreadable
from autograder.text import megabytes

MAX_BYTES = 1_000_000

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# PEP 263: a comment on one of the first two lines.
_COOKIE = re.compile(rb"\A(?:[ \t\f]*(?:#[^\n\r]*)?(?:\r\n|\r|\n))?[ \t\f]*#[^\n\r]*?coding[:=][ \t]*([-\w.]+)")
# Only common single-byte and East Asian encodings: utf-7, unicode_escape and punycode can hide code or be slow.
_COOKIE_ENCODINGS = frozenset(
    (
        *("iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1252", "koi8-r", "mac-roman"),
        *("gbk", "gb2312", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
    )
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f]")


def decode(data: bytes, name: str, *, cookie: bool = False) -> tuple[str, tuple[str, ...]]:
    """Decode a file. Returns the text, with \\n as newlines, and notes for the student.

    The encoding is that of a byte order mark, of a PEP 263 line (with `cookie`), UTF-8, or Windows-1252, in this order.
    Raises PartUnreadable if the file is too large, binary, or not valid in its encoding.
    """
    most = MAX_NOTEBOOK_BYTES if name.lower().endswith(".ipynb") else MAX_BYTES
    if len(data) > most:
        raise PartUnreadable(
            f"{name} is {megabytes(len(data))}, and at most {megabytes(most)} is read; check that it is the right file."
        )
    if data.startswith(b"{\\rtf"):
        raise PartUnreadable(f"{name} is a rich text document; save it as plain text and submit it again.")
    text, notes = _text(data, name, cookie)
    if "\0" in text:
        raise _binary(name)
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _text(data: bytes, name: str, cookie: bool) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, name), ()
    if b"\0" in data:
        raise _binary(name)
    declared = _declared(data) if cookie else None
    if declared is not None:
        return _strictly(data, declared, name), ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        text = _strictly(data, "cp1252", name)
    if _CONTROL.search(text):
        raise _binary(name)
    return text, (f"{name} is not UTF-8, so it was read as Windows-1252; save it as UTF-8 to be sure.",)


def _declared(data: bytes) -> str | None:
    """The encoding that a PEP 263 line names, if it is one of those accepted."""
    match = _COOKIE.match(data[:1000])
    if match is None:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return None
    return name if name in _COOKIE_ENCODINGS else None


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PartUnreadable(f"{name} is not valid {encoding.upper()} text (line {line}); save it as UTF-8.") from None


def _binary(name: str) -> PartUnreadable:
    return PartUnreadable(f"{name} is not a text file (it contains binary data); submit plain text.")
