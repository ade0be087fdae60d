//! From a file's text to its [`Tree`], with bounds on depth and on what aliases expand to.

use super::conflict::conflict;
use super::tree::{Cell, Kind, Tree};
use crate::diagnostic::Diagnostic;
use crate::domain::{FileId, Span};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

/// How deep collections may nest. The format needs six levels.
const MAX_DEPTH: usize = 64;

/// How many nodes a file's aliases may stand for altogether.
const MAX_EXPANDED: u64 = 100_000;

/// What became of a file.
pub(super) struct Parsed<'t> {
    pub(super) tree: Tree<'t>,
    /// What is wrong with the syntax, though the tree can be looked at.
    pub(super) problems: Vec<Diagnostic>,
}

/// Reads the text. A file that cannot be understood gives the one diagnostic that says why.
pub(super) fn parse(text: &str, file: FileId) -> Result<Parsed<'_>, Box<Diagnostic>> {
    if let Some(conflict) = conflict(text, file) {
        return Err(Box::new(conflict));
    }
    let mut builder = Builder::new(text, file);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Box::new(syntax(&error, file)))?;
        let place = Place::new(span.start, span.len());
        if !builder.take(event, place)? {
            break;
        }
    }
    Ok(Parsed { tree: builder.tree, problems: builder.problems })
}

#[derive(Clone, Copy)]
struct Place {
    /// In characters from the file's start.
    index: usize,
    line: u32,
    column: u32,
    chars: u32,
}

impl Place {
    fn new(start: Marker, chars: usize) -> Self {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            index: start.index(),
            line: small(start.line()),
            column: small(start.col() + 1),
            chars: small(chars),
        }
    }

    fn span(self, file: FileId) -> Span {
        Span { file, line: self.line, column: self.column, len: self.chars }
    }
}

struct Open {
    at: usize,
    anchor: usize,
    /// How much had been counted before it.
    counted: u64,
    /// Levels of collections below it, so far.
    height: usize,
}

#[derive(Clone, Copy)]
struct Anchor {
    cell: u32,
    /// Nodes that an alias of it stands for.
    size: u64,
    height: usize,
}

