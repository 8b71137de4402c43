"""What Athena says of its databases, tables and work groups."""

import json
from typing import NoReturn

from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError

import world
from athena_results import invalid


def _missing(what: str, name: str) -> NoReturn:
    raise JsonRESTError(
        "MetadataException",
        f"EntityNotFoundException: {what} {name} not found.",
    )


def get_database(self: AthenaResponse) -> str:
    name = json.loads(self.body)["DatabaseName"].lower()
    if (
        name
        not in world.account(self.current_account).athena[self.region].catalog.databases
    ):
        _missing("Database", name)
    return json.dumps({"Database": {"Name": name}})


def list_databases(self: AthenaResponse) -> str:
    names = sorted(
        world.account(self.current_account).athena[self.region].catalog.databases
    )
    return json.dumps({"DatabaseList": [{"Name": name} for name in names]})


def get_table_metadata(self: AthenaResponse) -> str:
    asked = json.loads(self.body)
    database, name = asked["DatabaseName"].lower(), asked["TableName"].lower()
    table = (
        world.account(self.current_account)
        .athena[self.region]
        .catalog.databases.get(database, {})
        .get(name)
    )
    if table is None:
        _missing("Table", name)
    return json.dumps({"TableMetadata": table.metadata()})


def list_table_metadata(self: AthenaResponse) -> str:
    database = json.loads(self.body)["DatabaseName"].lower()
    if (
        database
        not in world.account(self.current_account).athena[self.region].catalog.databases
    ):
        _missing("Database", database)
    tables = (
        world.account(self.current_account)
        .athena[self.region]
        .catalog.databases[database]
        .values()
    )
    return json.dumps({"TableMetadataList": [table.metadata() for table in tables]})


def get_work_group(self: AthenaResponse) -> str:
    name = json.loads(self.body)["WorkGroup"]
    found = self.athena_backend.get_work_group(name)
    if not found:
        invalid(f"WorkGroup {name} is not found.")
    return json.dumps({"WorkGroup": found})


ANSWERED = (
    get_database,
    list_databases,
    get_table_metadata,
    list_table_metadata,
    get_work_group,
)


def install() -> None:
    """Answer these calls here instead of in moto."""
    for answer in ANSWERED:
        setattr(AthenaResponse, answer.__name__, answer)
