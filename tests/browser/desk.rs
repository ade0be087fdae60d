//! One vendor's pages, an operator, and changes of one account.

use super::site::{PAGES, Quirks, Site};
use async_trait::async_trait;
use grantline::apply::browser::{
    BrowserWriter, Captures, Confirm, Ground, Keep, Members, Question, Said, Session,
};
use grantline::connector::pages::{self, Pages};
use grantline::connector::{ConnectorError, Receipt, Writer as _};
use grantline::domain::{
    AccountId, Action, Change, ChangeId, Channel, Level, Offer, Profile, ResourceName, Risk, Target,
    VendorName,
};
use grantline::net::Clock;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// The account that changes are about.
pub(crate) const PIA: &str = "pia@acme.example";

/// Two others, and her.
pub(crate) const MEMBERS: [(&str, &str, &str); 3] = [
    ("ann@acme.example", "Admin", "Active"),
    ("bob@acme.example", "Team member", "Active"),
    (PIA, "Team member", "Active"),
];

/// A moment that captures are named after.
struct Moment;

#[async_trait]
impl Clock for Moment {
    fn now(&self) -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    async fn sleep(&self, _duration: Duration) {}
}

/// An operator who always says the same, and remembers what they were asked.
struct Operator {
    says: Said,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Confirm for Operator {
    async fn confirm(&self, question: &Question) -> Said {
        self.asked.lock().unwrap().push(format!("{} | {}", question.shown, question.text));
        self.says
    }
}

/// Keeps how many rows each reading had.
#[derive(Default)]
pub(crate) struct Shelf(pub(crate) Mutex<Vec<usize>>);

#[async_trait]
impl Keep for Shelf {
    async fn keep(&self, _change: &Change, members: &Members) -> Result<(), String> {
        self.0.lock().unwrap().push(members.sheet.rows.len());
        Ok(())
    }
}

/// One vendor's pages, one operator, and a place for captures.
pub(crate) struct Desk {
    pub(crate) site: Site,
    operator: Arc<Operator>,
    pub(crate) shelf: Arc<Shelf>,
    folder: TempDir,
}

impl Desk {
    pub(crate) async fn new(quirks: Quirks) -> Self {
        Self::saying(Said::Yes, quirks, &MEMBERS).await
    }

    pub(crate) async fn saying(says: Said, quirks: Quirks, members: &[(&str, &str, &str)]) -> Self {
        Self {
            site: Site::start(quirks, members).await,
            operator: Arc::new(Operator { says, asked: Mutex::default() }),
            shelf: Arc::default(),
            folder: TempDir::new().unwrap(),
        }
    }

    pub(crate) fn ground(&self) -> Ground {
        Ground::new(vendor(), Arc::new(known()), &self.site.base).unwrap()
    }

    pub(crate) fn captures(&self) -> Captures {
        Captures::new(self.folder.path(), Arc::new(Moment))
    }

    /// Carries a change out in a session of its own.
    pub(crate) async fn execute_in(
        &self,
        session: Box<dyn Session>,
        change: &Change,
    ) -> Result<Receipt, ConnectorError> {
        let (operator, shelf) = (Arc::clone(&self.operator), Arc::clone(&self.shelf));
        let writer = BrowserWriter::new(session, self.ground(), operator, self.captures(), Some(shelf));
        let answer = writer.execute(change).await;
        writer.close().await;
        answer
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.operator.asked.lock().unwrap().clone()
    }

    /// What was kept of pages, by name.
    pub(crate) fn kept(&self) -> Vec<PathBuf> {
        let Ok(folder) = std::fs::read_dir(self.folder.path().join(".grantline/captures")) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }
}

pub(crate) fn vendor() -> VendorName {
    VendorName::parse("clarity").unwrap()
}

pub(crate) fn known() -> Pages {
    pages::parse(PAGES).unwrap()
}

pub(crate) fn level(name: &str) -> Level {
    Level::parse(name).unwrap()
}

pub(crate) fn target() -> Target {
    Target {
        name: ResourceName::parse("marketing-site").unwrap(),
        kind: "project".into(),
        id: Some("p1".into()),
        display: None,
    }
}

pub(crate) fn change(action: Action) -> Change {
    Change {
        id: ChangeId::new(&vendor(), 1),
        vendor: vendor(),
        user: None,
        user_name: Some("Pia Stone".into()),
        account: Some(PIA.into()),
        account_id: AccountId::parse(PIA).ok(),
        action,
        channel: Channel::Browser,
        risk: Risk::Low,
        after: Vec::new(),
        waits: None,
        because: Vec::new(),
        reason: None,
        ticket: None,
    }
}

pub(crate) fn invite() -> Change {
    let profile = Profile { login: "zoe@acme.example".into(), name: None };
    let on = Some(Offer { on: target(), to: level("admin") });
    change(Action::Invite { profile, external_id: "zoe".into(), on })
}

pub(crate) fn promote() -> Change {
    change(Action::ChangeLevel { on: target(), from: level("member"), to: level("admin") })
}

pub(crate) fn remove() -> Change {
    change(Action::Revoke { on: target(), from: level("member") })
}
