//! The connector and its emulator together, each exchange held against Segment's published description.

use crate::connector::{ConnectorError, Receipt, Scope};
use crate::described::Watch;
use crate::domain::{
    AccountId, AccountState, Action, InvitationState, Profile, ResourceName, ResourceReading, Snapshot,
    Target,
};
use crate::net::script::{Reply, Server, TestClock, pace};
use crate::net::{Clock, Secret};
use crate::vendors::scim::emulator::watched::watch;
use crate::vendors::testing::{change, level};
use crate::vendors::{Emulator, EmulatorOptions, Registry, Seed, reader, writer};
use crate::workspace::{Vendor, load_files};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

/// A running workspace and a vendor that is configured for it.
struct Site {
    emulator: Emulator,
    vendor: Vendor,
    clock: Arc<TestClock>,
    /// Dropped after the server.
    _watch: Option<Arc<Watch>>,
    _folder: TempDir,
}

const VENDOR: &str = "workspace: { name: acme }\n\
    vendors:\n  segment:\n    connector: segment\n    url: emulator\n    manage: authoritative\n\
    \x20   identity: owner@acme.example\n\
    \x20   roles: { reader: Workspace Member, admin: Workspace Owner }\n\
    \x20   resources: { analysts: { name: Analysts, kind: group }, ghosts: { name: Ghosts, kind: group } }\n";

/// One group by its name and by its id.
const TWICE: &str = "analysts: { name: Analysts, kind: group }, same: { id: g1, kind: group }";

fn site(vendor: Value) -> Site {
    site_of(VENDOR, vendor)
}

fn site_of(yaml: &str, vendor: Value) -> Site {
    let folder = TempDir::new().unwrap();
    let clock = TestClock::new();
    let user = |id: &str| json!({ "id": id, "attributes": { "userName": format!("{id}@acme.example") } });
    let users = ["owner", "ann", "bob", "cid"].map(user);
    let seed = json!({
        "format": "grantline.emulator/1", "tenant": "acme", "own": "owner",
        "users": users,
        "groups": [{ "id": "g1", "attributes": { "displayName": "Analysts",
                     "members": [{ "value": "ann" }, { "value": "bob" }, { "value": "cid" }] } }],
        "vendor": vendor,
    });
    let mut options = EmulatorOptions::new(folder.path().join("s.json"), Secret::new("t0ken".to_owned()));
    options.seed = Some(Seed::Text(seed.to_string()));
    options.rules = super::emulator::rules();
    options.clock = Arc::clone(&clock) as Arc<dyn Clock>;
    let watch = watch("segment", &mut options);
    let emulator = Emulator::start(options).unwrap();
    let files = vec![("access/a.yaml".to_owned(), yaml.as_bytes().to_vec())];
    let loaded = load_files(files, &Registry, clock.now());
    let vendor =
        loaded.workspace.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics)).vendors["segment"].clone();
    Site { emulator, vendor, clock, _watch: watch, _folder: folder }
}

impl Site {
    async fn read(&self) -> Snapshot {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let reader = reader(&self.vendor, self.emulator.endpoint().unwrap(), pace(clock)).unwrap();
        let settings = self.vendor.settings();
        let scope = Scope {
            vendor: settings.name.clone(),
            resources: settings.resources.values().cloned().collect(),
        };
        reader.read(&scope).await.unwrap()
    }

    async fn execute(&self, account: Option<&str>, action: Action) -> Result<Receipt, ConnectorError> {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let endpoint = || Ok(self.emulator.endpoint().unwrap());
        let writer = writer(&self.vendor, endpoint(), endpoint(), pace(clock)).unwrap();
        writer.execute(&change(account, action)).await
    }

    async fn to(&self, account: &str, to: &str) -> Result<Receipt, ConnectorError> {
        let [from, to] = ["member", to].map(level);
        self.execute(Some(account), Action::ChangeLevel { on: target("org", "org"), from, to }).await
    }

    fn permissions(&self, user: &str) -> Value {
        self.emulator.state()["vendor"]["permissions"][user].clone()
    }

    /// What was asked that may change something.
    fn writes(&self) -> Vec<String> {
        let entries = self.emulator.audit().entries();
        entries.iter().map(|entry| format!("{} {}", entry.method, entry.path)).collect()
    }

