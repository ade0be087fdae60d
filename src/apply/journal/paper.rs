//! What a journal is written on.

use std::fs::File;
use std::io::{self, Write as _};

/// What a journal is written on: a file, or in a simulation something that fails like one.
///
/// All calls are synchronous. An apply may not go on before they return, and a kill between a call and its end is what
/// the journal is for, so that nothing is won by handing them to other threads.
pub trait Paper: Send {
    /// Adds bytes at the end.
    ///
    /// # Errors
    /// When not all of them could be added; some may have been.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns once everything added outlasts the machine's going down.
    ///
    /// # Errors
    /// When that is not certain.
    fn sync(&mut self) -> io::Result<()>;

    /// Takes everything after the first `length` bytes away.
    ///
    /// # Errors
    /// When it is still there.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// The file, opened for appending.
impl Paper for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}
