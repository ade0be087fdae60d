//! Every broken workspace of the corpus is told of: the right words at the right place, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test may end there")]

use crate::corpus::{self, Case, Expected, FAMILIES, VENDORS, loading};
use grantline::domain::{Severity, Span};
use grantline::workspace::Loaded;
use std::collections::BTreeSet;
use std::fmt::Write as _;

#[test]
fn the_corpus_is_large_its_names_differ_and_it_covers_every_code() {
    let all = corpus::all();
    let names: BTreeSet<&str> = all.iter().map(|case| &*case.name).collect();
    println!("{} broken workspaces", all.len());
    assert_eq!(names.len(), all.len());
    assert!(all.len() >= 200);
    let expected: Vec<Expected> = all.iter().flat_map(Case::expected).collect();
    let covered: BTreeSet<&str> = expected.iter().map(|expected| &*expected.code).chain(ON_DISK).collect();
    let missing: Vec<&str> = loading::codes().filter(|code| !covered.contains(code)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "codes without a case");
}

#[test]
fn the_base_is_good() {
    let loaded = loading::load(Case::new("base").files());
    assert_eq!(loading::text(&loaded), "");
    assert!(loaded.workspace.is_some());
}

macro_rules! families {
    ($($test:ident: $family:literal,)*) => {
        $(#[test]
        fn $test() {
            check_family($family);
        })*

        #[test]
        fn every_family_is_tested() {
            let tested: Vec<&str> = vec![$($family),*];
            let families: Vec<&str> = FAMILIES.iter().map(|(name, _)| *name).collect();
            assert_eq!(tested, families);
        }
    };
}

families! {
    keys_that_nothing_knows_and_keys_that_are_not_there: "keys",
    things_said_twice: "duplicates",
    values_of_the_wrong_type: "types",
    values_that_nothing_can_be_done_with: "values",
    names_that_are_none: "names",
    references_to_nothing: "references",
    impossible_and_past_dates: "dates",
    one_address_for_two: "addresses",
    credentials_written_out: "literals",
    text_that_is_no_yaml: "syntax",
    files_that_are_no_text: "files",
    several_at_once: "many",
}

fn check_family(family: &str) {
    let (_, cases) = FAMILIES.iter().find(|(name, _)| *name == family).unwrap();
    let mut report = String::new();
    let mut wrong = 0;
    for case in cases() {
        let loaded = loading::load(case.files());
        let complaints = complaints(&case, &loaded);
        if !complaints.is_empty() {
            wrong += 1;
            let _ =
                write!(report, "\n## {}\n{}\n{}\n", case.name, complaints.join("\n"), loading::text(&loaded));
        }
    }
    assert!(wrong == 0, "{wrong} cases of {family} are not told of as they should be:\n{report}");
}

/// What is not as it should be.
fn complaints(case: &Case, loaded: &Loaded) -> Vec<String> {
    let mut complaints = differences(&case.expected(), reported(loaded));
    let text = loading::text(loaded);
    let data = loading::json(loaded).to_string();
    let broken = loaded.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    if loaded.workspace.is_some() == broken {
        complaints.push(format!("workspace: {}, errors: {broken}", loaded.workspace.is_some()));
    }
    for diagnostic in &loaded.diagnostics {
        if diagnostic.hint.as_ref().is_none_or(|hint| !text.contains(first_line(hint))) {
            complaints.push(format!("{} has no hint, or does not show it", diagnostic.code));
        }
        let excerpt = diagnostic.span.map_or_else(String::new, |span| excerpt(loaded, span));
        if !case.no_excerpt && (excerpt.is_empty() || !text.contains(&*excerpt)) {
            complaints.push(format!("{} shows no excerpt: {excerpt:?}", diagnostic.code));
        }
    }
    for (what, output) in [("text", &text), ("data", &data), ("Debug", &format!("{loaded:?}"))] {
        if case.secret.is_some_and(|secret| output.contains(secret)) {
            complaints.push(format!("the {what} shows the secret"));
        }
    }
    complaints
}

/// What an excerpt must show: the text at the place, or the line if it ends there. A long line may be cut.
fn excerpt(loaded: &Loaded, span: Span) -> String {
    let line = loaded.sources.line(span.file, span.line);
    let after: String = line.chars().skip(span.column as usize - 1).take(10).collect();
    if after.trim().is_empty() { line.trim().to_owned() } else { after.trim().to_owned() }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

struct Reported {
    expected: Expected,
    severity: Severity,
}

fn reported(loaded: &Loaded) -> Vec<Reported> {
    let report = |diagnostic: &grantline::diagnostic::Diagnostic| {
        let (file, line, column) = diagnostic
            .span
            .map_or((String::new(), 0, 0), |s| (loaded.sources.path(s.file).to_owned(), s.line, s.column));
        let hint = diagnostic.hint.clone();
        let expected = Expected { file, line, column: Some(column), code: diagnostic.code.to_owned(), hint };
        Reported { expected, severity: diagnostic.severity }
    };
    loaded.diagnostics.iter().map(report).collect()
}

/// What is expected and not reported, and what is reported and not expected.
fn differences(expected: &[Expected], mut reported: Vec<Reported>) -> Vec<String> {
    let mut complaints = Vec::new();
    for expected in expected {
        match reported.iter().position(|reported| matches(expected, reported)) {
            Some(at) => drop(reported.remove(at)),
            None => complaints.push(format!("not reported: {expected:?}")),
        }
    }
    complaints.extend(reported.iter().map(|reported| format!("not expected: {:?}", reported.expected)));
    complaints
}

fn matches(expected: &Expected, Reported { expected: got, severity }: &Reported) -> bool {
    let hint = got.hint.as_deref().unwrap_or("");
    expected.code == got.code
        && expected.severity() == *severity
        && expected.file == got.file
        && (expected.line == got.line || expected.line == 0)
        && (expected.column.is_none() || expected.column == got.column)
        && expected.hint.as_ref().is_none_or(|wanted| hint.contains(wanted))
}

/// Codes that only a file system can bring about.
const ON_DISK: [&str; 2] = ["symlink-escapes", "unreadable-file"];

/// The case, written to a disk.
fn on_disk(case: &Case) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, bytes) in case.files() {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    root
}

