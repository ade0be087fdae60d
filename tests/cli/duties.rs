//! Separate duties: credentials for reading, giving and taking, and an apply of one sort alone.

use super::{Ran, Workbench};
use grantline::net::Secret;
use grantline::vendors::{Emulator, EmulatorOptions};
use std::path::Path;

const TOKEN: &str = "tok-7f3a91c2d5e8";
const REVOKE: &str = "tok-99revoke8877";
const CLIENT_SECRET: &str = REVOKE;

fn start(folder: &Path) -> Emulator {
    let mut options = EmulatorOptions::new(folder.join("state.json"), Secret::new(TOKEN.to_owned()));
    options.revoke_token = Some(Secret::new(REVOKE.to_owned()));
    options.token_path = Some("/oauth/token");
    Emulator::start(options).unwrap()
}

/// A workspace whose credentials are these lines.
fn bench(url: &str, credentials: &str) -> Workbench {
    let vendors = format!(
        "vendors:\n  crm:\n    connector: scim\n    manage: authoritative\n    url: {url}\n{credentials}    \
         identity: svc-grantline@acme.example\n    resources:\n      staff: {{ kind: group, name: Staff }}\n"
    );
    let mut bench = Workbench::of(&[
        ("workspace.yaml", "workspace: { name: acme }\n"),
        ("vendors.yaml", &vendors),
        ("users.yaml", "users:\n  bob:\n    email: bob@acme.example\n    grants: { crm/staff: member }\n"),
    ]);
    bench.set("TOKEN", TOKEN);
    bench.set("REVOKE", REVOKE);
    bench
}

/// Bob goes and Jane comes.
fn swap(bench: &Workbench) {
    let users = "users:\n  bob:\n    email: bob@acme.example\n    departed: 2026-01-01\n  jane:\n    \
                 email: jane@acme.example\n    grants: { crm/staff: member }\n";
    bench.write("access/users.yaml", users);
}

