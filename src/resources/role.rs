//! The role by which CloudTrail writes to the log group.

use anyhow::{Context, anyhow};
use aws_sdk_iam::types::Tag;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::policy::Policy;
use super::tags;
use crate::aws::{Aws, CallError, concurrent_change, optional};
use crate::error::{Refusal, Usage};
use crate::plan::Resource;
use crate::settings::{STACK_TAG, Settings, Tags};
use crate::time;

/// The name of our inline policy; other policies of the role are not touched.
const INLINE_POLICY: &str = "ecrmon-cloudtrail-logs";

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Role {
    #[serde(skip)]
    pub name: String,
    pub path: String,
    pub trust: Policy,
    /// Our inline policy.
    pub policy: Option<Policy>,
    /// The ARN of a managed policy.
    pub permissions_boundary: Option<String>,
    pub tags: Tags,
    #[serde(skip)]
    pub created: Option<Timestamp>,
}

impl Role {
    pub(crate) fn is_ours(&self, stack: &str) -> bool {
        tags::are_of_stack(&self.tags, stack)
    }

    pub(crate) fn arn(&self, aws: &Aws) -> String {
        aws.role_arn(&self.path, &self.name)
    }

    /// The role as it should be. A role that we did not make is used as it is.
    ///
    /// # Errors
    /// [`Usage`] if the path asked for is not the path of the role that exists: IAM cannot move a role.
    pub(crate) fn wanted(
        settings: &Settings,
        record: &Tags,
        found: Option<&Self>,
        aws: &Aws,
    ) -> Result<Self, Usage> {
        match found {
            Some(found) if !found.is_ours(&settings.trail) => return Ok(found.clone()),
            Some(found) if found.path != settings.role_path => {
                return Err(Usage::new(
                    format!(
                        "role `{}` exists under the path `{}`, and IAM cannot move a role",
                        found.name, found.path
                    ),
                    format!(
                        "name another role with `--role`, or keep the path with `--role-path {}`",
                        found.path
                    ),
                ));
            }
            _ => {}
        }
        Ok(Self {
            name: settings.role.clone(),
            path: settings.role_path.clone(),
            trust: trust(),
            policy: Some(delivery(&settings.log_group, aws)),
            permissions_boundary: settings.permissions_boundary.clone(),
            tags: tags::merged_with_record(found.map(|found| &found.tags), &settings.tags, record),
            created: found.and_then(|found| found.created),
        })
    }

    /// What a role that is not ours seems to lack; CloudTrail has the last word.
    pub(crate) fn shortcomings(&self) -> Vec<String> {
        let trusts = self.trust.text().contains("cloudtrail.amazonaws.com");
        let advice =
            "its trust policy does not name cloudtrail.amazonaws.com: CloudTrail will refuse it";
        if trusts {
            Vec::new()
        } else {
            vec![advice.to_owned()]
        }
    }

    async fn create(&self, aws: &Aws) -> anyhow::Result<()> {
        let request = aws
            .iam
            .create_role()
            .role_name(&self.name)
            .path(&self.path)
            .assume_role_policy_document(self.trust.text())
            .description("Lets AWS CloudTrail write events to CloudWatch Logs. Made by ecrmon.")
            .set_permissions_boundary(self.permissions_boundary.clone())
            .set_tags(Some(iam_tags(&self.tags)?));
        aws.call("iam:CreateRole", self.arn(aws), request.send())
            .await?;
        Ok(())
    }

    async fn update(&self, found: &Self, aws: &Aws) -> anyhow::Result<()> {
        let arn = self.arn(aws);
        if self.trust != found.trust {
            let request = aws
                .iam
                .update_assume_role_policy()
                .role_name(&self.name)
                .policy_document(self.trust.text());
            aws.call("iam:UpdateAssumeRolePolicy", &arn, request.send())
                .await?;
        }
        match &self.permissions_boundary {
            boundary if *boundary == found.permissions_boundary => {}
            Some(boundary) => {
                let request = aws
                    .iam
                    .put_role_permissions_boundary()
                    .role_name(&self.name)
                    .permissions_boundary(boundary);
                aws.call("iam:PutRolePermissionsBoundary", &arn, request.send())
                    .await?;
            }
            None => {
                let request = aws
                    .iam
                    .delete_role_permissions_boundary()
                    .role_name(&self.name);
                aws.call("iam:DeleteRolePermissionsBoundary", &arn, request.send())
                    .await?;
            }
        }
        let added = tags::added(&found.tags, &self.tags);
        if !added.is_empty() {
            let request = aws
                .iam
                .tag_role()
                .role_name(&self.name)
                .set_tags(Some(iam_tags(&added)?));
            aws.call("iam:TagRole", &arn, request.send()).await?;
        }
        let removed = tags::removed(&found.tags, &self.tags);
        if !removed.is_empty() {
            let request = aws
                .iam
                .untag_role()
                .role_name(&self.name)
                .set_tag_keys(Some(removed));
            aws.call("iam:UntagRole", &arn, request.send()).await?;
        }
        Ok(())
    }

