"""The JSON form of a filter pattern: `{ ($.a = "x*") && ($.b NOT EXISTS) }`.

A leaf matches when it is a string or a number; objects, arrays and booleans
only by IS and EXISTS. What is absent matches no comparison, not even `!=`.
"""

import json
import re
from collections.abc import Callable
from typing import Any

TOKEN = re.compile(
    r"""\s*(?:
      (?P<path>\$(?:\.?\[(?:\d+|\*|'[^']*'|"[^"]*")\]|\.[\w-]+)+)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<regex>%[^%]+%)
    | (?P<symbol>&&|\|\||!=|<=|>=|[=<>(){}])
    | (?P<word>[\w.*+-]+)
    )""",
    re.VERBOSE,
)
STEP = re.compile(r"""\.?\[(?:(\d+)|(\*)|'([^']*)'|"([^"]*)")\]|\.([\w-]+)""")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
UNQUOTED = re.compile(r"[\w.*]+")
ORDER: dict[str, Callable[[float, float], bool]] = {
    "=": float.__eq__,
    "!=": float.__ne__,
    "<": float.__lt__,
    "<=": float.__le__,
    ">": float.__gt__,
    ">=": float.__ge__,
}
STATES = {"NULL": None, "TRUE": True, "FALSE": False}

Judge = Callable[[Any], bool]
Token = tuple[str, str]


class Malformed(ValueError):
    """A pattern that AWS would refuse."""


def compiled(text: str) -> Callable[[str], bool]:
    """Return the test of a message that `{ … }` makes."""
    reader = _Reader(_tokens(text))
    reader.expect("{")
    judge = reader.either()
    reader.expect("}")
    reader.expect_end()

    def test(message: str) -> bool:
        try:
            value = json.loads(message)
        except ValueError:
            return False
        return judge(value)

    return test


def regular_expression(text: str) -> re.Pattern[str]:
    """Return the expression between two `%`, or raise Malformed."""
    try:
        return re.compile(text.strip("%"))
    except re.error as error:
        raise Malformed(f"invalid regular expression: {error}") from None


def _tokens(text: str) -> list[Token]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None:
            raise Malformed(f"invalid character(s) at {position}")
        tokens.append((str(found.lastgroup), found.group(str(found.lastgroup))))
        position = found.end()
    paths = [value for kind, value in tokens if kind == "path"]
    if sum(path.count("[*]") for path in paths) > 1:
        raise Malformed("it has more than one [*]")
    return tokens


class _Reader:
    """Reads tokens by descent: `||` binds less than `&&`."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.position = tokens, 0

    def next(self) -> Token:
        token = self.peek()
        self.position += 1
        return token

    def peek(self) -> Token:
        if self.position < len(self.tokens):
            return self.tokens[self.position]
        return ("end", "")

    def expect(self, symbol: str) -> None:
        if self.next() != ("symbol", symbol):
            raise Malformed(f"{symbol} is missing")

    def expect_end(self) -> None:
        if self.peek()[0] != "end":
            raise Malformed("something follows the last }")

    def either(self) -> Judge:
        judges = [self.both()]
        while self.peek() == ("symbol", "||"):
            self.next()
            judges.append(self.both())
        return lambda value: any(judge(value) for judge in judges)

    def both(self) -> Judge:
        judges = [self.one()]
        while self.peek() == ("symbol", "&&"):
            self.next()
            judges.append(self.one())
        return lambda value: all(judge(value) for judge in judges)

    def one(self) -> Judge:
        if self.peek() == ("symbol", "("):
            self.next()
            judge = self.either()
            self.expect(")")
            return judge
        kind, path = self.next()
        if kind != "path":
            raise Malformed(f"a selector is expected, not {path!r}")
        return self.judgement(_selector(path))

    def judgement(self, select: Callable[[Any], list]) -> Judge:
        kind, word = self.next()
        if kind == "word" and word.upper() == "IS":
            state = self.next()[1].upper()
            if state not in STATES:
                raise Malformed("IS takes NULL, TRUE or FALSE")
            return lambda value: any(one is STATES[state] for one in select(value))
        if kind == "word" and word.upper() == "NOT":
            if self.next()[1].upper() != "EXISTS":
                raise Malformed("NOT takes EXISTS")
            return lambda value: not select(value)
        if kind != "symbol" or word not in ORDER:
            raise Malformed(f"an operator is expected, not {word!r}")
        test = _comparison(word, self.next())
        return lambda value: any(test(one) for one in select(value))


def _selector(path: str) -> Callable[[Any], list]:
    """Return what finds the values at the path: none, one, or many by [*]."""
    steps = STEP.findall(path)

    def select(value: Any) -> list:
        found = [value]
        for index, each, *names in steps:
            name = next((name for name in names if name), "")
            found = [below for one in found for below in _below(one, index, each, name)]
        return found

    return select


def _below(value: Any, index: str, each: str, name: str) -> list:
    if isinstance(value, list):
        if each:
            return value
        return value[int(index) : int(index) + 1] if index else []
    if isinstance(value, dict) and name in value:
        return [value[name]]
    return []


def _comparison(operator: str, token: Token) -> Callable[[Any], bool]:
    kind, text = token
    if kind == "word" and NUMBER.fullmatch(text):
        return _numeric(operator, float(text))
    if operator not in ("=", "!="):
        raise Malformed(f"{operator} takes a number")
    if kind == "regex":
        expression = regular_expression(text)
        return _textual(operator, lambda leaf: expression.search(leaf) is not None)
    if kind == "string":
        return _textual(operator, _wildcards(re.sub(r"\\(.)", r"\1", text[1:-1])))
    if kind == "word" and UNQUOTED.fullmatch(text):
        return _textual(operator, _wildcards(text))
    raise Malformed(f"Invalid character(s) in term '{text}'")


def _numeric(operator: str, wanted: float) -> Callable[[Any], bool]:
    order = ORDER[operator]

    def test(leaf: Any) -> bool:
        number = isinstance(leaf, (int, float)) and not isinstance(leaf, bool)
        return number and order(float(leaf), wanted)

    return test


def _textual(operator: str, matches: Callable[[str], bool]) -> Callable[[Any], bool]:
    def test(leaf: Any) -> bool:
        if isinstance(leaf, bool) or not isinstance(leaf, (str, int, float)):
            return False
        return matches(str(leaf)) == (operator == "=")

    return test


def _wildcards(text: str) -> Callable[[str], bool]:
    parts = [re.escape(part) for part in text.split("*")]
    expression = re.compile(".*".join(parts), re.DOTALL)
    return lambda leaf: expression.fullmatch(leaf) is not None
