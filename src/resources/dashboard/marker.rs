//! The line in a dashboard's header that says who made it and what it was made to show, and a hash that tells whether
//! somebody changed it since.

use serde_json::Value;

use super::normal::normal;
use crate::names;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    pub version: String,
    pub stack: String,
    pub region: String,
    hash: String,
    /// `None` of a dashboard that ecrmon made before it recorded that.
    pub(super) record: Option<Record>,
}

/// What was chosen when it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// Groups of widgets that are not on every dashboard.
    pub shows: Vec<String>,
    pub glob: Option<String>,
}

/// How a marker begins; the rest is `KEY value` pairs in backticks.
const BEGIN: &str = "Made by ecrmon ";
/// Stands for the hash while the hash is computed.
const NO_HASH: &str = "-";
const HASH_LENGTH: usize = 16;
/// What every dashboard shows.
const ALWAYS: [&str; 3] = ["pulls", "calls", "images"];

impl Marker {
    /// A body with a marker in it, whose hash is the body's own.
    pub(super) fn seal(
        stack: &str,
        region: &str,
        record: &Record,
        body: impl Fn(&str) -> Value,
    ) -> Value {
        let mut marker = Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            stack: stack.to_owned(),
            region: region.to_owned(),
            hash: NO_HASH.to_owned(),
            record: Some(record.clone()),
        };
        marker.hash = fingerprint(&normal(&body(&marker.line())));
        body(&marker.line())
    }

    fn line(&self) -> String {
        let Self {
            version,
            stack,
            region,
            hash,
            record,
        } = self;
        let record = record.as_ref().map(Record::words).unwrap_or_default();
        format!("{BEGIN}`{version}` · stack `{stack}` · region `{region}` · body `{hash}`{record}")
    }

    /// A body whose marker says nothing of version and hash: what is to be compared.
    pub(super) fn neutral(body: &Value) -> Value {
        match Self::of(body) {
            None => body.clone(),
            Some(marker) => {
                let neutral = Self {
                    version: NO_HASH.to_owned(),
                    hash: NO_HASH.to_owned(),
                    ..marker.clone()
                };
                replaced(body, &marker.line(), &neutral.line())
            }
        }
    }

    /// The marker of a body, if it has one.
    pub(crate) fn of(body: &Value) -> Option<Self> {
        let widgets = body["widgets"].as_array()?;
        let markdown = widgets.iter().find_map(marked)?;
        let line = &markdown[markdown.find(BEGIN)?..];
        let mut values = line.split('`').skip(1).step_by(2).map(str::to_owned);
        Some(Self {
            version: values.next()?,
            stack: values.next()?,
            region: values.next()?,
            hash: values.next()?,
            record: values.next().map(|shows| Record {
                shows: shows
                    .split(' ')
                    .filter(|word| !ALWAYS.contains(word))
                    .map(str::to_owned)
                    .collect(),
                glob: values.next(),
            }),
        })
    }

    /// Whether the body is still as it was when the marker was made.
    pub(crate) fn is_intact(&self, body: &Value) -> bool {
        let unsealed = Self {
            hash: NO_HASH.to_owned(),
            ..self.clone()
        };
        let body = replaced(body, &self.line(), &unsealed.line());
        // Before there was a record, the hash was that of the body as it stood.
        fingerprint(&normal(&body)) == self.hash || fingerprint(&body) == self.hash
    }
}

impl Record {
    fn words(&self) -> String {
        let shows = ALWAYS
            .into_iter()
            .chain(self.shows.iter().map(String::as_str));
        let shows = shows.collect::<Vec<_>>().join(" ");
        let glob = self.glob.as_ref();
        let glob = glob.map(|glob| format!(" · repositories `{glob}`"));
        format!(" · shows `{shows}`{}", glob.unwrap_or_default())
    }
}

/// The text of a widget that holds the marker.
pub(super) fn marked(widget: &Value) -> Option<&str> {
    let markdown = widget["properties"]["markdown"].as_str();
    markdown.filter(|text| text.contains(BEGIN))
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
#[path = "marker_tests.rs"]
mod tests;
