//! The registry for Prometheus: as text ([`exposition`]), in a file ([`mod@file`]), or served over HTTP ([`server`])
//! from a [`cache`].

pub(crate) mod cache;
pub(crate) mod exposition;
pub(crate) mod file;
pub(crate) mod server;
