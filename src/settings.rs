//! What a stack is made of: the choices of a person (flags, or recorded on an earlier run) and the defaults.
//!
//! There is no state file. Choices that differ from the defaults are tags `ecrmon:<choice>` of our trail (or, where a
//! person's trail was attached, of our role), so that a plain command later means the same stack.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::aws::Aws;
use crate::error::Usage;
use crate::names;

pub(crate) type Tags = BTreeMap<String, String>;

/// The tag that says "made by ecrmon, part of this stack"; its value is the trail's name.
pub(crate) const STACK_TAG: &str = "ecrmon:stack";
const RECORD_PREFIX: &str = "ecrmon:";
/// Choices of this form are tags that the person wants on what we create.
const TAG_PREFIX: &str = "tag:";

pub(crate) const DEFAULT_TRAIL: &str = "ecr-monitor-trail";
const DEFAULT_LOG_GROUP: &str = "/aws/cloudtrail/ecr-logs";
const DEFAULT_DASHBOARD: &str = "ECR-Operations-Dashboard";
const DEFAULT_RETENTION: &str = "90";

/// Choices by the name of their flag. Values are checked when they are made, by [`names`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Choices(BTreeMap<String, String>);

impl Choices {
    pub(crate) fn set(&mut self, choice: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.0.insert(choice.to_owned(), value.to_string());
        }
    }

    pub(crate) fn tag(&mut self, key: &str, value: &str) {
        self.0
            .insert(format!("{TAG_PREFIX}{key}"), value.to_owned());
    }

    fn get(&self, choice: &str) -> Option<&str> {
        self.0.get(choice).map(String::as_str)
    }

    fn overlaid_by(&self, flags: &Self) -> Self {
        Self(self.0.clone().into_iter().chain(flags.0.clone()).collect())
    }

    /// Reads the choices back from the tags of a trail or role.
    ///
    /// # Errors
    /// [`Usage`] if somebody wrote a value that the flag of that name would refuse.
    pub(crate) fn recorded_in(tags: &Tags, owner: &str) -> Result<Self, Usage> {
        let mut choices = Self::default();
        for (key, value) in tags {
            let Some(choice) = key.strip_prefix(RECORD_PREFIX).filter(|_| key != STACK_TAG) else {
                continue;
            };
            let value = decode(value);
            check(choice, &value).map_err(|rule| {
                Usage::new(
                    format!("the tag `{key}` of {owner} holds `{value}`: {rule}"),
                    format!("pass `--{choice}` with the value that is meant, or correct the tag"),
                )
            })?;
            choices.0.insert(choice.to_owned(), value);
        }
        Ok(choices)
    }
}

fn check(choice: &str, value: &str) -> Result<String, String> {
    let flag = |value: &str| {
        value
            .parse::<bool>()
            .map(|_| value.to_owned())
            .map_err(|_| "true or false".to_owned())
    };
    match choice {
        "bucket" => names::bucket(value),
        "log-group" => names::log_group(value),
        "role" => names::role(value),
        "role-path" => names::role_path(value),
        "permissions-boundary" => names::permissions_boundary(value),
        "retention" => names::retention(value),
        "expire-logs" => names::expiry(value),
        "prefix" => names::prefix(value),
        "kms-key" | "log-kms-key" => names::kms_key(value),
        "dashboard" => names::dashboard(value),
        "single-region" | "no-dashboard" => flag(value),
        // A newer ecrmon may record more; what is unknown here changes nothing here.
        _ => Ok(value.to_owned()),
    }
}

/// How long a log group keeps its events, longest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Retention {
    Days(i32),
    Never,
}

impl Retention {
    fn read(value: &str) -> Self {
        value.parse().map_or(Self::Never, Self::Days)
    }

    /// The days, or `None` for a group whose events never expire, as AWS has it.
    pub(crate) fn days(self) -> Option<i32> {
        match self {
            Self::Days(days) => Some(days),
            Self::Never => None,
        }
    }
}

impl From<Option<i32>> for Retention {
    fn from(days: Option<i32>) -> Self {
        days.map_or(Self::Never, Self::Days)
    }
}

impl std::fmt::Display for Retention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Days(days) => write!(f, "{days} days"),
            Self::Never => f.write_str("never expire"),
        }
    }
}

impl Serialize for Retention {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.days().serialize(serializer)
    }
}

/// Where a wished retention comes from decides what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetentionWish {
    /// Nobody said anything: 90 days for what we create, and never a shortening.
    Default(Retention),
    /// Said on an earlier run: kept up, but never by a shortening.
    Recorded(Retention),
    /// Said on this command line.
    Asked(Retention),
}

/// A stack, completely described.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub trail: String,
    pub bucket: String,
    pub log_group: String,
    pub role: String,
    pub role_path: String,
    pub permissions_boundary: Option<String>,
    pub retention: RetentionWish,
    /// Days after which archived log files are deleted.
    pub expire_logs: Option<i32>,
    pub prefix: Option<String>,
    pub kms_key: Option<String>,
    pub log_kms_key: Option<String>,
    pub multi_region: bool,
    /// `None` where no dashboard is wanted.
    pub dashboard: Option<String>,
    /// What resources that we create are tagged with: the stack and the person's own tags.
    pub tags: Tags,
    /// Choices that differ from the defaults, as tags for the trail.
    pub record: Tags,
}

