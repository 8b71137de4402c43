"""Athena's query executions, in place of moto's, which run nothing.

A statement is carried out when it starts; its state moves on with each look
at it, so that a test need not wait. The catalogue is in `athena_catalog`,
SELECT in `athena_select`. moto keeps the work groups.
"""

import json
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.athena.responses import AthenaResponse

import athena_results
import world
from athena_catalog import DEFAULT_DATABASE, Catalog, Failed
from athena_results import Result, invalid

if TYPE_CHECKING:
    from sqlglot import exp

QUERY_LIMIT = 262_144
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")
SHOW = re.compile(
    r"\s*SHOW\s+(TABLES|DATABASES|SCHEMAS)(?:\s+(?:IN|FROM)\s+(\S+))?", re.IGNORECASE
)


@dataclass
class Athena:
    """What one account has in one region."""

    catalog: Catalog = field(default_factory=Catalog)
    executions: dict[str, "Execution"] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


@dataclass
class Execution:
    """A statement that was started."""

    text: str
    work_group: str
    database: str
    location: str | None
    control: world.AthenaControl
    kind: str = "DML"
    result: Result | None = None
    reason: str | None = None
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    submitted: float = field(default_factory=time.time)
    ended: float | None = None
    state: str = "QUEUED"
    looks: int = 0

    def look(self) -> None:
        """Move on: queued at the first look, then running, then at its end."""
        self.looks += 1
        if self.state in ENDED or self.looks == 1 and self.control.polls:
            return
        self.state = "RUNNING"
        if self.looks > self.control.polls and not self.control.endless:
            self.state = "FAILED" if self.reason else "SUCCEEDED"
            self.ended = time.time()

    def shown(self) -> dict[str, Any]:
        """Return the execution as GetQueryExecution describes it."""
        status: dict[str, Any] = {
            "State": self.state,
            "SubmissionDateTime": self.submitted,
        }
        if self.ended:
            status["CompletionDateTime"] = self.ended
        if self.state == "FAILED":
            status["StateChangeReason"] = self.reason
            status["AthenaError"] = {
                "ErrorCategory": 2,
                "ErrorType": 1006,
                "Retryable": False,
                "ErrorMessage": self.reason,
            }
        taken = int(((self.ended or time.time()) - self.submitted) * 1000)
        return {
            "QueryExecutionId": self.identifier,
            "Query": self.text,
            "StatementType": self.kind,
            "ResultConfiguration": {"OutputLocation": self.location}
            if self.location
            else {},
            "QueryExecutionContext": {
                "Database": self.database,
                "Catalog": "awsdatacatalog",
            },
            "Status": status,
            "Statistics": {
                "EngineExecutionTimeInMillis": taken,
                "TotalExecutionTimeInMillis": taken,
                "DataScannedInBytes": self._scanned(),
            },
            "WorkGroup": self.work_group,
            "EngineVersion": {
                "SelectedEngineVersion": "AUTO",
                "EffectiveEngineVersion": "Athena engine version 3",
            },
        }

    def _scanned(self) -> int:
        return self.result.scanned if self.result and self.state in ENDED else 0


def _kept(call: AthenaResponse) -> Athena:
    return world.account(call.current_account).athena[call.region]


def start_query_execution(self: AthenaResponse) -> str:
    """Take a statement and carry it out; what it came to is told later."""
    asked, kept = json.loads(self.body), _kept(self)
    token = asked.get("ClientRequestToken")
    if token in kept.tokens:
        return json.dumps({"QueryExecutionId": kept.tokens[token]})
    context = asked.get("QueryExecutionContext") or {}
    execution = Execution(
        asked["QueryString"],
        asked.get("WorkGroup") or "primary",
        (context.get("Database") or DEFAULT_DATABASE).lower(),
        None,
        world.account(self.current_account).athena_control,
    )
    location = athena_results.location(self, asked, execution.work_group)
    _carry_out(execution, kept.catalog, asked.get("ExecutionParameters") or [])
    if location:
        execution.location = athena_results.write(
            location, execution.identifier, execution.kind, execution.result
        )
    kept.executions[execution.identifier] = execution
    if token:
        kept.tokens[token] = execution.identifier
    return json.dumps({"QueryExecutionId": execution.identifier})


