//! Our own trail.

use std::time::Duration;

use aws_sdk_cloudtrail::operation::list_tags::ListTagsOutput;
use aws_sdk_cloudtrail::types::{EventSelector, ReadWriteType, Tag};
use serde::Serialize;

use super::{tags, trails};
use crate::aws::{Aws, CallError, Limit, Patience, concurrent_change, optional};
use crate::coverage::{Known, Records, TrailFacts};
use crate::error::Refusal;
use crate::kms;
use crate::plan::Resource;
use crate::settings::{STACK_TAG, Settings, Tags};

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Trail {
    #[serde(skip)]
    pub name: String,
    #[serde(skip)]
    pub arn: String,
    pub bucket: String,
    pub prefix: Option<String>,
    pub kms_key: Option<String>,
    /// The log group's ARN with its final `:*`.
    pub log_group: Option<String>,
    /// The role's ARN.
    pub role: Option<String>,
    pub multi_region: bool,
    pub log_file_validation: bool,
    /// What of ECR's management events it records while it is logging.
    pub records: String,
    pub logging: bool,
    pub tags: Tags,
    #[serde(skip)]
    pub waits: Waits,
}

/// The pair that CloudTrail wants together.
#[derive(Debug, Clone)]
pub(crate) struct LogsTarget {
    /// With its final `:*`.
    pub log_group: String,
    pub role: String,
}

/// What was written so lately that CloudTrail may not know it yet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Waits {
    pub role: bool,
    pub bucket: bool,
}

const EVERYTHING: &str = "reads and writes";

/// IAM publishes no bound for its propagation; Terraform's provider waits as long (its `propagationTimeout`).
const IAM_PATIENCE: Duration = Duration::from_mins(2);
const POLICY_TRIES: usize = 3;

impl Waits {
    /// Which refusals of a trail pass if one waits: those that mean "not known yet", if it was just written.
    /// The texts are CloudTrail's; a wrong trust policy gives the same, so without a fresh role there is no waiting.
    pub(crate) fn patience(self) -> impl Fn(&CallError) -> Option<Patience> {
        move |error| match error.code() {
            Some(
                "InvalidCloudWatchLogsRoleArnException"
                | "InvalidCloudWatchLogsLogGroupArnException",
            ) if self.role && error.message().contains("Access denied.") => Some(Patience {
                limit: Limit::Total(IAM_PATIENCE),
                waiting_for: "IAM to know the new role",
            }),
            Some(
                "InsufficientS3BucketPolicyException" | "InsufficientEncryptionPolicyException",
            ) if self.bucket => Some(Patience {
                limit: Limit::Tries(POLICY_TRIES),
                waiting_for: "S3 to know the new bucket policy",
            }),
            _ => concurrent_change(error),
        }
    }
}

impl Trail {
    pub(crate) fn is_ours(&self, stack: &str) -> bool {
        tags::are_of_stack(&self.tags, stack)
    }

    /// The trail as it should be.
    pub(crate) fn wanted(
        settings: &Settings,
        found: Option<&Self>,
        target: LogsTarget,
        waits: Waits,
        aws: &Aws,
    ) -> Self {
        Self {
            name: settings.trail.clone(),
            arn: aws.trail_arn(&settings.trail),
            bucket: settings.bucket.clone(),
            prefix: settings.prefix.clone(),
            kms_key: settings.kms_key.clone(),
            log_group: Some(target.log_group),
            role: Some(target.role),
            multi_region: settings.multi_region,
            log_file_validation: true,
            records: EVERYTHING.to_owned(),
            logging: true,
            tags: tags::merged_with_record(
                found.map(|found| &found.tags),
                &settings.tags,
                &settings.record,
            ),
            waits,
        }
    }

