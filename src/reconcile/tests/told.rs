//! What a finding says besides its words: whom it is about, the line it stands at, and what to do.

use super::super::fixture::{World, codes, crm, level, lines, resource};
use crate::connector::{AddressChange, Leaving, LevelSpec, ObligationSpec};
use crate::domain::*;
use std::sync::Arc;

/// The first finding with this code: `severity user line hint`, with `-` for what it lacks.
#[track_caller]
fn told(world: &World, code: &str) -> String {
    let plan = world.plan();
    let found = plan.findings.iter().find(|finding| finding.code == code);
    let finding = found.unwrap_or_else(|| panic!("no {code} among {:?}", plan.findings));
    let user = finding.user.as_ref().map_or("-", |user| user.as_str());
    let line = finding.span.map_or("-".to_owned(), |span| span.line.to_string());
    let hint = finding.hint.as_deref().unwrap_or("-");
    format!("{:?} {user} {line} {hint}", finding.severity)
}

#[track_caller]
fn check(world: &World, code: &str, expected: &str) {
    let told = told(world, code);
    assert!(told.starts_with(expected), "{told}");
    assert!(expected.ends_with('-') == told.ends_with(" -"), "{told}");
}

fn unread(open: bool) -> ResourceReading {
    ResourceReading::Unread { reason: Arc::from("a page was cut off."), open }
}

#[test]
fn what_could_not_be_read_stands_at_its_own_line() {
    let mut world = World::new().person("jane").wants("jane analysts member").live("jane");
    world.snapshot().resources.insert(resource("analysts"), ResourceReading::Missing);
    world.vendor.settings.resources.get_mut("analysts").unwrap().id = Some(Arc::from("g-404"));
    check(&world, "missing-resource", "Error - 2 correct its id");
    let mut world = World::new().person("bob").wanted("bob analysts member").live("bob");
    world.snapshot().resources.insert(resource("analysts"), unread(true));
    check(&world, "unread-resource", "Warning - 2 -");
    check(&world, "unread-access-ended", "Warning bob 50 look at the vendor's own pages");
    world.vendor.reading = Reading::Unreadable(Unreadable {
        reason: "it answered 500".to_owned(),
        hint: Some("try again".to_owned()),
        at: jiff::Timestamp::UNIX_EPOCH,
    });
    check(&world, "unreadable-vendor", "Error - 1 try again");
}

#[test]
fn a_resource_to_create_whose_name_is_near_another_ones_is_told_unless_that_one_is_declared() {
    let mut world = World::new().person("jane").wants("jane analysts member").live("jane");
    world.snapshot().resources.insert(resource("analysts"), ResourceReading::Missing);
    assert!(!codes(&world.plan()).contains(&"similar-resource"));
    let one = |id: &str, name: &str| Similar { id: Arc::from(id), name: Arc::from(name) };
    let both = vec![one("g-\"7", "Analyst"), one("G-ADMINS", "analists")];
    world.snapshot().similar.insert(resource("analysts"), both);
    check(&world, "similar-resource", "Warning - 2 if one of those is meant");
    let plan = world.plan();
    let finding = plan.findings.iter().find(|one| one.code == "similar-resource").unwrap();
    let expected = "crm/analysts is to be created under the name \"analysts\", and the vendor has \"Analyst\" (id \"g-\\\"7\")";
    assert_eq!(finding.detail, expected);
    assert!(
        lines(&plan).iter().any(|line| line == "create-resource - analysts"),
        "it is a hint: {:?}",
        lines(&plan)
    );
}

#[test]
fn who_holds_what_nobody_knows_is_told_with_what_to_do() {
    let mut world = World::new().person("jane").wants("jane org member").live("jane");
    world = world.holds("jane org Owner\n jane analysts Chief");
    world.vendor.spec.kinds[0].levels.push(LevelSpec { name: level("admin"), admin: true, exclusive: false });
    let hints: Vec<_> = world.plan().findings.into_iter().filter(|one| one.code == "unknown-level").collect();
    let hints: Vec<_> = hints.iter().map(|finding| finding.hint.as_deref().unwrap_or("-")).collect();
    assert_eq!(
        hints,
        [
            "look at the vendor what it gives",
            "map it under the vendor's `roles:`, or take it away at the vendor",
        ]
    );
}

