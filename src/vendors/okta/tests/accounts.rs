//! Accounts, as changed.

use super::*;
use crate::domain::AccountState;

fn org(statuses: Value, more: Value) -> Org {
    let people = ["jane", "bob"].map(|who| person(&format!("{who}@acme.example"))).to_vec();
    let mut vendor = json!({ "statuses": statuses });
    vendor.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Org::of(people, &[group("team", &["jane"]), group("all", &["jane"])], vendor)
}

fn plain() -> Org {
    org(json!({}), json!({}))
}

#[tokio::test]
async fn a_new_account_has_both_names_and_is_activated() {
    let org = plain();
    let made = org.does(None, invite("ada@acme.example", Some("Ada King Lovelace"))).await.unwrap();
    let id = made.account.unwrap();
    assert!(id.as_str().starts_with("00u"));
    assert_eq!(org.writes(), ["POST /api/v1/users activate=true 200"]);
    let account = org.read("").await.accounts[&id].clone();
    assert_eq!((&*account.login, account.name.as_deref()), ("ada@acme.example", Some("Ada King Lovelace")));
}

#[tokio::test]
async fn a_name_of_one_word_or_none_will_do() {
    let org = plain();
    org.does(None, invite("cher@acme.example", Some("Cher"))).await.unwrap();
    org.does(None, invite("ann.lee@acme.example", None)).await.unwrap();
    let read = org.read("").await;
    let names: Vec<_> = read.accounts.values().filter_map(|account| account.name.as_deref()).collect();
    assert!(names.contains(&"Cher") && names.contains(&"ann lee"), "{names:?}");
}

