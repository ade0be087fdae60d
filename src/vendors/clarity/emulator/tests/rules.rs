//! What the vendor lets nobody do, and what changes when it lets somebody.

use super::*;

#[tokio::test]
async fn an_admin_invites_promotes_demotes_and_removes() {
    let mut site = Site::start(&company());
    site.invites("New.Person@acme.example", "admin").await;
    assert_eq!(site.list().await.standing("new.person@acme.example"), stands("Admin", "Pending"));
    site.does("jane@acme.example", "role", &[("role", "admin")]).await;
    assert_eq!(site.list().await.standing("jane@acme.example"), stands("Admin", "Active"));
    site.does("jane@acme.example", "role", &[("role", "admin")]).await;
    site.does("jane@acme.example", "role", &[("role", "member")]).await;
    site.does("jane@acme.example", "remove", &[]).await;
    assert_eq!(site.list().await.standing("jane@acme.example"), None);
    assert_eq!(
        site.effects(),
        [
            "project k3: invite new.person@acme.example as admin",
            "project k3: role jane@acme.example member -> admin",
            "project k3: role jane@acme.example admin -> member",
            "project k3: remove jane@acme.example",
        ]
    );
}

#[tokio::test]
async fn a_removal_asks_first() {
    let site = Site::start(&company());
    let page = site.page(&format!("{}/jane@acme.example/remove", site.members())).await;
    assert!(
        page.text.contains("jane@acme.example")
            && page.all("main button").contains(&"Yes, remove".to_owned())
    );
    assert!(site.effects().is_empty());
}

#[tokio::test]
async fn the_owner_hands_over_and_becomes_an_admin() {
    let mut site = Site::start(&company());
    assert_eq!(
        site.is_refused("/jane@acme.example/transfer", &[]).await,
        "Only the Owner can transfer the ownership."
    );
    site.sign_in("olga@acme.example").await;
    let refused = site.is_refused("/leave", &[]).await;
    assert!(refused.contains("transfer ownership first"), "{refused}");
    site.does("jane@acme.example", "transfer", &[]).await;
    let list = site.list().await;
    assert_eq!(list.standing("jane@acme.example"), stands("Owner", "Active"));
    assert_eq!(list.standing("olga@acme.example"), stands("Admin", "Active"));
    assert_eq!(site.effects(), ["project k3: transfer ownership olga@acme.example -> jane@acme.example"]);
    site.sign_in("tom@acme.example").await;
    site.does("olga@acme.example", "remove", &[]).await;
}

#[tokio::test]
async fn an_owner_is_neither_removed_nor_demoted_nor_made_by_hand() {
    let mut site = Site::start(&company());
    let refused = site.is_refused("/olga@acme.example/remove", &[]).await;
    assert!(refused.contains("has to transfer ownership first"), "{refused}");
    let refused = site.is_refused("/olga@acme.example/role", &[("role", "member")]).await;
    assert!(refused.contains("by a transfer of the ownership alone"), "{refused}");
    let refused = site.is_refused("/jane@acme.example/role", &[("role", "owner")]).await;
    assert!(refused.contains("transferred by the Owner"), "{refused}");
    assert_eq!(
        site.is_refused("/jane@acme.example/role", &[("role", "king")]).await,
        "There is no such role."
    );
}

#[tokio::test]
async fn an_ownership_goes_to_active_members_alone() {
    let mut site =
        Site::start(&with_members(&[member("tom@acme.example", "owner"), pending("new@acme.example")]));
    let refused = site.is_refused("/new@acme.example/transfer", &[]).await;
    assert_eq!(refused, "new@acme.example has not accepted the invitation.");
}

#[tokio::test]
async fn nobody_removes_themselves_but_leaves() {
    let mut site = Site::start(&company());
    let refused = site.is_refused("/tom@acme.example/remove", &[]).await;
    assert!(refused.starts_with("You cannot remove yourself."), "{refused}");
    let leave = format!("{}/leave", site.members());
    assert_eq!(site.post(&leave, &[]).await.headers()["location"], "/");
    assert_eq!(site.effects(), ["project k3: leave tom@acme.example"]);
    assert_eq!(site.get(&site.members()).await.status(), 403);
}

#[tokio::test]
async fn the_last_admin_stays_an_admin() {
    let mut site = Site::start(&with_members(&[
        member("tom@acme.example", "admin"),
        member("jane@acme.example", "member"),
    ]));
    let keeps = "A project keeps an Admin: make somebody else one first.";
    assert_eq!(site.is_refused("/leave", &[]).await, keeps);
    assert_eq!(site.is_refused("/tom@acme.example/role", &[("role", "member")]).await, keeps);
    site.does("jane@acme.example", "role", &[("role", "admin")]).await;
    site.does("tom@acme.example", "role", &[("role", "member")]).await;
}

#[tokio::test]
async fn the_last_member_stays() {
    let mut site =
        Site::start(&with_members(&[member("tom@acme.example", "admin"), pending("new@acme.example")]));
    let refused = site.is_refused("/leave", &[]).await;
    assert!(refused.starts_with("The last member of a project stays"), "{refused}");
}

#[tokio::test]
async fn only_who_manages_a_project_changes_it() {
    let mut site = Site::start(&company());
    site.sign_in("jane@acme.example").await;
    let list = site.list().await;
    assert!(list.buttons("tom@acme.example").is_empty() && !list.text.contains("Add team member"));
    let only = "Only an Admin can change who has access to this project.";
    assert_eq!(site.is_refused("", &[("email", "a@b.example"), ("role", "member")]).await, only);
    for what in ["role", "remove", "resend", "cancel"] {
        assert_eq!(site.is_refused(&format!("/tom@acme.example/{what}"), &[("role", "member")]).await, only);
    }
}

#[tokio::test]
async fn a_row_offers_what_the_rules_allow() {
    let mut site = Site::start(&company());
    site.invites("new@acme.example", "member").await;
    let list = site.list().await;
    assert!(list.buttons("olga@acme.example").is_empty());
    assert_eq!(list.buttons("tom@acme.example"), ["Save"]);
    assert_eq!(list.buttons("jane@acme.example"), ["Save", "Remove"]);
    assert_eq!(list.buttons("new@acme.example"), ["Resend", "Cancel invitation"]);
    site.sign_in("olga@acme.example").await;
    let list = site.list().await;
    assert_eq!(list.buttons("jane@acme.example"), ["Save", "Remove", "Transfer ownership"]);
    assert!(list.buttons("olga@acme.example").is_empty());
}

#[tokio::test]
async fn a_role_that_nobody_has_described_is_shown_and_can_be_left() {
    let mut site = Site::start(&with_members(&[
        member("tom@acme.example", "admin"),
        member("vera@acme.example", "Viewer (beta)"),
    ]));
    assert_eq!(site.list().await.standing("vera@acme.example"), stands("Viewer (beta)", "Active"));
    site.does("vera@acme.example", "role", &[("role", "member")]).await;
    assert_eq!(site.effects(), ["project k3: role vera@acme.example Viewer (beta) -> member"]);
}

#[tokio::test]
async fn somebody_who_is_not_there_is_said_to_be_gone() {
    let mut site = Site::start(&company());
    for what in ["role", "remove", "resend", "cancel"] {
        let refused = site.is_refused(&format!("/ghost@acme.example/{what}"), &[("role", "admin")]).await;
        assert_eq!(refused, "ghost@acme.example is not in this project.");
    }
}
