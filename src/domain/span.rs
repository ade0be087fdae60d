//! Where a value stands in the workspace's files, so that everything later can say so.

use std::sync::Arc;

/// A file of the workspace, as an index into its source table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub u32);

/// A place in a file: one line's stretch of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
    /// Length in characters; 0 where only the start is known.
    pub len: u32,
}

/// Why a change is asked for: a line of a file, quoted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Because {
    /// The file, relative to the workspace's root, with `/` between its parts.
    pub file: Arc<str>,
    /// Line, counted from 1.
    pub line: u32,
    /// The line's text, trimmed.
    pub text: String,
}
