//! The registry for Prometheus: as text ([`exposition`]), in a file ([`file`]), or served over HTTP ([`server`]) from a
//! [`cache`]. [`pulls`] are only read where they are asked for.

pub(crate) mod cache;
pub(crate) mod exposition;
pub(crate) mod file;
pub(crate) mod pulls;
pub(crate) mod server;
