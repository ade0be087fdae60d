//! What a copy of a page brings along beside the rows of its table: the words of buttons and choices, on lines of their
//! own, and what stands below the table.

use super::sheet::{Layout, Row, Sheet};
use crate::connector::pages::{Column, Table};

/// Whether the line holds nothing but words that the table and its buttons are known to show. A row that was cut off is
/// none where rows begin with a name or an address.
pub(super) fn is_known(row: &Row, sheet: &Sheet, table: &Table) -> bool {
    let [text] = &row.cells[..] else { return false };
    let begins = |column| sheet.places.get(&column) == Some(&0);
    let whole = row.closed || begins(Column::Email) || begins(Column::Name);
    whole && is_pasted(sheet.layout) && segments(&text.to_lowercase(), &vocabulary(table))
}

/// Whether the line can stand below the table: it has no cells, and holds no address but behind other words. A row that
/// was cut off in the middle has no line end; the text's last line is believed only once the table has ended.
pub(super) fn is_below(row: &Row, layout: Layout, ended: bool) -> bool {
    let [text] = &row.cells[..] else { return false };
    let first = text.split_whitespace().next().unwrap_or_default();
    is_pasted(layout) && (row.closed || ended) && !first.contains('@')
}

/// Exports have no lines but rows.
fn is_pasted(layout: Layout) -> bool {
    layout == Layout::Separated('\t')
}

fn vocabulary(table: &Table) -> Vec<String> {
    let levels = table.levels.values().flatten();
    let states = table.states.values().flatten();
    let heads = table.columns.values().flatten();
    let words = levels.chain(states).chain(heads).chain(&table.none).chain(&table.beside);
    words.map(|word| word.to_lowercase()).filter(|word| !word.is_empty()).collect()
}

/// Whether the text is a row of these words.
fn segments(text: &str, words: &[String]) -> bool {
    let text = text.trim();
    text.is_empty()
        || words.iter().any(|word| {
            let rest = text.strip_prefix(word.as_str());
            rest.is_some_and(|rest| (rest.is_empty() || rest.starts_with(' ')) && segments(rest, words))
        })
}
