//! Rules about single files, and about which files there are.

use super::tree::File;
use std::collections::{BTreeMap, BTreeSet};

const LONGEST: usize = 500;
const VAGUE: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "manager", "misc"];

/// Written by hand, in a language where comments and lengths mean what the rules say.
fn is_program(file: &File) -> bool {
    ["rs", "py", "mjs", "yml", "toml"].iter().any(|end| file.has_extension(end)) || file.stem() == "run"
}

pub(super) fn length(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    if !is_program(file) || lines <= LONGEST {
        return Vec::new();
    }
    vec![format!("{}: {lines} lines, and {LONGEST} are the most", file.path)]
}

pub(super) fn name(file: &File) -> Vec<String> {
    let vague = file.path.split(['/', '.']).find(|part| VAGUE.contains(part));
    vague
        .map(|part| format!("{}: `{part}` says nothing about what is inside", file.path))
        .into_iter()
        .collect()
}

pub(super) fn banners(file: &File) -> Vec<String> {
    if !is_program(file) {
        return Vec::new();
    }
    let mark = if file.has_extension("rs") || file.has_extension("mjs") { "//" } else { "#" };
    numbered(file, |line| {
        line.trim_start()
            .strip_prefix(mark)
            .is_some_and(|comment| is_banner(comment.trim_start_matches(['/', '!'])))
    })
}

/// A run of four signs that draw a line. A Markdown table's second row is one too, and is no banner.
fn is_banner(comment: &str) -> bool {
    let text = comment.trim();
    let drawn = |sign: char| text.contains(&String::from(sign).repeat(4));
    !text.starts_with('|')
        && ['-', '=', '*', '#', '~', '─', '═'].into_iter().any(drawn)
        && !text.contains("──▶")
}

/// Broken samples for the parser hold blanks on purpose.
pub(super) fn blanks(file: &File) -> Vec<String> {
    if file.path.contains("/corpus/") || file.is_lock_file() {
        return Vec::new();
    }
    numbered(file, |line| line.ends_with([' ', '\t']))
}

pub(super) fn hosts(file: &File) -> Vec<String> {
    // In two parts, so that this file is not one of those it looks for.
    let named = [
        ["registry.npm", "js.org"],
        ["py", "pi.org"],
        ["files.python", "hosted.org"],
        ["static.crates", ".io"],
        ["index.crates", ".io/"],
        ["proxy.golang", ".org"],
        ["deb.deb", "ian.org"],
        ["\"reso", "lved\": \"http"],
        ["/work", "/"],
        ["/root", "/."],
    ];
    let named = named.map(|parts| parts.concat());
    numbered(file, |line| named.iter().any(|host| line.contains(host)))
}

pub(super) fn strays(names: &[String], listed: &[&str]) -> Vec<String> {
    let strays = names.iter().filter(|name| !listed.contains(&name.as_str()));
    strays.map(|name| format!("{name}: not in the layout")).collect()
}

/// A tag can be moved to other code after it was reviewed; a commit cannot.
pub(super) fn pins(file: &File) -> Vec<String> {
    numbered(file, |line| {
        let action = line.trim_start_matches([' ', '-']).strip_prefix("uses:").map(str::trim);
        action.is_some_and(|action| !action.starts_with("./") && !is_pinned(action))
    })
}

fn is_pinned(action: &str) -> bool {
    let commit = action.split_once('@').and_then(|(_, rest)| rest.split(' ').next());
    commit.is_some_and(|commit| commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()))
}

fn numbered(file: &File, broken: impl Fn(&str) -> bool) -> Vec<String> {
    let lines = file.text.lines().enumerate().filter(|(_, line)| broken(line));
    lines.map(|(at, line)| format!("{}:{}: {}", file.path, at + 1, line.trim())).collect()
}

/// The files that a manifest names as a target, from the top level.
pub(super) fn roots(manifest: &File) -> Vec<String> {
    let folder = manifest.folder();
    let paths =
        manifest.text.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix(".rs\""));
    paths.map(|path| join(folder, &format!("{path}.rs"))).collect()
}

