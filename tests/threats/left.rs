//! What runs leave on a machine, and what a repository may have put in its place.

use crate::cli::Workbench;
use std::path::Path;

#[cfg(unix)]
fn open_to_others(folder: &Path, found: &mut Vec<String>) {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let about = entry.metadata().unwrap();
        if about.permissions().mode() & 0o077 != 0 {
            found.push(format!("{} {:o}", entry.path().display(), about.permissions().mode()));
        }
        if about.is_dir() {
            open_to_others(&entry.path(), found);
        }
    }
}

#[cfg(unix)]
#[test]
fn what_a_run_leaves_is_for_its_owner_alone() {
    let bench = Workbench::example();
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    bench.run(&["apply", "plan.json"]).ends(4);
    bench.write(
        "access/users.yaml",
        &bench.read("access/users.yaml").replace("roles: [it-admin]", "roles: []"),
    );
    bench.run(&["apply", "--yes"]);
    let mut found = Vec::new();
    open_to_others(&bench.path().join(".grantline"), &mut found);
    assert_eq!(found, Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_link_that_a_repository_put_in_its_place_is_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    let bench = Workbench::example();
    symlink(outside.path(), bench.path().join(".grantline")).unwrap();
    let said = bench.run(&["plan"]).ends(1);
    assert!(said.stderr.contains("symbolic link"), "{}", said.stderr);
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);

    let target = outside.path().join("profile");
    std::fs::write(&target, "as it was\n").unwrap();
    for file in ["crm.audit.jsonl", "crm.lock"] {
        let bench = Workbench::example();
        bench.write(".grantline/emulators/x", "");
        symlink(&target, bench.path().join(".grantline/emulators").join(file)).unwrap();
        bench.run(&["apply", "--yes", "--vendor", "crm"]);
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "as it was\n", "{file}");
    }
}

/// Commits everything.
fn commit(folder: &Path) {
    let repository = git2::Repository::init(folder).unwrap();
    let mut index = repository.index().unwrap();
    index.add_all(["*"], git2::IndexAddOption::FORCE, None).unwrap();
    index.write().unwrap();
}

#[test]
fn what_belongs_to_one_machine_is_not_taken_from_git() {
    for (folder, from) in [(".grantline", ""), (".Grantline", ""), ("acme/.grantline", "acme/")] {
        let bench = Workbench::empty();
        bench.write(&format!("{from}access/all.yaml"), "workspace: { name: acme }\n");
        let arguments = ["-C", if from.is_empty() { "." } else { from }, "plan"];
        commit(&bench.path());
        bench.run(&arguments).ends(0);
        bench.write(&format!("{folder}/journal/1.jsonl"), "{}\n");
        bench.run(&arguments).ends(0);
        commit(&bench.path());
        let said = bench.run(&arguments).ends(1);
        assert!(said.stderr.contains("`.grantline` is in git"), "{folder}: {}", said.stderr);
    }
}
