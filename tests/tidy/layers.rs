//! The walls between the stages: who may name whom, read from the code without its comments and strings.

use super::tree::File;
use std::collections::BTreeSet;

/// Stages that take values and return values.
const PURE: [&str; 5] = ["domain", "resolve", "reconcile", "guard", "view"];
/// What would let a pure stage reach the world, the clock, or chance.
const WORLD: [&str; 13] = [
    "tokio",
    "reqwest",
    "axum",
    "git2",
    "tempfile",
    "rand",
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "SystemTime",
    "Instant",
    "Timestamp::now",
];
/// Stages that touch the world or compose the others, which no pure stage may name.
const OUTER: [&str; 6] = ["apply", "cli", "net", "observe", "record", "vendors"];
/// All that a connector's folder may name of this crate.
const CONTRACT: [&str; 5] = ["connector", "domain", "net", "vendors", "workspace"];

/// The stage that a file belongs to; none outside `src` and for the files that hold the stages together.
fn stage(file: &File) -> Option<&str> {
    let rest = file.path.strip_prefix("src/")?;
    let first = rest.split('/').next()?;
    Some(first.strip_suffix(".rs").unwrap_or(first)).filter(|stage| !["lib", "main"].contains(stage))
}

fn is_test(file: &File) -> bool {
    let mut parts = file.path.split(['/', '.']);
    file.path.starts_with("src/") && parts.any(|part| part == "tests" || part.ends_with("_tests"))
}

fn breaches<'a>(file: &File, named: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    named.into_iter().map(|name| format!("{}: names `{name}`", file.path)).collect()
}

pub(super) fn purity(file: &File) -> Vec<String> {
    if is_test(file) || !stage(file).is_some_and(|stage| PURE.contains(&stage)) {
        return Vec::new();
    }
    let code = without_tests(&code_only(&file.text));
    let paths = paths(&code);
    let world = WORLD.into_iter().filter(|name| paths.iter().any(|path| path_holds(path, name)));
    breaches(file, world.chain(OUTER.into_iter().filter(|stage| names_stage(&paths, stage))))
}

pub(super) fn vendors(file: &File) -> Vec<String> {
    if is_test(file) || stage(file).is_none_or(|stage| ["vendors", "cli"].contains(&stage)) {
        return Vec::new();
    }
    let code = without_tests(&code_only(&file.text));
    breaches(file, names_stage(&paths(&code), "vendors").then_some("vendors"))
}

pub(super) fn connectors(file: &File) -> Vec<String> {
    if is_test(file) || !file.folder().starts_with("src/vendors/") {
        return Vec::new();
    }
    let code = without_tests(&code_only(&file.text));
    let paths = paths(&code);
    let named = paths.iter().filter_map(|path| path.strip_prefix("crate::")?.split("::").next());
    breaches(file, named.filter(|stage| !CONTRACT.contains(stage)).collect::<BTreeSet<_>>())
}

fn names_stage(paths: &BTreeSet<String>, stage: &str) -> bool {
    paths.iter().any(|path| path_holds(path, &format!("crate::{stage}")))
}

/// Whether the path has these parts, whole and in a row.
fn path_holds(path: &str, parts: &str) -> bool {
    format!("::{path}::").contains(&format!("::{parts}::"))
}

/// Every path in the code, with the groups of `use` lines written out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = code;
    while let Some(start) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
        let after = read_path(&rest[start..], "", &mut found);
        rest = &rest[start + after..];
    }
    found
}

/// Reads one path from the start of `code`, adds it, and tells how far it went.
fn read_path(code: &str, before: &str, found: &mut BTreeSet<String>) -> usize {
    let word = code.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len());
    let path =
        if before.is_empty() { code[..word].to_owned() } else { format!("{before}::{}", &code[..word]) };
    let Some(rest) = code[word..].strip_prefix("::") else {
        found.insert(path);
        return word;
    };
    let next = word + "::".len();
    if rest.starts_with('{') {
        return next + read_group(rest, &path, found);
    }
    if rest.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return next + read_path(rest, &path, found);
    }
    found.insert(path);
    next
}

/// Reads a `{…}` group and tells how far it went.
fn read_group(code: &str, before: &str, found: &mut BTreeSet<String>) -> usize {
    let mut at = '{'.len_utf8();
    while let Some(c) = code[at..].chars().next() {
        if c == '}' {
            return at + 1;
        }
        at +=
            if c.is_alphabetic() || c == '_' { read_path(&code[at..], before, found) } else { c.len_utf8() };
    }
    at
}

