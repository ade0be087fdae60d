//! What of a reading a saved plan is bound to, and what may move under it.

use crate::domain::{AccountId, AccountState, Email, Fact, Found, Invitation, InvitationState, Manage};
use crate::domain::{ResourceReading, Snapshot};
use crate::reconcile::fixture::{World, level, resource};
use std::sync::Arc;

fn facts(world: &World) -> Vec<String> {
    let plan = world.plan();
    plan.vendors["crm"].facts.iter().map(line).collect()
}

fn line(fact: &Fact) -> String {
    match fact {
        Fact::Account { id, state, emails, name, .. } => {
            let name = name.as_deref().unwrap_or("-");
            format!("account {id} {} {} {name}", state.word(), emails.len())
        }
        Fact::Resource { name, found: Found::Read(id) } => {
            format!("{name} read {}", id.as_deref().unwrap_or("-"))
        }
        Fact::Resource { name, found } => format!("{name} {}", found.word()),
        Fact::Holder { on, account, level } => format!("{on}: {account} {level}"),
        Fact::Offer { on, account, level, state } => format!("{on}: {account} {level} {}", state.word()),
        Fact::Broken { id, .. } => format!("broken {}", id.as_ref().map_or("-", AccountId::as_str)),
    }
}

fn print(world: &World) -> String {
    world.plan().vendors["crm"].fingerprint.clone().unwrap()
}

/// Jane, whom the workspace declares, and a stranger, both analysts, one of them an admin too.
fn world() -> World {
    World::new()
        .person("jane")
        .wants("jane analysts member")
        .live("jane")
        .live("x")
        .holds("jane analysts member\nx analysts member\nx admins admin")
}

fn offer(world: World, id: &str, on: &str, state: InvitationState) -> World {
    let mut world = world;
    let offered = Invitation { level: level("member"), state, since: None };
    if let Some(ResourceReading::Read { offers, .. }) = world.snapshot().resources.get_mut(on) {
        offers.insert(AccountId::parse(id).unwrap(), offered);
    }
    world
}

#[test]
fn where_the_workspace_rules_everybody_is_a_fact() {
    let world = offer(world(), "y", "analysts", InvitationState::Pending);
    assert_eq!(
        facts(&world),
        [
            "account jane active 1 -",
            "account x active 1 -",
            "admins read g-admins",
            "analysts read g-analysts",
            "org read g-org",
            "site unread",
            "admins: x admin",
            "analysts: jane member",
            "analysts: x member",
            "org: jane member",
            "org: x member",
            "analysts: y member pending",
        ]
    );
}

#[test]
fn where_it_only_adds_declared_users_and_admins_are() {
    let world = offer(world().live("z").mode(Manage::Additive), "z", "analysts", InvitationState::Pending);
    assert_eq!(
        facts(&world),
        [
            "account jane active 1 -",
            "account x active 1 -",
            "admins read g-admins",
            "analysts read g-analysts",
            "org read g-org",
            "site unread",
            "admins: x admin",
            "analysts: jane member",
            "org: jane member",
        ]
    );
}

#[test]
fn on_an_observed_resource_only_what_guards_count_is() {
    let mut world = world();
    world.vendor.settings.resources.get_mut("analysts").unwrap().manage = Manage::Observe;
    world.vendor.settings.resources.get_mut("admins").unwrap().manage = Manage::Observe;
    let facts = facts(&world);
    assert!(!facts.iter().any(|fact| fact.starts_with("analysts:")), "{facts:?}");
    assert!(facts.contains(&"admins: x admin".to_owned()), "{facts:?}");
}

#[test]
fn a_vendor_that_is_only_observed_has_none() {
    let observed = world().mode(Manage::Observe);
    assert_eq!(facts(&observed), [""; 0]);
    assert_eq!(print(&observed), print(&World::new().mode(Manage::Observe)));
}

