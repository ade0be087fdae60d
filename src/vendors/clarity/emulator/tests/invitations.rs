//! Invitations, from the form to the answer.

use super::*;

/// The paths in the outbox, the newest first.
async fn links(site: &Site) -> Vec<String> {
    let page = site.page("/outbox").await;
    let links = Selector::parse("td a").unwrap();
    page.html.select(&links).map(|link| link.attr("href").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_invited_person_accepts_by_the_link_in_the_mail() {
    let mut site = Site::start(&company());
    site.invites("new@acme.example", "admin").await;
    let outbox = site.page("/outbox").await;
    let row = &outbox.table().1[0];
    assert_eq!(row[..2], ["new@acme.example", "You've been invited to Marketing on Microsoft Clarity"]);
    let link = links(&site).await.remove(0);
    let page = site.page(&link).await;
    assert_eq!(page.heading(), "Join Marketing on Microsoft Clarity");
    assert!(page.text.contains("<strong>new@acme.example</strong>, as Admin"));
    assert_eq!(site.list().await.standing("new@acme.example"), stands("Admin", "Pending"));
    assert_eq!(site.post(&format!("{link}/accept"), &[]).await.status(), 303);
    assert_eq!(site.list().await.standing("new@acme.example"), stands("Admin", "Active"));
    assert_eq!(site.effects()[1], "project k3: accept new@acme.example as admin");
    assert_eq!(site.get(&link).await.status(), 410);
}

#[tokio::test]
async fn an_invited_person_has_no_access_before() {
    let mut site =
        Site::start(&with_members(&[member("tom@acme.example", "admin"), pending("new@acme.example")]));
    assert_eq!(site.post("/sign-in", &[("address", "new@acme.example")]).await.status(), 422);
    let port = site.emulator.address().port();
    site.cookie = format!("clarity-session-{port}=new%40acme.example");
    assert_eq!(site.get(&site.members()).await.status(), 403);
    let link = links(&site).await.remove(0);
    assert_eq!(site.post(&format!("{link}/accept"), &[]).await.status(), 303);
    site.sign_in("new@acme.example").await;
    assert_eq!(site.list().await.heading(), "Team");
}

#[tokio::test]
async fn one_who_declines_is_listed_so_until_somebody_clears_it() {
    let mut site =
        Site::start(&with_members(&[member("tom@acme.example", "admin"), pending("new@acme.example")]));
    let link = links(&site).await.remove(0);
    assert_eq!(site.post(&format!("{link}/decline"), &[]).await.status(), 303);
    assert_eq!(site.list().await.standing("new@acme.example"), stands("Team member", "Declined"));
    assert_eq!(site.list().await.buttons("new@acme.example"), ["Cancel invitation"]);
    let refused = site.is_refused("/new@acme.example/resend", &[]).await;
    assert_eq!(refused, "new@acme.example has declined the invitation.");
    site.does("new@acme.example", "cancel", &[]).await;
    assert_eq!(
        site.effects(),
        ["project k3: decline new@acme.example", "project k3: cancel new@acme.example"]
    );
}

#[tokio::test]
async fn a_link_dies_with_its_invitation() {
    let mut site = Site::start(&company());
    site.invites("new@acme.example", "member").await;
    let link = links(&site).await.remove(0);
    site.does("new@acme.example", "cancel", &[]).await;
    let response = site.get(&link).await;
    assert_eq!(response.status(), 410);
    assert!(Page::of(response).await.alert().contains("no longer valid"));
    assert_eq!(site.post(&format!("{link}/accept"), &[]).await.status(), 410);
    assert_eq!(site.list().await.standing("new@acme.example"), None);
    assert_eq!(site.get("/invitations/made-up").await.status(), 404);
}

#[tokio::test]
async fn a_resent_invitation_has_a_new_link_and_a_new_date() {
    let mut site =
        Site::start(&with_members(&[member("tom@acme.example", "admin"), pending("new@acme.example")]));
    let old = links(&site).await;
    site.does("new@acme.example", "resend", &[]).await;
    let new = links(&site).await;
    assert_eq!((old.len(), new.len(), &new[1]), (1, 2, &old[0]));
    assert_eq!(
        (site.get(&old[0]).await.status().as_u16(), site.get(&new[0]).await.status().as_u16()),
        (410, 200)
    );
    assert!(!site.list().await.table().1[1].contains(&"2026-11-01".to_owned()));
    assert_eq!(site.effects(), ["project k3: resend new@acme.example"]);
}

#[tokio::test]
async fn an_expired_invitation_opens_nothing_until_it_is_resent() {
    let mut late = pending("late@acme.example");
    late["status"] = json!("expired");
    let mut site = Site::start(&with_members(&[member("tom@acme.example", "admin"), late]));
    let link = links(&site).await.remove(0);
    let response = site.get(&link).await;
    assert_eq!(response.status(), 410);
    assert!(Page::of(response).await.alert().contains("expired"));
    assert_eq!(site.post(&format!("{link}/accept"), &[]).await.status(), 410);
    site.does("late@acme.example", "resend", &[]).await;
    assert_eq!(site.list().await.standing("late@acme.example"), stands("Team member", "Pending"));
}

/// An admin, and as many pending invitations as a project can have.
fn full() -> Value {
    let pending = (0..10).map(|number| pending(&format!("p{number}@acme.example")));
    with_members(&[member("tom@acme.example", "admin")].into_iter().chain(pending).collect::<Vec<_>>())
}

#[tokio::test]
async fn there_is_never_an_eleventh_pending_invitation() {
    let mut site = Site::start(&full());
    let one_more = [("email", "p10@acme.example"), ("role", "member")];
    let refused = site.is_refused("", &one_more).await;
    assert!(refused.starts_with("This project has 10 pending invitations"), "{refused}");
    let link = links(&site).await.remove(0);
    site.post(&format!("{link}/accept"), &[]).await;
    site.invites("p10@acme.example", "member").await;
    assert_eq!(links(&site).await.len(), 11);
}

#[tokio::test]
async fn an_expired_one_is_not_resent_beyond_the_limit() {
    let mut vendor = full();
    let mut late = pending("late@acme.example");
    late["status"] = json!("expired");
    vendor["projects"]["k3"]["members"].as_array_mut().unwrap().push(late);
    let mut site = Site::start(&vendor);
    let refused = site.is_refused("/late@acme.example/resend", &[]).await;
    assert!(refused.contains("10 pending invitations"), "{refused}");
}

#[tokio::test]
async fn a_silent_limit_takes_the_form_and_does_nothing() {
    let mut vendor = full();
    vendor["silent_limit"] = json!(true);
    let mut site = Site::start(&vendor);
    let before = site.emulator.state();
    site.invites("p10@acme.example", "member").await;
    assert_eq!(site.emulator.state(), before);
    assert_eq!(site.list().await.standing("p10@acme.example"), None);
    assert!(site.effects().is_empty());
}

#[tokio::test]
async fn what_is_listed_or_is_no_address_is_not_invited() {
    let mut site = Site::start(&company());
    for email in ["jane@acme.example", " JANE@acme.example "] {
        let refused = site.is_refused("", &[("email", email), ("role", "admin")]).await;
        assert_eq!(refused, "jane@acme.example is listed already.");
    }
    let refused = site.is_refused("", &[("email", "jane"), ("role", "member")]).await;
    assert!(refused.contains("is no address"), "{refused}");
    let refused = site.is_refused("", &[("email", "a@b.example"), ("role", "owner")]).await;
    assert!(refused.contains("transferred by the Owner"), "{refused}");
}

#[tokio::test]
async fn a_wrong_address_waits_like_any_other() {
    let mut site = Site::start(&company());
    site.invites("jnae@acme.exmaple", "member").await;
    assert_eq!(site.list().await.standing("jnae@acme.exmaple"), stands("Team member", "Pending"));
    for what in ["role", "remove", "transfer"] {
        let refused = site.is_refused(&format!("/jnae@acme.exmaple/{what}"), &[("role", "admin")]).await;
        assert!(refused.contains("has not accepted") || refused.contains("Only the Owner"), "{refused}");
    }
    site.does("jnae@acme.exmaple", "cancel", &[]).await;
    let refused = site.is_refused("/jane@acme.example/cancel", &[]).await;
    assert_eq!(refused, "jane@acme.example has accepted the invitation already.");
}
