//! Journals to try things on.

use super::entry::{Entry, Header};
use super::read::{Unfinished, parse};
use crate::apply::fakes::{change, plan};
use crate::apply::hold::Holder;
use crate::domain::{AccountId, Action, Change, Level, Offer, Profile, ResourceName, Target};
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;

pub(super) fn holder() -> Holder {
    Holder {
        who: "Jane <jane@acme.example>".to_owned(),
        host: "here".to_owned(),
        pid: 7,
        started: at(0),
        command: "grantline apply".to_owned(),
    }
}

/// So many seconds after the apply began.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_348_800 + second).unwrap()
}

pub(super) fn header(changes: &[Change]) -> Header {
    Header::new(&plan(changes.to_vec(), Vec::new()), "sha256:plan", true, &holder())
}

/// The bytes of a journal with these entries, a second apart.
pub(super) fn bytes(changes: &[Change], entries: &[Entry]) -> Vec<u8> {
    let lines = entries.iter().zip(1..).map(|(entry, second)| entry.line(at(second)).unwrap());
    [header(changes).line().unwrap()].into_iter().chain(lines).collect::<Vec<_>>().concat()
}

pub(super) fn intent(change: &Change) -> Entry {
    Entry::Intent(Box::new(change.clone()))
}

/// What is read of a journal with these entries.
pub(super) fn journal(changes: &[Change], entries: &[Entry]) -> Unfinished {
    parse(Path::new("j.jsonl"), &bytes(changes, entries)).unwrap().unwrap()
}

fn target(named: bool) -> Target {
    let text = |text: &str| named.then(|| Arc::from(text));
    Target {
        name: ResourceName::parse("main").unwrap(),
        kind: Arc::from("group"),
        id: text("g\"1"),
        display: text("M\n"),
    }
}

/// One change of each action; of every optional part there is one with it and one without.
pub(super) fn every_action() -> Vec<Change> {
    let level = |text: &str| Level::parse(text).unwrap();
    let profile =
        |name: Option<&str>| Profile { login: Arc::from("jane@acme.example"), name: name.map(Arc::from) };
    let actions = [
        Action::CreateResource { on: target(false) },
        Action::Invite {
            profile: profile(Some("Jane \u{1b}[31m")),
            external_id: Arc::from("grantline:jane"),
            on: Some(Offer { on: target(true), to: level("member") }),
        },
        Action::Invite { profile: profile(None), external_id: Arc::from("x"), on: None },
        Action::Grant { on: target(true), to: level("admin") },
        Action::ChangeLevel { on: target(true), from: level("Super Viewer (beta)"), to: level("admin") },
        Action::Revoke { on: target(false), from: level("admin") },
        Action::TransferOwnership { on: target(true), from: AccountId::parse("U 1/ü").unwrap() },
        Action::UpdateAccount { from: profile(None), to: profile(Some("Jane")) },
        Action::Suspend,
        Action::Restore,
        Action::RemoveAccount,
        Action::ResendInvitation { on: None },
        Action::ResendInvitation { on: Some(target(true)) },
        Action::CancelInvitation { on: Some(target(true)) },
        Action::CancelInvitation { on: None },
    ];
    actions.into_iter().zip(1..).map(|(action, number)| change(number, "jane", action)).collect()
}
