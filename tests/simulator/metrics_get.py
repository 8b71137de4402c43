"""GetMetricData: queries, their lines, and the pages they come on."""

import base64
import json
import re
from typing import Any

import metrics_labels
import metrics_search
import world
from call import Call, Refused
from metrics_functions import Value
from metrics_labels import Line
from metrics_math import Expression, Invalid
from metrics_store import Metrics, dimensions_of, rounded_start

QUERY_LIMIT = 500
POINTS_LIMIT = 100_800
EXPRESSION_LIMIT = 2048
IDENTIFIER = re.compile(r"[a-z][A-Za-z0-9_]{0,254}")
STATISTIC = re.compile(
    r"Sum|Average|Minimum|Maximum|SampleCount|p(?:100|\d{1,2}(?:\.\d{1,10})?)"
)
DEFAULT_PERIOD = 300
ORDERS = ("TimestampDescending", "TimestampAscending")


def refused(message: str) -> Refused:
    return Refused("ValidationError", message)


def check_period(period: Any, parameter: str) -> int:
    if not isinstance(period, int) or period < 1:
        raise refused(f"The parameter {parameter} must be greater than or equal to 1.")
    if period not in (1, 5, 10, 20, 30) and period % 60:
        raise refused(
            f"The parameter {parameter} must be 1, 5, 10, 20, 30 or a multiple of 60."
        )
    return period


def check_statistic(name: Any, parameter: str) -> str:
    if not STATISTIC.fullmatch(str(name)):
        raise refused(f"The value {name} for parameter {parameter} is not supported.")
    return name


class Evaluation:
    """Computes the queries of one request, each once."""

    def __init__(
        self, metrics: Metrics, queries: list[dict], start: float, end: float
    ) -> None:
        self.metrics, self.start, self.end = metrics, start, end
        self.queries = {query["Id"]: query for query in queries}
        self.found: dict[str, Value] = {}
        self.under_way: list[str] = []

    def named(self, identifier: str) -> Value:
        """Return what the query of that id comes to."""
        if identifier not in self.queries:
            raise Invalid(f"there is no query with the id {identifier}")
        if identifier in self.under_way:
            raise Invalid(f"{identifier} refers to itself")
        if identifier not in self.found:
            self.under_way.append(identifier)
            self.found[identifier] = self._computed(self.queries[identifier])
            self.under_way.pop()
        return self.found[identifier]

    def _computed(self, query: dict[str, Any]) -> Value:
        if "MetricStat" in query:
            return self._metric(query["MetricStat"])
        return Expression(query["Expression"], self).compute()

    def _metric(self, asked: dict[str, Any]) -> Line:
        metric = asked["Metric"]
        space, name = metric.get("Namespace", ""), metric.get("MetricName", "")
        dimensions = dimensions_of(metric.get("Dimensions"))
        line = self.line(space, name, dimensions, asked["Stat"], asked["Period"])
        if asked.get("Unit") and line.series.unit != asked["Unit"]:
            return line.with_values({})
        return line

    def line(
        self, space: str, name: str, dimensions: dict, stat: str, period: int
    ) -> Line:
        """Return a statistic of a metric; a metric unknown has no points."""
        series = self.metrics.find(space, name, dimensions)
        # A line of nothing still knows what it would be of.
        series = series or Metrics().make(space, name, dimensions)
        start = rounded_start(self.start, period)
        values = {}
        for moment, bucket in series.periods(start, self.end, period).items():
            value = bucket.statistic(stat)
            if value is not None:
                values[moment] = value
        return Line(values, period, series, stat, name)

    # What the functions of metric math ask of their surroundings.

    def metrics_named(self, part: str = "") -> list[Line]:
        ids = [each for each, query in self.queries.items() if "MetricStat" in query]
        found = [self.named(each) for each in ids if part in each]
        return [line for line in found if isinstance(line, Line)]

    def grid(self, period: int) -> range:
        """Return the moments at which a line of that period may have points."""
        return range(rounded_start(self.start, period), int(self.end), period)

    def search(
        self, text: str, stat: str = "Average", period: float | None = None
    ) -> list[Line]:
        query = self.queries[self.under_way[-1]]
        every = int(period or query.get("Period") or DEFAULT_PERIOD)
        try:
            found = metrics_search.search(text, self.metrics.active())
        except metrics_search.Malformed as error:
            raise Invalid(str(error)) from error
        check_period(every, "Period of SEARCH")
        check_statistic(stat, "Stat of SEARCH")
        lines = [
            self.line(one.namespace, one.name, one.dimensions, stat, every)
            for one in found
        ]
        metrics_labels.tell_apart(lines)
        return lines


def evaluated(call: Call, queries: list[dict]) -> list[dict[str, Any]]:
    """Return a result for each line that is to be returned."""
    asked, results = call.asked, []
    metrics = call.account.metrics[call.region]
    start, end = float(asked["StartTime"]), float(asked["EndTime"])
    evaluation = Evaluation(metrics, queries, start, end)
    place = {"AccountId": call.current_account, "Region": call.region}
    for query in queries:
        if query.get("ReturnData") is False:
            continue
        try:
            value = evaluation.named(query["Id"])
        except Invalid as error:
            raise refused(f"Error in expression '{query['Id']}': {error}") from error
        if isinstance(value, float):
            raise refused(
                f"Error in expression '{query['Id']}': the result is a scalar; a time "
                "series is needed"
            )
        for line in _lines(value, query):
            label = metrics_labels.label(
                line, query.get("Label"), isinstance(value, Line), place
            )
            points = list(line.values.items())
            name = line.series.name if line.series else ""
            results.append(
                {"Id": query["Id"], "Label": label, "points": points, "name": name}
            )
    return results


