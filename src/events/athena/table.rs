//! The table that is read, and the database that it is in: how they are made. Their statements are shown before they
//! run; nothing of them is ever changed or taken away.

use serde::Serialize;

use super::sql::literal;
use super::{Athena, TableName};
use crate::aws::{Aws, optional};
use crate::error::{Refusal, Usage};
use crate::events::Query;
use crate::plan::{Plan, Resource, Step};

/// Where a trail delivers.
#[derive(Debug, Clone)]
pub(crate) struct Archive {
    pub bucket: String,
    pub prefix: Option<String>,
    /// `o-…` for an organization's trail.
    pub organization: Option<String>,
    pub accounts: Vec<String>,
    pub regions: Vec<String>,
}

/// The columns, as AWS documents them (Athena user guide, "Create the table for CloudTrail logs using partition
/// projection"), and two more that tell who stands behind a session: `identityprovider` and `sourceidentity`.
const COLUMNS: &str = "\
  eventversion STRING,
  useridentity STRUCT<type:STRING,principalid:STRING,arn:STRING,accountid:STRING,invokedby:STRING,accesskeyid:STRING,\
username:STRING,identityprovider:STRING,onbehalfof:STRUCT<userid:STRING,identitystorearn:STRING>,\
sessioncontext:STRUCT<attributes:STRUCT<mfaauthenticated:STRING,creationdate:STRING>,\
sessionissuer:STRUCT<type:STRING,principalid:STRING,arn:STRING,accountid:STRING,username:STRING>,\
ec2roledelivery:STRING,webidfederationdata:STRUCT<federatedprovider:STRING,attributes:MAP<STRING,STRING>>,\
sourceidentity:STRING>>,
  eventtime STRING, eventsource STRING, eventname STRING, awsregion STRING, sourceipaddress STRING, useragent STRING,
  errorcode STRING, errormessage STRING, requestparameters STRING, responseelements STRING, additionaleventdata STRING,
  requestid STRING, eventid STRING, readonly STRING,
  resources ARRAY<STRUCT<arn:STRING,accountid:STRING,type:STRING>>,
  eventtype STRING, apiversion STRING, recipientaccountid STRING, serviceeventdetails STRING, sharedeventid STRING,
  vpcendpointid STRING, vpcendpointaccountid STRING, eventcategory STRING,
  addendum STRUCT<reason:STRING,updatedfields:STRING,originalrequestid:STRING,originaleventid:STRING>,
  sessioncredentialfromconsole STRING, edgedevicedetails STRING,
  tlsdetails STRUCT<tlsversion:STRING,ciphersuite:STRING,clientprovidedhostheader:STRING>";

/// The first day that is looked for: ECR's records in CloudTrail's present form are no older than the service needs.
const FIRST_DAY: &str = "2020/01/01";

impl Archive {
    /// `s3://BUCKET/[PREFIX/]AWSLogs/[o-ORGANIZATION/]`.
    pub(super) fn root(&self) -> String {
        let part = |part: &Option<String>| {
            part.as_ref()
                .map_or_else(String::new, |part| format!("{part}/"))
        };
        format!(
            "s3://{}/{}AWSLogs/{}",
            self.bucket,
            part(&self.prefix),
            part(&self.organization)
        )
    }

    /// Where the objects of a partition are. All accounts and regions are one table: their values are listed, so that
    /// a query need not name them, and one that does reads theirs alone.
    fn template(&self) -> String {
        format!(
            "{}${{account}}/CloudTrail/${{region}}/${{timestamp}}",
            self.root()
        )
    }

    /// # Errors
    /// [`Usage`] for what could end a literal of Hive's, which knows escapes and variables.
    fn check(&self) -> Result<(), Usage> {
        let root = self.root();
        let is_fine = |c: char| c.is_ascii_alphanumeric() || "/:._-=+@!(),".contains(c);
        if root.chars().all(is_fine) && !self.accounts.is_empty() && !self.regions.is_empty() {
            return Ok(());
        }
        Err(Usage::new(
            format!("cannot make a table over `{root}`"),
            "it takes at least one account and one region, and a prefix of letters, digits and `/:._-=+@!(),`",
        ))
    }
}

