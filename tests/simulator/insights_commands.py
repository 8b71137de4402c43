"""The commands of a Logs Insights query, each a step from rows to rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import insights_values as values
from insights_syntax import MalformedQuery, Named, Reader, Token
from insights_values import Expression, Row

LIMIT = 10_000
LIMIT_MAXIMUM = 100_000
Step = Callable[[list[Row]], list[Row]]
SHOWN_UNASKED = ["@timestamp", "@message"]


@dataclass
class Query:
    """A query that was read: its steps, and the columns of its result."""

    # Each with whether it decides what matched: the filters before any `stats`.
    steps: list[tuple[Step, bool]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    displayed: list[str] | None = None
    limit: int = LIMIT
    sorts: bool = False
    aggregates: bool = False

    def add(self, step: Step, matches: bool = False) -> None:
        """Append a step."""
        self.steps.append((step, matches and not self.aggregates))

    def run(self, rows: list[Row]) -> tuple[list[Row], int]:
        """Return the result's rows, and how many rows the filters let pass."""
        if not self.sorts:
            rows = sorted(rows, key=lambda row: row["@timestamp"], reverse=True)
        matched = len(rows)
        for step, matches in self.steps:
            rows = step(rows)
            matched = len(rows) if matches else matched
        return rows[: self.limit], matched

    def shown(self, row: Row) -> list[dict[str, str]]:
        """Return a row as GetQueryResults gives it; the absent is left out."""
        columns = self.displayed or self.columns or SHOWN_UNASKED
        found = [
            {"field": name, "value": values.shown(row[name])}
            for name in columns
            if row.get(name) is not None
        ]
        if not self.aggregates:
            found.append({"field": "@ptr", "value": row["@ptr"]})
        return found


def read(text: str) -> Query:
    """Read a query, or raise MalformedQuery."""
    reader, query = Reader(text), Query()
    while True:
        command = reader.next()
        act = COMMANDS.get(command.text.lower())
        if act is None or command.kind != "name":
            raise MalformedQuery(
                f"unexpected symbol found {command.text or 'the end of the query'}",
                command.start,
                command.end,
            )
        act(reader, query)
        if reader.token.kind == "end":
            return query
        reader.expect("|")


def _computing(named: list[Named]) -> Step:
    def step(rows: list[Row]) -> list[Row]:
        return [
            {**row, **{one.name: one.expression(row) for one in named}} for row in rows
        ]

    return step


def _fields(reader: Reader, query: Query) -> None:
    named = reader.listed(reader.named)
    query.add(_computing(named))
    query.columns += [one.name for one in named if one.name not in query.columns]


def _display(reader: Reader, query: Query) -> None:
    named = reader.listed(reader.named)
    query.add(_computing(named))
    query.displayed = [one.name for one in named]


def _filter(reader: Reader, query: Query) -> None:
    test = reader.expression()

    def step(rows: list[Row]) -> list[Row]:
        return [row for row in rows if test(row)]

    query.add(step, matches=True)


def _sort(reader: Reader, query: Query) -> None:
    keys = reader.listed(lambda: (reader.expression(), reader.takes("asc", "desc")))

    def step(rows: list[Row]) -> list[Row]:
        # The last key first: each sort keeps the order that it finds.
        for expression, order in reversed(keys):
            rows = sorted(
                rows,
                key=lambda row: values.rank(expression(row)),
                reverse=order == "desc",
            )
        return rows

    query.add(step)
    query.sorts = True


def _limit(reader: Reader, query: Query) -> None:
    token = reader.token
    count = int(reader.next().text) if token.kind == "number" else 0
    if not 1 <= count <= LIMIT_MAXIMUM:
        raise MalformedQuery(
            f"limit takes a number from 1 to {LIMIT_MAXIMUM}", token.start, token.end
        )
    query.limit = count
    query.add(lambda rows: rows[:count])


def _dedup(reader: Reader, query: Query) -> None:
    names = reader.listed(reader.name)

    def step(rows: list[Row]) -> list[Row]:
        seen, kept = set(), []
        for row in rows:
            key = tuple(row.get(name) for name in names)
            if None in key or key not in seen:
                kept.append(row)
            seen.add(key)
        return kept

    query.add(step)


# Aggregation: each takes the values that are present.


def _average(found: list[Any]) -> float | None:
    numbers = [one for one in map(values.number, found) if one is not None]
    return sum(numbers) / len(numbers) if numbers else None


AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "count": len,
    "count_distinct": lambda found: len({values.shown(one) for one in found}),
    "min": lambda found: min(found, key=values.rank, default=None),
    "max": lambda found: max(found, key=values.rank, default=None),
    "sum": lambda found: sum(
        one for one in map(values.number, found) if one is not None
    ),
    "avg": _average,
    "earliest": lambda found: found[0] if found else None,
    "latest": lambda found: found[-1] if found else None,
}
IN_ORDER_OF_TIME = ("earliest", "latest")


@dataclass
class Aggregate:
    """One column of `stats`."""

    name: str
    function: str
    given: Expression | None

    def of(self, rows: list[Row]) -> Any:
        if self.given is None:
            return len(rows)
        if self.function in IN_ORDER_OF_TIME:
            rows = sorted(rows, key=lambda row: row["@timestamp"])
        found = [value for row in rows if (value := self.given(row)) is not None]
        return AGGREGATES[self.function](found)


def _aggregate(reader: Reader) -> Aggregate:
    token: Token = reader.token
    if token.kind != "name" or token.text.lower() not in AGGREGATES:
        reader.fail("an aggregation function")
    function = reader.next().text.lower()
    reader.expect("(")
    given = None
    if not (function == "count" and (reader.takes("*") or reader.token.text == ")")):
        given = reader.expression()
    reader.expect(")")
    name = reader.query[token.start : reader.before]
    return Aggregate(reader.name() if reader.takes("as") else name, function, given)


def _stats(reader: Reader, query: Query) -> None:
    aggregates = reader.listed(lambda: _aggregate(reader))
    groups = reader.listed(reader.named) if reader.takes("by") else []

    def step(rows: list[Row]) -> list[Row]:
        grouped: dict[tuple, list[Row]] = {} if groups else {(): rows}
        for row in rows if groups else []:
            key = tuple(group.expression(row) for group in groups)
            grouped.setdefault(key, []).append(row)
        return [
            {
                **{group.name: value for group, value in zip(groups, key)},
                **{one.name: one.of(members) for one in aggregates},
            }
            for key, members in grouped.items()
        ]

    query.add(step)
    query.columns = [group.name for group in groups] + [one.name for one in aggregates]
    query.displayed, query.aggregates = None, True


COMMANDS: dict[str, Callable[[Reader, Query], None]] = {
    "dedup": _dedup,
    "display": _display,
    "fields": _fields,
    "filter": _filter,
    "limit": _limit,
    "sort": _sort,
    "stats": _stats,
}
