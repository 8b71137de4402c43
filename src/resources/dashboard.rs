//! The CloudWatch dashboard. Dashboards are global in an account and carry their marker in the body.

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;

use super::dashboard_body::Content;
use super::dashboard_marker::Marker;
use crate::aws::{Aws, optional};
use crate::error::{Refusal, Usage};
use crate::plan::{Resource, Step};

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Dashboard {
    #[serde(skip)]
    pub name: String,
    pub body: Value,
}

/// Whose a dashboard is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Made by this stack and not changed since.
    Us,
    /// Made by this stack, then edited by a person.
    Edited,
    /// Made by ecrmon for another stack or region.
    OtherStack(Marker),
    /// No marker.
    Somebody,
}

impl Dashboard {
    pub(crate) fn owner(&self, content: &Content) -> Owner {
        match Marker::of(&self.body) {
            None => Owner::Somebody,
            Some(marker) if marker.stack != content.stack || marker.region != content.region => {
                Owner::OtherStack(marker)
            }
            Some(marker) if marker.is_intact(&self.body) => Owner::Us,
            Some(_) => Owner::Edited,
        }
    }

    /// The step towards the dashboard as it should be. What a person made or edited is kept unless `overwrite`.
    ///
    /// # Errors
    /// [`Usage`] for a dashboard of another stack or region.
    pub(crate) fn step(
        name: &str,
        content: &Content,
        found: Option<Self>,
        overwrite: bool,
    ) -> Result<Step, Usage> {
        let kept = |why: &str| {
            let advice = format!(
                "`--overwrite` replaces it, `--dashboard NAME` makes another beside it (now kept: {why})"
            );
            Ok(Step::keep(Self::KIND, name, why).advised(vec![advice]))
        };
        match found.as_ref().map(|found| found.owner(content)) {
            Some(Owner::OtherStack(marker)) => return Err(belongs_elsewhere(name, &marker)),
            Some(Owner::Edited) if !overwrite => {
                return kept("edited by hand since ecrmon made it");
            }
            Some(Owner::Somebody) if !overwrite => return kept("not made by ecrmon"),
            _ => {}
        }
        let wanted = Self {
            name: name.to_owned(),
            body: content.body(),
        };
        let widgets = wanted.body["widgets"].as_array().map_or(0, Vec::len);
        Ok(Step::ensure(wanted, found).noted(format!("{widgets} widgets")))
    }
}

fn belongs_elsewhere(name: &str, marker: &Marker) -> Usage {
    Usage::new(
        format!(
            "dashboard `{name}` belongs to stack `{}` in {} (dashboards are global)",
            marker.stack, marker.region
        ),
        format!(
            "name another with `--dashboard NAME`, leave it out with `--no-dashboard`, or mean that stack: `--trail {} --region {}`",
            marker.stack, marker.region
        ),
    )
}

impl Resource for Dashboard {
    const KIND: &'static str = "dashboard";

    fn name(&self) -> &str {
        &self.name
    }

    async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Self>> {
        let request = aws.cloudwatch.get_dashboard().dashboard_name(name);
        let answer = optional(
            aws.call("cloudwatch:GetDashboard", arn(name, aws), request.send())
                .await,
        )?;
        let Some(text) = answer.and_then(|answer| answer.dashboard_body) else {
            return Ok(None);
        };
        let body = serde_json::from_str(&text).map_err(|error| {
            Refusal::new(
                format!("the body of dashboard `{name}` is not JSON: {error}"),
                "name another with `--dashboard NAME`",
            )
        })?;
        Ok(Some(Self {
            name: name.to_owned(),
            body,
        }))
    }

    async fn apply(&self, _found: Option<&Self>, aws: &Aws) -> anyhow::Result<()> {
        let request = aws
            .cloudwatch
            .put_dashboard()
            .dashboard_name(&self.name)
            .dashboard_body(self.body.to_string());
        let answer = aws
            .call(
                "cloudwatch:PutDashboard",
                arn(&self.name, aws),
                request.send(),
            )
            .await
            .context("CloudWatch refused the body")?;
        for message in answer.dashboard_validation_messages() {
            let (path, text) = (
                message.data_path().unwrap_or("body"),
                message.message().unwrap_or("no reason given"),
            );
            aws.progress
                .warning(&format!("CloudWatch on `{path}` of the dashboard: {text}"));
        }
        Ok(())
    }

    async fn destroy(&self, aws: &Aws) -> anyhow::Result<()> {
        let request = aws
            .cloudwatch
            .delete_dashboards()
            .dashboard_names(&self.name);
        optional(
            aws.call(
                "cloudwatch:DeleteDashboards",
                arn(&self.name, aws),
                request.send(),
            )
            .await,
        )?;
        Ok(())
    }

    /// A dashboard is put whole: there is no "already exists" to look into.
    fn is_same_stack(&self, _wanted: &Self) -> bool {
        false
    }
}

fn arn(name: &str, aws: &Aws) -> String {
    format!(
        "arn:{}:cloudwatch::{}:dashboard/{name}",
        aws.partition, aws.account
    )
}
