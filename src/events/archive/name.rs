//! What the name of a CloudTrail file tells: whose it is, of which region, and when it was delivered.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UNIQUE.json.gz` (CloudTrail user guide, "CloudTrail log file examples").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name<'n> {
    pub account: &'n str,
    pub region: &'n str,
    /// The minute in which the file was delivered: no event in it is later than that minute.
    pub time: Timestamp,
}

/// What a file is, by its name alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'n> {
    Log(Name<'n>),
    /// A digest, an insight or another kind of file that CloudTrail keeps beside its logs.
    Sibling,
    /// It looks like records, but is not named as CloudTrail does.
    Foreign,
    /// Nothing to do with records.
    Other,
}

const ENDINGS: [&str; 2] = [".json.gz", ".json"];
const TIME: &str = "%Y%m%dT%H%MZ";
/// Digits of an AWS account's number.
const ACCOUNT_DIGITS: usize = 12;

impl<'n> Kind<'n> {
    pub(super) fn of(file_name: &'n str) -> Self {
        let Some(stem) = stem(file_name) else {
            return Self::Other;
        };
        match log(stem) {
            Some(name) => Self::Log(name),
            None if stem.contains("_CloudTrail-") => Self::Sibling,
            None => Self::Foreign,
        }
    }
}

/// Whether a name ends as a file of records does.
pub(super) fn is_of_records(file_name: &str) -> bool {
    stem(file_name).is_some()
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn stem(file_name: &str) -> Option<&str> {
    ENDINGS
        .iter()
        .find_map(|ending| file_name.strip_suffix(ending))
}

fn log(stem: &str) -> Option<Name<'_>> {
    let parts: Vec<&str> = stem.split('_').collect();
    let [account, "CloudTrail", region, time, _unique] = parts[..] else {
        return None;
    };
    let time = DateTime::strptime(TIME, time).ok()?;
    let time = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    is_account(account).then_some(Name {
        account,
        region,
        time,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_account_region_and_time() {
        let kind =
            Kind::of("111122223333_CloudTrail_us-east-2_20260309T2355Z_sU6e4wbXqaTVbS3W.json.gz");
        let time = "2026-03-09T23:55:00Z".parse();
        assert_eq!(
            kind,
            Kind::Log(Name {
                account: "111122223333",
                region: "us-east-2",
                time: time.unwrap_or_default(),
            })
        );
    }

    #[test]
    fn other_files_are_told_apart() {
        let digest =
            "111122223333_CloudTrail-Digest_us-east-2_trail_us-east-2_20260309T2355Z.json.gz";
        assert_eq!(Kind::of(digest), Kind::Sibling);
        assert_eq!(Kind::of("notes.json"), Kind::Foreign);
        assert_eq!(Kind::of("notes.txt"), Kind::Other);
        let no_time = "111122223333_CloudTrail_us-east-2_20269909T2355Z_sU6e4wbXqaTVbS3W.json.gz";
        assert_eq!(Kind::of(no_time), Kind::Foreign);
    }
}