#[tokio::test]
async fn who_is_there_is_adopted_by_the_exact_login_alone() {
    let org = plain();
    assert!(org.note(None, invite("JANE@acme.example", None)).await.contains("adopted"));
    assert_eq!(org.writes(), Vec::<String>::new());
    // Okta would find jane@acme.example by the beginning of her login.
    assert!(org.refusal(None, invite("jane", None)).await.contains("email address"));
    assert_eq!(org.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn who_is_suspended_is_adopted_as_somebody_who_can_sign_in() {
    let org = org(json!({ "jane": "SUSPENDED" }), json!({}));
    let adopted = org.note(None, invite("jane@acme.example", None)).await;
    assert!(adopted.contains("was suspended and was made active"), "{adopted}");
    assert_eq!(org.effects(), ["user jane@acme.example: status SUSPENDED -> ACTIVE"]);
    assert_eq!(org.read("").await.accounts["jane"].state, AccountState::Active);
}

#[tokio::test]
async fn an_account_that_cannot_be_used_comes_back_by_its_id_only_under_the_login_invited() {
    for status in ["DEPROVISIONED", "SUSPENDED"] {
        let org = org(json!({ "jane": status }), json!({}));
        let why = org.refusal(Some("jane"), invite("jane.doe@acme.example", None)).await;
        assert!(why.contains(status) && why.contains("somebody else's"), "{why}");
        assert_eq!(org.writes(), Vec::<String>::new());
        org.does(Some("jane"), invite("Jane@acme.example", None)).await.unwrap();
        assert_eq!(org.read("").await.accounts["jane"].state, AccountState::Active);
    }
    let there = plain();
    assert!(there.note(Some("jane"), invite("jane.doe@acme.example", None)).await.contains("adopted"));
    assert_eq!(there.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn who_was_taken_comes_back_with_nothing() {
    let org = org(json!({ "jane": "DEPROVISIONED" }), json!({ "types": { "all": "BUILT_IN" } }));
    let back = org.does(None, invite("jane@acme.example", None)).await.unwrap();
    assert_eq!(back.account.unwrap().as_str(), "jane");
    assert!(back.note.unwrap().contains("brought back"));
    assert_eq!(
        org.effects(),
        ["group The team: -jane@acme.example", "user jane@acme.example: status DEPROVISIONED -> ACTIVE"]
    );
    assert!(org.read("").await.accounts.contains_key("jane"));
}

#[tokio::test]
async fn who_was_taken_and_is_not_found_by_login_is_found_by_the_conflict() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.as_str(), seen.q("filter")) {
        ("GET", "/api/v1/users", "profile.login eq \"jane@acme.example\"") => {
            let profile = json!({ "login": "Jane@acme.example" });
            answer(&json!([{ "id": "u1", "status": "DEPROVISIONED", "profile": profile }]))
        }
        ("POST", "/api/v1/users", _) => failure(400, "E0000001", "Api validation failed: login"),
        ("GET", "/api/v1/users/jane@acme.example", _) => failure(404, "E0000007", "Not found"),
        ("GET", _, _) => answer(&json!([])),
        _ => answer(&json!({})),
    })
    .await;
    let back = carry_out(&server.endpoint(""), None, invite("jane@acme.example", None)).await.unwrap();
    assert_eq!(back.account.unwrap().as_str(), "u1");
    assert!(server.lines().contains(&"POST /api/v1/users/u1/lifecycle/activate".to_owned()));
}

#[tokio::test]
async fn the_activation_mail_is_sent_again_to_whoever_has_not_followed_it() {
    let org = org(json!({ "jane": "PROVISIONED", "bob": "STAGED" }), json!({ "activation": "by-mail" }));
    let resend = || Action::ResendInvitation { on: None };
    org.does(Some("jane"), resend()).await.unwrap();
    org.does(Some("bob"), resend()).await.unwrap();
    assert!(org.note(Some("svc"), resend()).await.contains("accepted already"));
    assert_eq!(
        org.writes(),
        [
            "POST /api/v1/users/jane/lifecycle/reactivate sendEmail=true 200",
            "POST /api/v1/users/bob/lifecycle/activate sendEmail=true 200",
        ]
    );
}

#[tokio::test]
async fn whoever_is_suspended_is_signed_out_first_and_keeps_everything() {
    let org = org(json!({}), json!({ "sessions": ["jane@acme.example"] }));
    org.does(Some("jane"), Action::Suspend).await.unwrap();
    assert!(org.note(Some("jane"), Action::Suspend).await.contains("already"));
    org.does(Some("jane"), Action::Restore).await.unwrap();
    assert!(org.note(Some("jane"), Action::Restore).await.contains("not suspended"));
    assert_eq!(
        org.effects(),
        [
            "user jane@acme.example: signed out",
            "user jane@acme.example: status ACTIVE -> SUSPENDED",
            "user jane@acme.example: status SUSPENDED -> ACTIVE",
        ]
    );
    assert_eq!(org.writes()[0], "DELETE /api/v1/users/jane/sessions oauthTokens=true 204");
}

#[tokio::test]
async fn only_who_is_active_is_suspended_and_the_others_are_told_how_to_go_on() {
    for (status, hint) in [
        ("PROVISIONED", "cancels it"),
        ("LOCKED_OUT", "unlock it"),
        ("PASSWORD_EXPIRED", "password reset"),
        ("DEPROVISIONED", "Admin Console"),
    ] {
        let org = org(json!({ "jane": status }), json!({}));
        let why = org.refusal(Some("jane"), Action::Suspend).await;
        assert!(why.contains(status) && why.contains(hint), "{why}");
        assert_eq!(org.writes(), Vec::<String>::new());
    }
    let org = org(json!({ "jane": "DEPROVISIONED" }), json!({}));
    assert!(org.refusal(Some("jane"), Action::Restore).await.contains("plan again"));
}

#[tokio::test]
async fn an_account_is_taken_once_and_its_record_stays() {
    let app = json!({ "label": "Heap", "users": ["jane"], "groups": [] });
    let org = org(json!({}), json!({ "apps": { "0oa1": app } }));
    org.does(Some("jane"), Action::RemoveAccount).await.unwrap();
    assert!(org.note(Some("jane"), Action::RemoveAccount).await.contains("gone already"));
    assert!(org.note(Some("nobody"), Action::RemoveAccount).await.contains("gone already"));
    assert_eq!(org.effects(), ["user jane@acme.example: status ACTIVE -> DEPROVISIONED, loses Heap"]);
    let read = org.read("team: { id: team, kind: group }").await;
    assert!(read.retired.contains_key("jane") && holders(&read, "team").is_empty());
    assert!(org.emulator.audit().violations().is_empty());
}

#[tokio::test]
async fn an_invitation_is_withdrawn_by_taking_the_account() {
    let org = org(json!({ "jane": "PROVISIONED" }), json!({}));
    org.does(Some("jane"), Action::CancelInvitation { on: None }).await.unwrap();
    assert!(org.read("").await.retired.contains_key("jane"));
    assert!(org.note(Some("jane"), Action::CancelInvitation { on: None }).await.contains("gone already"));
}

#[tokio::test]
async fn an_invitation_that_was_accepted_meanwhile_is_no_account_to_take() {
    let org = org(json!({}), json!({}));
    let why = org.refusal(Some("jane"), Action::CancelInvitation { on: None }).await;
    assert!(why.contains("accepted meanwhile") && why.contains("Plan again"), "{why}");
    assert_eq!(org.writes(), Vec::<String>::new());
}

fn update(from: (&str, Option<&str>), to: (&str, Option<&str>)) -> Action {
    Action::UpdateAccount { from: profile(from.0, from.1), to: profile(to.0, to.1) }
}

#[tokio::test]
async fn an_update_sends_what_differs_and_nothing_else() {
    let org = org(json!({}), json!({ "profiles": { "jane": { "department": "Sales" } } }));
    let action = update(("jane@acme.example", Some("jane Doe")), ("jane.roe@acme.example", Some("Jane Roe")));
    org.does(Some("jane"), action.clone()).await.unwrap();
    assert!(org.note(Some("jane"), action).await.contains("already"));
    let account = org.read("").await.accounts["jane"].clone();
    assert_eq!((&*account.login, account.name.as_deref()), ("jane.roe@acme.example", Some("Jane Roe")));
    let state = org.emulator.state();
    assert_eq!(state["vendor"]["profiles"]["jane"]["department"], "Sales");
}

#[tokio::test]
async fn a_rule_adds_whoever_begins_to_fit_it() {
    let rule = json!({ "expression": "user.lastName==\"Roe\"", "groups": ["team"] });
    let org = org(json!({}), json!({ "rules": { "r1": rule } }));
    let action = update(("bob@acme.example", Some("bob Doe")), ("bob@acme.example", Some("Bob Roe")));
    org.does(Some("bob"), action).await.unwrap();
    assert_eq!(holders(&org.read("team: { id: team, kind: group }").await, "team"), ["bob", "jane"]);
}

#[tokio::test]
async fn a_status_that_changed_meanwhile_is_a_refusal_and_no_lack_of_rights() {
    let server = server(|method, path| match (method, path) {
        ("GET", "/api/v1/users/u1") => Some(answer(
            &json!({ "id": "u1", "status": "PROVISIONED", "profile": { "login": "u@acme.example" } }),
        )),
        ("POST", _) => {
            Some(failure(403, "E0000038", "This operation is not allowed in the user's current status."))
        }
        _ => None,
    })
    .await;
    let error =
        carry_out(&server.endpoint(""), Some("u1"), Action::ResendInvitation { on: None }).await.unwrap_err();
    assert!(
        matches!(&error, ConnectorError::Refused { message } if message.contains("E0000038")),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_credential_that_takes_access_does_not_take_its_own_account() {
    let org = plain();
    let grant = Endpoint::with_token(org.endpoint().base, Secret::new("other".to_owned()));
    let writer = writer(&vendor_with("", ""), Ok(grant), Ok(org.endpoint()), pace(TestClock::new())).unwrap();
    let own = writer.execute(&change(Some("svc"), Action::RemoveAccount)).await.unwrap_err();
    assert!(matches!(own, ConnectorError::Refused { .. }), "{own:?}");
    writer.execute(&change(Some("jane"), Action::RemoveAccount)).await.unwrap();
}
