//! One call to ECR, or one act of ECR itself, as CloudTrail recorded it. What is not known is `None`.

use arcstr::Substr;
use jiff::Timestamp;
use serde::Serialize;

use super::action::Action;
use super::policy::Reach;

/// An event. The order and the names of the fields are those of the JSON that users read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_field_names, reason = "they are AWS's own names")]
pub(crate) struct Event {
    pub event_id: Option<Substr>,
    /// When the call was made, to the second.
    pub time: Option<Timestamp>,
    pub action: Action,
    /// AWS's name of the call, such as `PutImage`.
    pub event_name: Option<Substr>,
    pub repository: Option<Substr>,
    /// The tag and the digest of the first of `images`.
    pub tag: Option<Substr>,
    pub digest: Option<Substr>,
    pub images: Vec<Image>,
    /// Who, as people know them: `role/ci (build-812)`.
    pub principal: Option<Substr>,
    pub principal_arn: Option<Substr>,
    /// The account of who called.
    pub principal_account: Option<Substr>,
    pub access_key_id: Option<Substr>,
    /// Where the call came from; unknown where AWS hides it, as it does for docker's pushes and pulls.
    pub source_ip: Option<Substr>,
    /// The AWS service that called, or that hides who did: `AWS Internal` is ECR's own front door.
    pub via: Option<Substr>,
    pub vpc_endpoint: Option<Substr>,
    pub user_agent: Option<Substr>,
    pub region: Option<Substr>,
    /// The account whose event this is.
    pub account: Option<Substr>,
    /// The account that owns the repository.
    pub owner: Option<Substr>,
    pub error_code: Option<Substr>,
    pub error_message: Option<Substr>,
    pub read_only: Option<bool>,
    /// Whom a policy that was set lets in.
    pub policy_allows: Option<Reach>,
    /// What else of the call matters: the new setting, or what failed in it.
    pub detail: Option<Substr>,
    pub event_source: Option<Substr>,
    pub event_type: Option<Substr>,
    pub request_id: Option<Substr>,
    /// The same for the records of one call in several accounts.
    pub shared_event_id: Option<Substr>,
    /// The record as CloudTrail wrote it, where the query asks for it.
    #[serde(skip)]
    pub record: Option<Box<str>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Image {
    pub tag: Option<Substr>,
    pub digest: Option<Substr>,
}

impl Event {
    /// Of a push, layer calls come before the image and decide nothing; likewise of a pull, the layers that follow.
    pub(crate) fn is_decisive(&self) -> bool {
        let name = self.event_name.as_deref();
        match self.action {
            Action::Push => name == Some("PutImage"),
            Action::Pull => name == Some("BatchGetImage"),
            _ => true,
        }
    }

    /// AWS refused the caller, whatever the service calls it.
    pub(crate) fn is_denied(&self) -> bool {
        self.error_code
            .as_deref()
            .is_some_and(|code| code.contains("AccessDenied") || code.contains("Unauthorized"))
    }
}
