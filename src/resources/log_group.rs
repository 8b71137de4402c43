//! The log group that the trail delivers to.

use serde::Serialize;

use super::tags;
use crate::aws::{Aws, concurrent_change, optional};
use crate::kms;
use crate::plan::Resource;
use crate::settings::{Retention, RetentionWish, STACK_TAG, Settings, Tags};

#[derive(Debug, Clone, Serialize)]
pub(crate) struct LogGroup {
    #[serde(skip)]
    pub name: String,
    #[serde(rename = "retention_days")]
    pub retention: Retention,
    pub kms_key: Option<String>,
    pub tags: Tags,
    /// What CloudWatch Logs says it stores, in bytes; the figure lags by hours.
    #[serde(skip)]
    pub stored_bytes: i64,
}

impl LogGroup {
    pub(crate) fn is_ours(&self, stack: &str) -> bool {
        tags::are_of_stack(&self.tags, stack)
    }

    /// The group as it should be. One that we did not make keeps everything but a retention or key that was asked for.
    pub(crate) fn wanted(settings: &Settings, found: Option<&Self>) -> Self {
        let ours = found.is_none_or(|found| found.is_ours(&settings.trail));
        let kms_key = match found {
            Some(found) if !ours && settings.log_kms_key.is_none() => found.kms_key.clone(),
            _ => settings.log_kms_key.clone(),
        };
        Self {
            name: settings.log_group.clone(),
            retention: wanted_retention(settings.retention, found, ours),
            kms_key,
            tags: if ours {
                tags::merged(found.map(|found| &found.tags), &settings.tags)
            } else {
                found.map(|found| found.tags.clone()).unwrap_or_default()
            },
            stored_bytes: found.map_or(0, |found| found.stored_bytes),
        }
    }

    /// What is lost for good on the way from `found` to here.
    pub(crate) fn loss(&self, found: Option<&Self>) -> Option<String> {
        let found = found?;
        let shortened = self.retention < found.retention && found.stored_bytes > 0;
        shortened.then(|| {
            format!(
                "events older than {} are deleted for good (now: {})",
                self.retention, found.retention
            )
        })
    }

    async fn create(&self, aws: &Aws) -> anyhow::Result<()> {
        let arn = aws.log_group_arn(&self.name);
        let request = aws
            .logs
            .create_log_group()
            .log_group_name(&self.name)
            .set_kms_key_id(self.kms_key.clone());
        let request = request.set_tags(Some(self.tags.clone().into_iter().collect()));
        let created = aws.call("logs:CreateLogGroup", &arn, request.send()).await;
        created
            .map(drop)
            .map_err(|error| kms::explained_for_logs(error, self.kms_key.as_deref(), &arn, aws))
    }

    async fn set_key(&self, aws: &Aws) -> anyhow::Result<()> {
        let arn = aws.log_group_arn(&self.name);
        if let Some(key) = &self.kms_key {
            let request = aws
                .logs
                .associate_kms_key()
                .log_group_name(&self.name)
                .kms_key_id(key);
            let associated = aws.call("logs:AssociateKmsKey", &arn, request.send()).await;
            associated.map_err(|error| kms::explained_for_logs(error, Some(key), &arn, aws))?;
        } else {
            let request = aws.logs.disassociate_kms_key().log_group_name(&self.name);
            aws.call("logs:DisassociateKmsKey", &arn, request.send())
                .await?;
        }
        Ok(())
    }

    async fn set_retention(&self, aws: &Aws) -> anyhow::Result<()> {
        let arn = aws.log_group_arn(&self.name);
        aws.retry(concurrent_change, async || match self.retention {
            Retention::Days(days) => {
                let request = aws
                    .logs
                    .put_retention_policy()
                    .log_group_name(&self.name)
                    .retention_in_days(days);
                aws.call("logs:PutRetentionPolicy", &arn, request.send())
                    .await
                    .map(drop)
            }
            Retention::Never => {
                let request = aws
                    .logs
                    .delete_retention_policy()
                    .log_group_name(&self.name);
                aws.call("logs:DeleteRetentionPolicy", &arn, request.send())
                    .await
                    .map(drop)
            }
        })
        .await?;
        Ok(())
    }

