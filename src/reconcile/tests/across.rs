//! Who goes and who comes where one vendor's accounts come from another.

use super::super::fixture::World;
use super::super::fixture::company::{Company, vendor};
use crate::connector::{Leaving, ObligationSpec};
use crate::domain::*;

fn carol_leaves() -> Company {
    let company = Company::okta_and_heap().staff(|staff| staff.person("carol").departed("carol"));
    company.at("heap", |heap| heap.live("carol"))
}

fn in_group(okta: World) -> World {
    okta.live("carol").holds("carol analysts member")
}

#[test]
fn who_leaves_goes_from_the_provider_first() {
    let company = carol_leaves().at("okta", in_group);
    assert_eq!(
        company.lines(),
        [
            "okta-0001 revoke carol analysts member->",
            "okta-0002 remove-account carol",
            "heap-0001 remove-account carol after okta-0001,okta-0002",
        ]
    );
    assert_eq!(company.told("will-come-back"), Vec::<String>::new());
}

#[test]
fn whoever_stays_at_the_provider_only_leaves_what_leads_to_the_account() {
    let company = Company::okta_and_heap().staff(|staff| staff.person("carol"));
    let company = company.at("heap", |heap| heap.live("carol"));
    let company =
        company.at("okta", |okta| in_group(okta).holds("carol admins member").wants("carol org member"));
    let lines = company.lines();
    assert!(lines.contains(&"okta-0001 revoke carol admins member->".to_owned()), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "heap-0001 remove-account carol after okta-0002");
}

#[test]
fn a_declared_group_that_fills_the_app_is_left_first() {
    let group = (FeedKind::Group, "g-admins", "Admins");
    let company = Company::okta_and_heap().staff(|staff| staff.person("carol"));
    let company = company.at("heap", |heap| heap.live("carol"));
    let company = company.at("okta", |okta| {
        let okta = okta.live("carol").holds("carol admins member").wants("carol org member");
        okta.fed("analysts", group, Some(&["carol"]))
    });
    assert_eq!(
        company.lines(),
        ["okta-0001 revoke carol admins member->", "heap-0001 remove-account carol after okta-0001"]
    );
    assert_eq!(company.told("will-come-back"), Vec::<String>::new());
}

#[test]
fn what_no_change_ends_is_named_and_the_removal_goes_on() {
    let company = carol_leaves().at("okta", |okta| in_group(okta).mode(Manage::Observe));
    assert_eq!(company.lines(), ["heap-0001 remove-account carol"]);
    let told = company.told("will-come-back");
    assert_eq!(
        told,
        [
            "heap carol okta would create the account carol@acme.example at heap again: it comes through okta/analysts, by \
          direct access to it, and this plan does not end that | take them out of okta/analysts by hand, or let the workspace \
          rule over it with `manage: authoritative`"
        ]
    );
}