#[test]
fn a_resource_of_its_own_mode_counts_where_the_vendor_is_observed() {
    let mut world = world().mode(Manage::Observe);
    world.vendor.settings.resources.get_mut("analysts").unwrap().manage = Manage::Authoritative;
    let facts = facts(&world);
    assert_eq!(&facts[2..], ["analysts read g-analysts", "analysts: jane member", "analysts: x member"]);
}

#[test]
fn what_changes_by_itself_moves_nothing() {
    let before = offer(world(), "y", "analysts", InvitationState::Pending);
    let moves = |edit: &dyn Fn(&mut Snapshot)| {
        let mut world = before.clone();
        edit(world.snapshot());
        print(&world) != print(&before)
    };
    let jane = |snapshot: &mut Snapshot, edit: &dyn Fn(&mut crate::domain::Account)| {
        edit(snapshot.accounts.get_mut("jane").unwrap());
    };
    assert!(!moves(&|snapshot| snapshot.read_at = jiff::Timestamp::from_second(9).unwrap()));
    assert!(!moves(&|snapshot| snapshot.source = Arc::from("recorded")));
    assert!(!moves(&|snapshot| jane(snapshot, &|jane| jane.invited = Some(jiff::Timestamp::UNIX_EPOCH))));
    assert!(!moves(&|snapshot| jane(snapshot, &|jane| jane.name = Some(Arc::from("J.")))));
    assert!(!moves(&|snapshot| jane(snapshot, &|jane| jane.external_id = Some(Arc::from("7")))));
    assert!(!moves(&|snapshot| {
        jane(snapshot, &|jane| jane.emails.extend(jane.emails.clone()));
    }));
    assert!(!moves(&|snapshot| {
        let unread = ResourceReading::Unread { reason: Arc::from("another reason"), open: true };
        snapshot.resources.insert(resource("site"), unread);
    }));
    assert!(!moves(&|snapshot| {
        let Some(ResourceReading::Read { offers, .. }) = snapshot.resources.get_mut("analysts") else {
            panic!("the fixture's analysts are not read")
        };
        offers.values_mut().for_each(|offer| offer.since = Some(jiff::Timestamp::UNIX_EPOCH));
    }));
}

#[test]
fn what_is_managed_moves_it() {
    let before = world();
    let moved = |edit: &dyn Fn(&mut Snapshot)| {
        let mut world = before.clone();
        edit(world.snapshot());
        assert_ne!(print(&world), print(&before));
    };
    let account = |id: &str, edit: &dyn Fn(&mut crate::domain::Account)| {
        moved(&|snapshot| edit(snapshot.accounts.get_mut(id).unwrap()));
    };
    account("jane", &|jane| jane.state = AccountState::Suspended);
    account("jane", &|jane| jane.login = Arc::from("JANE@acme.example"));
    account("x", &|x| x.emails.push(Email::parse("y@acme.example").unwrap()));
    moved(&|snapshot| drop(snapshot.resources.insert(resource("admins"), ResourceReading::Missing)));
    moved(&|snapshot| match snapshot.resources.get_mut("admins") {
        Some(ResourceReading::Read { id, .. }) => *id = Some(Arc::from("g-other")),
        _ => panic!("the fixture's admins are not read"),
    });
    let offered = |state| print(&offer(world(), "jane", "admins", state));
    assert_ne!(offered(InvitationState::Pending), offered(InvitationState::Expired));
    assert_ne!(print(&world()), offered(InvitationState::Pending));
}

#[test]
fn a_display_name_is_one_where_the_workspace_declares_it() {
    let named = |declared: bool, mode, shown: &str| {
        let world = world().mode(mode).account("jane", |jane| jane.name = Some(Arc::from(shown)));
        let name = declared.then(|| Arc::from("Jane Doe"));
        print(&world.with("jane", |jane| jane.name = name))
    };
    assert_ne!(named(true, Manage::Authoritative, "J."), named(true, Manage::Authoritative, "Jane"));
    assert_eq!(named(false, Manage::Authoritative, "J."), named(false, Manage::Authoritative, "Jane"));
    assert_eq!(named(true, Manage::Additive, "J."), named(true, Manage::Additive, "Jane"));
}