/// `action status credential` of each outcome.
fn outcomes(ran: &Ran) -> Vec<String> {
    let run = ran.json();
    assert_eq!(run["format"], "grantline.run/1");
    let outcomes = run["outcomes"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    outcomes
        .map(|one| format!("{} {} {}", text(&one["action"]), text(&one["status"]), text(&one["credential"])))
        .collect()
}

/// Commands that note in the file `fetched` that they were run.
#[cfg(unix)]
fn noted() -> String {
    let line = |key: &str, variable: &str| {
        format!("    {key}: {{ command: [sh, -c, 'echo {key} >> fetched; printenv {variable}'] }}\n")
    };
    [line("token", "TOKEN"), line("grant_token", "TOKEN"), line("revoke_token", "REVOKE")].concat()
}

#[cfg(unix)]
fn fetched(bench: &Workbench) -> Vec<String> {
    let lines = bench.read("fetched").lines().map(str::to_owned).collect();
    bench.write("fetched", "");
    lines
}

#[cfg(unix)]
#[test]
fn one_sort_of_changes_is_carried_out_without_the_credential_for_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let bench = bench(&server.base_url(), &noted());
    let ran = bench.run(&["apply", "--yes", "--format", "json"]).ends(0);
    assert_eq!(outcomes(&ran), ["create-resource done grant", "invite done grant", "grant done grant"]);
    swap(&bench);
    fetched(&bench);

    bench.run(&["plan"]).ends(0);
    assert_eq!(fetched(&bench), ["token"]);
    let shown = bench.run(&["plan", "--only", "revoke", "--format", "json", "--out", "plan.json"]).ends(0);
    assert!(shown.stderr.contains("`grantline apply plan.json --only revoke`"), "{}", shown.stderr);
    let shown = shown.json();
    let changes = shown["changes"].as_array().unwrap().iter();
    let left: Vec<_> = changes
        .filter(|change| change["action"] != "remove-account" && change["action"] != "revoke")
        .map(|change| &change["id"])
        .collect();
    assert_eq!(shown["only"]["left"].as_array().unwrap().iter().collect::<Vec<_>>(), left);
    let saved: serde_json::Value = serde_json::from_str(&bench.read("plan.json")).unwrap();
    assert_eq!((saved.get("only"), &saved["changes"]), (None, &shown["changes"]), "the file holds it whole");
    bench.run(&["plan", "--only", "revoke", "--detailed-exitcode"]).ends(2);
    fetched(&bench);

    let ran = bench.run(&["apply", "--yes", "--only", "revoke", "--format", "json"]).ends(0);
    assert_eq!(fetched(&bench), ["token", "revoke_token"]);
    let told = outcomes(&ran);
    assert!(told.contains(&"remove-account done revoke".to_owned()), "{told:?}");
    assert!(told.contains(&"invite skipped -".to_owned()), "{told:?}");
    assert!(told.contains(&"grant skipped -".to_owned()), "{told:?}");
    assert!(ran.stdout.contains("`--only revoke` leaves that"), "{}", ran.stdout);
    let told: Vec<_> = ran.lines().into_iter().filter(|line| line["event"] == "outcome").collect();
    assert_eq!(told.iter().filter(|line| line["credential"] == "revoke").count(), 2, "{told:?}");
    let journals = std::fs::read_dir(bench.path().join(".grantline/journal")).unwrap();
    let newest = journals.map(|entry| entry.unwrap().path()).max().unwrap();
    assert!(std::fs::read_to_string(newest).unwrap().contains("\"credential\":\"revoke\""));
    let by = server.audit().entries().into_iter().rfind(|entry| entry.method == "DELETE").unwrap();
    assert_eq!(by.who, "revoke-token");

    let shown = bench.run(&["plan", "--only", "revoke", "--detailed-exitcode"]).ends(0).stdout;
    assert!(
        shown.contains("With `--only revoke`, 0 of 2 changes would be carried out. 2 are of the other sort"),
        "{shown}"
    );
    bench.run(&["plan", "--only", "grant", "--detailed-exitcode"]).ends(2);
    fetched(&bench);
    let ran = bench.run(&["apply", "--yes", "--only", "grant", "--format", "json"]).ends(0);
    assert_eq!(fetched(&bench), ["token", "grant_token"]);
    assert_eq!(outcomes(&ran), ["invite done grant", "grant done grant"]);
    let ran = bench.run(&["plan", "--detailed-exitcode"]).ends(0);
    assert!(!ran.stdout.contains("remove-account"), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn a_saved_plan_is_narrowed_too_and_what_is_left_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let bench = bench(&server.base_url(), &noted());
    bench.run(&["apply", "--yes"]).ends(0);
    swap(&bench);
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    fetched(&bench);
    let ran = bench.run(&["apply", "plan.json", "--only", "grant", "--format", "json"]).ends(0);
    assert_eq!(fetched(&bench), ["token", "grant_token"]);
    let told = outcomes(&ran);
    assert!(told.contains(&"remove-account skipped -".to_owned()), "{told:?}");
    assert!(told.contains(&"grant done grant".to_owned()), "{told:?}");
}

#[test]
fn a_lower_level_is_taken_with_the_credential_for_taking() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let credentials = "    token: { env: TOKEN }\n    revoke_token: { env: REVOKE }\n    \
                       roles: { viewer: Viewer, admin: Admin }\n";
    let bench = bench(&server.base_url(), credentials);
    let users = |level: &str| {
        format!(
            "users:\n  ann:\n    email: ann@acme.example\n    grants: {{ crm/org: admin }}\n  bob:\n    \
             email: bob@acme.example\n    grants: {{ crm/org: {level} }}\n"
        )
    };
    bench.write("access/users.yaml", &users("admin"));
    bench.run(&["apply", "--yes"]).ends(0);
    bench.write("access/users.yaml", &users("viewer"));
    let ran = bench.run(&["apply", "--yes", "--only", "grant", "--format", "json"]).ends(0);
    assert_eq!(outcomes(&ran), ["change-level skipped -"]);
    let ran = bench.run(&["apply", "--yes", "--only", "revoke", "--format", "json"]).ends(0);
    assert_eq!(outcomes(&ran), ["change-level done revoke"]);
    assert_eq!(server.audit().entries().last().unwrap().who, "revoke-token");
    bench.write("access/users.yaml", &users("admin"));
    let ran = bench.run(&["apply", "--yes", "--format", "json"]).ends(0);
    assert_eq!(outcomes(&ran), ["change-level done token"]);
}

