//! A CloudTrail record becomes an [`Event`]: who, what, when, where, which image.

use std::net::IpAddr;

use jiff::Timestamp;

use super::action::{Action, DELETION, looks};
use super::done::done;
use super::event::{Event, Fact, Facts, Image, Words};
use super::json::{Object, Text};
use super::policy::Reach;
use super::principal;
use super::shape::{Failure, ImageId, Record, ServiceEvent};

/// The text is no record.
#[derive(Debug, thiserror::Error)]
#[error("it is no JSON object")]
pub(crate) struct NoRecord;

impl Event {
    /// Reads one record, the text of one JSON object. What it does not say, or says in another way than documented,
    /// stays unknown.
    ///
    /// # Errors
    /// [`NoRecord`] for a text that is no JSON object.
    pub(crate) fn from_record(text: &str) -> Result<Self, NoRecord> {
        let mut record = Object::<Record<'_>>::default();
        record.read_whole(text).ok_or(NoRecord)?;
        Ok(Self::of(&record.0))
    }

    fn of(record: &Record<'_>) -> Self {
        let name = record.event_name.get();
        let mut facts = Facts {
            time: record.event_time.get().and_then(time),
            action: name.map_or(Action::Other, Action::of),
            images: images(record),
            read_only: record.read_only.truth().or_else(|| name.map(looks)),
            policy_allows: policy_allows(record),
            record: None,
            uuid: None,
            words: Words::with_room(),
        };
        let principal = principal::of(&record.user_identity.0);
        facts.complete(Fact::Principal, principal.as_deref());
        facts.complete(Fact::Detail, detail(record).as_deref());
        facts.add_who_and_where(record);
        facts.add_call(record);
        facts.into()
    }
}

impl Facts {
    fn add_who_and_where(&mut self, record: &Record<'_>) {
        let who = &record.user_identity.0;
        let account = record.recipient_account_id.get();
        let address = record.source_ip_address.get();
        let source_ip = address.filter(|address| address.parse::<IpAddr>().is_ok());
        self.complete(Fact::PrincipalArn, who.arn.get());
        self.complete(Fact::PrincipalAccount, who.account_id.get());
        self.complete(Fact::AccessKeyId, who.access_key_id.get());
        self.complete(Fact::SourceIp, source_ip);
        self.complete(Fact::Via, address.filter(|_| source_ip.is_none()));
        self.complete(Fact::VpcEndpoint, record.vpc_endpoint_id.get());
        self.complete(Fact::UserAgent, record.user_agent.get());
        self.complete(Fact::Region, record.aws_region.get());
        self.complete(Fact::Account, account.or(who.account_id.get()));
    }

    fn add_call(&mut self, record: &Record<'_>) {
        self.complete(Fact::EventId, record.event_id.get());
        self.complete(Fact::EventName, record.event_name.get());
        self.complete(Fact::Repository, repository(record));
        self.complete(Fact::Owner, owner(record));
        self.complete(Fact::ErrorCode, record.error_code.get());
        self.complete(Fact::ErrorMessage, record.error_message.get());
        if let Some(failure) = failure_of_all(record) {
            self.complete(Fact::ErrorCode, failure.code.get().or(Some("unknown")));
            self.complete(Fact::ErrorMessage, failure.reason.get());
        }
        self.complete(Fact::EventSource, record.event_source.get());
        self.complete(Fact::EventType, record.event_type.get());
        self.complete(Fact::RequestId, record.request_id.get());
        self.complete(Fact::SharedEventId, record.shared_event_id.get());
    }
}

/// RFC 3339, as CloudTrail writes it; Athena's tables may hold a space for the `T`.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn repository<'r>(record: &'r Record<'_>) -> Option<&'r str> {
    let response = &record.response_elements.0;
    record
        .request_parameters
        .0
        .repository_name
        .get()
        .or_else(|| record.service_event_details.0.repository_name.get())
        .or_else(|| response.repository.0.repository_name.get())
        .or_else(|| arns(record).find_map(|arn| Some(arn.split_once(":repository/")?.1)))
}

/// The ARNs of what was acted on.
fn arns<'r>(record: &'r Record<'_>) -> impl Iterator<Item = &'r str> {
    let resources = record
        .resources
        .0
        .iter()
        .filter_map(|resource| resource.0.arn.get().or(resource.0.lower_case_arn.get()));
    resources.chain(record.request_parameters.0.resource_arn.get())
}

fn owner<'r>(record: &'r Record<'_>) -> Option<&'r str> {
    record
        .request_parameters
        .0
        .registry_id
        .get()
        .or_else(|| record.response_elements.0.repository.0.registry_id.get())
        .or_else(|| {
            let of_arn = |arn: &'r str| arn.split(':').nth(4).filter(|account| !account.is_empty());
            arns(record).find_map(of_arn)
        })
        .or_else(|| record.resources.0.first()?.0.account_id.get())
}

