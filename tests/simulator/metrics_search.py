"""SEARCH: which metrics a search expression finds.

See the CloudWatch user guide, "CloudWatch search expression syntax".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from metrics_store import Series

LENGTH_LIMIT = 1024
FOUND_LIMIT = 500
SCHEMA = re.compile(r"\s*\{([^}]*)\}")
WORD = re.compile(
    r"""\s*(?:(?P<mark>[()=])|"(?P<exact>(?:[^"\\]|\\.)*)"|(?P<word>[^\s()="]+))"""
)
PIECE = re.compile(r"[A-Za-z0-9]+")
CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

Judge = Callable[[Series], bool]


class Malformed(ValueError):
    """A search that cannot be read."""


@dataclass
class Word:
    """A word of the search: a mark, a free word, or an exact phrase."""

    text: str
    kind: str


ENDS = {("mark", ")"), ("word", "OR")}


def search(text: str, active: list[Series]) -> list[Series]:
    """Return the metrics found, of those that are active, at most 500."""
    if len(text) > LENGTH_LIMIT:
        raise Malformed(f"a search has at most {LENGTH_LIMIT} characters")
    schema = SCHEMA.match(text)
    rest = text[schema.end() :] if schema else text
    judges = [_in_schema(schema[1])] if schema else []
    words = _words(rest.removeprefix(",").strip())
    if words:
        judges.append(Reader(words).read())
    if not judges:
        raise Malformed("a search needs a schema or a term")
    found = [one for one in active if all(judge(one) for judge in judges)]
    return sorted(found, key=_order)[:FOUND_LIMIT]


def _order(series: Series) -> tuple:
    return series.namespace, series.name, sorted(series.dimensions.items())


def _in_schema(text: str) -> Judge:
    """The namespace and exactly these dimensions, in whatever order."""
    parts = [part.strip().strip('"') for part in text.split(",")]
    if not parts[0]:
        raise Malformed("a schema begins with a namespace")
    namespace, names = parts[0], set(parts[1:])
    return lambda one: one.namespace == namespace and set(one.dimensions) == names


def _words(text: str) -> list[Word]:
    words, at = [], 0
    while at < len(text):
        found = WORD.match(text, at)
        if not found:
            raise Malformed(f"unexpected {text[at:]!r}")
        kind = str(found.lastgroup)
        words.append(Word(re.sub(r"\\(.)", r"\1", found[kind]), kind))
        at = found.end()
    return words


class Reader:
    """Reads terms: OR binds loosest, then AND, which need not be written, then NOT."""

    def __init__(self, words: list[Word]) -> None:
        self.words, self.at = words, 0

    def read(self) -> Judge:
        judge = self._either(None)
        if self.at < len(self.words):
            raise Malformed(f"unexpected {self.words[self.at].text!r}")
        return judge

    def _next(self) -> Word | None:
        return self.words[self.at] if self.at < len(self.words) else None

    def _takes(self, text: str, kind: str = "word") -> bool:
        word = self._next()
        taken = word is not None and word.kind == kind and word.text == text
        self.at += taken
        return taken

    def _either(self, designator: str | None) -> Judge:
        judges = [self._both(designator)]
        while self._takes("OR"):
            judges.append(self._both(designator))
        return lambda one: any(judge(one) for judge in judges)

    def _both(self, designator: str | None) -> Judge:
        judges = [self._term(designator)]
        while True:
            word = self._next()
            if word is None or (word.kind, word.text) in ENDS:
                return lambda one: all(judge(one) for judge in judges)
            self._takes("AND")
            judges.append(self._term(designator))

    def _term(self, designator: str | None) -> Judge:
        if self._takes("NOT"):
            refused = self._term(designator)
            return lambda one: not refused(one)
        if self._takes("(", "mark"):
            judge = self._either(designator)
            if not self._takes(")", "mark"):
                raise Malformed("a parenthesis is not closed")
            return judge
        word = self._next()
        if word is None or word.kind == "mark":
            raise Malformed("a term is missing")
        self.at += 1
        if self._takes("=", "mark"):
            return self._term(word.text)
        exact = word.kind == "exact"
        return lambda one: _has(one, designator, word.text, exact)


def _has(one: Series, designator: str | None, text: str, exact: bool) -> bool:
    said = _said(one, designator)
    if exact:
        return text in said
    wanted = tokens(text)
    return any(_follows(tokens(each), wanted) for each in said)


def _said(one: Series, designator: str | None) -> list[str]:
    """Return what the series says of itself there, or anywhere."""
    if designator is None:
        names = [*one.dimensions, *one.dimensions.values()]
        return [one.namespace, one.name, *names]
    if designator == "MetricName":
        return [one.name]
    if designator == "Namespace":
        return [one.namespace]
    value = one.dimensions.get(designator)
    return [] if value is None else [value]


def tokens(text: str) -> list[str]:
    """Cut a text where its letters end, and where a capital begins a word."""
    return [
        word.lower() for piece in PIECE.findall(text) for word in CAMEL.findall(piece)
    ]


def _follows(said: list[str], wanted: list[str]) -> bool:
    """Whether the wanted tokens stand there, one behind the other."""
    size = len(wanted)
    return any(said[at : at + size] == wanted for at in range(len(said) - size + 1))
