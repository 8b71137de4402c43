//! AWS as a command sees it: who we are, where, one client per service, and the deterministic ARNs of what we manage.

mod as_given;
mod attend;
mod call;
mod config;
mod hints;
mod pace;
mod rate;
mod retry;
mod unread;

use aws_config::{Region, SdkConfig};

pub(crate) use call::{CallError, Fault, optional};
pub(crate) use config::Options;
pub(crate) use hints::credentials_hint;
pub(crate) use pace::LOOKUP_PACE;
pub(crate) use retry::{Limit, Patience, concurrent_change};
pub(crate) use unread::Unread;

use crate::error::Usage;
use crate::interrupt::Interrupt;
use crate::terminal::Progress;

/// The account, the region and the clients of one command. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Aws {
    pub account: String,
    pub region: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …: the first part of every ARN.
    pub partition: String,
    pub profile: Option<String>,
    pub athena: aws_sdk_athena::Client,
    pub cloudtrail: aws_sdk_cloudtrail::Client,
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    pub ecr: aws_sdk_ecr::Client,
    pub logs: aws_sdk_cloudwatchlogs::Client,
    pub s3: aws_sdk_s3::Client,
    pub iam: aws_sdk_iam::Client,
    pub progress: Progress,
    pub(crate) interrupt: Interrupt,
    paces: pace::Paces,
    config: SdkConfig,
}

impl Aws {
    /// Finds region, credentials and caller. One call: `sts:GetCallerIdentity`.
    ///
    /// # Errors
    /// [`Usage`] for a bad environment, no region, an unknown profile or the wrong account; a [`CallError`] where
    /// there are no usable credentials.
    pub(crate) async fn connect(
        options: &Options,
        progress: Progress,
        interrupt: Interrupt,
    ) -> anyhow::Result<Self> {
        let mut aws = Self::open(options, progress, interrupt).await?;
        aws.identify(options).await?;
        Ok(aws)
    }

    /// Finds region and settings without a call: for reads whose first answer is not to wait for another one. The
    /// account stays unknown (empty) and the credentials unproven.
    ///
    /// # Errors
    /// [`Usage`] for a bad environment, no region or an unknown profile.
    pub(crate) async fn open(
        options: &Options,
        progress: Progress,
        interrupt: Interrupt,
    ) -> anyhow::Result<Self> {
        let config = config::load(options).await?;
        let region = config.region().ok_or_else(config::no_region)?.to_string();
        Ok(Self {
            account: String::new(),
            partition: partition_of(&region).to_owned(),
            paces: pace::Paces::in_region(&region),
            region,
            profile: options.profile_name(),
            athena: aws_sdk_athena::Client::new(&config),
            cloudtrail: aws_sdk_cloudtrail::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            ecr: config::ecr(&config),
            logs: config::logs(&config),
            s3: config::s3(&config),
            iam: aws_sdk_iam::Client::new(&config),
            progress,
            interrupt,
            config,
        })
    }

    /// The same account in another region, which has quotas of its own.
    pub(crate) fn in_region(&self, region: &str) -> Self {
        let there = self.config.clone().into_builder();
        let config = there.region(Region::new(region.to_owned())).build();
        Self {
            account: self.account.clone(),
            region: region.to_owned(),
            partition: self.partition.clone(),
            profile: self.profile.clone(),
            athena: aws_sdk_athena::Client::new(&config),
            cloudtrail: aws_sdk_cloudtrail::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            ecr: config::ecr(&config),
            logs: config::logs(&config),
            s3: config::s3(&config),
            iam: self.iam.clone(),
            progress: self.progress.clone(),
            interrupt: self.interrupt.clone(),
            paces: pace::Paces::in_region(region),
            config,
        }
    }

    async fn identify(&mut self, options: &Options) -> anyhow::Result<()> {
        let sts = aws_sdk_sts::Client::new(&self.config);
        let caller = self
            .call(
                "sts:GetCallerIdentity",
                "the caller",
                sts.get_caller_identity().send(),
            )
            .await?;
        self.account = caller.account.unwrap_or_default();
        let arn = caller.arn.unwrap_or_default();
        if let Some(partition) = arn.split(':').nth(1) {
            partition.clone_into(&mut self.partition);
        }
        match &options.account {
            Some(wanted) if *wanted != self.account => Err(Usage::new(
                format!("these credentials belong to account {}, not to {wanted} as `--account` demands", self.account),
                "use the credentials of that account (`--profile NAME`), or another `--account`",
            )
            .into()),
            _ => Ok(()),
        }
    }

    /// The caller's account, asked for where it is not known yet. That needs no permission.
    ///
    /// # Errors
    /// A [`CallError`].
    pub(crate) async fn own_account(&self) -> Result<String, CallError> {
        if !self.account.is_empty() {
            return Ok(self.account.clone());
        }
        let sts = aws_sdk_sts::Client::new(&self.config);
        let request = sts.get_caller_identity().send();
        let caller = self.call("sts:GetCallerIdentity", "the caller", request);
        Ok(caller.await?.account.unwrap_or_default())
    }

    /// The same, with S3 asked in the region where a bucket is: a trail may deliver to a bucket of another region.
    pub(crate) fn with_s3_in(&self, region: &str) -> Self {
        if region == self.region {
            return self.clone();
        }
        let there = self.config.clone().into_builder();
        let there = there.region(Region::new(region.to_owned())).build();
        Self {
            s3: config::s3(&there),
            ..self.clone()
        }
    }

    /// The same, without a line of progress for what it does: for what goes on and on.
    pub(crate) fn unseen(&self) -> Self {
        Self {
            progress: self.progress.unseen(),
            ..self.clone()
        }
    }

    /// CloudTrail in another region: a trail can be changed, and its state be trusted, only in its home region.
    pub(crate) fn cloudtrail_in(&self, region: &str) -> aws_sdk_cloudtrail::Client {
        let config = aws_sdk_cloudtrail::config::Builder::from(&self.config)
            .region(Region::new(region.to_owned()));
        aws_sdk_cloudtrail::Client::from_conf(config.build())
    }

    /// CloudWatch Logs in another region: where an adopted trail delivers.
    pub(crate) fn logs_in(&self, region: &str) -> aws_sdk_cloudwatchlogs::Client {
        let there = self.config.clone().into_builder();
        config::logs(&there.region(Region::new(region.to_owned())).build())
    }

    pub(crate) fn trail_arn(&self, name: &str) -> String {
        format!(
            "arn:{}:cloudtrail:{}:{}:trail/{name}",
            self.partition, self.region, self.account
        )
    }

    /// The ARN that CloudTrail and IAM policies want, less its final `:*`.
    pub(crate) fn log_group_arn(&self, name: &str) -> String {
        format!(
            "arn:{}:logs:{}:{}:log-group:{name}",
            self.partition, self.region, self.account
        )
    }

    /// `path` begins and ends with `/`.
    pub(crate) fn role_arn(&self, path: &str, name: &str) -> String {
        format!(
            "arn:{}:iam::{}:role{path}{name}",
            self.partition, self.account
        )
    }

    pub(crate) fn bucket_arn(&self, name: &str) -> String {
        format!("arn:{}:s3:::{name}", self.partition)
    }
}

/// The partition of a region, by the beginnings of its name that AWS documents (SDK partitions file).
fn partition_of(region: &str) -> &'static str {
    const BEGINNINGS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    BEGINNINGS
        .iter()
        .find(|(beginning, _)| region.starts_with(beginning))
        .map_or("aws", |(_, partition)| partition)
}
