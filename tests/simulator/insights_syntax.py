"""Reads a Logs Insights query into commands and expressions.

Expressions become functions of a row right away; what they do with values
stands in `insights_values`.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import insights_values as values
from insights_values import Expression

TOKEN = re.compile(
    r"""(?:\s+|\#[^\n]*)*(?:
      (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<quoted>`[^`]+`)
    | (?P<period>\d+(?:ms|mo|[smhdwqy])\b)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<name>@?[A-Za-z_][\w@]*(?:\.[\w@]+)*)
    | (?P<symbol>!=|<=|>=|=~|[=<>()\[\],|+*/%^-])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
REGEX = re.compile(r"\s*/((?:[^/\\]|\\.)+)/")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class MalformedQuery(Exception):
    """A query that cannot be read, and where its reader gave up."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message, self.start, self.end = message, start, end


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


class Named(NamedTuple):
    """An expression and the name of its column."""

    name: str
    expression: Expression


class Reader:
    """Reads a query's tokens one by one; regular expressions on demand."""

    def __init__(self, query: str) -> None:
        self.query, self.position = query, 0
        self.before = 0
        self.token = self._read()

    def _read(self) -> Token:
        found = TOKEN.match(self.query, self.position)
        if found is None or found.lastgroup is None:
            raise MalformedQuery(
                "unexpected symbol found", self.position, self.position + 1
            )
        kind = found.lastgroup
        return Token(kind, found.group(kind), found.start(kind), found.end())

    def next(self) -> Token:
        token = self.token
        self.position = self.before = token.end
        if token.kind != "end":
            self.token = self._read()
        return token

    def fail(self, what: str) -> NoReturn:
        found = self.token.text or "the end of the query"
        raise MalformedQuery(
            f"unexpected symbol found {found}: {what} is expected",
            self.token.start,
            self.token.end,
        )

    def takes(self, *texts: str) -> str | None:
        """Take one of these words or symbols if it comes next."""
        is_word = self.token.kind in ("name", "symbol")
        if is_word and self.token.text.lower() in texts:
            return self.next().text.lower()
        return None

    def expect(self, text: str) -> None:
        if not self.takes(text):
            self.fail(text)

    def listed(self, read: Callable[[], Any]) -> list[Any]:
        """Read one or more, between commas."""
        found = [read()]
        while self.takes(","):
            found.append(read())
        return found

    # Expressions, the loosest binding first.

    def named(self) -> Named:
        """Read an expression with `as`, or named by its own text."""
        start = self.token.start
        expression = self.expression()
        text = self.query[start : self.before].strip()
        if self.takes("as"):
            text = self.name()
        return Named(text.strip("`"), expression)

    def name(self) -> str:
        if self.token.kind not in ("name", "quoted"):
            self.fail("a field")
        return self.next().text.strip("`")

    def expression(self) -> Expression:
        parts = [self._both()]
        while self.takes("or"):
            parts.append(self._both())
        return values.any_of(parts)

    def _both(self) -> Expression:
        parts = [self._negated()]
        while self.takes("and"):
            parts.append(self._negated())
        return values.all_of(parts)

    def _negated(self) -> Expression:
        if self.takes("not"):
            return values.negated(self._negated())
        return self._compared()

    def _compared(self) -> Expression:
        left = self._sum()
        operator = self.takes(*COMPARISONS)
        if operator:
            return values.compared(operator, left, self._sum())
        if self.token.text == "=~" or self.token.text.lower() == "like":
            return values.like(left, self._matcher())
        unwanted = self.takes("not")
        if unwanted and self.token.text.lower() == "like":
            return values.negated(values.like(left, self._matcher()))
        if self.takes("in"):
            self.expect("[")
            wanted = self.listed(self._sum)
            self.expect("]")
            test = values.among(left, wanted)
            return values.negated(test) if unwanted else test
        if unwanted:
            self.fail("like or in")
        return left

    def _matcher(self) -> Callable[[str], bool]:
        """Read what follows `like` or `=~`: /a regular expression/ or text."""
        found = REGEX.match(self.query, self.token.end)
        if found is None:
            self.next()
            if self.token.kind != "string":
                self.fail("text or a regular expression")
            text = _unquoted(self.next().text)
            return lambda value: text in value
        try:
            expression = re.compile(found[1].replace("\\/", "/"))
        except re.error as error:
            raise MalformedQuery(str(error), found.start(), found.end()) from None
        self.position = self.before = found.end()
        self.token = self._read()
        return lambda value: expression.search(value) is not None

    def _sum(self) -> Expression:
        left = self._product()
        while operator := self.takes("+", "-"):
            left = values.computed(operator, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._single()
        while operator := self.takes("*", "/", "%", "^"):
            left = values.computed(operator, left, self._single())
        return left

    def _single(self) -> Expression:
        if self.takes("("):
            inner = self.expression()
            self.expect(")")
            return inner
        if self.takes("-"):
            return values.computed("-", values.constant(0), self._single())
        token = self.token
        if token.kind == "string":
            return values.constant(_unquoted(self.next().text))
        if token.kind == "number":
            return values.constant(values.number(self.next().text))
        if token.kind == "period":
            return values.constant(values.period(self.next().text))
        if token.kind == "quoted":
            return values.field(self.next().text.strip("`"))
        if token.kind != "name":
            self.fail("a field or a value")
        self.next()
        if self.takes("("):
            return self._called(token)
        return values.field(token.text)

    def _called(self, token: Token) -> Expression:
        function = values.FUNCTIONS.get(token.text.lower())
        if function is None:
            raise MalformedQuery(
                f"unknown function {token.text}", token.start, token.end
            )
        given = [] if self.token.text == ")" else self.listed(self.expression)
        self.expect(")")
        try:
            return function(*given)
        except TypeError:
            message = f"wrong number of arguments for {token.text}"
            raise MalformedQuery(message, token.start, self.before) from None


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
