//! The files' names and texts, for excerpts and for saying why.

use crate::domain::{Because, FileId, Span, is_hidden};
use std::sync::{Arc, OnceLock};

/// How much of a line a [`Because`] quotes, in characters.
const QUOTED: usize = 200;

/// Every file of the workspace, in path order.
///
/// A literal credential never gets in here: the loader masks it in the text first, so that no excerpt, plan or
/// document made from these texts can show it.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

#[derive(Debug)]
struct SourceFile {
    path: Arc<str>,
    text: Arc<str>,
    /// Where each line starts, in bytes. Most files are never quoted, so it is built when one first is.
    lines: OnceLock<Box<[u32]>>,
}

impl Sources {
    /// Adds a file and gives its id. `path` is relative to the workspace's root, with `/` between its parts.
    pub fn add(&mut self, path: &str, text: &str) -> FileId {
        self.add_shared(Arc::from(path), Arc::from(text))
    }

    /// [`Self::add`] without a copy.
    pub(crate) fn add_shared(&mut self, path: Arc<str>, text: Arc<str>) -> FileId {
        self.files.push(Arc::new(SourceFile { path, text, lines: OnceLock::new() }));
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self, file: FileId) -> &str {
        self.get(file).map_or("", |source| &source.path)
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        self.get(file).map_or("", |source| &source.text)
    }

    /// One line, counted from 1, without its end; empty past the end.
    #[must_use]
    pub fn line(&self, file: FileId, line: u32) -> &str {
        self.get(file).and_then(|source| source.line(line)).unwrap_or("")
    }

    /// The place as a reader is told of it.
    #[must_use]
    pub fn because(&self, span: Span) -> Because {
        Because {
            file: self.get(span.file).map_or_else(|| Arc::from(""), |source| Arc::clone(&source.path)),
            line: span.line,
            text: quoted(self.line(span.file, span.line).trim()),
        }
    }

    /// Every file with its text, in path order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|source| (&*source.path, &*source.text))
    }

    fn get(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(usize::try_from(file.0).unwrap_or(usize::MAX)).map(Arc::as_ref)
    }
}

impl SourceFile {
    fn line(&self, line: u32) -> Option<&str> {
        let starts = self.lines.get_or_init(|| line_starts(&self.text));
        let index = usize::try_from(line.checked_sub(1)?).ok()?;
        let start = usize::try_from(*starts.get(index)?).ok()?;
        let end = starts.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        self.text.get(start..end).map(|text| text.trim_end_matches(['\r', '\n']))
    }
}

/// Where each line starts. YAML ends a line at LF, CR LF, and CR alone.
pub(super) fn line_starts(text: &str) -> Box<[u32]> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (at, byte) in bytes.iter().enumerate() {
        let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        if ends {
            starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
        }
    }
    starts.into_boxed_slice()
}

fn quoted(line: &str) -> String {
    let mut text: String = line.chars().take(QUOTED).map(visible).collect();
    if line.chars().nth(QUOTED).is_some() {
        text.push('…');
    }
    text
}

fn visible(c: char) -> char {
    if is_hidden(c) && c != '\t' { '\u{FFFD}' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_yaml_ends_them() {
        let mut sources = Sources::default();
        let file = sources.add("access/a.yaml", "one\r\ntwo\rthree\nfour");
        let lines: Vec<_> = (0..6).map(|line| sources.line(file, line)).collect();
        assert_eq!(lines, ["", "one", "two", "three", "four", ""]);
    }

    #[test]
    fn a_reason_quotes_a_line_without_its_control_characters_and_never_all_of_a_huge_one() {
        let mut sources = Sources::default();
        let file = sources.add("access/a.yaml", &format!("  a: \u{1b}[31m\u{202e}{}\n", "x".repeat(1000)));
        let because = sources.because(Span { file, line: 1, column: 3, len: 1 });
        assert!(because.text.starts_with("a: \u{FFFD}[31m\u{FFFD}x"));
        assert_eq!(because.text.chars().count(), QUOTED + 1);
    }
}
