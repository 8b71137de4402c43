//! The whole program against a simulated AWS, each test in an account of its own.

#[path = "../support/mod.rs"]
mod support;

mod convergence;
mod drift;
mod drift_of_bucket;
mod drift_of_role;
mod drift_of_trail;
mod existing;
mod foreign;
mod names;
mod settings;
mod setup;
mod stack;
