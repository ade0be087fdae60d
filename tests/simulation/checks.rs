//! The checker, checked on values. This target has no harness, so that its tests are run before any seed is.

use super::invariants::done_is_true;
use super::model::{Model, Person, Standing};
use super::stages::with_the_vendors_id;
use super::truth::{Account, Truth};
use super::world::Scene;
use grantline::apply::journal::Started;
use grantline::connector::Receipt;
use grantline::domain::{
    AccountId, Action, Change, ChangeId, Channel, Level, Profile, ResourceName, Risk, Target, UserName,
    VendorName,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const BEN: &str = "ben@acme.example";

/// Panics where one does not hold.
pub(crate) fn all() {
    an_invitation_is_done_by_the_account_it_made_and_by_no_other();
    an_invitation_without_an_answer_is_done_by_any_account_of_the_name();
    what_an_account_lost_is_not_back_because_its_successor_has_it();
    what_an_account_got_is_not_there_because_its_successor_has_it();
}

fn an_invitation_is_done_by_the_account_it_made_and_by_no_other() {
    let sent = with_the_vendors_id(&started(invite(), Some("made")));
    assert!(is_done(&sent, "made"));
    assert!(!is_done(&sent, "made by somebody else"));
}

fn an_invitation_without_an_answer_is_done_by_any_account_of_the_name() {
    let sent = with_the_vendors_id(&started(invite(), None));
    assert!(is_done(&sent, "made by somebody else"));
}

fn what_an_account_lost_is_not_back_because_its_successor_has_it() {
    let revoke = Action::Revoke { on: sales(), from: Level::parse("member").unwrap() };
    for loss in [Action::Suspend, Action::RemoveAccount, revoke] {
        let change = Change { account_id: AccountId::parse("former").ok(), ..change(loss) };
        assert!(!is_done(&change, "former"), "{:?}", change.action);
        assert!(is_done(&change, "successor"), "{:?}", change.action);
    }
}

fn what_an_account_got_is_not_there_because_its_successor_has_it() {
    let grant = Action::Grant { on: sales(), to: Level::parse("member").unwrap() };
    for gain in [Action::Restore, grant] {
        let change = Change { account_id: AccountId::parse("former").ok(), ..change(gain) };
        assert!(is_done(&change, "former"), "{:?}", change.action);
        assert!(!is_done(&change, "successor"), "{:?}", change.action);
    }
}

/// Whether the change passes for done at a vendor where Ben has a usable account of this id, which is in Sales.
fn is_done(change: &Change, id: &str) -> bool {
    let account = Account { id: id.to_owned(), active: true, name: "ben one".to_owned(), level: None };
    let truth = Truth {
        accounts: BTreeMap::from([(BEN.to_owned(), account)]),
        groups: BTreeMap::from([("Sales".to_owned(), BTreeSet::from([BEN.to_owned()]))]),
        ..Truth::default()
    };
    let ben = Person {
        handle: "ben".to_owned(),
        name: "ben one".to_owned(),
        email: BEN.to_owned(),
        standing: Standing::Active,
        holds: BTreeMap::new(),
    };
    let model = Model { people: vec![ben], sites: Vec::new(), min_admins: 1, provided: None, outside: None };
    done_is_true(change, &model, &Scene { truth, ..Scene::default() }).is_none()
}

fn started(change: Change, made: Option<&str>) -> Started {
    let receipt = |id| Receipt { account: AccountId::parse(id).ok(), ..Receipt::default() };
    let at = "2026-11-22T09:00:00Z".parse().unwrap();
    Started { change, at, answer: made.map(|id| Ok(receipt(id))), answered: None, outcome: None, found: None }
}

fn invite() -> Change {
    change(Action::Invite {
        profile: Profile { login: Arc::from(BEN), name: None },
        external_id: Arc::from("grantline:ben"),
        on: None,
    })
}

fn change(action: Action) -> Change {
    let vendor = VendorName::parse("first").unwrap();
    Change {
        id: ChangeId::new(&vendor, 1),
        vendor,
        user: UserName::parse("ben").ok(),
        user_name: None,
        account: Some(Arc::from(BEN)),
        account_id: None,
        action,
        channel: Channel::Api,
        risk: Risk::Low,
        after: Vec::new(),
        waits: None,
        because: Vec::new(),
        reason: None,
        ticket: None,
    }
}

fn sales() -> Target {
    Target {
        name: ResourceName::parse("sales").unwrap(),
        kind: Arc::from("group"),
        id: None,
        display: Some(Arc::from("Sales")),
    }
}
