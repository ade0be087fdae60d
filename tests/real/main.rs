//! The program against SCIM servers that nobody here wrote: from YAML to a changed server and back, by way of the
//! binary alone. And the library in a real browser, which is all that there is for a vendor without an API. `README.md`
//! beside this file says what the servers do; `tests/run` installs them and the browser.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where its world breaks")]
#![expect(clippy::print_stderr, reason = "a server that broke has its last words told beside the failure")]

#[cfg(feature = "browser")]
mod chromium;
#[cfg(feature = "browser")]
mod choices;
#[cfg(feature = "browser")]
mod clarity;
#[cfg(feature = "browser")]
mod clarity_changed;
#[cfg(feature = "browser")]
mod clarity_engagement;
#[cfg(feature = "browser")]
#[path = "../support/clock.rs"]
mod clock;
mod company;
mod directory;
#[cfg(feature = "browser")]
mod heap_pages;
mod program;
#[cfg(feature = "browser")]
mod rehearsal;
mod server;

use company::{Company, Size};
use directory::Directory;
use program::{Answer, Change, Program};
use server::Server;

const FIRST_RUN: [&str; 4] = ["--override", "empty-reading", "--because", "The server is new."];

/// One server with one company's workspace pointed at it.
struct Scene {
    company: Company,
    directory: Directory,
    program: Program,
    _server: Server,
}

impl Scene {
    fn new(server: Server, size: Size, offboarding: &'static str) -> Self {
        let directory = Directory::new(&server.url, &server.token);
        let program = Program::new(&server.token);
        let company = Company { size, offboarding, url: server.url.clone(), departed: None };
        program.write(&company.files());
        Self { company, directory, program, _server: server }
    }

    /// An empty server looks like one that lost its data: nothing happens until someone says why it may.
    fn a_first_run_needs_a_word(&self) {
        self.program.run(&["apply", "--yes"]).expect_code(3);
        assert_eq!((self.directory.total("Users"), self.directory.total("Groups")), (0, 0));
    }

    fn create(&self) -> Answer {
        self.program.run(&[&["apply", "--yes"], FIRST_RUN.as_slice()].concat())
    }

    fn is_converged(&self) {
        let plan = self.program.plan();
        assert_eq!(plan.changes, [], "a plan after a converged apply");
        assert_eq!((plan.state.as_str(), plan.code), ("complete", 0));
    }

    fn holds_the_company(&self) {
        let Size { users, groups } = self.company.size;
        assert_eq!((self.directory.total("Users"), self.directory.total("Groups")), (users, groups));
        for group in 0..groups {
            let members = self.directory.members(&Company::group_name(group));
            assert_eq!(members.len(), self.company.members(group).len(), "{}", Company::group_name(group));
        }
    }

    fn last_writes(&self) -> Vec<serde_json::Value> {
        let logins = (0..self.company.size.users).map(Company::login).collect::<Vec<_>>();
        let groups = (0..self.company.size.groups).map(Company::group_name).collect::<Vec<_>>();
        self.directory.writes(&logins, &groups)
    }

    /// Someone works past the program: each of four people is met by another sort of drift.
    fn drift(&self) -> Vec<Change> {
        let (removed, added, suspended, renamed) = (1, 2, 3, 4);
        let left = *self.company.groups_of(removed).first().unwrap();
        let joined =
            (0..self.company.size.groups).find(|group| !self.company.groups_of(added).contains(group));
        let joined = joined.unwrap();
        self.directory.edit_members(&Company::group_name(left), &Company::login(removed), false);
        self.directory.edit_members(&Company::group_name(joined), &Company::login(added), true);
        self.directory.edit_user(&Company::login(suspended), |user| user["active"] = false.into());
        self.directory.edit_user(&Company::login(renamed), |user| {
            user["displayName"] = "Someone Else".into();
            user["name"] = serde_json::json!({ "formatted": "Someone Else" });
        });
        let mut changes = vec![
            Change::new("grant", removed, Some(left)),
            Change::new("revoke", added, Some(joined)),
            Change::new("restore", suspended, None),
            Change::new("update-account", renamed, None),
        ];
        changes.sort();
        changes
    }

