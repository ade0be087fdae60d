//! Recorded snapshots: what a person or their browser saw on a vendor's page, where no request can ask.
//!
//! A table of members comes in as an export or as it was copied from the page (`table`), is judged against the last one
//! of its resource (`judge`), and is stored as a file that git keeps (`file`, `store`). [`RecordedReader`] reads those
//! files in place of an API, or beside one. Rows that are missing are what all of this looks out for: a half-pasted table
//! may lead to an invitation too many, and never to a removal or to the proof of one.

mod address;
mod announced;
mod beside;
mod bytes;
mod columns;
mod date;
mod doubt;
mod file;
mod judge;
mod overlay;
mod reader;
mod record;
mod refusal;
mod sheet;
mod store;
pub mod table;
#[cfg(test)]
mod tests;
mod whole;
mod whose;

pub use announced::total_on;
pub use bytes::MAX_BYTES;
pub use file::{Damage, FORMAT, RecordedSnapshot, Source, state_word};
pub use judge::{Access, Differences, differences};
pub use reader::{RecordedReader, recordable};
pub use record::{Material, Provenance, RecordError, Stored, Subject, record};
pub use refusal::{Problem, Refusal};
pub use store::{LoadError, file_of, load};
pub use table::{Member, Parsed, SourceKind};