    fn members(&self) -> Value {
        self.emulator.state()["groups"][0]["attributes"]["members"].clone()
    }
}

fn target(name: &str, kind: &str) -> Target {
    let id = (kind == "group").then(|| Arc::from("g1"));
    Target { name: ResourceName::parse(name).unwrap(), kind: Arc::from(kind), id, display: None }
}

fn on(role: &str, kind: &str, id: &str) -> Value {
    json!({ "roleName": role, "resources": [{ "id": id, "type": kind }] })
}

/// Permissions without the ids of roles, which no test names.
fn shown(permissions: &Value) -> Vec<Value> {
    let mut shown = permissions.as_array().unwrap().clone();
    for one in shown.iter_mut().filter_map(Value::as_object_mut) {
        one.remove("roleId").unwrap();
    }
    shown
}

fn invite(email: &str) -> Action {
    let profile = Profile { login: Arc::from(email), name: None };
    Action::Invite { profile, external_id: Arc::from("grantline:new"), on: None }
}

#[tokio::test]
async fn people_levels_and_groups_are_read() {
    let site = site(json!({ "permissions": { "ann": [on("Workspace Member", "WORKSPACE", "ws-acme"),
                                                     on("Workspace Owner", "SOURCE", "s1")] } }));
    let snapshot = site.read().await;
    let [org, analysts, ghosts] = ["org", "analysts", "ghosts"].map(|name| snapshot.resources[name].clone());
    let ResourceReading::Read { holders, .. } = org else { panic!("{org:?}") };
    let held: Vec<String> = holders.iter().map(|(id, level)| format!("{id} {level}")).collect();
    assert_eq!(held, ["ann reader", "bob member", "cid member", "owner admin"]);
    let ResourceReading::Read { id, holders, .. } = analysts else { panic!("{analysts:?}") };
    assert_eq!((id.as_deref(), holders.len()), (Some("g1"), 3));
    assert_eq!(ghosts, ResourceReading::Missing);
    assert_eq!(snapshot.own, Some(AccountId::parse("owner").unwrap()));
}

#[tokio::test]
async fn one_group_under_two_names_is_not_changed() {
    let (before, _) = VENDOR.split_once("analysts:").unwrap();
    let snapshot = site_of(&format!("{before}{TWICE} }}\n"), json!({})).read().await;
    for name in ["analysts", "same"] {
        let ResourceReading::Unread { reason, open: false } = &snapshot.resources[name] else {
            panic!("{:?}", snapshot.resources[name])
        };
        assert!(reason.contains("analysts and same are one"), "{reason}");
    }
}

#[tokio::test]
async fn replacing_permissions_keeps_every_other_one() {
    let labelled = json!({ "roleName": "Workspace Member", "resources": [
        { "id": "ws-acme", "type": "WORKSPACE", "labels": [{ "key": "env", "value": "dev" }] }] });
    let before = [
        on("Source Admin", "SOURCE", "s1"),
        json!({ "roleName": "Workspace Member", "resources": [{ "id": "ws-acme", "type": "WORKSPACE" },
                                                              { "id": "s2", "type": "SOURCE" }] }),
        labelled.clone(),
    ];
    let site = site(json!({ "permissions": { "ann": before } }));
    site.to("ann", "admin").await.unwrap();
    let rest = [on("Source Admin", "SOURCE", "s1"), on("Workspace Member", "SOURCE", "s2"), labelled];
    let mut wanted = rest.to_vec();
    wanted.push(on("Workspace Owner", "WORKSPACE", "ws-acme"));
    assert_eq!(shown(&site.permissions("ann")), wanted);
    assert_eq!(site.writes(), ["PUT /users/ann/permissions"]);
    site.to("ann", "member").await.unwrap();
    assert_eq!(shown(&site.permissions("ann")), rest);
}