    async fn put_policy(&self, policy: &Policy, aws: &Aws) -> Result<(), CallError> {
        aws.retry(concurrent_change, async || {
            let request = aws
                .iam
                .put_role_policy()
                .role_name(&self.name)
                .policy_name(INLINE_POLICY)
                .policy_document(policy.text());
            aws.call("iam:PutRolePolicy", self.arn(aws), request.send())
                .await
                .map(drop)
        })
        .await
    }
}

impl Resource for Role {
    const KIND: &'static str = "role";

    fn name(&self) -> &str {
        &self.name
    }

    async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Self>> {
        let arn = aws.role_arn("/", name);
        let role = aws.call(
            "iam:GetRole",
            &arn,
            aws.iam.get_role().role_name(name).send(),
        );
        let policy = aws.call(
            "iam:GetRolePolicy",
            &arn,
            aws.iam
                .get_role_policy()
                .role_name(name)
                .policy_name(INLINE_POLICY)
                .send(),
        );
        let (role, policy) = tokio::join!(role, policy);
        let Some(role) = optional(role)?.and_then(|answer| answer.role) else {
            return Ok(None);
        };
        let policy = optional(policy)?
            .map(|answer| document(name, "inline policy", &answer.policy_document))
            .transpose()?;
        Ok(Some(Self {
            name: name.to_owned(),
            trust: document(
                name,
                "trust policy",
                role.assume_role_policy_document().unwrap_or_default(),
            )?,
            policy,
            permissions_boundary: role
                .permissions_boundary()
                .and_then(|boundary| boundary.permissions_boundary_arn())
                .map(str::to_owned),
            tags: role
                .tags()
                .iter()
                .map(|tag| (tag.key.clone(), tag.value.clone()))
                .collect(),
            created: time::from_aws(&role.create_date),
            path: role.path,
        }))
    }

    async fn apply(&self, found: Option<&Self>, aws: &Aws) -> anyhow::Result<()> {
        match found {
            None => self.create(aws).await?,
            Some(found) => self.update(found, aws).await?,
        }
        match &self.policy {
            Some(policy) if found.and_then(|found| found.policy.as_ref()) != Some(policy) => {
                Ok(self.put_policy(policy, aws).await?)
            }
            _ => Ok(()),
        }
    }

    async fn destroy(&self, aws: &Aws) -> anyhow::Result<()> {
        let arn = self.arn(aws);
        let policy = aws
            .iam
            .delete_role_policy()
            .role_name(&self.name)
            .policy_name(INLINE_POLICY);
        optional(aws.call("iam:DeleteRolePolicy", &arn, policy.send()).await)?;
        match optional(
            aws.call(
                "iam:DeleteRole",
                &arn,
                aws.iam.delete_role().role_name(&self.name).send(),
            )
            .await,
        ) {
            Err(error) if error.is(&["DeleteConflict"]) => {
                Err(anyhow!(error).context(Refusal::new(
                    "somebody attached more policies to it",
                    format!(
                        "detach them first: `aws iam list-attached-role-policies --role-name {}`",
                        self.name
                    ),
                )))
            }
            result => {
                let _: () = drop(result?);
                Ok(())
            }
        }
    }

    fn is_same_stack(&self, wanted: &Self) -> bool {
        wanted
            .tags
            .get(STACK_TAG)
            .is_some_and(|stack| self.is_ours(stack))
    }
}

/// CloudTrail alone may assume the role (CloudTrail user guide, role policy document for CloudWatch Logs).
fn trust() -> Policy {
    Policy::new(json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }))
}

/// Writing to the streams that CloudTrail makes for this account in that group, and nothing else.
fn delivery(log_group: &str, aws: &Aws) -> Policy {
    let streams = format!(
        "{}:log-stream:{}_CloudTrail_{}*",
        aws.log_group_arn(log_group),
        aws.account,
        aws.region
    );
    Policy::new(json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "EcrmonCreateLogStream", "Effect": "Allow", "Action": ["logs:CreateLogStream"], "Resource": [streams]},
            {"Sid": "EcrmonPutLogEvents", "Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": [streams]},
        ],
    }))
}

/// IAM gives documents back URL-encoded.
fn document(role: &str, which: &str, encoded: &str) -> anyhow::Result<Policy> {
    let text = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy();
    Policy::parse(&text).map_err(|why| {
        Refusal::new(
            format!("the {which} of role `{role}` is not what we expect: {why}"),
            "correct it, or name another role with `--role`",
        )
        .into()
    })
}

fn iam_tags(tags: &Tags) -> anyhow::Result<Vec<Tag>> {
    tags.iter()
        .map(|(key, value)| {
            Tag::builder()
                .key(key)
                .value(value)
                .build()
                .context("cannot build a tag")
        })
        .collect()
}
