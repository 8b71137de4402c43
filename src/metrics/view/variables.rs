//! A dashboard's variables: what can be selected, and putting in what was (CloudWatch API reference, "Dashboard body
//! structure and syntax", variables).

use std::collections::BTreeSet;

use serde_json::Value;

use super::Selected;
use crate::aws::Aws;
use crate::error::Usage;
use crate::events::Window;
use crate::metrics::data;

/// The default that means the first of what there is.
const FIRST: &str = "__FIRST";

/// Puts in what was given, or else the variable's own default or the first value there is.
///
/// # Errors
/// [`Usage`] where something was given for a variable that there is not; those of reading metrics.
pub(crate) async fn put_in(
    body: &mut Value,
    given: &[(String, String)],
    window: Window,
    aws: &Aws,
) -> anyhow::Result<Vec<Selected>> {
    let variables = body["variables"].as_array().cloned().unwrap_or_default();
    check(given, &variables)?;
    let mut selected = Vec::new();
    for variable in &variables {
        let id = variable["id"].as_str().unwrap_or_default();
        let given = given.iter().find(|(variable, _)| variable == id);
        let value = match given {
            Some((_, value)) => Some(value.clone()),
            None => default(variable, window, aws).await?,
        };
        if let Some(value) = &value {
            replace(&mut body["widgets"], variable, value);
        }
        selected.push(Selected {
            variable: id.to_owned(),
            label: variable["label"].as_str().unwrap_or(id).to_owned(),
            value,
        });
    }
    Ok(selected)
}

fn check(given: &[(String, String)], variables: &[Value]) -> Result<(), Usage> {
    let ids: Vec<&str> = variables
        .iter()
        .filter_map(|variable| variable["id"].as_str())
        .collect();
    match given.iter().find(|(id, _)| !ids.contains(&id.as_str())) {
        None => Ok(()),
        Some((id, _)) if ids.is_empty() => Err(Usage::new(
            format!("this dashboard has no variable `{id}`"),
            "it has none at all: leave `--select` out",
        )),
        Some((id, _)) => Err(Usage::new(
            format!("this dashboard has no variable `{id}`"),
            format!("it has {}", ids.join(", ")),
        )),
    }
}

async fn default(variable: &Value, window: Window, aws: &Aws) -> anyhow::Result<Option<String>> {
    let said = variable["defaultValue"].as_str();
    if let Some(said) = said.filter(|said| *said != FIRST) {
        return Ok(Some(said.to_owned()));
    }
    let listed = variable["values"]
        .as_array()
        .and_then(|values| values.first());
    if let Some(first) = listed.and_then(|value| value["value"].as_str()) {
        return Ok(Some(first.to_owned()));
    }
    match (
        variable["search"].as_str(),
        variable["populateFrom"].as_str(),
    ) {
        (Some(search), Some(dimension)) => first_found(search, dimension, window, aws).await,
        _ => Ok(None),
    }
}

/// The first value of a dimension among the metrics that a SEARCH finds.
async fn first_found(
    search: &str,
    dimension: &str,
    window: Window,
    aws: &Aws,
) -> anyhow::Result<Option<String>> {
    let mut query = data::expression("found", &format!("SEARCH('{search}', 'Sum', 300)"), 300);
    query.label = Some(format!("${{PROP('Dim.{dimension}')}}"));
    let found = data::read(vec![query], window, aws).await?;
    let values: BTreeSet<String> = found.into_iter().map(|series| series.label).collect();
    Ok(values.into_iter().next())
}

fn replace(widgets: &mut Value, variable: &Value, value: &str) {
    match (variable["pattern"].as_str(), variable["property"].as_str()) {
        (Some(pattern), _) => replace_text(widgets, pattern, value),
        (None, Some(property)) => {
            for widget in widgets.as_array_mut().into_iter().flatten() {
                replace_property(&mut widget["properties"], property, value);
            }
        }
        (None, None) => {}
    }
}

/// Wherever it stands. CloudWatch takes the pattern for a regular expression; what a plain text means is the same.
fn replace_text(value: &mut Value, pattern: &str, by: &str) {
    match value {
        Value::String(text) => *text = text.replace(pattern, by),
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| replace_text(value, pattern, by)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|value| replace_text(value, pattern, by)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A property of the widget, or a dimension of its metrics.
fn replace_property(properties: &mut Value, property: &str, value: &str) {
    if let Some(own) = properties.get_mut(property) {
        *own = value.into();
    }
    let rows = properties.get_mut("metrics").and_then(Value::as_array_mut);
    for row in rows.into_iter().flatten().filter_map(Value::as_array_mut) {
        for at in (2..row.len().saturating_sub(1)).step_by(2) {
            if row[at] == property && row[at + 1].is_string() {
                row[at + 1] = value.into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_is_replaced_wherever_it_stands() {
        let mut widgets = json!([{"properties": {"title": "Pulls of chosen", "metrics": [["A", "B", "C", "chosen"]]}}]);
        replace(
            &mut widgets,
            &json!({"type": "pattern", "pattern": "chosen"}),
            "team-a/api",
        );
        assert_eq!(
            widgets[0]["properties"],
            json!({"title": "Pulls of team-a/api", "metrics": [["A", "B", "C", "team-a/api"]]})
        );
    }

    #[test]
    fn a_property_is_set_in_widgets_and_in_the_dimensions_of_metrics() {
        let mut widgets = json!([{"properties": {"region": "eu-west-1", "metrics": [["A", "B", "region", "x", {"label": "x"}]]}}]);
        replace(
            &mut widgets,
            &json!({"type": "property", "property": "region"}),
            "us-east-1",
        );
        assert_eq!(
            widgets[0]["properties"],
            json!({"region": "us-east-1", "metrics": [["A", "B", "region", "us-east-1", {"label": "x"}]]})
        );
    }
}
