//! What `ecrmon logs` says: log groups, streams, and messages as they are.

use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::grid::{Cell, Column};
use super::stream::{Breadth, Look, Row, RowWriter};
use super::{Format, Output, Report, table};
use crate::aws::Aws;
use crate::coverage::{Known, TrailFacts};
use crate::error::Exit;
use crate::events::LogGroup;
use crate::events::follow::LogEvent;
use crate::resources::log_groups::{FedGroup, Stream};
use crate::resources::trail::records_text;
use crate::terminal::{Page, Tone};
use crate::time;

const UNKNOWN: &str = "unknown";

#[derive(Serialize)]
pub(crate) struct GroupTable {
    account: String,
    region: String,
    log_groups: Vec<GroupRow>,
    /// What was hidden from us, each with the reason.
    unread: Vec<String>,
    #[serde(skip)]
    utc: bool,
}

#[derive(Serialize)]
struct GroupRow {
    log_group: String,
    region: Option<String>,
    account: Option<String>,
    trails: Vec<FeedingTrail>,
    /// Unknown for one that is hidden from us, as is all that follows.
    exists: Option<bool>,
    /// In words, since events that never expire and an unknown retention are not the same.
    retention: Option<String>,
    stored_bytes: Option<i64>,
    class: Option<String>,
    newest_event: Option<Timestamp>,
    /// Why nothing is known of it.
    hidden: Option<String>,
}

#[derive(Serialize)]
struct FeedingTrail {
    trail: String,
    /// What of ECR it records, in words.
    records: String,
    logging: Option<bool>,
}

impl GroupTable {
    pub(crate) fn new(groups: Vec<FedGroup>, aws: &Aws, utc: bool) -> Self {
        Self {
            account: aws.account.clone(),
            region: aws.region.clone(),
            unread: groups.iter().flat_map(hidden).collect(),
            log_groups: groups
                .into_iter()
                .map(|group| GroupRow::new(group, &aws.region))
                .collect(),
            utc,
        }
    }

    /// Says on stderr what was hidden from us, even under `--quiet`.
    pub(crate) fn say(&self, output: &Output) -> Exit {
        if self.unread.is_empty() {
            return Exit::Done;
        }
        output.tell(|page| {
            for unread in &self.unread {
                page.labelled(Tone::Warn, "not read", unread);
            }
        });
        Exit::Incomplete
    }
}

fn hidden(group: &FedGroup) -> Vec<String> {
    let name = group.place.as_ref().map_or(&group.arn, |place| &place.name);
    let details = match &group.details {
        Known::Known(_) => None,
        Known::Unknown(why) => Some(format!("the log group {name}: {why}")),
    };
    let of_trail = |trail: &TrailFacts| match &trail.status {
        Known::Known(_) => None,
        Known::Unknown(why) => Some(format!(
            "whether the trail {} is logging: {why}",
            trail.name
        )),
    };
    let trails = group.trails.iter().filter_map(of_trail);
    details.into_iter().chain(trails).collect()
}

impl GroupRow {
    fn new(group: FedGroup, region: &str) -> Self {
        let FedGroup {
            arn,
            place,
            trails,
            details,
        } = group;
        let (details, exists, hidden) = match details {
            Known::Known(details) => {
                let exists = details.is_some();
                (details, Some(exists), None)
            }
            Known::Unknown(why) => (None, None, Some(why)),
        };
        let feeding = trails.iter().map(|trail| FeedingTrail {
            trail: trail.name.clone(),
            records: records_text(&trail.records(region)),
            logging: trail.is_logging(),
        });
        // The trail knows of deliveries that the group has not counted in yet.
        let delivered = trails.iter().filter_map(|trail| match &trail.status {
            Known::Known(status) => status.logs_delivery,
            Known::Unknown(_) => None,
        });
        let counted = details.as_ref().and_then(|details| details.newest_event);
        Self {
            trails: feeding.collect(),
            exists,
            newest_event: delivered.chain(counted).max(),
            retention: details
                .as_ref()
                .map(|details| details.retention.to_string()),
            stored_bytes: details.as_ref().and_then(|details| details.stored_bytes),
            class: details.and_then(|details| details.class),
            region: place.as_ref().map(|place| place.region.clone()),
            account: place.as_ref().map(|place| place.account.clone()),
            log_group: place.map_or(arn, |place| place.name),
            hidden,
        }
    }

    fn cells(&self, table: &GroupTable) -> Vec<String> {
        let elsewhere = match (&self.account, &self.region) {
            (Some(account), _) if *account != table.account => format!(" (account {account})"),
            (_, Some(region)) if *region != table.region => format!(" (in {region})"),
            _ => String::new(),
        };
        let missing = match (self.exists, &self.hidden) {
            (Some(false), _) => " (does not exist)".to_owned(),
            (_, Some(why)) => format!(" ({why})"),
            _ => String::new(),
        };
        let trails: Vec<&str> = self
            .trails
            .iter()
            .map(|trail| trail.trail.as_str())
            .collect();
        let mut records: Vec<&str> = self
            .trails
            .iter()
            .map(|trail| trail.records.as_str())
            .collect();
        records.dedup();
        vec![
            format!("{}{elsewhere}{missing}", self.log_group),
            trails.join(", "),
            records.join("; "),
            or_unknown(self.retention.clone()),
            or_unknown(self.stored_bytes.map(bytes)),
            or_unknown(
                self.newest_event
                    .map(|newest| time::local(newest, table.utc)),
            ),
        ]
    }
}

