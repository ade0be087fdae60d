//! Fills templates of a pages file in, for people and for browsers alike: where a word has several spellings, the
//! result holds them all.

use super::{ACCOUNT, Pages};
use crate::domain::{AccountId, Action, Change, Level};
use std::fmt::Write as _;

/// As many spellings as one template may come to.
const MOST: usize = 64;

/// A stretch of a filled-in template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The template's own words.
    Text(String),
    /// A value that came in: an address, a name, an id. Untrusted.
    Value(String),
    /// What the vendor calls something, in every spelling, the documented one first. Never empty.
    Words(Vec<String>),
}

/// What stands at one end of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End<'a> {
    /// A level, by its name in the workspace.
    Level(&'a str),
    /// Anything else, as it is: the account that gives ownership up.
    Value(&'a str),
}

/// What a change fills a template in with.
#[derive(Debug, Clone, Copy)]
pub struct Fill<'a> {
    /// The vendor's pages.
    pub pages: &'a Pages,
    /// The kind of the resource, by which levels are spelt.
    pub kind: &'a str,
    /// `{vendor}`: its name in the workspace.
    pub vendor: &'a str,
    /// `{account}`.
    pub account: Option<&'a str>,
    /// `{name}`; the account where nobody has given one.
    pub name: Option<&'a str>,
    /// `{from}`.
    pub from: Option<End<'a>>,
    /// `{to}`.
    pub to: Option<End<'a>>,
    /// `{resource}`: its name in the workspace.
    pub resource: Option<&'a str>,
    /// `{id}`: the vendor's own.
    pub id: Option<&'a str>,
}

impl<'a> Fill<'a> {
    /// What a change fills in, as far as the change itself says it.
    #[must_use]
    pub fn of(pages: &'a Pages, change: &'a Change) -> Self {
        let on = change.action.target();
        let (from, to) = ends(&change.action);
        Self {
            account: account(change),
            name: name(change),
            from,
            to,
            ..Self::reading(
                pages,
                (on.map_or(ACCOUNT, |on| &on.kind), change.vendor.as_str()),
                on.map(|on| on.name.as_str()),
                on.and_then(|on| on.id.as_deref()),
            )
        }
    }

    /// What the reading of a resource of this kind at this vendor fills in.
    #[must_use]
    pub fn reading(
        pages: &'a Pages,
        (kind, vendor): (&'a str, &'a str),
        resource: Option<&'a str>,
        id: Option<&'a str>,
    ) -> Self {
        Self { pages, kind, vendor, account: None, name: None, from: None, to: None, resource, id }
    }
}

/// The address that a change is about, as the vendor shows it or will.
#[must_use]
pub fn account(change: &Change) -> Option<&str> {
    let shown = match &change.action {
        Action::Invite { profile, .. } => Some(profile.login.as_ref()),
        _ => change.account.as_deref(),
    };
    shown.or_else(|| change.account_id.as_ref().map(AccountId::as_str))
}

fn name(change: &Change) -> Option<&str> {
    let declared = match &change.action {
        Action::Invite { profile, .. } => profile.name.as_deref(),
        Action::UpdateAccount { to, .. } => to.name.as_deref(),
        _ => None,
    };
    declared.or(change.user_name.as_deref())
}

/// The levels, or the accounts, at both ends of a change.
#[must_use]
pub fn ends(action: &Action) -> (Option<End<'_>>, Option<End<'_>>) {
    fn level(level: &Level) -> Option<End<'_>> {
        Some(End::Level(level.as_str()))
    }
    match action {
        Action::Grant { to, .. } => (None, level(to)),
        Action::Invite { on: Some(offer), .. } => (None, level(&offer.to)),
        Action::ChangeLevel { from, to, .. } => (level(from), level(to)),
        Action::Revoke { from, .. } => (level(from), None),
        Action::TransferOwnership { from, .. } => (Some(End::Value(from.as_str())), None),
        Action::UpdateAccount { from, to } => (Some(End::Value(&from.login)), Some(End::Value(&to.login))),
        _ => (None, None),
    }
}

/// Fills a template in.
///
/// # Errors
/// A sentence that says which placeholder is not known, not closed, or has nothing to stand for here.
pub fn render(template: &str, fill: &Fill<'_>) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('{') {
        push_text(&mut parts, text);
        let (name, after) =
            after.split_once('}').ok_or_else(|| format!("A `{{` is not closed in {template:?}."))?;
        parts.push(placeholder(name, fill)?);
        rest = after;
    }
    push_text(&mut parts, rest);
    Ok(parts)
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
}

fn placeholder(name: &str, fill: &Fill<'_>) -> Result<Part, String> {
    if let Some(word) = name.strip_prefix('@') {
        return Ok(Part::Words(fill.pages.spellings(word).into_iter().map(str::to_owned).collect()));
    }
    let value = match name {
        "account" => fill.account,
        "name" => fill.name.or(fill.account),
        "vendor" => Some(fill.vendor),
        "resource" => fill.resource,
        "id" => fill.id,
        "from" | "to" => {
            let end = if name == "from" { fill.from } else { fill.to };
            match end {
                Some(End::Level(level)) => return Ok(Part::Words(levels(fill.pages, fill.kind, level))),
                Some(End::Value(value)) => Some(value),
                None => None,
            }
        }
        _ => return Err(format!("`{{{name}}}` is no placeholder that is known.")),
    };
    let value = value.ok_or_else(|| format!("There is nothing that `{{{name}}}` could stand for here."))?;
    Ok(Part::Value(value.to_owned()))
}

/// What a level is called on the pages of a kind of resource, in every spelling; its own name where the file does not
/// know it.
#[must_use]
pub fn levels(pages: &Pages, kind: &str, level: &str) -> Vec<String> {
    let spelt = pages.tables.get(kind).and_then(|table| table.levels.get(level));
    spelt.filter(|spelt| !spelt.is_empty()).cloned().unwrap_or_else(|| vec![level.to_owned()])
}