#[test]
fn undeclared_groups_rules_and_just_in_time_provisioning_are_named() {
    let company = Company::okta_and_heap().staff(|staff| staff.person("carol"));
    let company = company.at("heap", |heap| heap.live("carol"));
    let company = company.at("okta", |okta| {
        let okta = okta.live("carol").wants("carol org member");
        okta.fed("analysts", (FeedKind::Group, "00g1", "All\u{202e} staff"), Some(&["carol"]))
            .fed("analysts", (FeedKind::Group, "00g2", "Other"), Some(&["dave"]))
            .fed("analysts", (FeedKind::Rule, "00r1", "By department"), None)
            .fed("analysts", (FeedKind::JustInTime, "00j1", "SAML"), None)
    });
    let told = company.told("will-come-back").remove(0);
    for part in [
        "the group \"All\\u{202e} staff\"",
        "perhaps the rule \"By department\", whose members were not read",
        "just-in-time provisioning (\"SAML\")",
        "declare it under `vendors.okta.resources`",
        "change the rule at okta",
        "turn just-in-time provisioning off at okta",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(!told.contains("Other"), "{told}");
}

#[test]
fn a_rule_behind_a_declared_group_brings_back_who_is_taken_out_of_it() {
    let company = Company::okta_and_heap().staff(|staff| staff.person("carol"));
    let company = company.at("heap", |heap| heap.live("carol"));
    let company = company.at("okta", |okta| {
        let okta = okta.live("carol").holds("carol admins member").wants("carol org member");
        okta.fed("analysts", (FeedKind::Group, "g-admins", "Admins"), None).fed(
            "admins",
            (FeedKind::Rule, "00r1", "Leads"),
            Some(&["carol"]),
        )
    });
    assert_eq!(company.lines().last().unwrap(), "heap-0001 remove-account carol after okta-0001");
    let told = company.told("will-come-back").remove(0);
    assert!(told.contains("by the rule \"Leads\" of okta/admins, and"), "{told}");
}

#[test]
fn an_account_that_nobody_declares_is_known_by_its_address() {
    let company = Company::okta_and_heap().at("heap", |heap| heap.live("ghost"));
    let both = company.clone().at("okta", |okta| okta.live_as("00u9", "ghost@acme.example"));
    assert_eq!(both.lines()[1], "heap-0001 remove-account ghost after okta-0001");
    let additive = company.at("okta", |okta| {
        let okta = okta.live_as("00u9", "ghost@acme.example").holds_as("00u9", "analysts", "member");
        okta.mode(Manage::Additive)
    });
    assert_eq!(additive.told("will-come-back").len(), 1);
}

#[test]
fn a_provider_that_was_not_read_is_said_to_be_so() {
    let company = carol_leaves().at("okta", in_group);
    let failed = company.clone().unreadable("okta").told("will-come-back").remove(0);
    assert!(
        failed.contains("okta/analysts could not be read | plan again once okta can be read"),
        "{failed}"
    );
    let left_out = company.clone().without("okta").told("will-come-back").remove(0);
    assert!(left_out.contains("is not part of this run | plan okta together with heap"), "{left_out}");
    let mut undeclared = company.without("okta");
    undeclared.left_out.clear();
    assert_eq!(undeclared.told("will-come-back"), Vec::<String>::new());
}

#[test]
fn who_leaves_goes_from_a_provider_first_whose_groups_were_not_read() {
    let dark = || ResourceReading::Unread { reason: "no scope for it".into(), open: false };
    let company = carol_leaves().at("okta", |mut okta| {
        okta.snapshot().resources.insert(ResourceName::parse("analysts").unwrap(), dark());
        okta.live("carol")
    });
    assert_eq!(
        company.lines(),
        ["okta-0001 remove-account carol", "heap-0001 remove-account carol after okta-0001"]
    );
}

#[test]
fn what_the_plan_does_at_the_provider_is_left_for_nobody() {
    const GENERAL: &[ObligationSpec] = &[ObligationSpec {
        code: "remove-from-identity-provider",
        on: Leaving::Account,
        due: Due::After,
        once: false,
        text: "see to the provider.",
    }];
    let left = |company: Company| {
        let plan = company.spec("heap", |spec| spec.obligations = GENERAL).plan();
        plan.obligations.iter().filter(|work| work.vendor == vendor("heap")).count()
    };
    let company = carol_leaves().at("okta", in_group);
    assert_eq!(left(company.clone()), 0);
    assert_eq!(left(company.clone().at("okta", |okta| okta.mode(Manage::Observe))), 1);
    assert_eq!(left(company.clone().unreadable("okta")), 1);
    assert_eq!(left(company.without("okta")), 1);
}

#[test]
fn a_departed_user_is_told_with_what_their_account_came_through() {
    let company = carol_leaves().at("okta", in_group);
    let told = company.told("departed-user-present");
    let heap = told.iter().find(|line| line.starts_with("heap")).unwrap();
    assert!(
        heap.ends_with("| it came through okta/analysts, by direct access to it, which this plan ends"),
        "{heap}"
    );
    let group = (FeedKind::Group, "00g1", "Contractors");
    let company =
        carol_leaves().at("okta", |okta| okta.live("carol").fed("analysts", group, Some(&["carol"])));
    let observed = company.at("okta", |okta| okta.mode(Manage::Observe)).told("departed-user-present");
    let heap = observed.iter().find(|line| line.starts_with("heap")).unwrap();
    assert!(heap.ends_with("| it came through okta/analysts, by the group \"Contractors\""), "{heap}");
}

#[test]
fn an_undeclared_account_that_stays_is_told_with_what_it_came_through() {
    let company = Company::okta_and_heap().at("heap", |heap| heap.live("ghost").mode(Manage::Observe));
    let company =
        company.at("okta", |okta| okta.live("ghost").holds("ghost analysts member").mode(Manage::Observe));
    let told = company.told("unmanaged-account");
    assert!(told[0].ends_with("it came through okta/analysts, by direct access to it"), "{told:?}");
}

#[test]
fn who_comes_gets_the_account_from_the_provider() {
    let company = Company::okta_and_heap().staff(|staff| staff.person("new"));
    let company = company.at("okta", |okta| okta.wants("new analysts member"));
    let company = company.at("heap", |heap| heap.wants("new admins admin"));
    assert_eq!(
        company.lines(),
        [
            "okta-0001 invite new",
            "okta-0002 grant new analysts ->member after okta-0001",
            "heap-0001 invite new after okta-0002 waits",
            "heap-0002 grant new admins ->admin after heap-0001,okta-0002 waits",
        ]
    );
    let waits = company.plan().changes[2].waits.clone().unwrap();
    assert_eq!(
        &*waits,
        "okta creates the account of new at heap once they have okta/analysts; apply again when it is there."
    );
    let there = company.at("okta", |okta| okta.live("new").holds("new analysts member"));
    assert_eq!(there.lines()[0], "heap-0001 invite new waits");
    let waits = there.plan().changes[0].waits.clone().unwrap();
    assert!(waits.ends_with("look at okta for why it does not provision them."), "{waits}");
    assert_eq!(there.told("not-provisioned"), Vec::<String>::new());
}

#[test]
fn who_would_get_no_account_from_the_provider_is_invited_and_told() {
    let company = Company::okta_and_heap().staff(|staff| staff.person("new"));
    let company = company.at("heap", |heap| heap.wants("new org member"));
    assert_eq!(company.lines(), ["heap-0001 invite new"]);
    let told = company.told("not-provisioned").remove(0);
    assert!(told.ends_with("| grant okta/analysts too, by the same role as access to heap"), "{told}");
    let unread = company.clone().unreadable("okta");
    assert_eq!(unread.lines(), ["heap-0001 invite new"]);
    assert_eq!(unread.told("not-provisioned"), Vec::<String>::new());
    let observed = company.at("okta", |okta| okta.wants("new analysts member").mode(Manage::Observe));
    assert!(observed.told("not-provisioned")[0].contains("| give them okta/analysts by hand"));
}

#[test]
fn vendors_stand_behind_what_provisions_them() {
    let company = Company::new(&["a m/analysts", "b", "m z/analysts", "z"]);
    let company = company.staff(|staff| staff.person("carol").departed("carol"));
    let company = ["a", "b", "m", "z"].into_iter().fold(company, |company, name| {
        company.at(name, |world| world.live("carol").holds("carol analysts member"))
    });
    let vendors: Vec<String> = company.plan().changes.iter().map(|one| one.vendor.to_string()).collect();
    assert_eq!(vendors, ["b", "b", "z", "z", "m", "m", "a", "a"]);
    let lines = company.lines();
    assert_eq!(lines[5], "m-0002 remove-account carol after z-0001,z-0002");
    assert_eq!(lines[7], "a-0002 remove-account carol after m-0001,m-0002");
}

#[test]
fn a_circle_that_no_workspace_may_say_makes_none() {
    let company = Company::new(&["a b/analysts", "b a/analysts"]);
    let company = company.staff(|staff| staff.person("carol").departed("carol"));
    let company = company.at("a", |world| world.live("carol")).at("b", |world| world.live("carol"));
    assert_eq!(company.lines(), ["a-0001 remove-account carol", "b-0001 remove-account carol after a-0001"]);
}

#[test]
fn who_returns_is_told_of_the_account_that_was_kept() {
    let company = Company::new(&["okta"]).staff(|staff| staff.person("carol"));
    let company = company.at("okta", |okta| okta.wants("carol analysts member"));
    assert_eq!(company.told("returns"), Vec::<String>::new());
    let by_address = company.clone().at("okta", |okta| okta.retired("00u1", "carol@acme.example"));
    assert_eq!(by_address.lines()[0], "okta-0001 invite carol");
    assert_eq!(
        by_address.told("returns"),
        [
            "okta carol carol comes back: okta has kept their account carol@acme.example, and the invitation brings it \
          back | -"
        ]
    );
    let pinned = company.at("okta", |okta| okta.retired("00u1", "old@acme.example"));
    let pinned = pinned.staff(|staff| {
        staff.with("carol", |carol| {
            carol.accounts.insert(vendor("okta"), AccountId::parse("00u1").unwrap());
        })
    });
    assert_eq!(pinned.lines()[0], "okta-0001 invite carol");
    assert_eq!(pinned.told("returns").len(), 1);
    let mut marked = pinned.staff(|staff| staff.with("carol", |carol| carol.accounts.clear()));
    assert_eq!(marked.told("returns").len(), 0);
    let okta = marked.vendors.get_mut("okta").unwrap();
    let account = okta.snapshot().retired.values_mut().next().unwrap();
    account.external_id = Some("grantline:carol".into());
    assert_eq!(marked.told("returns").len(), 1);
}

#[test]
fn who_stays_and_loses_what_their_account_comes_from_is_told() {
    let company = Company::okta_and_heap().staff(|staff| staff.person("jane"));
    let company =
        company.at("okta", |okta| okta.live("jane").holds("jane analysts member").wants("jane org member"));
    let company = company.at("heap", |heap| heap.live("jane").wants("jane org member"));
    assert_eq!(company.lines(), ["okta-0001 revoke jane analysts member->"]);
    let told = company.told("not-provisioned").remove(0);
    assert!(
        told.starts_with("heap jane jane is to stay at heap and loses okta/analysts, by which"),
        "{told}"
    );
    let kept = company.at("okta", |okta| okta.wants("jane analysts member"));
    assert_eq!(kept.told("not-provisioned"), Vec::<String>::new());
}

#[test]
fn whose_account_the_provider_has_closed_is_told_when_it_is_restored() {
    let closed = |heap: World| {
        heap.live("jane")
            .account("jane", |jane| jane.state = AccountState::Suspended)
            .wants("jane org member")
    };
    let company = Company::okta_and_heap().staff(|staff| staff.person("jane")).at("heap", closed);
    let company = company.at("okta", |okta| okta.live("jane").wants("jane org member"));
    assert_eq!(company.lines(), ["heap-0001 restore jane"]);
    let told = company.told("not-provisioned");
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with(
            "heap jane the account of jane at heap is restored and they do not get okta/analysts"
        ),
        "{told:?}"
    );
    let given = company.clone().at("okta", |okta| okta.wants("jane analysts member"));
    assert_eq!(given.told("not-provisioned"), Vec::<String>::new());
    assert_eq!(company.clone().unreadable("okta").told("not-provisioned"), Vec::<String>::new());
    let loses = company.at("okta", |okta| okta.holds("jane analysts member"));
    let told = loses.told("not-provisioned");
    assert!(told.len() == 1 && told[0].contains("jane is to stay at heap and loses"), "{told:?}");
}

