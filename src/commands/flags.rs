//! Flags that several commands share, and their way into domain values.

use clap::Args;
use globset::Glob;
use jiff::Timestamp;

use crate::error::Usage;
use crate::events::{Globs, Patterns, Window};
use crate::metrics::registry::Selection;
use crate::names;
use crate::settings::{Choices, DEFAULT_TRAIL};
use crate::stack::decision::Wish;
use crate::time;

/// How a command that writes goes about it.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Writes {
    /// Apply the plan without asking
    #[arg(short, long)]
    pub yes: bool,

    /// Show the plan and change nothing
    #[arg(long, conflicts_with = "check")]
    pub dry_run: bool,

    /// Show the plan, change nothing, and exit with 3 if anything would change
    #[arg(long)]
    pub check: bool,
}

/// The names of a stack's resources.
#[derive(Debug, Args)]
#[command(next_help_heading = "Names")]
pub(crate) struct Names {
    /// Name of our own trail, which names the stack
    #[arg(long, value_name = "NAME", default_value = DEFAULT_TRAIL, value_parser = names::trail)]
    pub trail: String,

    /// Bucket for the log archive [default: TRAIL-ACCOUNT-REGION]
    #[arg(long, value_name = "NAME", value_parser = names::bucket)]
    bucket: Option<String>,

    /// Log group that the trail delivers to [default: /aws/cloudtrail/ecr-logs]
    #[arg(long, value_name = "NAME", value_parser = names::log_group)]
    log_group: Option<String>,

    /// Role by which CloudTrail writes to the log group [default: TRAIL-REGION-logs]
    #[arg(long, value_name = "NAME", value_parser = names::role)]
    role: Option<String>,
}

impl Names {
    pub(crate) fn put_into(&self, choices: &mut Choices) {
        choices.set("bucket", self.bucket.as_ref());
        choices.set("log-group", self.log_group.as_ref());
        choices.set("role", self.role.as_ref());
    }
}

/// The dashboard's name; naming one asks for one.
#[derive(Debug, Args)]
pub(crate) struct DashboardName {
    /// Name of the dashboard [default: ECR-Operations-Dashboard]
    #[arg(long, value_name = "NAME", value_parser = names::dashboard, help_heading = "Names")]
    pub dashboard: Option<String>,
}

impl DashboardName {
    pub(crate) fn put_into(&self, choices: &mut Choices) {
        choices.set("dashboard", self.dashboard.as_ref());
        choices.set("no-dashboard", self.dashboard.as_ref().map(|_| false));
    }
}

/// A whole stack by its names, dashboard included.
#[derive(Debug, Args)]
pub(crate) struct StackNames {
    #[command(flatten)]
    names: Names,
    #[command(flatten)]
    dashboard: DashboardName,

    /// Leave the dashboard out; `--no-dashboard=false`, or `--dashboard NAME`, asks for it again
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL", conflicts_with = "dashboard")]
    no_dashboard: Option<bool>,
}

impl StackNames {
    /// The trail, which names the stack, and what was chosen of the rest.
    pub(crate) fn into_choices(self) -> (String, Choices) {
        let mut choices = Choices::default();
        self.names.put_into(&mut choices);
        self.dashboard.put_into(&mut choices);
        choices.set("no-dashboard", self.no_dashboard);
        (self.names.trail, choices)
    }
}

/// What trail, bucket, log group and role should be like.
#[derive(Debug, Args)]
#[command(next_help_heading = "Resources")]
pub(crate) struct Resources {
    /// Keep log events for this many days, or `never` let them expire [default: 90 for a group we create]
    #[arg(long, value_name = "DAYS", value_parser = names::retention)]
    retention: Option<String>,

    /// Delete archived log files after this many days, or `never` [default: never]
    #[arg(long, value_name = "DAYS", value_parser = names::expiry)]
    expire_logs: Option<String>,

    /// Prefix of the log files in the bucket
    #[arg(long, value_name = "PREFIX", value_parser = names::prefix)]
    prefix: Option<String>,

    /// Record this region alone; `--single-region=false` records all again
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    single_region: Option<bool>,

    /// Encrypt bucket and trail with this KMS key, or `none` [default: SSE-S3]
    #[arg(long, value_name = "ARN", value_parser = names::kms_key)]
    kms_key: Option<String>,

    /// Encrypt the log group with this KMS key, or `none`
    #[arg(long, value_name = "ARN", value_parser = names::kms_key)]
    log_kms_key: Option<String>,

    /// Path of the role [default: /]
    #[arg(long, value_name = "PATH", value_parser = names::role_path)]
    role_path: Option<String>,