impl Settings {
    /// Flags over recorded choices over defaults.
    ///
    /// # Errors
    /// [`Usage`] if the derived bucket name is one that S3 reserves.
    pub(crate) fn resolve(
        trail: &str,
        flags: &Choices,
        recorded: &Choices,
        aws: &Aws,
    ) -> Result<Self, Usage> {
        let choices = recorded.overlaid_by(flags);
        let defaults = Defaults::of(trail, &aws.account, &aws.region);
        let value = |choice: &str| {
            choices
                .get(choice)
                .map_or_else(|| defaults.get(choice), str::to_owned)
        };
        let unless_none =
            |choice: &str| Some(value(choice)).filter(|value| value != "none" && !value.is_empty());
        let retention = Retention::read(&value("retention"));
        let bucket = names::bucket(&value("bucket")).map_err(|rule| {
            Usage::new(
                format!("the bucket's name would be `{}`: {rule}", value("bucket")),
                "name one with `--bucket`",
            )
        })?;
        Ok(Self {
            trail: trail.to_owned(),
            bucket,
            log_group: value("log-group"),
            role: value("role"),
            role_path: value("role-path"),
            permissions_boundary: unless_none("permissions-boundary"),
            retention: match (flags.get("retention"), recorded.get("retention")) {
                (Some(_), _) => RetentionWish::Asked(retention),
                (None, Some(_)) => RetentionWish::Recorded(retention),
                (None, None) => RetentionWish::Default(retention),
            },
            expire_logs: value("expire-logs").parse().ok(),
            prefix: unless_none("prefix"),
            kms_key: unless_none("kms-key"),
            log_kms_key: unless_none("log-kms-key"),
            multi_region: value("single-region") != "true",
            dashboard: (value("no-dashboard") != "true").then(|| value("dashboard")),
            tags: stack_tags(trail, &choices),
            record: choices.differing_from(&defaults),
        })
    }
}

fn stack_tags(trail: &str, choices: &Choices) -> Tags {
    let own = choices
        .0
        .iter()
        .filter_map(|(key, value)| Some((key.strip_prefix(TAG_PREFIX)?.to_owned(), value.clone())));
    std::iter::once((STACK_TAG.to_owned(), trail.to_owned()))
        .chain(own)
        .collect()
}

impl Choices {
    fn differing_from(&self, defaults: &Defaults) -> Tags {
        let differs = |(choice, value): &(&String, &String)| {
            defaults.get(choice) != **value || choice.starts_with(TAG_PREFIX)
        };
        self.0
            .iter()
            .filter(differs)
            .map(|(choice, value)| (format!("{RECORD_PREFIX}{choice}"), encode(value)))
            .collect()
    }
}

/// The workshop's names where it has some, else names derived from the trail's.
struct Defaults {
    bucket: String,
    role: String,
}

impl Defaults {
    fn of(trail: &str, account: &str, region: &str) -> Self {
        let bucket_tail = format!("-{account}-{region}");
        let role_tail = format!("-{region}-logs");
        Self {
            bucket: format!(
                "{}{bucket_tail}",
                names::slug(trail, 63 - bucket_tail.len())
            ),
            role: format!("{}{role_tail}", names::slug(trail, 64 - role_tail.len())),
        }
    }

    fn get(&self, choice: &str) -> String {
        match choice {
            "bucket" => &self.bucket,
            "role" => &self.role,
            "log-group" => DEFAULT_LOG_GROUP,
            "role-path" => "/",
            "dashboard" => DEFAULT_DASHBOARD,
            "retention" => DEFAULT_RETENTION,
            "permissions-boundary" | "kms-key" | "log-kms-key" => "none",
            "expire-logs" => "never",
            "single-region" | "no-dashboard" => "false",
            _ => "",
        }
        .to_owned()
    }
}

/// Tag values take letters, digits and ` +-=._:/@` alone; anything else, and `=` itself, becomes `=` and its code.
fn encode(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" +-._:/@".contains(&byte);
    value
        .bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("={byte:02X}")
            }
        })
        .collect()
}

fn decode(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend(before.bytes());
        let code = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(b'='));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_value_is_read_back_as_it_was() {
        for value in ["/a#b", "role,with,commas", "a=b", "plain", "100 %"] {
            assert_eq!(decode(&encode(value)), value);
            assert!(
                encode(value)
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || " +-=._:/@".contains(c))
            );
        }
    }

    #[test]
    fn only_choices_that_differ_from_the_defaults_are_recorded() {
        let mut choices = Choices::default();
        choices.set("retention", Some("90"));
        choices.set("prefix", Some("team"));
        choices.tag("owner", "platform");
        let record = choices.differing_from(&Defaults::of("t", "123456789012", "eu-west-1"));
        assert_eq!(
            record.keys().collect::<Vec<_>>(),
            ["ecrmon:prefix", "ecrmon:tag:owner"]
        );
    }

    #[test]
    fn a_value_that_the_flag_would_refuse_is_not_taken_from_a_tag() {
        let tags = Tags::from([("ecrmon:retention".to_owned(), "91".to_owned())]);
        assert!(Choices::recorded_in(&tags, "trail `t`").is_err());
    }
}
