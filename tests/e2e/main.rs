//! The whole program against a simulated AWS, each test in an account of its own.

#[path = "../support/mod.rs"]
mod support;

mod credentials;
mod denied;
mod faults;
mod interrupt;
mod questions;
mod setup;
mod surface;
