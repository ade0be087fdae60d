//! What a page's HTML shows, without a browser.

use grantline::apply::browser::{PageError, Sheet, row_with};
use reqwest::Method;
use scraper::node::Node;
use scraper::{ElementRef, Html, Selector};
use std::collections::{BTreeMap, HashMap};

/// What can be done with a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Button,
    Link,
    Text,
    Choice,
}

/// A visible control.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    /// Its place among all elements of the page.
    pub(crate) at: usize,
    pub(crate) role: Role,
    /// All that it is called.
    pub(crate) names: Vec<String>,
    pub(crate) enabled: bool,
    /// Where a link leads.
    pub(crate) href: Option<String>,
    /// A choice's options: what each shows, and what it sends.
    pub(crate) options: Vec<(String, String)>,
}

/// A parsed page.
pub(crate) struct Page(Html);

/// What a form sends: method, action, fields.
pub(crate) type Sent = (Method, String, Vec<(String, String)>);

const BLOCKS: [&str; 18] = [
    "p", "div", "h1", "h2", "h3", "h4", "li", "ul", "tr", "td", "th", "table", "form", "button", "section",
    "main", "dialog", "br",
];

impl Page {
    pub(crate) fn parse(html: &str) -> Self {
        Self(Html::parse_document(html))
    }

    fn all<'a>(&'a self, selector: &str) -> Vec<ElementRef<'a>> {
        let selector = Selector::parse(selector).unwrap();
        self.0.select(&selector).filter(|one| is_visible(*one)).collect()
    }

    /// What lies over everything else, where something does.
    fn dialog(&self) -> Option<ElementRef<'_>> {
        self.all("dialog[open], [role=dialog][aria-modal=true]").pop()
    }

    fn place(&self, element: ElementRef<'_>) -> usize {
        let every = Selector::parse("*").unwrap();
        self.0.select(&every).position(|one| one.id() == element.id()).unwrap()
    }

    pub(crate) fn headings(&self) -> Vec<String> {
        self.all("h1, h2, h3, h4, h5, h6, [role=heading]").into_iter().map(text).collect()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let mut out = String::new();
        for body in self.all("body") {
            write_lines(body, &mut out);
        }
        out.lines().map(squeezed).filter(|line| !line.is_empty()).collect()
    }

    pub(crate) fn tables(&self) -> Vec<Sheet> {
        let tables = self.all("table").into_iter();
        tables
            .map(|table| {
                let mut rows = rows(table).into_iter();
                let header =
                    rows.next().map(|row| cells(row).into_iter().map(text).collect()).unwrap_or_default();
                Sheet { header, rows: rows.map(|row| cells(row).into_iter().map(shown).collect()).collect() }
            })
            .collect()
    }

    /// The controls of the page, or of the row that shows the account.
    pub(crate) fn controls(&self, row: Option<&str>) -> Result<Vec<Control>, PageError> {
        let row = row.map(|account| self.row(account)).transpose()?;
        let scope = self.dialog();
        let inside =
            |one: &ElementRef<'_>, outer: ElementRef<'_>| one.ancestors().any(|node| node.id() == outer.id());
        let found = self.all("button, a[href], input, select, textarea, [role=button]").into_iter();
        let every = Selector::parse("*").unwrap();
        let places: HashMap<_, _> =
            self.0.select(&every).enumerate().map(|(at, one)| (one.id(), at)).collect();
        let reachable = found.filter(|one| {
            !is_inert(*one)
                && scope.is_none_or(|scope| inside(one, scope))
                && row.is_none_or(|row| inside(one, row))
        });
        Ok(reachable.filter_map(|one| self.control(one, places[&one.id()])).collect())
    }

    fn row(&self, account: &str) -> Result<ElementRef<'_>, PageError> {
        let shows = |row: &ElementRef<'_>| {
            let texts: Vec<String> = cells(*row).into_iter().map(shown).collect();
            row_with(texts.iter().map(String::as_str), account)
        };
        let mut found: Vec<_> = self.all("table").into_iter().flat_map(rows).filter(shows).collect();
        match found.len() {
            1 => Ok(found.remove(0)),
            times => Err(PageError::Row { account: account.to_owned(), times }),
        }
    }

    fn control(&self, one: ElementRef<'_>, at: usize) -> Option<Control> {
        let value = one.value();
        let kind = value.attr("type").unwrap_or("text");
        let role = match (value.name(), kind) {
            ("a", _) => Role::Link,
            ("select", _) => Role::Choice,
            ("input", "hidden") => return None,
            ("input", "submit" | "button") => Role::Button,
            ("input", "text" | "email" | "search" | "password") | ("textarea", _) => Role::Text,
            ("input", _) => return None,
            _ => Role::Button,
        };
        let option = Selector::parse("option").unwrap();
        let options = one.select(&option).map(|option| {
            let label = text(option);
            let sent = option.value().attr("value").map_or_else(|| label.clone(), ToOwned::to_owned);
            (label, sent)
        });
        Some(Control {
            at,
            role,
            names: self.names(one, role),
            enabled: value.attr("disabled").is_none() && value.attr("aria-disabled") != Some("true"),
            href: value.attr("href").map(ToOwned::to_owned),
            options: options.collect(),
        })
    }

    fn names(&self, one: ElementRef<'_>, role: Role) -> Vec<String> {
        let value = one.value();
        let mut names: Vec<String> = match role {
            Role::Button | Role::Link if value.name() == "input" => {
                value.attr("value").map(squeezed).into_iter().collect()
            }
            Role::Button | Role::Link => vec![text(one)],
            Role::Text | Role::Choice => self.labels(one),
        };
        names.extend(value.attr("aria-label").map(squeezed));
        names.retain(|name| !name.is_empty());
        names
    }

    fn labels(&self, field: ElementRef<'_>) -> Vec<String> {
        let bound = |label: &ElementRef<'_>| {
            label.value().attr("for").is_some_and(|id| field.value().attr("id") == Some(id))
                || field.ancestors().any(|node| node.id() == label.id())
        };
        self.all("label").into_iter().filter(bound).map(own_text).collect()
    }

    /// What pressing the button at this place sends; none where it is in no form.
    pub(crate) fn form_of(&self, at: usize, typed: &BTreeMap<usize, String>) -> Option<Sent> {
        let every = Selector::parse("*").unwrap();
        let button = self.0.select(&every).nth(at)?;
        let form =
            button.ancestors().filter_map(ElementRef::wrap).find(|one| one.value().name() == "form")?;
        let method = form.value().attr("method").unwrap_or("get").to_ascii_uppercase();
        let fields = Selector::parse("input, select, textarea").unwrap();
        let mut sent = Vec::new();
        for field in form.select(&fields).filter(|field| field.value().attr("disabled").is_none()) {
            let Some(name) = field.value().attr("name") else { continue };
            if matches!(field.value().attr("type"), Some("submit" | "button")) {
                continue;
            }
            let value = typed.get(&self.place(field)).cloned().or_else(|| preset(field)).unwrap_or_default();
            sent.push((name.to_owned(), value));
        }
        if let Some(name) = button.value().attr("name") {
            sent.push((name.to_owned(), button.value().attr("value").unwrap_or_default().to_owned()));
        }
        let action = form.value().attr("action").unwrap_or_default().to_owned();
        Some((Method::from_bytes(method.as_bytes()).ok()?, action, sent))
    }
}

