//! When two bodies mean the same: order and documented defaults do not count.

use serde_json::{Value, json};

/// A body without what means nothing: defaults that are spelled out, and the order of widgets that have places
/// (CloudWatch API reference, "Dashboard body structure and syntax").
pub(super) fn normal(body: &Value) -> Value {
    let mut body = body.clone();
    drop_defaults(&mut body, &[("periodOverride", json!("auto"))]);
    for variable in items(&mut body, "variables") {
        drop_defaults(variable, &[("visible", json!(true))]);
    }
    for widget in items(&mut body, "widgets") {
        drop_defaults(widget, &[("width", json!(6)), ("height", json!(6))]);
        let kind = widget["type"].as_str().unwrap_or_default().to_owned();
        let Some(properties) = widget.get_mut("properties") else {
            continue;
        };
        drop_defaults(properties, &defaults(&kind));
        for row in items(properties, "metrics") {
            without_defaults(row);
        }
    }
    let widgets = items(&mut body, "widgets");
    if widgets.iter().all(|widget| place(widget).is_some()) {
        widgets.sort_by_key(place);
    }
    body
}

fn defaults(kind: &str) -> Vec<(&'static str, Value)> {
    match kind {
        "metric" => vec![
            ("period", json!(300)),
            ("stat", json!("Average")),
            ("view", json!("timeSeries")),
            ("stacked", json!(false)),
            ("liveData", json!(false)),
        ],
        "log" => vec![("stacked", json!(false))],
        "alarm" => vec![("sortBy", json!("default"))],
        _ => Vec::new(),
    }
}

/// Of a row of metrics, whose options stand last.
fn without_defaults(row: &mut Value) {
    let options = row.as_array_mut().and_then(|row| row.last_mut());
    if let Some(options) = options.filter(|options| options.is_object()) {
        drop_defaults(
            options,
            &[("visible", json!(true)), ("yAxis", json!("left"))],
        );
    }
}

fn place(widget: &Value) -> Option<(u64, u64)> {
    Some((widget["y"].as_u64()?, widget["x"].as_u64()?))
}

fn items<'a>(owner: &'a mut Value, list: &str) -> &'a mut [Value] {
    let list = owner.get_mut(list).and_then(Value::as_array_mut);
    list.map(Vec::as_mut_slice).unwrap_or_default()
}

fn drop_defaults(owner: &mut Value, defaults: &[(&str, Value)]) {
    if let Some(fields) = owner.as_object_mut() {
        fields.retain(|name, value| {
            !defaults
                .iter()
                .any(|(default, meaning)| name == default && value == meaning)
        });
    }
}
