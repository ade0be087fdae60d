//! What passes between a connector and its emulator, held against the API description that the vendor has published, so
//! that the two cannot agree on a fiction.
//!
//! The library's own tests compile this too: it knows methods, paths and bytes, and no type of the library.

mod document;
mod exchange;
mod query;
mod scalar;
mod schema;
#[cfg(test)]
mod tests;

use document::Description;
pub(crate) use exchange::Exchange;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A published description, and where it lies.
struct Published {
    connector: &'static str,
    file: &'static str,
    /// What stands before every path of the description.
    prefix: &'static str,
}

const PUBLISHED: [Published; 3] = [
    Published { connector: "okta", file: "okta-subset.json", prefix: "" },
    Published { connector: "entra", file: "graph-subset.json", prefix: "/v1.0" },
    Published { connector: "segment", file: "segment-subset.json", prefix: "" },
];

/// The descriptions that this process has read; nothing for one that is not there.
static READ: Mutex<BTreeMap<&'static str, Option<Arc<Description>>>> = Mutex::new(BTreeMap::new());

/// The description of a connector's vendor; none where none is published, and none, with a line that says so, where the
/// folder of descriptions is not there.
pub(crate) fn of(connector: &str) -> Option<Arc<Description>> {
    let published = PUBLISHED.iter().find(|one| one.connector == connector)?;
    let read = locked(&READ).entry(published.file).or_insert_with(|| read(published)).clone();
    if read.is_none() {
        println!("{connector}: not checked against {}, which is not in ../shared/specs.", published.file);
    }
    read
}

fn read(published: &Published) -> Option<Arc<Description>> {
    let text = std::fs::read_to_string(folder()?.join(published.file)).ok()?;
    let document = serde_json::from_str(&text);
    let document = document.unwrap_or_else(|error| panic!("{} is no JSON: {error}", published.file));
    Some(Arc::new(Description::new(document, published.prefix)))
}

/// The folder `shared/specs` beside the project, or beside the folder that it lies in.
fn folder() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).take(2);
    above.map(|folder| folder.join("shared/specs")).find(|folder| folder.is_dir())
}

/// Holds every exchange with one vendor against its description. What is wrong is kept, and fails the test that drops
/// this: a panic in a server's thread would fail nobody.
pub(crate) struct Watch {
    description: Arc<Description>,
    wrong: Mutex<Vec<String>>,
}

impl Watch {
    /// A watch over a connector's vendor; none where there is nothing to hold it against.
    pub(crate) fn over(connector: &str) -> Option<Arc<Self>> {
        of(connector).map(|description| Arc::new(Self { description, wrong: Mutex::default() }))
    }

    /// Looks at one request and its answer.
    pub(crate) fn see(&self, exchange: &Exchange<'_>) {
        let found = exchange.violations(&self.description);
        locked(&self.wrong).extend(found.iter().map(|what| format!("{exchange}: {what}")));
    }

    /// What was wrong so far, which is then forgotten.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.wrong))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let wrong = self.take();
        if wrong.is_empty() {
            return;
        }
        let text = format!("outside the published description:\n{}", wrong.join("\n"));
        // A second panic would end the process, and every other test with it.
        if std::thread::panicking() {
            println!("{text}");
        } else {
            panic!("{text}");
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
