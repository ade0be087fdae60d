use super::*;
use crate::connector::pages::RowState;
use crate::connector::{ConnectorError, Reader, Scope};
use crate::domain::{
    Account, AccountId, AccountState, Email, Invitation, InvitationState, Level, Manage, Resource,
    ResourceName, ResourceReading, Snapshot, Span, VendorName,
};
use crate::net::Clock;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const NOW: &str = "2026-11-22T09:00:00Z";
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

struct Fixed;

#[async_trait]
impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        time(NOW)
    }

    async fn sleep(&self, _: Duration) {}
}

/// An API with one account, which reads none of the resources.
struct Api;

#[async_trait]
impl Reader for Api {
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError> {
        let account = |id: &str, emails: &[&str]| Account {
            id: AccountId::parse(id).unwrap(),
            login: Arc::from(id),
            emails: emails.iter().map(|email| address(email)).collect(),
            mail: None,
            name: None,
            external_id: None,
            state: AccountState::Active,
            invited: None,
        };
        let accounts = [
            account("1", &["ann@acme.example", "a@acme.example"]),
            account("2", &["shared@acme.example"]),
            account("3", &["shared@acme.example"]),
        ];
        let unread = |one: &Resource| {
            (one.name.clone(), ResourceReading::Unread { reason: Arc::from("no API"), open: true })
        };
        Ok(Snapshot {
            read_at: time(NOW),
            source: Arc::from("api"),
            accounts: accounts.into_iter().map(|account| (account.id.clone(), account)).collect(),
            broken: Vec::new(),
            resources: scope.resources.iter().map(unread).collect(),
            own: None,
            recorded: BTreeMap::new(),
            feeds: BTreeMap::new(),
            retired: BTreeMap::new(),
            similar: BTreeMap::new(),
            by_hand: BTreeMap::new(),
        })
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn address(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn id(text: &str) -> AccountId {
    AccountId::parse(text).unwrap()
}

fn name(text: &str) -> ResourceName {
    ResourceName::parse(text).unwrap()
}

fn member(account: &str, level: &str, state: RowState) -> Member {
    let level = Level::parse(level).unwrap();
    let since = (state != RowState::Active).then(|| time("2026-11-20T00:00:00Z"));
    Member { account: address(account), name: None, level, state, since }
}

fn snapshot(resource: &str, taken: &str, members: Vec<Member>) -> RecordedSnapshot {
    RecordedSnapshot {
        vendor: VendorName::parse("v").unwrap(),
        resource: name(resource),
        id: Some(Arc::from(resource)),
        taken: time(taken),
        recorded_by: Arc::from("Ann"),
        source: Source { kind: SourceKind::Csv, digest: "sha256:00".to_owned(), rows: members.len() },
        signed_in_as: Some(address("ann@acme.example")),
        note: None,
        members,
    }
}

struct World {
    folder: TempDir,
    resources: Vec<&'static str>,
}

impl World {
    fn of(resources: &[&'static str]) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), resources: resources.to_vec() }
    }

    fn save(&self, snapshot: &RecordedSnapshot) {
        store::save(self.folder.path(), snapshot).unwrap();
    }

    async fn read(&self, api: bool) -> Result<Snapshot, ConnectorError> {
        let resource = |at: &&str| Resource {
            name: name(at),
            kind: "project".into(),
            id: Some(Arc::from(*at)),
            display: None,
            manage: Manage::Authoritative,
            span: Span::default(),
        };
        let vendor = VendorName::parse("v").unwrap();
        let scope =
            Scope { vendor: vendor.clone(), resources: self.resources.iter().map(resource).collect() };
        let recordable: BTreeSet<ResourceName> = self.resources.iter().map(|at| name(at)).collect();
        let api: Option<Arc<dyn Reader>> = if api { Some(Arc::new(Api)) } else { None };
        let root = self.folder.path().to_path_buf();
        RecordedReader::new(root, vendor, api, recordable, WEEK, Arc::new(Fixed)).read(&scope).await
    }
}

fn reason(snapshot: &Snapshot, resource: &str) -> String {
    match &snapshot.resources[&name(resource)] {
        ResourceReading::Unread { reason, open: false } => reason.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn people_of_all_tables_are_accounts_and_invitations_are_offers() {
    let world = World::of(&["one", "two"]);
    let (ann, bob) = ("ann@acme.example", "bob@acme.example");
    let both = vec![member(ann, "owner", RowState::Active), member(bob, "member", RowState::Pending)];
    world.save(&snapshot("one", "2026-11-21T09:00:00Z", both));
    let two = vec![
        member("eve@acme.example", "Viewer", RowState::Declined),
        member(bob, "admin", RowState::Active),
    ];
    world.save(&snapshot("two", "2026-11-20T09:00:00Z", two));
    let read = world.read(false).await.unwrap();
    assert_eq!((read.read_at, &*read.source), (time("2026-11-20T09:00:00Z"), "recorded"));
    let states: Vec<_> = read.accounts.values().map(|account| (account.id.as_str(), account.state)).collect();
    let declined = AccountState::Invited(InvitationState::Declined);
    let expected = [(ann, AccountState::Active), (bob, AccountState::Active), ("eve@acme.example", declined)];
    assert_eq!(states, expected);
    let ResourceReading::Read { holders, offers, .. } = &read.resources[&name("one")] else { panic!() };
    assert_eq!(holders.keys().collect::<Vec<_>>(), [&id(ann)]);
    let since = Some(time("2026-11-20T00:00:00Z"));
    let level = Level::parse("member").unwrap();
    assert_eq!(offers[&id(bob)], Invitation { level, state: InvitationState::Pending, since });
    assert_eq!(read.own, Some(id(ann)));
    assert_eq!(&*read.recorded[&name("one")].file, "access/snapshots/v/one.json");
}

#[tokio::test]
async fn invariant_2_what_cannot_be_believed_is_unread_and_never_empty() {
    let world = World::of(&["good", "absent", "old", "edited", "broken", "moved", "future"]);
    let ann = || vec![member("ann@acme.example", "admin", RowState::Active)];
    for good in ["good", "edited", "broken", "moved"] {
        world.save(&snapshot(good, "2026-11-21T09:00:00Z", ann()));
    }
    world.save(&snapshot("old", "2026-11-15T08:59:59Z", ann()));
    world.save(&snapshot("future", "2026-11-22T09:00:01Z", ann()));
    world.save(&RecordedSnapshot { id: None, ..snapshot("moved", "2026-11-21T09:00:00Z", ann()) });
    let path = |resource: &str| world.folder.path().join(format!("access/snapshots/v/{resource}.json"));
    let text = std::fs::read_to_string(path("edited")).unwrap();
    std::fs::write(path("edited"), text.replace("admin", "owner")).unwrap();
    std::fs::write(path("broken"), "{").unwrap();
    let read = world.read(false).await.unwrap();
    assert!(matches!(read.resources[&name("good")], ResourceReading::Read { .. }));
    for (resource, why) in [
        ("absent", "Nobody has recorded"),
        ("old", "was taken at 2026-11-15T08:59:59Z, and `snapshot_max_age` allows 7 days"),
        ("edited", "was changed after it was recorded"),
        ("broken", "is no snapshot"),
        ("moved", "another `id:`"),
        ("future", "in the future"),
    ] {
        assert!(reason(&read, resource).contains(why), "{}", reason(&read, resource));
    }
    assert_eq!(read.recorded.keys().collect::<Vec<_>>(), [&name("good")]);
}

#[tokio::test]
async fn a_vendor_of_which_nothing_is_recorded_is_unreadable() {
    let error = World::of(&["one", "two"]).read(false).await.unwrap_err();
    assert!(
        matches!(&error, ConnectorError::Unrecorded { message } if message.contains("grantline snapshot v/one"))
    );
}

#[tokio::test]
async fn beside_an_api_a_row_is_the_account_with_its_address() {
    let world = World::of(&["one", "two", "none"]);
    let rows = vec![
        member("a@acme.example", "admin", RowState::Active),
        member("x@acme.example", "admin", RowState::Active),
    ];
    world.save(&snapshot("one", "2026-11-21T09:00:00Z", rows));
    world.save(&snapshot(
        "two",
        "2026-11-21T09:00:00Z",
        vec![member("shared@acme.example", "admin", RowState::Active)],
    ));
    let read = world.read(true).await.unwrap();
    let ResourceReading::Read { holders, .. } = &read.resources[&name("one")] else { panic!() };
    assert_eq!(holders.keys().collect::<Vec<_>>(), [&id("1"), &id("x@acme.example")]);
    assert!(!read.accounts.contains_key(&id("x@acme.example")));
    assert!(reason(&read, "two").contains("several accounts"));
    assert!(reason(&read, "none").contains("Nobody has recorded"));
    assert_eq!((&*read.source, read.own, read.recorded.len()), ("api+recorded", None, 1));
}

#[tokio::test]
async fn two_addresses_of_one_account_are_not_guessed_about() {
    let world = World::of(&["one"]);
    let rows = vec![
        member("a@acme.example", "admin", RowState::Active),
        member("ann@acme.example", "member", RowState::Active),
    ];
    world.save(&snapshot("one", "2026-11-21T09:00:00Z", rows));
    assert!(reason(&world.read(true).await.unwrap(), "one").contains("one account"));
}
