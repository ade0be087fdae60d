//! What a pull request's files ask for, and what whoever runs the program lets them have.

use super::{Stranger, reply};
use crate::cli::Workbench;
use std::path::Path;

const TOKEN: &str = "tok-51f0ab93cd77";

/// A workspace whose one vendor is at this URL, with this reference to a credential.
fn asking(url: &str, token: &str) -> Workbench {
    let vendors = format!(
        "vendors:\n  crm:\n    connector: scim\n    manage: authoritative\n    url: {url}\n    token: {token}\n    \
         identity: svc@crm.example\n    resources:\n      staff: {{ kind: group, name: Staff }}\n"
    );
    let mut bench = Workbench::of(&[
        ("workspace.yaml", "workspace: { name: acme }\n"),
        ("vendors.yaml", &vendors),
        ("users.yaml", "users:\n  jane:\n    email: jane@acme.example\n    grants: { crm/staff: member }\n"),
    ]);
    bench.set("CRM_TOKEN", TOKEN);
    bench
}

fn stranger() -> Stranger {
    Stranger::start(|_| reply("404 Not Found", &[], b""))
}

#[cfg(unix)]
const COMMAND: &str = "{ command: [touch, ran] }";

#[cfg(unix)]
#[test]
fn no_command_of_a_file_runs_where_commands_are_not_allowed() {
    let stranger = stranger();
    let mut bench = asking(&stranger.url(), COMMAND);
    let ran = |bench: &Workbench| bench.path().join("ran").exists();
    bench.set("GRANTLINE_NO_COMMANDS", "1");
    for arguments in [&["plan"][..], &["apply", "--yes"]] {
        let said = bench.run(arguments).ends(3);
        assert!(said.stdout.contains("GRANTLINE_NO_COMMANDS is set"), "{}", said.stdout);
        assert!(!ran(&bench) && stranger.connections() == 0, "{arguments:?}");
    }
    bench.set("GRANTLINE_NO_COMMANDS", "");
    bench.run(&["plan"]).ends(3);
    assert!(ran(&bench), "the command would have been run");
}

#[cfg(unix)]
#[test]
fn validate_runs_no_command_and_asks_no_server() {
    let stranger = stranger();
    let bench = asking(&stranger.url(), COMMAND);
    bench.run(&["validate"]).ends(0);
    assert!(!bench.path().join("ran").exists() && stranger.connections() == 0);
}

#[test]
fn no_credential_goes_to_a_host_that_is_not_listed() {
    let stranger = stranger();
    let mut bench = asking(&stranger.url(), "{ env: CRM_TOKEN }");
    for list in ["scim.crm.example", ""] {
        bench.set("GRANTLINE_ALLOWED_HOSTS", list);
        for arguments in [&["plan"][..], &["apply", "--yes"]] {
            let said = bench.run(arguments).ends(3);
            assert!(said.stdout.contains("127.0.0.1 is not among the hosts"), "{}", said.stdout);
            assert_eq!(stranger.connections(), 0);
        }
    }
    bench.set("GRANTLINE_ALLOWED_HOSTS", "scim.crm.example, 127.0.0.1");
    bench.run(&["plan"]).ends(3);
    assert!(stranger.heads()[0].contains(TOKEN), "a listed host is asked");
}

#[cfg(unix)]
#[test]
fn no_credential_is_fetched_for_a_host_that_is_not_listed() {
    let mut bench = asking("https://elsewhere.example/scim", COMMAND);
    bench.set("GRANTLINE_ALLOWED_HOSTS", "scim.crm.example");
    bench.run(&["plan"]).ends(3);
    assert!(!bench.path().join("ran").exists());
}

#[test]
fn nobody_signs_in_at_a_host_that_is_not_listed() {
    let mut bench = Workbench::of(&[(
        "all.yaml",
        "workspace: { name: acme }\nvendors:\n  clarity:\n    connector: clarity\n    manage: observe\n    \
         pages: { url: https://clarity.elsewhere.example }\n    resources:\n      shop: { kind: project, id: k3j9x2 }\n",
    )]);
    bench.set("GRANTLINE_ALLOWED_HOSTS", "clarity.microsoft.com");
    let said = bench.run(&["snapshot", "clarity/shop", "--browser", "--by", "ann"]).ends(1);
    assert!(said.stderr.contains("clarity.elsewhere.example is not among"), "{}", said.stderr);
}

/// A workspace with an embedded vendor that starts from that file.
fn seeded(seed: &str) -> Workbench {
    let vendors = format!(
        "vendors:\n  crm:\n    connector: scim\n    manage: observe\n    url: emulator\n    emulator: {{ seed: \"{seed}\" }}\n    \
         resources:\n      staff: {{ kind: group, name: Staff }}\n"
    );
    Workbench::of(&[("workspace.yaml", "workspace: { name: acme }\n"), ("vendors.yaml", &vendors)])
}

#[test]
fn a_path_that_leaves_the_workspace_is_refused() {
    for path in
        ["/etc/passwd", "../seed.json", "a/../../seed.json", "C:/seed.json", "a//b", "..\\\\seed.json"]
    {
        let said = seeded(path).run(&["validate"]).ends(1);
        assert!(said.stderr.contains("is not inside the workspace"), "{path}: {}", said.stderr);
    }
    seeded("seeds/crm.json").run(&["validate"]).ends(0);
}

#[cfg(unix)]
#[test]
fn a_seed_that_is_a_link_out_of_the_workspace_is_not_read() {
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("config.json");
    std::fs::write(&file, "{ \"auths-of-a-person\": {} }").unwrap();
    let bench = seeded("seed.json");
    std::os::unix::fs::symlink(&file, bench.path().join("seed.json")).unwrap();
    let said = bench.run(&["plan"]).ends(1);
    assert!(said.stderr.contains("leads out of the workspace"), "{}", said.stderr);
    assert!(!said.stderr.contains("auths-of-a-person"), "{}", said.stderr);
}

/// The lines of a job of the workflow that the README tells people to copy.
fn job(name: &str) -> String {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(home.join(".github/workflows/access.yml")).unwrap();
    let jobs = text.split("\njobs:\n").nth(1).unwrap();
    let from = jobs.split(&format!("  {name}:\n")).nth(1).unwrap();
    let lines = from.lines().take_while(|line| line.starts_with("    ") || line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_workflow_gives_a_pull_request_no_commands_no_hosts_and_nothing_to_write_with() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.github/workflows/access.yml"));
    // That event runs with the repository's own secrets on the files of anybody's fork.
    assert!(!text.unwrap().contains("pull_request_target"));
    let plan = job("plan");
    for part in [
        "GRANTLINE_NO_COMMANDS: \"1\"",
        "GRANTLINE_ALLOWED_HOSTS: \"\"",
        "github.event.pull_request.head.repo.full_name == github.repository",
        "environment: access-plan",
        "permissions:\n      contents: read\n    ",
        "echo \"::stop-commands::$stop\"",
    ] {
        assert!(plan.contains(part), "no {part:?} in\n{plan}");
    }
    for name in ["validate", "comment"] {
        assert!(!job(name).contains("secrets."), "{name}");
    }
    // The one that may write runs nothing of the pull request's.
    assert!(!job("comment").contains("actions/checkout"));
    assert!(job("apply").contains("if: github.event_name == 'push'"));
}
