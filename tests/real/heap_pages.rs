//! Access to one of Heap's projects, which its SCIM does not carry: given, changed and taken in the pages.

use super::chromium::{Window, block_on};
use super::rehearsal::Rehearsal;
use serde_json::{Value, json};

fn tenant() -> Value {
    let user = |login: &str, name: &str| json!({ "attributes": { "userName": login, "displayName": name, "active": true } });
    json!({
        "own": "svc@acme.example",
        "users": [
            user("svc@acme.example", "Grantline"),
            user("tom@acme.example", "Tom Berg"),
            user("ravi@acme.example", "Ravi Patel"),
        ],
        "vendor": {
            "operator": "tom@acme.example",
            "projects": { "2208394": { "name": "Main" } },
            "teammates": { "tom@acme.example": { "role": "admin", "projects": { "2208394": "admin" } } },
        },
    })
}

fn workspace(ravi: &str) -> String {
    format!(
        "workspace: {{ name: acme }}
vendors:
  v:
    connector: heap
    channel: browser
    manage: authoritative
    url: emulator
    identity: svc@acme.example
    resources:
      main: {{ kind: project, id: \"2208394\" }}
users:
  svc: {{ name: Grantline, email: svc@acme.example, kind: service, grants: {{ v/org: member }} }}
  tom: {{ name: Tom Berg, email: tom@acme.example, grants: {{ v/org: member, v/main: admin }} }}
  ravi: {{ name: Ravi Patel, email: ravi@acme.example, grants: {{ v/org: member{ravi} }} }}
"
    )
}

#[test]
fn access_to_a_project_is_given_changed_and_taken() {
    block_on(async {
        let window = Window::open().await;
        let mut story = Rehearsal::new("heap", &tenant(), &workspace(""), &window);
        story.read(&["main"]).await;
        story.is_converged().await;
        for (ravi, expected) in [
            (", v/main: analyst", "grant ravi@acme.example main: done"),
            (", v/main: architect", "change-level ravi@acme.example main: done"),
            ("", "revoke ravi@acme.example main: done"),
        ] {
            story.edit(&workspace(ravi));
            let applied = story.apply().await;
            assert_eq!(applied.ended(), [expected], "{:#?}", applied.details());
            story.is_converged().await;
        }
        story.read(&["main"]).await;
        story.is_converged().await;
        assert_eq!(
            story.effects(),
            [
                "teammate ravi@acme.example: project 2208394 none -> analyst",
                "teammate ravi@acme.example: project 2208394 analyst -> architect",
                "teammate ravi@acme.example: project 2208394 architect -> none",
            ]
        );
        assert_eq!(story.asked().len(), 3, "{:#?}", story.asked());
    });
}
