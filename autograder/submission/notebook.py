"""Reads the code cells of notebooks.

Notebook commands (%matplotlib, !pip, name?) are replaced by `pass`, or by Python that does the same.
"""

import json
import re
from collections.abc import Iterator
from posixpath import basename
from typing import Any, Literal

import msgspec

from autograder import limited
from autograder.submission.decode import MAX_BYTES
from autograder.submission.model import PartUnreadable
from autograder.submission.select import rank
from autograder.text import megabytes, plural

MAX_CELLS = 1000  # code cells
MAX_ALL_CELLS = 10_000  # of any kind; checked before conversion, which copies each cell several times
SMALL = 100_000  # characters; a notebook of this size needs no separate process

_MEND = "submit the code as a .py file."

# Cell magics whose cells are not Python. All others measure, log or display what their cells do.
_OTHER_LANGUAGES = frozenset(
    {
        *("", "bash", "sh", "zsh", "script", "shell", "system", "sx", "cmd", "powershell", "perl", "ruby", "R"),
        *("julia", "html", "HTML", "svg", "SVG", "latex", "markdown", "javascript", "js", "css"),
        *("sql", "bigquery", "mermaid"),
    }
)
_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
_WRITE_FILE = re.compile(r"\s*%%(?:writefile|file)[ \t]+(-a[ \t]+)?([^\n]+?)[ \t]*(?:\n|\Z)")
# Shell commands that notebooks accept without % or !. Lines that could be Python are left unchanged.
_SHELL = (
    r"(?:pip3?|conda|mamba|uv|apt|apt-get|sudo|git|wget|curl|ls|cd|cat|cp|mv|rm|mkdir|rmdir|pwd|echo|unzip|tar|python3?"
    r"|jupyter|nvidia-smi|which)(?:[ \t]+(?!(?:in|is|and|or|if|not|for)\b|[-/]=)[\w./~$\"'-]|[ \t]*$)"
)
# Matched on a line without its indent, so that a run of spaces cannot be matched in several ways, which is slow.
_COMMAND = re.compile(rf"[%!?]|[\w.*]+\?{{1,2}}\s*$|[\w, ]+=\s*[%!]|{_SHELL}")
_MAY_HOLD_COMMANDS = re.compile(rf"[%!?]|^[ \t]*{_SHELL}", re.MULTILINE)
_TIMED = re.compile(r"%time[ \t]+(?=[^\s-])")
_RUN = re.compile(r"%run[ \t]+(?:-\w+[ \t]+)*[\"']?([\w./-]+\.py)\b")
# The parts of a line of Python that decide whether the next line begins a statement.
_OUTSIDE_STRING = re.compile(r"""#|\"{3}|'{3}|["'()\[\]{}]""")
_INSIDE_STRING = re.compile(r"""\\.|\"{3}|'{3}|["']""")


class _TooManyCells(PartUnreadable):
    """The notebook has more cells than the limit."""


