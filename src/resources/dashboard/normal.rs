//! When two bodies mean the same: order and documented defaults do not count. And what differs, widget by widget.

use serde_json::{Map, Value, json};

use super::marker::{Marker, marked};

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

/// A body as fields to compare: a field for each widget, by its title, and for each variable.
pub(super) fn fields(body: &Value) -> Map<String, Value> {
    let body = normal(&Marker::neutral(body));
    let mut fields = Map::new();
    for (name, value) in body.as_object().into_iter().flatten() {
        match (name.as_str(), value.as_array()) {
            ("widgets", Some(widgets)) => {
                for (number, widget) in widgets.iter().enumerate() {
                    put(&mut fields, title(widget, number), widget);
                }
            }
            ("variables", Some(variables)) => {
                for variable in variables {
                    let id = variable["id"].as_str().unwrap_or_default();
                    put(&mut fields, format!("variable {id}"), variable);
                }
            }
            _ => put(&mut fields, name.clone(), value),
        }
    }
    fields
}

/// Two widgets may have one title.
fn put(fields: &mut Map<String, Value>, name: String, value: &Value) {
    let names = (2..).map(|number| format!("{name} ({number})"));
    let free = std::iter::once(name.clone())
        .chain(names)
        .find(|name| !fields.contains_key(name));
    fields.insert(free.unwrap_or(name), value.clone());
}

/// What a person calls a widget: its title, `header`, the first words of its text, or its number, from 0 on.
pub(super) fn title(widget: &Value, number: usize) -> String {
    let properties = &widget["properties"];
    let words = || {
        let line = properties["markdown"].as_str()?.lines().next()?;
        Some(line.trim_start_matches('#').trim())
    };
    if marked(widget).is_some() {
        return "header".to_owned();
    }
    let title = properties["title"].as_str().or_else(words);
    match title.filter(|title| !title.is_empty()) {
        Some(title) => title.to_owned(),
        None => format!("widget {}", number + 1),
    }
}
