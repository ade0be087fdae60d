//! The ledger of tasks: what was asked of people, what they say they did, and what readings have shown of it.
//!
//! A file of JSON lines that only ever grows, `access/records/tasks.jsonl`, kept in git. Two people can tick tasks off
//! in two clones; `access/records/tasks.jsonl merge=union` in `.gitattributes` lets git keep both sides' lines. What
//! the lines come to depends neither on their order nor on whether one stands there twice.
//!
//! Ticking off makes a task *sent*, never *done*: only a reading made later can do that.

mod event;
mod file;
mod fold;
mod reads;
mod settle;
#[cfg(test)]
mod tests;

pub use crate::domain::Tick;
pub use event::{Event, Issued, What};
pub use file::{FILE, Ledger, LedgerError};
pub use fold::{Entry, fold};
pub use reads::Reads;
pub use settle::settle;