/// What a field holds before anybody touches it.
fn preset(field: ElementRef<'_>) -> Option<String> {
    match field.value().name() {
        "select" => {
            let option = chosen(field)?;
            Some(option.value().attr("value").map_or_else(|| text(option), ToOwned::to_owned))
        }
        "textarea" => Some(field.text().collect()),
        _ => field.value().attr("value").map(ToOwned::to_owned),
    }
}

fn chosen(select: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let options = Selector::parse("option").unwrap();
    let all: Vec<_> = select.select(&options).collect();
    all.iter().find(|one| one.value().attr("selected").is_some()).or(all.first()).copied()
}

fn rows(table: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    table.select(&Selector::parse("tr").unwrap()).filter(|row| is_visible(*row)).collect()
}

fn cells(row: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    row.select(&Selector::parse("td, th").unwrap()).collect()
}

/// What a cell says: the chosen option of a choice, and otherwise its text without buttons.
fn shown(cell: ElementRef<'_>) -> String {
    if let Some(select) = cell.select(&Selector::parse("select").unwrap()).next() {
        return chosen(select).map(text).unwrap_or_default();
    }
    let plain = text_without(cell, &["button", "select", "option"]);
    if plain.is_empty() { text(cell) } else { plain }
}

fn is_visible(element: ElementRef<'_>) -> bool {
    let hides = |one: ElementRef<'_>| {
        let value = one.value();
        let style = value.attr("style").unwrap_or_default().replace(' ', "");
        value.attr("hidden").is_some()
            || style.contains("display:none")
            || (value.name() == "dialog" && value.attr("open").is_none())
            || ["script", "style", "template", "head"].contains(&value.name())
    };
    !hides(element) && !element.ancestors().filter_map(ElementRef::wrap).any(hides)
}

fn is_inert(element: ElementRef<'_>) -> bool {
    let inert = |one: ElementRef<'_>| one.value().attr("inert").is_some();
    inert(element) || element.ancestors().filter_map(ElementRef::wrap).any(inert)
}

fn text(element: ElementRef<'_>) -> String {
    text_without(element, &[])
}

/// A label's text without that of the field within it.
fn own_text(element: ElementRef<'_>) -> String {
    text_without(element, &["select", "textarea", "button"])
}

fn text_without(element: ElementRef<'_>, without: &[&str]) -> String {
    let mut out = String::new();
    write_text(element, without, &mut out);
    squeezed(&out)
}

fn write_text(element: ElementRef<'_>, without: &[&str], out: &mut String) {
    for child in element.children() {
        match child.value() {
            Node::Text(text) => out.push_str(text),
            Node::Element(_) => {
                let Some(child) = ElementRef::wrap(child) else { continue };
                if !without.contains(&child.value().name()) && is_visible(child) {
                    write_text(child, without, out);
                }
            }
            _ => {}
        }
    }
}

fn write_lines(element: ElementRef<'_>, out: &mut String) {
    for child in element.children() {
        if let Node::Text(text) = child.value() {
            out.push_str(&text.replace('\n', " "));
        } else if let Some(child) = ElementRef::wrap(child)
            && is_visible(child)
        {
            let block = BLOCKS.contains(&child.value().name());
            out.push_str(if block { "\n" } else { "" });
            write_lines(child, out);
            out.push_str(if block { "\n" } else { "" });
        }
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