/// The images that were asked for or made; where the answer tells more of the same images, as the answer has them.
fn images(record: &Record<'_>) -> Vec<Image> {
    let (request, response) = (&record.request_parameters.0, &record.response_elements.0);
    let made = image(&response.image.0.image_id.0);
    if let Some(made) = made {
        return vec![made];
    }
    let many = |ids: &[Object<ImageId<'_>>]| -> Vec<Image> {
        ids.iter().filter_map(|id| image(&id.0)).collect()
    };
    let answered = many(&response.image_ids.0);
    if !answered.is_empty() {
        return answered;
    }
    let asked = many(&request.image_ids.0);
    if !asked.is_empty() {
        return asked;
    }
    let single =
        image(&request.image_id.0).or_else(|| pair(&request.image_tag, &request.image_digest));
    match single {
        Some(image) => vec![image],
        None => expired(&record.service_event_details.0),
    }
}

fn image(id: &ImageId<'_>) -> Option<Image> {
    pair(&id.image_tag, &id.image_digest)
}

fn pair(tag: &Text<'_>, digest: &Text<'_>) -> Option<Image> {
    let own = |text: &Text<'_>| text.get().map(Box::from);
    let (tag, digest) = (own(tag), own(digest));
    (tag.is_some() || digest.is_some()).then_some(Image { tag, digest })
}

/// The images that a lifecycle policy took away.
fn expired(details: &ServiceEvent<'_>) -> Vec<Image> {
    let untagged = Text::default();
    details
        .lifecycle_event_image_actions
        .0
        .iter()
        .filter_map(|action| {
            let image = &action.0.lifecycle_event_image.0;
            let tag = image.tag_list.0.iter().find(|tag| tag.get().is_some());
            pair(tag.unwrap_or(&untagged), &image.digest)
        })
        .collect()
}

/// Judged only where the policy came to be.
fn policy_allows(record: &Record<'_>) -> Option<Reach> {
    let name = record.event_name.get()?;
    let sets_policy = matches!(name, "SetRepositoryPolicy" | "PutRegistryPolicy");
    let took_effect = record.error_code.get().is_none();
    (sets_policy && took_effect).then(|| {
        let text = record.request_parameters.0.policy_text.get();
        text.map_or(Reach::Unknown, Reach::of)
    })
}

/// What failed within the call; or what it was about and what it did, where its action does not say it all.
fn detail(record: &Record<'_>) -> Option<String> {
    failures(record).or_else(|| {
        let failed = record.error_code.get().is_some();
        let done = record.event_name.get().and_then(|name| done(name, failed));
        let words: Vec<_> = setting(record).into_iter().chain(done).collect();
        (!words.is_empty()).then(|| words.join(" "))
    })
}

/// The name or the new value of what was set.
fn setting(record: &Record<'_>) -> Option<String> {
    let request = &record.request_parameters.0;
    let scan_on_push = &request.image_scanning_configuration.0.scan_on_push;
    let words = [
        &request.ecr_repository_prefix,
        &request.prefix,
        &request.target_storage_class,
        &request.image_tag_mutability,
    ];
    let word = words.into_iter().find_map(Text::get).map(str::to_owned);
    word.or_else(|| scan_on_push.truth().map(scan_on_push_words))
}

fn scan_on_push_words(on: bool) -> String {
    format!("scan on push {}", if on { "on" } else { "off" })
}

/// The first failure of a deletion by which no image went: it failed, though the call did not.
fn failure_of_all<'r>(record: &'r Record<'r>) -> Option<&'r Failure<'r>> {
    let response = &record.response_elements.0;
    let none_went = record.event_name.get() == Some(DELETION) && response.image_ids.0.is_empty();
    let first = response.failures.0.first()?;
    none_went.then_some(&first.0)
}

/// `2 failed (ImageNotFound)`: what went wrong within a call that succeeded.
fn failures(record: &Record<'_>) -> Option<String> {
    let of_images = record
        .response_elements
        .0
        .failures
        .0
        .iter()
        .map(|failure| failure.0.code.get());
    let of_lifecycle = record
        .service_event_details
        .0
        .lifecycle_event_failure_details
        .0
        .iter()
        .map(|failure| failure.0.failure_code.get());
    let codes: Vec<_> = of_images.chain(of_lifecycle).collect();
    let mut named: Vec<&str> = codes.iter().flatten().copied().collect();
    named.sort_unstable();
    named.dedup();
    (!codes.is_empty()).then(|| {
        let reasons = if named.is_empty() {
            String::new()
        } else {
            format!(" ({})", named.join(", "))
        };
        format!("{} failed{reasons}", codes.len())
    })
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "record_odd_tests.rs"]
mod odd_tests;

#[cfg(test)]
#[path = "record_properties.rs"]
mod properties;
