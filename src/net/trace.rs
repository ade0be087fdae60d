//! A line for each request, for whoever asked to see them.

use std::sync::OnceLock;

static HOOK: OnceLock<fn(&str)> = OnceLock::new();

/// Has every request of this process told to `hook`: method, path, status and duration. Headers, queries and
/// bodies are never told, since they carry credentials and people's data. Only the first call has an effect.
pub fn trace_to(hook: fn(&str)) {
    let _ = HOOK.set(hook);
}

/// Tells the hook, where there is one. The line is only made when somebody listens.
pub(super) fn trace(line: impl FnOnce() -> String) {
    if let Some(hook) = HOOK.get() {
        hook(&line());
    }
}