struct Builder<'t> {
    tree: Tree<'t>,
    problems: Vec<Diagnostic>,
    open: Vec<Open>,
    /// By the parser's number; none while the anchored node is still open.
    anchors: Vec<Option<Anchor>>,
    cursor: Cursor<'t>,
    /// Nodes so far with every alias expanded, and the part of them that aliases added.
    counted: u64,
    expanded: u64,
    started: bool,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, file: FileId) -> Self {
        // A node for every eight bytes is more than the densest workspace has.
        let cells = Vec::with_capacity(text.len() / 8);
        Self {
            tree: Tree { file, text, extra: String::new(), cells },
            problems: Vec::new(),
            open: Vec::new(),
            anchors: Vec::new(),
            cursor: Cursor::new(text),
            counted: 0,
            expanded: 0,
            started: false,
        }
    }

    /// Takes one event in. Gives false where the rest of the file does not count.
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<bool, Box<Diagnostic>> {
        match event {
            Event::DocumentStart(_) if self.started => {
                self.problems.push(several_documents(place.span(self.tree.file)));
                return Ok(false);
            }
            Event::DocumentStart(_) => self.started = true,
            Event::Scalar(value, style, anchor, tag) => {
                let kind = self.scalar_kind(style, tag.as_deref(), place);
                self.scalar(&value, style, kind, place);
                self.remember(anchor, self.tree.cells.len() - 1, 1, 0);
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "seq", place);
                self.begin(Kind::Sequence, anchor, place)?;
            }
            Event::MappingStart(anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "map", place);
                self.begin(Kind::Mapping, anchor, place)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, place)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(true)
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, kind: Kind, place: Place) {
        let offset = match style {
            ScalarStyle::Plain => Some(0),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Some(1),
            ScalarStyle::Literal | ScalarStyle::Folded => None,
        };
        let written = offset.and_then(|offset| self.cursor.find(place.index + offset, value));
        let (from, in_extra) = written.map_or((self.tree.extra.len(), true), |from| (from, false));
        if in_extra {
            self.tree.extra.push_str(value);
        }
        self.counted += 1;
        self.push(kind, place, from, value.len(), in_extra);
    }

    fn push(&mut self, kind: Kind, place: Place, a: usize, b: usize, in_extra: bool) {
        // A file is at most 4 MiB, so that everything in it can be counted in 32 bits.
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let Place { line, column, chars, .. } = place;
        self.tree.cells.push(Cell { line, column, chars, a: small(a), b: small(b), kind, in_extra });
    }

    fn begin(&mut self, kind: Kind, anchor: usize, place: Place) -> Result<(), Box<Diagnostic>> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Box::new(too_deep(place.span(self.tree.file))));
        }
        self.open.push(Open { at: self.tree.cells.len(), anchor, counted: self.counted, height: 0 });
        if anchor > 0 {
            self.slot(anchor);
        }
        self.counted += 1;
        self.push(kind, place, 0, 0, false);
        Ok(())
    }

    fn end(&mut self) {
        let Some(done) = self.open.pop() else { return };
        self.tree.cells[done.at].b = u32::try_from(self.tree.cells.len()).unwrap_or(u32::MAX);
        let height = done.height + 1;
        self.raise(height);
        self.remember(done.anchor, done.at, self.counted - done.counted, height);
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), Box<Diagnostic>> {
        let span = place.span(self.tree.file);
        let Some(target) = self.anchors.get(anchor).copied().flatten() else {
            return Err(Box::new(alias_of_itself(span)));
        };
        self.counted += target.size;
        self.expanded += target.size;
        if self.expanded > MAX_EXPANDED {
            return Err(Box::new(too_many_aliases(span)));
        }
        if self.open.len() + target.height > MAX_DEPTH {
            return Err(Box::new(too_deep(span)));
        }
        self.raise(target.height);
        self.push(Kind::Alias, place, target.cell as usize, 0, false);
        Ok(())
    }

    /// Tells the enclosing collection how much lies below it.
    fn raise(&mut self, height: usize) {
        if let Some(parent) = self.open.last_mut() {
            parent.height = parent.height.max(height);
        }
    }

    fn remember(&mut self, anchor: usize, at: usize, size: u64, height: usize) {
        if anchor > 0 {
            let cell = u32::try_from(at).unwrap_or(u32::MAX);
            *self.slot(anchor) = Some(Anchor { cell, size, height });
        }
    }

    fn slot(&mut self, anchor: usize) -> &mut Option<Anchor> {
        if self.anchors.len() <= anchor {
            self.anchors.resize(anchor + 1, None);
        }
        &mut self.anchors[anchor]
    }

    fn scalar_kind(&mut self, style: ScalarStyle, tag: Option<&Tag>, place: Place) -> Kind {
        let by_style = if style == ScalarStyle::Plain { Kind::Plain } else { Kind::Quoted };
        let Some(tag) = tag else { return by_style };
        let core = if tag.is_yaml_core_schema() { tag.suffix.as_str() } else { "" };
        match core {
            "str" => Kind::Quoted,
            "null" | "bool" | "int" | "float" => Kind::Plain,
            _ if tag.handle.is_empty() && tag.suffix == "!" => Kind::Quoted,
            _ => {
                self.refuse_tag(place);
                by_style
            }
        }
    }

    fn check_collection_tag(&mut self, tag: Option<&Tag>, allowed: &str, place: Place) {
        if tag.is_some_and(|tag| !(tag.is_yaml_core_schema() && tag.suffix == allowed)) {
            self.refuse_tag(place);
        }
    }

    fn refuse_tag(&mut self, place: Place) {
        let span = Span { len: 1, ..place.span(self.tree.file) };
        self.problems.push(
            Diagnostic::error("tag-not-allowed", span, "this YAML tag is not allowed")
                .detail("Values here are text, numbers, flags, lists and mappings; none needs a tag.")
                .hint("Delete the tag: the word that starts with `!`."),
        );
    }
}

/// Turns the parser's character positions into byte positions, walking forward only.
struct Cursor<'t> {
    text: &'t str,
    ascii: bool,
    index: usize,
    byte: usize,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, ascii: text.is_ascii(), index: 0, byte: 0 }
    }

    /// Where `value` starts in bytes, if the file spells it out at character `index`.
    fn find(&mut self, index: usize, value: &str) -> Option<usize> {
        let byte = self.byte_of(index)?;
        (self.text.as_bytes().get(byte..byte + value.len()) == Some(value.as_bytes())).then_some(byte)
    }

    fn byte_of(&mut self, index: usize) -> Option<usize> {
        if self.ascii {
            return Some(index);
        }
        let forward = index.checked_sub(self.index)?;
        let rest = self.text.get(self.byte..)?;
        self.byte += rest.char_indices().nth(forward).map_or(rest.len(), |(at, _)| at);
        self.index = index;
        Some(self.byte)
    }
}

/// What the parser says where it looks ahead into lists that nest deeper than it can count.
const PARSER_LIMIT: &str = "recursion limit";

