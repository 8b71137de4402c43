//! The names and numbers that a person may give, checked before any call is made. Rules: the services' API models.

use std::str::FromStr;

use sha2::{Digest, Sha256};

/// Days that CloudWatch Logs takes for a retention (PutRetentionPolicy).
const RETENTIONS: [u16; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// Prefixes and suffixes that S3 keeps for itself (S3 user guide, bucket naming rules).
const RESERVED_BUCKET_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_BUCKET_SUFFIXES: [&str; 5] =
    ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

type Checked = Result<String, String>;

fn check(holds: bool, value: &str, rule: &str) -> Checked {
    if holds {
        Ok(value.to_owned())
    } else {
        Err(rule.to_owned())
    }
}

fn length(value: &str, range: std::ops::RangeInclusive<usize>) -> bool {
    range.contains(&value.chars().count())
}

fn made_of(value: &str, others: &str) -> bool {
    value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

fn alphanumeric_ends(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphanumeric())
        && value.ends_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_ip_address(value: &str) -> bool {
    value.parse::<std::net::Ipv4Addr>().is_ok()
}

/// A trail's name: 3 to 128 of `A-Za-z0-9._-`, no two of `._-` side by side (CreateTrail).
pub(crate) fn trail(value: &str) -> Checked {
    let punctuation = |c: char| "._-".contains(c);
    let adjacent = value
        .chars()
        .zip(value.chars().skip(1))
        .any(|(a, b)| punctuation(a) && punctuation(b));
    let holds = length(value, 3..=128)
        && made_of(value, "._-")
        && alphanumeric_ends(value)
        && !adjacent
        && !is_ip_address(value);
    check(
        holds,
        value,
        "a trail's name has 3 to 128 of A-Z a-z 0-9 . _ -, begins and ends with a letter or digit, and has no two of . _ - side by side",
    )
}

/// A trail's name or ARN.
pub(crate) fn trail_or_arn(value: &str) -> Checked {
    let is_arn =
        value.starts_with("arn:") && value.split(':').count() == 6 && value.contains(":trail/");
    if is_arn {
        Ok(value.to_owned())
    } else {
        trail(value)
    }
}

pub(crate) fn bucket(value: &str) -> Checked {
    let holds = length(value, 3..=63)
        && value
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
        && alphanumeric_ends(value)
        && !value.contains("..")
        && !is_ip_address(value)
        && !RESERVED_BUCKET_PREFIXES
            .iter()
            .any(|prefix| value.starts_with(prefix))
        && !RESERVED_BUCKET_SUFFIXES
            .iter()
            .any(|suffix| value.ends_with(suffix));
    check(
        holds,
        value,
        "a bucket's name has 3 to 63 of a-z 0-9 - ., begins and ends with a letter or digit, and avoids what S3 reserves (xn--, -s3alias, …)",
    )
}

/// A log group's name. AWS takes 512 characters; ecrmon records it in a tag, which takes 256.
pub(crate) fn log_group(value: &str) -> Checked {
    let holds = length(value, 1..=200) && made_of(value, "._-/#") && !value.starts_with("aws/");
    check(
        holds,
        value,
        "a log group's name has 1 to 200 of A-Z a-z 0-9 . _ - / #, and does not begin with aws/",
    )
}

pub(crate) fn role(value: &str) -> Checked {
    check(
        length(value, 1..=64) && made_of(value, "+=,.@_-"),
        value,
        "a role's name has 1 to 64 of A-Z a-z 0-9 + = , . @ _ -",
    )
}

/// A role's path: `/`, or `/…/` (CreateRole).
pub(crate) fn role_path(value: &str) -> Checked {
    let holds = value.starts_with('/')
        && value.ends_with('/')
        && length(value, 1..=200)
        && value.chars().all(|c| c.is_ascii_graphic());
    check(
        holds,
        value,
        "a path begins and ends with /, such as /service/monitoring/",
    )
}

pub(crate) fn dashboard(value: &str) -> Checked {
    check(
        length(value, 1..=255) && made_of(value, "_-"),
        value,
        "a dashboard's name has 1 to 255 of A-Z a-z 0-9 _ -",
    )
}

/// A glob for repositories. It is written into the dashboard between backticks, which no repository's name has.
pub(crate) fn repository_glob(value: &str) -> Result<globset::Glob, String> {
    let holds = !value.is_empty() && value.len() <= 256 && made_of(value, "._-/*?[]{},!^");
    check(
        holds,
        value,
        "a glob of repositories has letters, digits and . _ - / with the wildcards `*`, `?`, `[abc]` and `{a,b}`",
    )?;
    crate::events::parse_glob(value)
}

/// A prefix in the bucket, without slashes at its ends; empty for none.
pub(crate) fn prefix(value: &str) -> Checked {
    let holds = value.len() <= 200
        && made_of(value, "!_.*'()-/")
        && !value.starts_with('/')
        && !value.ends_with('/')
        && !value.contains("//");
    check(
        holds,
        value,
        "a prefix has at most 200 of A-Z a-z 0-9 ! _ . * ' ( ) - /, and no slash at its ends",
    )
}

/// The ARN of a KMS key, or `none`. Not an alias: AWS answers with the key, and the two would never compare equal.
pub(crate) fn kms_key(value: &str) -> Checked {
    let is_arn = value.starts_with("arn:") && value.contains(":kms:") && value.contains(":key/");
    check(
        is_arn || value == "none",
        value,
        "a key is named by its ARN (arn:aws:kms:REGION:ACCOUNT:key/ID), or `none`",
    )
}

/// The ARN of a managed policy, or `none`.
pub(crate) fn permissions_boundary(value: &str) -> Checked {
    let is_arn =
        value.starts_with("arn:") && value.contains(":iam::") && value.contains(":policy/");
    check(
        is_arn || value == "none",
        value,
        "a boundary is named by its policy's ARN (arn:aws:iam::ACCOUNT:policy/NAME), or `none`",
    )
}

/// A retention that CloudWatch Logs takes, in days, or `never` (expire).
pub(crate) fn retention(value: &str) -> Checked {
    let legal = value == "never"
        || value
            .parse::<u16>()
            .is_ok_and(|days| RETENTIONS.contains(&days) && days.to_string() == value);
    let list = RETENTIONS.map(|days| days.to_string()).join(", ");
    check(
        legal,
        value,
        &format!(
            "CloudWatch Logs keeps events for one of {list} days, or `never` lets them expire"
        ),
    )
}

/// Days after which archived log files are deleted, or `never`.
pub(crate) fn expiry(value: &str) -> Checked {
    let legal = value == "never"
        || value
            .parse::<i32>()
            .is_ok_and(|days| days > 0 && days.to_string() == value);
    check(
        legal,
        value,
        "log files expire after a whole number of days from 1 on, or `never`",
    )
}

/// How many of something: one at least.
pub(crate) fn count<N: FromStr + PartialOrd + From<u8>>(value: &str) -> Result<N, String> {
    let count = value.parse().ok().filter(|count| *count >= N::from(1));
    count.ok_or_else(|| "use a whole number from 1 on".to_owned())
}

/// A region's code, as in an endpoint's host name.
pub(crate) fn region(value: &str) -> Checked {
    let holds = length(value, 1..=40)
        && value
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    check(
        holds,
        value,
        "a region's code has a-z 0-9 -, such as eu-west-1",
    )
}

/// The address of an AWS endpoint.
pub(crate) fn endpoint_url(value: &str) -> Checked {
    let host = ["http://", "https://"]
        .iter()
        .find_map(|scheme| value.strip_prefix(scheme));
    let holds = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        && value.chars().all(|c| c.is_ascii_graphic());
    check(
        holds,
        value,
        "an address is http://HOST or https://HOST, with a port if need be",
    )
}

/// An account's twelve digits.
pub(crate) fn account(value: &str) -> Checked {
    check(
        value.len() == 12 && value.chars().all(|c| c.is_ascii_digit()),
        value,
        "an account has twelve digits",
    )
}

/// `KEY=VALUE` for a tag; `aws:` and `ecrmon:` are reserved.
pub(crate) fn tag(value: &str) -> Result<(String, String), String> {
    let allowed = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || " +-=._:/@".contains(c))
    };
    let (key, tag_value) = value.split_once('=').ok_or("a tag is KEY=VALUE")?;
    let reserved = ["aws:", "ecrmon:"]
        .iter()
        .any(|prefix| key.to_lowercase().starts_with(prefix));
    if reserved
        || !length(key, 1..=100)
        || !allowed(key)
        || !length(tag_value, 0..=256)
        || !allowed(tag_value)
    {
        return Err("a tag is KEY=VALUE: letters, digits, spaces and + - = . _ : / @, the key 1 to 100 long and not beginning with aws: or ecrmon:".to_owned());
    }
    Ok((key.to_owned(), tag_value.to_owned()))
}

