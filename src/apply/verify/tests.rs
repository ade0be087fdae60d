use super::super::fakes::{account, change, change_level, grant, id, invite, on, revoke};
use super::*;
use crate::domain::{Broken, ResourceName};
use jiff::Timestamp;
use std::sync::Arc;

/// Jane is active and an analyst on `main`, Bob is suspended, and `dark` cannot be read.
fn snapshot() -> Snapshot {
    let mut bob = account("bob");
    bob.state = AccountState::Suspended;
    let holders = BTreeMap::from([(id("jane"), Level::parse("analyst").unwrap())]);
    let name = |text| ResourceName::parse(text).unwrap();
    Snapshot {
        read_at: Timestamp::UNIX_EPOCH,
        source: Arc::from("api"),
        accounts: BTreeMap::from([(id("jane"), account("jane")), (id("bob"), bob)]),
        broken: Vec::new(),
        resources: BTreeMap::from([
            (name("main"), ResourceReading::Read { id: None, holders, offers: BTreeMap::new() }),
            (name("gone"), ResourceReading::Missing),
            (
                name("dark"),
                ResourceReading::Unread { reason: Arc::from("SCIM does not carry it"), open: true },
            ),
        ]),
        own: None,
        recorded: BTreeMap::new(),
        feeds: BTreeMap::new(),
        retired: BTreeMap::new(),
        similar: BTreeMap::new(),
        by_hand: BTreeMap::new(),
    }
}

#[track_caller]
fn check(user: &str, action: Action, shown: bool) {
    let sight = shows(&change(1, user, action), &snapshot());
    assert_eq!(sight == Sight::Shown, shown, "{sight:?}");
}

#[test]
fn a_level_is_shown_when_exactly_it_is_held() {
    check("jane", grant("main", "analyst"), true);
    check("jane", grant("main", "admin"), false);
    check("jane", change_level("main", "admin", "analyst"), true);
    check("jane", change_level("main", "analyst", "admin"), false);
    check("bob", grant("main", "analyst"), false);
    check("jane", grant("gone", "analyst"), false);
}

#[test]
fn a_revocation_is_shown_when_nothing_is_held() {
    check("jane", revoke("main", "analyst"), false);
    check("bob", revoke("main", "analyst"), true);
    check("jane", revoke("gone", "analyst"), true);
}

#[test]
fn invariant_2_what_no_reading_covers_is_never_shown() {
    for action in [grant("dark", "analyst"), revoke("dark", "analyst"), revoke("unheard-of", "analyst")] {
        assert!(matches!(shows(&change(1, "jane", action), &snapshot()), Sight::Blind(_)));
    }
    let create = Action::CreateResource { on: on("dark") };
    assert!(matches!(shows(&change(1, "jane", create), &snapshot()), Sight::Blind(_)));
}

#[test]
fn an_account_is_shown_in_the_state_asked_for() {
    check("bob", Action::Suspend, true);
    check("jane", Action::Suspend, false);
    check("nobody", Action::Suspend, true);
    check("jane", Action::Restore, true);
    check("bob", Action::Restore, false);
    check("nobody", Action::Restore, false);
    check("nobody", Action::RemoveAccount, true);
    check("bob", Action::RemoveAccount, false);
    check("nobody", Action::CancelInvitation { on: None }, true);
    check("jane", Action::CancelInvitation { on: None }, false);
}

#[test]
fn invariant_2_what_pages_take_an_account_from_is_seen_on_the_organisations_own_list() {
    let org = |reading: Option<ResourceReading>| {
        let mut snapshot = snapshot();
        snapshot.resources.extend(reading.map(|reading| (ResourceName::org(), reading)));
        snapshot
    };
    let unread = ResourceReading::Unread { reason: Arc::from("It is old."), open: false };
    let read = ResourceReading::Read { id: None, holders: BTreeMap::new(), offers: BTreeMap::new() };
    for action in [Action::RemoveAccount, Action::Suspend, Action::CancelInvitation { on: None }] {
        let change = change(1, "nobody", action).by(Channel::Browser);
        for (seen, told) in
            [(org(None), "nobody has read who has an account"), (org(Some(unread.clone())), "It is old")]
        {
            assert_eq!(shows(&change, &seen), Sight::Blind(told.to_owned()));
        }
        assert_eq!(shows(&change, &org(Some(read.clone()))), Sight::Shown);
        assert_eq!(shows(&change.by(Channel::Api), &org(Some(unread.clone()))), Sight::Shown);
    }
    let here = change(1, "jane", Action::RemoveAccount).by(Channel::Browser);
    assert!(matches!(shows(&here, &org(None)), Sight::Not(_)));
}