#[test]
fn an_account_at_the_provider_that_may_be_anybodys_proves_nothing() {
    let company = carol_leaves().at("okta", |okta| {
        let okta = okta.live_as("00u1", "robot@acme.example").holds_as("00u1", "analysts", "member");
        okta.account("00u1", |robot| robot.emails.push(Email::parse("carol@acme.example").unwrap()))
    });
    let told = company.told("will-come-back").remove(0);
    assert!(told.contains("which account at okta is theirs is not certain"), "{told}");
}

#[test]
fn what_a_suspension_would_not_outlast_is_said_to_open_again() {
    let company = Company::okta_and_heap().staff(|staff| staff.person("dana").suspended("dana"));
    let company = company.at("heap", |heap| heap.live("dana"));
    let company =
        company.at("okta", |okta| okta.live("dana").holds("dana analysts member").mode(Manage::Observe));
    let told = company.told("will-come-back").remove(0);
    assert!(told.contains("okta would open the account dana@acme.example at heap again"), "{told}");
}

/// `okta`, and `pages` without accounts of its own, of which nobody says by requests who is there.
fn with_pages(projects: World) -> Company {
    let mut company = Company::new(&["okta", "pages okta/analysts"]);
    let pages = company.vendors.get_mut("pages").unwrap();
    let settings = pages.vendor.settings.clone();
    *pages = projects;
    (pages.vendor.settings.name, pages.vendor.settings.provisioned_by) =
        (settings.name, settings.provisioned_by);
    company
}