/// Six characters that tell two texts apart.
pub(crate) fn short_hash(text: &str) -> String {
    hash(text)[..6].to_owned()
}

/// SHA-256 as 64 hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    let digits = |byte: &u8| {
        [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
    };
    Sha256::digest(text.as_bytes())
        .iter()
        .flat_map(digits)
        .collect()
}

/// The trail's name as a part of other names: lower case, `-` for what else is not a letter or digit, at most
/// `room` characters, and with a hash of the original whenever anything was changed, so that two trails never meet.
pub(crate) fn slug(trail: &str, room: usize) -> String {
    let plain: String = trail
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    if plain == trail && plain.len() <= room {
        return plain;
    }
    let kept: String = plain.chars().take(room.saturating_sub(7)).collect();
    format!("{}-{}", kept.trim_end_matches('-'), short_hash(trail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_the_name_itself_where_nothing_must_change() {
        assert_eq!(slug("ecr-monitor-trail", 30), "ecr-monitor-trail");
    }

    #[test]
    fn names_that_differ_only_in_what_is_cut_or_replaced_get_different_slugs() {
        for (one, other) in [
            ("ECR.Trail", "ecr_trail"),
            ("Trail", "trail"),
            (&*"a".repeat(100), &*"a".repeat(101)),
        ] {
            assert_ne!(slug(one, 30), slug(other, 30));
            assert!(slug(one, 30).len() <= 30 && slug(other, 30).len() <= 30);
        }
    }

    #[test]
    fn the_rules_of_names_are_those_of_the_services() {
        for (rule, good, bad) in [
            (
                trail as fn(&str) -> Checked,
                vec!["ecr-monitor-trail", "a.b"],
                vec!["my--x", "my-_x", "ab", "-ab", "192.168.5.4", "a b c"],
            ),
            (
                bucket,
                vec!["my-bucket", "a.b.c"],
                vec![
                    "My",
                    "ab",
                    "a..b",
                    "xn--abc",
                    "abc-s3alias",
                    "10.0.0.1",
                    "-abc",
                ],
            ),
            (
                log_group,
                vec!["/aws/cloudtrail/ecr-logs", "a#b"],
                vec!["", "aws/x", "a b", "a:b"],
            ),
            (
                retention,
                vec!["1", "90", "3653", "never"],
                vec!["91", "0", "-1", "090", "ninety"],
            ),
            (expiry, vec!["1", "3650", "never"], vec!["0", "-3", "1.5"]),
            (prefix, vec!["", "a/b"], vec!["/a", "a/", "a//b", "a b"]),
            (
                account,
                vec!["123456789012"],
                vec!["12345678901", "abcdefghijkl"],
            ),
            (role_path, vec!["/", "/a/b/"], vec!["a", "/a", "a/"]),
        ] {
            for value in good {
                assert!(rule(value).is_ok(), "{value} should be allowed");
            }
            for value in bad {
                assert!(rule(value).is_err(), "{value} should be refused");
            }
        }
    }
}
