//! Tables as Markdown writes them: a `|` before, between and after the cells.

use super::{Row, lines};

pub(super) fn rows(text: &str) -> Vec<Row> {
    lines(text).filter_map(|(line, text, _)| row(line, text.trim())).collect()
}

/// The row on a line; none for the rule below the header.
fn row(line: u32, text: &str) -> Option<Row> {
    let Some(inner) = text.strip_prefix('|') else {
        return Some(Row::new(line, vec![text.to_owned()], true));
    };
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in inner.chars() {
        let cell = cells.last_mut()?;
        match c {
            '\\' if !escaped => escaped = true,
            '|' if !escaped => cells.push(String::new()),
            c => {
                if escaped && c != '|' && c != '\\' {
                    cell.push('\\');
                }
                cell.push(c);
                escaped = false;
            }
        }
    }
    // What follows the last `|` is no cell; where something does, the row was cut off.
    let rest = cells.pop()?;
    let closed = rest.trim().is_empty() && !escaped && !cells.is_empty();
    if !closed {
        cells.push(rest);
    }
    let rule = |cell: &String| !cell.trim().is_empty() && cell.trim().chars().all(|c| matches!(c, '-' | ':'));
    (cells.is_empty() || !cells.iter().all(rule)).then(|| Row::new(line, cells, closed))
}
