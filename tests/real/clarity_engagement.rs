//! An agency's engagement ends: from one edit of YAML to three of Clarity's projects without its person, in either
//! labelling of the pages.

use super::chromium::{Window, block_on};
use super::rehearsal::Rehearsal;
use grantline::apply::browser::Session as _;
use serde_json::{Value, json};

const PIA: &str = "pia@pixelworks.example";
const NORA: &str = "nora@acme.example";
const TOM: &str = "tom@acme.example";

const PROJECTS: [&str; 3] = ["help", "marketing", "shop"];

/// Pia of the agency owns one project, administers another and is a member of the third.
fn tenant(labelling: &str, noise: bool) -> Value {
    let member =
        |email: &str, role: &str| json!({ "email": email, "role": role, "added": "2026-01-05T08:00:00Z" });
    let project = |name: &str, members: Vec<Value>| json!({ "name": name, "members": members });
    json!({ "vendor": { "labelling": labelling, "operator": TOM, "quirks": { "html_noise": noise }, "projects": {
        "k3j9x2": project("Marketing", vec![member(PIA, "owner"), member(TOM, "admin")]),
        "p0d8aa": project("Shop", vec![member(PIA, "admin"), member(TOM, "admin"), member(NORA, "member")]),
        "q7w2er": project("Help", vec![member(TOM, "admin"), member(PIA, "member")]),
    } } })
}

fn workspace(nora: &str, pia: &str) -> String {
    format!(
        "workspace: {{ name: acme }}
vendors:
  v:
    connector: clarity
    channel: browser
    manage: authoritative
    identity: {TOM}
    resources:
      marketing: {{ kind: project, id: k3j9x2 }}
      shop: {{ kind: project, id: p0d8aa }}
      help: {{ kind: project, id: q7w2er }}
users:
  tom:
    email: {TOM}
    grants: {{ v/marketing: admin, v/shop: admin, v/help: admin }}
  nora:
    email: {NORA}
    grants: {{ {nora} }}
  pia:
    email: {PIA}
    kind: external
    sponsor: tom
    reason: relaunch
    {pia}
"
    )
}

fn before() -> String {
    let pia = "until: 2026-12-31\n    grants: { v/marketing: owner, v/shop: admin, v/help: member }";
    workspace("v/shop: member", pia)
}

/// Pia goes, and Nora takes over what she owned. Nora is no member of that project yet.
fn after() -> String {
    workspace("v/marketing: owner, v/shop: admin", "departed: 2026-11-21")
}

/// Everything that Clarity was told.
const EFFECTS: [&str; 7] = [
    "project q7w2er: remove pia@pixelworks.example",
    "project p0d8aa: remove pia@pixelworks.example",
    "project k3j9x2: invite nora@acme.example as admin",
    "project p0d8aa: role nora@acme.example member -> admin",
    "project k3j9x2: accept nora@acme.example as admin",
    "project k3j9x2: transfer ownership pia@pixelworks.example -> nora@acme.example",
    "project k3j9x2: remove pia@pixelworks.example",
];

async fn signs_in(story: &Rehearsal, who: &str) {
    let mut window = story.window.clone();
    window.open(&story.url("/sign-in")).await.unwrap();
    window.choose(&["Sign in as".to_owned()], &[who.to_owned()], None).await.unwrap();
    window.presses("Sign in", None).await;
    assert!(window.shows(&format!("Signed in as {who}")).await);
}

async fn accepts(story: &Rehearsal, who: &str) {
    let mut window = story.window.clone();
    window.open(&story.url("/outbox")).await.unwrap();
    window.presses("Open the invitation", Some(who)).await;
    window.presses("Accept", None).await;
    assert!(window.shows("The invitation was accepted.").await);
}

async fn the_engagement_ends(labelling: &str, noise: bool) {
    let window = Window::open().await;
    let mut story = Rehearsal::new("clarity", &tenant(labelling, noise), &before(), &window);
    story.read(&PROJECTS).await;
    story.is_converged().await;

    story.edit(&after());
    let applied = story.apply().await;
    let mut expected = vec![
        "revoke pia@pixelworks.example help: done",
        "revoke pia@pixelworks.example shop: done",
        "invite nora@acme.example marketing: done",
        "change-level nora@acme.example shop: done",
        "transfer-ownership nora@acme.example marketing: waiting",
        "revoke pia@pixelworks.example marketing: waiting",
    ];
    assert_eq!(applied.ended(), expected, "{:#?}", applied.details());

    accepts(&story, NORA).await;
    story.read(&["marketing"]).await;
    only_the_owner_hands_over(&story).await;
    signs_in(&story, PIA).await;
    let applied = story.apply().await;
    expected = vec![
        "transfer-ownership nora@acme.example marketing: done",
        "revoke pia@pixelworks.example marketing: failed",
    ];
    assert_eq!(applied.ended(), expected, "{:#?}", applied.details());
    let why = &applied.details()[1];
    assert!(why.contains("Nothing was changed.") && why.contains("nobody removes themselves"), "{why}");

    signs_in(&story, TOM).await;
    let applied = story.apply().await;
    expected = vec!["revoke pia@pixelworks.example marketing: done"];
    assert_eq!(applied.ended(), expected, "{:#?}", applied.details());
    story.read(&PROJECTS).await;
    story.is_converged().await;
    assert_eq!(story.effects(), EFFECTS);
    assert_eq!(story.asked().len(), 6, "{:#?}", story.asked());
}

/// To an Admin the page shows no button for it: they are told whose part it is, and nothing happens.
async fn only_the_owner_hands_over(story: &Rehearsal) {
    let before = (story.effects(), story.asked());
    let applied = story.apply().await;
    let expected = [
        "transfer-ownership nora@acme.example marketing: failed",
        "revoke pia@pixelworks.example marketing: skipped",
    ];
    assert_eq!(applied.ended(), expected, "{:#?}", applied.details());
    let why = &applied.details()[0];
    assert!(
        why.contains("Nothing was changed.") && why.contains("as pia@pixelworks.example, the present Owner"),
        "{why}"
    );
    assert_eq!((story.effects(), story.asked()), before);
}

#[test]
fn as_the_documentation_labels_the_pages() {
    block_on(the_engagement_ends("documented", false));
}

#[test]
fn as_the_guides_label_the_pages_with_things_between_that_nobody_sees() {
    block_on(the_engagement_ends("guided", true));
}
