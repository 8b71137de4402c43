//! The whole program against a simulated AWS, each test in an account of its own.

#[path = "../support/mod.rs"]
mod support;

mod adoption;
mod attach;
mod connection;
mod convergence;
mod credentials;
mod denied;
mod drift;
mod drift_of_bucket;
mod drift_of_role;
mod drift_of_trail;
mod existing;
mod faults;
mod foreign;
mod interrupt;
mod names;
mod propagation;
mod questions;
mod readme;
mod refusals;
mod settings;
mod setup;
mod stack;
mod status;
mod status_unhealthy;
mod surface;
mod teardown;
mod teardown_bucket;
mod teardown_failures;
mod teardown_ownership;
mod trail_list;
mod trails;
