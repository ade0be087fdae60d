//! A page's HTML, fit to be kept and shown to others: its structure and what it says, and nothing that identifies other
//! people or opens a door.
//!
//! Nothing is taken out of a page; what is known to be harmless is taken over. Only these attributes survive, and texts
//! with addresses and tokens replaced. Scripts, styles, comments, embedded documents and values do not.

mod address;
mod markup;

use address::Texts;
use markup::{Token, tokens};

/// Elements whose content is no text of the page.
const DROPPED: [&str; 12] = [
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "meta", "link",
    "base",
];

/// Attributes whose value says what an element is or is called.
const KEPT: [&str; 26] = [
    "role",
    "type",
    "name",
    "id",
    "for",
    "class",
    "title",
    "alt",
    "placeholder",
    "label",
    "disabled",
    "hidden",
    "inert",
    "open",
    "selected",
    "checked",
    "readonly",
    "required",
    "colspan",
    "rowspan",
    "scope",
    "method",
    "lang",
    "dir",
    "tabindex",
    "headers",
];

/// Attributes that hold an address of a page.
const ADDRESSES: [&str; 3] = ["href", "action", "formaction"];

/// Elements within a line: what stands on both sides of their tags is one word.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "u", "wbr", "label",
];

/// The page with every address but those in `keep` replaced by a mark, without scripts, handlers, hidden values, tokens
/// and cookies.
#[must_use]
pub fn html(page: &str, keep: &[String]) -> String {
    let mut texts = Texts::new(keep);
    let mut out: Vec<Piece> = Vec::new();
    let mut within: Option<String> = None;
    for token in tokens(page) {
        match (&within, token) {
            (Some(name), Token::Close(closed)) if *name == closed => within = None,
            (Some(_), _) => {}
            (None, Token::Open { name, .. }) if DROPPED.contains(&name.as_str()) => {
                let is_void = ["meta", "link", "base", "embed"].contains(&name.as_str());
                within = (!is_void).then_some(name);
            }
            (None, Token::Open { name, attributes }) => {
                if !INLINE.contains(&name.as_str()) {
                    texts.gap();
                }
                out.push(Piece::Done(opened(&name, &attributes, keep)));
            }
            (None, Token::Close(name)) => {
                if !INLINE.contains(&name.as_str()) {
                    texts.gap();
                }
                out.push(Piece::Done(format!("</{name}>")));
            }
            (None, Token::Text(text)) => out.push(Piece::Text(texts.add(&text))),
        }
    }
    let texts = texts.redacted();
    out.into_iter()
        .map(|piece| match piece {
            Piece::Done(text) => text,
            Piece::Text(at) => texts.get(at).map(|text| markup::escape(text)).unwrap_or_default(),
        })
        .collect()
}

/// A part of the result.
enum Piece {
    Done(String),
    /// The text with this number.
    Text(usize),
}

fn opened(name: &str, attributes: &[(String, String)], keep: &[String]) -> String {
    let mut out = format!("<{name}");
    let is_button = attributes.iter().any(|(key, value)| {
        key == "type" && ["submit", "button", "reset"].contains(&value.to_ascii_lowercase().as_str())
    });
    for (key, value) in attributes {
        let shown = match key.as_str() {
            key if KEPT.contains(&key) || key.starts_with("aria-") => address::redacted(value, keep),
            key if ADDRESSES.contains(&key) => address::path(value, keep),
            // A button's value is what it is called; any other is what somebody typed, or a token.
            "value" if name == "option" || (name == "input" && is_button) => address::redacted(value, keep),
            _ => continue,
        };
        out.push_str(&format!(" {key}=\"{}\"", markup::escape(&shown)));
    }
    out.push('>');
    out
}

#[cfg(test)]
mod tests;
