//! What is planned, on plain values. Names tell the invariant or the trap that each case stands for.

use super::fixture::{World, codes, lines, resource, user};
use crate::domain::*;
use std::collections::BTreeMap;
use std::sync::Arc;

#[track_caller]
fn check(world: &World, changes: &[&str], findings: &[&str]) {
    let plan = world.plan();
    assert_eq!(lines(&plan), changes);
    assert_eq!(codes(&plan), findings);
}

#[test]
fn nothing_to_do_where_live_is_as_declared() {
    let world =
        World::new().person("jane").wants("jane analysts member").live("jane").holds("jane analysts member");
    check(&world, &[], &[]);
}

#[test]
fn a_new_user_is_invited_before_being_granted() {
    let world = World::new().person("jane").wants("jane analysts member\n jane org member");
    check(&world, &["invite jane", "grant jane analysts ->member after 1"], &[]);
}

#[test]
fn a_departed_user_loses_access_and_then_the_account_and_it_is_a_finding() {
    let world = World::new().person("carol").departed("carol").live("carol").holds("carol analysts member");
    check(&world, &["revoke carol analysts member->", "remove-account carol"], &["departed-user-present"]);
    let plan = world.plan();
    assert_eq!(plan.obligations.len(), 1);
    assert_eq!(plan.changes[1].because[0].line, 90);
}

#[test]
fn offboarding_by_revocation_keeps_the_account_and_is_settled_once_it_is_suspended() {
    let mut world =
        World::new().person("carol").departed("carol").live("carol").holds("carol analysts member");
    world.vendor.settings.offboarding = Offboarding::Revoke;
    check(&world, &["revoke carol analysts member->", "suspend carol"], &["departed-user-present"]);
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.settings.offboarding = Offboarding::Revoke;
    check(&world.account("carol", |account| account.state = AccountState::Suspended), &[], &[]);
}

#[test]
fn a_suspended_user_keeps_account_and_memberships_and_comes_back_by_restore() {
    let world = World::new().person("omar").suspended("omar").live("omar").holds("omar analysts member");
    check(&world, &["suspend omar"], &[]);
    let world =
        World::new().person("omar").wants("omar analysts member").live("omar").holds("omar analysts member");
    check(&world.account("omar", |account| account.state = AccountState::Suspended), &["restore omar"], &[]);
}

#[test]
fn an_unmanaged_account_goes_only_where_the_workspace_is_authoritative() {
    let world = || World::new().live("ghost").holds("ghost analysts member");
    check(&world(), &["revoke ghost analysts member->", "remove-account ghost"], &[]);
    let reported = ["undeclared-access", "unmanaged-account"];
    check(&world().mode(Manage::Additive), &[], &reported);
    check(&world().mode(Manage::Observe), &[], &reported);
}

#[test]
fn additive_takes_only_what_a_line_takes_by_name() {
    let world = World::new()
        .person("bob")
        .wanted("bob analysts member")
        .wants("bob org member")
        .live("bob")
        .holds("bob analysts member\n bob admins member")
        .mode(Manage::Additive);
    check(&world, &["revoke bob analysts member->"], &["undeclared-access"]);
    let world = World::new().person("carol").departed("carol").live("carol").mode(Manage::Additive);
    check(&world, &["remove-account carol"], &["departed-user-present"]);
}

#[test]
fn additive_raises_a_level_and_lowers_one_only_where_a_higher_grant_has_ended() {
    let world = |from: &str, to: &str| {
        let world = World::new().person("bob").wants(&format!("bob admins {to}")).live("bob");
        world.holds(&format!("bob admins {from}")).mode(Manage::Additive)
    };
    check(&world("member", "admin"), &["change-level bob admins member->admin"], &[]);
    check(&world("admin", "member"), &[], &["level-differs"]);
    let ended = world("admin", "member").wanted("bob admins admin");
    check(&ended, &["change-level bob admins admin->member"], &[]);
}

#[test]
fn observe_plans_nothing_and_says_what_it_saw() {
    let world = World::new().person("jane").wants("jane analysts member").mode(Manage::Observe);
    check(&world, &[], &["difference", "difference"]);
}

