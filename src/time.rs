//! Times as AWS gives them and as people read them.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// A time of the SDK’s; `None` outside jiff’s range (years -9999 to 9999).
pub(crate) fn from_aws(time: &aws_smithy_types::DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), time.subsec_nanos().cast_signed()).ok()
}

/// `4 min`, `2 h 4 min`, `3 d 2 h`: the two largest units.
pub(crate) fn span(duration: SignedDuration) -> String {
    let minutes = duration.as_mins().max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// `4 min`, `2 h`, `3 d`, `2 y`: how long ago that was, in its largest unit, a year being 365 days.
pub(crate) fn age(then: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(then).as_mins().max(0);
    let (hours, days) = (minutes / 60, minutes / 1_440);
    match (days / 365, days, hours, minutes) {
        (0, 0, 0, 0) => "now".to_owned(),
        (0, 0, 0, minutes) => format!("{minutes} min"),
        (0, 0, hours, _) => format!("{hours} h"),
        (0, days, _, _) => format!("{days} d"),
        (years, _, _, _) => format!("{years} y"),
    }
}

/// `2 h 4 min ago`.
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> String {
    format!("{} ago", span(now.duration_since(then)))
}

/// `2026-11-21 08:12` in the person's zone, or in UTC, marked so.
pub(crate) fn local(time: Timestamp, utc: bool) -> String {
    if utc {
        time.to_zoned(TimeZone::UTC)
            .strftime("%Y-%m-%d %H:%M UTC")
            .to_string()
    } else {
        time.to_zoned(TimeZone::system())
            .strftime("%Y-%m-%d %H:%M")
            .to_string()
    }
}

/// A text with the RFC 3339 times in it as [`local`] has them.
pub(crate) fn localized(text: &str, utc: bool) -> String {
    let around: &[char] = &['(', ')', ',', ';', ':', '.', ' '];
    let shown = |word: &str| {
        let bare = word.trim_matches(around);
        match bare.parse::<Timestamp>() {
            Ok(time) => word.replace(bare, &local(time, utc)),
            Err(_) => word.to_owned(),
        }
    };
    text.split_inclusive(' ').map(shown).collect()
}

/// A span such as `24h`, `90m` or `2d 4h`.
///
/// # Errors
/// A text that shows what is accepted.
pub(crate) fn parse_span(text: &str) -> Result<SignedDuration, String> {
    let rule = || format!("cannot read `{text}` as a span: use such as `90m`, `24h` or `2d 4h`");
    let span: jiff::Span = text.parse().map_err(|_| rule())?;
    // A day is 24 hours here: an age has no calendar.
    let relative = jiff::SpanRelativeTo::days_are_24_hours();
    let duration = span.to_duration(relative).map_err(|_| rule())?;
    if duration.is_positive() {
        Ok(duration)
    } else {
        Err(rule())
    }
}

/// What the flags that take a time accept, to be shown where one is refused.
pub(crate) const MOMENTS: &str = "use a span (`90m`, `2d 4h`), a day (`today`, `yesterday`, `2026-11-01`) or an RFC 3339 time (`2026-11-01T12:00:00Z`)";

/// A moment as people write it: a span before `now`, the beginning of a day in the zone of `now`, or an RFC 3339 time.
///
/// # Errors
/// A text that shows what is accepted.
pub(crate) fn parse_moment(text: &str, now: &Zoned) -> Result<Timestamp, String> {
    let text = text.trim();
    let day = |day: Result<Zoned, jiff::Error>| {
        day.and_then(|day| day.start_of_day())
            .map(|day| day.timestamp())
            .map_err(|_| MOMENTS.to_owned())
    };
    match text {
        "now" => return Ok(now.timestamp()),
        "today" => return day(Ok(now.clone())),
        "yesterday" => return day(now.yesterday()),
        _ => {}
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if text.len() == "2026-11-01".len()
        && let Ok(date) = text.parse::<jiff::civil::Date>()
    {
        return day(date.to_zoned(now.time_zone().clone()));
    }
    let span = parse_span(text).map_err(|_| MOMENTS.to_owned())?;
    now.timestamp()
        .checked_sub(span)
        .map_err(|_| MOMENTS.to_owned())
}

/// The person's zone, or UTC.
pub(crate) fn zone(utc: bool) -> TimeZone {
    if utc {
        TimeZone::UTC
    } else {
        TimeZone::system()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_in_its_two_largest_units() {
        for (minutes, words) in [
            (0, "less than a minute"),
            (4, "4 min"),
            (124, "2 h 4 min"),
            (1440, "1 d"),
            (4445, "3 d 2 h"),
        ] {
            assert_eq!(span(SignedDuration::from_mins(minutes)), words);
        }
    }

    #[test]
    fn times_in_a_text_are_those_of_the_person() {
        let text = "it (2026-11-01T00:05:59.5Z) ended at 2026-11-02T00:00:00Z: 5 of 6 at 12:00.";
        assert_eq!(
            localized(text, true),
            "it (2026-11-01 00:05 UTC) ended at 2026-11-02 00:00 UTC: 5 of 6 at 12:00."
        );
    }

    #[test]
    fn moments_are_read_as_people_write_them_and_nothing_else_is() {
        let now: Zoned = "2026-11-21T12:00:00+01:00[Europe/Berlin]"
            .parse()
            .expect("a time");
        for (text, moment) in [
            ("1h", "2026-11-21T10:00:00Z"),
            ("1h30m", "2026-11-21T09:30:00Z"),
            ("2d 4h", "2026-11-19T07:00:00Z"),
            ("now", "2026-11-21T11:00:00Z"),
            ("today", "2026-11-20T23:00:00Z"),
            ("yesterday", "2026-11-19T23:00:00Z"),
            ("2026-11-01", "2026-10-31T23:00:00Z"),
            ("2026-07-01", "2026-06-30T22:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"),
            ("2026-11-01T12:00:00+02:00", "2026-11-01T10:00:00Z"),
        ] {
            let read = parse_moment(text, &now).map(|time| time.to_string());
            assert_eq!(read.as_deref(), Ok(moment), "{text}");
        }
        for text in [
            "",
            "2 months ago",
            "1",
            "tomorrow",
            "-1h",
            "2026-13-01",
            "2026-11",
            "12:00",
            "2026-11-01T12:00:00",
            "20261101",
            "1y",
        ] {
            assert!(parse_moment(text, &now).is_err(), "{text}");
        }
    }

    #[test]
    fn spans_are_read_as_people_write_them_and_nothing_else_is() {
        assert_eq!(parse_span("24h"), Ok(SignedDuration::from_hours(24)));
        assert_eq!(parse_span("2d 4h"), Ok(SignedDuration::from_hours(52)));
        for text in ["", "soon", "-1h", "0s", "24"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
    }
}
