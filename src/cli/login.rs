use super::browser::{ground, line, pages, window};
use super::calls::until_interrupted;
use super::emulators::Emulators;
use super::{Exit, Global, Output, stages};
use crate::apply::browser::{Ground, Session, Until, looks_signed_in};
use anyhow::{Context as _, bail};
use std::io::IsTerminal as _;
use std::path::Path;
use std::time::Duration;

/// Opens a vendor's pages in a browser profile of their own, to sign in by hand
///
/// The profile lies under .grantline/browser/ and keeps the sign-in for `apply` and `snapshot --browser`. Single
/// sign-on and second factors stay with the person: no password is asked for, read or stored. Choose to stay signed in
/// where the vendor asks.
#[derive(Debug, clap::Args)]
pub(crate) struct Login {
    /// The vendor's name in the workspace
    #[arg(value_name = "VENDOR")]
    vendor: String,
}

/// How often it is looked whether the window is still there.
const LOOK: Duration = Duration::from_secs(1);

impl Login {
    pub(crate) fn run(&self, global: &Global, output: &Output) -> anyhow::Result<Exit> {
        let opened = stages::open(global, stages::clock(None).now(), output)?;
        let vendors = stages::choose(&opened.workspace, std::slice::from_ref(&self.vendor))?;
        let vendor = vendors.first().context("there is no such vendor")?;
        if pages(&opened.root, vendor)?.is_none() {
            bail!("{}", no_pages(&self.vendor, &with_pages(&opened)));
        }
        if !std::io::stdin().is_terminal() {
            bail!("a sign-in needs a person at a terminal and a screen");
        }
        super::block_on(until_interrupted(async {
            let emulators = Emulators::start(&opened.root, &vendors)?;
            let ground = ground(&opened.root, vendor, &emulators)?.context("no pages are known")?;
            let mut session = window(&opened.root, vendor).await?;
            let signed_in = sign_in(&mut *session, &ground, output).await;
            session.close().await;
            signed_in
        }))
    }
}

/// Waits for the person, and says what the pages look like then.
async fn sign_in(session: &mut dyn Session, ground: &Ground, output: &Output) -> anyhow::Result<Exit> {
    session.open(ground.base()).await?;
    output.tell(&format!(
        "Sign in to {} in the window that has opened, and stay signed in where it asks. Then press Enter here.",
        ground.base()
    ));
    if !answered(session).await {
        output.tell("The window was closed. What was signed in there is kept in its profile.");
        return Ok(Exit::Success);
    }
    session.open(ground.base()).await?;
    let sight = session.look(&Until::Now).await?;
    match looks_signed_in(ground, &sight) {
        Ok(()) => {
            output.tell("The pages ask for no sign-in any more.");
            Ok(Exit::Success)
        }
        Err(why) => bail!("the sign-in is not complete: {why}"),
    }
}

/// Whether Enter was pressed, and not the window closed.
async fn answered(session: &mut dyn Session) -> bool {
    let enter = line();
    tokio::pin!(enter);
    let mut looks = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            _ = &mut enter => return true,
            _ = looks.tick() => if !session.is_open().await {
                return false;
            },
        }
    }
}

/// The workspace's vendors whose pages are known.
fn with_pages(opened: &stages::Opened) -> Vec<&str> {
    let has = |root: &Path, vendor| pages(root, vendor).is_ok_and(|pages| pages.is_some());
    let vendors = opened.workspace.vendors.values().filter(|vendor| has(&opened.root, vendor));
    vendors.map(|vendor| vendor.name.as_str()).collect()
}

fn no_pages(vendor: &str, others: &[&str]) -> String {
    match others {
        [] => format!("no pages are known of {vendor}, nor of any other vendor of the workspace"),
        others => format!("no pages are known of {vendor}; they are of {}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::no_pages;

    #[test]
    fn a_vendor_without_pages_is_told_who_has_some() {
        assert_eq!(
            no_pages("okta", &["clarity", "heap"]),
            "no pages are known of okta; they are of clarity, heap"
        );
        assert!(no_pages("okta", &[]).ends_with("of any other vendor of the workspace"));
    }
}
