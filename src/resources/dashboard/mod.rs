//! The CloudWatch dashboard: what it is made to show ([`Content`], a pure value) and its body, whose it is, and the
//! calls that read and write it.
//!
//! [`look`] finds out what there is to show; it is asked only when a dashboard is made or made anew. What was decided
//! then is read back from the body ([`Dashboard::recorded`]), so that a later `setup` wants what is there.

mod alarms;
mod body;
mod complaints;
mod content;
mod fields;
mod header;
pub(crate) mod list;
mod logs;
pub(crate) mod look;
mod marker;
mod metrics;
mod normal;
mod owner;
mod published;
mod recorded;
mod repositories;
mod resource;
mod search;
mod selector;
mod widget;

pub(crate) use content::Content;
pub(crate) use owner::Owner;
pub(crate) use resource::Dashboard;