    fn drift_is_planned_exactly_and_converged(&self) {
        let drift = self.drift();
        let plan = self.program.plan();
        assert_eq!((plan.changes, plan.code), (drift, 2));
        self.program.run(&["apply", "--yes"]).expect_code(0);
        self.is_converged();
        self.holds_the_company();
        let (suspended, renamed) =
            (self.directory.user(&Company::login(3)), self.directory.user(&Company::login(4)));
        assert_eq!(suspended["active"], true);
        assert_eq!(renamed["displayName"], Company::display_name(4).as_str());
    }

    /// One person leaves: out of each group first, so that no server can keep a dangling member.
    fn a_departure_leaves_nothing_behind(&mut self) {
        let leaver = 5;
        let id = self.directory.user(&Company::login(leaver))["id"].clone();
        self.company.departed = Some(leaver);
        self.program.write(&self.company.files());
        let last = if self.company.offboarding == "delete" { "remove-account" } else { "suspend" };
        let mut expected = vec![Change::new(last, leaver, None)];
        expected
            .extend(self.company.groups_of(leaver).iter().map(|g| Change::new("revoke", leaver, Some(*g))));
        expected.sort();
        assert_eq!(self.program.plan().changes, expected);
        self.program.run(&["apply", "--yes"]).expect_code(0);
        self.is_converged();
        for group in self.company.groups_of(leaver) {
            assert!(!self.directory.members(&Company::group_name(group)).contains(&id));
        }
        match self.directory.find("Users", "userName", &Company::login(leaver)) {
            None => assert_eq!(self.company.offboarding, "delete"),
            Some(user) => assert_eq!((self.company.offboarding, &user["active"]), ("revoke", &false.into())),
        }
    }

    /// Nothing is concluded from a vendor that was not read whole, and that is no success either.
    fn stays_untouched(&self) {
        let plan = self.program.plan();
        assert_eq!((plan.state.as_str(), plan.changes), ("unreadable", vec![]));
        assert!(![0, 2].contains(&plan.code), "plan ended with {}", plan.code);
        let before = self.last_writes();
        let applied = self.program.run(&["apply", "--yes"]);
        assert!(![0, 2].contains(&applied.code), "\n{}", applied.everything());
        assert_eq!(self.last_writes(), before, "apply wrote to a vendor that was not read whole");
    }

    fn whole_life(self) {
        self.a_first_run_needs_a_word();
        self.create().expect_code(0);
        self.life_after_creation();
    }

    fn life_after_creation(mut self) {
        self.holds_the_company();
        self.is_converged();
        self.drift_is_planned_exactly_and_converged();
        self.a_departure_leaves_nothing_behind();
        self.program.expect_no_secret();
    }
}

const COMPANY: Size = Size { users: 300, groups: 40 };

#[test]
fn scim2_server() {
    Scene::new(Server::scim2(&[]), COMPANY, "delete").whole_life();
}

#[test]
fn scim2_server_that_pages_by_cursor_alone() {
    Scene::new(Server::scim2(&["--cursor-only"]), COMPANY, "delete").whole_life();
}

#[test]
fn scim2_server_without_patch() {
    Scene::new(Server::scim2(&["--no-patch"]), COMPANY, "revoke").whole_life();
}

/// A page past the end repeats page one, so a reader that asks for one too many sees everyone twice.
#[test]
fn scimmy_on_express_4() {
    Scene::new(Server::scimmy("express4"), COMPANY, "revoke").whole_life();
}

/// Whoever fits into the one page that this server ever sends can be read whole.
#[test]
fn scimmy_on_express_5_while_everyone_fits_one_page() {
    Scene::new(Server::scimmy("express5"), Size { users: 18, groups: 6 }, "delete").whole_life();
}

/// Every page is page one, so 280 of 300 people and half of the groups are never seen. Invariant 2: unread is not
/// absent. Whether the vendor is then read in some other way or is unreadable, nobody loses access.
#[test]
fn scimmy_on_express_5_that_ignores_paging() {
    let scene = Scene::new(Server::scimmy("express5"), COMPANY, "delete");
    let created = scene.create();
    scene.holds_the_company();
    let plan = scene.program.plan();
    if plan.state == "complete" {
        created.expect_code(0);
        return scene.life_after_creation();
    }
    created.expect_code(4);
    assert!(!scene.drift().is_empty());
    scene.stays_untouched();
    scene.program.expect_no_secret();
}
