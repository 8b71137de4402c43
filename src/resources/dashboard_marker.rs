//! The line in a dashboard's header that says who made it, and a hash that tells whether somebody changed it since.

use serde_json::Value;

use crate::names;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    pub version: String,
    pub stack: String,
    pub region: String,
    hash: String,
}

/// How a marker begins; the rest is `KEY value` pairs in backticks.
const BEGIN: &str = "Made by ecrmon ";
/// Stands for the hash while the hash is computed.
const NO_HASH: &str = "-";
const HASH_LENGTH: usize = 16;

impl Marker {
    /// A body with a marker in it, whose hash is the body's own.
    pub(super) fn seal(stack: &str, region: &str, body: impl Fn(&str) -> Value) -> Value {
        let mut marker = Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            stack: stack.to_owned(),
            region: region.to_owned(),
            hash: NO_HASH.to_owned(),
        };
        marker.hash = fingerprint(&body(&marker.line()));
        body(&marker.line())
    }

    fn line(&self) -> String {
        let Self {
            version,
            stack,
            region,
            hash,
        } = self;
        format!("{BEGIN}`{version}` · stack `{stack}` · region `{region}` · body `{hash}`")
    }

    /// The marker of a body, if it has one.
    pub(crate) fn of(body: &Value) -> Option<Self> {
        let widgets = body["widgets"].as_array()?;
        let markdown = widgets.iter().find_map(|widget| {
            widget["properties"]["markdown"]
                .as_str()
                .filter(|text| text.contains(BEGIN))
        })?;
        let line = &markdown[markdown.find(BEGIN)?..];
        let mut values = line.split('`').skip(1).step_by(2).map(str::to_owned);
        Some(Self {
            version: values.next()?,
            stack: values.next()?,
            region: values.next()?,
            hash: values.next()?,
        })
    }

    /// Whether the body is still as it was when the marker was made.
    pub(crate) fn is_intact(&self, body: &Value) -> bool {
        let unsealed = Self {
            hash: NO_HASH.to_owned(),
            ..self.clone()
        };
        fingerprint(&replaced(body, &self.line(), &unsealed.line())) == self.hash
    }
}

fn replaced(value: &Value, from: &str, to: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace(from, to)),
        Value::Array(values) => values
            .iter()
            .map(|value| replaced(value, from, to))
            .collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), replaced(value, from, to)))
            .collect(),
        other => other.clone(),
    }
}

fn fingerprint(body: &Value) -> String {
    let mut body = body.clone();
    body.sort_all_objects();
    names::hash(&body.to_string())[..HASH_LENGTH].to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sealed() -> Value {
        Marker::seal(
            "ecr-monitor-trail",
            "eu-west-1",
            |line| json!({"widgets": [{"properties": {"markdown": format!("# x\n{line}")}}]}),
        )
    }

    #[test]
    fn a_body_as_made_is_intact_however_its_keys_are_ordered() {
        let body = sealed();
        let marker = Marker::of(&body).expect("a marker");
        assert_eq!(
            (marker.stack.as_str(), marker.region.as_str()),
            ("ecr-monitor-trail", "eu-west-1")
        );
        assert!(marker.is_intact(&body));
        assert!(marker.is_intact(&serde_json::from_str(&body.to_string()).expect("JSON")));
    }

    #[test]
    fn a_body_with_one_word_changed_is_not_intact() {
        let mut body = sealed();
        body["widgets"]
            .as_array_mut()
            .expect("widgets")
            .push(json!({"type": "text"}));
        assert!(!Marker::of(&body).expect("a marker").is_intact(&body));
    }

    #[test]
    fn a_body_of_somebody_else_has_no_marker() {
        assert_eq!(
            Marker::of(&json!({"widgets": [{"properties": {"markdown": "# mine"}}]})),
            None
        );
    }
}
