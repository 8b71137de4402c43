//! One file for each command: its help, its flags and a short `run`.

pub(crate) mod dashboard;
mod ensure;
pub(crate) mod events;
mod flags;
pub(crate) mod logs;
pub(crate) mod metrics;
pub(crate) mod setup;
pub(crate) mod shell;
pub(crate) mod status;
pub(crate) mod teardown;
pub(crate) mod trail;
mod verify;
mod writes;
