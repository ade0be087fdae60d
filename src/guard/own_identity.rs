//! The identity that the credential belongs to loses nothing: a tool that removed itself could not put it right. A
//! vendor without an API has no credential, but an account whose session or whose hands carry the changes out, and
//! lets nobody remove themselves.
//!
//! Where nobody says which that is, any account that no user claims may be it; and where a browser's session carries
//! the changes out, any account at all, since whoever sits there is mostly a declared user. Not so for steps that a
//! person carries out where there is no credential: that person sees whom they remove.

use super::{Opinion, Subject, losses, unseen};
use crate::domain::{Account, Change, ChangeId, Channel, Email, Loss, Snapshot, Unseen};
use std::collections::BTreeSet;

/// The `identity:` of a credential that belongs to no account.
const NOBODYS: &str = "none";

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    let what = "the credential's own account may lose access";
    unseen::besides(of_those_read(subject), &unseen(subject), (what, ""))
}

/// Who may be the credential's own, where that could not be read: whoever goes by a name of it, and where no address of
/// it is known, whom no user claims.
fn unseen<'a>(subject: &Subject<'a>) -> Vec<&'a Unseen> {
    let settings = &subject.vendor.settings;
    let identity = settings.identity.as_deref();
    if identity == Some(NOBODYS) {
        return Vec::new();
    }
    let snapshot = subject.snapshot();
    let own: Vec<&Account> = snapshot.map_or(Vec::new(), |snapshot| {
        snapshot.accounts.values().filter(|account| settings.is_own(snapshot, account)).collect()
    });
    let is_address = identity.is_some_and(|identity| Email::parse(identity).is_ok());
    let in_doubt = own.is_empty() && !is_address && has_api(subject);
    let is_own = |one: &&Unseen| {
        let pin = subject.unseen_person(one).and_then(|person| person.accounts.get(&settings.name));
        let named = |name: &str| {
            pin.is_some_and(|pin| pin.as_str() == name)
                || one.accounts.iter().any(|account| account.login.eq_ignore_ascii_case(name))
                || Email::parse(name)
                    .is_ok_and(|name| subject.unseen_addresses(one).any(|email| *email == name))
        };
        let listed = |account: &&Account| {
            let emails = account.emails.iter().map(Email::as_str);
            emails.chain([account.id.as_str(), &account.login]).any(named)
        };
        identity.is_some_and(named) || own.iter().any(listed) || in_doubt && one.user.is_none()
    };
    subject.unseen.iter().copied().filter(is_own).collect()
}

fn of_those_read(subject: &Subject<'_>) -> Opinion {
    if !is_known(subject) {
        return without_knowing(subject);
    }
    let is_own = |account: &Account| {
        subject.snapshot().is_some_and(|snapshot| subject.vendor.settings.is_own(snapshot, account))
    };
    let own = |change: &Change| subject.loser(change).is_some_and(is_own);
    let takes_own = |change: &&Change| subject.takes(change) && own(change);
    let hit: Vec<&Change> = subject.changes.iter().copied().filter(takes_own).collect();
    let taken: Vec<_> = subject.losses().filter(|(_, account)| is_own(account)).collect();
    let has_api = has_api(subject);
    if hit.is_empty() && taken.is_empty() {
        return Opinion::pass(match has_api {
            true => "the credential's own account keeps its access",
            false => "whoever carries the changes out keeps their access",
        });
    }
    let (detail, hint) = if hit.is_empty() {
        let whose =
            if has_api { "the credential's own account" } else { "the account that carries the changes out" };
        (format!("{whose} would lose access"), losses::HINT)
    } else if has_api {
        (
            "the credential's own account would lose access".to_owned(),
            "use the credential of another identity, or give this one the access back in the workspace",
        )
    } else {
        let title = subject.vendor.spec.title;
        (
            format!(
                "the account that carries the changes out would lose access, and in {title} nobody removes themselves"
            ),
            "another admin must do it: name their account as `identity:` and carry it out signed in as them; an owner \
             hands ownership over by hand",
        )
    };
    object(detail, hint, &hit, &taken)
}

fn object(detail: String, hint: &str, hit: &[&Change], taken: &[(&Loss, &Account)]) -> Opinion {
    let holds: Vec<ChangeId> = hit.iter().map(|change| change.id.clone()).chain(losses::by(taken)).collect();
    Opinion::object(detail + losses::told(taken).as_str(), hint, holds)
}

fn without_knowing(subject: &Subject<'_>) -> Opinion {
    let has_api = has_api(subject);
    let by_session = |change: &Change| !has_api && change.channel == Channel::Browser;
    let in_doubt = |change: &&Change| {
        subject.takes(change) && (by_session(change) || subject.losing_user(change).is_none())
    };
    let (by_hand, hit): (Vec<&Change>, Vec<&Change>) = subject
        .changes
        .iter()
        .copied()
        .filter(in_doubt)
        .partition(|change| !has_api && change.channel == Channel::Runbook);
    let why = match &subject.vendor.settings.identity {
        Some(identity) => format!("no account is the `identity:` {identity:?}"),
        None if has_api => "the vendor does not tell whose the credential is".to_owned(),
        None => "no `identity:` says whose session carries the changes out".to_owned(),
    };
    let taken: Vec<_> = subject.losses().filter(|(loss, _)| has_api && loss.user.is_none()).collect();
    if hit.is_empty() && taken.is_empty() && !by_hand.is_empty() {
        return Opinion::pass(format!(
            "{why}; {} changes take access from accounts that no user claims, by the hands of a person, who must not \
             be the one concerned",
            by_hand.len()
        ));
    }
    if hit.is_empty() && taken.is_empty() {
        return Opinion::pass(format!("{why}, and no unclaimed account loses access"));
    }
    let which = if has_api { "unclaimed account" } else { "account" };
    let ended: BTreeSet<ChangeId> = losses::by(&taken).into_iter().collect();
    let detail = format!(
        "{why}, so that any {which} may be its own, and {} changes take access from one",
        hit.len() + ended.len()
    );
    let hint = if has_api {
        "set the vendor's `identity:` to the address or id of the account that the token belongs to, or to `none` if \
         it belongs to no account"
    } else {
        "set the vendor's `identity:` to the address that the browser is signed in with"
    };
    object(detail, hint, &hit, &taken)
}

/// Whether anything at the vendor goes by requests, and so with a credential.
fn has_api(subject: &Subject<'_>) -> bool {
    let spec = &subject.vendor.spec;
    let mut channels = spec.kinds.iter().flat_map(|kind| kind.access).chain(spec.accounts);
    channels.any(|channel| *channel == Channel::Api)
}

/// Whether it is certain which account the credential belongs to, or that it belongs to none.
fn is_known(subject: &Subject<'_>) -> bool {
    let settings = &subject.vendor.settings;
    let found = |snapshot: &Snapshot| {
        snapshot.own.is_some() || snapshot.accounts.values().any(|account| settings.is_own(snapshot, account))
    };
    settings.identity.as_deref() == Some(NOBODYS) || subject.snapshot().is_some_and(found)
}