/// What the parser's words mean, and what usually mends it.
const SYNTAX_HINTS: [(&str, &str); 9] = [
    ("tab", "Indent with spaces: YAML does not allow tabs there."),
    (
        "mapping values are not allowed",
        "Put the text in quotes if it holds `: `, or move the key to a line of its own.",
    ),
    (
        "cannot start any token",
        "Put the text in quotes: it starts with a character that means something in YAML.",
    ),
    (
        "unknown anchor",
        "Define the anchor with `&name` before it is used, or put a text that starts with `*` in quotes.",
    ),
    ("simple key", "Check the indentation of this line and of the one above, and that the key ends in `:`."),
    ("expected ':'", "Check that the key ends in `:` and that the line above is complete."),
    ("quoted scalar", "Close the quotes that are still open."),
    ("flow", "Close every `[` and `{`, and put commas between the entries."),
    ("block", "Align this line with the ones that belong to the same list or mapping."),
];

fn syntax(error: &ScanError, file: FileId) -> Diagnostic {
    let span = Place::new(*error.marker(), 1).span(file);
    let info = error.info();
    if info.contains(PARSER_LIMIT) {
        return too_deep(span);
    }
    let hint = SYNTAX_HINTS.iter().find(|(words, _)| info.contains(words)).map_or(
        "Check the indentation, the quotes and the colons of this line and of the one above.",
        |(_, hint)| hint,
    );
    Diagnostic::error("yaml-syntax", span, "this is not valid YAML")
        .detail(format!("The YAML parser says: {info}."))
        .hint(hint)
}

fn several_documents(span: Span) -> Diagnostic {
    let span = Span { len: 3, ..span };
    Diagnostic::error("multiple-documents", span, "a file holds one YAML document")
        .detail("A second document starts here.")
        .hint("Move what follows `---` into a file of its own, or delete the `---`.")
}

fn too_deep(span: Span) -> Diagnostic {
    let span = Span { len: 1, ..span };
    Diagnostic::error("too-deep", span, "this is nested too deeply")
        .detail(format!("Lists and mappings may stand in each other at most {MAX_DEPTH} deep."))
        .hint("Check the brackets and the indentation: the format needs no more than six levels.")
}

fn too_many_aliases(span: Span) -> Diagnostic {
    Diagnostic::error("too-many-aliases", span, "the aliases of this file stand for too much")
        .detail(format!("Written out, they would be more than {MAX_EXPANDED} nodes."))
        .hint("Write the values out, or use a role where many users share the same access.")
}

fn alias_of_itself(span: Span) -> Diagnostic {
    Diagnostic::error("too-many-aliases", span, "an alias stands inside what it refers to")
        .detail("Written out, it would never end.")
        .hint("Write the value out instead of the alias.")
}

#[cfg(test)]
mod tests {
    use super::super::tree::Node;
    use super::*;

    fn code(text: &str) -> &'static str {
        match parse(text, FileId(0)) {
            Ok(parsed) => parsed.problems.first().map_or("", |problem| problem.code),
            Err(problem) => problem.code,
        }
    }

    #[test]
    fn scalars_are_slices_of_the_file_where_it_spells_them_out() {
        let text = "é: 'ü b'\nc: \"d\\te\"\nplain: x y\n";
        let parsed = parse(text, FileId(0)).unwrap_or_else(|problem| panic!("{problem:?}"));
        let root = parsed.tree.root().unwrap();
        let all: Vec<_> = root.scalars().filter_map(Node::scalar).collect();
        assert_eq!(all, ["é", "ü b", "c", "d\te", "plain", "x y"]);
        assert_eq!(parsed.tree.extra, "d\te");
    }

    #[test]
    fn bombs_are_refused_before_they_go_off() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = level - 1;
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 10].join(", ")));
        }
        assert_eq!(code(&bomb), "too-many-aliases");
        assert_eq!(code("a: &a [*a]"), "too-many-aliases");
        assert_eq!(code(&"[".repeat(65)), "too-deep");
        assert_eq!(code(&"[".repeat(500)), "too-deep");
        assert_eq!(code(&format!("{}{}", "[".repeat(64), "]".repeat(64))), "");
        assert_eq!(code(&"- ".repeat(100_000)), "too-deep");
    }

    #[test]
    fn what_is_no_single_plain_document_says_so() {
        assert_eq!(code("a: 1\n---\nb: 2\n"), "multiple-documents");
        assert_eq!(code("---\na: 1\n...\n"), "");
        assert_eq!(code("# nothing\n"), "");
        assert_eq!(code("a: !Ref b\n"), "tag-not-allowed");
        assert_eq!(code("a: !!str 1\nb: !!map {}\n"), "");
        assert_eq!(code("a: !!binary aGk=\n"), "tag-not-allowed");
        assert_eq!(code("a: [\n"), "yaml-syntax");
        assert_eq!(code("a: b: c\n"), "yaml-syntax");
    }
}