#[test]
fn a_workspace_on_disk_is_told_of_as_the_one_in_memory() {
    for case in corpus::all().iter().step_by(7) {
        let root = on_disk(case);
        let (disk, memory) = (loading::load_from(root.path()), loading::load(case.files()));
        assert_eq!(loading::json(&disk), loading::json(&memory), "{}", case.name);
    }
}

#[test]
fn loading_twice_says_the_same() {
    for case in corpus::all() {
        let (once, again) = (loading::load(case.files()), loading::load(case.files()));
        assert_eq!(once.diagnostics, again.diagnostics, "{}", case.name);
        assert_eq!(loading::text(&once), loading::text(&again), "{}", case.name);
    }
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn expect(root: &std::path::Path, code: &str, file: &str) {
        let loaded = loading::load_from(root);
        let expected = [Expected { line: 0, ..Expected::line(code, file, 0) }];
        let differences = differences(&expected, reported(&loaded));
        assert!(differences.is_empty(), "{differences:#?}\n{}", loading::text(&loaded));
        assert!(!loading::text(&loaded).contains("root:"), "a file outside is quoted");
    }

    #[test]
    fn a_link_out_of_the_workspace_is_refused() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("u.yaml"), "users:\n  root: { email: root:x }\n").unwrap();
        for (name, target) in [
            ("access/link.yaml", outside.path().join("u.yaml")),
            ("access/users/link.yaml", "/etc/passwd".into()),
            ("access/up.yaml", "../../../../../../../../../etc/passwd".into()),
            ("access/folder", outside.path().to_path_buf()),
        ] {
            let root = on_disk(&Case::new("base"));
            symlink(target, root.path().join(name)).unwrap();
            expect(root.path(), "symlink-escapes", name);
        }
    }

    #[test]
    fn a_link_through_another_that_leaves_is_refused() {
        let root = on_disk(&Case::new("base"));
        symlink("/etc/passwd", root.path().join("hop")).unwrap();
        symlink("../hop", root.path().join("access/link.yaml")).unwrap();
        expect(root.path(), "symlink-escapes", "access/link.yaml");
    }

    #[test]
    fn a_folder_that_is_not_checked_out_is_told_of_and_never_an_empty_one() {
        let root = on_disk(&Case::new("base"));
        symlink("../partners", root.path().join("access/partners")).unwrap();
        expect(root.path(), "unreadable-file", "access/partners");
    }

    #[test]
    fn a_link_that_leads_nowhere_or_to_itself_is_told_of() {
        for target in ["gone.yaml", "link.yaml"] {
            let root = on_disk(&Case::new("base"));
            symlink(target, root.path().join("access/link.yaml")).unwrap();
            expect(root.path(), "unreadable-file", "access/link.yaml");
        }
    }

    #[test]
    fn a_folder_that_links_to_its_parent_ends() {
        let root = on_disk(&Case::new("base"));
        symlink("..", root.path().join("access/users/loop")).unwrap();
        let loaded = loading::load_from(root.path());
        assert!(loaded.diagnostics.len() <= 1, "{}", loading::text(&loaded));
    }

    #[test]
    fn a_link_inside_the_workspace_is_followed() {
        let case = Case::new("base").without(VENDORS);
        let root = on_disk(&case);
        let text = corpus::base().into_iter().find(|(path, _)| *path == VENDORS).unwrap().1;
        std::fs::write(root.path().join("access/vendors.txt"), text).unwrap();
        symlink("vendors.txt", root.path().join(VENDORS)).unwrap();
        let loaded = loading::load_from(root.path());
        assert!(loaded.workspace.is_some(), "{}", loading::text(&loaded));
    }

    #[test]
    fn a_file_that_may_not_be_read_is_told_of() {
        let root = on_disk(&Case::new("base"));
        let path = root.path().join("access/extra.yaml");
        std::fs::write(&path, "users: {}\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
        // Root may read anything.
        if std::fs::read(&path).is_err() {
            expect(root.path(), "unreadable-file", "access/extra.yaml");
        }
    }

    #[test]
    fn a_folder_or_a_pipe_named_like_a_file_does_not_hang() {
        let root = on_disk(&Case::new("base"));
        std::fs::create_dir(root.path().join("access/folder.yaml")).unwrap();
        let loaded = loading::load_from(root.path());
        assert!(loaded.workspace.is_some(), "{}", loading::text(&loaded));
    }

    #[test]
    fn no_folder_is_no_workspace() {
        let root = tempfile::tempdir().unwrap();
        let loaded = loading::load_from(root.path());
        let codes: Vec<_> = loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, ["no-workspace"]);
    }
}
