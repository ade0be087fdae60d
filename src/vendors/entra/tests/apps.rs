//! To whom apps are given.

use super::{Tenant, group, guid, holders, level, note, refused, resource, short, target, user};
use crate::connector::ConnectorError;
use crate::domain::Action;
use crate::vendors::Registry;
use crate::workspace::load_files;
use serde_json::{Value, json};

const APP: usize = 50;

fn give(to: &str) -> Action {
    Action::Grant { on: target("app", APP), to: level(to) }
}

fn take(from: &str) -> Action {
    Action::Revoke { on: target("app", APP), from: level(from) }
}

/// An app with the roles Reader and Writer, which a group has too.
fn tenant(assignments: &Value) -> Tenant {
    let users = [user(1, "a@acme.example"), user(2, "b@acme.example"), user(3, "c@acme.example")];
    let roles = json!([{ "id": guid(61), "value": "Reader" }, { "id": guid(62), "name": "Writer" }]);
    let app = json!({ "id": guid(APP), "name": "Payroll", "roles": roles, "assignments": assignments });
    let bare = json!({ "id": guid(51), "name": "Bare" });
    Tenant::new(&users, &[group(10, "Sales", &[1, 3])], json!({ "apps": [app, bare] }))
}

fn given() -> Value {
    json!([
        { "principal": "b@acme.example", "role": guid(61) }, { "principal": guid(2), "role": guid(62) },
        { "principal": guid(3) }, { "principal": guid(10), "role": guid(61) },
    ])
}

#[tokio::test]
async fn an_app_is_held_by_whom_it_was_given_to_and_fed_by_groups() {
    let declared = vec![
        resource("pay", "app", None, Some("Payroll")),
        resource("sales", "group", Some(10), None),
        resource("bare", "app", Some(51), None),
    ];
    let snapshot = tenant(&given()).read(declared).await;
    assert_eq!(holders(&snapshot, "pay"), ["2 Reader+Writer", "3 default"]);
    assert!(holders(&snapshot, "bare").is_empty());
    let [feed] = &snapshot.feeds["pay"][..] else { panic!("{:?}", snapshot.feeds) };
    let accounts: Vec<_> = feed.accounts.iter().flatten().map(|id| short(id.as_str())).collect();
    assert_eq!((&*feed.name, accounts), ("Sales", vec![1, 3]));
}

#[tokio::test]
async fn a_role_is_given_changed_and_taken_once() {
    let tenant = tenant(&json!([]));
    let one = guid(1);
    let is = |held: &str| [format!("1 {held}")];
    let read = async || holders(&tenant.read(vec![resource("pay", "app", Some(APP), None)]).await, "pay");
    tenant.change(Some(&one), give("Reader")).await.unwrap();
    assert_eq!(note(tenant.change(Some(&one), give("Reader")).await), "The account had just that already.");
    assert_eq!(read().await, is("Reader"));
    let both =
        Action::ChangeLevel { on: target("app", APP), from: level("Reader"), to: level("Reader+Writer") };
    tenant.change(Some(&one), both).await.unwrap();
    assert_eq!(read().await, is("Reader+Writer"));
    let less =
        Action::ChangeLevel { on: target("app", APP), from: level("Reader+Writer"), to: level("Writer") };
    tenant.change(Some(&one), less).await.unwrap();
    assert_eq!(read().await, is("Writer"));
    tenant.change(Some(&one), take("Writer")).await.unwrap();
    assert_eq!(note(tenant.change(Some(&one), take("Writer")).await), "The account had just that already.");
    assert!(read().await.is_empty());
    let effects = [
        "+a@acme.example (Reader)",
        "+a@acme.example (Writer)",
        "-a@acme.example (Reader)",
        "-a@acme.example (Writer)",
    ];
    assert_eq!(tenant.effects(), effects.map(|effect| format!("app Payroll: {effect}")));
}

#[tokio::test]
async fn what_a_group_gives_is_not_taken_from_one_of_its_members() {
    let tenant = tenant(&given());
    let outcome = tenant.change(Some(&guid(1)), take("Reader")).await;
    assert_eq!(note(outcome), "The account had just that already.");
    assert!(tenant.effects().is_empty());
}

#[tokio::test]
async fn a_role_that_the_app_lacks_is_refused_by_name() {
    let outcome = tenant(&json!([])).change(Some(&guid(1)), give("Owner")).await;
    assert!(refused(&outcome).contains("it has Reader, Writer, default"), "{outcome:?}");
    let default = tenant(&json!([])).change(Some(&guid(1)), give("default")).await;
    assert!(refused(&default).contains("not found on application"), "{default:?}");
    let on = Action::Grant { on: target("app", 99), to: level("default") };
    let gone = tenant(&json!([])).change(Some(&guid(1)), on).await;
    assert!(matches!(gone, Err(ConnectorError::Gone { .. })), "{gone:?}");
}

#[tokio::test]
async fn an_app_without_roles_is_given_without_one() {
    let tenant = tenant(&json!([]));
    let on = target("app", 51);
    tenant.change(Some(&guid(1)), Action::Grant { on, to: level("default") }).await.unwrap();
    assert_eq!(tenant.effects(), ["app Bare: +a@acme.example (default)"]);
}

/// The errors of a workspace that gives somebody this level of an app, each with its hint.
fn told_of(level: &str) -> Vec<String> {
    let yaml = format!(
        "workspace: {{ name: acme }}\nvendors:\n  entra:\n    connector: entra\n    manage: additive\n    url: emulator\n    \
         resources: {{ pay: {{ name: Payroll, kind: app }} }}\nusers:\n  jane:\n    email: jane@acme.example\n    \
         grants: {{ entra/pay: {level} }}\n"
    );
    let files = vec![("access/a.yaml".to_owned(), yaml.into_bytes())];
    let loaded = load_files(files, &Registry, "2026-11-22T09:00:00Z".parse().unwrap());
    let told = loaded.diagnostics.iter();
    told.map(|one| format!("{} {}", one.code, one.hint.as_deref().unwrap_or("-"))).collect()
}

#[tokio::test]
async fn several_roles_are_declared_as_a_reading_shows_them() {
    for (declared, shown) in [
        ("reader+Writer", Some("Writer+reader")),
        ("b+a+b", Some("a+b")),
        ("Writer+reader", None),
        ("reader", None),
        ("C++", None),
    ] {
        let told = told_of(declared);
        match shown {
            None => assert!(told.is_empty(), "{declared}: {told:?}"),
            Some(shown) => {
                assert!(
                    matches!(&told[..], [one] if one.starts_with("unknown-level ") && one.contains(shown)),
                    "{told:?}"
                );
            }
        }
    }
    let roles = json!([{ "id": guid(61), "value": "reader" }, { "id": guid(62), "value": "Writer" },
                       { "id": guid(63), "value": "write+read" }]);
    let given = [61, 62].map(|role| json!({ "principal": guid(1), "role": guid(role) }));
    let app = json!({ "id": guid(APP), "name": "Payroll", "roles": roles, "assignments": given });
    let users = [user(1, "a@acme.example"), user(2, "b@acme.example")];
    let tenant = Tenant::new(&users, &[], json!({ "apps": [app] }));
    // One role may have the character in its own name.
    tenant.change(Some(&guid(2)), give("read+write")).await.unwrap();
    let snapshot = tenant.read(vec![resource("pay", "app", Some(APP), None)]).await;
    assert_eq!(holders(&snapshot, "pay"), ["1 Writer+reader", "2 read+write"]);
}
