//! What people say that they did, and what a page shows of it.

use super::block_on;
use super::projects::{lab, member, tenant, user, workspace};
use crate::support::desk::Desk;
use crate::support::lab::{Lab, Planned, line, spec, to_do};
use crate::support::person;
use grantline::apply::browser::{Session as _, Until};
use grantline::domain::{Reading, ResourceName, ResourceReading, Task, TaskId, TaskState, VendorName};
use grantline::observe::recorded::Material;
use grantline::record::tasks::{Event, Issued, Ledger, Reads, What, settle};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A lab with the ledger that `grantline tasks` keeps.
struct Book {
    lab: Lab,
    desk: Desk,
    ledger: Ledger,
}

impl Book {
    fn new(lab: Lab) -> Self {
        let desk = lab.desk().unwrap();
        let ledger = Ledger::open(&desk.root).unwrap();
        Self { lab, desk, ledger }
    }

    fn tasks(&self, planned: &Planned) -> Vec<Task> {
        let batches = person::tasks(planned.approved.plan(), &self.desk, &self.lab.workspace.sources);
        batches.into_iter().flat_map(|batch| batch.tasks).collect()
    }

    fn add(&mut self, task: &TaskId, what: What) {
        let event = Event { at: self.lab.clock().now(), task: task.clone(), what, by: "a tester".into() };
        self.ledger.append(vec![event]).unwrap();
    }

    /// Asks for a task of the plan, and lets a minute pass.
    async fn issue(&mut self, task: &Task) {
        let issued = Issued {
            kind: task.kind,
            vendor: task.vendor.clone(),
            resource: task.resource.clone(),
            resource_id: task.resource_id.clone(),
            code: task.code.clone(),
            account: task.account.clone(),
            from: task.from.clone(),
            to: task.to.clone(),
            title: task.title.clone(),
            due: task.due,
            detail: None,
            overrides: Vec::new(),
            plan: "sha256:0".to_owned(),
            commit: None,
        };
        self.add(&task.id, What::Issued(Box::new(issued)));
        self.lab.pass(MINUTE).await;
    }

    async fn tick(&mut self, task: &Task) {
        self.add(&task.id, What::Done { note: None });
        self.lab.pass(MINUTE).await;
    }

    /// How far the task has come by this plan and what it was made from.
    fn state(&mut self, task: &Task, planned: &Planned) -> TaskState {
        let ids: BTreeSet<TaskId> = self.tasks(planned).into_iter().map(|task| task.id).collect();
        let vendor = VendorName::parse("v").unwrap();
        let spec = spec(self.lab.vendor());
        let reads = Reads::of([(&vendor, &spec, &planned.reading)]);
        let events = settle(&self.ledger.entries(), &ids, &reads, self.lab.clock().now(), &"a tester".into());
        self.ledger.append(events).unwrap();
        self.ledger.entries()[&task.id].state
    }
}

/// One project with that many members beside its owner, of whom the first is to go.
fn crowd(members: usize, guards: &str) -> Lab {
    let name = |number: usize| format!("user-{number:02}");
    let live: Vec<Value> = std::iter::once(member("olga", "owner"))
        .chain((0..members).map(|number| member(&name(number), "member")))
        .collect();
    let staying: String = (1..members).map(|number| user(&name(number), &["site: member"])).collect();
    let users = user("olga", &["site: owner"]) + user(&name(0), &[]).as_str() + staying.as_str();
    lab(&tenant("olga", &[("site", &live)]), &workspace("runbook", guards, &["site"], &users))
}

#[test]
fn a_task_that_was_ticked_off_and_not_done_is_reopened_by_the_next_snapshot() {
    block_on(async {
        let mut book = Book::new(crowd(3, ""));
        let planned = book.lab.plan().await;
        let [task] =
            &book.tasks(&planned).into_iter().filter(|task| task.due.is_none()).collect::<Vec<_>>()[..]
        else {
            panic!("{:#?}", to_do(planned.approved.plan()))
        };
        book.issue(task).await;
        book.tick(task).await;
        let unseen = book.lab.plan_as_recorded().await;
        assert_eq!(book.state(task, &unseen), TaskState::Sent, "the snapshot is older than the tick");
        let seen = book.lab.plan().await;
        assert_eq!(book.state(task, &seen), TaskState::Reopened);

        book.tick(task).await;
        let change = &seen.approved.plan().changes[0];
        book.desk.carry_out(change).await.unwrap().unwrap();
        book.lab.pass(MINUTE).await;
        let seen = book.lab.plan().await;
        assert_eq!(book.state(task, &seen), TaskState::Done);
    });
}

