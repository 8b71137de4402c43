"""Runs a SELECT: Athena's dialect turned into DuckDB's, over a table's objects.

Names are resolved and partitions chosen here, so that what fails does it in
Athena's words and only what a query selects is scanned. Every query has a
database of its own in memory, which ends with it.
"""

import json
import re
import tempfile
from typing import TYPE_CHECKING, Any

import athena_tables
from athena_catalog import CATALOG, Catalog, Failed, Table
from athena_results import Result, shown
from athena_tables import Source

if TYPE_CHECKING:
    import duckdb
    from sqlglot import exp

# How DuckDB says that there is no such column.
MISSING_COLUMN = re.compile(
    r'(?:Referenced column|Column) "([^"]+)" (?:not found|referenced that exists)'
)
# DuckDB's types under Athena's names.
TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double",
    "HUGEINT": "bigint",
    "INTEGER": "integer",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "VARCHAR": "varchar",
}


def run(statement: "exp.Expression", catalog: Catalog, database: str) -> Result:
    """Run a SELECT, or raise Failed."""
    import duckdb

    tables = _resolve(statement, catalog, database)
    connection = duckdb.connect(":memory:", config={"threads": 1})
    try:
        connection.execute("SET TimeZone = 'UTC'")
        scanned = sum(
            _load(connection, name, table, statement) for name, table in tables.items()
        )
        connection.execute("SET enable_external_access = false")
        columns, rows = _answer(connection, statement)
    except duckdb.Error as error:
        raise Failed(_explained(statement, error)) from None
    finally:
        connection.close()
    return Result(columns, rows, scanned)


def _position(statement: "exp.Expression", identifier: Any) -> str:
    """Return `line 1:15`, counted from one, for an identifier of the query."""
    text = statement.meta.get("text", "")
    start = identifier.meta.get("start", 0)
    before = text[:start]
    column = start - (before.rfind("\n") + 1)
    return f"line {before.count(chr(10)) + 1}:{column + 1}"


def _resolve(
    statement: "exp.Expression", catalog: Catalog, database: str
) -> dict[str, Table]:
    """Find the query's tables; each is named anew by its place in DuckDB."""
    from sqlglot import exp

    common = {one.alias.lower() for one in statement.find_all(exp.CTE)}
    found: dict[str, Table] = {}
    for table in statement.find_all(exp.Table):
        if not table.db and table.name.lower() in common or not table.name:
            continue
        schema, name = (table.db or database).lower(), table.name.lower()
        first = table.args.get("catalog") or table.args.get("db") or table.this
        where = _position(statement, first)
        if schema not in catalog.databases:
            raise Failed(f"SCHEMA_NOT_FOUND: {where}: Schema '{schema}' does not exist")
        if name not in catalog.databases[schema]:
            raise Failed(
                f"TABLE_NOT_FOUND: {where}: Table '{CATALOG}.{schema}.{name}' "
                "does not exist"
            )
        place = f"{schema}__{name}"
        found[place] = catalog.databases[schema][name]
        if not table.alias:
            table.set(
                "alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True))
            )
        table.set("this", exp.to_identifier(place, quoted=True))
        table.set("db", None)
        table.set("catalog", None)
    return found


def _load(
    connection: "duckdb.DuckDBPyConnection",
    place: str,
    table: Table,
    statement: "exp.Expression",
) -> int:
    """Make the table with the rows of its chosen objects; return their bytes."""
    _check_injected(table, statement)
    chosen = _chosen(connection, place, table, statement)
    types = {
        name: kind.sql("duckdb")
        for name, kind in {**table.columns, **table.partitions}.items()
    }
    defined = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
    connection.execute(f'CREATE TABLE "{place}" ({defined})')
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        for source in chosen:
            for record in source.records():
                file.write(json.dumps(athena_tables.row(table, source, record)) + "\n")
        file.flush()
        if file.tell():
            shape = ", ".join(f"\"{name}\": '{kind}'" for name, kind in types.items())
            connection.execute(
                f'INSERT INTO "{place}" SELECT * FROM read_json(?, '
                f"format = 'newline_delimited', columns = {{{shape}}})",
                [file.name],
            )
    return sum(source.size for source in chosen)


def _selects(statement: "exp.Expression", place: str) -> list["exp.Select"]:
    from sqlglot import exp

    return [
        table.find_ancestor(exp.Select)
        for table in statement.find_all(exp.Table)
        if table.name == place
    ]


def _conditions(select: "exp.Select", names: set[str]) -> list["exp.Expression"]:
    """Return the conditions that speak of nothing but partition columns."""
    from sqlglot import exp

    where = select.args.get("where")
    if where is None:
        return []
    is_and = isinstance(where.this, exp.And)
    parts = where.this.flatten() if is_and else [where.this]
    return [
        part
        for part in parts
        if (columns := {one.name.lower() for one in part.find_all(exp.Column)})
        and columns <= names
        and not part.find(exp.Select)
    ]


