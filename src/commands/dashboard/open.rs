//! `ecrmon dashboard open`.

use clap::Args;

use super::place::Place;
use crate::context::Context;
use crate::error::{Exit, Refusal};
use crate::output::dashboards::Address;

/// Print the address of a dashboard in the AWS console
///
/// No browser is started: hand the address to one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon dashboard open
  xdg-open \"$(ecrmon dashboard open -q)\"
  ecrmon dashboard open Team-A --output json")]
pub(crate) struct Open {
    #[command(flatten)]
    place: Place,
}

impl Open {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        context.output.without_rows()?;
        context.one_region()?;
        let aws = match &self.place.name {
            Some(_) => context.open().await?,
            None => context.connect().await?,
        };
        let dashboard = self.place.find(&aws).await?;
        let url = console(&aws.partition, &aws.region, &dashboard)?;
        context.output.result(&Address { dashboard, url })?;
        Ok(Exit::Done)
    }
}

/// Where the console of a partition is (AWS general reference; China and GovCloud user guides).
const CONSOLES: [(&str, &str); 4] = [
    ("aws", "console.aws.amazon.com"),
    ("aws-cn", "console.amazonaws.cn"),
    ("aws-us-gov", "console.amazonaws-us-gov.com"),
    ("aws-eusc", "console.amazonaws-eusc.eu"),
];

/// # Errors
/// A [`Refusal`] for a partition whose console's address is not public.
fn console(partition: &str, region: &str, name: &str) -> Result<String, Refusal> {
    let found = CONSOLES.iter().find(|(known, _)| *known == partition);
    let (_, host) = found.ok_or_else(|| {
        Refusal::new(
            format!("the address of the console in the partition `{partition}` is not known"),
            format!("open the console there, then CloudWatch, Dashboards, `{name}`"),
        )
    })?;
    Ok(format!(
        "https://{region}.{host}/cloudwatch/home?region={region}#dashboards/dashboard/{name}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_own_console() {
        for (partition, region, host) in [
            ("aws", "eu-west-1", "eu-west-1.console.aws.amazon.com"),
            ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
            (
                "aws-us-gov",
                "us-gov-west-1",
                "us-gov-west-1.console.amazonaws-us-gov.com",
            ),
            (
                "aws-eusc",
                "eusc-de-east-1",
                "eusc-de-east-1.console.amazonaws-eusc.eu",
            ),
        ] {
            assert_eq!(
                console(partition, region, "D").expect("an address"),
                format!("https://{host}/cloudwatch/home?region={region}#dashboards/dashboard/D")
            );
        }
        let secret = console("aws-iso", "us-iso-east-1", "D").expect_err("not public");
        assert!(secret.to_string().contains("aws-iso"));
    }
}
