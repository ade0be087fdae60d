//! The way from files to a checked workspace.

use super::check;
use super::codes::Refusal;
use super::decode::{self, Draft};
use super::files::{self, Content, Input};
use super::inspect::inspect;
use super::mask;
use super::merge::{self, Merged};
use super::model::Workspace;
use super::named;
use super::parse;
use super::problems::Problems;
use super::sources::Sources;
use crate::connector::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::domain::{FileId, Severity, Span};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// What came of loading a workspace.
#[derive(Debug)]
pub struct Loaded {
    /// The workspace; none if anything at all is an error, since half of it would look like people removed.
    pub workspace: Option<Workspace>,
    /// Everything that is wrong with it, or that a reader should know, by file, line and column.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that the diagnostics' places are in.
    pub sources: Sources,
}

/// Loads the workspace under `root`: every YAML file in `root/access`, but for recorded snapshots and records.
#[must_use]
pub fn load(root: &Path, catalogue: &dyn Catalogue, now: Timestamp) -> Loaded {
    let mut loaded = load_inputs(files::find(root), catalogue, now);
    if let Some(workspace) = &mut loaded.workspace {
        named::add(root, workspace);
    }
    loaded
}

/// Loads a workspace from files that are already in memory: paths relative to the workspace's root, with `/`
/// between their parts, and bytes.
#[must_use]
pub fn load_files(files: Vec<(String, Vec<u8>)>, catalogue: &dyn Catalogue, now: Timestamp) -> Loaded {
    let inputs = files.into_iter().map(|(path, bytes)| Input { path, content: Content::Bytes(bytes) });
    let mut inputs: Vec<_> = inputs.collect();
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    load_inputs(inputs, catalogue, now)
}

fn load_inputs(mut inputs: Vec<Input>, catalogue: &dyn Catalogue, now: Timestamp) -> Loaded {
    files::bound(&mut inputs);
    let files: Vec<_> =
        (0..u32::MAX).map(FileId).zip(inputs).collect::<Vec<_>>().into_par_iter().map(read_file).collect();
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let mut drafts = Vec::with_capacity(files.len());
    let mut digest = Sha256::new();
    let (mut whole, mut failed) = (true, false);
    for file in files {
        digest.update(format!("{}  {}\n", file.digest, file.path.escape_default()));
        sources.add_shared(file.path, file.text);
        failed |= file.problems.has_errors();
        whole &= file.whole;
        diagnostics.extend(file.problems.into_list());
        drafts.push(file.draft);
    }
    let mut problems = Problems::default();
    let merged = merge::merge(drafts, whole, &mut problems);
    let timezone = merged.settings.as_ref().map_or(TimeZone::UTC, |settings| settings.timezone.clone());
    let today = now.to_zoned(timezone).date();
    let merged = check::check(merged, catalogue, today, &mut diagnostics, problems);
    failed |= diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    diagnostics.sort_by(|a, b| (a.span, a.code).cmp(&(b.span, b.code)).then_with(|| a.cmp(b)));
    diagnostics.dedup();
    let workspace = if failed { None } else { finish(merged, &sources, digest) };
    Loaded { workspace, diagnostics, sources }
}

fn finish(merged: Merged, sources: &Sources, digest: Sha256) -> Option<Workspace> {
    let settings = merged.settings?;
    Some(Workspace {
        name: settings.name,
        timezone: settings.timezone,
        guards: settings.guards,
        vendors: merged.vendors.into_iter().map(|(name, draft)| (name, draft.vendor)).collect(),
        roles: merged.roles,
        users: merged.users,
        sources: sources.clone(),
        digest: format!("sha256:{}", hexadecimal(&digest.finalize())),
    })
}

struct ReadFile {
    path: Arc<str>,
    text: Arc<str>,
    /// Of the file's bytes.
    digest: String,
    draft: Draft,
    problems: Problems,
    /// Whether everything that the file defines is known.
    whole: bool,
}

fn read_file((id, input): (FileId, Input)) -> ReadFile {
    let path = Arc::from(input.path);
    match input.content.read() {
        Ok(bytes) => {
            let digest = hexadecimal(&Sha256::digest(&bytes));
            ReadFile { digest, ..understand(id, path, bytes) }
        }
        Err(refusal) => refused(id, path, refusal),
    }
}

fn refused(id: FileId, path: Arc<str>, refusal: Refusal) -> ReadFile {
    let problem = refusal.at(Span { file: id, line: 1, column: 1, len: 0 });
    broken(path, Arc::from(""), problem)
}

/// A file that contributes one problem and nothing else.
fn broken(path: Arc<str>, text: Arc<str>, problem: Diagnostic) -> ReadFile {
    let mut problems = Problems::default();
    problems.push(problem);
    ReadFile { path, text, digest: String::new(), draft: Draft::default(), problems, whole: false }
}

fn understand(id: FileId, path: Arc<str>, bytes: Vec<u8>) -> ReadFile {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return not_utf8(id, path, error.as_bytes(), error.utf8_error().valid_up_to()),
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let parsed = match parse::parse(text, id) {
        Ok(parsed) => parsed,
        Err(problem) => return broken(path, Arc::from(mask::masked_by_look(text)), *problem),
    };
    let mut problems = Problems::default();
    let mut whole = true;
    for problem in parsed.problems {
        whole &= problem.code != "multiple-documents";
        problems.push(problem);
    }
    let mut masks = Vec::new();
    inspect(&parsed.tree, &mut problems, &mut masks);
    let draft = decode::decode(&parsed.tree, &mut problems, &mut masks);
    let text = if masks.is_empty() && whole {
        Arc::from(text)
    } else if whole {
        Arc::from(mask::masked(text, &masks))
    } else {
        Arc::from(mask::masked_by_look(&mask::masked(text, &masks)))
    };
    ReadFile { path, text, digest: String::new(), draft, problems, whole }
}

fn not_utf8(id: FileId, path: Arc<str>, bytes: &[u8], valid: usize) -> ReadFile {
    let before = String::from_utf8_lossy(&bytes[..valid]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let span = Span { file: id, line: small(line), column: small(column), len: 1 };
    let problem = Diagnostic::error("not-utf8", span, "this file is not UTF-8")
        .detail(format!("The byte 0x{:02x} is no part of any character.", bytes.get(valid).unwrap_or(&0)))
        .hint("Save the file as UTF-8; editors call it the encoding.");
    broken(path, Arc::from(mask::masked_by_look(&String::from_utf8_lossy(bytes))), problem)
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
