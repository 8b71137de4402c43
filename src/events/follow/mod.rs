//! New events as they arrive, for as long as somebody reads: each once, none lost, whatever the order they come in.
//!
//! ```text
//! feed (event history | log group) -> overlap (what was told already) -> teller -> reader
//! ```
//!
//! A [`Feed`](feed::Feed) is looked at again and again, each look reaching back over the one before; where AWS tells what arrives
//! (Live Tail), that is heard besides, and looks only make sure. What is not here: how a window is read, and the
//! order in which events are shown.

mod events;
mod feed;
mod follower;
mod history;
mod id;
mod live_tail;
mod log_events;
mod log_group;
mod overlap;
mod trouble;

pub(crate) use events::Follow;
pub(crate) use feed::Told;
pub(crate) use follower::follow;
pub(crate) use log_events::{LogEvent, log_events};
pub(crate) use log_group::LogFeed;
