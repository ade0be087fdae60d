//! What can be said about a file's mappings without knowing what they mean: keys that stand twice, keys that
//! are no text, merge keys, and literal credentials to mask.

use super::mask::{Mask, holds_secret, is_env_name, is_secret_key};
use super::problems::Problems;
use super::suggest::quote;
use super::tree::{Node, Tree, Value};
use crate::diagnostic::Diagnostic;
use std::collections::HashMap;

/// Up to this many keys, comparing each with each is faster than hashing.
const FEW: usize = 16;

/// Looks at every mapping of the file, whether or not it belongs there.
pub(super) fn inspect(tree: &Tree<'_>, problems: &mut Problems, masks: &mut Vec<Mask>) {
    let mut keys = Vec::new();
    for mapping in tree.mappings() {
        keys.clear();
        for (key, value) in mapping.entries() {
            match key.scalar() {
                Some("<<") if key.is_plain() => problems.push(merge_key(key)),
                Some(text) => {
                    mask_literal(text, value, masks);
                    keys.push((text, key));
                }
                None => problems.push(complex_key(key)),
            }
        }
        duplicates(&keys, problems);
    }
}

fn duplicates<'a>(keys: &[(&'a str, Node<'a>)], problems: &mut Problems) {
    if keys.len() > FEW {
        let mut first: HashMap<&str, Node<'_>> = HashMap::with_capacity(keys.len());
        for (text, key) in keys {
            match first.get(text) {
                Some(earlier) => problems.push(duplicate_key(text, *key, *earlier)),
                None => drop(first.insert(text, *key)),
            }
        }
        return;
    }
    for (at, (text, key)) in keys.iter().enumerate() {
        if let Some((_, earlier)) = keys[..at].iter().find(|(other, _)| other == text) {
            problems.push(duplicate_key(text, *key, *earlier));
        }
    }
}

/// Masks a credential wherever it stands: also where no credential belongs, and under a misspelt key.
fn mask_literal(key: &str, value: Node<'_>, masks: &mut Vec<Mask>) {
    if let Some(text) = value.scalar() {
        if is_secret_key(key) || holds_secret(text) {
            masks.push(Mask::of(value));
        }
        return;
    }
    match value.value() {
        Value::Sequence if is_secret_key(key) => masks.extend(value.target().scalars().map(Mask::of)),
        Value::Mapping if is_secret_key(key) => {
            let names = value.entries().filter(|(key, _)| key.scalar() == Some("env"));
            let literal = names.filter(|(_, name)| !name.scalar().is_some_and(is_env_name));
            masks.extend(literal.flat_map(|(_, name)| name.target().scalars()).map(Mask::of));
        }
        _ => {}
    }
}

fn duplicate_key(text: &str, key: Node<'_>, earlier: Node<'_>) -> Diagnostic {
    Diagnostic::error("duplicate-key", key.span(), format!("the key {} stands twice", quote(text)))
        .detail("YAML allows a key once in a mapping, and which of the two would count is anyone's guess.")
        .hint("Delete one of the two, or merge what they hold.")
        .related(earlier.span(), "it stands here first")
}

fn merge_key(key: Node<'_>) -> Diagnostic {
    Diagnostic::error("unknown-key", key.span(), "merge keys are not supported")
        .detail("`<<` is not part of YAML 1.2, and hides where access comes from.")
        .hint("Write the keys out, or use a role where several users share the same access.")
}

fn complex_key(key: Node<'_>) -> Diagnostic {
    Diagnostic::error("wrong-type", key.span(), "a key must be text")
        .detail("A list or a mapping stands where a key belongs.")
        .hint("Write a name before the colon; check for a stray `?`, `[` or `{`.")
}