/// The files that no target reaches by `mod` lines: code that is never compiled.
pub(super) fn forgotten(files: &[File], roots: &BTreeSet<String>) -> Vec<String> {
    let rust = files.iter().filter(|file| file.has_extension("rs"));
    let rust = rust.map(|file| (file.path.as_str(), file)).collect::<BTreeMap<_, _>>();
    let mut reached = BTreeSet::new();
    let mut open = roots.iter().filter_map(|root| rust.get(root.as_str())).collect::<Vec<_>>();
    while let Some(file) = open.pop() {
        if reached.insert(file.path.as_str()) {
            let modules = modules(file, roots.contains(&file.path));
            open.extend(modules.iter().filter_map(|path| rust.get(path.as_str())));
        }
    }
    let lost = rust.keys().filter(|path| !reached.contains(*path));
    lost.map(|path| format!("{path}: no `mod` line reaches it")).collect()
}

/// Where the modules that this file declares may lie.
fn modules(file: &File, is_root: bool) -> Vec<String> {
    let folder = match file.stem() {
        "mod" => file.folder().to_owned(),
        _ if is_root => file.folder().to_owned(),
        stem => join(file.folder(), stem),
    };
    let mut found = Vec::new();
    let mut given = None;
    for line in file.text.lines().map(str::trim) {
        if let Some(path) = line.strip_prefix("#[path = \"").and_then(|rest| rest.strip_suffix("\"]")) {
            given = Some(join(file.folder(), path));
        } else if let Some(module) = declared(line) {
            found.extend(given.take().or(Some(join(&folder, &format!("{module}.rs")))));
            found.push(join(&folder, &format!("{module}/mod.rs")));
        }
    }
    found
}

/// The name in `mod name;`, whatever stands before it.
fn declared(line: &str) -> Option<&str> {
    let (before, name) = line.strip_suffix(';')?.rsplit_once("mod ")?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    (is_name && (before.is_empty() || before.ends_with(' ')) && !before.starts_with("//")).then_some(name)
}

fn join(folder: &str, path: &str) -> String {
    let mut parts = folder.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_long_file_is_found() {
        assert_eq!(length(&file("src/a.rs", &"\n".repeat(501))).len(), 1);
        assert_eq!(length(&file("src/a.rs", &"\n".repeat(500))).len(), 0);
    }

    #[test]
    fn a_vague_name_is_found() {
        assert_eq!(name(&file("src/net/utils.rs", "")).len(), 1);
        assert_eq!(name(&file("src/common/mod.rs", "")).len(), 1);
        assert_eq!(name(&file("src/net/retry.rs", "")).len(), 0);
    }

    #[test]
    fn a_banner_is_found_and_a_table_is_none() {
        assert_eq!(
            banners(&file("a.rs", "x();\n    // ---- reading ----")),
            ["a.rs:2: // ---- reading ----"]
        );
        assert_eq!(banners(&file("run", "# ==========")).len(), 1);
        assert_eq!(banners(&file("a.rs", "//! | a |\n//! |-----|\n// a -> b")).len(), 0);
    }

    #[test]
    fn a_blank_at_a_line_end_is_found() {
        assert_eq!(blanks(&file("a.md", "a \nb")), ["a.md:1: a"]);
    }

    #[test]
    fn a_registry_host_is_found() {
        let line = ["https://registry.npm", "js.org/express"].concat();
        assert_eq!(hosts(&file("a.json", &line)).len(), 1);
    }

    #[test]
    fn an_action_that_can_move_is_found() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(pins(&file("a.yml", "steps:\n  - uses: a/b@v4")), ["a.yml:2: - uses: a/b@v4"]);
        assert_eq!(pins(&file("a.yml", &format!("  - uses: a/b@{commit} # v4\n    uses: ./c"))).len(), 0);
    }

    #[test]
    fn a_stray_is_found() {
        assert_eq!(strays(&["src".to_owned(), "TODO".to_owned()], &["src"]), ["TODO: not in the layout"]);
    }

    #[test]
    fn a_forgotten_file_is_found() {
        let files = [
            file("src/lib.rs", "pub mod a;\n#[cfg(test)]\nmod b;"),
            file("src/a.rs", "pub(crate) mod c;\n// mod e;\n#[path = \"../tests/f.rs\"]\nmod f;"),
            file("src/b/mod.rs", "mod d { }\nmod g;"),
            file("src/b/g.rs", ""),
            file("src/a/c.rs", ""),
            file("src/a/e.rs", ""),
            file("tests/f.rs", ""),
            file("src/d.rs", ""),
        ];
        let roots = roots(&file("Cargo.toml", "[lib]\npath = \"src/lib.rs\"")).into_iter().collect();
        let lost = ["src/a/e.rs: no `mod` line reaches it", "src/d.rs: no `mod` line reaches it"];
        assert_eq!(forgotten(&files, &roots), lost);
    }
}