#[test]
fn where_there_are_no_accounts_the_last_access_goes_behind_the_provider() {
    let company =
        with_pages(World::projects().listed("eve site admin\n carol site member\n carol shop member"));
    let company = company.staff(|staff| staff.person("carol").departed("carol").person("eve"));
    let company = company.at("pages", |pages| pages.wants("eve site admin"));
    let company = company.at("okta", |okta| okta.live("carol"));
    let lines = company.lines();
    let revokes: Vec<&String> = lines.iter().filter(|line| line.contains("revoke carol")).collect();
    assert_eq!(revokes.len(), 2, "{lines:?}");
    assert!(!revokes[0].contains("after okta"), "{lines:?}");
    assert!(revokes[1].ends_with("after okta-0001"), "{lines:?}");
}

#[test]
fn where_there_are_no_accounts_nobody_waits_for_one() {
    let company = with_pages(World::projects()).staff(|staff| staff.person("new"));
    let company = company.at("pages", |pages| pages.wants("new site member"));
    let company =
        company.at("okta", |okta| okta.live("new").holds("new analysts member").wants("new analysts member"));
    assert_eq!(company.lines(), ["pages-0001 invite new site ->member"]);
}

#[test]
fn what_nobody_can_tell_is_neither_waited_for_nor_told() {
    let group = (FeedKind::Group, "00g1", "Staff");
    let company = Company::okta_and_heap().staff(|staff| staff.person("new"));
    let company = company.at("heap", |heap| heap.wants("new org member"));
    let company = company.at("okta", |okta| okta.live("new").wants("new org member"));
    let untold = company.clone().at("okta", |okta| okta.fed("analysts", group, None));
    assert_eq!(untold.lines(), ["heap-0001 invite new"]);
    assert_eq!(untold.told("not-provisioned"), Vec::<String>::new());
    let sign_in = (FeedKind::JustInTime, "00j1", "SAML");
    let just_in_time = company.clone().at("okta", |okta| okta.fed("analysts", sign_in, None));
    assert_eq!(just_in_time.told("not-provisioned").len(), 1);
    let listed = company.at("okta", |okta| okta.fed("analysts", group, Some(&["new"])));
    assert_eq!(listed.lines(), ["heap-0001 invite new waits"]);
}