def _carry_out(execution: Execution, catalog: Catalog, parameters: list[str]) -> None:
    from sqlglot import exp

    import athena_select

    if len(execution.text) > QUERY_LIMIT:
        invalid(f"The query is longer than {QUERY_LIMIT} bytes.")
    show = SHOW.match(execution.text)
    try:
        if execution.control.reason:
            raise Failed(execution.control.reason)
        if show:
            execution.kind = "UTILITY"
            execution.result = _listed(catalog, execution.database, *show.groups())
            return
        statement = _read(execution.text, parameters)
        if isinstance(statement, (exp.Create, exp.Drop)):
            execution.kind, execution.result = "DDL", Result([], [])
            catalog.run(statement, execution.database)
        elif isinstance(statement, exp.Query):
            execution.result = athena_select.run(statement, catalog, execution.database)
        else:
            invalid("Queries of this type are not supported", "NOT_SUPPORTED")
    except Failed as failure:
        execution.reason = str(failure)


def _read(text: str, parameters: list[str]) -> "exp.Expression":
    """Read one statement, with its `?` replaced, or refuse it."""
    import sqlglot
    from sqlglot import exp

    text = text.strip().rstrip(";")
    try:
        statements = sqlglot.parse(text, read="athena")
        if len(statements) != 1 or statements[0] is None:
            invalid("Only one sql statement is allowed. Got: " + text)
        statement = statements[0]
        places = list(statement.find_all(exp.Placeholder))
        if len(places) != len(parameters):
            invalid(
                f"Incorrect number of parameters: expected {len(places)} "
                f"but found {len(parameters)}"
            )
        for place, parameter in zip(places, parameters):
            place.replace(sqlglot.parse_one(parameter, read="athena"))
    except sqlglot.errors.ParseError as error:
        found = error.errors[0]
        where = f"line {found['line']}:{found['col']}"
        invalid(f"{where}: mismatched input '{found['highlight']}'", "MALFORMED_QUERY")
    except sqlglot.errors.TokenError as error:
        invalid(f"line 1:1: {error}", "MALFORMED_QUERY")
    statement.meta["text"] = text
    return statement


def _listed(catalog: Catalog, database: str, what: str, of: str | None) -> Result:
    if what.upper() != "TABLES":
        return Result(
            [("database_name", "string")], [[one] for one in catalog.databases]
        )
    database = (of or database).strip("`;").lower()
    if database not in catalog.databases:
        raise Failed(
            f"FAILED: SemanticException [Error 10072]: Database does not exist: {database}"
        )
    tables = sorted(catalog.databases[database])
    return Result([("tab_name", "string")], [[name] for name in tables])


def _execution(call: AthenaResponse) -> Execution:
    identifier = json.loads(call.body)["QueryExecutionId"]
    found = _kept(call).executions.get(identifier)
    if found is None:
        invalid(f"QueryExecution {identifier} was not found")
    return found


def get_query_execution(self: AthenaResponse) -> str:
    execution = _execution(self)
    execution.look()
    return json.dumps({"QueryExecution": execution.shown()})


def stop_query_execution(self: AthenaResponse) -> str:
    execution = _execution(self)
    if execution.state not in ENDED:
        execution.state, execution.ended = "CANCELLED", time.time()
    return "{}"


def list_query_executions(self: AthenaResponse) -> str:
    group = json.loads(self.body).get("WorkGroup") or "primary"
    listed = [
        one.identifier
        for one in reversed(_kept(self).executions.values())
        if one.work_group == group
    ]
    return json.dumps({"QueryExecutionIds": listed})


def get_query_results(self: AthenaResponse) -> str:
    """Answer one page of a query that has succeeded."""
    asked, execution = json.loads(self.body), _execution(self)
    if execution.state in ("QUEUED", "RUNNING"):
        invalid(f"Query has not yet finished. Current state: {execution.state}")
    if execution.state != "SUCCEEDED" or execution.result is None:
        invalid(
            f"Query did not finish successfully. Final query state: {execution.state}"
        )
    has_header = execution.kind == "DML"
    if execution.control.page_size:
        asked["MaxResults"] = execution.control.page_size
    return json.dumps(athena_results.page(execution.result, has_header, asked))


def control(given: dict[str, Any]) -> dict[str, Any]:
    """Arrange how the statements that start from now on go."""
    arranged = world.AthenaControl(
        polls=given.get("polls", 2),
        endless=bool(given.get("endless")),
        reason=given.get("reason"),
        page_size=given.get("page_size"),
    )
    world.account(given["account"]).athena_control = arranged
    return {"polls": arranged.polls, "endless": arranged.endless}


ROUTES = {("POST", "athena"): control}
ANSWERED = (
    start_query_execution,
    get_query_execution,
    stop_query_execution,
    list_query_executions,
    get_query_results,
)


def install() -> None:
    """Answer these calls here instead of in moto."""
    for answer in ANSWERED:
        setattr(AthenaResponse, answer.__name__, answer)
