//! What one line of an audit log says, taken apart.

/// Each effect by itself, however many travelled together: `group G: +a, -b` is two facts.
pub(crate) fn facts(effect: &str) -> Vec<String> {
    match effect.split_once(": ") {
        Some((who, what)) => what.split(", ").map(|part| format!("{who}: {part}")).collect(),
        None => vec![effect.to_owned()],
    }
}
