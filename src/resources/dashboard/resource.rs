//! Reading, writing and deleting a dashboard. Dashboards are global in an account.

use std::cell::RefCell;

use aws_sdk_cloudwatch::error::SdkError;
use aws_sdk_cloudwatch::operation::put_dashboard::PutDashboardError;
use aws_sdk_cloudwatch::types::DashboardValidationMessage;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::complaints;
use super::fields::{fields, title};
use crate::aws::{Aws, optional};
use crate::error::Refusal;
use crate::plan::Resource;

/// A dashboard with its body. Bodies that mean the same are equal when serialised: a field for each widget.
#[derive(Debug, Clone)]
pub(crate) struct Dashboard {
    pub name: String,
    pub body: Value,
}

impl Serialize for Dashboard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fields(&self.body).serialize(serializer)
    }
}

impl Dashboard {
    /// Its widgets with what people call them.
    pub(crate) fn widgets(&self) -> Vec<(String, &Value)> {
        let widgets = self.body["widgets"].as_array().into_iter().flatten();
        widgets
            .enumerate()
            .map(|(number, widget)| (title(widget, number), widget))
            .collect()
    }
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
        let complaints = RefCell::new(Vec::new());
        let request = aws
            .cloudwatch
            .put_dashboard()
            .dashboard_name(&self.name)
            .dashboard_body(self.body.to_string());
        let request = async {
            let noted = |error: &_| *complaints.borrow_mut() = messages(error);
            request.send().await.inspect_err(noted)
        };
        let answer = aws
            .call("cloudwatch:PutDashboard", arn(&self.name, aws), request)
            .await;
        let answer = answer.map_err(|error| self.refused(&complaints.take(), error.into()))?;
        for line in complaints::lines(answer.dashboard_validation_messages(), &self.body) {
            aws.progress.warning(&format!("CloudWatch on {line}"));
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

impl Dashboard {
    fn refused(
        &self,
        messages: &[DashboardValidationMessage],
        error: anyhow::Error,
    ) -> anyhow::Error {
        let lines = complaints::lines(messages, &self.body);
        if lines.is_empty() {
            return error;
        }
        Refusal::new(
            format!("CloudWatch refused the body: {}", lines.join("\n")),
            "leave out what it refuses (`--no-log-widgets`, another `--repo`), and report it: ecrmon made that body",
        )
        .into()
    }
}

fn messages<R>(error: &SdkError<PutDashboardError, R>) -> Vec<DashboardValidationMessage> {
    match error.as_service_error() {
        Some(PutDashboardError::DashboardInvalidInputError(invalid)) => {
            invalid.dashboard_validation_messages().to_vec()
        }
        _ => Vec::new(),
    }
}

fn arn(name: &str, aws: &Aws) -> String {
    format!(
        "arn:{}:cloudwatch::{}:dashboard/{name}",
        aws.partition, aws.account
    )
}