def code_cells(text: str, name: str, program: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The code cells of a notebook, and notes for the student. program: see `without_commands`.

    Raises PartUnreadable if the text is not a notebook, or takes too much memory or time to read.
    """
    if len(text) <= SMALL:
        return _code_cells(text, name, program)
    try:
        return limited.run(tuple[tuple[str, ...], tuple[str, ...]], _code_cells, text, name, program)
    except ValueError as problem:
        raise PartUnreadable(str(problem)) from None
    except limited.TooMuch:
        raise PartUnreadable(
            f"{name} takes too much memory or time to read; clear its outputs and save it again, or {_MEND}"
        ) from None


def _code_cells(text: str, name: str, program: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    cells: list[str] = []
    dropped = 0
    try:
        notebook = _without_outputs(text) or json.loads(text)
        there = sum(len(sheet["cells"]) for sheet in _sheets(notebook))
        if there > MAX_ALL_CELLS:
            raise _TooManyCells(f"{name} has {there} cells, and at most {MAX_ALL_CELLS} are read; {_MEND}")
        sources = list(_sources(_converted(notebook, text)))
    except _TooManyCells:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise PartUnreadable(f"{name} is not a notebook that can be read; save it again, or {_MEND}") from None
    if len(sources) > MAX_CELLS:
        raise PartUnreadable(f"{name} has {len(sources)} code cells, and at most {MAX_CELLS} are read; {_MEND}")
    if sum(map(len, sources)) > MAX_BYTES:
        raise PartUnreadable(
            f"{name} contains more than {megabytes(MAX_BYTES)} of code; check that it is the right file."
        )
    for source in sources:
        # JSON can hold half a surrogate pair, which is no character and cannot be written or sent.
        clean, lines = without_commands(source.encode("utf-8", "replace").decode("utf-8"), program)
        cells.append(clean)
        dropped += len(lines)
    if not dropped:
        return tuple(cells), ()
    return tuple(cells), (f"Notebook commands (% ! ?) in {name} were left out: {plural(dropped, 'line')}.",)


class _Cell(msgspec.Struct, frozen=True):
    cell_type: str
    source: str | list[str]


class _Notebook(msgspec.Struct, frozen=True):
    nbformat: Literal[4]
    cells: list[_Cell]


def _without_outputs(text: str) -> Any:
    """A notebook of version 4 with its sources only, so that outputs take no memory. None for other versions."""
    try:
        return msgspec.to_builtins(msgspec.json.decode(text, type=_Notebook))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _converted(notebook: Any, text: str) -> Any:
    """The notebook in version 4. nbformat converts older versions, if it is installed."""
    if notebook.get("nbformat") == 4:
        return notebook
    try:
        # Imported here because it takes 0.1 seconds, and only notebooks from before 2015 need it.
        import nbformat
        from nbformat.reader import reads

        # Not nbformat.reads, which also validates: a missing cell id is no reason to complain to a student.
        return nbformat.convert(reads(text), 4)  # type: ignore[no-untyped-call,unused-ignore]
    except Exception:  # nbformat's converters raise many kinds of exceptions
        return notebook


def _sheets(notebook: Any) -> Any:
    """What contains the cells: the notebook, or its worksheets before version 4."""
    return notebook.get("worksheets", [notebook])


def _sources(notebook: Any) -> Iterator[str]:
    """The source of every code cell, a string or a list of lines ("input" in the old version 3)."""
    for sheet in _sheets(notebook):
        for cell in sheet["cells"]:
            if cell.get("cell_type") == "code":
                source = cell["source"] if "source" in cell else cell["input"]
                yield (source if isinstance(source, str) else "".join(source)).replace("\r\n", "\n")


def without_commands(source: str, program: str = "") -> tuple[str, tuple[int, ...]]:
    """Replace the notebook commands in a cell. Line numbers stay the same.

    No Python statement begins with %, ! or ?, or with a shell command and its arguments, so nothing else is changed.
    Cells of other languages, such as %%bash, are removed completely; %%writefile writes its file. Lines inside brackets
    and multi-line strings are left unchanged.

    Args:
        source: the code of the cell.
        program: the program's name; a %%writefile cell that writes it is taken as the program itself.

    Returns:
        The Python code, and the numbers of the replaced lines.
    """
    if not _MAY_HOLD_COMMANDS.search(source):
        return source, ()
    lines = source.split("\n")
    if not any(_COMMAND.match(line.lstrip()) for line in lines):
        return source, ()
    magic = _CELL_MAGIC.match(source)
    if magic and magic[1] in _OTHER_LANGUAGES:
        return "\n".join("pass" if line else "" for line in lines), tuple(range(1, len(lines) + 1))
    written = _WRITE_FILE.match(source)
    if written and not (program and rank(basename(written[2].strip("\"'")), program) is not None):
        return _writing(written, source) + "\n" * (len(lines) - 1), (1,)
    dropped: list[int] = []
    state = _Scanner()
    in_command = False
    for index, line in enumerate(lines):
        if in_command or (state.at_statement and _COMMAND.match(line.lstrip())):
            dropped.append(index + 1)
            indent = line[: len(line) - len(line.lstrip())]
            # A continued command is one statement: its further lines may have any indent.
            lines[index] = "" if in_command else indent + _instead(line.lstrip())
            in_command = line.endswith("\\")
        else:
            state.read(line)
    return "\n".join(lines), tuple(dropped)


def _instead(command: str) -> str:
    """Python that replaces a notebook command. It does the same if the program's functions may depend on it."""
    if timed := _TIMED.match(command):
        return command[timed.end() :]
    if run := _RUN.match(command):
        return f"exec(compile(open({run[1]!r}).read(), {run[1]!r}, 'exec'))"
    return "pass"


def _writing(written: re.Match[str], source: str) -> str:
    """One line of Python that writes the file of a %%writefile cell beside the program."""
    name, content = basename(written[2].strip("\"'")), source[written.end() :]
    mode = "a" if written[1] else "w"
    write = f"print({content!r}, file=open({name!r}, {mode!r}, encoding='utf-8'), flush=True)"
    return f"{write}; __import__('importlib').invalidate_caches()"


class _Scanner:
    """Reads Python line by line, just closely enough to know where a statement can begin."""

    def __init__(self) -> None:
        self._quote = ""
        self._open = 0
        self._continued = False

    @property
    def at_statement(self) -> bool:
        return not (self._quote or self._open or self._continued)

    def read(self, line: str) -> None:
        position = 0
        self._continued = line.endswith("\\")
        while lexeme := (_INSIDE_STRING if self._quote else _OUTSIDE_STRING).search(line, position):
            position, word = lexeme.end(), lexeme[0]
            if self._quote:
                position = self._read_quote(word, lexeme.start(), position)
            elif word == "#":
                self._continued = False
                break
            elif word in "([{":
                self._open += 1
            elif word in ")]}":
                self._open = max(0, self._open - 1)
            else:
                self._quote = word
        if len(self._quote) == 1 and not self._continued:
            self._quote = ""  # a string in single quotes ends with its line, closed or not

    def _read_quote(self, word: str, start: int, end: int) -> int:
        """Where to continue after an escape or quote inside a string; only the string's own quote closes it."""
        if word.startswith(self._quote):
            end = start + len(self._quote)
            self._quote = ""
        return end
