"""Metric math: reads an expression and computes it over series.

See the CloudWatch user guide, "Using math expressions with CloudWatch
metrics". A value is a number, a line, or an array of lines.
"""

import operator
import re
from collections.abc import Callable
from typing import Any, NoReturn

import metrics_functions
from metrics_functions import Value
from metrics_labels import Line

TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?P<text>'[^']*'|"[^"]*")"""
    r"""|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>==|!=|<=|>=|&&|\|\||[-+*/^(),<>\[\]]))"""
)
# From loosest to tightest.
BINDINGS: list[dict[str, Callable[[float, float], float]]] = [
    {"||": lambda a, b: float(bool(a or b)), "OR": lambda a, b: float(bool(a or b))},
    {"&&": lambda a, b: float(bool(a and b)), "AND": lambda a, b: float(bool(a and b))},
    {
        "==": lambda a, b: float(a == b),
        "!=": lambda a, b: float(a != b),
        "<": lambda a, b: float(a < b),
        ">": lambda a, b: float(a > b),
        "<=": lambda a, b: float(a <= b),
        ">=": lambda a, b: float(a >= b),
    },
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv},
    {"^": operator.pow},
]


class Invalid(ValueError):
    """An expression that CloudWatch would not compute."""


def invalid(message: str) -> NoReturn:
    raise Invalid(message)


class Expression:
    """Reads an expression and computes it while reading.

    `scope` answers what ids and the functions that look around stand for.
    """

    def __init__(self, text: str, scope: Any) -> None:
        self.tokens = _tokens(text)
        self.at, self.scope = 0, scope

    def compute(self) -> Value:
        value = self._binary(0)
        if self.at < len(self.tokens):
            invalid(f"unexpected {self.tokens[self.at][1]!r}")
        return value

    def _next(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _take(self) -> tuple[str, str]:
        token = self._next()
        self.at += 1
        return token

    def _expect(self, mark: str) -> None:
        if self._take() != ("mark", mark):
            invalid(f"{mark!r} is missing")

    def _binary(self, level: int) -> Value:
        if level == len(BINDINGS):
            return self._unary()
        left = self._binary(level + 1)
        while (sign := self._next()[1]) in BINDINGS[level]:
            if self._next()[0] == "text":
                break
            self.at += 1
            left = combined(BINDINGS[level][sign], left, self._binary(level + 1))
        return left

    def _unary(self) -> Value:
        if self._next() == ("mark", "-"):
            self.at += 1
            return combined(operator.mul, -1.0, self._unary())
        return self._primary()

    def _primary(self) -> Value:
        kind, text = self._take()
        if kind == "number":
            return float(text)
        if kind == "name":
            if self._next() == ("mark", "("):
                return self._function(text)
            return self.scope.named(text)
        if (kind, text) == ("mark", "("):
            value = self._binary(0)
            self._expect(")")
            return value
        if (kind, text) == ("mark", "["):
            return self._array()
        invalid(f"unexpected {text or 'end of the expression'!r}")

    def _array(self) -> list[Line]:
        lines: list[Line] = []
        while self._next() != ("mark", "]"):
            value = self._binary(0)
            lines += value if isinstance(value, list) else [value]
            if self._next() == ("mark", ","):
                self.at += 1
        self.at += 1
        return lines

    def _function(self, name: str) -> Value:
        self._expect("(")
        arguments: list[Any] = []
        while self._next() != ("mark", ")"):
            arguments.append(self._argument())
            if self._next() == ("mark", ","):
                self.at += 1
            elif self._next() != ("mark", ")"):
                invalid("')' is missing")
        self.at += 1
        try:
            return metrics_functions.call(name, arguments, self.scope)
        except (TypeError, IndexError) as error:
            invalid(f"the arguments of {name} are not what it takes: {error}")

    def _argument(self) -> Any:
        kind, text = self._next()
        if kind == "text":
            self.at += 1
            return text[1:-1]
        after = self.tokens[self.at + 1 : self.at + 2]
        # `MAX` alone names an order, `MAX(` begins a function.
        if text in metrics_functions.KEYWORDS and after != [("mark", "(")]:
            self.at += 1
            return text
        return self._binary(0)


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at, text = [], 0, text.strip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            invalid(f"unexpected {text[at:]!r}")
        kind = str(found.lastgroup)
        tokens.append((kind, found[kind]))
        at = found.end()
    return tokens


def combined(act: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """Compute element by element; where either has no point there is none."""
    if isinstance(left, list) and isinstance(right, list):
        invalid("two arrays of time series cannot be combined")
    if isinstance(left, list):
        return [_line(combined(act, each, right), each) for each in left]
    if isinstance(right, list):
        return [_line(combined(act, left, each), each) for each in right]
    if isinstance(left, Line) and isinstance(right, Line):
        shared = [moment for moment in left.values if moment in right.values]
        pairs = {at: (left.values[at], right.values[at]) for at in shared}
        return left.with_values(_each(act, pairs))
    if isinstance(left, Line):
        pairs = {at: (value, right) for at, value in left.values.items()}
        return left.with_values(_each(act, pairs))
    if isinstance(right, Line):
        pairs = {at: (left, value) for at, value in right.values.items()}
        return right.with_values(_each(act, pairs))
    found = _each(act, {0: (left, right)})
    return found.get(0, 0.0)


def _line(value: Value, like: Line) -> Line:
    return like.with_values(value.values) if isinstance(value, Line) else like


def _each(
    act: Callable[[float, float], float], pairs: dict[int, tuple[float, float]]
) -> dict[int, float]:
    """Compute every pair; what cannot be computed, as by zero, has no point."""
    found = {}
    for moment, (left, right) in pairs.items():
        try:
            found[moment] = float(act(left, right))
        except (ZeroDivisionError, OverflowError, TypeError, ValueError):
            continue
    return found