#[test]
fn a_removal_that_names_no_account_is_never_shown() {
    for action in [
        Action::RemoveAccount,
        Action::Suspend,
        Action::CancelInvitation { on: None },
        revoke("main", "analyst"),
    ] {
        let change = change(1, "nobody", action).new_account();
        assert!(matches!(shows(&change, &snapshot()), Sight::Not(_)));
    }
}

#[test]
fn an_invitation_is_recognised_by_id_handle_name_or_address() {
    check("jane", invite("JANE"), true);
    check("jane", invite("carol"), false);
    check("bob", invite("bob"), false);
    let mut seen = snapshot();
    seen.accounts.get_mut(&id("jane")).unwrap().external_id = Some(Arc::from("grantline:carol"));
    assert_eq!(shows(&change(1, "carol", invite("carol")), &seen), Sight::Shown);
    let jane = seen.accounts.get_mut(&id("jane")).unwrap();
    (jane.external_id, jane.emails) = (None, vec![Email::parse("dora@acme.example").unwrap()]);
    assert_eq!(shows(&change(1, "dora", invite("dora")), &seen), Sight::Shown);
    let mut named = change(1, "jane", invite("jane"));
    named.account_id = Some(id("another"));
    assert!(matches!(shows(&named, &seen), Sight::Not(_)));
}

#[test]
fn an_account_is_updated_when_name_and_login_are_as_declared() {
    let profile =
        |login: &str, name: Option<&str>| Profile { login: login.into(), name: name.map(Arc::from) };
    let update = |to: Profile| Action::UpdateAccount { from: profile("x", None), to };
    check("jane", update(profile("Jane@acme.example", None)), true);
    check("jane", update(profile("jane@acme.example", Some("Jane Doe"))), false);
    check("jane", update(profile("doe@acme.example", None)), false);
}

#[test]
fn ownership_is_handed_over_when_one_owns_and_the_other_no_longer_does() {
    let transfer = Action::TransferOwnership { on: on("main"), from: id("bob") };
    let seen = |jane: &str, bob: &str| {
        let mut snapshot = snapshot();
        let holders =
            [("jane", jane), ("bob", bob)].map(|(who, level)| (id(who), Level::parse(level).unwrap()));
        let read = ResourceReading::Read { id: None, holders: holders.into(), offers: BTreeMap::new() };
        snapshot.resources.insert(ResourceName::parse("main").unwrap(), read);
        shows(&change(1, "jane", transfer.clone()), &snapshot)
    };
    assert_eq!(seen("Owner", "admin"), Sight::Shown);
    assert!(matches!(seen("owner", "owner"), Sight::Not(_)));
    assert!(matches!(seen("admin", "owner"), Sight::Not(_)));
}

#[test]
fn an_invitation_that_is_over_is_not_shown_by_the_row_that_is_left_of_it() {
    use InvitationState::{Declined, Expired, Pending};
    for (state, shown) in [(Pending, true), (Expired, false), (Declined, false)] {
        let mut seen = snapshot();
        seen.accounts.get_mut(&id("jane")).unwrap().state = AccountState::Invited(state);
        for action in [invite("jane"), Action::ResendInvitation { on: None }] {
            let sight = shows(&change(1, "jane", action), &seen);
            assert_eq!(sight == Sight::Shown, shown, "{state:?}: {sight:?}");
        }
    }
}

#[test]
fn invariant_7_an_account_whose_record_is_broken_is_not_gone() {
    let sight = |id: Option<&str>, login: Option<&str>, action: Action| {
        let mut snapshot = snapshot();
        snapshot.broken.push(Broken {
            id: id.map(self::id),
            login: login.map(Arc::from),
            emails: Vec::new(),
            external_id: None,
            reason: "A user is broken.".to_owned(),
        });
        shows(&change(1, "old", action), &snapshot) == Sight::Shown
    };
    for action in [Action::RemoveAccount, Action::Suspend] {
        assert!(!sight(Some("old"), None, action.clone()));
        assert!(!sight(None, Some("OLD@acme.example"), action.clone()));
        assert!(!sight(None, None, action.clone()));
        assert!(sight(Some("other"), Some("old@acme.example"), action.clone()));
        assert!(sight(None, Some("other@acme.example"), action));
    }
}

#[test]
fn an_account_that_is_marked_as_another_users_was_not_made_by_the_invitation() {
    let sight = |mark: Option<&str>| {
        let mut snapshot = snapshot();
        snapshot.accounts.get_mut("jane").unwrap().external_id = mark.map(Arc::from);
        shows(&change(1, "jane", invite("jane")), &snapshot) == Sight::Shown
    };
    assert!(sight(None) && sight(Some("hr-7")) && sight(Some("grantline:jane")));
    assert!(!sight(Some("grantline:ravi")));
}
