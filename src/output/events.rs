//! Events and operations as rows: a line that tells a person who did what, when and from where.

use jiff::Timestamp;
use serde_json::Value;

use super::grid::{Cell, Column};
use super::stream::{Breadth, Look, Row};
use crate::events::{Action, Event, Image, Operation, Reach};
use crate::terminal::Tone;

/// What ECR itself is called where it hides who called (seen since 2018, newest first).
const FRONT_DOORS: [&str; 3] = [
    "AWS Internal",
    "ecr.amazonaws.com",
    "prod.frontend.ecr.aws.internal",
];

/// The columns of both views.
pub(crate) fn columns(raw: bool, breadth: Breadth) -> Vec<Column> {
    let what = if raw { "CALL" } else { "WHAT" };
    let mut columns = vec![
        Column::new("TIME", 8).whole(),
        Column::new(what, 11),
        Column::new("REPOSITORY", 16),
        Column::new("IMAGE", 28),
        Column::new("WHO", 20),
        Column::new("FROM", 12),
    ];
    if breadth >= Breadth::WithRegion {
        columns.push(Column::new("REGION", 0));
    }
    if breadth == Breadth::Wide {
        let titles = ["ACCOUNT", "CALLS", "USER AGENT", "EVENT ID"];
        columns.extend(titles.map(|title| Column::new(title, 0)));
    }
    columns
}

