//! Events of a registry, from any source, as one stream.
//!
//! ```text
//! source -> sink -> sequence (in order, each once) -> operations or rows or counts -> output
//! ```
//!
//! A source answers a [`Query`] by telling its [`Sink`] what it finds, and by a [`Reading`] at the end. What is not
//! here: flags (`commands/events`), and every word that is shown (`output/`).

mod action;
mod archive;
pub(crate) mod athena;
pub(crate) mod choice;
mod count;
mod done;
mod escapes;
mod event;
mod filter;
pub(crate) mod follow;
mod glob;
mod grouping;
mod groups;
mod history;
mod ids;
mod in_order;
pub(crate) mod insights;
mod json;
mod logs;
mod needles;
mod operation;
mod policy;
mod principal;
mod query;
mod record;
mod recorded;
pub(crate) mod regions;
mod scanned;
mod sequence;
mod shape;
mod sink;
mod source;
mod span;
pub(crate) mod stream;
mod tally;
mod telling;
mod uuid;

pub(crate) use action::Action;
pub(crate) use archive::{Archive, Place};
pub(crate) use athena::Athena;
pub(crate) use count::{Counted, Counts, Dimension};
pub(crate) use event::{Event, Image};
pub(crate) use filter::{Filter, Patterns};
pub(crate) use follow::Follow;
pub(crate) use glob::{Globs, parse_glob};
pub(crate) use grouping::Grouping;
pub(crate) use history::History;
pub(crate) use insights::Insights;
pub(crate) use logs::{LogGroup, Logs};
pub(crate) use operation::Operation;
pub(crate) use policy::Reach;
pub(crate) use query::{Order, Query, Registry, Window};
pub(crate) use recorded::Recorded;
pub(crate) use sink::{Enough, Found, Reading, Sink};
pub(crate) use source::Source;
