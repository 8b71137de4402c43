//! One file for each kind of AWS resource that ecrmon manages: what it should be, what is there, what changes it.

pub(crate) mod attachment;
pub(crate) mod bucket;
pub(crate) mod bucket_contents;
pub(crate) mod bucket_policy;
mod bucket_reads;
mod bucket_writes;
pub(crate) mod dashboard;
pub(crate) mod log_group;
pub(crate) mod log_group_arn;
pub(crate) mod log_groups;
pub(crate) mod policy;
pub(crate) mod role;
pub(crate) mod tags;
pub(crate) mod trail;
pub(crate) mod trails;