    /// What the listing says of a trail of this account and region, and its tags.
    ///
    /// # Errors
    /// A [`Refusal`] where part of it is hidden from us.
    pub(crate) fn found(facts: &TrailFacts, tags: Tags, aws: &Aws) -> anyhow::Result<Self> {
        if let (Known::Unknown(why), _) | (_, Known::Unknown(why)) =
            (&facts.status, &facts.selectors)
        {
            return Err(Refusal::new(
                format!("trail `{}`: {why}", facts.name),
                format!("allow it on `{}`", facts.arn),
            )
            .into());
        }
        Ok(Self {
            name: facts.name.clone(),
            arn: facts.arn.clone(),
            bucket: facts.bucket.clone(),
            prefix: facts.prefix.clone(),
            kms_key: facts.kms_key.clone(),
            log_group: facts.log_group.clone(),
            role: facts.role.clone(),
            multi_region: facts.multi_region,
            log_file_validation: facts.log_file_validation,
            records: records_text(&facts.records(&aws.region)),
            logging: facts.is_logging() == Some(true),
            tags,
            waits: Waits::default(),
        })
    }

    async fn create(&self, aws: &Aws) -> Result<(), CallError> {
        aws.retry(self.waits.patience(), async || {
            let request = aws
                .cloudtrail
                .create_trail()
                .name(&self.name)
                .s3_bucket_name(&self.bucket)
                .set_s3_key_prefix(self.prefix.clone())
                .set_kms_key_id(self.kms_key.clone())
                .set_cloud_watch_logs_log_group_arn(self.log_group.clone())
                .set_cloud_watch_logs_role_arn(self.role.clone())
                .is_multi_region_trail(self.multi_region)
                .include_global_service_events(true)
                .enable_log_file_validation(self.log_file_validation)
                .set_tags_list(Some(cloudtrail_tags(&self.tags)));
            aws.call("cloudtrail:CreateTrail", &self.arn, request.send())
                .await
                .map(drop)
        })
        .await
    }

    async fn update(&self, found: &Self, aws: &Aws) -> Result<(), CallError> {
        aws.retry(self.waits.patience(), async || {
            let request = aws
                .cloudtrail
                .update_trail()
                .name(&self.name)
                .s3_bucket_name(&self.bucket)
                .set_s3_key_prefix(changed(self.prefix.as_ref(), found.prefix.as_ref()))
                .set_kms_key_id(changed(self.kms_key.as_ref(), found.kms_key.as_ref()))
                .set_cloud_watch_logs_log_group_arn(self.log_group.clone())
                .set_cloud_watch_logs_role_arn(self.role.clone())
                .is_multi_region_trail(self.multi_region)
                .include_global_service_events(true)
                .enable_log_file_validation(self.log_file_validation);
            aws.call("cloudtrail:UpdateTrail", &self.arn, request.send())
                .await
                .map(drop)
        })
        .await
    }

    async fn set_tags(&self, found: &Tags, aws: &Aws) -> Result<(), CallError> {
        let added = tags::added(found, &self.tags);
        if !added.is_empty() {
            let request = aws
                .cloudtrail
                .add_tags()
                .resource_id(&self.arn)
                .set_tags_list(Some(cloudtrail_tags(&added)));
            aws.call("cloudtrail:AddTags", &self.arn, request.send())
                .await?;
        }
        let removed = tags::removed(found, &self.tags);
        if !removed.is_empty() {
            let keys = removed
                .iter()
                .map(|key| Tag::builder().key(key).build())
                .filter_map(Result::ok)
                .collect();
            let request = aws
                .cloudtrail
                .remove_tags()
                .resource_id(&self.arn)
                .set_tags_list(Some(keys));
            aws.call("cloudtrail:RemoveTags", &self.arn, request.send())
                .await?;
        }
        Ok(())
    }

    async fn put_event_selectors(&self, aws: &Aws) -> Result<(), CallError> {
        let everything = EventSelector::builder()
            .read_write_type(ReadWriteType::All)
            .include_management_events(true)
            .build();
        aws.retry(concurrent_change, async || {
            let request = aws
                .cloudtrail
                .put_event_selectors()
                .trail_name(&self.name)
                .event_selectors(everything.clone());
            aws.call("cloudtrail:PutEventSelectors", &self.arn, request.send())
                .await
                .map(drop)
        })
        .await
    }

