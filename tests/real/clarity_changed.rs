//! Pages that do not look as described: the work stops with a helpful message and a redacted capture, and changes
//! nothing.

use super::chromium::{Window, block_on};
use super::rehearsal::Rehearsal;
use grantline::apply::browser::Session as _;
use serde_json::{Value, json};
use std::fs;

const PIA: &str = "pia@pixelworks.example";

/// Everybody but Pia, who is the one to go.
const OTHERS: [&str; 3] = ["tom@acme.example", "nora@acme.example", "wait@acme.example"];

/// The table as somebody copied it before the pages changed.
const TABLE: &str = "Email,Name,Role,Status,Date added
tom@acme.example,Tom Berg,Admin,Active,2026-01-05
nora@acme.example,Nora Lind,Admin,Active,2026-01-05
pia@pixelworks.example,Pia Rossi,Team member,Active,2026-01-05
wait@acme.example,,Team member,Pending,2026-11-20
";

const YAML: &str = "workspace: { name: acme }
vendors:
  v:
    connector: clarity
    channel: browser
    manage: authoritative
    identity: tom@acme.example
    resources:
      marketing: { kind: project, id: k3j9x2 }
users:
  tom: { email: tom@acme.example, grants: { v/marketing: admin } }
  nora: { email: nora@acme.example, grants: { v/marketing: admin } }
  wait: { email: wait@acme.example, grants: { v/marketing: member } }
  pia: { email: pia@pixelworks.example, departed: 2026-11-21 }
";

fn tenant(quirks: &Value) -> Value {
    let member = |email: &str, role: &str, status: &str| json!({ "email": email, "role": role, "status": status, "added": "2026-01-05T08:00:00Z" });
    let members = [
        member("tom@acme.example", "admin", "active"),
        member("nora@acme.example", "admin", "active"),
        member(PIA, "member", "active"),
        member("wait@acme.example", "member", "pending"),
    ];
    json!({ "vendor": {
        "operator": "tom@acme.example", "quirks": quirks,
        "projects": { "k3j9x2": { "name": "Marketing", "members": members } },
    } })
}

/// Applies the removal on pages with these quirks, which must stop it. The message must have these parts.
async fn stops(window: &Window, quirks: Value, parts: &[&str]) {
    let story = Rehearsal::new("clarity", &tenant(&quirks), YAML, window);
    story.record("marketing", TABLE);
    let applied = story.apply().await;
    let why = applied.details().join("\n");
    assert_eq!(applied.ended(), ["revoke pia@pixelworks.example marketing: failed"], "{quirks}: {why}");
    for part in parts.iter().chain(&["Nothing was changed."]) {
        assert!(why.contains(part), "{quirks}: {part:?} is not in {why}");
    }
    assert_eq!((story.effects(), story.asked()), (Vec::new(), Vec::new()), "{quirks}");
    is_captured(&story, &why);
}

/// The page and its picture are there, where the message says, and show nobody who is not concerned.
fn is_captured(story: &Rehearsal, why: &str) {
    let kept = story.captured();
    let [html, picture] = &kept[..] else { panic!("{kept:?}") };
    for path in [html, picture] {
        assert!(why.contains(&path.display().to_string()), "{} is not in {why}", path.display());
    }
    assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    let html = fs::read_to_string(html).unwrap();
    assert!(html.contains("<h1>"), "{html}");
    for other in OTHERS {
        let user = other.split('@').next().unwrap();
        for spelling in [format!("{user}@"), format!("{user}%40"), format!("{user}&#64;")] {
            assert!(!html.to_lowercase().contains(&spelling), "{spelling}: {html}");
        }
    }
}

#[test]
fn a_changed_page_stops_with_a_message_and_a_capture_and_without_an_effect() {
    block_on(async {
        let window = Window::open().await;
        let renamed = [
            "\"Remove\" is not in the row of pia@pixelworks.example",
            "\"Proceed\"",
            "signed in to Clarity as an Admin",
        ];
        stops(&window, json!({ "renamed_button": "Remove" }), &renamed).await;
        let later = ["\"Yes, remove\" is not on the page", "\"Proceed\""];
        stops(&window, json!({ "renamed_button": "Yes, remove" }), &later).await;
        let lacking = ["a table with the column \"Role\"", "Email · Name · Status"];
        stops(&window, json!({ "missing_column": "Role" }), &lacking).await;
        let covered = ["lies over the page", "We value your privacy", "by hand"];
        stops(&window, json!({ "consent_dialog": true }), &covered).await;
        let signed_out = ["asks for a sign-in", "`grantline login v`"];
        stops(&window, json!({ "signed_out": true }), &signed_out).await;
    });
}

/// What stops the work is the difference and nothing else: once it is gone, the same plan is carried out.
#[test]
fn once_a_person_has_answered_the_dialog_and_signed_in_the_work_goes_on() {
    block_on(async {
        let window = Window::open().await;
        let quirks = json!({ "consent_dialog": true, "signed_out": true, "html_noise": true });
        let mut story = Rehearsal::new("clarity", &tenant(&quirks), YAML, &window);
        story.record("marketing", TABLE);
        story.window.open(&story.url("/")).await.unwrap();
        story.window.presses("Accept all", None).await;
        story
            .window
            .choose(&["Sign in as".to_owned()], &["tom@acme.example".to_owned()], None)
            .await
            .unwrap();
        story.window.presses("Sign in", None).await;
        let applied = story.apply().await;
        assert_eq!(
            applied.ended(),
            ["revoke pia@pixelworks.example marketing: done"],
            "{:#?}",
            applied.details()
        );
        assert_eq!(story.effects(), ["project k3j9x2: remove pia@pixelworks.example"]);
    });
}