#[test]
fn what_was_asked_for_and_not_done_counts() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let mut bench = bench(
        &server.base_url(),
        "    token: { env: TOKEN }\n    grant_token: { env: TOKEN }\n    revoke_token: { env: NOBODY }\n",
    );
    bench.run(&["apply", "--yes"]).ends(0);
    swap(&bench);
    let ran = bench.run(&["apply", "--yes", "--only", "revoke"]).ends(4);
    assert!(
        ran.stdout.contains("`revoke_token:` of crm: the environment variable NOBODY is not set"),
        "{}",
        ran.stdout
    );
    bench.run(&["apply", "--yes", "--only", "grant"]).ends(0);
    bench.set("NOBODY", REVOKE);
    bench.run(&["apply", "--yes", "--only", "revoke"]).ends(0);
    bench.run(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn an_oauth_client_is_given_tokens_and_none_is_ever_shown() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let client = |key: &str, variable: &str| {
        format!(
            "    {key}:\n      oauth:\n        client_id: grantline\n        client_secret: {{ env: {variable} }}\n        \
             token_url: {}/oauth/token\n        scopes: [scim.all]\n",
            server.origin()
        )
    };
    let bench =
        bench(&server.base_url(), &[client("token", "TOKEN"), client("revoke_token", "REVOKE")].concat());
    let clean = |ran: Ran| {
        let told = format!("{}{}", ran.stdout, ran.stderr);
        for secret in [TOKEN, CLIENT_SECRET, "issued-0"] {
            assert!(!told.contains(secret), "{told}");
        }
        told
    };
    clean(bench.run(&["validate", "-vv"]).ends(0));
    let told = clean(bench.run(&["plan", "-vv"]).ends(0));
    assert!(told.contains("POST 127.0.0.1/oauth/token 200"), "{told}");
    clean(bench.run(&["apply", "--yes", "-vv"]).ends(0));
    swap(&bench);
    let before = server.tokens_issued();
    let ran = bench.run(&["apply", "--yes", "-vv", "--format", "json"]).ends(0);
    assert!(outcomes(&ran).contains(&"remove-account done revoke".to_owned()));
    clean(ran);
    // One for reading and giving, and one for taking.
    assert_eq!(server.tokens_issued() - before, 2);
}

#[test]
fn a_refused_client_says_so_and_a_host_that_is_not_allowed_is_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let oauth = format!(
        "    token: {{ oauth: {{ client_id: grantline, client_secret: {{ env: WRONG }}, token_url: {}/oauth/token }} }}\n",
        server.origin()
    );
    let mut bench = bench(&server.base_url(), &oauth);
    bench.set("WRONG", "tok-0000bad11111");
    let ran = bench.run(&["plan"]).ends(3);
    assert!(ran.stdout.contains("invalid_client") && !ran.stdout.contains("0000bad"), "{}", ran.stdout);
    bench.edit("access/vendors.yaml", &format!("{}/oauth", server.origin()), "https://tokens.example/oauth");
    bench.set("GRANTLINE_ALLOWED_HOSTS", "127.0.0.1");
    let ran = bench.run(&["plan"]).ends(3);
    assert!(ran.stdout.contains("tokens.example is not among the hosts"), "{}", ran.stdout);
}
