//! Policy documents in one normal form.
//!
//! AWS gives a document back in other words than it got it: single-element arrays become scalars, orders change.
//! Two documents that say the same are equal in normal form; what is written is the document as composed.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A policy as composed or as found; compared and shown in normal form.
#[derive(Debug, Clone)]
pub(crate) struct Policy(Value);

impl Policy {
    pub(crate) fn new(document: Value) -> Self {
        Self(document)
    }

    /// Reads a document that AWS gave.
    ///
    /// # Errors
    /// A text that says what is wrong, if it is no JSON object with statements.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let document: Value =
            serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        let well_formed = match &document["Statement"] {
            Value::Array(statements) => statements.iter().all(Value::is_object),
            Value::Object(_) => true,
            _ => false,
        };
        if well_formed {
            Ok(Self(document))
        } else {
            Err("it has no list of statements".to_owned())
        }
    }

    pub(crate) fn text(&self) -> String {
        self.0.to_string()
    }

    /// The statements as they stand in the document.
    pub(crate) fn statements(&self) -> Vec<Value> {
        match &self.0["Statement"] {
            Value::Array(statements) => statements.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        }
    }

    /// The same document with other statements.
    pub(crate) fn with_statements(&self, statements: Vec<Value>) -> Self {
        let mut document = self.0.clone();
        document["Statement"] = Value::Array(statements);
        Self(document)
    }

    fn normal(&self) -> Value {
        let Value::Object(document) = &self.0 else {
            return self.0.clone();
        };
        let mut statements: Vec<Value> = self.statements().iter().map(normal_statement).collect();
        statements.sort_by_key(ToString::to_string);
        let mut normal: Map<String, Value> = document
            .iter()
            .filter(|(key, _)| *key != "Statement" && *key != "Id")
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        normal.insert("Statement".to_owned(), Value::Array(statements));
        Value::Object(sorted(normal))
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.normal().serialize(serializer)
    }
}

fn normal_statement(statement: &Value) -> Value {
    let Value::Object(fields) = statement else {
        return statement.clone();
    };
    Value::Object(sorted(
        fields
            .iter()
            .map(|(key, value)| (key.clone(), normal_field(key, value)))
            .collect(),
    ))
}

fn normal_field(key: &str, value: &Value) -> Value {
    match (key, value) {
        ("Sid" | "Effect", _) => value.clone(),
        // `"Principal": "*"` and `{"AWS": "*"}` are the same; S3 gives back the latter.
        ("Principal" | "NotPrincipal", Value::String(all)) if all == "*" => {
            serde_json::json!({"AWS": ["*"]})
        }
        (_, Value::Object(inner)) => Value::Object(sorted(
            inner
                .iter()
                .map(|(key, value)| (key.clone(), normal_field("", value)))
                .collect(),
        )),
        (_, Value::Array(values)) => normal_list(values.clone()),
        (_, scalar) => normal_list(vec![scalar.clone()]),
    }
}

/// Lists have no order in a policy, and `true` is `"true"`.
fn normal_list(values: Vec<Value>) -> Value {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let mut texts: Vec<String> = values.into_iter().map(text).collect();
    texts.sort();
    texts.dedup();
    Value::Array(texts.into_iter().map(Value::String).collect())
}

fn sorted(fields: Map<String, Value>) -> Map<String, Value> {
    let mut pairs: Vec<(String, Value)> = fields.into_iter().collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_that_say_the_same_are_equal() {
        let ours = json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "A", "Effect": "Allow", "Principal": "*", "Action": ["s3:PutObject"], "Resource": ["b", "a"], "Condition": {"Bool": {"aws:SecureTransport": false}}}]});
        let theirs = json!({"Statement":
            {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:PutObject", "Resource": ["a", "b"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            "Version": "2012-10-17"});
        assert_eq!(Policy::new(ours), Policy::new(theirs));
    }

    #[test]
    fn documents_that_differ_in_one_word_are_not_equal() {
        let one = json!({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject"}]});
        let other = json!({"Statement": [{"Effect": "Deny", "Action": "s3:GetObject"}]});
        assert_ne!(Policy::new(one), Policy::new(other));
    }

    #[test]
    fn what_is_no_policy_is_refused_with_a_reason() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"Statement": "x"}"#,
            r#"{"Statement": ["x"]}"#,
        ] {
            assert!(Policy::parse(text).is_err(), "{text}");
        }
    }
}
