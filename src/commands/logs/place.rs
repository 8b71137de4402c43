//! Which log group is meant: the one that was named, or the one that the trails deliver to.

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::Args;

use crate::aws::Aws;
use crate::error::{Refusal, Usage};
use crate::names;
use crate::resources::log_group_arn::LogGroupArn;
use crate::resources::trails;

#[derive(Debug, Args)]
pub(super) struct Place {
    /// Look into this log group [default: the one that a trail delivers to]
    #[arg(long, value_name = "NAME", value_parser = names::log_group)]
    log_group: Option<String>,
}

impl Place {
    /// Finds the log group. One call, if none was named.
    ///
    /// # Errors
    /// A failed call, a [`Refusal`] where no trail delivers to a log group of this account, and [`Usage`] where
    /// several do.
    pub(super) async fn find(self, aws: &Aws) -> anyhow::Result<LogGroupArn> {
        match self.log_group {
            Some(name) => Ok(LogGroupArn {
                region: aws.region.clone(),
                account: aws.account.clone(),
                name,
            }),
            None => fed_by_trails(aws).await,
        }
    }
}

async fn fed_by_trails(aws: &Aws) -> anyhow::Result<LogGroupArn> {
    let trails = trails::describe(aws)
        .await
        .context("cannot find the log group that a trail delivers to")?;
    let arns = trails.iter().filter_map(|trail| trail.cloud_watch_logs_log_group_arn());
    let mut groups: BTreeMap<&str, LogGroupArn> = arns
        .filter_map(|arn| Some((arn, LogGroupArn::parse(arn)?)))
        .filter(|(_, group)| group.account == aws.account)
        .collect();
    match (groups.pop_first(), groups.len()) {
        (None, _) => Err(Refusal::new(
            "no trail that is seen from here delivers to a log group of this account",
            "name a log group with `--log-group NAME`, or have one made by `ecrmon setup`",
        )
        .into()),
        (Some((_, group)), 0) => Ok(group),
        (Some((_, first)), _) => Err(choose(std::iter::once(first).chain(groups.into_values())).into()),
    }
}

fn choose(groups: impl Iterator<Item = LogGroupArn>) -> Usage {
    let names: Vec<String> = groups
        .map(|LogGroupArn { region, name, .. }| format!("`{name}` (in {region})"))
        .collect();
    Usage::new(
        format!("trails deliver to several log groups: {}", names.join(", ")),
        "name one with `--log-group NAME`, and its region with `--region REGION`",
    )
}
