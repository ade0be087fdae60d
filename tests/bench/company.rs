//! A company of any size as a workspace, the same bytes each time.

use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How large a workspace is.
pub(crate) struct Size {
    pub(crate) users: usize,
    pub(crate) files: usize,
    /// Whether some users are pinned to ids, which an embedded vendor that starts empty does not have.
    pub(crate) pinned: bool,
}

/// The moment that dates are judged by.
pub(crate) const NOW: &str = "2026-11-22T09:00:00Z";

/// The workspace that `validate` and `resolve` are measured on.
pub(crate) const LARGE: Size = Size { users: 100_000, files: 200, pinned: true };

const FIRST: [&str; 8] =
    ["Amina", "Bartholomew", "Chiara", "Dmitri", "Esperanza", "Freya", "Giorgos", "Hyun-woo"];
const LAST: [&str; 7] =
    ["Abernathy", "Björnsdóttir", "Castellanos", "de la Cruz", "Featherstone", "Ito", "Okonkwo"];
const PROJECTS: usize = 100;
const GROUPS: usize = 100;
const ROLES: usize = 60;

/// Every file of the workspace: its path and text.
pub(crate) fn files(size: &Size) -> Vec<(String, String)> {
    let mut files = vec![
        (
            "access/workspace.yaml".to_owned(),
            "workspace:\n  name: large\n  timezone: Europe/Berlin\n".to_owned(),
        ),
        ("access/vendors.yaml".to_owned(), vendors()),
        ("access/roles.yaml".to_owned(), roles()),
    ];
    let per_file = size.users.div_ceil(size.files);
    for file in 0..size.files {
        let mut text = String::with_capacity(per_file * 256);
        text.push_str("users:\n");
        for number in file * per_file..size.users.min((file + 1) * per_file) {
            user(&mut text, number, size.pinned);
        }
        files.push((format!("access/users/{file:03}.yaml"), text));
    }
    files
}

/// Where [`write`] puts the workspace: inside the build directory.
pub(crate) fn root(size: &Size) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("company-{}", size.users))
}

/// The texts of the workspace's files, as [`write`] left them.
pub(crate) fn read(size: &Size) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let mut folders = vec![root(size).join("access")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root(size))?.to_string_lossy().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Writes the workspace and gives its root.
pub(crate) fn write(size: &Size) -> Result<PathBuf> {
    let root = root(size);
    for (path, text) in files(size) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(root)
}

fn vendors() -> String {
    let mut text = String::from("vendors:\n");
    let url = "    manage: authoritative\n    url: emulator\n    resources:\n";
    let _ = write!(text, "  sso:\n    connector: scim\n{url}");
    for number in 0..GROUPS {
        let _ = writeln!(text, "      group-{number}: {{ name: Group {number}, kind: group }}");
    }
    let _ = write!(text, "  heap:\n    connector: heap\n{url}");
    for number in 0..PROJECTS {
        let _ = writeln!(text, "      project-{number}: {{ id: \"{number}\", kind: project }}");
    }
    text
}

/// Roles in threes: each includes the one before it, up to three deep.
fn roles() -> String {
    let mut text = String::from("roles:\n");
    for number in 0..ROLES {
        let _ = writeln!(text, "  job-{number}:\n    description: What job {number} needs");
        if number % 3 > 0 {
            let _ = writeln!(text, "    includes: [job-{}]", number - 1);
        }
        let _ = writeln!(
            text,
            "    grants:\n      sso/group-{number}: member\n      heap/project-{number}: consumer"
        );
    }
    text
}

fn user(text: &mut String, number: usize, pinned: bool) {
    let (first, last) = (FIRST[number % FIRST.len()], LAST[number / 3 % LAST.len()]);
    let _ = writeln!(
        text,
        "  person-{number}:\n    name: {first} {last}\n    email: person.{number}@acme.example"
    );
    match number % 10 {
        0 => {
            let _ = writeln!(text, "    aliases: [p{number}@acme.example, {number}@old.acme.example]");
            if pinned {
                let _ = writeln!(text, "    accounts: {{ heap: \"U-{number}\" }}");
            }
        }
        1 => {
            let _ = writeln!(
                text,
                "    kind: external\n    sponsor: person-{}\n    until: 2099-12-31",
                number - 1
            );
            let _ = writeln!(text, "    reason: Audit of the year's figures\n    ticket: SOW-{number}");
        }
        2 => text.push_str("    departed: 2026-10-31 # Handed everything over.\n"),
        3 => text.push_str(
            "    # Back in spring.\n    suspended: { since: 2026-09-01, reason: Parental leave }\n",
        ),
        _ => {}
    }
    if number % 10 == 2 {
        return;
    }
    access(text, number);
}

fn access(text: &mut String, number: usize) {
    let job = number % ROLES;
    if number.is_multiple_of(2) {
        let other = (job + 7) % ROLES;
        let _ = writeln!(
            text,
            "    roles:\n      - job-{job}\n      - {{ role: job-{other}, until: 2099-12-31 }}"
        );
    } else {
        let _ = writeln!(text, "    roles: [job-{job}]");
    }
    if matches!(number % 10, 0 | 1 | 8 | 9) {
        let project = number % PROJECTS;
        let dated = "{ level: analyst, reason: Review, until: 2099-12-31 }";
        let _ = writeln!(text, "    grants:\n      heap/project-{project}: {dated}");
    } else {
        let _ = writeln!(text, "    grants: {{ sso/group-{}: member }}", number % GROUPS);
    }
}
