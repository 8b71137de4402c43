//! A CloudTrail record becomes an [`Event`]: who, what, when, where, which image.

use std::net::IpAddr;

use arcstr::{ArcStr, Substr};
use jiff::Timestamp;
use serde::Deserialize;

use super::action::{Action, looks};
use super::event::{Event, Image};
use super::json::{Text, part_of};
use super::policy::Reach;
use super::principal;
use super::shape::{ImageId, Record, ServiceEvent};

impl Event {
    /// Reads one record, the text of one JSON object. What it does not say, or says in another way than documented,
    /// stays unknown.
    ///
    /// # Errors
    /// A text that is no JSON object.
    pub(crate) fn from_record(text: &str) -> Result<Self, serde_json::Error> {
        if text.trim_start().starts_with('[') {
            // serde would take a list for the fields in their order.
            return Err(serde::de::Error::custom("a list is no record"));
        }
        // All that the event says lies in one text, which its parts share.
        let text = ArcStr::from(text);
        match serde_json::from_str(&text) {
            Ok(record) => Ok(Self::of(&record, &text)),
            // A field that occurs twice: the last one counts, as with most readers of JSON.
            Err(error) if error.is_data() => {
                let fields: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_str(&text)?;
                let fields = serde_json::Value::Object(fields);
                Record::deserialize(fields).map(|record| Self::of(&record, &text))
            }
            Err(error) => Err(error),
        }
    }

    fn of(record: &Record<'_>, text: &ArcStr) -> Self {
        let part = |words: &str| part_of(text, words);
        let who = &record.user_identity.0;
        let name = record.event_name.get();
        let images = images(record, text);
        let address = record.source_ip_address.get();
        let source_ip = address.filter(|address| address.parse::<IpAddr>().is_ok());
        Self {
            event_id: record.event_id.of(text),
            time: record.event_time.get().and_then(time),
            action: name.map_or(Action::Other, Action::of),
            event_name: record.event_name.of(text),
            repository: repository(record).map(part),
            tag: images.first().and_then(|image| image.tag.clone()),
            digest: images.first().and_then(|image| image.digest.clone()),
            images,
            principal: principal::of(who).map(Substr::from),
            principal_arn: who.arn.of(text),
            principal_account: who.account_id.of(text),
            access_key_id: who.access_key_id.of(text),
            source_ip: source_ip.map(part),
            via: address.filter(|_| source_ip.is_none()).map(part),
            vpc_endpoint: record.vpc_endpoint_id.of(text),
            user_agent: record.user_agent.of(text),
            region: record.aws_region.of(text),
            account: record
                .recipient_account_id
                .of(text)
                .or_else(|| who.account_id.of(text)),
            owner: owner(record).map(part),
            error_code: record.error_code.of(text),
            error_message: record.error_message.of(text),
            read_only: record.read_only.truth().or_else(|| name.map(looks)),
            policy_allows: policy_allows(record),
            detail: detail(record).map(Substr::from),
            event_source: record.event_source.of(text),
            event_type: record.event_type.of(text),
            request_id: record.request_id.of(text),
            shared_event_id: record.shared_event_id.of(text),
            record: None,
        }
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
fn images(record: &Record<'_>, text: &ArcStr) -> Vec<Image> {
    let (request, response) = (&record.request_parameters.0, &record.response_elements.0);
    let made = image(&response.image.0.image_id.0, text);
    if let Some(made) = made {
        return vec![made];
    }
    let many = |ids: &[super::json::Object<ImageId<'_>>]| -> Vec<Image> {
        ids.iter().filter_map(|id| image(&id.0, text)).collect()
    };
    let answered = many(&response.image_ids.0);
    if !answered.is_empty() {
        return answered;
    }
    let asked = many(&request.image_ids.0);
    if !asked.is_empty() {
        return asked;
    }
    let single = image(&request.image_id.0, text)
        .or_else(|| pair(&request.image_tag, &request.image_digest, text));
    match single {
        Some(image) => vec![image],
        None => expired(&record.service_event_details.0, text),
    }
}

fn image(id: &ImageId<'_>, text: &ArcStr) -> Option<Image> {
    pair(&id.image_tag, &id.image_digest, text)
}

fn pair(tag: &Text<'_>, digest: &Text<'_>, text: &ArcStr) -> Option<Image> {
    let (tag, digest) = (tag.of(text), digest.of(text));
    (tag.is_some() || digest.is_some()).then_some(Image { tag, digest })
}

/// The images that a lifecycle policy took away.
fn expired(details: &ServiceEvent<'_>, text: &ArcStr) -> Vec<Image> {
    let untagged = Text::default();
    details
        .lifecycle_event_image_actions
        .0
        .iter()
        .filter_map(|action| {
            let image = &action.0.lifecycle_event_image.0;
            let tag = image.tag_list.0.iter().find(|tag| tag.get().is_some());
            pair(tag.unwrap_or(&untagged), &image.digest, text)
        })
        .collect()
}

/// Judged only where the policy came to be.
fn policy_allows(record: &Record<'_>) -> Option<Reach> {
    let name = record.event_name.get()?;
    let sets_policy = matches!(name, "SetRepositoryPolicy" | "PutRegistryPolicy");
    let took_effect = record.error_code.get().is_none();
    (sets_policy && took_effect)
        .then(|| {
            record
                .request_parameters
                .0
                .policy_text
                .get()
                .and_then(Reach::of)
        })
        .flatten()
}

fn detail(record: &Record<'_>) -> Option<String> {
    let request = &record.request_parameters.0;
    let scan_on_push = &request.image_scanning_configuration.0.scan_on_push;
    failures(record)
        .or_else(|| request.target_storage_class.get().map(str::to_owned))
        .or_else(|| request.image_tag_mutability.get().map(str::to_owned))
        .or_else(|| scan_on_push.truth().map(scan_on_push_words))
        .or_else(|| request.ecr_repository_prefix.get().map(str::to_owned))
        .or_else(|| request.prefix.get().map(str::to_owned))
}

fn scan_on_push_words(on: bool) -> String {
    format!("scan on push {}", if on { "on" } else { "off" })
}

/// `2 failed (ImageNotFound)`: what went wrong within a call that succeeded.
fn failures(record: &Record<'_>) -> Option<String> {
    let of_images = record
        .response_elements
        .0
        .failures
        .0
        .iter()
        .map(|failure| failure.0.failure_code.get());
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
#[path = "record_properties.rs"]
mod properties;
