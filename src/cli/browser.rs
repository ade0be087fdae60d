//! The operator's browser, as commands open it: one visible window a vendor, with a profile of its own.

use super::emulators::Emulators;
use super::keep::Keeper;
use super::{Output, own_pages, stages};
use crate::apply::Stop;
use crate::apply::browser::{
    BrowserWriter, Captures, Confirm, Ground, Keep, Members, Question, Said, Session, Turn, Turns,
    read_members,
};
use crate::connector::pages::Pages;
use crate::domain::{Channel, Resource};
use crate::net::{Clock, allowed_host};
use crate::observe::Progress;
use crate::workspace::Vendor;
use anyhow::Context as _;
use async_trait::async_trait;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What is known of a vendor's pages: the workspace's own file, or the connector's; none where neither knows any.
///
/// # Errors
/// When the file cannot be read or is none of pages.
pub(crate) fn pages(root: &Path, vendor: &Vendor) -> anyhow::Result<Option<Arc<Pages>>> {
    Ok(stages::spec(vendor, root)?.pages)
}

/// A vendor's pages and where they are; none where nobody knows any.
///
/// # Errors
/// When the file is broken, the embedded vendor does not run, others could read along, or whoever runs this allows
/// other hosts alone: a changed address would have somebody sign in there.
pub(crate) fn ground(root: &Path, vendor: &Vendor, emulators: &Emulators) -> anyhow::Result<Option<Ground>> {
    let Some(pages) = pages(root, vendor)? else { return Ok(None) };
    let base = super::pages::base(vendor, &pages, emulators).map_err(anyhow::Error::msg)?;
    if emulators.origin(&vendor.name).as_ref() != Ok(&base) {
        allowed_host(&base.parse()?, &stages::environment).map_err(anyhow::Error::msg)?;
    }
    Ground::new(vendor.name.clone(), pages, &base).map(Some).map_err(anyhow::Error::msg)
}

/// Opens the vendor's profile in a visible window.
///
/// # Errors
/// When there is no browser, or this program was built without that.
#[cfg(feature = "browser")]
pub(crate) async fn window(root: &Path, vendor: &Vendor) -> anyhow::Result<Box<dyn Session>> {
    use crate::net::webdriver::{Browser, Options};
    let browser = Browser::open(&Options::visible(root, vendor.name.as_str())).await?;
    Ok(Box::new(browser))
}

/// Tells that this program was built without a browser.
///
/// # Errors
/// Always.
#[cfg(not(feature = "browser"))]
pub(crate) async fn window(_root: &Path, _vendor: &Vendor) -> anyhow::Result<Box<dyn Session>> {
    anyhow::bail!(
        "this grantline was built without the feature `browser`; build it with that, or go by `grantline tasks` instead"
    )
}

/// Reads the members of a resource from the vendor's pages, for `snapshot --browser`.
///
/// # Errors
/// When no pages are known, no window can be opened, nobody is signed in, or the page is not as described.
pub(crate) async fn read(
    root: &Path,
    vendor: &Vendor,
    resource: &Resource,
    emulators: &Emulators,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Members> {
    let ground = ground(root, vendor, emulators)?
        .with_context(|| format!("no pages are known of {}, a {}", vendor.name, vendor.connector.value))?;
    let captures = Captures::new(root, Arc::clone(clock));
    let mut session = window(root, vendor).await?;
    let place = (&*resource.kind, resource.name.as_str(), resource.id.as_deref());
    let members = read_members(&mut *session, &ground, &captures, place).await;
    session.close().await;
    Ok(members?)
}

/// What a vendor's changes through pages need of a command.
pub(crate) struct Desk<'a> {
    pub(crate) opened: &'a stages::Opened,
    pub(crate) vendor: &'a Vendor,
    pub(crate) connected: &'a stages::Connected,
    pub(crate) emulators: &'a Emulators,
    pub(crate) clock: &'a Arc<dyn Clock>,
    pub(crate) progress: &'a Arc<dyn Progress>,
    pub(crate) stop: &'a Stop,
    /// The same for every vendor: there is one terminal.
    pub(crate) turns: &'a Turns,
    pub(crate) output: Output,
}

