//! One vendor with many accounts, and more to ask of it than it answers at once.

use grantline::connector::{Catalogue, Configured, Limits, Scope, Writer};
use grantline::domain::{AccountId, Action, Change, ChangeId, Channel, Risk, VendorName};
use grantline::net::{Clock, Pace, Secret};
use grantline::vendors::scim::emulator::Behaviour;
use grantline::vendors::{self, Emulator, EmulatorOptions, Registry, Seed};
use grantline::workspace::{Vendor, load_files};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;

const YAML: &str =
    "workspace: { name: acme }\nvendors: { v: { connector: scim, manage: observe, url: emulator } }\n";

/// Changes under way together.
const TOGETHER: usize = 16;

pub(crate) struct Crowd {
    // Dropped before the folder that its state lies in.
    emulator: Emulator,
    _folder: TempDir,
    vendor: Vendor,
    pace: Arc<Pace>,
    ids: Vec<String>,
}

impl Crowd {
    /// A vendor with so many accounts, asked by one clock and answering by another.
    pub(crate) fn new(
        accounts: usize,
        behaviour: Behaviour,
        client: Arc<dyn Clock>,
        server: Arc<dyn Clock>,
    ) -> Self {
        let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        let ids: Vec<String> = (0..accounts).map(|at| format!("id-{at}")).collect();
        let mut options =
            EmulatorOptions::new(folder.path().join("state.json"), Secret::new("tok-9f2c61d4".to_owned()));
        options.seed = Some(Seed::Text(state(&ids).to_string()));
        options.behaviour = Some(behaviour);
        options.clock = server;
        let emulator = Emulator::start(options).unwrap();
        let files = vec![("access/all.yaml".to_owned(), YAML.as_bytes().to_vec())];
        let vendor =
            load_files(files, &Registry, Timestamp::UNIX_EPOCH).workspace.unwrap().vendors["v"].clone();
        let pace = Pace::new(client, &limits(), 7);
        Self { emulator, _folder: folder, vendor, pace, ids }
    }

    /// Requests that the vendor refused because there were too many.
    pub(crate) fn refusals(&self) -> u64 {
        self.emulator.refusals()
    }

    /// Carries so many changes out, several at once, each of them one request. Gives how long they took.
    pub(crate) async fn change(&self, changes: usize) -> Duration {
        let endpoint = || Ok(self.emulator.endpoint().unwrap());
        let writer = vendors::writer(&self.vendor, endpoint(), endpoint(), Arc::clone(&self.pace)).unwrap();
        let (writer, next): (Arc<dyn Writer>, _) = (Arc::from(writer), Arc::new(AtomicUsize::new(0)));
        // Whoever takes an account gives it back with its change made: never two at once on one, as in an apply.
        let free: VecDeque<(String, bool)> = self.ids.iter().map(|id| (id.clone(), true)).collect();
        let free = Arc::new(Mutex::new(free));
        let clock = self.pace.clock();
        let begun = clock.elapsed();
        let mut hands = JoinSet::new();
        for _ in 0..TOGETHER {
            let (writer, next, free) = (Arc::clone(&writer), Arc::clone(&next), Arc::clone(&free));
            hands.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= changes {
                        return;
                    }
                    let (id, active) = free.lock().unwrap().pop_front().unwrap();
                    writer.execute(&change(number, &id, active)).await.unwrap();
                    free.lock().unwrap().push_back((id, !active));
                }
            });
        }
        while let Some(hand) = hands.join_next().await {
            hand.unwrap();
        }
        assert_eq!(self.emulator.audit().effects().len(), changes, "each took effect once");
        clock.elapsed() - begun
    }

    /// Reads every account. Gives how many there are, and how long it took.
    pub(crate) async fn read(&self) -> (usize, Duration) {
        let endpoint = self.emulator.endpoint().unwrap();
        let reader = vendors::reader(&self.vendor, endpoint, Arc::clone(&self.pace)).unwrap();
        let begun = self.pace.clock().elapsed();
        let scope = Scope { vendor: self.vendor.name.clone(), resources: Vec::new() };
        let snapshot = reader.read(&scope).await.unwrap();
        (snapshot.accounts.len(), self.pace.clock().elapsed() - begun)
    }
}

/// What the connector declares that the vendor allows.
pub(crate) fn limits() -> Limits {
    Registry.spec("scim", &Configured::default()).unwrap().limits
}

fn state(ids: &[String]) -> Value {
    let user = |id: &String| {
        let login = format!("{id}@acme.example");
        json!({ "id": id, "attributes": {
            "userName": login, "displayName": "Jane Doe", "active": true,
            "name": { "givenName": "Jane", "familyName": "Doe" },
            "emails": [{ "value": login, "type": "work", "primary": true }],
        } })
    };
    json!({ "format": "grantline.emulator/1", "tenant": "acme", "users": ids.iter().map(user).collect::<Vec<_>>() })
}

/// Suspends an active account, and restores another: each change has an effect.
fn change(number: usize, id: &str, active: bool) -> Change {
    let vendor = VendorName::parse("v").unwrap();
    Change {
        id: ChangeId::new(&vendor, number + 1),
        vendor,
        user: None,
        user_name: None,
        account: None,
        account_id: Some(AccountId::parse(id).unwrap()),
        action: if active { Action::Suspend } else { Action::Restore },
        channel: Channel::Api,
        risk: Risk::Low,
        after: Vec::new(),
        waits: None,
        because: Vec::new(),
        reason: None,
        ticket: None,
    }
}