#[test]
fn who_gets_in_by_a_declared_group_waits_for_that() {
    let company = Company::okta_and_heap().staff(|staff| staff.person("new"));
    let company = company.at("heap", |heap| heap.wants("new org member"));
    let group = (FeedKind::Group, "g-admins", "Admins");
    let company =
        company.at("okta", |okta| okta.live("new").wants("new admins member").fed("analysts", group, None));
    assert_eq!(
        company.lines(),
        ["okta-0001 grant new admins ->member", "heap-0001 invite new after okta-0001 waits"]
    );
}

#[test]
fn who_is_suspended_at_the_provider_brings_no_account_about() {
    let company = carol_leaves().at("okta", |okta| {
        let okta = in_group(okta).mode(Manage::Observe);
        okta.account("carol", |carol| carol.state = AccountState::Suspended)
    });
    assert_eq!(company.told("will-come-back"), Vec::<String>::new());
}

#[test]
fn many_ways_are_counted_and_long_names_are_cut() {
    let company = carol_leaves().at("okta", |okta| {
        let okta = okta.live("carol").mode(Manage::Observe);
        (0..7).fold(okta, |okta, number| {
            let (id, name) = (format!("00g{number}"), format!("{number}{}", "x".repeat(100)));
            okta.fed("analysts", (FeedKind::Group, &id, &name), Some(&["carol"]))
        })
    });
    let told = company.told("will-come-back").remove(0);
    assert!(told.contains("\" and 2 more, and this plan"), "{told}");
    assert!(told.contains(&format!("\"0{}…\"", "x".repeat(59))) && !told.contains("\"5x"), "{told}");
}

#[test]
fn invariant_5_the_provider_of_a_last_admin_waits_for_the_successor() {
    let company =
        Company::okta_and_heap().staff(|staff| staff.person("carol").departed("carol").person("dave"));
    let company = company.at("heap", |heap| {
        let heap = heap.live("carol").holds("carol admins admin").live("dave");
        heap.wants("dave org member").wants("dave admins admin")
    });
    let company = company.at("okta", |okta| {
        let okta = in_group(okta).live("dave").holds("dave analysts member");
        okta.wants("dave analysts member")
    });
    assert_eq!(
        company.lines(),
        [
            "okta-0001 revoke carol analysts member-> after heap-0001",
            "okta-0002 remove-account carol after heap-0001",
            "heap-0001 grant dave admins ->admin",
            "heap-0002 revoke carol admins admin-> after heap-0001",
            "heap-0003 remove-account carol after heap-0001,okta-0001,okta-0002",
        ]
    );
}

#[test]
fn nothing_behind_is_kept_for_or_waits_for_a_suspension_that_only_a_person_makes() {
    let company = Company::okta_and_heap().staff(|staff| staff.person("dana").suspended("dana"));
    let company = company.spec("heap", |spec| spec.suspends = false).at("heap", |heap| heap.live("dana"));
    let company = company.at("okta", |okta| okta.live("dana").holds("dana analysts member"));
    assert_eq!(company.told("kept-while-suspended").len(), 1);
    assert_eq!(company.lines(), ["okta-0001 suspend dana"]);
    let locked = company.at("okta", |mut okta| {
        okta.snapshot().by_hand.insert(AccountId::parse("dana").unwrap(), "unlock them".into());
        okta
    });
    assert_eq!(locked.told("kept-while-suspended"), Vec::<String>::new());
    assert_eq!(locked.lines(), ["okta-0001 suspend dana", "heap-0001 remove-account dana"]);
}
