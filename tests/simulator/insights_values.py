"""Values of a Logs Insights query: fields of a log event, and computing.

A value is text, a number, a moment, or None for what is absent. JSON's
booleans are 1 and 0, as Insights shows them.
"""

import json
import time
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Expression = Callable[[Row], Any]
# Insights discovers no more fields than these in an event.
FIELD_LIMIT = 200
PERIODS = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 7 * 86_400_000,
    "mo": 30 * 86_400_000,
    "q": 91 * 86_400_000,
    "y": 365 * 86_400_000,
}


class Moment(int):
    """Milliseconds since 1970, shown as a date and a time."""

    def __str__(self) -> str:
        seconds, milliseconds = divmod(int(self), 1000)
        shown = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
        return f"{shown}.{milliseconds:03}"


def shown(value: Any) -> str:
    """Return the value as GetQueryResults gives it."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def discovered(message: str) -> Row:
    """Return the fields of a message that is JSON, under their dotted paths."""
    try:
        parsed = json.loads(message)
    except ValueError:
        return {}
    found: Row = {}
    if isinstance(parsed, dict):
        _flatten(parsed, "", found)
    return found


def _flatten(value: Any, path: str, found: Row) -> None:
    if isinstance(value, (dict, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, below in pairs:
            _flatten(below, f"{path}.{name}" if path else str(name), found)
    elif value is not None and len(found) < FIELD_LIMIT:
        found[path] = int(value) if isinstance(value, bool) else value


def number(value: Any) -> float | int | None:
    """Return the value as a number, if it is one or says one."""
    if isinstance(value, (int, float)):
        return value
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return int(found) if found.is_integer() else found


def period(text: str) -> int:
    """Return the milliseconds of `5m`."""
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) * PERIODS[text[len(digits) :]]


def rank(value: Any) -> tuple[int, Any]:
    """Return what to sort by: the absent first, then text, then numbers."""
    if value is None:
        return 0, ""
    as_number = number(value)
    return (1, str(value)) if as_number is None else (2, as_number)


def constant(value: Any) -> Expression:
    return lambda row: value


def field(name: str) -> Expression:
    """Return what reads a field, or an attribute of one that is a map."""
    first, *attributes = name.split(".")

    def read(row: Row) -> Any:
        if name in row or not isinstance(row.get(first), dict):
            return row.get(name)
        value = row[first]
        for attribute in attributes:
            value = value.get(attribute) if isinstance(value, dict) else None
        return int(value) if isinstance(value, bool) else value

    return read


def any_of(parts: list[Expression]) -> Expression:
    if len(parts) == 1:
        return parts[0]
    return lambda row: any(part(row) for part in parts)


def all_of(parts: list[Expression]) -> Expression:
    if len(parts) == 1:
        return parts[0]
    return lambda row: all(part(row) for part in parts)


def negated(part: Expression) -> Expression:
    return lambda row: not part(row)


def _equal(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    both = number(left), number(right)
    if None in both:
        return str(left) == str(right)
    return both[0] == both[1]


def compared(operator: str, left: Expression, right: Expression) -> Expression:
    """Compare; the absent is unequal to everything and neither more nor less."""
    if operator in ("=", "!="):
        wanted = operator == "="
        return lambda row: _equal(left(row), right(row)) == wanted

    def test(row: Row) -> bool:
        one, other = left(row), right(row)
        if one is None or other is None:
            return False
        before, after = rank(one), rank(other)
        if before[0] != after[0]:
            before, after = (1, str(one)), (1, str(other))
        if before == after:
            return operator in ("<=", ">=")
        return (before < after) == operator.startswith("<")

    return test


def like(left: Expression, matches: Callable[[str], bool]) -> Expression:
    def test(row: Row) -> bool:
        value = left(row)
        return value is not None and matches(shown(value))

    return test


def among(left: Expression, wanted: list[Expression]) -> Expression:
    return lambda row: any(_equal(left(row), one(row)) for one in wanted)


def computed(operator: str, left: Expression, right: Expression) -> Expression:
    def compute(row: Row) -> Any:
        one, other = number(left(row)), number(right(row))
        if one is None or other is None or (operator in "/%" and not other):
            return None
        if operator == "+":
            return one + other
        if operator == "-":
            return one - other
        if operator == "*":
            return one * other
        if operator == "/":
            return one / other
        return one % other if operator == "%" else one**other

    return compute


def _coalesce(*given: Expression) -> Expression:
    def first(row: Row) -> Any:
        found = (one(row) for one in given)
        return next((value for value in found if value is not None), None)

    return first


def _is_blank(one: Expression) -> Expression:
    return lambda row: one(row) is None or not shown(one(row)).strip()


def _is_empty(one: Expression) -> Expression:
    return lambda row: one(row) is None or not shown(one(row))


def _json_parse(one: Expression) -> Expression:
    def parse(row: Row) -> Any:
        try:
            parsed = json.loads(one(row) or "")
        except (TypeError, ValueError):
            return None
        return parsed if isinstance(parsed, (dict, list)) else None

    return parse


def _json_stringify(one: Expression) -> Expression:
    def stringify(row: Row) -> str | None:
        value = one(row)
        return json.dumps(value) if isinstance(value, (dict, list)) else None

    return stringify


def _substring(text: str, start: str, length: str | None = None) -> str:
    rest = text[int(start) :]
    return rest if length is None else rest[: int(length)]


def _floor(moment: Expression, length: Expression) -> Expression:
    def floor(row: Row) -> Moment | None:
        value = number(moment(row))
        return None if value is None else Moment(value - value % length(row))

    return floor


def _textual(act: Callable[..., Any]) -> Callable[..., Expression]:
    """Make a function of texts one of expressions; absent in, absent out."""

    def function(*given: Expression) -> Expression:
        def call(row: Row) -> Any:
            found = [one(row) for one in given]
            return None if None in found else act(*(shown(one) for one in found))

        return call

    return function


FUNCTIONS: dict[str, Callable[..., Expression]] = {
    "bin": lambda length: _floor(field("@timestamp"), length),
    "coalesce": _coalesce,
    "concat": _textual(lambda *texts: "".join(texts)),
    "datefloor": _floor,
    "isblank": _is_blank,
    "isempty": _is_empty,
    "ispresent": lambda one: lambda row: one(row) is not None,
    "jsonparse": _json_parse,
    "jsonstringify": _json_stringify,
    "lower": _textual(str.lower),
    "replace": _textual(str.replace),
    "strcontains": _textual(lambda text, part: int(part in text)),
    "strlen": _textual(len),
    "substr": _textual(_substring),
    "tolower": _textual(str.lower),
    "tomillis": lambda moment: lambda row: number(moment(row)),
    "toupper": _textual(str.upper),
    "trim": _textual(str.strip),
    "upper": _textual(str.upper),
}
