//! One file's YAML as a compact tree with places: an arena in document order whose scalars are slices of the
//! file wherever the file spells them out.

use crate::domain::{FileId, Span};

/// The tree of one file; empty for a file without content.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    /// Scalars that the file does not spell out, such as those with escapes.
    pub(super) extra: String,
    pub(super) cells: Vec<Cell>,
}

/// What a cell of the arena is. A collection's content follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A scalar that is text whatever it looks like.
    Quoted,
    /// A scalar whose look decides what it is.
    Plain,
    Sequence,
    Mapping,
    /// A reference to an earlier cell.
    Alias,
}

/// One node. `a` and `b` are, for a scalar, its start and length in bytes; for a collection, `b` is the cell
/// after its content; for an alias, `a` is the cell it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) line: u32,
    pub(super) column: u32,
    /// The length in characters over all its lines.
    pub(super) chars: u32,
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) kind: Kind,
    pub(super) in_extra: bool,
}

/// A place in a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    tree: &'a Tree<'a>,
    at: u32,
}

/// What a node holds, aliases followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Null,
    Flag(bool),
    /// Any number, as written.
    Number(&'a str),
    Text(&'a str),
    Sequence,
    Mapping,
}

impl<'a> Tree<'a> {
    pub(super) fn root(&'a self) -> Option<Node<'a>> {
        (!self.cells.is_empty()).then_some(Node { tree: self, at: 0 })
    }

    /// Every mapping of the tree, in document order.
    pub(super) fn mappings(&'a self) -> impl Iterator<Item = Node<'a>> {
        (0u32..).zip(&self.cells).filter(|(_, cell)| cell.kind == Kind::Mapping).map(|(at, _)| self.node(at))
    }

    fn node(&'a self, at: u32) -> Node<'a> {
        Node { tree: self, at }
    }

    fn cell(&self, at: u32) -> &Cell {
        &self.cells[at as usize]
    }
}

impl<'a> Node<'a> {
    fn cell(self) -> &'a Cell {
        self.tree.cell(self.at)
    }

    /// The node itself, or what it is an alias of.
    pub(super) fn target(self) -> Self {
        let cell = self.cell();
        if cell.kind == Kind::Alias { self.tree.node(cell.a) } else { self }
    }

    /// The cell after this node and its content.
    fn after(self) -> u32 {
        let cell = self.cell();
        match cell.kind {
            Kind::Sequence | Kind::Mapping => cell.b,
            Kind::Quoted | Kind::Plain | Kind::Alias => self.at + 1,
        }
    }

    /// Where it stands. A node of several lines counts to the end of its first.
    pub(super) fn span(self) -> Span {
        let cell = self.cell();
        let len = match cell.kind {
            Kind::Sequence | Kind::Mapping => cell.chars.min(1),
            Kind::Quoted | Kind::Plain | Kind::Alias => cell.chars,
        };
        Span { file: self.tree.file, line: cell.line, column: cell.column, len }
    }

    /// Whether nothing is written there, as after the colon of `key:`; its place then says little.
    pub(super) fn is_blank(self) -> bool {
        let cell = self.cell();
        cell.chars == 0 && matches!(cell.kind, Kind::Plain)
    }

    /// Whether it is a scalar without quotes.
    pub(super) fn is_plain(self) -> bool {
        self.target().cell().kind == Kind::Plain
    }

    /// A scalar's text, whatever its type.
    pub(super) fn scalar(self) -> Option<&'a str> {
        let cell = self.target().cell();
        if !matches!(cell.kind, Kind::Quoted | Kind::Plain) {
            return None;
        }
        let whole = if cell.in_extra { self.tree.extra.as_str() } else { self.tree.text };
        whole.get(cell.a as usize..(cell.a + cell.b) as usize)
    }

    pub(super) fn value(self) -> Value<'a> {
        let text = self.scalar().unwrap_or("");
        match self.target().cell().kind {
            Kind::Sequence => Value::Sequence,
            Kind::Mapping => Value::Mapping,
            Kind::Plain => plain(text),
            Kind::Quoted | Kind::Alias => Value::Text(text),
        }
    }

    /// A sequence's items; nothing for anything else.
    pub(super) fn items(self) -> impl Iterator<Item = Self> {
        let target = self.target();
        self.children(target.cell().kind == Kind::Sequence)
    }

    /// A mapping's keys and values; nothing for anything else.
    pub(super) fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let target = self.target();
        let mut children = self.children(target.cell().kind == Kind::Mapping);
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// Every scalar below it, aliases not followed, itself included.
    pub(super) fn scalars(self) -> impl Iterator<Item = Self> {
        let tree = self.tree;
        (self.at..self.after()).map(|at| tree.node(at)).filter(|node| {
            let kind = node.cell().kind;
            kind == Kind::Quoted || kind == Kind::Plain
        })
    }

    /// Line, column and length over all lines, for masking.
    pub(super) fn extent(self) -> (u32, u32, u32) {
        let cell = self.target().cell();
        (cell.line, cell.column, cell.chars)
    }

    fn children(self, wanted: bool) -> impl Iterator<Item = Self> {
        let target = self.target();
        let end = if wanted { target.after() } else { 0 };
        let mut at = target.at + 1;
        std::iter::from_fn(move || {
            let child = (at < end).then(|| target.tree.node(at))?;
            at = child.after();
            Some(child)
        })
    }
}

/// The core schema of YAML 1.2 (section 10.3.2): what a plain scalar is. `yes`, `on` and dates are text.
fn plain(text: &str) -> Value<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Flag(true),
        "false" | "False" | "FALSE" => Value::Flag(false),
        _ if is_number(text) => Value::Number(text),
        _ => Value::Text(text),
    }
}

fn is_number(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return false;
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|b| matches!(b, b'0'..=b'7'));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" => true,
        ".nan" | ".NaN" | ".NAN" => unsigned.len() == text.len(),
        _ => is_decimal(unsigned),
    }
}

fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|text| !text.is_empty() && digits(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_scalar_is_what_yaml_1_2_says() {
        for text in
            ["1", "-1", "+1", "0o17", "0xfF", "1.5", ".5", "5.", "1e9", "2E-3", ".inf", "-.INF", ".nan"]
        {
            assert_eq!(plain(text), Value::Number(text), "{text}");
        }
        for text in
            ["yes", "no", "on", "2026-12-31", "1.2.3", "0o8", "0x", ".", "-", "1e", "-.nan", "e3", "SOW-113"]
        {
            assert_eq!(plain(text), Value::Text(text), "{text}");
        }
        assert_eq!(plain("~"), Value::Null);
        assert_eq!(plain("True"), Value::Flag(true));
    }
}
