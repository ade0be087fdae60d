//! Every hermetic test, as one binary.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on panics, and tells what it counted"
)]

mod broken;
mod browser;
mod cli;
mod contract;
mod corpus;
mod members;
mod robust;
mod scenarios;
mod schema;
mod support;
mod threats;
mod tidy;
