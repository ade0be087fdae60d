//! Pages that no longer look as they are described: every change stops before anything is pressed that matters.

use super::block_on;
use super::projects;
use crate::support::desk::Desk;
use crate::support::lab::{Lab, Start, VENDOR, line};
use grantline::connector::ConnectorError;
use grantline::connector::pages::Step;
use grantline::domain::Change;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Somebody whom no change is about.
const BYSTANDER: &str = "bystander@acme.example";

/// What a step looks for when a quirk is in its way, and the quirk.
struct Odd {
    quirks: Value,
    /// Words of the message, one of which must occur.
    says: Vec<String>,
}

/// Tries the change on pages that are odd in that way: it stops, says why, keeps what it saw, and changes nothing.
async fn stops(lab: &Lab, desk: &Desk, change: &Change, odd: &Odd) {
    lab.tenant.change_vendor(|vendor| vendor["quirks"] = odd.quirks.clone());
    let before = lab.tenant.audit().effects();
    let captures = desk.root.join(".grantline/captures");
    let _ = std::fs::remove_dir_all(&captures);
    let answer = desk.carry_out(change).await.unwrap();
    lab.tenant.change_vendor(|vendor| vendor["quirks"] = json!({}));
    let at = format!("{} with {}", line(change), odd.quirks);
    let error = answer.err().unwrap_or_else(|| panic!("{at} went through"));
    let message = error.to_string();
    assert_eq!(lab.tenant.audit().effects(), before, "{at}: {message}");
    assert!(!matches!(error, ConnectorError::Unknown { .. }), "{at}: {message}");
    assert!(message.contains("Nothing was changed"), "{at}: {message}");
    assert!(odd.says.iter().any(|word| message.contains(word)), "{at}: {message} has none of {:?}", odd.says);
    let kept: Vec<_> = std::fs::read_dir(&captures).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!kept.is_empty(), "{at} keeps nothing");
    for path in kept {
        let html = std::fs::read_to_string(&path).unwrap();
        assert!(html.contains("<"), "{at}: {html}");
        assert!(!html.contains(BYSTANDER), "{at}: {html}");
        assert!(message.contains(&path.display().to_string()), "{at}: {message}");
    }
}

/// What every vendor's pages have in common: somebody is not signed in, or a question lies over them.
fn covered() -> Vec<Odd> {
    vec![
        Odd { quirks: json!({ "consent_dialog": true }), says: vec!["lies over the page".to_owned()] },
        Odd { quirks: json!({ "signed_out": true }), says: vec!["asks for a sign-in".to_owned()] },
    ]
}

/// The words of the buttons that the change's procedure presses, the documented ones.
fn buttons(desk: &Desk, change: &Change) -> Vec<String> {
    let pages = desk.spec.pages.as_ref().unwrap();
    let kind = change.action.target().map_or("account", |on| &on.kind);
    let steps = &pages.procedure(kind, change.action.word()).unwrap().steps;
    let pressed = steps.iter().filter_map(|step| match step {
        Step::Press { what, .. } => Some(pages.words[what][0].clone()),
        _ => None,
    });
    pressed.collect()
}

fn actions(changes: &[Change]) -> BTreeSet<String> {
    let kind = |change: &Change| change.action.target().map_or("account", |on| &on.kind).to_owned();
    changes.iter().map(|change| format!("{} {}", kind(change), change.action.word())).collect()
}