#[test]
fn case_in_an_address_makes_no_duplicate() {
    let world = World::new().person("jane").wants("jane org member").live_as("1", "Jane@ACME.example");
    check(&world, &[], &[]);
}

#[test]
fn a_renamed_account_is_followed_by_its_pin() {
    let world = World::new()
        .person("jane")
        .with("jane", |person| {
            person.accounts = BTreeMap::from([(super::fixture::crm(), AccountId::parse("7").unwrap())]);
        })
        .wants("jane org member")
        .live_as("7", "jane.smith@acme.example");
    check(&world, &["update-account jane.smith jane.smith@acme.example/- -> jane@acme.example/-"], &[]);
}

#[test]
fn a_renamed_user_blocks_only_themselves() {
    let world = World::new()
        .person("jane")
        .person("ravi")
        .wants("jane org member\n ravi org member")
        .live_as("7", "jane.smith@acme.example")
        .account("7", |account| account.external_id = Some(Arc::from("grantline:jane")));
    check(&world, &["invite ravi"], &["possible-rename"]);
}

#[test]
fn a_display_name_is_corrected_where_the_vendor_shows_one() {
    let world = || World::new().person("mia").with("mia", |mia| mia.name = Some(Arc::from("Mia Chen")));
    let shown = |name: &'static str| {
        world()
            .wants("mia org member")
            .live("mia")
            .account("mia", |account| account.name = Some(Arc::from(name)))
    };
    check(
        &shown("M. Chen"),
        &["update-account mia mia@acme.example/M. Chen -> mia@acme.example/Mia Chen"],
        &[],
    );
    check(&shown("Mia Chen"), &[], &[]);
    check(&world().wants("mia org member").live("mia"), &[], &[]);
}

#[test]
fn a_changed_address_is_never_a_silent_update_where_the_vendor_makes_a_second_account() {
    let mut world = World::new()
        .person("jane")
        .with("jane", |person| {
            person.accounts = BTreeMap::from([(super::fixture::crm(), AccountId::parse("7").unwrap())]);
        })
        .wants("jane org member")
        .live_as("7", "old@acme.example");
    world.vendor.spec.address_change = crate::connector::AddressChange::Recreate;
    check(&world, &[], &["address-differs"]);
}

#[test]
fn doubt_about_whose_an_account_is_quarantines_and_revokes_nothing() {
    let twice = World::new()
        .person("jane")
        .wants("jane org member")
        .live_as("1", "jane.a")
        .live_as("2", "jane.b")
        .account("1", |account| account.emails = vec![Email::parse("jane@acme.example").unwrap()])
        .account("2", |account| account.emails = vec![Email::parse("jane@acme.example").unwrap()]);
    check(&twice, &[], &["uncertain-account", "uncertain-account"]);
    let both = ["jane@acme.example", "ravi@acme.example"].map(|email| Email::parse(email).unwrap());
    let shared = World::new().person("jane").person("ravi").wants("jane org member").live_as("1", "team");
    let shared = shared.account("1", |account| account.emails = both.to_vec());
    check(&shared, &[], &["contested-account"]);
    let lost = World::new().person("jane").wants("jane org member").with("jane", |person| {
        person.accounts = BTreeMap::from([(super::fixture::crm(), AccountId::parse("9").unwrap())]);
    });
    check(&lost, &[], &["pinned-account-missing"]);
}

#[test]
fn a_machine_account_whose_contact_a_user_is_is_not_theirs() {
    let bot = |world: World| {
        let jane = Email::parse("jane@acme.example").unwrap();
        world.live_as("7", "ci-bot@acme.example").account("7", |account| account.emails.push(jane))
    };
    check(&bot(World::new().person("jane").departed("jane")), &[], &["uncertain-account"]);
    check(&bot(World::new().person("jane").wants("jane org member")), &[], &["uncertain-account"]);
    let both = bot(World::new().person("jane").wants("jane org member").live("jane"));
    check(&both, &[], &["uncertain-account"]);
    let declared =
        bot(World::new().person("ci-bot").wants("ci-bot org member").person("jane").departed("jane"));
    check(&declared, &[], &[]);
    let ours = bot(World::new().person("jane").wants("jane org member"));
    check(
        &ours.account("7", |account| account.external_id = Some(Arc::from("grantline:jane"))),
        &["update-account ci-bot ci-bot@acme.example/- -> jane@acme.example/-"],
        &[],
    );
}

