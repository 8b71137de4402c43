//! The ARN of a log group, taken apart: a trail's log group may be in another region or another account.

/// `arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME`, with or without the final `:*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogGroupArn {
    pub region: String,
    pub account: String,
    pub name: String,
}

impl LogGroupArn {
    /// Without the final `:*`.
    pub(crate) fn arn(&self, partition: &str) -> String {
        let Self {
            region,
            account,
            name,
        } = self;
        format!("arn:{partition}:logs:{region}:{account}:log-group:{name}")
    }

    pub(crate) fn parse(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(7, ':').collect();
        match parts[..] {
            ["arn", _, "logs", region, account, "log-group", name] => Some(Self {
                region: region.to_owned(),
                account: account.to_owned(),
                name: name.trim_end_matches(":*").to_owned(),
            }),
            _ => None,
        }
    }
}
