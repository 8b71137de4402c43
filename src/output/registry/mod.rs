//! What `ecrmon metrics` says: the table of the registry.

mod columns;
mod data;
mod report;
mod words;

pub(crate) use report::{Asked, RegistryTable};
