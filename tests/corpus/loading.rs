//! The corpus's way into the loader.

use super::NOW;
use grantline::diagnostic::{Renderer, to_json};
use grantline::vendors::Registry;
use grantline::workspace::{self, Loaded};
use serde_json::Value;
use std::path::Path;

/// Loads files that are only in memory.
pub(crate) fn load(files: Vec<(String, Vec<u8>)>) -> Loaded {
    workspace::load_files(files, &Registry, NOW.parse().expect("a time"))
}

/// Loads the workspace at `root`.
pub(crate) fn load_from(root: &Path) -> Loaded {
    workspace::load(root, &Registry, NOW.parse().expect("a time"))
}

/// What a terminal without colour shows.
pub(crate) fn text(loaded: &Loaded) -> String {
    Renderer::new(false).render(&loaded.diagnostics, &loaded.sources)
}

/// What `validate --format json` prints.
pub(crate) fn json(loaded: &Loaded) -> Value {
    let text = to_json(&loaded.diagnostics, &loaded.sources);
    serde_json::from_str(&text).expect("the data is JSON")
}

/// The published JSON Schema.
pub(crate) fn schema() -> Value {
    workspace::schema()
}

/// Every code that a diagnostic of the loader can have.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    workspace::CODES.iter().map(|(code, _)| *code)
}