/// Every text that the parts may stand for, the documented spellings first: what a browser accepts.
#[must_use]
pub fn spellings(parts: &[Part]) -> Vec<String> {
    let mut all = vec![String::new()];
    for part in parts {
        match part {
            Part::Text(text) | Part::Value(text) => all.iter_mut().for_each(|one| one.push_str(text)),
            Part::Words(words) => {
                let longer =
                    |one: &String| words.iter().map(|word| format!("{one}{word}")).collect::<Vec<_>>();
                all = all.iter().flat_map(longer).take(MOST).collect();
            }
        }
    }
    all
}

/// What a step's `what` or `field` may be called on the page: every spelling of a word of the pages file, or what the
/// template comes to.
///
/// # Errors
/// As [`render`].
pub fn called(what: &str, fill: &Fill<'_>) -> Result<Vec<String>, String> {
    match fill.pages.words.get(what) {
        Some(_) => Ok(fill.pages.spellings(what).into_iter().map(str::to_owned).collect()),
        None => Ok(spellings(&render(what, fill)?)),
    }
}

/// An address below a base: a template in which every value is written so that it stays one part of the path.
///
/// # Errors
/// As [`render`], and where a value would lead elsewhere.
pub fn address(base: &str, template: &str, fill: &Fill<'_>) -> Result<String, String> {
    let mut url = base.trim_end_matches('/').to_owned();
    for part in render(template, fill)? {
        match part {
            Part::Text(text) => url.push_str(&text),
            // No encoding keeps these from being taken for a step in the path.
            Part::Value(value) if ["", ".", ".."].contains(&value.as_str()) => {
                return Err(format!("{value:?} cannot stand in an address."));
            }
            Part::Value(value) => push_encoded(&mut url, &value),
            Part::Words(words) => push_encoded(&mut url, words.first().map_or("", String::as_str)),
        }
    }
    Ok(url)
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn push_encoded(url: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: &str = "
format: grantline.pages/1
base: https://pages.example
words:
  team: [Team, Users]
  add: [Add team member, Add user]
pages: {}
tables:
  project:
    page: team
    columns: { email: [Email], level: [Role] }
    levels: { member: [Team member, Member], admin: [Admin] }
signed_out: []
in_the_way: []
procedures: []
";

    fn check(template: &str, expect: Result<&[Part], &str>) {
        let pages = super::super::parse(PAGES).unwrap();
        let got = render(template, &fill(&pages));
        assert_eq!(got, expect.map(<[Part]>::to_vec).map_err(str::to_owned), "{template}");
    }

    fn fill(pages: &Pages) -> Fill<'_> {
        Fill {
            account: Some("pia@pixelworks.example"),
            from: Some(End::Value("jane@acme.example")),
            to: Some(End::Level("member")),
            ..Fill::reading(pages, ("project", "Clarity"), Some("marketing-site"), None)
        }
    }

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn value(text: &str) -> Part {
        Part::Value(text.to_owned())
    }

    fn words(words: &[&str]) -> Part {
        Part::Words(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn words_and_levels_come_in_every_spelling() {
        check("Press {@add}.", Ok(&[text("Press "), words(&["Add team member", "Add user"]), text(".")]));
        check("{to}", Ok(&[words(&["Team member", "Member"])]));
        check("{@nowhere}", Ok(&[words(&["nowhere"])]));
    }

    #[test]
    fn values_stay_apart_from_the_words_around_them() {
        check(
            "{name} of {resource}, from {from}",
            Ok(&[
                value("pia@pixelworks.example"),
                text(" of "),
                value("marketing-site"),
                text(", from "),
                value("jane@acme.example"),
            ]),
        );
    }

    #[test]
    fn what_cannot_be_filled_in_is_said() {
        check("{who}", Err("`{who}` is no placeholder that is known."));
        check("{id}", Err("There is nothing that `{id}` could stand for here."));
        check("{id", Err("A `{` is not closed in \"{id\"."));
    }

    #[test]
    fn a_browser_gets_every_combination_with_the_documented_one_first() {
        let parts = [words(&["Remove", "Delete"]), text(" "), words(&["user", "member"])];
        assert_eq!(spellings(&parts), ["Remove user", "Remove member", "Delete user", "Delete member"]);
    }

    #[test]
    fn a_template_has_no_more_spellings_than_a_page_could_mean() {
        let three = || words(&["a", "b", "c"]);
        assert_eq!(spellings(&[three(), three(), three(), three()]).len(), MOST);
    }

    #[test]
    fn a_step_names_a_word_of_the_file_or_a_text_of_its_own() {
        let pages = super::super::parse(PAGES).unwrap();
        let fill = fill(&pages);
        assert_eq!(called("add", &fill).unwrap(), ["Add team member", "Add user"]);
        assert_eq!(called("Plain, {resource}", &fill).unwrap(), ["Plain, marketing-site"]);
        assert!(called("{who}", &fill).is_err());
    }

    #[test]
    fn a_value_in_an_address_stays_one_part_of_it() {
        let pages = super::super::parse(PAGES).unwrap();
        let hostile = Fill { id: Some("../x?y=1#é"), ..fill(&pages) };
        let url = address("https://pages.example/", "/projects/{id}/team", &hostile);
        assert_eq!(url.unwrap(), "https://pages.example/projects/..%2Fx%3Fy%3D1%23%C3%A9/team");
        for steps in ["", ".", ".."] {
            assert!(
                address("https://pages.example", "/{id}/x", &Fill { id: Some(steps), ..hostile }).is_err()
            );
        }
    }
}
