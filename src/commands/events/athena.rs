//! Athena's flags of `ecrmon events`, and the table that they name.

use clap::Args;

use crate::aws::Aws;
use crate::commands::flags::Writes;
use crate::commands::writes::{Planned, carry_out};
use crate::context::Context;
use crate::error::{Exit, Usage};
use crate::events::athena::{Archive, DEFAULT_DATABASE, DEFAULT_WORKGROUP, TableName, parse_name};
use crate::events::{Athena, Place, Recorded, regions};
use crate::terminal::Page;

/// Athena's table, and who runs the queries.
#[derive(Debug, Args)]
#[command(next_help_heading = "Athena")]
pub(crate) struct AthenaFlags {
    /// Make database and table over the archive if they are missing, and end: shows a plan, then asks
    #[arg(long)]
    pub athena_create: bool,

    /// Create without asking
    #[arg(short, long, requires = "athena_create")]
    yes: bool,

    /// Show what would be created, and create nothing
    #[arg(long, requires = "athena_create")]
    dry_run: bool,

    /// The database [default: ecrmon]
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    athena_database: Option<String>,

    /// The table [default: cloudtrail_ and the archive's bucket and prefix]
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    athena_table: Option<String>,

    /// The workgroup that runs the queries [default: primary]
    #[arg(long, value_name = "NAME")]
    athena_workgroup: Option<String>,

    /// Where query results go, `s3://BUCKET/PREFIX/` [default: the workgroup's own place]
    #[arg(long, value_name = "PLACE")]
    athena_results: Option<String>,
}

impl AthenaFlags {
    /// One of the flags that say how Athena is to be asked, if any is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--athena-database", &self.athena_database),
            ("--athena-table", &self.athena_table),
            ("--athena-workgroup", &self.athena_workgroup),
            ("--athena-results", &self.athena_results),
        ];
        let given = flags.iter().find(|(_, value)| value.is_some());
        given.map(|(flag, _)| *flag)
    }

    /// The table over that archive, or the one that is named.
    pub(super) fn athena(&self, aws: &Aws, archive: &Archive, recorded: Recorded) -> Athena {
        let table = self.athena_table.clone();
        let or_default = |name: &Option<String>, default: &str| match name {
            Some(name) => name.clone(),
            None => default.to_owned(),
        };
        Athena {
            aws: aws.clone(),
            name: TableName {
                database: or_default(&self.athena_database, DEFAULT_DATABASE),
                table: table.unwrap_or_else(|| TableName::default_table(archive)),
            },
            workgroup: or_default(&self.athena_workgroup, DEFAULT_WORKGROUP),
            results: self.athena_results.clone(),
            recorded,
        }
    }

    /// Makes the table, as every plan is carried out.
    pub(super) async fn create(
        &self,
        aws: &Aws,
        archive: &Archive,
        context: &Context,
    ) -> anyhow::Result<Exit> {
        let plan = self
            .athena(aws, archive, Recorded::UNKNOWN)
            .creation(archive)
            .await?;
        let planned = Planned {
            words: Page::of(|page| {
                page.line("Athena would read the archive through these:");
                crate::output::plan::put_plan(page, &plan);
            }),
            idle: Page::of(|page| {
                page.line("Nothing to do: database and table are there.");
            }),
            question: "Make them?".to_owned(),
            typed: None,
            plan,
        };
        let writes = Writes {
            yes: self.yes,
            dry_run: self.dry_run,
            check: false,
        };
        let ended = carry_out(planned, writes, context, aws).await?;
        Ok(ended.unwrap_or(Exit::Done))
    }
}

/// What a table is made over: a bucket, with the accounts and regions whose files lie there.
///
/// # Errors
/// [`Usage`] for a local folder, which Athena cannot read.
pub(super) fn archive_of(
    place: &Place,
    accounts: Vec<String>,
    aws: &Aws,
) -> Result<Archive, Usage> {
    let Place::Bucket { name, prefix } = place else {
        return Err(Usage::new(
            "Athena reads buckets alone",
            "name one with `--archive s3://BUCKET/PREFIX`, or read the folder with `--source archive`",
        ));
    };
    let (prefix, below) = prefix.split_once("AWSLogs").unwrap_or((prefix, ""));
    let prefix = prefix.trim_matches('/');
    let organization = below.split('/').find(|part| part.starts_with("o-"));
    Ok(Archive {
        bucket: name.clone(),
        prefix: (!prefix.is_empty()).then(|| prefix.to_owned()),
        organization: organization.map(str::to_owned),
        accounts,
        regions: regions::of_partition(&aws.partition)
            .iter()
            .map(|&region| region.to_owned())
            .collect(),
    })
}