#[test]
fn a_marker_is_followed_whatever_the_users_standing() {
    let renamed = |world: World| {
        world
            .live_as("7", "new.name@acme.example")
            .account("7", |account| account.external_id = Some(Arc::from("grantline:omar")))
            .holds_as("7", "analysts", "member")
    };
    check(&renamed(World::new().person("omar").suspended("omar")), &[], &["possible-rename"]);
    check(&renamed(World::new().person("omar").departed("omar")), &[], &["possible-rename"]);
    let besides = renamed(World::new().person("omar").wants("omar org member").live("omar"));
    check(&besides, &[], &["possible-rename"]);
}

#[test]
fn strangers_who_list_an_alias_are_not_taken_for_its_user() {
    let support = Email::parse("support@acme.example").unwrap();
    let world = |mode| {
        let mut world = World::new().person("carol").mode(mode);
        for name in ["ada", "ben"] {
            let support = support.clone();
            world = world.live(name).account(name, |account| account.emails.push(support));
        }
        let support = support.clone();
        world.with("carol", |carol| carol.aliases = vec![support])
    };
    let doubts = ["uncertain-account", "uncertain-account"];
    check(&world(Manage::Additive).departed("carol"), &[], &doubts);
    check(&world(Manage::Authoritative).wants("carol org member"), &[], &doubts);
}

#[test]
fn an_account_without_an_address_for_a_name_is_its_users_where_nothing_else_is() {
    let named = |world: World| {
        let carol = Email::parse("carol@acme.example").unwrap();
        world.live_as("7", "cjones").account("7", |account| account.emails = vec![carol])
    };
    check(&named(World::new().person("carol").wants("carol org member")), &[], &[]);
    check(
        &named(World::new().person("carol").departed("carol")),
        &["remove-account cjones"],
        &["departed-user-present"],
    );
    let additive = named(World::new().person("carol").departed("carol")).mode(Manage::Additive);
    check(&additive, &[], &["uncertain-account"]);
    let both = named(World::new().person("carol").departed("carol").live("carol"));
    check(&both, &["remove-account carol"], &["departed-user-present", "uncertain-account"]);
}

#[test]
fn a_second_account_that_is_left_alone_keeps_its_access() {
    let world = World::new()
        .person("jane")
        .with("jane", |jane| jane.aliases = vec![Email::parse("j.doe@acme.example").unwrap()])
        .wants("jane org member")
        .live("jane")
        .live("j.doe")
        .holds("j.doe analysts member");
    check(&world, &[], &["duplicate-account"]);
    let leaving = world.departed("jane");
    let leaving = World { grants: Vec::new(), ..leaving };
    check(
        &leaving,
        &["revoke j.doe analysts member->", "remove-account j.doe", "remove-account jane"],
        &["departed-user-present", "departed-user-present"],
    );
}

#[test]
fn an_unknown_level_of_the_organisation_is_reported_and_an_undeclared_known_one_is_lowered() {
    let mut world = World::new().person("jane").wants("jane analysts member").live("jane");
    world = world.holds("jane analysts member\n jane org Owner");
    let org = &mut world.vendor.spec.kinds[0];
    org.levels.push(crate::connector::LevelSpec { name: super::fixture::level("admin"), admin: true });
    check(&world, &[], &["unknown-level"]);
    check(&world.holds("jane org admin"), &["change-level jane org admin->member"], &[]);
}

