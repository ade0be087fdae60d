//! What the program wrote down: every line of every journal, read without the program's own code.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const FOLDER: &str = ".grantline/journal";

/// How a change ended where it was carried out, and where it was not.
const DONE: &str = "done";
const NOT_DONE: &str = "not-done";

/// One apply's journal.
struct Journal {
    name: String,
    /// Its whole lines.
    lines: Vec<Value>,
    /// Whether half a line stands behind them.
    torn: bool,
}

/// A change by what it does, apart from the plan that it stands in: its action, whose account it is about, and on what.
type Deed = [String; 3];

/// What all journals of a workspace come to.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Changes that ended as done, whichever apply found that out.
    pub(super) done: usize,
    /// Changes that a killed apply had left open, by what the next one found out about them.
    pub(super) found: BTreeMap<String, usize>,
    /// Changes that were about to be sent more than once, by action.
    pub(super) again: BTreeMap<String, usize>,
}

/// Checks that nothing is broken but the end of the one that was being written, and says whether that was torn.
pub(super) fn is_torn(root: &Path) -> bool {
    let torn: Vec<String> = journals(root).into_iter().filter(|one| one.torn).map(|one| one.name).collect();
    assert!(torn.len() <= 1, "only one was being written: {torn:?}");
    !torn.is_empty()
}

/// Checks that all are whole, that each has its end, and that each change which was about to be sent has one, too.
pub(super) fn written(root: &Path) -> Written {
    let mut written = Written::default();
    let mut deeds: BTreeMap<Deed, Vec<String>> = BTreeMap::new();
    for journal in journals(root) {
        // Killed before its first line was whole, an apply has sent nothing.
        let Some((header, entries)) = journal.lines.split_first() else { continue };
        let name = &journal.name;
        assert!(!journal.torn, "{name} was not mended");
        assert_eq!(header["format"], "grantline.journal/1", "{name}");
        let ends: Vec<usize> = (0..entries.len()).filter(|at| entries[*at]["entry"] == "end").collect();
        assert_eq!(ends, [entries.len() - 1], "{name} has one end, and it is the last line");
        for (deed, end) in journal.ends(&mut written.found) {
            deeds.entry(deed).or_default().push(end);
        }
    }
    for (deed, ends) in deeds {
        let done = ends.iter().filter(|end| *end == DONE).count();
        assert!(done <= 1, "{deed:?} is said to be done {done} times");
        written.done += done;
        let (last, earlier) = ends.split_last().unwrap();
        assert!(last == DONE && earlier.iter().all(|end| end == NOT_DONE), "{deed:?}: {ends:?}");
        if !earlier.is_empty() {
            *written.again.entry(deed[0].clone()).or_default() += 1;
        }
    }
    written
}

impl Written {
    pub(super) fn add(&mut self, other: Self) {
        self.done += other.done;
        for (word, times) in other.found {
            *self.found.entry(word).or_default() += times;
        }
        for (action, times) in other.again {
            *self.again.entry(action).or_default() += times;
        }
    }
}

impl Journal {
    fn read(path: &Path) -> Self {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(path).unwrap();
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        let parsed = |line: &str| {
            let value: Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error}: {line}"));
            assert!(value.is_object(), "{name}: {line}");
            value
        };
        let lines = text[..whole].lines().map(parsed).collect();
        Self { torn: whole < text.len(), lines, name }
    }

    /// How each change ended that was about to be sent. `found` counts those that only a later apply found out.
    fn ends(&self, found: &mut BTreeMap<String, usize>) -> Vec<(Deed, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut ends = Vec::new();
        for entry in self.lines.iter().filter(|entry| entry["entry"] == "intent") {
            let change = &entry["change"];
            let about = |what: &str| {
                let of = |other: &&Value| other["entry"] == what && other["change"] == change["id"];
                self.lines.iter().rfind(of)
            };
            let (outcome, recovered) = (about("outcome"), about("recovered"));
            let end = match (recovered, outcome) {
                (Some(recovered), _) => text(&recovered["found"]),
                (None, Some(outcome)) => text(&outcome["status"]),
                (None, None) => panic!("{}: nobody knows what became of {change}", self.name),
            };
            if recovered.is_some() {
                *found.entry(end.clone()).or_default() += 1;
            }
            let action = &change["action"];
            let (who, on) = (&change["account"], &action["on"]["name"]);
            ends.push(([word(action), text(who), text(on)], end));
        }
        ends
    }
}

/// What a change does. Somebody whose account is there by the next plan is no longer given a level and is moved to it.
fn word(action: &Value) -> String {
    match action["do"].as_str().unwrap_or_default() {
        "grant" | "change-level" => "grant or change-level".to_owned(),
        word => word.to_owned(),
    }
}

/// The journals, in the order of their beginnings.
fn journals(root: &Path) -> Vec<Journal> {
    let Ok(folder) = fs::read_dir(root.join(FOLDER)) else { return Vec::new() };
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    paths.sort();
    paths.iter().map(|path| Journal::read(path)).collect()
}