    async fn start(&self, aws: &Aws) -> Result<(), CallError> {
        aws.retry(concurrent_change, async || {
            let request = aws.cloudtrail.start_logging().name(&self.name);
            aws.call("cloudtrail:StartLogging", &self.arn, request.send())
                .await
                .map(drop)
        })
        .await
    }

    /// Everything that UpdateTrail sets.
    fn fields(&self) -> impl PartialEq + '_ {
        (
            &self.bucket,
            &self.prefix,
            &self.kms_key,
            &self.log_group,
            &self.role,
            self.multi_region,
            self.log_file_validation,
        )
    }
}

impl Resource for Trail {
    const KIND: &'static str = "trail";

    fn name(&self) -> &str {
        &self.name
    }

    async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Self>> {
        let arn = aws.trail_arn(name);
        let (trails, tags) = tokio::try_join!(trails::list(aws), tags_of(&arn, aws))?;
        match (trails.iter().find(|trail| trail.arn == arn), tags) {
            (Some(facts), Some(tags)) => Ok(Some(Self::found(facts, tags, aws)?)),
            _ => Ok(None),
        }
    }

    async fn apply(&self, found: Option<&Self>, aws: &Aws) -> anyhow::Result<()> {
        match found {
            None => self
                .create(aws)
                .await
                .map_err(|error| kms::explained(error, self.kms_key.as_deref(), &self.arn, aws))?,
            Some(found) if found.fields() != self.fields() => {
                self.update(found, aws).await.map_err(|error| {
                    kms::explained(error, self.kms_key.as_deref(), &self.arn, aws)
                })?;
            }
            Some(_) => {}
        }
        if let Some(found) = found {
            self.set_tags(&found.tags, aws).await?;
        }
        if found.is_none_or(|found| found.records != self.records) {
            self.put_event_selectors(aws).await?;
        }
        if found.is_none_or(|found| !found.logging) {
            self.start(aws).await?;
        }
        Ok(())
    }

    async fn destroy(&self, aws: &Aws) -> anyhow::Result<()> {
        optional(
            aws.call(
                "cloudtrail:StopLogging",
                &self.arn,
                aws.cloudtrail.stop_logging().name(&self.name).send(),
            )
            .await,
        )?;
        optional(
            aws.call(
                "cloudtrail:DeleteTrail",
                &self.arn,
                aws.cloudtrail.delete_trail().name(&self.name).send(),
            )
            .await,
        )?;
        Ok(())
    }

    fn is_same_stack(&self, wanted: &Self) -> bool {
        wanted
            .tags
            .get(STACK_TAG)
            .is_some_and(|stack| self.is_ours(stack))
    }
}

/// The tags of the trail with this ARN, if there is one.
pub(crate) async fn tags_of(arn: &str, aws: &Aws) -> Result<Option<Tags>, CallError> {
    let request = aws.cloudtrail.list_tags().resource_id_list(arn);
    let answer = optional(aws.call("cloudtrail:ListTags", arn, request.send()).await)?;
    let tag = |tag: Tag| (tag.key, tag.value.unwrap_or_default());
    let tags = |answer: ListTagsOutput| {
        answer
            .resource_tag_list
            .into_iter()
            .flatten()
            .flat_map(|of| of.tags_list.into_iter().flatten())
    };
    Ok(answer.map(|answer| tags(answer).map(tag).collect()))
}

/// What to send for a field that may be absent: nothing if it stays, an empty text to clear it.
fn changed(wanted: Option<&String>, found: Option<&String>) -> Option<String> {
    (wanted != found).then(|| wanted.cloned().unwrap_or_default())
}

/// What a trail records of ECR, in words.
pub(crate) fn records_text(records: &Records) -> String {
    match records {
        Records::ReadsAndWrites => EVERYTHING.to_owned(),
        Records::WritesOnly => "writes only: pulls are missing".to_owned(),
        Records::ReadsOnly => "reads only: pushes and deletions are missing".to_owned(),
        Records::Nothing(why) => format!("nothing of ECR: {why}"),
        Records::Unknown(why) => format!("unknown: {why}"),
    }
}

fn cloudtrail_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok())
        .collect()
}
