//! What a tenant may start from.

use super::*;

fn refusal(vendor: &Value) -> String {
    try_start(vendor).0.unwrap_err().to_string()
}

#[test]
fn a_seed_that_contradicts_itself_says_where() {
    let tom = || member("tom@acme.example", "admin");
    let owner = || member("olga@acme.example", "owner");
    let refused = |members: &[Value], sentence: &str| {
        let text = refusal(&with_members(members));
        assert!(text.contains("project k3") && text.contains(sentence), "{text}");
    };
    refused(&[tom(), member("TOM@acme.example", "member")], "\"TOM@acme.example\" is listed twice");
    refused(&[tom(), member("tom", "member")], "\"tom\": an e-mail address has");
    refused(&[tom(), member("jane@acme.example", " ")], "\"jane@acme.example\" has no role");
    refused(&[tom(), owner(), member("ola@acme.example", "owner")], "cannot both own it");
    let mut away = owner();
    away["status"] = json!("pending");
    refused(&[tom(), away], "is not an active member");
    let text = refusal(&company_with(json!({ "owner": false })));
    assert!(text.contains("nobody owns a project"), "{text}");
    let text = refusal(&company_with(json!({ "operator": "nobody@acme.example" })));
    assert!(text.contains("nobody@acme.example"), "{text}");
    let text = refusal(&company_with(json!({ "quirks": { "html_nosie": true } })));
    assert!(text.contains("html_nosie"), "{text}");
}

#[tokio::test]
async fn a_tenant_may_have_no_owners() {
    let mut vendor =
        with_members(&[member("tom@acme.example", "admin"), member("jane@acme.example", "admin")]);
    vendor["owner"] = json!(false);
    let mut site = Site::start(&vendor);
    assert_eq!(
        site.is_refused("/jane@acme.example/transfer", &[]).await,
        "Only the Owner can transfer the ownership."
    );
    assert!(!site.list().await.text.contains("Owner"));
}

#[tokio::test]
async fn a_tenant_without_a_seed_asks_for_a_sign_in() {
    let folder = TempDir::new().unwrap();
    let options = Options::new(folder.path().join("clarity.json"), Secret::new("t0ken".to_owned()));
    let site = Site::over(start(options).unwrap(), folder, false);
    assert_eq!(site.page("/").await.heading(), "Sign in to Clarity");
    assert_eq!(site.emulator.base_url(), site.emulator.origin());
}

#[tokio::test]
async fn the_example_starts_and_shows_its_cast() {
    let folder = TempDir::new().unwrap();
    let options = Options::new(folder.path().join("clarity.json"), Secret::new("t0ken".to_owned()));
    let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme/clarity.json");
    let mut site =
        Site::over(start(Options { seed: Some(Seed::File(example)), ..options }).unwrap(), folder, false);
    assert_eq!(site.page("/").await.all("li a"), ["Marketing site", "Checkout", "Help center"]);
    let list = site.page("/projects/view/k3j9x2/settings/team").await;
    assert_eq!(list.standing("paul@northlight.example"), stands("Owner", "Active"));
    assert_eq!(site.page("/outbox").await.table().1[0][0], "lena@acme.example");
    site.sign_in("paul@northlight.example").await;
    assert_eq!(site.page("/").await.all("li a").len(), 3);
}