#[test]
fn additive_ends_the_access_that_ended_and_keeps_the_account() {
    let world = World::new().person("bob").wanted("bob analysts member").live("bob").mode(Manage::Additive);
    let world = world.holds("bob analysts member\n bob admins member");
    check(&world, &["revoke bob analysts member->"], &["difference", "undeclared-access"]);
    let whole = World::new().person("bob").wanted("bob org member").live("bob").mode(Manage::Additive);
    check(&whole, &["remove-account bob"], &[]);
}

#[test]
fn nobody_is_invited_for_a_resource_that_is_only_observed_or_missing() {
    let mut world = World::new().person("bob").wants("bob analysts member");
    world.vendor.settings.resources.get_mut("analysts").unwrap().manage = Manage::Observe;
    check(&world, &[], &["difference"]);
    let mut world = World::new().person("bob").wants("bob analysts member");
    world.vendor.settings.resources.get_mut("analysts").unwrap().id = Some(Arc::from("typo"));
    world.snapshot().resources.insert(resource("analysts"), ResourceReading::Missing);
    check(&world, &[], &["missing-resource"]);
}

#[test]
fn a_suspended_user_keeps_access_only_where_the_suspension_is_carried_out() {
    let mut world = World::new().person("omar").suspended("omar").live("omar").holds("omar analysts member");
    world.vendor.settings.manage = Manage::Observe;
    check(&world, &["revoke omar analysts member->"], &["difference"]);
}

#[test]
fn a_person_may_be_asked_to_carry_out_anything() {
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.settings.channel = Some(Channel::Runbook);
    assert_eq!(world.plan().changes[0].channel, Channel::Runbook);
    world.vendor.settings.channel = Some(Channel::Browser);
    assert_eq!(world.plan().changes[0].channel, Channel::Api);
}

#[test]
fn one_broken_user_leaves_the_rest_to_go_on() {
    let world = World::new()
        .person("jane")
        .with("jane", |person| {
            person.accounts = BTreeMap::from([(super::fixture::crm(), AccountId::parse("9").unwrap())]);
        })
        .person("carol")
        .departed("carol")
        .wants("jane org member")
        .live("carol");
    check(&world, &["remove-account carol"], &["departed-user-present", "pinned-account-missing"]);
}

#[test]
fn a_look_alike_is_reported_and_left_alone() {
    let world = World::new()
        .person("ravi")
        .wants("ravi org member")
        .live("ravi")
        .live_as("9", "ravi+test@acme.example");
    check(&world, &[], &["look-alike-account"]);
}

#[test]
fn out_of_scope_is_untouched_own_and_protected_accounts_are_exempt() {
    let mut world = World::new().live("robot").live("breakglass");
    world.snapshot().own = Some(AccountId::parse("robot").unwrap());
    world.protected = vec![Email::parse("breakglass@acme.example").unwrap()];
    check(&world, &[], &["own-identity", "protected-account"]);
}

#[test]
fn unread_is_not_absent() {
    let world =
        World::new().person("jane").wants("jane site editor\n jane org member").live("jane").live("ghost");
    check(&world, &["grant jane site ->editor", "remove-account ghost"], &[]);
    let change = &world.plan().changes[0];
    assert_eq!(change.channel, Channel::Runbook);
    let mut world = world;
    world.vendor.reading = Reading::Unreadable(Unreadable {
        reason: "the vendor answered 500".to_owned(),
        hint: None,
        at: jiff::Timestamp::UNIX_EPOCH,
    });
    check(&world, &[], &["unreadable-vendor"]);
}

#[test]
fn nothing_is_planned_on_a_resource_of_which_it_is_not_clear_what_it_is() {
    let mut world = World::new().person("jane").wants("jane analysts member").live("jane");
    let unclear = ResourceReading::Unread { reason: Arc::from("two groups have this name"), open: false };
    world.snapshot().resources.insert(resource("analysts"), unclear);
    check(&world, &[], &[]);
}

#[test]
fn access_that_ended_on_an_unreadable_resource_is_a_warning() {
    let world = World::new().person("bob").wants("bob org member").wanted("bob site editor").live("bob");
    check(&world, &[], &["unread-access-ended"]);
}