#[test]
fn a_task_that_was_done_and_not_ticked_off_is_recognised_as_done() {
    block_on(async {
        let mut book = Book::new(crowd(3, ""));
        let planned = book.lab.plan().await;
        let task = book.tasks(&planned).into_iter().find(|task| task.due.is_none()).unwrap();
        book.issue(&task).await;
        book.desk.carry_out(&planned.approved.plan().changes[0]).await.unwrap().unwrap();
        book.lab.pass(MINUTE).await;
        let seen = book.lab.plan().await;
        assert_eq!(to_do(seen.approved.plan()), Vec::<String>::new());
        assert_eq!(book.state(&task, &seen), TaskState::Done);
    });
}

/// The members' table as somebody copies it.
async fn pasted(desk: &Desk) -> String {
    let mut session = desk.session();
    let origin = desk.tenant.origin();
    session.open(&format!("{origin}/projects/view/site/settings/team")).await.unwrap();
    let sight = session.look(&Until::Now).await.unwrap();
    let table = &sight.tables[0];
    let lines = std::iter::once(&table.header).chain(&table.rows);
    // The last column holds buttons, and is not copied.
    lines.map(|cells| cells[..5].join("\t") + "\n").collect()
}

#[test]
fn a_half_pasted_table_removes_nobody_and_proves_nothing() {
    block_on(async {
        let guards = "    snapshot_max_age: 7d\n";
        let mut book = Book::new(crowd(12, guards));
        book.desk.max_removals = grantline::workspace::MaxRemovals { percent: 10, at_least: 1 };
        let planned = book.lab.plan().await;
        let first = to_do(planned.approved.plan());
        assert_eq!(first, ["revoke user-00@acme.example site"]);
        let task = book.tasks(&planned).into_iter().find(|task| task.due.is_none()).unwrap();
        book.issue(&task).await;
        book.tick(&task).await;
        let whole = pasted(&book.desk).await;
        let resource = book.desk.settings.resources["site"].clone();
        let (mut refused, mut cuts) = (0, 0);
        for cut in (1..whole.len()).step_by(7).chain(lines(&whole)) {
            cuts += 1;
            let half = Material::Bytes(&whole.as_bytes()[..cut]);
            refused += usize::from(book.desk.keep(&resource, half).is_err());
            let planned = book.lab.plan_as_recorded().await;
            let removals = planned.approved.plan().changes.iter().filter(|change| change.action.is_removal());
            assert!(removals.map(line).all(|line| line == first[0]), "after {cut} of {} bytes", whole.len());
            let state = book.state(&task, &planned);
            assert!(state != TaskState::Done, "{state:?} after {cut} of {} bytes", whole.len());
            book.desk.record_one(&ResourceName::parse("site").unwrap()).await.unwrap();
        }
        assert!(refused * 10 > cuts * 8, "{refused} of {cuts} were refused");
    });
}

/// Where each line ends.
fn lines(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| *at < text.len())
}

#[test]
fn nothing_is_planned_on_a_snapshot_that_is_too_old() {
    block_on(async {
        let projects = ["new", "old"].map(|id| (id, [member("olga", "owner"), member("gone", "member")]));
        let projects: Vec<(&str, &[Value])> =
            projects.iter().map(|(id, members)| (*id, &members[..])).collect();
        let guards = "    snapshot_max_age: 3d\n";
        let users = user("olga", &["new: owner", "old: owner"]);
        let lab = lab(&tenant("olga", &projects), &workspace("runbook", guards, &["new", "old"], &users));
        let both = ["revoke gone@acme.example new", "revoke gone@acme.example old"];
        assert_eq!(to_do(lab.plan().await.approved.plan()), both);

        lab.pass(80 * 60 * MINUTE).await;
        let planned = lab.plan_as_recorded().await;
        assert_eq!(to_do(planned.approved.plan()), Vec::<String>::new());
        assert!(matches!(planned.reading, Reading::Unreadable(_)), "nothing of it is known");

        lab.desk().unwrap().record_one(&ResourceName::parse("new").unwrap()).await.unwrap();
        let planned = lab.plan_as_recorded().await;
        assert_eq!(to_do(planned.approved.plan()), both[..1]);
        let Reading::Complete(snapshot) = &planned.reading else { panic!("one of them is known") };
        let ResourceReading::Unread { reason, open } = &snapshot.resources["old"] else {
            panic!("it is old")
        };
        assert!(!open && reason.contains("allows 3 days") && reason.contains("snapshot_max_age"), "{reason}");
    });
}
