"""Checks and completes what PutEventSelectors is given."""

from typing import Any

from trails import refuse

SELECTOR_LIMIT = 5
ADVANCED_LIMIT = 500
EXCLUDABLE = {"kms.amazonaws.com", "rdsdata.amazonaws.com"}
CATEGORIES = {"Management", "Data", "NetworkActivity"}
MANAGEMENT_FIELDS = {
    "eventCategory",
    "readOnly",
    "eventSource",
    "sessionCredentialFromConsole",
}
OPERATORS = {
    "Equals",
    "NotEquals",
    "StartsWith",
    "NotStartsWith",
    "EndsWith",
    "NotEndsWith",
}


def checked(basic: list[dict] | None, advanced: list[dict] | None) -> dict[str, Any]:
    """Return the selectors as they will be answered, or refuse them.

    Basic and advanced selectors exclude each other; putting one kind takes
    the other away.
    """
    if bool(basic) == bool(advanced):
        _invalid("Specify either EventSelectors or AdvancedEventSelectors.")
    if basic:
        if len(basic) > SELECTOR_LIMIT:
            _invalid(f"A trail can have at most {SELECTOR_LIMIT} event selectors.")
        return {"EventSelectors": [_basic(selector) for selector in basic]}
    if len(advanced) > ADVANCED_LIMIT:
        _invalid("A trail has too many advanced event selectors.")
    for selector in advanced:
        _check_advanced(selector)
    return {"AdvancedEventSelectors": advanced}


def _invalid(message: str) -> None:
    refuse("InvalidEventSelectorsException", message)


def _basic(selector: dict) -> dict:
    if selector.get("ReadWriteType", "All") not in ("All", "ReadOnly", "WriteOnly"):
        _invalid("ReadWriteType must be All, ReadOnly or WriteOnly.")
    for resource in selector.get("DataResources") or []:
        if not str(resource.get("Type", "")).startswith("AWS::"):
            _invalid(f"The resource type {resource.get('Type')} is not valid.")
    excluded = selector.get("ExcludeManagementEventSources") or []
    if not set(excluded) <= EXCLUDABLE:
        _invalid(f"ExcludeManagementEventSources can only name {sorted(EXCLUDABLE)}.")
    if excluded and selector.get("IncludeManagementEvents") is False:
        _invalid("Sources can only be excluded from management events.")
    return {
        "ReadWriteType": selector.get("ReadWriteType") or "All",
        "IncludeManagementEvents": selector.get("IncludeManagementEvents", True),
        "DataResources": selector.get("DataResources") or [],
        "ExcludeManagementEventSources": excluded,
    }


def _check_advanced(selector: dict) -> None:
    fields = selector.get("FieldSelectors") or []
    by_name = {field.get("Field"): field for field in fields}
    for field in fields:
        if not any(field.get(operator) for operator in OPERATORS):
            _invalid(f"The field {field.get('Field')} has no operator.")
    category = (by_name.get("eventCategory") or {}).get("Equals") or [None]
    if len(category) != 1 or category[0] not in CATEGORIES:
        _invalid(f"eventCategory must equal one of {sorted(CATEGORIES)}.")
    read_only = by_name.get("readOnly")
    if read_only and read_only.get("Equals") not in (["true"], ["false"]):
        _invalid("readOnly can only equal true or false.")
    if category[0] == "Management":
        _check_management(by_name)
    if category[0] == "Data" and "resources.type" not in by_name:
        _invalid("A Data selector needs resources.type.")


def _check_management(by_name: dict[str, dict]) -> None:
    strange = set(by_name) - MANAGEMENT_FIELDS
    if strange:
        _invalid(f"A Management selector cannot have the fields {sorted(strange)}.")
    source = by_name.get("eventSource")
    if source and not set(source.get("NotEquals") or [None]) <= EXCLUDABLE:
        _invalid(f"eventSource can only differ from {sorted(EXCLUDABLE)}.")