#[test]
fn a_group_that_is_missing_is_created_first_and_one_missing_by_id_is_set_aside() {
    let mut world = World::new().person("jane").wants("jane analysts member").live("jane");
    world.snapshot().resources.insert(resource("analysts"), ResourceReading::Missing);
    check(&world, &["create-resource - analysts", "grant jane analysts ->member after 1"], &[]);
    let declared = world.vendor.settings.resources.get_mut("analysts").unwrap();
    declared.id = Some(Arc::from("g-404"));
    check(&world, &[], &["missing-resource"]);
}

#[test]
fn a_dangling_member_is_no_access() {
    let mut world = World::new();
    let Some(ResourceReading::Read { holders, .. }) = world.snapshot().resources.get_mut("analysts") else {
        panic!()
    };
    holders.insert(AccountId::parse("gone").unwrap(), Level::parse("member").unwrap());
    check(&world, &[], &["dangling-member"]);
}

#[test]
fn never_headless_an_admin_goes_after_the_successor_came_and_only_where_needed() {
    let world = |admins: &str| {
        World::new()
            .person("old")
            .person("new")
            .departed("old")
            .wants("new admins admin")
            .live("old")
            .live("new")
            .live("third")
            .person("third")
            .wants("third admins admin")
            .holds(admins)
    };
    check(
        &world("old admins admin\n third admins member"),
        &[
            "change-level third admins member->admin",
            "grant new admins ->admin",
            "revoke old admins admin-> after 1",
            "remove-account old after 1",
        ],
        &["departed-user-present"],
    );
    check(
        &world("old admins admin\n third admins admin"),
        &["grant new admins ->admin", "revoke old admins admin->", "remove-account old"],
        &["departed-user-present"],
    );
}

#[test]
fn gains_go_before_losses_and_admins_before_others() {
    let world = World::new()
        .person("a")
        .person("z")
        .wants("a analysts member\n z admins admin")
        .live("m-admin")
        .live("b-plain")
        .holds("m-admin admins admin\n b-plain analysts member");
    check(
        &world,
        &[
            "invite z",
            "grant z admins ->admin after 1",
            "invite a",
            "grant a analysts ->member after 3",
            "revoke m-admin admins admin-> after 2",
            "remove-account m-admin after 2",
            "revoke b-plain analysts member->",
            "remove-account b-plain",
        ],
        &[],
    );
}

#[test]
fn a_pending_invitation_is_not_planned_again_and_goes_with_the_grant() {
    let invited =
        |world: World| world.live("jane").account("jane", |account| account.state = AccountState::Invited);
    check(&invited(World::new().person("jane").wants("jane org member")), &[], &[]);
    check(&invited(World::new().person("jane")), &["cancel-invitation jane"], &[]);
}

#[test]
fn same_in_same_out() {
    let world = World::new()
        .person("jane")
        .person("carol")
        .departed("carol")
        .wants("jane analysts member")
        .live("carol")
        .live("ghost");
    let mut turned = World::new();
    turned.grants = world.grants.iter().rev().cloned().collect();
    turned.people = world.people.clone();
    turned.vendor = world.vendor.clone();
    assert_eq!(world.plan(), turned.plan());
}

#[test]
fn a_fingerprint_sees_access_and_not_the_moment() {
    let world = || World::new().live("jane");
    let print = |world: &World| world.plan().vendors.values().next().unwrap().fingerprint.clone();
    let mut later = world();
    later.snapshot().read_at = jiff::Timestamp::from_second(9).unwrap();
    assert_eq!(print(&world()), print(&later));
    assert_ne!(print(&world()), print(&world().holds("jane analysts member")));
    assert_ne!(
        print(&world()),
        print(&world().account("jane", |account| account.state = AccountState::Suspended))
    );
}

#[test]
fn a_provider_that_would_recreate_the_account_is_named() {
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.settings.provisioned_by = Some(Arc::from("okta/crm-users"));
    let plan = world.plan();
    assert!(plan.obligations.iter().any(|obligation| obligation.detail.contains("okta/crm-users")));
    assert_eq!(plan.obligations[0].user, Some(user("carol")));
}
