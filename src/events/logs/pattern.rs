//! The part of a query that CloudWatch Logs can look for itself, as a JSON filter pattern (CloudWatch Logs user guide,
//! "Filter pattern syntax"). It may let through what is not wanted, and never leaves out what is: all of it is
//! filtered here again.

use std::collections::BTreeSet;
use std::fmt;

use crate::events::action::DELETION;
use crate::events::filter::Patterns;
use crate::events::query::Query;

/// The longest pattern, in characters (FilterLogEvents, API reference).
const LONGEST: usize = 1_024;

/// What a record must have. Both texts of `Is` are written as they stand: a path, and a value with `*` for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Is(&'static str, String),
    IsTrue(&'static str),
    IsFalse(&'static str),
    IsNull(&'static str),
    Absent(&'static str),
}

use Condition::{Absent, Is, IsFalse, IsNull, IsTrue};

/// All of its clauses must hold, and one condition of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Vec<Condition>>);

impl Pattern {
    /// `None` where no record can be wanted.
    pub(crate) fn of(query: &Query) -> Option<Self> {
        let names = query.filter.event_names();
        if names.is_some_and(|names| names.is_empty()) {
            return None;
        }
        let source = query.registry.event_source().to_owned();
        let mut pattern = Self(vec![vec![Is("$.eventSource", source)]]);
        for clause in clauses(query).into_iter().flatten() {
            pattern.add(clause);
        }
        Some(pattern)
    }

    fn add(&mut self, clause: Vec<Condition>) {
        self.0.push(clause);
        if self.to_string().chars().count() > LONGEST {
            self.0.pop();
        }
    }
}

/// Those that leave out most come first, since one that makes the pattern too long is left out.
fn clauses(query: &Query) -> [Option<Vec<Condition>>; 8] {
    let filter = &query.filter;
    let id = filter.event_id.iter().cloned().collect();
    [
        either("$.eventID", literals(id)),
        either("$.eventName", names(query)),
        filter.errors.then(failures),
        filter.read_only.map(read_only),
        repositories(&filter.repositories),
        either("$.sourceIPAddress", values(&filter.addresses)),
        or_absent("$.awsRegion", literals(filter.regions.clone())),
        or_absent("$.recipientAccountId", literals(filter.accounts.clone())),
    ]
}

fn names(query: &Query) -> Option<Vec<String>> {
    match query.filter.event_names() {
        Some(names) => literals(names.into_iter().map(str::to_owned).collect()),
        None => values(&query.filter.events),
    }
}

/// What failed within a deletion is judged here.
fn failures() -> Vec<Condition> {
    vec![
        Is("$.errorCode", "*".to_owned()),
        Is("$.eventName", DELETION.to_owned()),
    ]
}

/// A record that does not say (event versions before 1.05) is judged here.
fn read_only(reads: bool) -> Vec<Condition> {
    let path = "$.readOnly";
    vec![
        if reads { IsTrue(path) } else { IsFalse(path) },
        Is(path, reads.to_string()),
        Absent(path),
    ]
}

/// A record without this field names its repository elsewhere, if it has one.
fn repositories(patterns: &Patterns) -> Option<Vec<Condition>> {
    let mut clause = or_absent("$.requestParameters.repositoryName", values(patterns))?;
    clause.push(IsNull("$.requestParameters"));
    Some(clause)
}

fn or_absent(path: &'static str, values: Option<Vec<String>>) -> Option<Vec<Condition>> {
    let mut clause = either(path, values)?;
    clause.push(Absent(path));
    Some(clause)
}

/// One of these values; no clause where there are none, or where one of them cannot be said.
fn either(path: &'static str, values: Option<Vec<String>>) -> Option<Vec<Condition>> {
    let values = values.filter(|values| !values.is_empty())?;
    Some(values.into_iter().map(|value| Is(path, value)).collect())
}

/// `None` if one of them cannot be said.
fn literals(texts: BTreeSet<String>) -> Option<Vec<String>> {
    texts
        .into_iter()
        .map(|text| is_plain(&text).then_some(text))
        .collect()
}

/// The patterns in CloudWatch's language, which has `*` alone: `?` becomes `*`, which is wider. `None` if one of them
/// has more: `**` and what is in brackets, or a backslash.
fn values(patterns: &Patterns) -> Option<Vec<String>> {
    let value = |text: &String| {
        let plain = text.split(['*', '?']).all(is_plain);
        (plain && !text.contains("**")).then(|| text.replace('?', "*"))
    };
    patterns.texts().iter().map(value).collect()
}

/// Characters that mean themselves between quotation marks, without a doubt.
fn is_plain(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_ascii_alphanumeric() || " _-./:@+=,".contains(letter))
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ ")?;
        for (number, clause) in self.0.iter().enumerate() {
            f.write_str(if number > 0 { " && (" } else { "(" })?;
            for (number, condition) in clause.iter().enumerate() {
                f.write_str(if number > 0 { " || " } else { "" })?;
                write!(f, "({condition})")?;
            }
            f.write_str(")")?;
        }
        f.write_str(" }")
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Is(path, value) => write!(f, "{path} = \"{value}\""),
            IsTrue(path) => write!(f, "{path} IS TRUE"),
            IsFalse(path) => write!(f, "{path} IS FALSE"),
            IsNull(path) => write!(f, "{path} IS NULL"),
            Absent(path) => write!(f, "{path} NOT EXISTS"),
        }
    }
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
