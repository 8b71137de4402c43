//! What a person did, made of the calls that their tools made for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::action::Action;
use super::event::{Event, Image};

/// One or more calls that belong together.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Operation {
    /// The call that decides, such as a push's `PutImage`, with the images of all calls.
    #[serde(flatten)]
    pub event: Event,
    pub calls: u64,
    /// How often it was done: as often as the image that was asked for most.
    pub times: u64,
    /// The times of the first and the last call.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// What the calls of one operation have in common. The calls of other actions stand alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Kinship<'e> {
    action: Action,
    /// AWS's name of the calls; that of pushes and pulls, which are made of several, does not matter.
    call: Option<&'e str>,
    account: Option<&'e str>,
    region: Option<&'e str>,
    owner: Option<&'e str>,
    repository: Option<&'e str>,
    principal: Option<&'e str>,
    principal_arn: Option<&'e str>,
    error_code: Option<&'e str>,
    detail: Option<&'e str>,
}

impl<'e> Kinship<'e> {
    /// `None` for a call that is an operation by itself.
    pub(super) fn of(event: &'e Event) -> Option<Self> {
        use Action::{Delete, Expire, Login, Pull, Push, Read, Storage};
        let comes_in_many = matches!(
            event.action,
            Push | Pull | Delete | Expire | Login | Read | Storage
        );
        let is_of_several = matches!(event.action, Push | Pull);
        // Without a time nothing is close to it.
        (comes_in_many && event.time.is_some()).then_some(Self {
            action: event.action,
            call: event.event_name().filter(|_| !is_of_several),
            account: event.account(),
            region: event.region(),
            owner: event.owner(),
            repository: event.repository(),
            principal: event.principal(),
            principal_arn: event.principal_arn(),
            error_code: event.error_code(),
            detail: event.detail(),
        })
    }
}

/// An operation whose calls are still coming.
#[derive(Debug)]
pub(super) struct Growing {
    operation: Operation,
    /// The image that the deciding call names first.
    named: Option<Image>,
    images: BTreeMap<Image, u64>,
    decisive_calls: u64,
}

impl Growing {
    pub(super) fn of(mut event: Event) -> Self {
        let images = std::mem::take(&mut event.images);
        let mut growing = Self {
            named: named_first(&images).cloned(),
            images: BTreeMap::new(),
            decisive_calls: u64::from(event.is_decisive()),
            operation: event.into(),
        };
        growing.count(images);
        growing
    }

    pub(super) fn add(&mut self, mut event: Event) {
        let images = std::mem::take(&mut event.images);
        let operation = &mut self.operation;
        operation.calls += 1;
        operation.from = operation.from.min(event.time).or(event.time);
        operation.until = operation.until.max(event.time);
        self.decisive_calls += u64::from(event.is_decisive());
        let named = named_first(&images);
        if weight(&event, named) > weight(&operation.event, self.named.as_ref()) {
            self.named = named.cloned();
            operation.event = event;
        }
        self.count(images);
    }

    fn count(&mut self, images: Vec<Image>) {
        for image in images {
            *self.images.entry(image).or_default() += 1;
        }
    }

    pub(super) fn has(&self, kinship: Kinship<'_>) -> bool {
        Kinship::of(&self.operation.event) == Some(kinship)
    }

    pub(super) fn from(&self) -> Option<Timestamp> {
        self.operation.from
    }

    pub(super) fn until(&self) -> Option<Timestamp> {
        self.operation.until
    }

    pub(super) fn images(&self) -> usize {
        self.images.len()
    }

    pub(super) fn finish(self) -> Operation {
        let mut operation = self.operation;
        operation.times = match self.images.values().max() {
            Some(most) => *most,
            None => self.decisive_calls.max(1),
        };
        let mut images: Vec<Image> = self.images.into_keys().collect();
        images.sort_by_key(|image| (self.named.as_ref() != Some(image), image.tag.is_none()));
        operation.event.images = images;
        operation
    }
}

/// People know an image by its tag.
fn named_first(images: &[Image]) -> Option<&Image> {
    let tagged = images.iter().find(|image| image.tag.is_some());
    tagged.or(images.first())
}

/// The call of the most weight decides, in whatever order they come: of those that name a tag, as the last one of a
/// push and the first one of a pull do, the latest. An operation's time, tag and digest are all of that call.
fn weight<'e>(event: &'e Event, named: Option<&Image>) -> impl PartialOrd + use<'e> {
    let has_tag = named.is_some_and(|image| image.tag.is_some());
    let decides = event.is_decisive();
    (decides, has_tag, event.time, event.event_id())
}

impl From<Event> for Operation {
    /// A call that is an operation by itself.
    fn from(event: Event) -> Self {
        Self {
            calls: 1,
            times: 1,
            from: event.time,
            until: event.time,
            event,
        }
    }
}
