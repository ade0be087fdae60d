//! From a file's tree to typed values, with every problem on the way.
//!
//! A value that is wrong is reported and replaced by a placeholder, so that what surrounds it is checked as
//! well. Placeholders never leave the loader: a workspace with an error in it is not handed out.

mod credentials;
mod people;
mod roles;
mod settings;
mod text;
mod vendors;

use super::mask::Mask;
use super::model::{Role, User, Vendor};
use super::problems::Problems;
use super::shape::{self, Map, Shape, Table, Text};
use super::suggest::{Suggester, hint, quote};
use super::tree::{Node, Tree, Value};
use crate::diagnostic::Diagnostic;
use crate::domain::{Level, ResourceName, RoleName, Span, VendorName};
use std::collections::HashMap;

pub(super) use settings::Settings;

/// Stands where a required value is missing: no place has line 0.
pub(super) const NOWHERE: Span = Span { file: crate::domain::FileId(0), line: 0, column: 0, len: 0 };

/// What one file defines.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) settings: Vec<(Span, Settings)>,
    pub(super) vendors: Vec<VendorDraft>,
    pub(super) roles: Vec<Role>,
    pub(super) users: Vec<User>,
    /// Where the half of an entry stands that the model leaves out, by the place of the half it keeps: a grant's
    /// level, a pinned account's vendor.
    pub(super) halves: Vec<(Span, Span)>,
    /// References whose text cannot be the name of anything.
    pub(super) strays: Vec<Stray>,
    /// Definitions that are left out because their name is none.
    pub(super) misnamed: Vec<(Referent, String)>,
}

/// A vendor with places that only the checks need.
#[derive(Debug)]
pub(super) struct VendorDraft {
    pub(super) vendor: Vendor,
    /// Where each resource's kind stands.
    pub(super) kinds: Vec<(ResourceName, Span)>,
    /// Where its channel stands.
    pub(super) channel: Option<Span>,
    /// Whether `url` and `token` are there, well-formed or not.
    pub(super) has_url: bool,
    pub(super) has_token: bool,
    /// Whether it may declare more resources, or other levels of `org`, than could be understood.
    pub(super) more_resources: bool,
    pub(super) more_levels: bool,
}

/// What a reference is to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Referent {
    Role,
    User,
    Vendor,
    Resource(VendorName),
}

/// A reference whose text cannot be the name of anything.
#[derive(Debug)]
pub(super) struct Stray {
    pub(super) referent: Referent,
    pub(super) text: String,
    pub(super) span: Span,
}

/// Decodes a file.
pub(super) fn decode(tree: &Tree<'_>, problems: &mut Problems, masks: &mut Vec<Mask>) -> Draft {
    let Some(root) = tree.root() else { return Draft::default() };
    if root.value() == Value::Null {
        return Draft::default();
    }
    let mut decoder = Decoder {
        problems,
        masks,
        suggester: Suggester::default(),
        names: Names::default(),
        draft: Draft::default(),
    };
    decoder.file(root);
    decoder.draft
}

struct Decoder<'a, 'p> {
    problems: &'p mut Problems,
    masks: &'p mut Vec<Mask>,
    suggester: Suggester,
    names: Names<'a>,
    draft: Draft,
}

/// Names that stand in a file many times, each allocated once.
#[derive(Default)]
struct Names<'a> {
    roles: HashMap<&'a str, RoleName>,
    vendors: HashMap<&'a str, VendorName>,
    resources: HashMap<&'a str, ResourceName>,
    levels: HashMap<&'a str, Level>,
}

/// No table has more fields.
const MOST_FIELDS: usize = 24;

/// A table's keys and values, by the position of the field.
struct Fields<'a> {
    table: &'static Table,
    entries: [Option<(Node<'a>, Node<'a>)>; MOST_FIELDS],
    /// Bits of the fields that are there, well-formed or not.
    present: u32,
    /// Bits of the fields that an unknown key was probably meant for.
    meant: u32,
}

/// One key and value of a mapping whose keys the workspace chooses.
struct Entry<'a> {
    key: Node<'a>,
    name: &'a str,
    /// None where it is of the wrong type.
    value: Option<Node<'a>>,
}

impl<'a> Fields<'a> {
    /// The key and the value of a field, if they are there and of the right type.
    fn entry(&self, key: &str) -> Option<(Node<'a>, Node<'a>)> {
        let position = self.table.position(key);
        debug_assert!(position.is_some(), "{key} is no field of {}", self.table.noun);
        *self.entries.get(position?)?
    }

    fn node(&self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.node(key).and_then(Node::scalar)
    }

    fn shape(&self, key: &str) -> Option<&'static Shape> {
        self.table.fields.get(self.table.position(key)?).map(|field| &field.shape)
    }

    /// Whether it is there, well-formed or not, or probably meant by a misspelt key.
    fn is_present(&self, key: &str) -> bool {
        let bits = self.present | self.meant;
        self.table.position(key).is_some_and(|position| bits & (1 << position) != 0)
    }

    /// Whether it is there, and what it says could not be understood.
    fn is_lost(&self, key: &str) -> bool {
        self.is_present(key) && self.node(key).is_none()
    }
}

