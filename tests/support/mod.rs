//! What hermetic tests stand on: embedded vendors reached through their sockets, a workspace, and a clock that
//! never makes a test wait.

pub(crate) mod clock;
pub(crate) mod crowd;
pub(crate) mod described;
pub(crate) mod desk;
pub(crate) mod dom;
pub(crate) mod estate;
pub(crate) mod facts;
pub(crate) mod lab;
pub(crate) mod page;
pub(crate) mod person;
pub(crate) mod rows;
pub(crate) mod tenant;
pub(crate) mod virtual_clock;

/// Runs a test's asynchronous body. The vendors that it talks to have threads of their own.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