#[tokio::test]
async fn a_first_role_is_added_and_never_replaces() {
    let site = site(json!({ "permissions": { "ann": [on("Source Admin", "SOURCE", "s1")] } }));
    site.to("ann", "admin").await.unwrap();
    let again = site.to("ann", "admin").await.unwrap();
    assert_eq!(again.note.as_deref(), Some("The account was so already."));
    assert_eq!(site.writes(), ["POST /users/ann/permissions"]);
    assert_eq!(site.permissions("ann").as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_a_replacement_cannot_carry_is_not_replaced() {
    let mut labelled = on("Source Admin", "SOURCE", "s1");
    labelled["labels"] = json!([{ "key": "env", "value": "dev" }]);
    let held = [labelled, on("Workspace Member", "WORKSPACE", "ws-acme")];
    let site = site(json!({ "permissions": { "ann": held } }));
    let error = site.to("ann", "admin").await.unwrap_err();
    assert!(error.to_string().contains("labels of its own"), "{error}");
    assert_eq!(site.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_role_that_segment_does_not_have_is_refused() {
    let site = site(json!({ "roles": [{ "id": "r", "name": "Workspace Member" }] }));
    let error = site.to("ann", "admin").await.unwrap_err();
    assert!(error.to_string().contains("no role named \"Workspace Owner\""), "{error}");
}

#[tokio::test]
async fn removing_one_member_does_not_empty_the_group() {
    let site = site(json!({}));
    let revoke = Action::Revoke { on: target("analysts", "group"), from: level("member") };
    let error = site.execute(Some("bob"), revoke).await.unwrap_err();
    assert!(error.to_string().contains("people change groups"), "{error}");
    assert_eq!(site.writes(), Vec::<String>::new());
    site.execute(Some("bob"), Action::RemoveAccount).await.unwrap();
    assert_eq!(site.members(), json!([{ "value": "ann" }, { "value": "cid" }]));
    let again = site.execute(Some("bob"), Action::RemoveAccount).await.unwrap();
    assert_eq!(again.note.as_deref(), Some("The account was gone already."));
}

#[tokio::test]
async fn whoever_is_invited_is_pending_until_they_accept() {
    let site = site(json!({ "accepting": "nobody" }));
    let receipt = site.execute(None, invite("new@acme.example")).await.unwrap();
    let id = receipt.account.unwrap();
    let account = site.read().await.accounts[&id].clone();
    assert_eq!(account.state, AccountState::Invited(InvitationState::Pending));
    assert_eq!(&*account.login, "new@acme.example");
    let again = site.execute(None, invite("NEW@acme.example")).await.unwrap();
    assert_eq!((again.account.as_ref(), again.note.is_some()), (Some(&id), true));
    let error = site.to(id.as_str(), "admin").await.unwrap_err();
    assert!(error.to_string().contains("not accepted yet"), "{error}");
    site.execute(Some(id.as_str()), Action::CancelInvitation { on: None }).await.unwrap();
    assert!(!site.read().await.accounts.contains_key(&id));
}

#[tokio::test]
async fn whoever_accepts_at_once_has_an_account() {
    let site = site(json!({}));
    let receipt = site.execute(None, invite("new@acme.example")).await.unwrap();
    let account = site.read().await.accounts[&receipt.account.unwrap()].clone();
    assert_eq!((&*account.login, account.state), ("new@acme.example", AccountState::Active));
    let known = site.execute(None, invite("ann@acme.example")).await.unwrap();
    assert_eq!(known.account, AccountId::parse("ann").ok());
}

#[tokio::test]
async fn an_invitation_that_is_out_is_no_error_that_has_it_sent_again() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "POST" => Reply::json(200, &json!({ "data": { "emails": ["new@acme.example"] } })),
        _ => Reply::empty(429).header("retry-after", "900"),
    })
    .await;
    let clock = TestClock::new() as Arc<dyn Clock>;
    let endpoint = || Ok(server.endpoint(""));
    let writer = writer(&site(json!({})).vendor, endpoint(), endpoint(), pace(clock)).unwrap();
    let receipt = writer.execute(&change(None, invite("new@acme.example"))).await.unwrap();
    assert_eq!(receipt, Receipt::default());
}

#[tokio::test]
async fn the_sixty_first_change_of_a_minute_waits() {
    let site = site(json!({}));
    for _ in 0..31 {
        site.to("ann", "admin").await.unwrap();
        site.to("ann", "member").await.unwrap();
    }
    let refused = site.emulator.audit().entries().iter().filter(|entry| entry.status == 429).count();
    assert_eq!(refused, 1);
    assert!(!site.clock.waits().is_empty());
}
