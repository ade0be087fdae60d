//! Checks over the source tree itself: sizes, walls, forgotten files, and habits that no compiler knows.
//!
//! A rule is a function from a file's path and text to what is wrong with it, so that each is tested twice:
//! here on the tree, and in `rules` or `layers` on a sample that breaks it.

mod layers;
mod rules;
mod tree;

use std::collections::BTreeSet;
use tree::{File, read_tree};

/// What DESIGN.md's layout puts at the top level.
const TOP_LEVEL: [&str; 17] = [
    ".ci",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "access",
    "clippy.toml",
    "deny.toml",
    "docs",
    "examples",
    "rustfmt.toml",
    "src",
    "tests",
];

fn expect_none(broken: &[String]) {
    assert!(broken.is_empty(), "{} in breach:\n{}", broken.len(), broken.join("\n"));
}

fn expect_none_in(files: &[File], rule: fn(&File) -> Vec<String>) {
    assert!(!files.is_empty(), "the tree was not found");
    expect_none(&files.iter().flat_map(rule).collect::<Vec<_>>());
}

fn rust_files() -> Vec<File> {
    read_tree(&["src", "tests", "examples"]).into_iter().filter(|file| file.has_extension("rs")).collect()
}

#[test]
fn no_file_is_longer_than_a_room() {
    expect_none_in(&read_tree(&["src", "tests"]), rules::length);
}

#[test]
fn pure_stages_touch_nothing() {
    expect_none_in(&rust_files(), layers::purity);
}

#[test]
fn only_the_registry_and_the_commands_name_a_vendor() {
    expect_none_in(&rust_files(), layers::vendors);
}

#[test]
fn a_connector_sees_only_the_contract() {
    expect_none_in(&rust_files(), layers::connectors);
}

#[test]
fn every_file_is_a_module_of_some_target() {
    let files = read_tree(&["src", "tests"]);
    let manifests = read_tree(&["Cargo.toml", "tests/fuzz/Cargo.toml"]);
    let roots = manifests.iter().flat_map(rules::roots).collect::<BTreeSet<_>>();
    assert!(roots.contains("src/lib.rs"), "the manifest was not understood: {roots:?}");
    expect_none(&rules::forgotten(&files, &roots));
}

#[test]
fn modules_are_named_by_what_they_do() {
    expect_none_in(&rust_files(), rules::name);
}

#[test]
fn comments_are_sentences_and_no_banners() {
    expect_none_in(&read_tree(&["src", "tests", "examples", ".ci", ".github"]), rules::banners);
}

#[test]
fn no_line_ends_in_a_blank() {
    expect_none_in(&read_tree(&TOP_LEVEL), rules::blanks);
}

#[test]
fn no_registry_and_no_machine_is_named() {
    expect_none_in(&read_tree(&TOP_LEVEL), rules::hosts);
}

#[test]
fn every_action_is_pinned_to_a_commit() {
    expect_none_in(&read_tree(&[".github"]), rules::pins);
}

#[test]
fn the_top_level_holds_what_the_design_lists() {
    expect_none(&rules::strays(&tree::top_level(), &TOP_LEVEL));
}
