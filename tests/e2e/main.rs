//! The whole program against a simulated AWS, each test in an account of its own.

#[path = "../support/mod.rs"]
mod support;

mod adoption;
mod attach;
mod credentials;
mod denied;
mod faults;
mod interrupt;
mod questions;
mod readme;
mod setup;
mod status;
mod surface;
mod teardown;
mod teardown_bucket;
mod trail_list;
mod trails;
