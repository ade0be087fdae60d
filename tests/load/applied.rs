//! A whole apply, from YAML to a journal that is closed.

use grantline::apply::hold::Holder;
use grantline::apply::journal::{FileJournal, Header};
use grantline::apply::{Conduct, Hands, Stop, apply};
use grantline::connector::Reader;
use grantline::domain::{DesiredRef, OutcomeStatus};
use grantline::guard::judge;
use grantline::net::{Clock, Pace, Secret, SystemClock};
use grantline::observe::{Quiet, READ_TIMEOUT, ToRead, observe, scope_of};
use grantline::reconcile::{Input, VendorInput, reconcile};
use grantline::resolve::resolve;
use grantline::vendors::scim::emulator::Behaviour;
use grantline::vendors::{self, Emulator, EmulatorOptions, Registry};
use grantline::workspace::{Workspace, load_files};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// How long an apply of so many invitations takes, its proof included, and how many requests were refused.
pub(crate) async fn invitations(count: usize, behaviour: Behaviour) -> (Duration, u64) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let folder = tempfile::tempdir().unwrap();
    let mut options =
        EmulatorOptions::new(folder.path().join("state.json"), Secret::new("tok-9f2c61d4".to_owned()));
    options.behaviour = Some(behaviour);
    // The server's own disk is not what is measured.
    options.in_memory = true;
    let emulator = Emulator::start(options).unwrap();
    let workspace = workspace(count, &*clock);
    let vendor = &workspace.vendors["v"];
    let (settings, spec) = (vendor.settings(), vendor.spec(&Registry).unwrap());
    let pace = Pace::new(Arc::clone(&clock), &spec.limits, 7);
    let endpoint = || emulator.endpoint().unwrap();
    let reader: Arc<dyn Reader> = Arc::from(vendors::reader(vendor, endpoint(), Arc::clone(&pace)).unwrap());
    let to_read = ToRead { scope: scope_of(&settings), reader: Ok(Arc::clone(&reader)) };
    let mut readings = observe(vec![to_read], READ_TIMEOUT, Arc::clone(&clock), Arc::new(Quiet)).await;
    let reading = readings.remove("v").unwrap();
    let input = Input {
        workspace: Arc::clone(&workspace.name),
        now: clock.now(),
        desired_ref: DesiredRef::default(),
        desired: resolve(&workspace, &Registry, workspace.today(clock.now())),
        vendors: vec![VendorInput { settings: settings.clone(), spec: spec.clone(), reading }],
        behind: Vec::new(),
        protected: workspace.guards.protected.clone(),
        min_admins: 1,
    };
    let approved = judge(reconcile(&input), &input.vendors, &input.desired, &workspace.guards, &[]);
    assert_eq!(approved.plan().changes.len(), count);
    let hands = Hands {
        writer: Ok(Arc::from(vendors::writer(vendor, Ok(endpoint()), Ok(endpoint()), pace).unwrap())),
        browser: None,
        reader,
        scope: scope_of(&settings),
        settle: spec.settle,
        batch: spec.limits.batch,
        width: spec.limits.side_by_side,
    };
    let holder = Holder {
        who: "load".to_owned(),
        host: "here".to_owned(),
        pid: std::process::id(),
        started: clock.now(),
        command: "test".to_owned(),
    };
    let header = Header::new(approved.plan(), "sha256:load", false, &holder);
    let journal = Arc::new(FileJournal::create(folder.path(), header, Arc::clone(&clock)).unwrap());
    let conduct = Conduct {
        clock: Arc::clone(&clock),
        progress: Arc::new(Quiet),
        journal: Arc::clone(&journal) as _,
        stop: Stop::default(),
        aside: BTreeMap::new(),
        credentials: BTreeMap::new(),
    };
    let begun = clock.elapsed();
    let run = apply(&approved, BTreeMap::from([(settings.name.clone(), hands)]), &conduct).await;
    let took = clock.elapsed() - begun;
    assert!(journal.close().unwrap(), "nothing is left open");
    assert!(run.outcomes.iter().all(|one| one.status == OutcomeStatus::Done));
    assert_eq!(emulator.audit().effects().len(), count, "each took effect once");
    (took, emulator.refusals())
}

fn workspace(users: usize, clock: &dyn Clock) -> Workspace {
    let mut yaml =
        "workspace: { name: acme }\nvendors: { v: { connector: scim, manage: authoritative, url: emulator, \
                    identity: svc@acme.example } }\nusers:\n"
            .to_owned();
    for at in 0..users {
        let _ = writeln!(yaml, "  u{at}: {{ email: u{at}@acme.example, grants: {{ v/org: member }} }}");
    }
    let files = vec![("access/all.yaml".to_owned(), yaml.into_bytes())];
    load_files(files, &Registry, clock.now()).workspace.unwrap()
}
