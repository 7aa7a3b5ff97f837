"""Evaluates arithmetic as students write it on paper, without `eval` and within fixed limits.

equation = side { ("=" | "≈") side }           the last side is the value; the others must agree with it
sum      = product { ("+" | "-") product }
product  = signed { ("*" | "/") signed | power }    "2(3)" is a product if it is unambiguous
signed   = { "+" | "-" } power
power    = primary [ ("^" | "**") signed ]      binds tighter than a sign before it: -2^2 = -4
primary  = ( number | constant | function "(" sum { ";" sum } ")" | "(" sum ")" ) { "%" }
"""

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NoReturn

from autograder.graph import OPERATIONS
from autograder.submission.answers.tokens import ArithmeticProblem, UnknownName, number, plain_spelling, tokens
from autograder.text import printable

MAX_LENGTH = 200
MAX_NESTING = 50
# Values computed on paper are far below these limits, and nothing below them is slow or overflows.
MAX_EXPONENT = 300.0
MAX_VALUE = 1e15
# The sides of an equation are rounded by hand, so they agree to about two digits, not exactly.
AGREEMENT = 0.01


_CONSTANTS: Mapping[str, float] = MappingProxyType({"e": math.e, "pi": math.pi})
# Every operation of one operand that a graph may have, and the other functions of a calculator.
_FUNCTIONS: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        **{
            name.lower(): each.forward
            for each in OPERATIONS.values()
            if each.arity == 1
            for name in (each.name, *each.spellings)
        },
        **{"sqrt": math.sqrt, "abs": abs, "sin": math.sin, "cos": math.cos, "tan": math.tan},
    }
)
_OF_SEVERAL: Mapping[str, Callable[..., float]] = MappingProxyType(
    {
        **{"max": max, "maximum": max, "min": min, "minimum": min},
        **{"pow": lambda base, exponent: _power(base, exponent), "round": lambda x, digits=0.0: round(x, int(digits))},
    }
)
_CALL = re.compile(rf"\b(?:{'|'.join(_OF_SEVERAL)})\s*\(", re.IGNORECASE)


def evaluate(text: str) -> float:
    """The value of a number or of arithmetic, as a finite float.

    In an equation ("y_hat = 4*0.5 = 2") the last side is the value; the other sides must agree with it within 1 %, or
    be names. Raises ArithmeticProblem, at once, for everything else.
    """
    if len(text) > MAX_LENGTH:
        raise ArithmeticProblem(f"It is longer than {MAX_LENGTH} characters; write the number only.")
    plain = _separated(plain_spelling(text)).replace(":=", "=").replace("==", "=").strip().removeprefix("=")
    *others, last = (side.strip() for side in plain.split("="))
    if not last:
        raise ArithmeticProblem("There is no number to read; write the result.")
    value = _Parser(last).value()
    for side in others:
        _check_agreement(side, last, value)
    return value + 0.0  # so that -0.0 is 0.0


def _separated(text: str) -> str:
    """Replace commas between function arguments, as in "max(0, 2)", by semicolons: other commas are decimal points."""
    signs = list(text)
    for call in _CALL.finditer(text):
        depth = 1
        for index in range(call.end(), len(text)):
            depth += (text[index] == "(") - (text[index] == ")")
            if depth == 0:
                break
            if depth == 1 and text[index] == "," and ";" not in text:
                signs[index] = ";"
    return "".join(signs)


def _check_agreement(side: str, last: str, value: float) -> None:
    """Raise ArithmeticProblem if a numeric side has another value. A side with symbols is only a name."""
    if not side:
        raise ArithmeticProblem("There is an equals sign with nothing before it; write the result only.")
    try:
        other = _Parser(side).value()
    except UnknownName:
        return
    if not math.isclose(other, value, rel_tol=AGREEMENT, abs_tol=1e-9):
        raise ArithmeticProblem(
            f"'{printable(side, 30)}' is {other:.6g} and '{printable(last, 30)}' is {value:.6g}; write the result only."
        )


