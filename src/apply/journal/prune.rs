//! Deletes the journals that nobody needs any more.

use super::read::{end, header, journals, read};
use jiff::Timestamp;
use std::fs;
use std::path::Path;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long an ended journal is kept, for whoever wants to know what happened.
const KEPT: Duration = DAY.saturating_mul(90);

/// How long one of a saved plan is kept: by it the plan is known to be used. No workspace takes a plan that is older than
/// 52 weeks, and each plan was made before its apply began, but for minutes that a clock may be off.
const KEPT_SAVED: Duration = DAY.saturating_mul(53 * 7);

/// Deletes the workspace's journals that ended long ago. One without an end, or that cannot be understood from its first
/// line to its last, stays. One that cannot be deleted harms nothing, and stays, too.
pub fn prune(root: &Path, now: Timestamp) {
    for path in journals(root).unwrap_or_default() {
        if is_over(&path, now) {
            let _ = fs::remove_file(&path);
        }
    }
}

fn is_over(path: &Path, now: Timestamp) -> bool {
    let Ok(Some(header)) = header(path) else { return false };
    let kept = if header.saved { KEPT_SAVED } else { KEPT };
    let age = Duration::try_from(now.duration_since(header.holder.started)).unwrap_or_default();
    // Only what is that old is read whole.
    age > kept && matches!(end(path), Ok(Some(_))) && matches!(read(path), Ok(None))
}

#[cfg(test)]
mod tests {
    use super::super::entry::{Entry, Header};
    use super::super::fixture::{at, holder, intent};
    use super::super::{FOLDER, used};
    use super::*;
    use crate::apply::fakes::{change, grant, plan};

    #[test]
    fn what_ended_long_ago_goes_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER);
        fs::create_dir_all(&folder).unwrap();
        let changes = [change(1, "jane", grant("main", "x"))];
        let keep = |name: &str, saved: bool, entries: &[Entry], more: &str| {
            let header = Header::new(&plan(changes.to_vec(), Vec::new()), "sha256:plan", saved, &holder());
            let lines = entries.iter().map(|entry| entry.line(at(1)).unwrap());
            let lines: Vec<u8> =
                [header.line().unwrap()].into_iter().chain(lines).collect::<Vec<_>>().concat();
            fs::write(folder.join(name), [&lines, more.as_bytes()].concat()).unwrap();
        };
        let end = || Entry::End { later: false };
        keep("ended.jsonl", false, &[end()], "");
        keep("saved.jsonl", true, &[end()], "");
        keep("open.jsonl", false, &[intent(&changes[0])], "");
        keep("torn.jsonl", false, &[end()], "{\"ev");
        keep("damaged.jsonl", false, &[end(), intent(&changes[0]), end()], "");
        fs::write(folder.join("strange.jsonl"), "{}\n").unwrap();
        let left = |days: u32| {
            prune(root.path(), at(0) + DAY * days);
            let mut left: Vec<String> = fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            left.sort();
            left
        };
        assert_eq!(left(90).len(), 6);
        let rest = ["damaged.jsonl", "open.jsonl", "saved.jsonl", "strange.jsonl", "torn.jsonl"];
        assert_eq!(left(91), rest);
        assert!(used_plan(root.path()), "a plan that some workspace still takes is known to be used");
        assert_eq!(left(52 * 7), rest);
        assert_eq!(left(4000), ["damaged.jsonl", "open.jsonl", "strange.jsonl", "torn.jsonl"]);
    }

    /// Whether the plan is known to be used, by the one journal that can be read.
    fn used_plan(root: &Path) -> bool {
        let alone = tempfile::tempdir().unwrap();
        fs::create_dir_all(alone.path().join(FOLDER)).unwrap();
        let name = format!("{FOLDER}/saved.jsonl");
        fs::copy(root.join(&name), alone.path().join(&name)).unwrap();
        used(alone.path(), "sha256:plan").unwrap().is_some()
    }
}