#[test]
fn what_a_mode_leaves_is_told_at_the_line_that_would_change_it() {
    let world = World::new().person("bob").wanted("bob analysts member").live("bob").mode(Manage::Observe);
    check(&world.clone().holds("bob analysts member"), "undeclared-access", "Warning bob 50 -");
    check(&world, "difference", "Warning bob 50 -");
    let ghost = World::new().live("ghost").mode(Manage::Observe);
    check(&ghost, "unmanaged-account", "Warning - 1 -");
}

#[test]
fn whose_an_account_may_be_is_told_at_that_users_entry() {
    let jane = || World::new().person("ann").person("jane").wants("jane org member");
    let lost = jane().with("jane", |jane| jane.accounts = [(crm(), AccountId::parse("9").unwrap())].into());
    check(&lost, "pinned-account-missing", "Error jane 11 correct the id under");
    let renamed = jane()
        .live_as("7", "new@acme.example")
        .account("7", |account| account.external_id = Some(Arc::from("grantline:jane")));
    check(&renamed, "possible-rename", "Error jane 11 if it is theirs, pin it: `accounts: { crm: \"7\" }`");
    check(
        &jane().live_as("9", "jane+x@acme.example"),
        "look-alike-account",
        "Warning jane 11 if it is theirs",
    );
    let mut own = World::new().live("robot");
    own.snapshot().own = Some(AccountId::parse("robot").unwrap());
    check(&own, "own-identity", "Info - 1 declare it as a user with `kind: service`");
}

#[test]
fn who_comes_under_another_key_and_may_be_an_account_that_is_there_is_told_at_their_line() {
    let name = |text: &str| Some(Arc::from(text));
    let jane = || World::new().person("ann").person("jane").wants("jane org member");
    let married = |world: World, shown| {
        let world = world.with("jane", |jane| jane.name = name("Jane Doe")).live("jdoe");
        world.account("jdoe", |account| account.name = name(shown))
    };
    let expected =
        "Warning jane 11 if it is theirs, add its address to `aliases:`, or its id to `accounts:` at crm";
    let detail = |world: &World| {
        let plan = world.plan();
        plan.findings.into_iter().find(|one| one.code == "perhaps-renamed").unwrap().detail
    };
    let lead = "jane is to be invited as jane@acme.example, and may have an account already that nobody declares, by the \
                name or the address at another domain: ";
    for (mode, goes) in
        [(Manage::Authoritative, ", which this plan takes out of use"), (Manage::Additive, "")]
    {
        let world = married(jane(), " jane  DOE").mode(mode);
        check(&world, "perhaps-renamed", expected);
        assert_eq!(detail(&world), format!("{lead}\"jdoe@acme.example\" (id \"jdoe\"){goes}"));
    }
    let moved =
        (1..=5).fold(jane(), |world, at| world.live_as(&at.to_string(), &format!("jane@old{at}.example")));
    let moved = moved.mode(Manage::Additive);
    let ends = "\"jane@old3.example\" (id \"3\"); 2 more";
    assert!(detail(&moved).starts_with(&format!("{lead}\"jane@old1")) && detail(&moved).ends_with(ends));
    let codes = |world: World| codes(&world.plan());
    let declared = married(jane().person("jdoe").wants("jdoe org member"), "Jane Doe");
    assert!(!codes(declared).contains(&"perhaps-renamed"), "the account is another user's");
    let there = married(jane().live("jane"), "Jane Doe");
    assert!(!codes(there).contains(&"perhaps-renamed"), "nobody comes");
    let others = jane().live("bob").account("bob", |bob| bob.name = name(" "));
    assert!(!codes(others.with("jane", |jane| jane.name = name("  "))).contains(&"perhaps-renamed"));
    let namesake = jane().with("jane", |jane| jane.name = name("Jane Doe")).live_as("7", "jane@old.example");
    let namesake = namesake.account("7", |account| account.name = name("Jane Roe"));
    assert!(!codes(namesake).contains(&"perhaps-renamed"), "two names are two people");
    let machine =
        jane().with("jane", |jane| jane.kind = PersonKind::Service).live_as("7", "jane@old.example");
    assert!(!codes(machine).contains(&"perhaps-renamed"), "a machine's mailbox has a common name");
}

