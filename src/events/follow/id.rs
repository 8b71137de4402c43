//! What a followed event is known again by.

use super::overlap::Id;
use crate::events::Event;

/// What an event without an id says of itself must do.
pub(super) fn id(event: &Event) -> Id {
    match event.event_id() {
        Some(id) => Id::of([id.as_bytes()]),
        None => Id::of([
            b"".as_slice(),
            &serde_json::to_vec(event).unwrap_or_default(),
        ]),
    }
}
