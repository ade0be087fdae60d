//! Cells with one character between them, some of them quoted.

use super::super::refusal::Problem;
use super::Row;
use csv::{ReaderBuilder, StringRecord};

/// What is put after the text, to see whether a quote is open at its end. No text that is read holds a NUL.
const END: &str = "\0";

const OPEN: &str = "The table was cut off there, or a cell begins with a quote that belongs to a name. Copy it again \
                    whole, or export it as CSV.";

pub(super) fn rows(text: &str, separator: char, problems: &mut Vec<Problem>) -> Vec<Row> {
    let guarded = format!("{text}\n{END}\n");
    let mut reader = ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .from_reader(guarded.as_bytes());
    let mut rows = Vec::new();
    let mut lines = Lines { text: &guarded, at: 0, line: 1 };
    let mut record = StringRecord::new();
    // The input is text in memory: neither reading nor decoding it can fail.
    while reader.read_record(&mut record).unwrap_or(false) {
        let line = lines.of(&record);
        if record.get(0) == Some(END) && record.len() == 1 {
            break;
        }
        if record.iter().any(|cell| cell.contains(END)) {
            let detail = "A quote is opened here and never closed.";
            problems.push(Problem::whole("open-quote", detail, OPEN).line(line));
            break;
        }
        if let Some(at) = record.iter().position(|cell| swallows(cell, separator)) {
            let detail = "A quoted cell runs over the end of its line and swallows cells of the next.";
            problems.push(Problem::whole("open-quote", detail, OPEN).line(line).cell(at));
        }
        rows.push(Row::new(line, record.iter().map(str::to_owned).collect(), true));
    }
    if !text.ends_with('\n')
        && let Some(last) = rows.last_mut()
    {
        last.closed = false;
    }
    rows
}

/// Whether a cell holds what belongs to several rows. A quote that runs from one row into the next takes an address
/// with it, or leaves one behind the last heading. A page's own cells hold no tabs.
fn swallows(cell: &str, separator: char) -> bool {
    cell.contains('\n') && (cell.contains('@') || (separator == '\t' && cell.contains('\t')))
}

/// Finds the lines that records begin on. The reader's own positions are those of the blank lines before a record.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, record: &StringRecord) -> u32 {
        let byte = record.position().map_or(0, csv::Position::byte);
        let mut start = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        start += rest.iter().take_while(|byte| **byte == b'\n').count();
        let passed = self.text.as_bytes().get(self.at..start).unwrap_or_default();
        let ends = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        self.at = self.at.max(start);
        self.line
    }
}