/// The code with every comment, string and character literal blanked out.
fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = literal(rest, code.chars().next_back());
        if skipped == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.push(' ');
            rest = &rest[skipped..];
        }
    }
    code
}

/// How long the comment or literal is that `text` starts with; 0 if it starts with code.
fn literal(text: &str, before: Option<char>) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return text.find("*/").map_or(text.len(), |end| end + 2);
    }
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return 0;
    }
    let unprefixed = text.trim_start_matches('b');
    let hashes = unprefixed.strip_prefix('r').map(|raw| raw.len() - raw.trim_start_matches('#').len());
    if let Some(hashes) = hashes
        && unprefixed[1 + hashes..].starts_with('"')
    {
        let close = format!("\"{}", "#".repeat(hashes));
        let open = text.len() - unprefixed.len() + hashes + 2;
        return text[open..].find(&close).map_or(text.len(), |end| open + end + close.len());
    }
    if text.starts_with('"') { quoted(text) } else { character(text) }
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// A lifetime starts like a character and has no second quote.
fn character(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('\'') else { return 0 };
    let body = match rest.chars().next() {
        Some('\\') => rest[2..].find('\'').map_or(0, |end| end + 2),
        Some(c) => c.len_utf8(),
        None => 0,
    };
    if rest[body..].starts_with('\'') { body + 2 } else { 0 }
}

/// The code without the items that stand under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some((before, item)) = rest.split_once("#[cfg(test)]") {
        kept.push_str(before);
        rest = &item[item_length(item)..];
    }
    kept + rest
}

fn item_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_pure_stage_that_reaches_out_is_found() {
        for code in [
            "use tokio::sync::Mutex;",
            "use std::{fmt, fs};",
            "use std::fs::File;",
            "fn a() { std::env::var(NAME); }",
            "let now = jiff::Timestamp::now();",
            "use crate::{domain::Plan, net::{Clock}};",
        ] {
            assert_eq!(purity(&file("src/reconcile/diff.rs", code)).len(), 1, "{code}");
            assert_eq!(purity(&file("src/net/http.rs", code)).len(), 0, "{code}");
        }
    }

    #[test]
    fn what_only_looks_like_reaching_out_is_none() {
        for code in [
            "// tokio\n/* std::fs */ let a = \"std::fs::read\"; let b = r#\"a\"tokio\"#; let c = '\"';",
            "fn a<'a>(b: &'a str) -> &'a str { b } // tokio",
            "use std::fmt; use crate::domain::Timestamp; fn now(rand_: u8, fs: u8) {}",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n use std::fs; fn b() { {} }\n}",
            "#[cfg(test)]\nmod tests;",
        ] {
            assert_eq!(purity(&file("src/reconcile/diff.rs", code)), [""; 0], "{code}");
        }
        assert_eq!(purity(&file("src/reconcile/tests.rs", "use std::fs;")).len(), 0);
    }

    #[test]
    fn a_stage_that_names_a_vendor_is_found() {
        let code = "use crate::vendors::heap::Heap;";
        assert_eq!(vendors(&file("src/observe/mod.rs", code)), ["src/observe/mod.rs: names `vendors`"]);
        assert_eq!(vendors(&file("src/connector.rs", code)).len(), 1);
        assert_eq!(vendors(&file("src/cli/plan.rs", code)).len(), 0);
        assert_eq!(vendors(&file("src/lib.rs", "pub mod vendors;")).len(), 0);
        assert_eq!(vendors(&file("src/observe/mod.rs", "let vendors = workspace.vendors;")).len(), 0);
    }

    #[test]
    fn a_connector_that_names_another_stage_is_found() {
        let code =
            "use crate::{connector::Spec, domain::{Plan}, reconcile};\nfn a() { crate::guard::judge(); }";
        let named = ["src/vendors/heap/mod.rs: names `guard`", "src/vendors/heap/mod.rs: names `reconcile`"];
        assert_eq!(connectors(&file("src/vendors/heap/mod.rs", code)), named);
        assert_eq!(connectors(&file("src/vendors/mod.rs", code)).len(), 0);
    }
}
