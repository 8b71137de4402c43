//! Whom a repository or registry policy lets in.

use serde::Serialize;
use serde_json::Value;

/// Whom a policy allows something; of several statements the widest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reach {
    Nobody,
    NamedPrincipals,
    /// Everyone, as far as a condition lets them; what the condition means is not judged here.
    EveryoneUnderConditions,
    /// What cannot be read may let in anyone.
    Unknown,
    Everyone,
}

impl Reach {
    /// Reads a policy's text.
    pub(crate) fn of(policy_text: &str) -> Self {
        let policy: Value = serde_json::from_str(policy_text).unwrap_or_default();
        let Some(statements) = policy.get("Statement") else {
            return Self::Unknown;
        };
        let widest = one_or_many(statements).iter().map(of_statement).max();
        widest.unwrap_or(Self::Nobody)
    }
}

fn of_statement(statement: &Value) -> Reach {
    match statement["Effect"].as_str() {
        Some("Allow") => of_allow(statement),
        Some("Deny") => Reach::Nobody,
        _ => Reach::Unknown,
    }
}

fn of_allow(statement: &Value) -> Reach {
    // An Allow for everyone but some is an Allow for everyone else.
    let everyone = statement.get("NotPrincipal").is_some() || is_everyone(&statement["Principal"]);
    let conditions = statement["Condition"]
        .as_object()
        .is_some_and(|conditions| !conditions.is_empty());
    match (everyone, conditions) {
        (false, _) => Reach::NamedPrincipals,
        (true, true) => Reach::EveryoneUnderConditions,
        (true, false) => Reach::Everyone,
    }
}

/// `"*"` or `{"AWS": "*"}`, alone or among others.
fn is_everyone(principal: &Value) -> bool {
    match principal {
        Value::Object(kinds) => kinds
            .get("AWS")
            .is_some_and(|principals| one_or_many(principals).iter().any(|one| one == "*")),
        other => one_or_many(other).iter().any(|one| one == "*"),
    }
}

fn one_or_many(value: &Value) -> &[Value] {
    match value {
        Value::Array(many) => many,
        one => std::slice::from_ref(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_widest_statement_counts() {
        let named = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}});
        let everyone = json!({"Effect": "Allow", "Principal": {"AWS": ["x", "*"]}});
        let bound =
            json!({"Effect": "Allow", "Principal": "*", "Condition": {"StringEquals": {"a": "b"}}});
        let denied = json!({"Effect": "Deny", "Principal": "*"});
        let others = json!({"Effect": "Allow", "NotPrincipal": {"AWS": "x"}});
        for (statements, reach) in [
            (json!([named, denied]), Reach::NamedPrincipals),
            (json!([named, bound]), Reach::EveryoneUnderConditions),
            (json!([bound, everyone]), Reach::Everyone),
            (everyone.clone(), Reach::Everyone),
            (others, Reach::Everyone),
            (json!([]), Reach::Nobody),
            (denied.clone(), Reach::Nobody),
            (json!([bound, {"Effect": 7}]), Reach::Unknown),
            (json!([{}, everyone]), Reach::Everyone),
            (json!("Allow"), Reach::Unknown),
        ] {
            let text = json!({"Statement": statements}).to_string();
            assert_eq!(Reach::of(&text), reach, "{text}");
        }
        for text in ["no policy", "{}", "[]"] {
            assert_eq!(Reach::of(text), Reach::Unknown);
        }
    }
}
