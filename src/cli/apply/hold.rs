//! One apply at a time on a workspace: who has the lock, and waiting for it.

use super::super::Output;
use super::super::tasks::book::author;
use crate::apply::hold::{Hold, HoldError, Holder};
use crate::net::Clock;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A length of time as people write it: `30s`, `5m`, `1h 30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text.parse().map_err(|_| "write it as `30s`, `5m` or `1h`".to_owned())?;
    Duration::try_from(duration).map_err(|_| "it cannot be negative".to_owned())
}

/// Who applies here, for whoever finds the lock taken.
pub(super) fn holder(root: &Path, now: Timestamp) -> Holder {
    let var = |name: &str| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
    // A pipeline works under the name of whoever set it off.
    let who = var("GITHUB_ACTOR").or_else(|| var("GITLAB_USER_LOGIN"));
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let host = host.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    Holder {
        who: who.unwrap_or_else(|| author(root).to_string()),
        host: host
            .or_else(|| var("HOSTNAME"))
            .or_else(|| var("COMPUTERNAME"))
            .unwrap_or_else(|| "this machine".to_owned()),
        pid: std::process::id(),
        started: now,
        command: "grantline apply".to_owned(),
    }
}

/// Takes the lock, and tells of one that a process left behind.
///
/// # Errors
/// When somebody else has it for longer than `timeout`, naming them, or the file cannot be used.
pub(super) async fn take(
    root: &Path,
    holder: &Holder,
    timeout: Duration,
    clock: &Arc<dyn Clock>,
    output: &Output,
) -> anyhow::Result<Hold> {
    let hold = match Hold::take(root, holder) {
        Err(HoldError::Taken(other)) if !timeout.is_zero() => {
            let other = other.map_or_else(|| "another apply".to_owned(), |other| other.to_string());
            output.talk(&format!("Waiting for {other}."));
            Hold::wait(root, holder, timeout, &**clock).await?
        }
        other => other?,
    };
    if let Some(before) = hold.left_by() {
        output.talk(&format!(
            "An apply ended without giving its lock back ({before}); its lock is taken over."
        ));
    }
    Ok(hold)
}
