use super::*;
use crate::apply::fakes::conduct;

fn holder(who: &str) -> Holder {
    Holder {
        who: who.to_owned(),
        host: "here".to_owned(),
        pid: 7,
        started: Timestamp::UNIX_EPOCH,
        command: "grantline apply".to_owned(),
    }
}

#[test]
fn one_has_it_and_the_other_is_told_who() {
    let root = tempfile::tempdir().unwrap();
    let held = Hold::take(root.path(), &holder("jane")).unwrap();
    assert_eq!(held.left_by(), None);
    let told = Hold::take(root.path(), &holder("bob")).unwrap_err().to_string();
    for part in ["jane on here", "process 7", "1970-01-01T00:00:00Z", "`grantline apply`", "--lock-timeout"] {
        assert!(told.contains(part), "{told}");
    }
    drop(held);
    assert_eq!(Hold::take(root.path(), &holder("bob")).unwrap().left_by(), None);
}

#[test]
fn whoever_did_not_give_it_back_is_named_and_keeps_nobody_out() {
    let root = tempfile::tempdir().unwrap();
    drop(Hold::take(root.path(), &holder("bob")).unwrap());
    let text = serde_json::to_string(&holder("jane")).unwrap();
    std::fs::write(root.path().join(FILE), text + "\n").unwrap();
    let held = Hold::take(root.path(), &holder("bob")).unwrap();
    assert_eq!(held.left_by(), Some(&holder("jane")));
    assert!(
        matches!(Hold::take(root.path(), &holder("x")), Err(HoldError::Taken(Some(who))) if who.who == "bob")
    );
}

#[test]
fn what_the_file_says_steers_nothing() {
    let root = tempfile::tempdir().unwrap();
    let held = Hold::take(root.path(), &holder("jane")).unwrap();
    let path = root.path().join(FILE);
    let evil = Holder { who: format!("\u{1b}[2J\n{}", "x".repeat(3000)), ..holder("") };
    std::fs::write(&path, serde_json::to_string(&evil).unwrap()).unwrap();
    let told = Hold::take(root.path(), &holder("bob")).unwrap_err().to_string();
    assert!(told.len() < 500 && !told.contains(['\u{1b}', '\n']), "{told}");
    for rubbish in [&b"\xff\xfe"[..], b"{}", b"", &b"x".repeat(100_000)] {
        std::fs::write(&path, rubbish).unwrap();
        assert!(matches!(Hold::take(root.path(), &holder("bob")), Err(HoldError::Taken(None))));
    }
    drop(held);
}

#[cfg(unix)]
#[test]
fn the_file_is_private_and_a_link_is_none() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    drop(Hold::take(root.path(), &holder("jane")).unwrap());
    let path = root.path().join(FILE);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::remove_file(&path).unwrap();
    let elsewhere = root.path().join("elsewhere");
    std::fs::write(&elsewhere, "keep").unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    assert!(matches!(Hold::take(root.path(), &holder("jane")), Err(HoldError::File { .. })));
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "keep");
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_when_it_is_given_back_or_the_time_is_over() {
    let root = tempfile::tempdir().unwrap();
    let clock = conduct().clock;
    let held = Hold::take(root.path(), &holder("jane")).unwrap();
    let wait = |seconds| {
        let (root, clock) = (root.path().to_path_buf(), std::sync::Arc::clone(&clock));
        async move { Hold::wait(&root, &holder("bob"), Duration::from_secs(seconds), &*clock).await }
    };
    let begun = clock.now();
    assert!(matches!(wait(10).await, Err(HoldError::Taken(Some(_)))));
    assert_eq!(clock.now().duration_since(begun).as_secs(), 10);
    assert!(wait(0).await.is_err());
    let (got, ()) = tokio::join!(wait(10), async {
        clock.sleep(Duration::from_millis(2500)).await;
        drop(held);
    });
    assert!(got.is_ok());
    assert_eq!(clock.now().duration_since(begun).as_secs(), 13);
}