#[test]
fn a_changed_page_of_projects_stops_every_procedure() {
    block_on(async {
        let state = |who: &str, status: &str| {
            let mut member = projects::member(who, "member");
            member["status"] = json!(status);
            member
        };
        let live = [
            projects::member("olga", "owner"),
            projects::member("tom", "admin"),
            projects::member("riser", "member"),
            projects::member("leaver", "member"),
            projects::member("bystander", "member"),
            state("late", "expired"),
            state("offered", "pending"),
        ];
        let users = projects::user("olga", &["site: admin"])
            + projects::user("tom", &["site: owner"]).as_str()
            + projects::user("riser", &["site: admin"]).as_str()
            + projects::user("bystander", &["site: member"]).as_str()
            + projects::user("late", &["site: member"]).as_str()
            + projects::user("new", &["site: member"]).as_str();
        let yaml = projects::workspace("browser", "", &["site"], &users);
        let lab = projects::lab(&projects::tenant("olga", &[("site", &live)]), &yaml);
        let desk = lab.desk().unwrap();
        let changes = lab.plan().await.approved.plan().changes.clone();
        let pages = desk.spec.pages.clone().unwrap();
        let all: BTreeSet<_> =
            pages.procedures.iter().map(|one| format!("{} {}", one.kind, one.action)).collect();
        assert_eq!(actions(&changes), all, "every procedure is tried");
        for change in &changes {
            for button in buttons(&desk, change) {
                let odd =
                    Odd { quirks: json!({ "renamed_button": button }), says: vec![format!("\"{button}\"")] };
                stops(&lab, &desk, change, &odd).await;
            }
            for column in ["Email", "Role", "Status"] {
                let odd =
                    Odd { quirks: json!({ "missing_column": column }), says: vec![format!("\"{column}\"")] };
                stops(&lab, &desk, change, &odd).await;
            }
            for odd in covered() {
                stops(&lab, &desk, change, &odd).await;
            }
        }
    });
}

/// A workspace for an organisation whose pages are all there is.
fn organisation(users: &[(&str, &[&str])]) -> String {
    let mut text = format!(
        "workspace:\n  name: acme\n  guards:\n    max_removals: {{ percent: 100, at_least: 100 }}\n\
         vendors:\n  {VENDOR}:\n    connector: heap\n    manage: authoritative\n    channel: browser\n    \
         pages: {{ url: emulator }}\n    resources:\n      main: {{ id: \"4711\", kind: project }}\nusers:\n  \
         steward:\n    name: Grantline\n    email: svc-grantline@acme.example\n    grants:\n      v/org: admin\n      \
         v/main: admin\n"
    );
    for (handle, grants) in users {
        text += &projects::user(handle, grants);
    }
    text
}

#[test]
fn a_changed_page_of_an_organisation_stops_every_procedure() {
    block_on(async {
        let (account, both) = (&["org: read-only"][..], &["org: read-only", "main: read-only"][..]);
        let highest = &["org: admin", "main: admin"][..];
        let in_place = [("riser", both), ("leaver", both), ("waiter", account), ("bystander", both)];
        let mut lab = Lab::new("heap", Start::default(), &organisation(&in_place));
        lab.settle().await;
        lab.edit(&organisation(&[&in_place[..], &[("offered", account)]].concat()));
        lab.apply().await;
        let wanted =
            [("riser", highest), ("leaver", &[]), ("waiter", both), ("bystander", both), ("new", account)];
        lab.edit(&organisation(&wanted));
        let desk = lab.desk().unwrap();
        let changes = lab.plan().await.approved.plan().changes.clone();
        let tried =
            ["account cancel-invitation", "account invite", "account remove-account", "org change-level"];
        let of_projects = ["project change-level", "project grant", "project revoke"];
        let tried: BTreeSet<_> = tried.iter().chain(&of_projects).map(|one| (*one).to_owned()).collect();
        assert_eq!(actions(&changes), tried);
        for change in &changes {
            let says = buttons(&desk, change).iter().map(|button| format!("\"{button}\"")).collect();
            stops(&lab, &desk, change, &Odd { quirks: json!({ "renamed_button": true }), says }).await;
            let says = vec!["\"Role\"".to_owned()];
            stops(&lab, &desk, change, &Odd { quirks: json!({ "missing_column": true }), says }).await;
            for odd in covered() {
                stops(&lab, &desk, change, &odd).await;
            }
        }
    });
}