impl<'a> Decoder<'a, '_> {
    fn file(&mut self, root: Node<'a>) {
        if !self.fits(root, root, &shape::TOP) {
            return;
        }
        for (key, value) in root.entries() {
            let Some(name) = key.scalar() else { continue };
            let Ok(position) = self.position(&shape::FILE, key, name) else { continue };
            if !self.fits(key, value, &shape::FILE.fields[position].shape) {
                continue;
            }
            match name {
                "workspace" => self.settings(key, value),
                "vendors" => self.vendors(value),
                "roles" => self.roles(value),
                "users" => self.users(value),
                _ => self.reserved(key),
            }
        }
    }

    fn reserved(&mut self, key: Node<'a>) {
        self.problems.push(
            Diagnostic::warning("policies-not-enforced", key.span(), "policies are not enforced yet")
                .detail("The key is reserved; what stands under it is neither checked nor followed.")
                .hint("Use `workspace.guards` for limits that hold today."),
        );
    }

    /// The fields of a mapping. `owner` is the key that it stands under, for what is missing.
    fn table(&mut self, owner: Node<'a>, value: Node<'a>, table: &'static Table) -> Fields<'a> {
        debug_assert!(table.fields.len() <= MOST_FIELDS, "{} has more fields than are kept", table.noun);
        let mut fields = Fields { table, entries: [None; MOST_FIELDS], present: 0, meant: 0 };
        for (key, value) in value.entries() {
            let Some(name) = key.scalar() else { continue };
            let position = match self.position(table, key, name) {
                Ok(position) => position,
                Err(meant) => {
                    fields.meant |= meant.map_or(0, |position| 1 << position);
                    continue;
                }
            };
            fields.present |= 1 << position;
            let fits = self.fits(key, value, &table.fields[position].shape);
            if let (true, Some(slot)) = (fits, fields.entries.get_mut(position)) {
                *slot = Some((key, value));
            }
        }
        self.complete(owner, &fields);
        fields
    }

    /// The position of a key's field. An unknown key is told of, and may have been meant for a field.
    fn position(&mut self, table: &'static Table, key: Node<'a>, name: &str) -> Result<usize, Option<usize>> {
        if let Some(position) = table.position(name) {
            return Ok(position);
        }
        if name == "<<" && key.is_plain() {
            return Err(None);
        }
        let mut nearest = None;
        self.problems.error(|| {
            nearest = self.suggester.nearest(name, table.keys());
            unknown_key(key, name, table, nearest)
        });
        Err(nearest.and_then(|nearest| table.position(nearest)))
    }

    fn complete(&mut self, owner: Node<'a>, fields: &Fields<'a>) {
        let table = fields.table;
        for field in table.fields.iter().filter(|field| field.required) {
            if !fields.is_present(field.key) {
                self.missing(owner.span(), table.noun, field.key, field.doc);
            }
        }
        let excused =
            table.unless.is_some_and(|(key, value)| fields.text(key) == Some(value) || fields.is_lost(key));
        if !table.any_of.is_empty() && !excused && !table.any_of.iter().any(|key| fields.is_present(key)) {
            let keys: Vec<_> = table.any_of.iter().map(|key| format!("`{key}`")).collect();
            let keys = keys.join(" or ");
            self.problems.push(
                Diagnostic::error("missing-key", owner.span(), format!("{keys} is missing"))
                    .detail(format!("{} needs one of them.", sentence(table.noun)))
                    .hint(format!("Add {keys}.")),
            );
        }
        if table.single && fields.present.count_ones() > 1 {
            self.problems.push(
                Diagnostic::error(
                    "bad-value",
                    owner.span(),
                    format!("two keys where {} has one", table.noun),
                )
                .detail("Which of them would count is anyone's guess.")
                .hint("Keep one of the keys."),
            );
        }
    }

    fn missing(&mut self, at: Span, noun: &str, key: &str, doc: &str) {
        self.problems.push(
            Diagnostic::error("missing-key", at, format!("`{key}` is missing"))
                .detail(format!("{} needs it.", sentence(noun)))
                .hint(format!("Add `{key}:`. {doc}")),
        );
    }

    /// Checks a value's type, and what can be said of it without knowing more. `key` is what it stands under.
    fn fits(&mut self, key: Node<'a>, value: Node<'a>, shape: &'static Shape) -> bool {
        match (shape, value.value()) {
            (Shape::Reserved, _)
            | (Shape::Flag, Value::Flag(_))
            | (Shape::Table(_) | Shape::Map(_) | Shape::Secret(_), Value::Mapping)
            | (Shape::TextOrTable(..), Value::Mapping) => true,
            (Shape::Text(kind) | Shape::TextOrTable(kind, _), Value::Text(text)) => {
                self.usable(value, *kind, text)
            }
            (Shape::Words(words), Value::Text(text)) => self.allowed(value, words, text),
            (Shape::Whole { min, max }, Value::Number(text)) => self.within(value, *min, *max, text),
            (Shape::List(_, at_least), Value::Sequence) => self.long_enough(value, *at_least),
            (Shape::Secret(_), Value::Text(_) | Value::Number(_) | Value::Flag(_)) => {
                self.literal_secret(value);
                false
            }
            (_, found) => {
                self.wrong_type(key, value, shape, found);
                false
            }
        }
    }

    /// The well-formed items of a list; none where it is not there.
    fn list(&mut self, fields: &Fields<'a>, key: &str) -> Vec<Node<'a>> {
        match (fields.node(key), fields.shape(key)) {
            (Some(list), Some(Shape::List(item, _))) => {
                list.items().filter(|node| self.fits(*node, *node, item)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The well-formed entries of a mapping whose keys the workspace chooses; none where it is not there.
    fn map(&mut self, fields: &Fields<'a>, key: &str) -> Vec<Entry<'a>> {
        match (fields.node(key), fields.shape(key)) {
            (Some(value), Some(Shape::Map(map))) => self.entries(value, map),
            _ => Vec::new(),
        }
    }

    fn entries(&mut self, value: Node<'a>, map: &'static Map) -> Vec<Entry<'a>> {
        let entries = value.entries().filter_map(|(key, value)| {
            let name = key.scalar().filter(|name| !(*name == "<<" && key.is_plain()))?;
            let fits = self.fits(key, value, &map.values);
            Some(Entry { key, name, value: fits.then_some(value) })
        });
        entries.collect()
    }

    fn usable(&mut self, value: Node<'a>, kind: Text, text: &str) -> bool {
        if text.is_empty() {
            let problem = Diagnostic::error("bad-value", value.span(), "an empty text means nothing here");
            let noun = kind.noun();
            self.problems.push(problem.hint(format!("Write {noun} between the quotes, or delete the key.")));
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            self.problems.push(
                Diagnostic::error("bad-value", value.span(), "a text holds a control character")
                    .detail("Control characters can rewrite what a terminal shows, and no value needs one.")
                    .hint("Delete it; it may be invisible, or written as an escape such as `\\e`."),
            );
        } else {
            return true;
        }
        false
    }

    fn allowed(&mut self, value: Node<'a>, words: &'static [&'static str], text: &str) -> bool {
        let known = words.contains(&text);
        if !known {
            let suggester = &self.suggester;
            self.problems.error(|| {
                let nearest = suggester.nearest(text, words.iter().copied());
                Diagnostic::error("bad-value", value.span(), format!("{} is not allowed here", quote(text)))
                    .hint(hint(nearest, words, "Use one of the words that the format has."))
            });
        }
        known
    }

    fn within(&mut self, value: Node<'a>, min: u32, max: u32, text: &str) -> bool {
        let number = text::whole(text);
        let fits = number.is_some_and(|number| (min..=max).contains(&number));
        if !fits {
            self.problems.push(
                Diagnostic::error("bad-value", value.span(), format!("{} is out of bounds", quote(text)))
                    .hint(format!("Write a whole number from {min} to {max}.")),
            );
        }
        fits
    }

    fn long_enough(&mut self, value: Node<'a>, at_least: usize) -> bool {
        let enough = value.items().nth(at_least.saturating_sub(1)).is_some() || at_least == 0;
        if !enough {
            let problem = Diagnostic::error("bad-value", value.span(), "this list is too short");
            self.problems.push(problem.hint(format!("Write at least {at_least} item into it.")));
        }
        enough
    }

    fn wrong_type(&mut self, key: Node<'a>, value: Node<'a>, shape: &'static Shape, found: Value<'_>) {
        if matches!(shape, Shape::Secret(_)) {
            self.masks.extend(value.target().scalars().map(Mask::of));
        }
        let span = if value.is_blank() { key.span() } else { value.span() };
        let name = key.scalar().filter(|_| key.span() != value.span());
        let subject = name.map_or_else(|| "this".to_owned(), quote);
        let (found, advice) = text::mismatch(name, shape, found);
        self.problems.push(
            Diagnostic::error("wrong-type", span, format!("{subject} must be {}", shape.noun()))
                .detail(format!("It is {found}."))
                .hint(advice),
        );
    }

    fn literal_secret(&mut self, value: Node<'a>) {
        self.masks.push(Mask::of(value));
        self.problems.push(
            Diagnostic::error("literal-secret", value.span(), "a credential must not stand in a file")
                .detail("Files are kept in git, where a credential stays readable for ever. It is not shown here.")
                .hint(
                    "Revoke this credential, keep a new one outside the workspace, and refer to it: \
                     `{ env: NAME }`, where NAME has letters, digits and `_` alone, or `{ command: [PROGRAM, ARG] }`.",
                ),
        );
    }
}

fn unknown_key(key: Node<'_>, name: &str, table: &Table, nearest: Option<&str>) -> Diagnostic {
    let keys: Vec<_> = table.keys().collect();
    let shown: &[&str] = if nearest.is_some() { &[] } else { &keys };
    Diagnostic::error("unknown-key", key.span(), format!("unknown key {}", quote(name)))
        .detail(format!("It means nothing to {}.", table.noun))
        .hint(hint(nearest, shown, &format!("The keys are {}.", listed(&keys))))
}

fn listed(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

fn sentence(noun: &str) -> String {
    let mut letters = noun.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