#[derive(Clone, Serialize)]
pub(crate) struct Database {
    name: String,
    #[serde(skip)]
    made_by: Option<Athena>,
}

#[derive(Clone, Serialize)]
pub(crate) struct Table {
    /// `DATABASE.TABLE`.
    name: String,
    location: String,
    accounts: Vec<String>,
    regions: Vec<String>,
    #[serde(skip)]
    made_by: Option<(Athena, String)>,
}

impl Athena {
    /// The plan that makes database and table, with the statements that do it.
    ///
    /// # Errors
    /// [`Usage`] for an archive that no table can be made over; what cannot be looked at.
    pub(crate) async fn creation(&self, archive: &Archive) -> anyhow::Result<Plan> {
        archive.check()?;
        let database = Database {
            name: self.name.database.clone(),
            made_by: Some(self.clone()),
        };
        let statement = create_table(&self.name, archive);
        let table = Table {
            name: self.name.to_string(),
            location: archive.template(),
            accounts: archive.accounts.clone(),
            regions: archive.regions.clone(),
            made_by: Some((self.clone(), statement.clone())),
        };
        let found_database = Database::observe(&database.name, &self.aws).await?;
        let found_table = match found_database {
            Some(_) => Table::observe(&table.name, &self.aws).await?,
            None => None,
        };
        let shown = |statement: String, step: Step| {
            let statements = step.changes_something().then_some(statement);
            step.advised(statements.into_iter().collect())
        };
        let first = create_database(&self.name);
        Ok(Plan(vec![
            vec![shown(first, Step::ensure(database, found_database))],
            vec![shown(statement, Step::ensure(table, found_table))],
        ]))
    }

    /// The accounts and regions that are asked for and of which the table was not made, as far as it says so: it
    /// answers for them as if nothing had happened there.
    pub(super) async fn lacking(&self, query: &Query) -> Vec<String> {
        let name = self.name.to_string();
        let Ok(Some(table)) = Table::observe(&name, &self.aws).await else {
            return Vec::new();
        };
        let asked = [
            ("account", &query.filter.accounts, &table.accounts),
            ("region", &query.filter.regions, &table.regions),
        ];
        let lacking = asked.into_iter().flat_map(|(what, asked, there)| {
            let is_there = |one: &&String| there.is_empty() || there.contains(one);
            let lacking = asked.iter().filter(move |one| !is_there(one));
            lacking.map(move |one| (what, one))
        });
        lacking
            .map(|(what, one)| {
                format!("{what} {one}: the table `{name}` was made without it; make another with `--athena-create --athena-table NAME`")
            })
            .collect()
    }

    async fn carry_out(&self, statement: &str) -> anyhow::Result<()> {
        self.run(statement, std::future::pending())
            .await
            .map(|_| ())
    }
}

fn create_database(name: &TableName) -> String {
    format!("CREATE DATABASE IF NOT EXISTS `{}`", name.database)
}

fn create_table(name: &TableName, archive: &Archive) -> String {
    let properties = [
        ("projection.enabled", "true".to_owned()),
        ("projection.account.type", "enum".to_owned()),
        ("projection.account.values", archive.accounts.join(",")),
        ("projection.region.type", "enum".to_owned()),
        ("projection.region.values", archive.regions.join(",")),
        ("projection.timestamp.type", "date".to_owned()),
        ("projection.timestamp.format", "yyyy/MM/dd".to_owned()),
        ("projection.timestamp.interval", "1".to_owned()),
        ("projection.timestamp.interval.unit", "DAYS".to_owned()),
        ("projection.timestamp.range", format!("{FIRST_DAY},NOW")),
        (TEMPLATE, archive.template()),
    ];
    let properties: Vec<_> = properties
        .iter()
        .map(|(name, value)| format!("  {} = {}", literal(name), literal(value)))
        .collect();
    format!(
        "CREATE EXTERNAL TABLE IF NOT EXISTS `{}`.`{}` (\n{COLUMNS}\n)\n\
        PARTITIONED BY (`account` STRING, `region` STRING, `timestamp` STRING)\n\
        ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'\n\
        STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'\n\
        OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n\
        LOCATION {}\n\
        TBLPROPERTIES (\n{}\n)",
        name.database,
        name.table,
        literal(&archive.root()),
        properties.join(",\n")
    )
}

