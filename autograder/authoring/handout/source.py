"""The text of a Python file, and where in it things stand: for changes that keep everything else to the letter."""

import ast
import io
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import yaml_config
from autograder.yaml_config import FileError

Edit = tuple[int, int, str]  # from and to in the whole text, and what is to stand there
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    """A file that Python can parse, with ends of lines as Python reads them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = yaml_config.read_text(path)
        self.statements = ast.parse(self.text).body
        self._lines = self.text.split("\n")  # splitlines knows more ends of lines than Python's grammar
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def lines(self, first: int, last: int | None = None) -> list[str]:
        """The lines from `first` to `last` (None: to the end), counted from 1."""
        return self._lines[first - 1 : last]

    def edited(self, first: int, last: int, edits: Iterable[Edit]) -> str:
        """The same lines as a text with `edits`, which must not overlap."""
        start, end = self._starts[first - 1], self._starts[last] - 1
        parts = []
        for begins, ends, new in sorted(edits):
            parts += [self.text[start:begins], new]
            start = ends
        return "".join([*parts, self.text[start:end]])

    def span(self, node: ast.expr | ast.arg) -> tuple[int, int]:
        """From where to where in the text a node reaches."""
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno or 0, node.end_col_offset or 0)

    def colon(self, function: Function) -> int:
        """Where in the text the head of a function ends, behind its colon."""
        depth = 0
        below = "\n".join(self.lines(function.lineno, function.end_lineno or 0))
        for token in tokenize.generate_tokens(io.StringIO(below).readline):
            depth += (token.string in "([{") - (token.string in ")]}") if token.type == tokenize.OP else 0
            if token.string == ":" and not depth:
                line, column = token.end
                return self._starts[function.lineno + line - 2] + column
        raise AssertionError("a function without a colon")

    def end_of_line(self, number: int) -> int:
        """Where in the text a line ends."""
        return self._starts[number] - 1

    def indentation(self, node: ast.stmt, otherwise: str) -> str:
        """What stands before the first statement of its line; `otherwise` if that is something else than space."""
        before = self._lines[node.lineno - 1].encode()[: node.col_offset].decode()
        return otherwise if before.strip() else before

    def error(self, line: int, problem: str) -> FileError:
        """The error `problem` on a line."""
        return FileError(f"{self.path}, line {line}: {problem}")

    def _at(self, line: int, column: int) -> int:
        """The place in the text of one that ast gives: columns count bytes there."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())


@dataclass(frozen=True)
class Gap:
    """What stands above a top-level statement: blank lines, comments that stand apart from it (with the blank lines
    after them), and a comment directly above it."""

    blank: int
    apart: tuple[str, ...]
    own: tuple[str, ...]

    @classmethod
    def of(cls, lines: Sequence[str], *, cut: bool) -> "Gap":
        """The gap of these lines. cut: the statement before was; comments that are indented belonged to it."""
        indented = [number for number, line in enumerate(lines, 1) if line.strip() and line[0].isspace()]
        rest = list(lines[indented[-1] :] if cut and indented else lines)
        blank = next((number for number, line in enumerate(rest) if line.strip()), len(rest))
        own = next((number for number, line in enumerate(reversed(rest)) if not line.strip()), len(rest))
        split = max(len(rest) - own, blank)
        return cls(blank, tuple(rest[blank:split]), tuple(rest[split:]))

    def left(self) -> "Gap":
        """What is left when the statement goes, with its comment."""
        return Gap(self.blank, self.apart, ())

    def after(self, earlier: "Gap") -> "Gap":
        """This gap below what is left of an earlier one. A heading with nothing left under it goes, too."""
        return Gap(max(self.blank, earlier.blank), self.apart or earlier.apart, self.own)

    def lines(self) -> list[str]:
        """The lines to write."""
        return [*[""] * self.blank, *self.apart, *self.own]
