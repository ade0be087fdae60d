//! Whose an account is.

use super::super::fixture::World;
use super::check;
use crate::domain::*;
use std::collections::BTreeMap;
use std::sync::Arc;

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
            person.accounts =
                BTreeMap::from([(crate::reconcile::fixture::crm(), AccountId::parse("7").unwrap())]);
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
        person.accounts =
            BTreeMap::from([(crate::reconcile::fixture::crm(), AccountId::parse("9").unwrap())]);
    });
    check(&lost, &[], &["pinned-account-missing"]);
    // An account with her address may be another's as long as it is not clear which is hers, and she is to have one.
    let moved = lost.live_as("10", "jane@acme.example");
    check(&moved, &[], &["pinned-account-missing"]);
    let unwanted =
        World { grants: Vec::new(), ..moved.clone() }.person("ravi").wants("ravi org member").live("ravi");
    check(&unwanted, &["remove-account jane"], &[]);
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
fn one_broken_user_leaves_the_rest_to_go_on() {
    let world = World::new()
        .person("jane")
        .with("jane", |person| {
            person.accounts =
                BTreeMap::from([(crate::reconcile::fixture::crm(), AccountId::parse("9").unwrap())]);
        })
        .person("carol")
        .departed("carol")
        .wants("jane org member")
        .live("carol");
    check(&world, &["remove-account carol"], &["departed-user-present", "pinned-account-missing"]);
    let live = World::new()
        .person("jane")
        .wants("jane org member")
        .person("ravi")
        .wants("ravi org member")
        .person("carol")
        .departed("carol")
        .live("carol")
        .broken("9", "jane@acme.example");
    check(&live, &["remove-account carol", "invite ravi"], &["broken-account", "departed-user-present"]);
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

/// An account that signs in with one name and has its mailbox under another.
fn mailed(world: World, id: &str, login: &str, mail: &str) -> World {
    let mail = Email::parse(mail).unwrap();
    world.live_as(id, login).account(id, |account| {
        account.emails.push(mail.clone());
        account.mail = Some(mail);
    })
}

#[test]
fn an_account_is_that_of_whoever_declares_its_mailbox_and_keeps_its_sign_in_name() {
    let jane = || World::new().person("jane");
    let live = |world| mailed(world, "1", "jane@corp.onmicrosoft.example", "jane@acme.example");
    check(&live(jane().wants("jane org member")), &[], &[]);
    let gone = live(jane().departed("jane"));
    check(&gone, &["remove-account jane@corp.onmicrosoft.example"], &["departed-user-present"]);
    let named = mailed(jane().departed("jane"), "1", "jane@acme.example", "jane.doe@acme.example");
    check(&named, &["remove-account jane"], &["departed-user-present"]);
}

#[test]
fn of_two_who_are_meant_by_one_account_it_is_that_of_whoever_signs_in() {
    let both = || World::new().person("jane").person("svc-backup");
    let live = |world| mailed(world, "1", "svc-backup@acme.example", "jane@acme.example");
    let wanted = live(both().wants("jane org member\n svc-backup org member"));
    check(&wanted, &["invite jane"], &[]);
    check(&live(both().departed("jane").wants("svc-backup org member")), &[], &[]);
    check(&live(both().wants("jane org member")), &["remove-account svc-backup", "invite jane"], &[]);
}

#[test]
fn mail_makes_no_account_somebodys_that_another_signs_in_to_by_their_own_address() {
    let world = World::new().person("jane").person("jane-corp").with("jane-corp", |other| {
        other.email = Email::parse("jane@corp.example").unwrap();
    });
    let world = mailed(world.departed("jane"), "1", "jane@corp.example", "jane@acme.example");
    check(&world.wants("jane-corp org member"), &[], &[]);
}

#[test]
fn access_hangs_on_the_account_that_is_signed_in_to_by_name() {
    let jane = World::new().person("jane").wants("jane analysts member");
    let world = mailed(jane, "0", "jane@corp.onmicrosoft.example", "jane@acme.example")
        .live_as("1", "jane@acme.example");
    check(&world, &["grant jane analysts ->member"], &["duplicate-account"]);
}

#[test]
fn mail_alone_makes_no_account_anybodys_whatever_else_is_there() {
    for mode in [Manage::Additive, Manage::Authoritative] {
        let beside =
            |world: World| mailed(world.mode(mode), "0", "svc-backup@acme.example", "jane@acme.example");
        let left = || beside(World::new().person("jane").departed("jane"));
        check(
            &left().live("jane"),
            &["remove-account jane"],
            &["departed-user-present", "uncertain-account"],
        );
        // Nor once that is done.
        check(&left(), &[], &["uncertain-account"]);
        let ended = beside(World::new().person("jane").wanted("jane org member"));
        check(&ended.live("jane"), &["remove-account jane"], &["uncertain-account"]);
        let stays = || beside(World::new().person("jane").wants("jane analysts member"));
        check(&stays().live("jane"), &["grant jane analysts ->member"], &["uncertain-account"]);
        check(&stays(), &[], &["uncertain-account"]);
    }
}

#[test]
fn an_account_with_somebodys_mail_is_theirs_where_it_is_called_as_they_are() {
    let named = |name: &str| {
        let name: Option<Arc<str>> = Some(Arc::from(name));
        let jane = World::new().mode(Manage::Additive).person("jane").departed("jane");
        let jane = jane.with("jane", |jane| jane.name = Some(Arc::from("Jane Doe")));
        let world = mailed(jane, "0", "e4711@corp.example", "jane@acme.example");
        world.account("0", |account| account.name = name)
    };
    check(&named("jane  DOE"), &["remove-account e4711@corp.example"], &["departed-user-present"]);
    check(&named("Jane Doe (scanner)"), &[], &["uncertain-account"]);
    let access = "jane@corp.onmicrosoft.example";
    let ended = World::new().mode(Manage::Additive).person("jane").wanted("jane analysts member");
    let ended = mailed(ended, "0", access, "jane@acme.example").holds_as("0", "analysts", "member");
    let ended = mailed(ended, "1", "adm-jane@acme.example", "jane@acme.example");
    let revoked = "revoke jane@corp.onmicrosoft.example analysts member->";
    check(&ended, &[revoked], &["difference", "uncertain-account"]);
}
