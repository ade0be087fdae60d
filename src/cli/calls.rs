//! Calls to come to an end: Ctrl-C, or what a system sends that shuts down or closes the terminal.

use super::Output;
use crate::apply::Stop;
use anyhow::bail;
use std::io::{self, BufRead};
use tokio::sync::watch;

/// What the system sends. From when this is made, nothing of it ends the program by itself any more, which would leave
/// the browser behind.
#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        Self(kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect())
    }

    /// The next one, which may have come before it is asked for.
    async fn next(&mut self) {
        use std::task::Poll;
        let any = |context: &mut std::task::Context<'_>| {
            let mut came = self.0.iter_mut().map(|signal| signal.poll_recv(context));
            if came.any(|came| came.is_ready()) { Poll::Ready(()) } else { Poll::Pending }
        };
        std::future::poll_fn(any).await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Does the work, or drops it with every window that it has opened once it is called off.
///
/// # Errors
/// Those of the work, and one that says that it was called off.
pub(crate) async fn until_interrupted<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let mut signals = Signals::new();
    tokio::select! {
        biased;
        done = work => done,
        () = signals.next() => bail!(CALLED_OFF),
    }
}

const CALLED_OFF: &str = "called off; `grantline plan` shows what is left";

/// How often the work was called off. Work of several steps has one of these for all of them: a call that comes between
/// two of them ends nothing by itself, and the next step must heed it.
pub(crate) struct Calls(watch::Receiver<usize>);

impl Calls {
    /// Counts from now on, as long as the runtime lives.
    pub(crate) fn listen() -> Self {
        let (count, heard) = watch::channel(0);
        let mut signals = Signals::new();
        tokio::spawn(async move {
            loop {
                signals.next().await;
                count.send_modify(|count| *count += 1);
            }
        });
        Self(heard)
    }

    async fn heard(&self, times: usize) {
        if self.0.clone().wait_for(|count| *count >= times).await.is_err() {
            // Nobody counts any more, so that no call is heard again.
            std::future::pending::<()>().await;
        }
    }

    /// Does work that changes nothing, or drops it once it is called off; does not begin where it was before.
    ///
    /// # Errors
    /// Those of the work, and one that says that it was called off.
    pub(crate) async fn until_any<T>(
        &self,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        tokio::select! {
            biased;
            () = self.heard(1) => bail!(CALLED_OFF),
            done = work => done,
        }
    }

    /// Does the work. Called off once, it is asked to come to an end by itself; called off again, it is dropped.
    ///
    /// # Errors
    /// When it was dropped.
    pub(crate) async fn until_stopped<T>(
        &self,
        work: impl Future<Output = T>,
        stop: &Stop,
        output: &Output,
    ) -> anyhow::Result<T> {
        tokio::pin!(work);
        tokio::select! {
            biased;
            () = self.heard(1) => {}
            done = &mut work => return Ok(done),
        }
        stop.ask();
        output.tell(
            "Stopping. What is under way is finished and looked at first; once more breaks off at once.",
        );
        tokio::select! {
            biased;
            done = &mut work => Ok(done),
            () = self.heard(2) => {
                bail!("broken off; the next `grantline apply` finds out what became of what was under way")
            }
        }
    }
}

/// Lines that somebody types, which end when the work is called off.
///
/// Reading them blocks, so that this is for work that has a thread of a runtime to itself.
pub(crate) struct Lines<'c, F> {
    calls: &'c Calls,
    next: F,
    line: Vec<u8>,
    at: usize,
}

impl Calls {
    /// The lines that `next` brings one by one, until it has none or somebody calls.
    pub(crate) fn lines<F, L>(&self, next: F) -> Lines<'_, F>
    where
        F: FnMut() -> L,
        L: Future<Output = Option<String>>,
    {
        Lines { calls: self, next, line: Vec::new(), at: 0 }
    }

    /// Whether somebody has called.
    pub(crate) fn any(&self) -> bool {
        *self.0.borrow() > 0
    }
}

impl<F, L> Lines<'_, F>
where
    F: FnMut() -> L,
    L: Future<Output = Option<String>>,
{
    fn read_on(&mut self) {
        let next = (self.next)();
        let line = async {
            tokio::select! {
                biased;
                () = self.calls.heard(1) => None,
                line = next => line,
            }
        };
        let line = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(line));
        (self.line, self.at) = (line.unwrap_or_default().into_bytes(), 0);
    }
}

impl<F, L> io::Read for Lines<'_, F>
where
    F: FnMut() -> L,
    L: Future<Output = Option<String>>,
{
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<F, L> BufRead for Lines<'_, F>
where
    F: FnMut() -> L,
    L: Future<Output = Option<String>>,
{
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.line.len() {
            self.read_on();
        }
        Ok(self.line.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cli, block_on};
    use super::*;
    use clap::Parser as _;
    use std::future::pending;
    use std::io::Read as _;

    fn quiet() -> Output {
        Output::new(&Cli::try_parse_from(["grantline", "-q", "plan"]).unwrap().global)
    }

    #[test]
    fn a_call_between_two_steps_keeps_the_next_from_beginning() {
        let (count, heard) = watch::channel(0);
        let calls = Calls(heard);
        let outcome: anyhow::Result<()> = block_on(async {
            assert_eq!(calls.until_any(async { Ok(1) }).await?, 1);
            count.send_replace(1);
            let next = calls.until_any(async { panic!("it must not begin") }).await;
            assert!(next.map(|(): ()| ()).unwrap_err().to_string().contains("called off"));
            Ok(())
        });
        outcome.unwrap();
    }

    #[test]
    fn work_that_was_called_off_before_it_began_is_asked_to_stop_at_once() {
        let (count, heard) = watch::channel(1);
        let (calls, stop, output) = (Calls(heard), Stop::default(), quiet());
        let asked = block_on(async {
            let asked = calls.until_stopped(async { stop.is_asked() }, &stop, &output).await?;
            count.send_replace(2);
            assert!(calls.until_stopped(pending::<()>(), &stop, &output).await.is_err());
            Ok(asked)
        });
        assert!(asked.unwrap());
    }

    #[test]
    fn lines_that_somebody_types_end_with_a_call() {
        let (count, heard) = watch::channel(0);
        let calls = Calls(heard);
        let outcome: anyhow::Result<()> = block_on(async {
            let mut typed = vec!["s\n".to_owned(), "d a note\n".to_owned()].into_iter();
            let mut lines = calls.lines(|| {
                let line = typed.next();
                // Whoever types no more is asked for ever, and calls.
                let count = count.clone();
                async move {
                    match line {
                        Some(line) => Some(line),
                        None => {
                            count.send_replace(1);
                            pending().await
                        }
                    }
                }
            });
            let mut text = String::new();
            lines.read_to_string(&mut text)?;
            assert_eq!(text, "s\nd a note\n");
            assert!(calls.any());
            let mut after = calls.lines(|| async { panic!("nobody is asked any more") });
            assert_eq!(after.read_line(&mut text)?, 0);
            Ok(())
        });
        outcome.unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_signal_is_counted_whoever_waits_for_it() {
        let outcome = block_on(async {
            let calls = Calls::listen();
            let kill = std::process::Command::new("kill")
                .args(["-HUP", &std::process::id().to_string()])
                .status()?;
            assert!(kill.success());
            calls.heard(1).await;
            Ok(())
        });
        outcome.unwrap();
    }
}
