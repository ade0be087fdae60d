//! Renders plans and runs as text, Markdown and JSON. Pure: values in, text out, and never a terminal.
//!
//! What a vendor or a file says goes through [`neutral`] before it stands in any of them.

mod canonical;
mod describe;
mod events;
mod json;
mod markdown;
mod narrowed;
pub mod neutral;
mod overview;
mod page;
mod quote;
mod run;
pub mod saved;
pub mod stale;
pub mod tasks;
#[cfg(test)]
mod tests;
mod text;
mod wire;

pub use events::{Happening, event_json};
pub use json::{changes_json, plan_digest, plan_file, plan_json, run_json};
pub use markdown::plan_markdown;
pub use page::{Look, Palette};
pub use run::run_text;
pub use text::plan_text;
