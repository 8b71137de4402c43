//! What a person wants to know of the events: when, which, in what order.

use jiff::{SignedDuration, Timestamp};

use super::filter::Filter;

/// A question to any source.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub window: Window,
    pub filter: Filter,
    pub order: Order,
    pub registry: Registry,
    /// Whether events carry their record.
    pub keep_records: bool,
}

/// From when, inclusive, until when, exclusive. `until` is a moment fixed when the command began, never "now".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub from: Timestamp,
    pub until: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    #[default]
    NewestFirst,
    OldestFirst,
}

/// Whose events: those of the private registries, or those of ECR Public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Registry {
    #[default]
    Private,
    Public,
}

impl Registry {
    /// CloudTrail's `eventSource`.
    pub(crate) fn event_source(self) -> &'static str {
        match self {
            Self::Private => "ecr.amazonaws.com",
            Self::Public => "ecr-public.amazonaws.com",
        }
    }
}

impl Window {
    pub(crate) fn contains(&self, time: Timestamp) -> bool {
        self.from <= time && time < self.until
    }

    /// What of it can have been delivered by now: until some time ago.
    pub(crate) fn delivered(self, delay: SignedDuration) -> Self {
        self.within(Self {
            from: Timestamp::MIN,
            until: Timestamp::now() - delay,
        })
    }

    /// What both contain; empty if that is nothing.
    pub(crate) fn within(self, other: Self) -> Self {
        let from = self.from.max(other.from);
        Self {
            from,
            until: self.until.min(other.until).max(from),
        }
    }
}

impl Query {
    /// Whether an event answers the question. One whose time is unknown is not held against its window.
    pub(crate) fn wants(&self, event: &crate::events::Event) -> bool {
        event.time.is_none_or(|time| self.window.contains(time))
            && event.event_source() == Some(self.registry.event_source())
            && self.filter.matches(event)
    }
}
