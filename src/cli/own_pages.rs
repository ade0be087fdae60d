//! Pages files of the workspace's own: what is wrong with them, told before anything rests on them.

use crate::apply::browser::Ground;
use crate::connector::pages::{self, Pages};
use crate::diagnostic::Diagnostic;
use crate::net::neutral;
use crate::workspace::{Vendor, Workspace};
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

/// The largest description of pages that is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// As much of what is wrong with a file as is told, in characters.
const LONGEST: usize = 600;

/// Reads a vendor's pages file.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn read(root: &Path, vendor: &Vendor, file: &str) -> Result<Pages, String> {
    let pages = pages::parse(&text(root, file)?).map_err(|error| neutral(&error, LONGEST))?;
    let problems = pages::problems(&pages);
    if !problems.is_empty() {
        return Err(neutral(&problems.join(" "), LONGEST));
    }
    Ground::new(vendor.name.clone(), Arc::new(pages.clone()), &pages.base)?;
    Ok(pages)
}

fn text(root: &Path, file: &str) -> Result<String, String> {
    let unread = |error: std::io::Error| format!("It cannot be read: {error}.");
    let path = root.join(file).canonicalize().map_err(unread)?;
    let is_inside = root.canonicalize().is_ok_and(|root| path.starts_with(root));
    if !is_inside || !path.is_file() {
        return Err("It must be a regular file inside the workspace.".to_owned());
    }
    let mut text = String::new();
    let opened = std::fs::File::open(path).map_err(unread)?;
    opened.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(unread)?;
    match u64::try_from(text.len()) {
        Ok(length) if length <= MAX_BYTES => Ok(text),
        _ => Err(format!("It holds more than {} MiB.", MAX_BYTES >> 20)),
    }
}

/// What is wrong with the pages files that the workspace names, each where it is named.
pub(crate) fn check(root: &Path, workspace: &Workspace) -> Vec<Diagnostic> {
    let wrong = |vendor: &Vendor| {
        let file = vendor.pages.file.as_ref()?;
        let why = read(root, vendor, &file.value).err()?;
        let summary = "this file does not describe a vendor's pages";
        let hint =
            "Copy the connector's own `pages.yaml` and mend that; docs/pages.md says what stands in it.";
        Some(Diagnostic::error("bad-value", file.span, summary).detail(why).hint(hint))
    };
    workspace.vendors.values().filter_map(wrong).collect()
}

/// That a vendor's pages are described by the workspace.
pub(crate) fn of(vendor: &Vendor) -> Option<String> {
    let file = vendor.pages.file.as_ref()?;
    Some(format!(
        "The pages of {} are as {} describes them, which steers the browser of whoever applies; review it as a script.",
        vendor.name, file.value
    ))
}

/// [`of`], for every vendor.
pub(crate) fn told(workspace: &Workspace) -> Vec<String> {
    workspace.vendors.values().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::Registry;

    fn check_with(pages: &str) -> Vec<Diagnostic> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("access")).unwrap();
        let yaml = "workspace: { name: acme }\nvendors:\n  clarity:\n    connector: clarity\n    manage: observe\n    \
                    pages: { file: pages/clarity.yaml }\n    resources: {}\n";
        std::fs::write(folder.path().join("access/all.yaml"), yaml).unwrap();
        if !pages.is_empty() {
            std::fs::create_dir(folder.path().join("pages")).unwrap();
            std::fs::write(folder.path().join("pages/clarity.yaml"), pages).unwrap();
        }
        let now = "2026-11-22T09:00:00Z".parse().unwrap();
        let loaded = crate::workspace::load(folder.path(), &Registry, now);
        check(folder.path(), &loaded.workspace.unwrap())
    }

    #[test]
    fn what_the_connectors_know_themselves_has_no_problem() {
        for text in
            [include_str!("../vendors/clarity/pages.yaml"), include_str!("../vendors/heap/pages.yaml")]
        {
            assert_eq!(pages::problems(&pages::parse(text).unwrap()), Vec::<String>::new());
            assert_eq!(check_with(text), []);
        }
    }

    #[test]
    fn a_file_that_is_not_there_or_does_not_fit_is_told_where_it_is_named() {
        let good = include_str!("../vendors/clarity/pages.yaml");
        for (pages, part) in [
            ("", "cannot be read"),
            ("words: {}", "missing"),
            (&*good.replace(", writes: true", ""), "without a question"),
            (&*good.replace("{account}\" }", "mallory@elsewhere.example\" }"), "of its own"),
            (&*good.replace("https://clarity", "https://clarity.microsoft.com@clarity"), "nothing else"),
        ] {
            let found = check_with(pages);
            let [problem] = &found[..] else { panic!("{part}: {found:?}") };
            assert!(problem.detail.contains(part), "{part}: {problem:?}");
            assert!(problem.span.is_some_and(|span| span.line == 6) && problem.hint.is_some(), "{problem:?}");
        }
    }
}
