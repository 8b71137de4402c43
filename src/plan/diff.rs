//! The one field-by-field diff, for every resource.

use serde::Serialize;
use serde_json::{Map, Value};

/// A field that is not as wanted. `from` is null where there is nothing yet, `to` where it is to go.
#[derive(Debug, Clone, Serialize, PartialEq)]
pub(crate) struct Change {
    pub field: String,
    pub from: Value,
    pub to: Value,
}

/// What must change to make `found` what is wanted; for what is absent, every field that will have a value.
pub(super) fn changes<R: Serialize>(found: Option<&R>, wanted: &R) -> Vec<Change> {
    let wanted = fields(wanted);
    let found = found.map(fields).unwrap_or_default();
    let gone: Vec<_> = found
        .keys()
        .filter(|field| !wanted.contains_key(*field))
        .map(|field| (field.clone(), Value::Null))
        .collect();
    let change = |(field, to): (String, Value)| {
        let from = found.get(&field).cloned().unwrap_or_default();
        (from != to).then_some(Change { field, from, to })
    };
    wanted.into_iter().chain(gone).filter_map(change).collect()
}

fn fields<R: Serialize>(resource: &R) -> Map<String, Value> {
    match serde_json::to_value(resource) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_fields_are_no_change_and_absent_ones_come_from_null() {
        let found = json!({"a": 1, "b": [1, 2], "c": null});
        let wanted = json!({"a": 1, "b": [2], "c": null});
        assert_eq!(
            changes(Some(&found), &wanted),
            [Change {
                field: "b".into(),
                from: json!([1, 2]),
                to: json!([2])
            }]
        );
        assert_eq!(changes(None, &json!({"a": 1, "c": null})).len(), 1);
    }

    #[test]
    fn a_field_that_is_not_wanted_any_more_changes_to_null() {
        let gone = Change {
            field: "b".into(),
            from: json!(2),
            to: Value::Null,
        };
        assert_eq!(
            changes(Some(&json!({"a": 1, "b": 2})), &json!({"a": 1})),
            [gone]
        );
    }
}
