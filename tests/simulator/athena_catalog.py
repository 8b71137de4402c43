"""Athena's catalogue: databases, tables, and the statements that make them.

Only external tables over CloudTrail's objects are known. A statement that
fails says so as Hive's side of Athena does.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

CATALOG = "awsdatacatalog"
DEFAULT_DATABASE = "default"
TASK_FAILED = (
    "FAILED: Execution Error, return code 1 from "
    "org.apache.hadoop.hive.ql.exec.DDLTask. "
)


class Failed(Exception):
    """A statement that was taken and then failed; the text is AWS's reason."""


@dataclass
class Table:
    """An external table as its DDL says: columns with their types, and where."""

    name: str
    columns: dict[str, "exp.DataType"]
    partitions: dict[str, "exp.DataType"]
    location: str
    properties: dict[str, str]

    def metadata(self) -> dict[str, Any]:
        """Return what GetTableMetadata says."""
        return {
            "Name": self.name,
            "TableType": "EXTERNAL_TABLE",
            "Columns": _columns(self.columns),
            "PartitionKeys": _columns(self.partitions),
            "Parameters": {
                "EXTERNAL": "TRUE",
                "location": self.location,
                **self.properties,
            },
        }


def _columns(columns: dict[str, "exp.DataType"]) -> list[dict[str, str]]:
    return [
        {"Name": name, "Type": kind.sql("hive").lower()}
        for name, kind in columns.items()
    ]


def _first_databases() -> dict[str, dict[str, Table]]:
    return {DEFAULT_DATABASE: {}}


@dataclass
class Catalog:
    """The databases of one account and region, by their lower-case names."""

    databases: dict[str, dict[str, Table]] = field(default_factory=_first_databases)

    def run(self, statement: "exp.Expression", database: str) -> None:
        """Carry out CREATE or DROP of a database or a table."""
        from sqlglot import exp

        kind = str(statement.args["kind"]).upper()
        makes = isinstance(statement, exp.Create)
        if kind == "TABLE":
            (self._create_table if makes else self._drop_table)(statement, database)
        else:
            act = self._create_database if makes else self._drop_database
            act(statement, _database_name(statement))

    def _create_database(self, statement: "exp.Expression", name: str) -> None:
        if name not in self.databases:
            self.databases[name] = {}
        elif not statement.args.get("exists"):
            raise Failed(
                f"{TASK_FAILED}AlreadyExistsException"
                f"(message:Database {name} already exists)"
            )

    def _drop_database(self, statement: "exp.Expression", name: str) -> None:
        if name not in self.databases:
            if statement.args.get("exists"):
                return
            raise Failed(
                "FAILED: SemanticException [Error 10072]: "
                f"Database does not exist: {name}"
            )
        if self.databases[name] and not statement.args.get("cascade"):
            raise Failed(
                f"{TASK_FAILED}InvalidOperationException(message:Database {name} "
                "is not empty. One or more tables exist.)"
            )
        del self.databases[name]

    def _create_table(self, statement: "exp.Expression", database: str) -> None:
        table = statement.this.this
        database = (table.db or database).lower()
        if database not in self.databases:
            raise Failed(
                "FAILED: SemanticException [Error 10072]: "
                f"Database does not exist: {database}"
            )
        made = read_table(statement)
        if made.name not in self.databases[database]:
            self.databases[database][made.name] = made
        elif not statement.args.get("exists"):
            raise Failed(
                f"{TASK_FAILED}AlreadyExistsException"
                f"(message:Table {made.name} already exists.)"
            )

    def _drop_table(self, statement: "exp.Expression", database: str) -> None:
        table = statement.args["tables"][0]
        database, name = (table.db or database).lower(), table.name.lower()
        if name in self.databases.get(database, {}):
            del self.databases[database][name]
        elif not statement.args.get("exists"):
            raise Failed(
                "FAILED: SemanticException [Error 10001]: "
                f"Table not found {database}.{name}"
            )


def _database_name(statement: "exp.Expression") -> str:
    dropped = statement.args.get("tables")
    named = dropped[0] if dropped else statement.this
    # sqlglot tells a schema's name from a table's, but not a database's.
    return (named.name or named.db).lower()


def read_table(statement: "exp.Expression") -> Table:
    """Return the table that a CREATE EXTERNAL TABLE describes."""
    from sqlglot import exp

    location, partitions = "", {}
    properties: dict[str, str] = {}
    given = statement.args.get("properties")
    for one in given.expressions if given else []:
        if isinstance(one, exp.LocationProperty):
            location = one.this.name
        elif isinstance(one, exp.PartitionedByProperty):
            partitions = _defined(one.this.expressions)
        elif type(one) is exp.Property:
            properties[one.this.name] = one.args["value"].name
    if not location.startswith("s3://"):
        raise Failed(f"Invalid location {location} for table. Only S3 is allowed.")
    columns = _defined(statement.this.expressions)
    name = statement.this.this.name.lower()
    return Table(name, columns, partitions, location.rstrip("/"), properties)


def _defined(definitions: list[Any]) -> dict[str, "exp.DataType"]:
    return {one.name.lower(): one.args["kind"] for one in definitions}
