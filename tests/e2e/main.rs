//! The whole program against a simulated AWS, each test in an account of its own.

#[path = "../support/mod.rs"]
mod support;

mod adoption;
mod attach;
mod connection;
mod convergence;
mod credentials;
mod deliveries;
mod denied;
mod drift;
mod drift_of_bucket;
mod drift_of_role;
mod drift_of_trail;
mod existing;
mod faults;
mod foreign;
mod interrupt;
mod logs_query;
mod names;
mod propagation;
mod questions;
mod readme;
mod refusals;
mod settings;
mod setup;
mod simulator_athena;
mod simulator_insights;
mod simulator_live_tail;
mod simulator_logs;
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