impl Report for GroupTable {
    fn human(&self, page: &mut Page) {
        if self.log_groups.is_empty() {
            page.line("No trail that is seen from here delivers to a log group.");
            return;
        }
        let rows: Vec<_> = self.log_groups.iter().map(|row| row.cells(self)).collect();
        let header = [
            "LOG GROUP",
            "TRAILS",
            "RECORD OF ECR",
            "RETENTION",
            "SIZE",
            "NEWEST EVENT",
        ];
        table::put(page, &header, &rows);
    }

    fn rows(&self) -> Option<Vec<Value>> {
        values(&self.log_groups)
    }
}

#[derive(Serialize)]
pub(crate) struct StreamTable {
    log_group: String,
    region: String,
    streams: Vec<StreamRow>,
    #[serde(skip)]
    utc: bool,
}

#[derive(Serialize)]
struct StreamRow {
    log_stream: String,
    newest_event: Option<Timestamp>,
    oldest_event: Option<Timestamp>,
    stored_bytes: Option<i64>,
}

impl StreamTable {
    pub(crate) fn new(group: LogGroup, streams: Vec<Stream>, utc: bool) -> Self {
        let row = |stream: Stream| StreamRow {
            log_stream: stream.name,
            newest_event: stream.newest_event,
            oldest_event: stream.oldest_event,
            stored_bytes: stream.stored_bytes,
        };
        Self {
            log_group: group.name,
            region: group.region,
            streams: streams.into_iter().map(row).collect(),
            utc,
        }
    }
}

impl Report for StreamTable {
    fn human(&self, page: &mut Page) {
        if self.streams.is_empty() {
            page.line(format!(
                "The log group `{}` has no streams.",
                self.log_group
            ));
            return;
        }
        let moment = |moment: Option<Timestamp>| {
            or_unknown(moment.map(|moment| time::local(moment, self.utc)))
        };
        let rows: Vec<_> = self
            .streams
            .iter()
            .map(|row| {
                vec![
                    row.log_stream.clone(),
                    moment(row.newest_event),
                    moment(row.oldest_event),
                    or_unknown(row.stored_bytes.map(bytes)),
                ]
            })
            .collect();
        table::put(
            page,
            &["STREAM", "NEWEST EVENT", "OLDEST EVENT", "SIZE"],
            &rows,
        );
    }

    fn rows(&self) -> Option<Vec<Value>> {
        values(&self.streams)
    }
}

/// Writes log events as they come: for people the messages alone.
pub(crate) struct TailWriter {
    output: Output,
    group: LogGroup,
    rows: RowWriter,
}

impl TailWriter {
    pub(crate) fn new(output: &Output, group: &LogGroup) -> Self {
        let look = Look {
            name: "log_events",
            columns: vec![Column::new("MESSAGE", 0)],
            fields: ["time", "event_id", "log_stream", "message"]
                .map(str::to_owned)
                .to_vec(),
            by_field: false,
            zone: time::zone(output.utc),
            with_day: true,
            breadth: Breadth::Narrow,
        };
        Self {
            output: output.clone(),
            group: group.clone(),
            rows: RowWriter::new(output, look),
        }
    }

    /// Writes log events at once; breaks off where nobody reads any more.
    ///
    /// # Errors
    /// A failed write.
    pub(crate) fn write(&mut self, events: &[LogEvent]) -> anyhow::Result<ControlFlow<()>> {
        if !matches!(self.output.format, Format::Text) {
            return self.rows.write(events);
        }
        let page = Page::of(|page| {
            for event in events {
                page.line(event.message.trim_end());
            }
        });
        self.output.stream(page.into_text(None).as_bytes())
    }

    /// # Errors
    /// A failed write.
    pub(crate) fn finish(&self) -> anyhow::Result<()> {
        let LogGroup { name, region, .. } = &self.group;
        self.rows
            .finish(&serde_json::json!({ "log_group": name, "region": region }))
    }
}

impl Row for LogEvent {
    fn cells(&self, _: &Look) -> Vec<Cell> {
        vec![Cell::new(Tone::Plain, self.message.as_str())]
    }
}

fn or_unknown(text: Option<String>) -> String {
    text.unwrap_or_else(|| UNKNOWN.to_owned())
}

fn bytes(count: i64) -> String {
    indicatif::BinaryBytes(u64::try_from(count).unwrap_or_default()).to_string()
}

fn values(rows: &[impl Serialize]) -> Option<Vec<Value>> {
    rows.iter()
        .map(|row| serde_json::to_value(row).ok())
        .collect()
}
