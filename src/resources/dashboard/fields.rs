//! A body as people compare it: widget by widget, by their titles.

use serde_json::{Map, Value};

use super::marker::{Marker, marked};
use super::normal::normal;

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
