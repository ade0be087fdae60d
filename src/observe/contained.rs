//! Runs a connector's code so that its panic is an answer and not the end of everybody's work.

use std::future::Future;
use tokio::task::JoinSet;

/// The code panicked. The panic's own words are not kept: they may quote a vendor or a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs `work` as a task of its own, which ends when the returned future is dropped.
pub(crate) async fn contained<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Panicked> {
    // A set, because dropping it aborts its task; dropping a bare handle would leave the task running.
    let mut task = JoinSet::new();
    task.spawn(work);
    match task.join_next().await {
        Some(Ok(value)) => Ok(value),
        _ => Err(Panicked),
    }
}