    /// Managed policy that bounds the role, or `none`
    #[arg(long, value_name = "ARN", value_parser = names::permissions_boundary)]
    permissions_boundary: Option<String>,

    /// Tag what is created; may be repeated
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = names::tag)]
    tags: Vec<(String, String)>,
}

impl Resources {
    pub(crate) fn put_into(&self, choices: &mut Choices) {
        choices.set("retention", self.retention.as_ref());
        choices.set("expire-logs", self.expire_logs.as_ref());
        choices.set("prefix", self.prefix.as_ref());
        choices.set("single-region", self.single_region);
        choices.set("kms-key", self.kms_key.as_ref());
        choices.set("log-kms-key", self.log_kms_key.as_ref());
        choices.set("role-path", self.role_path.as_ref());
        choices.set("permissions-boundary", self.permissions_boundary.as_ref());
        self.tags
            .iter()
            .for_each(|(key, value)| choices.tag(key, value));
    }
}

/// What to do about a trail that records ECR but delivers to no log group.
#[derive(Debug, Args)]
#[command(next_help_heading = "Existing trails")]
pub(crate) struct ExistingTrails {
    /// Give this trail of yours our log group and role, and change nothing else of it
    #[arg(long, value_name = "NAME|ARN", value_parser = names::trail_or_arn, conflicts_with = "new_trail")]
    attach: Option<String>,

    /// Make a trail of our own, even if that buys a second copy of management events
    #[arg(long)]
    new_trail: bool,
}

impl ExistingTrails {
    pub(crate) fn wish(&self) -> Wish {
        match &self.attach {
            Some(trail) => Wish::Attach(trail.clone()),
            None if self.new_trail => Wish::NewTrail,
            None => Wish::Nothing,
        }
    }
}

/// Which repositories.
#[derive(Debug, Args)]
pub(crate) struct Repositories {
    /// Only these repositories, such as `team-*/api`; may be repeated [default: all]
    #[arg(long, value_name = "GLOB", value_parser = Globs::parse)]
    repo: Vec<Globs>,
}

impl Repositories {
    /// # Errors
    /// [`Usage`] for patterns that are too large together.
    pub(crate) fn selection(&self) -> Result<Selection, Usage> {
        Ok(Selection {
            repositories: patterns(self.repo.iter().flat_map(Globs::iter))?,
        })
    }
}

/// # Errors
/// [`Usage`] for patterns that are too large together.
pub(crate) fn patterns<'g>(globs: impl IntoIterator<Item = &'g Glob>) -> Result<Patterns, Usage> {
    Patterns::new(globs)
        .map_err(|error| Usage::new(error.to_string(), "use fewer or shorter patterns"))
}

/// Where a question begins if nobody says.
pub(crate) const LATELY: &str = "1h";

/// From when, until when.
#[derive(Debug, Args)]
#[command(next_help_heading = "Time")]
pub(crate) struct Times {
    /// Begin here: `90m`, `2d 4h`, `today`, `yesterday`, `2026-11-01`, or an RFC 3339 time [default: 1h]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<String>,

    /// End here, in the same forms [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<String>,
}

impl Times {
    /// Somebody says when to begin.
    pub(crate) fn begins(&self) -> bool {
        self.since.is_some()
    }

    /// The window until now, unless somebody says when to end; see [`Self::window_between`].
    ///
    /// # Errors
    /// Likewise.
    pub(crate) fn window(&self, since: &str, utc: bool) -> Result<Window, Usage> {
        self.window_between(since, "now", utc)
    }

    /// The window, in which days are those of the person's zone or, with `--utc`, of UTC. `since` and `until` are where
    /// it begins and ends if nobody says.
    ///
    /// # Errors
    /// [`Usage`] for what is no time, and for a window that ends before it begins.
    pub(crate) fn window_between(
        &self,
        since: &str,
        until: &str,
        utc: bool,
    ) -> Result<Window, Usage> {
        let now = Timestamp::now().to_zoned(time::zone(utc));
        let moment = |flag: &str, text: &str| {
            time::parse_moment(text, &now).map_err(|rule| {
                Usage::new(format!("cannot read `{text}` as a time for `{flag}`"), rule)
            })
        };
        let from = moment("--since", self.since.as_deref().unwrap_or(since))?;
        let until = moment("--until", self.until.as_deref().unwrap_or(until))?;
        if from < until {
            Ok(Window { from, until })
        } else {
            Err(Usage::new(
                format!("there is no time between {from:.0} and {until:.0}"),
                "let `--since` be earlier than `--until`; both may be spans before now",
            ))
        }
    }
}
