//! A line for each request, and one for each long wait, for whoever asked to see them.

use std::sync::OnceLock;
use std::time::Duration;

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

static WAITS: OnceLock<fn(&str)> = OnceLock::new();

/// A wait that is shorter goes unsaid.
const LONG: Duration = Duration::from_secs(30);

/// Has every long wait of this process that a vendor's limits ask for told to `hook`, as a sentence. Only the first call
/// has an effect.
pub fn waits_to(hook: fn(&str)) {
    let _ = WAITS.set(hook);
}

/// Tells that nothing is sent there for so long, where that is long and somebody listens. Whether it was told.
pub(crate) fn waits(whom: &str, wait: Duration) -> bool {
    let hook = WAITS.get().filter(|_| wait >= LONG);
    hook.inspect(|hook| hook(&sentence(whom, wait))).is_some()
}

fn sentence(whom: &str, wait: Duration) -> String {
    format!("Waiting {} s for {whom}, whose limits leave no room for a request.", wait.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[test]
    fn a_long_wait_is_told_and_a_short_one_is_not() {
        waits_to(|line| TOLD.lock().unwrap().push(line.to_owned()));
        assert!(!waits("short.example", Duration::from_millis(29_999)));
        assert!(waits("long.example", Duration::from_secs(30)));
        let told = TOLD.lock().unwrap().clone();
        assert!(told.contains(&sentence("long.example", LONG)), "{told:?}");
        assert!(!told.iter().any(|line| line.contains("short.example")), "{told:?}");
    }
}
