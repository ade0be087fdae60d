use super::*;
use std::net::TcpStream;

#[tokio::test]
async fn the_state_and_the_audit_log_outlive_the_server() {
    let site = Site::start();
    let id = site.user("jane").await;
    let Site { emulator, client, folder } = site;
    let before = emulator.state();
    emulator.stop();
    let audit = folder.path().join("state/crm.audit.jsonl");
    std::fs::write(&audit, std::fs::read_to_string(&audit).unwrap() + "\n{\"number\":2,\"at").unwrap();
    let site = Site { emulator: Emulator::start(options(&folder)).unwrap(), client, folder };
    assert_eq!(site.emulator.state(), before);
    assert_eq!(site.get(&format!("/Users/{id}")).await.0, 200);
    site.user("ravi").await;
    let numbers: Vec<u64> = site.emulator.audit().entries().iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [1, 2]);
    let Site { emulator, folder, .. } = site;
    drop(emulator);
    assert_eq!(Emulator::start(options(&folder)).unwrap().audit().entries().len(), 2);
}

#[test]
fn a_state_without_the_credentials_own_account_starts_again() {
    let folder = TempDir::new().unwrap();
    let emulator = Emulator::start(options(&folder)).unwrap();
    let own = emulator.state()["own"].as_str().unwrap().to_owned();
    assert_eq!(emulator.by_somebody_else("DELETE", &format!("Users/{own}"), &Value::Null), 204);
    drop(emulator);
    assert_eq!(Emulator::start(options(&folder)).unwrap().state()["own"], Value::Null);
}

#[tokio::test]
async fn a_stopped_server_leaves_its_port() {
    let site = Site::start();
    site.get("/Users").await;
    let address = site.emulator.address();
    assert!(TcpStream::connect(address).is_ok());
    drop(site.emulator);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn it_starts_without_a_runtime() {
    let folder = TempDir::new().unwrap();
    let emulator = Emulator::start(options(&folder)).unwrap();
    assert!(emulator.address().ip().is_loopback());
}

#[test]
fn two_servers_do_not_share_a_state() {
    let folder = TempDir::new().unwrap();
    let first = Emulator::start(options(&folder)).unwrap();
    assert!(matches!(Emulator::start(options(&folder)), Err(StartError::InUse { .. })));
    drop(first);
    assert!(Emulator::start(options(&folder)).is_ok());
}

#[test]
fn a_broken_state_is_named_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let options = options(&folder);
    let path = options.state.clone();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "{").unwrap();
    let error = Emulator::start(options).unwrap_err().to_string();
    assert!(error.contains("crm.json"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{");
}

#[cfg(unix)]
#[tokio::test]
async fn its_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::start();
    site.user("jane").await;
    let files: Vec<_> = std::fs::read_dir(site.folder.path().join("state")).unwrap().flatten().collect();
    assert_eq!(files.len(), 3);
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[tokio::test]
async fn a_seed_counts_only_while_there_is_no_state() {
    let folder = TempDir::new().unwrap();
    let seed = |name: &str| {
        let user = json!({ "attributes": { "userName": name } });
        let seed = json!({ "format": "grantline.emulator/1", "tenant": "acme", "users": [user] });
        Options { seed: Some(Seed::Text(seed.to_string())), ..options(&folder) }
    };
    drop(Emulator::start(seed("first")).unwrap());
    let site = Site { emulator: Emulator::start(seed("second")).unwrap(), client: client(), folder };
    assert_eq!(names(&site.get("/Users").await.1), ["first"]);
}

#[tokio::test]
async fn the_example_starts_and_holds_what_its_readme_tells() {
    let folder = TempDir::new().unwrap();
    let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme/crm.json");
    let emulator = Emulator::start(Options { seed: Some(Seed::File(example)), ..options(&folder) }).unwrap();
    let site = Site { emulator, client: client(), folder };
    assert_eq!(site.get("/Me").await.1["userName"], "svc-grantline@acme.example");
    let found = async |filter: &str| {
        let (_, page) = site.get(&format!("/Users?filter={filter}")).await;
        names(&page).join(" ")
    };
    assert_eq!(found("active+eq+false").await, "tom@acme.example");
    assert_eq!(found("displayName+eq+%22M.+Chen%22").await, "mia@acme.example");
    assert_eq!(found("userName+sw+%22nora%22").await, "");
    let (_, page) = site.get("/Groups").await;
    let groups = page["Resources"].as_array().unwrap();
    let held = |name: &str| groups.iter().filter(|group| group.to_string().contains(name)).count();
    assert_eq!((groups.len(), held("Carol Jones"), held("Quarterly")), (4, 2, 0));
}
