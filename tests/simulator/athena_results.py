"""Athena's results: where they go, the file that is written, and their pages."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError
from moto.s3.models import s3_backends

import s3

PAGE_LIMIT = 1000
NO_LOCATION = (
    "No output location provided. An output location is required either through "
    "the Workgroup result configuration setting or as an API input."
)
SUFFIXES = {"DML": "csv", "DDL": "txt", "UTILITY": "txt"}


@dataclass
class Result:
    """A query's answer: columns with their types, rows as Athena shows them."""

    columns: list[tuple[str, str]]
    rows: list[list[str | None]]
    scanned: int = 0


def invalid(message: str, code: str = "INVALID_INPUT") -> NoReturn:
    """Refuse as Athena does whatever is wrong with a request."""
    error = JsonRESTError("InvalidRequestException", message)
    error.description = json.dumps(
        {
            "__type": "InvalidRequestException",
            "Message": message,
            "message": message,
            "AthenaErrorCode": code,
        }
    )
    raise error


def shown(value: Any) -> str | None:
    """Return a value as Athena writes it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        pairs = (f"{name}={_inner(below)}" for name, below in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inner(below) for below in value) + "]"
    if hasattr(value, "hour"):
        return value.isoformat(sep=" ", timespec="milliseconds")
    return str(value)


def _inner(value: Any) -> str:
    text = shown(value)
    return "null" if text is None else text


def location(
    call: AthenaResponse,
    asked: dict[str, Any],
    work_group: str,
) -> str | None:
    """Return where the results go; nothing if the work group keeps them itself."""
    found = call.athena_backend.get_work_group(work_group)
    if not found:
        invalid(f"WorkGroup {work_group} is not found.")
    settings = found.get("Configuration") or {}
    if (settings.get("ManagedQueryResultsConfiguration") or {}).get("Enabled"):
        return None
    own = (asked.get("ResultConfiguration") or {}).get("OutputLocation")
    groups = (settings.get("ResultConfiguration") or {}).get("OutputLocation")
    enforced = groups and settings.get("EnforceWorkGroupConfiguration")
    chosen = groups if enforced or not own else own
    if not chosen:
        invalid(NO_LOCATION)
    bucket = chosen.removeprefix("s3://").partition("/")[0]
    if not chosen.startswith("s3://") or s3.bucket_named(bucket) is None:
        invalid(f"Unable to verify/create output bucket {bucket}")
    return chosen.rstrip("/")


def write(place: str, identifier: str, kind: str, result: Result | None) -> str:
    """Write the result's file, if there is a result; return where it would be."""
    uri = f"{place}/{identifier}.{SUFFIXES[kind]}"
    bucket_name, _, key = uri.removeprefix("s3://").partition("/")
    bucket = s3.bucket_named(bucket_name)
    if result is not None and bucket is not None:
        backend = s3_backends[bucket.account_id][bucket.partition]
        backend.put_object(bucket_name, key, _file(kind, result))
    return uri


def _file(kind: str, result: Result) -> bytes:
    if kind != "DML":
        lines = ["\t".join(map(str, row)) for row in result.rows]
    else:
        header = [name for name, _ in result.columns]
        lines = [",".join(map(_quoted, row)) for row in [header, *result.rows]]
    return "".join(f"{line}\n" for line in lines).encode()


def _quoted(value: str | None) -> str:
    """Every value is quoted; NULL is nothing at all."""
    return "" if value is None else '"' + value.replace('"', '""') + '"'


def page(
    result: Result,
    has_header: bool,
    asked: dict[str, Any],
) -> dict[str, Any]:
    """Return a page; a SELECT's first row is its header and counts as one."""
    limit = asked.get("MaxResults") or PAGE_LIMIT
    token = asked.get("NextToken") or "0"
    if not 1 <= limit <= PAGE_LIMIT or not token.isdigit():
        invalid(
            "MaxResults is more than maximum allowed length 1000."
            if token.isdigit()
            else "Invalid NextToken."
        )
    header = [[name for name, _ in result.columns]] if has_header else []
    rows = header + result.rows
    first = int(token)
    answer: dict[str, Any] = {
        "UpdateCount": 0,
        "ResultSet": {
            "Rows": [_row(row) for row in rows[first : first + limit]],
            "ResultSetMetadata": {
                "ColumnInfo": [_column(*one) for one in result.columns]
            },
        },
    }
    if first + limit < len(rows):
        answer["NextToken"] = str(first + limit)
    return answer


def _row(row: list[str | None]) -> dict[str, Any]:
    return {"Data": [{} if one is None else {"VarCharValue": one} for one in row]}


def _column(name: str, kind: str) -> dict[str, Any]:
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": kind,
        "Precision": 2147483647 if kind == "varchar" else 0,
        "Scale": 0,
        "Nullable": "UNKNOWN",
        "CaseSensitive": kind == "varchar",
    }