/// A writer through the vendor's pages, in a window that opens now; none where the plan has nothing for it to do that
/// no guard holds back, or where nobody can be asked. What it reads after each change is recorded. Whoever has it closes
/// it at the end.
///
/// # Errors
/// When no pages are known, no window can be opened, or nobody knows who records what is read.
pub(crate) async fn writer(
    planned: &stages::Planned,
    desk: Desk<'_>,
) -> anyhow::Result<Option<Arc<BrowserWriter>>> {
    let Desk { opened, vendor, connected, emulators, clock, progress, stop, turns, output } = desk;
    let changes = planned.approved.plan().changes.iter();
    let open = changes.filter(|change| {
        change.vendor == vendor.name
            && change.channel == Channel::Browser
            && change.waits.is_none()
            && !planned.approved.is_held(&change.id)
    });
    let open = open.count();
    if open == 0 {
        return Ok(None);
    }
    if !std::io::stdin().is_terminal() {
        output.talk(&format!(
            "{open} of the changes at {} need a person at a browser, so they wait: run apply on a terminal.",
            vendor.name
        ));
        return Ok(None);
    }
    let Some(ground) = ground(&opened.root, vendor, emulators)? else { return Ok(None) };
    let keeper = Keeper::new(opened, vendor, connected.spec.pages.clone(), None, clock)?;
    progress.clear();
    output.talk(&format!(
        "Opening {} for {}. Each change is asked about before it is made.",
        ground.base(),
        vendor.name
    ));
    own_pages::of(vendor).iter().for_each(|line| output.tell(line));
    let session = window(&opened.root, vendor).await?;
    let (progress, stop, turns) = (Arc::clone(progress), stop.clone(), turns.clone());
    let confirm = Arc::new(AtTerminal { output, progress, stop, turns });
    let captures = Captures::new(&opened.root, Arc::clone(clock));
    let keep: Arc<dyn Keep> = Arc::new(keeper);
    Ok(Some(Arc::new(BrowserWriter::new(session, ground, confirm, captures, Some(keep)))))
}

/// Asks on the terminal.
struct AtTerminal {
    output: Output,
    progress: Arc<dyn Progress>,
    stop: Stop,
    turns: Turns,
}

#[async_trait]
impl Confirm for AtTerminal {
    async fn turn(&self) -> Option<Turn> {
        tokio::select! {
            biased;
            () = self.stop.asked() => None,
            turn = self.turns.next() => Some(turn),
        }
    }

    async fn confirm(&self, question: &Question) -> Said {
        if !std::io::stdin().is_terminal() {
            return Said::Nobody;
        }
        self.progress.clear();
        self.output.tell(&format!("\nThe page shows: {}\n{} [y/N]", question.shown, question.text));
        let said = tokio::select! {
            biased;
            () = self.stop.asked() => None,
            line = line() => line,
        };
        match said.map(|line| line.trim().to_ascii_lowercase()).as_deref() {
            Some("y" | "yes") => Said::Yes,
            _ => Said::No,
        }
    }
}

/// A line from the terminal; none at its end. A thread of its own reads it, because nothing can call a read off: whoever
/// stops waiting leaves it behind.
pub(crate) async fn line() -> Option<String> {
    let (send, receive) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        let said = read.ok().filter(|bytes| *bytes > 0).map(|_| line);
        if let Err(Some(_)) = send.send(said) {
            super::output::trace(
                "That came too late for its question, and counts for nothing. Answer what is asked now.",
            );
        }
    });
    receive.await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::super::Cli;
    use super::*;
    use crate::observe::Quiet;
    use clap::Parser as _;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn poll<F: Future>(future: F) -> Option<F::Output> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    #[test]
    fn whoever_asks_at_the_terminal_waits_for_the_others_or_until_it_is_called_off() {
        let output = Output::new(&Cli::try_parse_from(["grantline", "-q", "plan"]).unwrap().global);
        let (stop, turns) = (Stop::default(), Turns::default());
        let window =
            || AtTerminal { output, progress: Arc::new(Quiet), stop: stop.clone(), turns: turns.clone() };
        let (one, other) = (window(), window());
        let turn = poll(one.turn()).unwrap().unwrap();
        assert!(poll(other.turn()).is_none());
        drop(turn);
        let turn = poll(other.turn()).unwrap();
        assert!(turn.is_some() && poll(one.turn()).is_none());
        stop.ask();
        assert!(poll(one.turn()).unwrap().is_none());
        drop(turn);
        assert!(poll(one.turn()).unwrap().is_none());
    }
}
