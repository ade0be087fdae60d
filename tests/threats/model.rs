//! The threat model names, in every row, tests that are there.

use crate::support::rows::{has_test, rows};
use std::path::Path;

/// What is wrong with a row of the document, with the tree at `home`.
fn wrong(test: &str, home: &Path) -> Option<String> {
    let Some((file, name)) = test.split_once("::") else {
        return Some(format!("`{test}` is not written FILE::TEST"));
    };
    let Ok(code) = std::fs::read_to_string(home.join(file)) else {
        return Some(format!("there is no {file}"));
    };
    (!has_test(&code, name)).then(|| format!("{file} has no test {name}"))
}

#[test]
fn every_row_of_the_threat_model_names_tests_that_are_there() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(home.join("docs/threat-model.md")).unwrap();
    let rows = rows(&document);
    assert!(rows.len() >= 30, "{} rows", rows.len());
    let untested: Vec<_> = rows.iter().filter(|row| row.tests.is_empty()).map(|row| row.text).collect();
    assert_eq!(untested, Vec::<&str>::new());
    let wrong: Vec<_> = rows.iter().flat_map(|row| &row.tests).filter_map(|test| wrong(test, home)).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let here = "tests/threats/model.rs";
    assert_eq!(wrong(&format!("{here}::a_test_that_is_not_there_is_noticed"), home), None);
    for test in ["a_test_that_is_not_there_is_noticed", "tests/none.rs::a", &format!("{here}::wrong")] {
        assert!(wrong(test, home).is_some(), "{test}");
    }
}

#[test]
fn dependencies_come_from_one_place_and_are_checked() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(home.join(file)).unwrap();
    let lock = read("Cargo.lock");
    let sources: Vec<&str> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
    assert!(sources.len() > 100, "{} sources", sources.len());
    let one = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let others: Vec<_> = sources.iter().filter(|source| **source != one).collect();
    assert_eq!(others, Vec::<&&str>::new());
    let sums = lock.lines().filter(|line| line.starts_with("checksum = ")).count();
    assert_eq!(sums, sources.len(), "each is bound to its bytes");
    for (file, line) in [
        ("deny.toml", "unknown-registry = \"deny\""),
        ("deny.toml", "unknown-git = \"deny\""),
        ("Cargo.toml", "unsafe_code = \"forbid\""),
        (".github/workflows/ci.yml", "cargo deny --locked check advisories"),
        ("tests/run", "check bans licenses sources"),
    ] {
        assert!(read(file).contains(line), "{file} has no {line}");
    }
}
