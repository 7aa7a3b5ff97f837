"""The text of a Python file and the positions of its parts, for edits that leave everything else unchanged."""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import yaml_config
from autograder.yaml_config import FileError

Edit = tuple[int, int, str]  # start and end in the whole text, and the new text between them
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    """The text of a Python file, with line endings as Python reads them. Lines are counted from 1."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = yaml_config.read_text(path)
        self.tree = ast.parse(self.text)
        self.statements = self.tree.body
        self._lines = self.text.split("\n")  # splitlines splits at more characters than Python's grammar
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def lines(self, first: int, last: int | None = None) -> list[str]:
        """The lines from `first` to `last`, inclusive; None: to the end."""
        return self._lines[first - 1 : last]

    def comments(self) -> Iterator[tuple[int, str]]:
        """Each comment with its line."""
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string

    def edited(self, first: int, last: int, edits: Iterable[Edit]) -> str:
        """The text of these lines after `edits`, which must not overlap."""
        start, end = self._starts[first - 1], self._starts[last] - 1
        parts = []
        for begins, ends, new in sorted(edits):
            parts += [self.text[start:begins], new]
            start = ends
        return "".join([*parts, self.text[start:end]])

    def span(self, node: ast.expr | ast.arg) -> tuple[int, int]:
        """The start and the end of a node in the text."""
        return self._position(node.lineno, node.col_offset), self._position(
            node.end_lineno or 0, node.end_col_offset or 0
        )

    def colon(self, function: Function) -> int:
        """The position in the text after the colon that ends the head of a function."""
        depth = 0
        below = "\n".join(self.lines(function.lineno, function.end_lineno or 0))
        for token in tokenize.generate_tokens(io.StringIO(below).readline):
            depth += (token.string in "([{") - (token.string in ")]}") if token.type == tokenize.OP else 0
            if token.string == ":" and not depth:
                line, column = token.end
                return self._starts[function.lineno + line - 2] + column
        raise AssertionError("a function without a colon")

    def end_of_line(self, number: int) -> int:
        """The position in the text where a line ends."""
        return self._starts[number] - 1

    def indentation(self, node: ast.stmt, otherwise: str) -> str:
        """The white space before a statement; `otherwise` if other text precedes it on its line."""
        before = self._lines[node.lineno - 1].encode()[: node.col_offset].decode()
        return otherwise if before.strip() else before

    def error(self, line: int, problem: str) -> FileError:
        """The error `problem` on a line."""
        return FileError(f"{self.path}, line {line}: {problem}")

    def _position(self, line: int, column: int) -> int:
        """The position in the text of a line and a column as ast counts them: columns are in bytes of UTF-8."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())


@dataclass(frozen=True)
class Gap:
    """What is above a top-level statement."""

    blank: int  # blank lines
    apart: tuple[str, ...]  # then comments that are separate from the statement, with the blank lines after them
    own: tuple[str, ...]  # then the comment directly above the statement

    @classmethod
    def of(cls, lines: Sequence[str], *, cut: bool) -> "Gap":
        """The gap that these lines form. cut: whether the previous statement is cut, with its indented comments."""
        indented = [number for number, line in enumerate(lines, 1) if line.strip() and line[0].isspace()]
        rest = list(lines[indented[-1] :] if cut and indented else lines)
        blank = next((number for number, line in enumerate(rest) if line.strip()), len(rest))
        own = next((number for number, line in enumerate(reversed(rest)) if not line.strip()), len(rest))
        split = max(len(rest) - own, blank)
        return cls(blank, tuple(rest[blank:split]), tuple(rest[split:]))

    def left(self) -> "Gap":
        """What remains when the statement and its own comment are removed."""
        return Gap(self.blank, self.apart, ())

    def after(self, earlier: "Gap") -> "Gap":
        """This gap, below what remains of an earlier one. A heading without any code left below it is removed, too."""
        return Gap(max(self.blank, earlier.blank), self.apart or earlier.apart, self.own)

    def lines(self) -> list[str]:
        """The lines of the gap."""
        return [*[""] * self.blank, *self.apart, *self.own]
