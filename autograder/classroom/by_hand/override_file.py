"""Change overrides.yaml line by line: an entry is added, replaced or removed, and every other line stays as it is.

Of an entry that is replaced, comments on lines of their own stay, above the new one.
"""

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder import yaml_config
from autograder.classroom.by_hand import overrides
from autograder.classroom.by_hand.overrides import Override, Overrides
from autograder.fileio import write_text
from autograder.text import fit
from autograder.yaml_config import FileError

HEADS = {
    overrides.FILE: "# Points and comments by hand. `autograder override` writes this file; it may be edited too.\n",
    overrides.SECOND: "# A second marker's points. `autograder override --second` writes them; they change no grade.\n",
}
BOM = "\ufeff"  # some editors on Windows put it at the start of a file
LONGEST = 4000  # characters of a reason or a comment
_NOT_IN_YAML = re.compile("[^\t\n -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # YAML 1.1, "printable"


@dataclass(frozen=True)
class _Lines:
    """The file's lines with their endings, and where each entry is: the first line and the one after the last."""

    lines: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    mark: str = ""  # the byte-order mark, if the file begins with one
    end: str = "\n"  # how its lines end

    def written(self, entry: Override) -> str:
        """An entry as YAML, with the line endings of the file."""
        return _written(entry).replace("\n", self.end)


def put(
    folder: Path, entry: Override, file: str = overrides.FILE, same: Collection[tuple[str, str, bool]] = ()
) -> None:
    """Write an entry: in place of the one about the same student and check, else at the end.

    Args:
        folder: of the class.
        entry: the entry.
        file: overrides.FILE, or overrides.SECOND for a second marker's.
        same: the keys of entries that name the same submission in another way; it replaces these too.

    Raises FileError if the file is not valid, or not written with a line that begins with "-" for each entry, and
    CannotWrite.
    """
    entry = fit_for_file(overrides.rounded(entry))
    with _alone(folder):
        kept, text = overrides.read(folder, file), _lines(folder / file)
        places = [place for place, each in enumerate(kept.entries) if each.key in {entry.key, *same}]
        now, lines = list(kept.entries), list(text.lines)
        if places:
            now[places[-1]] = entry
            start, end = text.places[places[-1]]
            lines[start:end] = [*_comments(kept, text, start, end), text.written(entry)]
        else:
            now.append(entry)
            lines = _ended(lines or [HEADS[file]], text.end)
            lines.insert(_last(lines, text.places), text.written(entry))
        for place in reversed(places[:-1]):
            del now[place]
            del lines[slice(*text.places[place])]
        _write(kept, text, lines, now)


def remove(folder: Path, who: str, check: str, *, leave: bool = False, file: str = overrides.FILE) -> None:
    """Remove an entry (check "": the comment alone, or with `leave` the review of the whole submission).

    Raises as `put` does, or if there is none.
    """
    with _alone(folder):
        kept, text = overrides.read(folder, file), _lines(folder / file)
        key = Override(who, check, leave=leave).key
        at = next((place for place, each in enumerate(kept.entries) if each.key == key), None)
        if at is None:
            alone = "the whole submission" if leave else "a comment alone"
            what = f"check {check}" if check not in ("", overrides.TOTAL) else check or alone
            raise FileError(f"{kept.path}: it has no entry for {who!r} and {what}; nothing is removed")
        start, end = text.places[at]
        _write(kept, text, [*text.lines[:start], *text.lines[end:]], [*kept.entries[:at], *kept.entries[at + 1 :]])


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else changes a file of decisions in this folder: two instructors may decide at once."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # a file system without locks
            file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            stack.callback(os.close, file)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fit_for_file(entry: Override) -> Override:
    """The entry with texts that YAML can hold and pages can show."""
    texts = {key: text for key, text in msgspec.structs.asdict(entry).items() if isinstance(text, str)}
    return msgspec.structs.replace(
        entry, **{key: _NOT_IN_YAML.sub("\ufffd", fit(text, LONGEST)) for key, text in texts.items()}
    )


def _written(entry: Override) -> str:
    """An entry as YAML, one line a key. JSON's texts are valid in YAML, with every sign that YAML treats in its own way
    in quotes."""
    values = {key: value for key, value in msgspec.structs.asdict(entry).items() if value not in ("", None, False)}
    shown = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    if entry.points is not None:
        shown["points"] = json.dumps(int(entry.points) if entry.points == int(entry.points) else entry.points)
    return "".join(f"{'  ' if place else '- '}{key}: {text}\n" for place, (key, text) in enumerate(shown.items()))


def _lines(path: Path) -> _Lines:
    entries = overrides.read(path.parent, path.name).entries
    if not path.exists():
        return _Lines((), ())
    content = path.read_bytes().decode()  # `read` has found it readable; line endings stay as they are
    mark = BOM if content.startswith(BOM) else ""
    lines = content.removeprefix(BOM).splitlines(keepends=True)
    kind = mark, "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if not entries:
        return _Lines(tuple(lines), (), *kind)
    found = yaml_config.load(path).lines
    starts = [_dash(lines, found[(index,)] - 1) for index in range(len(entries))]
    ends = [_end(lines, start, after) for start, after in zip(starts, [*starts[1:], len(lines)], strict=True)]
    return _Lines(tuple(lines), tuple(zip(starts, ends, strict=True)), *kind)


def _dash(lines: Sequence[str], line: int) -> int:
    """The line with the entry's "-", which may stand alone above its first key."""
    while line > 0 and not lines[line].lstrip().startswith("-"):
        line -= 1
    return line


def _end(lines: Sequence[str], start: int, after: int) -> int:
    """The line after an entry's last: comments and blank lines before the next entry belong to that one."""
    while after > start + 1 and (not lines[after - 1].strip() or lines[after - 1].startswith(("#", "..."))):
        after -= 1
    return after


def _last(lines: Sequence[str], places: Sequence[tuple[int, int]]) -> int:
    """Where an entry at the end belongs: before "...", which ends a document in YAML, or after the last line."""
    after = places[-1][1] if places else 0
    return next((at for at in range(after, len(lines)) if lines[at].startswith("...")), len(lines))


def _comments(kept: Overrides, text: _Lines, start: int, end: int) -> list[str]:
    """The lines of an entry that are comments as a whole, to stand above it; comments behind a value are not kept."""
    inside = [line for line in text.lines[start:end] if line.lstrip().startswith("#")]
    others = [line for line in text.lines[start:end] if line not in inside]
    meant = _meant(kept.path, "".join([*text.lines[:start], *others, *text.lines[end:]]))
    return [line.lstrip() for line in inside] if _alike(meant, kept.entries) else []  # else they are part of a text


def _ended(lines: Sequence[str], end: str) -> list[str]:
    """The lines, the last with a line ending."""
    return [*lines[:-1], lines[-1] if lines[-1].endswith("\n") else f"{lines[-1]}{end}"]


def _meant(path: Path, text: str) -> tuple[Override, ...] | None:
    """The entries in a text; None if it is not valid."""
    try:
        return overrides.parse(path, text)
    except FileError:
        return None


def _alike(entries: Sequence[Override] | None, others: Sequence[Override]) -> bool:
    """Whether entries mean the same. A text in a block may get a line break at its end when a line comes after it."""
    return entries is not None and list(map(_without_end, entries)) == list(map(_without_end, others))


def _without_end(entry: Override) -> Override:
    return msgspec.structs.replace(entry, reason=entry.reason.rstrip("\n"), comment=entry.comment.rstrip("\n"))


def _write(before: Overrides, text: _Lines, lines: Sequence[str], now: Sequence[Override]) -> None:
    """Write the lines, if they mean the entries `now`. text: the file until now."""
    content = "".join(lines)
    if not _alike(_meant(before.path, content), now):
        raise FileError(f'{before.path}: it is not written with "- who: …" at the start of a line; edit it by hand')
    write_text(before.path, text.mark + content)
