use super::*;
use crate::domain::{
    Account, AccountId, AccountState, Manage, Resource, ResourceName, ResourceReading, Snapshot, Span,
};
use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::Mutex;

/// Follows tokio's paused time, so that waiting costs nothing and its order is certain.
struct PausedClock(tokio::time::Instant);

impl PausedClock {
    fn shared() -> Arc<dyn Clock> {
        Arc::new(Self(tokio::time::Instant::now()))
    }
}

#[async_trait]
impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

#[derive(Clone)]
enum Behaviour {
    Answers { after: u64 },
    Never,
    Panics,
    Fails(ConnectorError),
    LeavesOutAResource,
    MixesIdsUp,
}

struct Scripted(Behaviour);

#[async_trait]
impl Reader for Scripted {
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError> {
        let mut snapshot = whole(scope);
        match &self.0 {
            Behaviour::Answers { after } => tokio::time::sleep(Duration::from_secs(*after)).await,
            Behaviour::Never => std::future::pending().await,
            Behaviour::Panics => panic!("a scripted panic"),
            Behaviour::Fails(error) => return Err(error.clone()),
            Behaviour::LeavesOutAResource => snapshot.resources.clear(),
            Behaviour::MixesIdsUp => {
                let account = snapshot.accounts.pop_first().unwrap().1;
                snapshot.accounts.insert(AccountId::parse("other").unwrap(), account);
            }
        }
        Ok(snapshot)
    }
}

fn whole(scope: &Scope) -> Snapshot {
    let id = AccountId::parse("1").unwrap();
    let account = Account {
        id: id.clone(),
        login: "jane@acme.example".into(),
        emails: Vec::new(),
        mail: None,
        name: None,
        external_id: None,
        state: AccountState::Active,
        invited: None,
    };
    let read = |one: &Resource| (one.name.clone(), ResourceReading::Missing);
    Snapshot {
        read_at: Timestamp::UNIX_EPOCH,
        source: "api".into(),
        accounts: BTreeMap::from([(id, account)]),
        broken: Vec::new(),
        resources: scope.resources.iter().map(read).collect(),
        own: None,
        recorded: BTreeMap::new(),
        feeds: BTreeMap::new(),
        retired: BTreeMap::new(),
        similar: BTreeMap::new(),
        by_hand: BTreeMap::new(),
    }
}

fn scope(vendor: &str) -> Scope {
    let resource = Resource {
        name: ResourceName::org(),
        kind: "org".into(),
        id: None,
        display: None,
        manage: Manage::Authoritative,
        span: Span::default(),
    };
    Scope { vendor: VendorName::parse(vendor).unwrap(), resources: vec![resource] }
}

fn to_read(vendor: &str, behaviour: Behaviour) -> ToRead {
    ToRead { scope: scope(vendor), reader: Ok(Arc::new(Scripted(behaviour))) }
}

const TIMEOUT: Duration = Duration::from_secs(60);

async fn read(vendors: Vec<ToRead>) -> BTreeMap<String, Reading> {
    let readings = observe(vendors, TIMEOUT, PausedClock::shared(), Arc::new(Quiet)).await;
    readings.into_iter().map(|(vendor, reading)| (vendor.to_string(), reading)).collect()
}

fn reason(reading: &Reading) -> &str {
    match reading {
        Reading::Unreadable(why) => &why.reason,
        Reading::Complete(_) => panic!("complete"),
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_9_a_broken_vendor_does_not_keep_another_from_being_read() {
    let refused = ConnectorError::Refused { message: "No.".to_owned() };
    let readings = read(vec![
        to_read("fails", Behaviour::Fails(refused)),
        to_read("never", Behaviour::Never),
        to_read("panics", Behaviour::Panics),
        to_read("well", Behaviour::Answers { after: 5 }),
    ])
    .await;
    assert!(matches!(&readings["well"], Reading::Complete(snapshot) if snapshot.accounts.len() == 1));
    assert_eq!(reason(&readings["fails"]), "No.");
    assert_eq!(reason(&readings["never"]), "`never` was not read to its end within 60 seconds.");
    assert_eq!(reason(&readings["panics"]), "The connector of `panics` broke off while it read.");
}

#[tokio::test(start_paused = true)]
async fn vendors_are_read_side_by_side() {
    let before = tokio::time::Instant::now();
    let vendors = ["a", "b", "c"].map(|name| to_read(name, Behaviour::Answers { after: 50 }));
    assert_eq!(read(vendors.into()).await.len(), 3);
    assert_eq!(before.elapsed(), Duration::from_secs(50));
}

#[tokio::test(start_paused = true)]
async fn invariant_2_a_reading_without_a_declared_resource_is_unreadable() {
    let readings = read(vec![to_read("gap", Behaviour::LeavesOutAResource)]).await;
    assert!(reason(&readings["gap"]).contains("left out the declared resource `org`"));
    let readings = read(vec![to_read("mixed", Behaviour::MixesIdsUp)]).await;
    assert!(reason(&readings["mixed"]).contains("another account's id"));
}

#[tokio::test(start_paused = true)]
async fn a_missing_credential_is_an_unreadable_vendor_with_a_hint() {
    let error = ConnectorError::Unauthorised { message: "The variable HEAP is not set.".to_owned() };
    let readings = read(vec![ToRead { scope: scope("heap"), reader: Err(error) }]).await;
    let Reading::Unreadable(why) = &readings["heap"] else { panic!("complete") };
    assert_eq!(why.reason, "The variable HEAP is not set.");
    assert!(why.hint.as_ref().unwrap().contains("`token:` of `heap`"));
}

#[tokio::test(start_paused = true)]
async fn invariant_3_the_order_of_answers_leaves_no_trace() {
    let with = |first: u64, second: u64| async move {
        read(vec![
            to_read("a", Behaviour::Answers { after: first }),
            to_read("b", Behaviour::Answers { after: second }),
        ])
        .await
    };
    assert_eq!(with(1, 9).await, with(9, 1).await);
}

/// Notes the kinds of events.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn event(&self, event: &Event<'_>) {
        self.0.lock().unwrap().push(format!("{event:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_watches_hears_of_the_beginning_and_the_end() {
    let notes = Arc::new(Notes::default());
    let vendors = vec![to_read("a", Behaviour::Answers { after: 1 }), to_read("b", Behaviour::Never)];
    observe(vendors, TIMEOUT, PausedClock::shared(), Arc::clone(&notes) as Arc<dyn Progress>).await;
    let heard = notes.0.lock().unwrap().clone();
    assert_eq!(heard, [r#"Reading("a")"#, r#"Reading("b")"#, r#"Read("a", 1)"#, r#"Unreadable("b")"#]);
}
