//! One call to ECR, or one act of ECR itself, as CloudTrail recorded it. What is not known is `None`.

use std::ops::{Deref, DerefMut};

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::action::Action;
use super::policy::Reach;
use super::uuid::uuid;

/// An event: a handle of what is known of it, since it passes through many hands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Event(Box<Facts>);

/// What is known of an event. All its words lie in one text: there are many events, and of each little else is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// When the call was made, to the second.
    pub time: Option<Timestamp>,
    pub action: Action,
    pub images: Vec<Image>,
    pub read_only: Option<bool>,
    /// Whom a policy that was set lets in.
    pub policy_allows: Option<Reach>,
    /// The record as CloudTrail wrote it, where the query asks for it.
    pub record: Option<Box<str>>,
    /// The number of its id, if that is a UUID as CloudTrail's are: for who looks at many events, and at nothing else
    /// of them.
    pub(super) uuid: Option<u128>,
    pub(super) words: Words,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) struct Image {
    pub tag: Option<Box<str>>,
    pub digest: Option<Box<str>>,
}

/// The words of an event, one after the other, and where each fact's are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    text: String,
    /// From and until; an empty range where the fact is not known.
    places: [(u32, u32); FACTS],
}

/// Declares what may be known of an event in words, and how to ask for it.
macro_rules! facts {
    ($($(#[$about:meta])* $fact:ident: $name:ident,)*) => {
        /// What may be known of an event in words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Fact {
            $($fact,)*
        }

        const FACTS: usize = [$(Fact::$fact),*].len();

        impl Facts {
            $(
                $(#[$about])*
                pub(crate) fn $name(&self) -> Option<&str> {
                    self.words.get(Fact::$fact)
                }
            )*
        }
    };
}

facts! {
    EventId: event_id,
    /// AWS's name of the call, such as `PutImage`.
    EventName: event_name,
    Repository: repository,
    /// Who, as people know them: `role/ci (build-812)`.
    Principal: principal,
    PrincipalArn: principal_arn,
    /// The account of who called.
    PrincipalAccount: principal_account,
    AccessKeyId: access_key_id,
    /// Where the call came from; unknown where AWS hides it, as it does for docker's pushes and pulls.
    SourceIp: source_ip,
    /// The AWS service that called, or that hides who did: `AWS Internal` is ECR's own front door.
    Via: via,
    VpcEndpoint: vpc_endpoint,
    UserAgent: user_agent,
    Region: region,
    /// The account whose event this is.
    Account: account,
    /// The account that owns the repository.
    Owner: owner,
    ErrorCode: error_code,
    ErrorMessage: error_message,
    /// What else of the call matters: the new setting, or what failed in it.
    Detail: detail,
    EventSource: event_source,
    EventType: event_type,
    RequestId: request_id,
    /// The same for the records of one call in several accounts.
    SharedEventId: shared_event_id,
}

/// Bytes that the words of most events fit in.
const ROOM: usize = 768;

impl Words {
    pub(super) fn with_room() -> Self {
        Self {
            text: String::with_capacity(ROOM),
            places: Default::default(),
        }
    }

    fn get(&self, fact: Fact) -> Option<&str> {
        let (from, until) = self.places[fact as usize];
        let words = self.text.get(from as usize..until as usize);
        words.filter(|words| !words.is_empty())
    }

    /// Makes a fact known. A text of 4 GiB, which no record has, leaves it unknown.
    fn set(&mut self, fact: Fact, words: &str) {
        let from = self.text.len();
        if let (Ok(from), Ok(until)) = (from.try_into(), (from + words.len()).try_into()) {
            self.text.push_str(words);
            self.places[fact as usize] = (from, until);
        }
    }
}

impl From<Facts> for Event {
    fn from(facts: Facts) -> Self {
        Self(Box::new(facts))
    }
}

impl Deref for Event {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl DerefMut for Event {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.0
    }
}

impl Facts {
    /// Makes a fact known where it is not.
    pub(super) fn complete(&mut self, fact: Fact, words: Option<&str>) {
        if let Some(words) = words.filter(|_| self.words.get(fact).is_none()) {
            self.set(fact, words);
        }
    }

    /// Makes a fact known.
    pub(super) fn set(&mut self, fact: Fact, words: &str) {
        self.words.set(fact, words);
        if fact == Fact::EventId {
            self.uuid = uuid(words);
        }
    }

    /// The tag of the first of the images.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.images.first()?.tag.as_deref()
    }

    /// The digest of the first of the images.
    pub(crate) fn digest(&self) -> Option<&str> {
        self.images.first()?.digest.as_deref()
    }

    /// Of a push, layer calls come before the image and decide nothing; likewise of a pull, the layers that follow.
    pub(crate) fn is_decisive(&self) -> bool {
        match self.action {
            Action::Push => self.event_name() == Some("PutImage"),
            Action::Pull => self.event_name() == Some("BatchGetImage"),
            _ => true,
        }
    }

    /// AWS refused the caller, whatever the service calls it.
    pub(crate) fn is_denied(&self) -> bool {
        self.error_code()
            .is_some_and(|code| code.contains("AccessDenied") || code.contains("Unauthorized"))
    }
}

/// The order and the names of the fields are those of the JSON that users read.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Event", 28)?;
        fields.serialize_field("event_id", &self.event_id())?;
        fields.serialize_field("time", &self.time)?;
        fields.serialize_field("action", &self.action)?;
        fields.serialize_field("event_name", &self.event_name())?;
        fields.serialize_field("repository", &self.repository())?;
        fields.serialize_field("tag", &self.tag())?;
        fields.serialize_field("digest", &self.digest())?;
        fields.serialize_field("images", &self.images)?;
        fields.serialize_field("principal", &self.principal())?;
        fields.serialize_field("principal_arn", &self.principal_arn())?;
        fields.serialize_field("principal_account", &self.principal_account())?;
        fields.serialize_field("access_key_id", &self.access_key_id())?;
        fields.serialize_field("source_ip", &self.source_ip())?;
        fields.serialize_field("via", &self.via())?;
        fields.serialize_field("vpc_endpoint", &self.vpc_endpoint())?;
        fields.serialize_field("user_agent", &self.user_agent())?;
        fields.serialize_field("region", &self.region())?;
        fields.serialize_field("account", &self.account())?;
        fields.serialize_field("owner", &self.owner())?;
        fields.serialize_field("error_code", &self.error_code())?;
        fields.serialize_field("error_message", &self.error_message())?;
        fields.serialize_field("read_only", &self.read_only)?;
        fields.serialize_field("policy_allows", &self.policy_allows)?;
        fields.serialize_field("detail", &self.detail())?;
        fields.serialize_field("event_source", &self.event_source())?;
        fields.serialize_field("event_type", &self.event_type())?;
        fields.serialize_field("request_id", &self.request_id())?;
        fields.serialize_field("shared_event_id", &self.shared_event_id())?;
        fields.end()
    }
}