def _chosen(
    connection: "duckdb.DuckDBPyConnection",
    place: str,
    table: Table,
    statement: "exp.Expression",
) -> list[Source]:
    """Return the objects in the partitions that the query selects."""
    all_sources, names = athena_tables.sources(table), list(table.partitions)
    if not names:
        return all_sources
    defined = ", ".join(f'"{name}" VARCHAR' for name in names)
    connection.execute(f"CREATE TEMP TABLE partitions ({defined})")
    there = sorted({source.partition for source in all_sources})
    if there:
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO partitions VALUES ({marks})", there)
    wanted: set[tuple] = set()
    for select in _selects(statement, place):
        query = "SELECT * FROM partitions"
        conditions = _conditions(select, set(names))
        if conditions:
            query += " WHERE " + " AND ".join(_unqualified(one) for one in conditions)
        wanted.update(connection.execute(query).fetchall())
    connection.execute("DROP TABLE partitions")
    return [source for source in all_sources if source.partition in wanted]


def _unqualified(condition: "exp.Expression") -> str:
    from sqlglot import exp

    bare = condition.copy()
    for column in bare.find_all(exp.Column):
        column.set("table", None)
        column.this.set("quoted", True)
    return f"({bare.sql('duckdb')})"


def _check_injected(table: Table, statement: "exp.Expression") -> None:
    from sqlglot import exp

    tests = list(statement.find_all(exp.EQ, exp.In))
    given = {one.this.name.lower() for one in tests}
    for name in athena_tables.injected(table):
        if name not in given:
            raise Failed(
                "CONSTRAINT_VIOLATION: For the injected projected partition column "
                f"{name}, the WHERE clause must contain only static equality "
                "conditions, and at least one such condition must be present."
            )


def _answer(
    connection: "duckdb.DuckDBPyConnection", statement: "exp.Expression"
) -> tuple[list[tuple[str, str]], list[list[str | None]]]:
    _name_columns(statement)
    _rewrite(statement)
    query = statement.sql("duckdb")
    described = connection.execute(f"DESCRIBE {query}").fetchall()
    columns = [(name.lower(), _type(kind)) for name, kind, *_ in described]
    numbered = [f"c{index}" for index in range(len(columns))]
    selected = [
        f"strftime({name}, '%Y-%m-%d %H:%M:%S.%g UTC')" if "zone" in kind else name
        for name, (_, kind) in zip(numbered, columns)
    ]
    rows = connection.execute(
        f"SELECT {', '.join(selected)} FROM ({query}) AS answer({', '.join(numbered)})"
    ).fetchall()
    return columns, [[shown(value) for value in row] for row in rows]


def _type(kind: str) -> str:
    if kind.endswith("[]"):
        return "array"
    plain = kind.partition("(")[0]
    return TYPES.get(kind, {"STRUCT": "row"}.get(plain, plain.lower()))


def _name_columns(statement: "exp.Expression") -> None:
    """Name what has no name as Athena does; DuckDB would take its text."""
    from sqlglot import exp

    select = (
        statement.find(exp.Select)
        if isinstance(statement, exp.SetOperation)
        else statement
    )
    named = [
        one
        if isinstance(one, exp.Alias) or one.is_star
        else exp.alias_(one.copy(), _column_name(one, index), quoted=True)
        for index, one in enumerate(select.expressions)
    ]
    select.set("expressions", named)


def _column_name(expression: "exp.Expression", index: int) -> str:
    from sqlglot import exp

    is_field = isinstance(expression, (exp.Column, exp.Dot))
    return expression.output_name if is_field else f"_col{index}"


def _rewrite(statement: "exp.Expression") -> None:
    """Put DuckDB's words where sqlglot leaves Trino's."""
    from sqlglot import exp

    for call in list(statement.find_all(exp.Anonymous)):
        if call.name.lower() == "any_match":
            kept = exp.Anonymous(this="list_filter", expressions=call.expressions)
            call.replace(
                exp.GT(
                    this=exp.Anonymous(this="len", expressions=[kept]),
                    expression=exp.Literal.number(0),
                )
            )


def _explained(statement: "exp.Expression", error: "duckdb.Error") -> str:
    """Say in Athena's way why DuckDB would not run the query."""
    from sqlglot import exp

    text = str(error).partition("\n")[0]
    missing = MISSING_COLUMN.search(text)
    if missing:
        columns = statement.find_all(exp.Column)
        named = [one for one in columns if one.name.lower() == missing[1].lower()]
        where = _position(statement, named[0].this) if named else "line 1:8"
        return f"COLUMN_NOT_FOUND: {where}: Column '{missing[1]}' cannot be resolved"
    ambiguous = re.search(r'Ambiguous reference to column name "([^"]+)"', text)
    if ambiguous:
        return f"AMBIGUOUS_NAME: line 1:8: Column '{ambiguous[1]}' is ambiguous"
    unknown = re.search(r"Function with name (\w+) does not exist", text)
    if unknown:
        return f"FUNCTION_NOT_FOUND: line 1:8: Function '{unknown[1]}' not registered"
    return f"GENERIC_USER_ERROR: {text}"