def _lines(value: Line | list[Line], query: dict[str, Any]) -> list[Line]:
    if isinstance(value, list):
        metrics_labels.tell_apart(value)
        return value
    if "Expression" in query:
        # One line that was computed is no longer the metric it came from.
        return [Line(value.values, value.period, name=query["Id"])]
    return [value]


def get_metric_data(call: Call) -> dict[str, Any]:
    asked = call.asked
    queries = _checked(asked)
    order = asked.get("ScanBy") or ORDERS[0]
    if order not in ORDERS:
        raise refused(f"The parameter ScanBy must be one of {ORDERS}.")
    most = asked.get("MaxDatapoints") or POINTS_LIMIT
    if not 1 <= most <= POINTS_LIMIT:
        raise refused(f"The parameter MaxDatapoints must be at most {POINTS_LIMIT}.")
    control = call.account.metric_answers
    results = evaluated(call, queries)
    for result in results:
        if order == ORDERS[0]:
            result["points"].reverse()
    most = min(most, control.page_size or most)
    page, token = _page(results, most, _start(asked.get("NextToken")))
    for result in page:
        _disturb(result, control)
    answer = {"MetricDataResults": [_shown(result) for result in page], "Messages": []}
    return {**answer, "NextToken": token} if token else answer


def _checked(asked: dict[str, Any]) -> list[dict[str, Any]]:
    queries = asked.get("MetricDataQueries") or []
    for parameter in ("StartTime", "EndTime"):
        if asked.get(parameter) is None:
            raise refused(f"The parameter {parameter} is required.")
    if float(asked["StartTime"]) >= float(asked["EndTime"]):
        raise refused(
            "The parameter StartTime must be less than the parameter EndTime."
        )
    if not queries:
        raise refused("The parameter MetricDataQueries is required.")
    if len(queries) > QUERY_LIMIT:
        raise refused(
            "The collection MetricDataQueries must not have a size greater than "
            f"{QUERY_LIMIT}."
        )
    seen: set[str] = set()
    for index, query in enumerate(queries, start=1):
        check_query(query, f"MetricDataQueries.member.{index}", seen)
    return queries


def check_query(query: dict[str, Any], path: str, seen: set[str]) -> None:
    identifier = query.get("Id")
    if not IDENTIFIER.fullmatch(identifier or ""):
        raise refused(f"The value {identifier} for parameter {path}.Id is invalid.")
    if identifier in seen:
        raise refused(f"The values for parameter Id in {path} are not unique.")
    seen.add(identifier)
    if ("MetricStat" in query) == ("Expression" in query):
        raise refused(f"{path} needs either MetricStat or Expression, and not both.")
    if "MetricStat" in query:
        check_period(query["MetricStat"].get("Period"), f"{path}.MetricStat.Period")
        check_statistic(query["MetricStat"].get("Stat"), f"{path}.MetricStat.Stat")
        return
    if not 1 <= len(query["Expression"]) <= EXPRESSION_LIMIT:
        raise refused(f"{path}.Expression has 1 to {EXPRESSION_LIMIT} characters.")
    if query.get("Period") is not None:
        check_period(query["Period"], f"{path}.Period")


def _start(token: str | None) -> int:
    """A token says how many points the pages before it had."""
    if not token:
        return 0
    try:
        (start,) = json.loads(base64.b64decode(token, validate=True))
        return int(start)
    except (ValueError, TypeError) as error:
        raise Refused("InvalidNextToken", "Invalid NextToken.") from error


def _page(results: list[dict], most: int, start: int) -> tuple[list, str | None]:
    """Cut so many points out of all of them, line after line.

    A line without points is told of on the first page.
    """
    page, passed, end = [], 0, start + most
    for result in results:
        size = len(result["points"])
        first, last = max(0, start - passed), min(size, end - passed)
        if first < last or (size == 0 and start == 0):
            status = "Complete" if size == 0 or last == size else "PartialData"
            points = result["points"][first:last]
            page.append({**result, "points": points, "StatusCode": status})
        passed += size
    if passed <= end:
        return page, None
    return page, base64.b64encode(json.dumps([end]).encode()).decode()


def _disturb(result: dict[str, Any], control: world.MetricAnswers) -> None:
    """Answer otherwise than with all the data, where a test wants it so."""
    chosen = not control.metrics or {result["name"], result["Id"]} & control.metrics
    if not control.status_code or not chosen or control.times == 0:
        return
    if control.times is not None:
        control.times -= 1
    result["StatusCode"] = control.status_code
    kept = len(result["points"]) // 2 if control.status_code == "PartialData" else 0
    result["points"] = result["points"][:kept]
    code = {"Forbidden": "Forbidden", "InternalError": "InternalServiceError"}
    if control.status_code in code:
        told = {"Code": code[control.status_code], "Value": "arranged by a test"}
        result["Messages"] = [told]


def _shown(result: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "Id": result["Id"],
        "Label": result["Label"],
        "Timestamps": [moment for moment, _ in result["points"]],
        "Values": [value for _, value in result["points"]],
        "StatusCode": result["StatusCode"],
    }
    messages = result.get("Messages")
    return {**shown, "Messages": messages} if messages else shown
