//! No secret leaves: whatever a run prints, writes or panics with, its tokens are not in it.

use super::{NOW, Workbench};
use grantline::net::Secret;
use grantline::vendors::{Emulator, EmulatorOptions};
use std::path::Path;

const RIGHT: &str = "tok-7f3a91c2d5e8";
const WRONG: &str = "tok-0000bad11111";
const REVOKE: &str = "tok-99revoke8877";

fn bench(url: &str) -> Workbench {
    // Windows has no such command.
    let revoke = if cfg!(windows) { "{ env: CRM_REVOKE }" } else { "{ command: [printenv, CRM_REVOKE] }" };
    let vendors = format!(
        "vendors:\n  crm:\n    connector: scim\n    manage: authoritative\n    url: {url}\n    \
         token: {{ env: CRM_TOKEN }}\n    revoke_token: {revoke}\n    \
         identity: svc-grantline@acme.example\n    resources:\n      staff: {{ kind: group, name: Staff }}\n"
    );
    let mut bench = Workbench::of(&[
        ("workspace.yaml", "workspace: { name: acme }\n"),
        ("vendors.yaml", &vendors),
        ("users.yaml", "users:\n  jane:\n    email: jane@acme.example\n    grants: { crm/staff: member }\n"),
    ]);
    bench.set("CRM_REVOKE", REVOKE);
    bench.set("RUST_BACKTRACE", "full");
    bench
}

fn start(folder: &Path) -> Emulator {
    let mut options = EmulatorOptions::new(folder.join("state.json"), Secret::new(RIGHT.to_owned()));
    options.revoke_token = Some(Secret::new(REVOKE.to_owned()));
    Emulator::start(options).unwrap()
}

#[track_caller]
fn clean(what: &str, text: &str) {
    for token in [RIGHT, WRONG, REVOKE] {
        assert!(!text.contains(token), "{what} holds a token:\n{text}");
    }
}

fn run_clean(bench: &Workbench, arguments: &[&str]) {
    let ran = bench.run(arguments);
    clean(&format!("stdout of {arguments:?}"), &ran.stdout);
    clean(&format!("stderr of {arguments:?}"), &ran.stderr);
    assert!(!ran.stderr.contains("a fault of its own"), "{}", ran.stderr);
}

#[test]
fn no_output_of_any_run_holds_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    for token in [RIGHT, WRONG] {
        let mut bench = bench(&server.base_url());
        bench.set("CRM_TOKEN", token);
        for arguments in [
            &["validate", "-vv"][..],
            &["plan", "-vv", "--out", "plan.json"],
            &["plan", "-vv", "--format", "json", "--now", NOW],
            &["plan", "-vv", "--format", "markdown"],
            &["apply", "-vv", "--yes"],
            &["apply", "-vv", "plan.json"],
        ] {
            run_clean(&bench, arguments);
        }
        clean("the plan file", &bench.read("plan.json"));
    }
}

#[test]
fn a_credential_that_cannot_be_had_is_named_by_its_reference() {
    let bench = bench("http://127.0.0.1:9/scim");
    let ran = bench.run(&["plan"]).ends(3);
    assert!(ran.stdout.contains("CRM_TOKEN"), "{}", ran.stdout);
}

#[test]
fn a_literal_secret_in_a_file_is_refused_and_not_repeated() {
    let bench = bench("http://127.0.0.1:9/scim");
    bench.edit("access/vendors.yaml", "token: { env: CRM_TOKEN }", &format!("token: {WRONG}"));
    for arguments in [&["validate"][..], &["validate", "--format", "json"], &["plan", "-vv"]] {
        let ran = bench.run(arguments).ends(1);
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains("literal-secret"));
        clean("the refusal", &format!("{}{}", ran.stdout, ran.stderr));
    }
}