class _Parser:
    """Recursive descent over one side of an equation. Each method reads what its name says and returns its value."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._position = 0
        self._nesting = 0

    def value(self) -> float:
        result = self._sum()
        if self._next[0] != "end":
            self._unexpected()
        return result

    @property
    def _next(self) -> tuple[str, str]:
        return self._tokens[self._position]

    def _take(self, *signs: str) -> str:
        """Consume the next token and return it if it is one of these signs; otherwise return ''."""
        kind, text = self._next
        if kind != "sign" or text not in signs:
            return ""
        self._position += 1
        return text

    def _unexpected(self) -> NoReturn:
        kind, text = self._next
        if kind == "end":
            raise ArithmeticProblem("It ends too early: something is missing after the last operator or bracket.")
        raise ArithmeticProblem(f"'{printable(text, 30)}' was not expected here; an operator such as * may be missing.")

    def _sum(self) -> float:
        total = self._product()
        while sign := self._take("+", "-"):
            term = self._product()
            total = _bounded(total + term if sign == "+" else total - term)
        return total

    def _product(self) -> float:
        start = self._position
        total = self._signed()
        while True:
            if self._take("*"):
                total = _bounded(total * self._signed())
            elif self._take("/"):
                total = _divided(total, self._signed())
            elif self._next == ("sign", "(") or (self._next[0] == "name" and self._next[1].lower() != "e"):
                self._refuse_two_readings(start)
                total = _bounded(total * self._power())
            else:
                return total

    def _refuse_two_readings(self, start: int) -> None:
        """Refuse "1/2(3)", "2^3(4)" and "e(2)": a guess would be graded as if the student had written it."""
        kind, text = self._tokens[self._position - 1]
        depth, outer = 0, set()
        for _, word in self._tokens[start : self._position]:
            depth += (word == "(") - (word == ")")
            if depth == 0:
                outer.add(word)
        if kind == "name" or text == "%" or outer & {"/", "^", "**"}:
            both = printable(f"{text} {self._next[1]}", 30)
            raise ArithmeticProblem(f"'{both}' can be read in two ways; write the * or add brackets.")

    def _signed(self) -> float:
        nesting = self._nesting
        self._nest()
        sign = 1.0
        while taken := self._take("+", "-"):
            self._nest()
            sign = -sign if taken == "-" else sign
        result = sign * self._power()
        self._nesting = nesting
        return result

    def _nest(self) -> None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise ArithmeticProblem("It has too many brackets or signs in a row; write the number only.")

    def _power(self) -> float:
        base = self._primary()
        return _power(base, self._signed()) if self._take("^", "**") else base

    def _primary(self) -> float:
        kind, text = self._next
        if kind == "number":
            self._position += 1
            result = _bounded(number(text))
        elif kind == "name":
            self._position += 1
            result = self._named(text)
        elif self._take("("):
            result = self._rest_of_brackets()
        else:
            self._unexpected()
        while self._take("%"):
            result /= 100
        return result

    def _rest_of_brackets(self) -> float:
        result = self._sum()
        if not self._take(")"):
            if self._next[0] == "end":
                raise ArithmeticProblem("A closing bracket ) is missing.")
            self._unexpected()
        return result

    def _named(self, name: str) -> float:
        known = name.lower()
        if known in _CONSTANTS:
            return _CONSTANTS[known]
        if known not in _FUNCTIONS and known not in _OF_SEVERAL:
            raise UnknownName(name)
        if not self._take("("):
            raise ArithmeticProblem(f"'{known}' needs brackets after it, as in {known}(0.4).")
        if known in _OF_SEVERAL:
            return _bounded(self._of_several(known))
        argument = self._rest_of_brackets()
        try:
            result = _FUNCTIONS[known](argument)
        except OverflowError:
            raise _too_large() from None
        except ValueError:
            result = math.nan
        if math.isnan(result) or result == -math.inf:  # a pole: log(0)
            raise ArithmeticProblem(f"{known}({argument:.6g}) is not a real number.")
        return _bounded(result)

    def _of_several(self, name: str) -> float:
        """The value of a function with several arguments; its opening bracket has been read."""
        arguments = [self._sum()]
        while self._take(";"):
            arguments.append(self._sum())
        if not self._take(")"):
            self._unexpected()
        try:
            return _OF_SEVERAL[name](*arguments)
        except (TypeError, ValueError, OverflowError):
            raise ArithmeticProblem(f"{name}() has too many, too few or unsuitable arguments.") from None


def _power(base: float, exponent: float) -> float:
    """base ** exponent in floats, so that nested powers take neither time nor memory."""
    if abs(exponent) > MAX_EXPONENT:
        raise ArithmeticProblem(f"The exponent {exponent:.6g} is too large to be a value of this lab.")
    if base == 0 and exponent < 0:
        raise _divides_by_zero()
    try:
        result = math.pow(base, exponent)
    except OverflowError:
        raise _too_large() from None
    except ValueError:
        raise ArithmeticProblem(f"{base:.6g} to the power {exponent:.6g} is not a real number.") from None
    return _bounded(result)


def _divided(numerator: float, denominator: float) -> float:
    if denominator == 0:
        raise _divides_by_zero()
    return _bounded(numerator / denominator)


def _bounded(value: float) -> float:
    if not abs(value) <= MAX_VALUE:
        raise _too_large()
    return value


def _too_large() -> ArithmeticProblem:
    return ArithmeticProblem("It is too large to be a value of this lab.")


def _divides_by_zero() -> ArithmeticProblem:
    return ArithmeticProblem("It divides by zero.")
