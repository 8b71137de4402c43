//! The registry as ECR tells of it: which repositories there are, and what their images add up to.
//!
//! ```text
//! list -> for each repository, side by side: images (folded as they come), lifecycle policy, findings -> Registry
//! ```
//!
//! What could not be read stays `None`, and a [`Shortfall`] says why. What is not here: pulls, which CloudWatch counts
//! (`metrics::pulls`), and every word that is shown (`output/`). No image is ever fetched: BatchGetImage would count as
//! a pull.

mod fold;
mod list;
mod read;
mod repository;
mod scan;
mod shortfall;

pub(crate) use list::{Selection, list};
pub(crate) use read::{describe, read};
pub(crate) use repository::{Findings, Images, Registry, Repository};
pub(crate) use shortfall::Shortfall;
