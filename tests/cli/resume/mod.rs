//! Applies that something stops on the way, and what the next ones make of what they left behind.

mod journal;
mod killed;
mod stopped;
mod stream;
mod wire;

use super::{Ran, Workbench};
use crate::support::tenant::{Furniture, TOKEN, Tenant};
use grantline::net::SystemClock;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use wire::{Side, Wire};

const VENDORS: &str = "vendors:\n  crm:\n    connector: scim\n    manage: additive\n    url: URL\n    \
                       token: { env: CRM_TOKEN }\n    identity: none\n    settle: 0s\n    resources:\n      \
                       staff: { kind: group, name: Staff }\n";

const JANE: &str = "users:\n  jane: { email: jane@acme.example, grants: { crm/staff: member } }\n";

/// Two more, for whom there are four changes: two invitations, two grants.
const HIRED: &str = "  bob: { email: bob@acme.example, grants: { crm/staff: member } }\n  \
                     eve: { email: eve@acme.example, grants: { crm/staff: member } }\n";

/// Who applies.
const WHO: &str = "jane-on-call";

/// A vendor that has one user, a workspace that wants two more, and a wire between them.
struct Site {
    bench: Workbench,
    wire: Wire,
    tenant: Tenant,
    /// What had been noticed before anybody was hired.
    before: Vec<String>,
}

/// A running apply, which is killed when this is dropped.
struct Applying(Option<Child>);

impl Site {
    fn new() -> Self {
        let tenant = Tenant::start("scim", None, None, Furniture::default(), Arc::new(SystemClock));
        let origin = tenant.origin();
        let wire = Wire::to(origin.strip_prefix("http://").unwrap());
        let bench = workspace(&tenant, &wire.origin());
        bench.run(&["apply", "--yes"]).ends(0);
        bench.write("access/users.yaml", &format!("{JANE}{HIRED}"));
        let before = tenant.noticed();
        Self { bench, wire, tenant, before }
    }

    /// Somebody takes Jane's access away past this workspace.
    fn meddle(&self) {
        let elsewhere = workspace(&self.tenant, &self.tenant.origin());
        let over = JANE.replace("crm/staff: member", "crm/staff: { level: member, until: 2020-01-01 }");
        elsewhere.write("access/users.yaml", &over);
        let anyway = ["--override", "empty-reading", "--because", "it is so"];
        elsewhere.run(&[&["apply", "--yes"], &anyway[..]].concat()).ends(0);
    }

    fn start(&self, arguments: &[&str]) -> Applying {
        let mut command = self.bench.command(arguments);
        Applying(Some(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()))
    }

    /// An apply that is killed once its first changing request but so many is held there.
    fn killed(&self, side: Side, but_for: usize, arguments: &[&str]) {
        self.wire.hold(side, but_for);
        let applying = self.start(arguments);
        // Both invitations are under way at once; what follows one of them may be by itself.
        self.wire.wait(if but_for == 0 { 2 } else { 1 });
        drop(applying);
        self.wire.cut();
    }

    /// What the vendor noticed of the two, sorted.
    fn noticed(&self) -> Vec<String> {
        let mut noticed = self.tenant.noticed();
        for fact in &self.before {
            let at = noticed.iter().position(|one| one == fact).unwrap();
            noticed.remove(at);
        }
        noticed
    }

    /// Nothing is left to do, each effect came about once, and every journal has its end.
    #[track_caller]
    fn is_finished(&self) {
        self.bench.run(&["plan", "--detailed-exitcode"]).ends(0);
        let noticed = self.noticed();
        assert_eq!(noticed.len(), 4, "{noticed:#?}");
        assert!(noticed.windows(2).all(|pair| pair[0] != pair[1]), "{noticed:#?}");
        for journal in self.journals() {
            let text = fs::read_to_string(&journal).unwrap();
            assert!(text.lines().last().unwrap().contains("\"entry\":\"end\""), "{text}");
        }
    }

    /// The journals' files, the earliest first.
    fn journals(&self) -> Vec<PathBuf> {
        let listed = fs::read_dir(self.bench.path().join(".grantline/journal")).unwrap();
        let mut paths: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }

    /// The journal of the last apply.
    fn journal(&self) -> PathBuf {
        // Two of one second have names in no order: the open one is meant.
        let open = |path: &PathBuf| !fs::read_to_string(path).unwrap().contains("\"entry\":\"end\"");
        self.journals().into_iter().find(open).unwrap()
    }
}

impl Applying {
    fn id(&self) -> u32 {
        self.0.as_ref().unwrap().id()
    }

    /// What it gave, once it has ended by itself.
    fn ended(mut self) -> Ran {
        Ran::of(&self.0.take().unwrap().wait_with_output().unwrap())
    }
}

impl Drop for Applying {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A workspace with Jane alone, whose vendor is found there.
fn workspace(tenant: &Tenant, origin: &str) -> Workbench {
    let base = tenant.endpoint().base;
    let url = format!("{origin}{}", base.path());
    let mut bench = Workbench::of(&[
        ("workspace.yaml", "workspace: { name: acme }\n"),
        ("vendors.yaml", &VENDORS.replace("URL", &url)),
        ("users.yaml", JANE),
    ]);
    bench.set("CRM_TOKEN", TOKEN);
    bench.set("GITHUB_ACTOR", WHO);
    bench
}

/// The value's text under that name; `-` where it has none.
fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or("-")
}