    async fn set_tags(&self, found: &Tags, aws: &Aws) -> anyhow::Result<()> {
        let added = tags::added(found, &self.tags);
        if !added.is_empty() {
            let arn = aws.log_group_arn(&self.name);
            let request = aws
                .logs
                .tag_resource()
                .resource_arn(&arn)
                .set_tags(Some(added.into_iter().collect()));
            aws.call("logs:TagResource", &arn, request.send()).await?;
        }
        Ok(())
    }
}

/// A shortening deletes events, so only a flag on this very command line may do it, unless there is nothing to lose.
fn wanted_retention(wish: RetentionWish, found: Option<&LogGroup>, ours: bool) -> Retention {
    match (wish, found) {
        (RetentionWish::Asked(retention), _)
        | (RetentionWish::Default(retention) | RetentionWish::Recorded(retention), None) => {
            retention
        }
        (RetentionWish::Default(_), Some(found)) if !ours => found.retention,
        (RetentionWish::Default(retention) | RetentionWish::Recorded(retention), Some(found)) => {
            if found.stored_bytes > 0 {
                retention.max(found.retention)
            } else {
                retention
            }
        }
    }
}

impl Resource for LogGroup {
    const KIND: &'static str = "log group";

    fn name(&self) -> &str {
        &self.name
    }

    async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Self>> {
        observe_with(&aws.logs, &aws.log_group_arn(name), name, aws).await
    }

    async fn apply(&self, found: Option<&Self>, aws: &Aws) -> anyhow::Result<()> {
        let unset = Retention::Never;
        match found {
            None => self.create(aws).await?,
            Some(found) => {
                if self.kms_key != found.kms_key {
                    self.set_key(aws).await?;
                }
                self.set_tags(&found.tags, aws).await?;
            }
        }
        if self.retention == found.map_or(unset, |found| found.retention) {
            Ok(())
        } else {
            self.set_retention(aws).await
        }
    }

    async fn destroy(&self, aws: &Aws) -> anyhow::Result<()> {
        let request = aws.logs.delete_log_group().log_group_name(&self.name);
        optional(
            aws.call(
                "logs:DeleteLogGroup",
                aws.log_group_arn(&self.name),
                request.send(),
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

/// Reads a group through the given client, which may be another region's.
pub(crate) async fn observe_with(
    logs: &aws_sdk_cloudwatchlogs::Client,
    arn: &str,
    name: &str,
    aws: &Aws,
) -> anyhow::Result<Option<LogGroup>> {
    let group = find(logs, arn, name, aws);
    let tags = aws.call(
        "logs:ListTagsForResource",
        arn,
        logs.list_tags_for_resource().resource_arn(arn).send(),
    );
    let (group, tags) = tokio::join!(group, tags);
    let Some(group) = group? else { return Ok(None) };
    let tags = optional(tags)?
        .and_then(|answer| answer.tags)
        .unwrap_or_default();
    Ok(Some(LogGroup {
        name: name.to_owned(),
        retention: Retention::from(group.retention_in_days),
        kms_key: group.kms_key_id,
        tags: tags.into_iter().collect(),
        stored_bytes: group.stored_bytes.unwrap_or_default(),
    }))
}

/// DescribeLogGroups finds by prefix, in the order of names: the group itself, if it exists, is the first.
async fn find(
    logs: &aws_sdk_cloudwatchlogs::Client,
    arn: &str,
    name: &str,
    aws: &Aws,
) -> anyhow::Result<Option<aws_sdk_cloudwatchlogs::types::LogGroup>> {
    let request = logs
        .describe_log_groups()
        .log_group_name_prefix(name)
        .limit(1);
    let answer = aws
        .call("logs:DescribeLogGroups", arn, request.send())
        .await?;
    Ok(answer
        .log_groups
        .into_iter()
        .flatten()
        .find(|group| group.log_group_name() == Some(name)))
}
