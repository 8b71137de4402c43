"""Which events a trail records: its regions, its selectors, its logging.

Pure judgement of a record against a trail; nothing is delivered here.
"""

from typing import Any

from trails import Trail

# Services without a region: their events are those of us-east-1.
GLOBAL_SOURCES = {
    "cloudfront.amazonaws.com",
    "iam.amazonaws.com",
    "route53.amazonaws.com",
}
READ_ONLY = {"ReadOnly": True, "WriteOnly": False}
POSITIVE = {
    "Equals": str.__eq__,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
}


def records(trail: Trail, record: dict[str, Any]) -> bool:
    """Whether the trail, as it stands now, records the event."""
    if not trail.status.logging_now or not trail.is_in(record["awsRegion"]):
        return False
    is_global = record["eventSource"] in GLOBAL_SOURCES
    if is_global and trail.fields.get("IncludeGlobalServiceEvents") is False:
        return False
    selectors = trail.shown_selectors()
    if "AdvancedEventSelectors" in selectors:
        chosen = selectors["AdvancedEventSelectors"]
        return any(_is_chosen(selector, record) for selector in chosen)
    chosen = selectors.get("EventSelectors") or []
    return any(_is_included(selector, record) for selector in chosen)


def _is_management(record: dict[str, Any]) -> bool:
    return record.get("eventCategory", "Management") == "Management"


def _is_included(selector: dict[str, Any], record: dict[str, Any]) -> bool:
    """Judge by a basic selector; its data resources are not looked at."""
    if not _is_management(record) or not selector.get("IncludeManagementEvents", True):
        return False
    if record["eventSource"] in (selector.get("ExcludeManagementEventSources") or []):
        return False
    wanted = READ_ONLY.get(selector.get("ReadWriteType", "All"))
    return wanted is None or wanted == bool(record["readOnly"])


def _is_chosen(selector: dict[str, Any], record: dict[str, Any]) -> bool:
    """Judge by an advanced selector: every one of its fields must agree."""
    return all(
        _agrees(condition, _values(condition["Field"], record))
        for condition in selector.get("FieldSelectors") or []
    )


def _values(field: str, record: dict[str, Any]) -> list[str]:
    if field == "readOnly":
        return [str(bool(record["readOnly"])).lower()]
    if field == "eventCategory":
        return [record.get("eventCategory", "Management")]
    if field.startswith("resources."):
        name = field.partition(".")[2]
        return [str(one.get(name, "")) for one in record.get("resources") or []]
    return [str(record[field])] if field in record else []


def _agrees(condition: dict[str, Any], values: list[str]) -> bool:
    for name, test in POSITIVE.items():
        wanted, unwanted = condition.get(name), condition.get(f"Not{name}")
        if wanted and not any(test(v, text) for v in values for text in wanted):
            return False
        if unwanted and any(test(v, text) for v in values for text in unwanted):
            return False
    return True
