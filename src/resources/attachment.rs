//! A person's trail that is given our log group and role: the only two fields of it that we ever touch.

use serde::Serialize;

use super::trail::{LogsTarget, Waits};
use crate::aws::Aws;
use crate::coverage::TrailFacts;
use crate::plan::Resource;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Attachment {
    #[serde(skip)]
    pub arn: String,
    #[serde(skip)]
    pub name: String,
    /// The log group's ARN with its final `:*`.
    pub log_group: Option<String>,
    /// The role's ARN.
    pub role: Option<String>,
    #[serde(skip)]
    pub waits: Waits,
}

impl Attachment {
    pub(crate) fn found(trail: &TrailFacts) -> Self {
        Self {
            arn: trail.arn.clone(),
            name: trail.name.clone(),
            log_group: trail.log_group.clone(),
            role: trail.role.clone(),
            waits: Waits::default(),
        }
    }

    pub(crate) fn to(self, target: LogsTarget, waits: Waits) -> Self {
        Self {
            log_group: Some(target.log_group),
            role: Some(target.role),
            waits,
            ..self
        }
    }

    pub(crate) fn cleared(self) -> Self {
        Self {
            log_group: None,
            role: None,
            ..self
        }
    }
}

impl Resource for Attachment {
    const KIND: &'static str = "trail";

    fn name(&self) -> &str {
        &self.name
    }

    async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Self>> {
        Ok(super::trails::list(aws)
            .await?
            .iter()
            .find(|trail| trail.name == name)
            .map(Self::found))
    }

    async fn apply(&self, _found: Option<&Self>, aws: &Aws) -> anyhow::Result<()> {
        aws.retry(self.waits.patience(), async || {
            // CloudTrail takes the two fields together, and an empty text clears a field.
            let request = aws
                .cloudtrail
                .update_trail()
                .name(&self.arn)
                .cloud_watch_logs_log_group_arn(self.log_group.clone().unwrap_or_default())
                .cloud_watch_logs_role_arn(self.role.clone().unwrap_or_default());
            aws.call("cloudtrail:UpdateTrail", &self.arn, request.send())
                .await
                .map(drop)
        })
        .await?;
        Ok(())
    }

    /// A person's trail is never deleted.
    async fn destroy(&self, aws: &Aws) -> anyhow::Result<()> {
        self.clone().cleared().apply(None, aws).await
    }

    fn is_same_stack(&self, _wanted: &Self) -> bool {
        false
    }
}
