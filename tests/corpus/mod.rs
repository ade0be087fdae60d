//! A good workspace, and the many ways to break it, each with what must be said about it.
//!
//! A [`Case`] is the good workspace after a few edits. The text of an edit carries marks: `«unknown-key?email»`
//! stands right before the place that a diagnostic `unknown-key` must point at, whose hint must contain `email`.
//! `«~code»` fixes the line and leaves the column open. Marks are taken out before the files are loaded.

#![expect(clippy::expect_used, reason = "a case that cannot be made is a mistake in the corpus")]

mod addresses;
mod dates;
mod duplicates;
mod files;
mod keys;
mod literals;
pub(crate) mod loading;
mod many;
mod marks;
mod names;
mod references;
mod syntax;
mod types;
mod values;

pub(crate) use marks::Expected;

use std::collections::BTreeMap;

pub(crate) const WORKSPACE: &str = "access/workspace.yaml";
pub(crate) const VENDORS: &str = "access/vendors.yaml";
pub(crate) const ROLES: &str = "access/roles.yaml";
pub(crate) const STAFF: &str = "access/users/staff.yaml";
pub(crate) const PARTNERS: &str = "access/users/partners.yaml";

/// The moment at which every case is loaded.
pub(crate) const NOW: &str = "2026-11-22T09:00:00Z";

/// The good workspace, in path order.
pub(crate) fn base() -> Vec<(&'static str, &'static str)> {
    vec![
        (ROLES, include_str!("base/roles.yaml")),
        (PARTNERS, include_str!("base/users/partners.yaml")),
        (STAFF, include_str!("base/users/staff.yaml")),
        (VENDORS, include_str!("base/vendors.yaml")),
        (WORKSPACE, include_str!("base/workspace.yaml")),
    ]
}

/// One broken workspace and what must be said about it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    marked: BTreeMap<String, Vec<u8>>,
    extra: Vec<Expected>,
    /// A text of the files that no output may repeat.
    pub(crate) secret: Option<&'static str>,
    /// Whether the diagnostic is about the whole file, or a file without text, so that no excerpt can be shown.
    pub(crate) no_excerpt: bool,
}

impl Case {
    /// The good workspace, not broken yet.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        let marked = base().into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
        Self {
            name: name.into(),
            marked: marked.collect(),
            extra: Vec::new(),
            secret: None,
            no_excerpt: false,
        }
    }

    /// Replaces `from`, which must be there exactly once, with the marked text `to`.
    pub(crate) fn edit(mut self, file: &str, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.marked[file].clone()).expect("edits are made to text");
        assert_eq!(text.matches(from).count(), 1, "{}: {from:?} must be in {file} once", self.name);
        self.marked.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
        self
    }

    /// Adds marked lines at the end of a file.
    pub(crate) fn append(self, file: &str, lines: &str) -> Self {
        let mut bytes = self.marked[file].clone();
        bytes.extend_from_slice(lines.as_bytes());
        self.file(file, bytes)
    }

    /// Puts a marked file there, in place of the one of that name if there is one.
    pub(crate) fn file(mut self, file: &str, marked: impl Into<Vec<u8>>) -> Self {
        self.marked.insert(file.to_owned(), marked.into());
        self
    }

    /// Takes a file away.
    pub(crate) fn without(mut self, file: &str) -> Self {
        assert!(self.marked.remove(file).is_some(), "{}: there is no {file}", self.name);
        self
    }

    /// Expects a diagnostic where no mark can stand.
    pub(crate) fn expect(mut self, code: &str, file: &str, line: u32) -> Self {
        self.extra.push(Expected::line(code, file, line));
        self
    }

    /// Says that no output may repeat this text.
    pub(crate) fn secret(mut self, text: &'static str) -> Self {
        self.secret = Some(text);
        self
    }

    /// Says that there is no source to excerpt.
    pub(crate) fn no_excerpt(mut self) -> Self {
        self.no_excerpt = true;
        self
    }

    /// The files, marks taken out, in path order.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let strip = |(path, bytes): (&String, &Vec<u8>)| (path.clone(), marks::strip(path, bytes).0);
        self.marked.iter().map(strip).collect()
    }

    /// What must be said, in order of file and line.
    pub(crate) fn expected(&self) -> Vec<Expected> {
        let marked = self.marked.iter().flat_map(|(path, bytes)| marks::strip(path, bytes).1);
        let mut all: Vec<Expected> = marked.chain(self.extra.iter().cloned()).collect();
        all.sort();
        all
    }
}

/// One case for each row: a name, a file, what is there, and what is put in its place.
fn edits(family: &str, rows: &[(&str, &str, &str, &str)]) -> Vec<Case> {
    let case = |&(name, file, from, to): &(&str, &str, &str, &str)| {
        Case::new(format!("{family}: {name}")).edit(file, from, to)
    };
    rows.iter().map(case).collect()
}

/// A kind of mistake, and the cases of it.
pub(crate) type Family = (&'static str, fn() -> Vec<Case>);

/// Every family.
pub(crate) const FAMILIES: &[Family] = &[
    ("keys", keys::cases),
    ("duplicates", duplicates::cases),
    ("types", types::cases),
    ("values", values::cases),
    ("names", names::cases),
    ("references", references::cases),
    ("dates", dates::cases),
    ("addresses", addresses::cases),
    ("literals", literals::cases),
    ("syntax", syntax::cases),
    ("files", files::cases),
    ("many", many::cases),
];

/// Every case of every family.
pub(crate) fn all() -> Vec<Case> {
    FAMILIES.iter().flat_map(|(_, cases)| cases()).collect()
}
