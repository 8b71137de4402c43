//! What the registry looks like: its repositories as ECR tells of them ([`registry`]), and what CloudWatch keeps of
//! their past ([`data`], at a [`period`] that it still has), or a dashboard shows of it ([`view`]). It goes out again as
//! metrics of our own ([`publish`]) and as text for Prometheus ([`export`]).
//!
//! AWS publishes little of ECR: pulls of each repository (AWS/ECR), and how often its API is called and how many
//! repositories and images there are (AWS/Usage). Sizes, untagged images and findings are nowhere but in ECR itself.

pub(crate) mod data;
pub(crate) mod dimensions;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod inventory;
mod label;
pub(crate) mod period;
pub(crate) mod picture;
pub(crate) mod publish;
pub(crate) mod pulls;
pub(crate) mod quota;
pub(crate) mod registry;
pub(crate) mod severity;
pub(crate) mod table;
pub(crate) mod topic;
mod total;
pub(crate) mod unit;
pub(crate) mod view;

/// The namespace of what AWS publishes of a repository (ECR user guide, "Amazon ECR repository metrics").
pub(crate) const ECR: &str = "AWS/ECR";
/// The only metric there: Sum, of each minute in which there was a pull, by `RepositoryName`.
pub(crate) const PULLS: &str = "RepositoryPullCount";
/// The namespace of calls and resources of all services, ECR's by `Service=ECR` (ECR user guide, "usage metrics").
pub(crate) const USAGE: &str = "AWS/Usage";
/// The namespace that `ecrmon metrics publish` writes to.
pub(crate) const OURS: &str = "ECR/Monitoring";