#[test]
fn whoever_changes_address_leaves_or_is_suspended_is_named_at_their_line() {
    let mut moved = World::new().person("ann").person("jane").wants("jane org member");
    moved = moved.with("jane", |jane| jane.accounts = [(crm(), AccountId::parse("7").unwrap())].into());
    moved = moved.live_as("7", "old@acme.example");
    moved.vendor.spec.address_change = AddressChange::Recreate;
    check(&moved, "address-differs", "Warning jane 11 declare the address under `aliases:`");
    let mut gone = World::new().person("carol").departed("carol").live("carol");
    check(&gone, "departed-user-present", "Warning carol 10 -");
    gone.vendor.settings.provisioned_by = Source::parse("okta/crm-users").ok();
    check(&gone, "departed-user-present", "Warning carol 10 take them out of okta/crm-users");
    let mut held = World::new().person("omar").suspended("omar").live("omar");
    held.vendor.spec.suspends = false;
    check(&held, "cannot-suspend", "Warning omar 10 -");
}

#[test]
fn what_is_due_before_a_removal_is_told_at_the_line_that_removes() {
    static FIRST: [ObligationSpec; 1] = [ObligationSpec {
        code: "hand-over-content",
        on: Leaving::Account,
        due: Due::Before,
        once: false,
        text: "hand over what they own",
    }];
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.spec.obligations = &FIRST;
    check(&world, "due-before-removal", "Warning carol 90 do it before you apply");
}

#[test]
fn who_is_invited_or_lowered_is_named_at_the_line_that_asks() {
    let jane = || World::projects().person("jane").wants("jane site member").listed("ada site owner");
    check(
        &jane().offered("jane site member pending 2"),
        "invitation-pending",
        "Info jane 50 it is accepted at the invited address",
    );
    check(
        &jane().offered("jane site member declined 2"),
        "invitation-declined",
        "Warning jane 50 talk to them",
    );
    let bob = World::new().person("bob").wants("bob admins member").live("bob").holds("bob admins admin");
    check(&bob, "demotion", "Info bob 50 -");
}

#[test]
fn an_owner_who_stays_is_told_at_the_line_that_takes_from_them() {
    let site = || World::projects().person("old").person("new").listed("old site owner\n new site admin");
    let successor = "declare who is to own it: `crm/site: owner`";
    let departed = site().departed("old").wants("new site admin");
    check(&departed, "owner-without-successor", &format!("Error old 90 {successor}"));
    let declared = site().wants("new site admin\n old site admin");
    check(&declared, "owner-without-successor", &format!("Warning old 50 {successor}"));
    let two = site().person("third").wants("new site owner\n third site owner\n old site admin");
    check(&two, "two-owners", "Error new 50 -");
    let several = site().listed("new site owner");
    check(&several, "several-owners", "Warning - 2 -");
}

#[test]
fn an_account_that_stays_because_it_owns_something_is_named_with_its_user() {
    let mut world = World::new().person("old").departed("old").live("old");
    let owner = LevelSpec { name: level("owner"), admin: true, exclusive: true };
    world.vendor.spec.kinds[1].levels.push(owner);
    let plan = world.holds("old admins owner").plan();
    let kept = plan.findings.iter().find(|finding| finding.detail.contains("so the account stays")).unwrap();
    assert_eq!(kept.user.as_ref().map(UserName::as_str), Some("old"));
    assert_eq!(kept.span.map(|span| span.line), Some(90));
    assert_eq!(kept.hint.as_deref(), Some("declare another owner for it"));
}

#[test]
fn a_broken_record_is_named_by_what_a_person_finds_it_by() {
    let told = |change: fn(&mut Broken)| {
        let world = World::new().broken("7", "x").record("7", change);
        let plan = world.plan();
        plan.findings.into_iter().find(|one| one.code == "broken-account").unwrap()
    };
    let named = |change| told(change).detail.split(" cannot").next().unwrap().to_owned();
    assert_eq!(named(|_| ()), "the account record x");
    let address = |record: &mut Broken| {
        (record.login, record.emails) = (None, vec![Email::parse("a@acme.example").unwrap()]);
    };
    assert_eq!(named(address), "the account record a@acme.example");
    assert_eq!(named(|record| record.login = None), "the account record with the id 7");
    assert_eq!(named(|record| (record.login, record.id) = (None, None)), "the account record without an id");
    assert_eq!(told(|_| ()).severity, Severity::Error);
    assert_eq!(told(address).severity, Severity::Warning);
    assert_eq!(told(address).hint.as_deref(), Some("mend the record at the vendor"));
}

#[test]
fn whoever_a_broken_record_may_be_of_is_told_at_their_entry() {
    let jane = || World::new().person("ann").person("jane").wants("jane org member");
    let theirs = jane().broken("7", "jane@acme.example");
    check(&theirs, "broken-account", "Error jane 11 mend the record at the vendor; if they have another");
    check(&jane().broken("7", "x"), "invitation-held-back", "Warning jane 11 see to the broken record");
}