/// The property that says where partitions are.
const TEMPLATE: &str = "storage.location.template";
/// The catalogue that every account has.
const CATALOG: &str = "AwsDataCatalog";

impl Resource for Database {
    const KIND: &'static str = "database";

    fn name(&self) -> &str {
        &self.name
    }

    async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Self>> {
        let call = aws
            .athena
            .get_database()
            .catalog_name(CATALOG)
            .database_name(name);
        let found = aws.call("athena:GetDatabase", name, call.send()).await;
        let found = not_there(found)?;
        Ok(found.map(|_| Self {
            name: name.to_owned(),
            made_by: None,
        }))
    }

    async fn apply(&self, _: Option<&Self>, _: &Aws) -> anyhow::Result<()> {
        match &self.made_by {
            Some(athena) => athena.carry_out(&create_database(&athena.name)).await,
            None => Ok(()),
        }
    }

    async fn destroy(&self, _: &Aws) -> anyhow::Result<()> {
        Err(kept(&self.name))
    }

    fn is_same_stack(&self, wanted: &Self) -> bool {
        self.name == wanted.name
    }
}

impl Resource for Table {
    const KIND: &'static str = "table";

    fn name(&self) -> &str {
        &self.name
    }

    async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Self>> {
        let (database, table) = name.split_once('.').unwrap_or(("default", name));
        let call = aws.athena.get_table_metadata().catalog_name(CATALOG);
        let call = call.database_name(database).table_name(table);
        let found = aws.call("athena:GetTableMetadata", name, call.send()).await;
        let Some(metadata) = not_there(found)?.and_then(|found| found.table_metadata) else {
            return Ok(None);
        };
        let properties = metadata.parameters.unwrap_or_default();
        let value = |name: &str| properties.get(name).cloned().unwrap_or_default();
        let list = |name: &str| {
            let values = value(name);
            let values = values.split(',').map(str::trim);
            values
                .filter(|one| !one.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Ok(Some(Self {
            name: name.to_owned(),
            location: value(TEMPLATE),
            accounts: list("projection.account.values"),
            regions: list("projection.region.values"),
            made_by: None,
        }))
    }

    async fn apply(&self, found: Option<&Self>, _: &Aws) -> anyhow::Result<()> {
        match (&self.made_by, found) {
            (_, Some(_)) => Err(kept(&self.name)),
            (Some((athena, statement)), None) => athena.carry_out(statement).await,
            (None, None) => Ok(()),
        }
    }

    async fn destroy(&self, _: &Aws) -> anyhow::Result<()> {
        Err(kept(&self.name))
    }

    fn is_same_stack(&self, wanted: &Self) -> bool {
        self.location == wanted.location
    }
}

fn kept(name: &str) -> anyhow::Error {
    Refusal::new(
        format!("`{name}` is there already, and is left as it is"),
        "make another table with `--athena-table NAME`, or take that one away in Athena",
    )
    .into()
}

/// Athena wraps what Glue says of a thing that does not exist in an error of its own.
fn not_there<T>(
    found: Result<T, crate::aws::CallError>,
) -> Result<Option<T>, crate::aws::CallError> {
    match found {
        Err(error)
            if error.is(&["MetadataException"]) && error.message().contains("EntityNotFound") =>
        {
            Ok(None)
        }
        other => optional(other),
    }
}