/// The names of an event's or an operation's fields, in their order.
pub(crate) fn fields(raw: bool) -> Vec<String> {
    let example = if raw {
        serde_json::to_value(Event::default())
    } else {
        serde_json::to_value(Operation::from(Event::default()))
    };
    match example {
        Ok(Value::Object(fields)) => fields.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

impl Row for Event {
    fn cells(&self, look: &Look) -> Vec<Cell> {
        let name = self.event_name().unwrap_or("unknown");
        cells(self, look, what(self, name, 1), 1)
    }
}

impl Row for Operation {
    fn cells(&self, look: &Look) -> Vec<Cell> {
        let event = &self.event;
        let word = match event.action {
            Action::Read | Action::Other => event.event_name().unwrap_or("unknown"),
            action => action.word(),
        };
        cells(event, look, what(event, word, self.times), self.calls)
    }
}

fn cells(event: &Event, look: &Look, what: Cell, calls: u64) -> Vec<Cell> {
    let time = event.time.map(|time| moment(time, look));
    let is_wide = look.breadth == Breadth::Wide;
    let mut row = vec![
        plain(time.unwrap_or_else(|| "unknown".to_owned())),
        what,
        plain(event.repository().unwrap_or("-")),
        image(event, is_wide),
        plain(who(event)),
        plain(from(event)),
    ];
    if look.breadth >= Breadth::WithRegion {
        row.push(plain(event.region().unwrap_or("unknown")));
    }
    if is_wide {
        row.extend([
            plain(event.account().unwrap_or("unknown")),
            plain(calls.to_string()),
            plain(event.user_agent().unwrap_or("unknown")),
            plain(event.event_id().unwrap_or("unknown")),
        ]);
    }
    row
}

fn plain(text: impl Into<String>) -> Cell {
    Cell::new(Tone::Plain, text)
}

fn moment(time: Timestamp, look: &Look) -> String {
    let format = if look.with_day {
        "%Y-%m-%d %H:%M:%S"
    } else {
        "%H:%M:%S"
    };
    time.to_zoned(look.zone.clone())
        .strftime(format)
        .to_string()
}

/// `pull ×3`; what was refused says so first.
fn what(event: &Event, word: &str, times: u64) -> Cell {
    let times = if times > 1 {
        format!(" ×{times}")
    } else {
        String::new()
    };
    if event.is_denied() {
        Cell::new(Tone::Bad, format!("DENIED {word}{times}"))
    } else if event.error_code().is_some() {
        Cell::new(Tone::Warn, format!("FAILED {word}{times}"))
    } else {
        Cell::new(Tone::Plain, format!("{word}{times}"))
    }
}

/// The image, or how many; and what else of the call matters.
fn image(event: &Event, wide: bool) -> Cell {
    let (tone, reach) = match event.policy_allows {
        Some(Reach::Everyone) => (Tone::Bad, Some("now public to all!")),
        Some(Reach::EveryoneUnderConditions) => (Tone::Warn, Some("open to all, under conditions")),
        Some(Reach::Unknown) => (Tone::Warn, Some("policy not readable")),
        Some(Reach::NamedPrincipals) => (Tone::Plain, Some("named principals")),
        Some(Reach::Nobody) => (Tone::Plain, Some("lets in nobody")),
        None => (Tone::Plain, None),
    };
    let is_told = |code: &str| event.detail().is_some_and(|detail| detail.contains(code));
    let failure = event
        .error_code()
        .filter(|code| !event.is_denied() && !is_told(code));
    let parts: Vec<String> = [
        images(event, wide),
        reach.map(str::to_owned),
        event.detail().map(str::to_owned),
        failure.map(str::to_owned),
    ]
    .into_iter()
    .flatten()
    .collect();
    let text = if parts.is_empty() {
        "-".to_owned()
    } else {
        parts.join(", ")
    };
    Cell::new(tone, text)
}

fn images(event: &Event, wide: bool) -> Option<String> {
    let counts = matches!(event.action, Action::Delete | Action::Expire);
    match event.images.as_slice() {
        [] if !event.is_decisive() => Some("layers only".to_owned()),
        [] => None,
        [one] => Some(name(one, wide)),
        many if counts => Some(format!("{} images", many.len())),
        [first, others @ ..] => {
            let tags = others.iter().filter(|image| image.tag.is_some()).count();
            let more = match (tags, others.len() - tags) {
                (0, parts) => format!("{parts} by digest"),
                (tags, 0) => format!("{tags} more"),
                (tags, parts) => format!("{tags} more, {parts} by digest"),
            };
            Some(format!("{} (+{more})", name(first, wide)))
        }
    }
}

/// `v1.4.2 sha256:98c8a1b2c3d4…`.
fn name(image: &Image, wide: bool) -> String {
    let digest = image.digest.as_deref().map(|digest| short(digest, wide));
    let tag = image.tag.as_deref().map(str::to_owned);
    let parts: Vec<String> = tag.into_iter().chain(digest).collect();
    parts.join(" ")
}

/// So many of a digest's 64 digits tell images apart, as docker has it.
const DIGITS: usize = 12;

fn short(digest: &str, wide: bool) -> String {
    let end = "sha256:".len() + DIGITS;
    match digest.get(..end) {
        Some(beginning) if !wide && digest.len() > end => format!("{beginning}…"),
        _ => digest.to_owned(),
    }
}

/// The principal, with its account where that is another one than the event's.
fn who(event: &Event) -> String {
    let principal = event.principal().unwrap_or("unknown");
    match (event.principal_account(), event.account()) {
        (Some(theirs), Some(ours)) if theirs != ours && !principal.contains(theirs) => {
            format!("{principal} of {theirs}")
        }
        _ => principal.to_owned(),
    }
}

/// The address, or that AWS hides it and what is known instead.
fn from(event: &Event) -> String {
    let door = match (event.source_ip(), event.via()) {
        (Some(address), _) => Some(address.to_owned()),
        (None, Some(via)) if FRONT_DOORS.contains(&via) => Some("via ECR".to_owned()),
        (None, Some(service)) => Some(format!("via {service}")),
        (None, None) => None,
    };
    let instead = event.vpc_endpoint().or_else(|| {
        let agent = event.user_agent()?;
        let hidden = event.source_ip().is_some() || event.via() == Some(agent);
        agent
            .split_whitespace()
            .next()
            .filter(|_| !hidden && !FRONT_DOORS.contains(&agent))
    });
    let parts: Vec<&str> = door.as_deref().into_iter().chain(instead).collect();
    if parts.is_empty() {
        "not recorded".to_owned()
    } else {
        parts.join(", ")
    }
}
