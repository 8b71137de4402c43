//! The source `archive`: the files that CloudTrail writes to a bucket, there or in folders that hold copies of them.
//!
//! ```text
//! places -> listing (day by day) -> fetch -> inflate -> split -> records of ECR -> events, in the order of delivery
//! ```
//!
//! The layout is `[prefix/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/` (CloudTrail user guide, "Finding your
//! CloudTrail log files"). Digest, Insight and other siblings are not read. A bucket takes `s3:ListBucket` and
//! `s3:GetObject`, a folder no credentials at all.

mod bucket;
mod folder;
mod inflate;
mod listing;
mod name;
mod object;
mod place;
mod read;
#[cfg(test)]
mod read_tests;
mod records;
mod scan;
mod split;
mod tally;
mod tree;
mod workers;

pub(crate) use place::Place;
pub(crate) use read::Archive;
