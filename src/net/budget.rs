//! What the pages of one list may come to. A server that sends more is broken or means harm, and must not fill the memory
//! of whoever reads it.

/// More pages than any directory has; a server that goes on is not answering the question.
pub(crate) const MAX_PAGES: usize = 20_000;

/// As long as a cursor may be; each travels back in a URL, and few servers read one of twice this length.
pub(crate) const LONGEST_CURSOR: usize = 4096;

/// What a list may still hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) bytes: usize,
    pub(crate) entries: usize,
}

impl Budget {
    /// Ten times the largest directories that are known to be read.
    pub(crate) const WHOLE: Self = Self { bytes: 512 << 20, entries: 1_000_000 };

    /// Pays for a part of the list.
    ///
    /// # Errors
    /// What is wrong with a list that large.
    pub(crate) fn pay(&mut self, bytes: usize, entries: usize) -> Result<(), &'static str> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or("they are larger than any directory")?;
        self.entries = self.entries.checked_sub(entries).ok_or("they hold more than any directory does")?;
        Ok(())
    }
}
