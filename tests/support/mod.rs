//! What tests and benchmarks stand on: one simulator of AWS, a world of its own for every test, and the wire between.
//! Nothing here knows what `ecrmon` ought to do; expectations belong to the tests.
//!
//! ```text
//!   test ── World ── ecrmon (the real program) ──> Proxy (records, injects faults) ──┐
//!              └──── the test's own SDK clients ──> Proxy's backdoor (silent) ───────┴──> Simulator
//! ```

pub mod answer;
pub mod calls;
pub mod client;
pub mod clients;
pub mod command;
pub mod exchange;
pub mod fault;
pub mod http;
pub mod proxy;
pub mod python;
pub mod python_reader;
pub mod refusal;
pub mod s3;
pub mod server;
pub mod simulator;
pub mod terminal;
pub mod transcript;
pub mod wire;
pub mod world;
