//! Every procedure of `pages.yaml`, followed word by word on the pages, in both labellings.

use super::*;
use crate::connector::pages::{self, Pages, RowState, Step, Table};
use crate::vendors::clarity::PAGES;
use std::collections::BTreeMap;

/// Somebody who does what a procedure says and nothing else.
struct Follower {
    site: Site,
    pages: Pages,
    page: Page,
    /// What was filled in on the page, by the field's id.
    filled: BTreeMap<String, String>,
    account: &'static str,
    /// The levels that `{from}` and `{to}` stand for.
    levels: [&'static str; 2],
}

fn one<'a>(found: impl Iterator<Item = ElementRef<'a>>, what: &str) -> ElementRef<'a> {
    let found: Vec<ElementRef<'a>> = found.collect();
    assert_eq!(found.len(), 1, "{what}");
    found[0]
}

impl Follower {
    async fn start(
        labelling: &str,
        who: &str,
        account: &'static str,
        levels: [&'static str; 2],
        html_noise: bool,
    ) -> Self {
        let mut late = pending("late@acme.example");
        late["status"] = json!("expired");
        let members = [
            member("olga@acme.example", "owner"),
            member("tom@acme.example", "admin"),
            member("jane@acme.example", "member"),
            pending("wait@acme.example"),
            late,
        ];
        let mut vendor = with_members(&members);
        vendor["labelling"] = json!(labelling);
        vendor["quirks"] = json!({ "html_noise": html_noise });
        let mut site = Site::start(&vendor);
        site.sign_in(who).await;
        let page = site.page("/").await;
        Self { site, pages: pages::parse(PAGES).unwrap(), page, filled: BTreeMap::new(), account, levels }
    }

    async fn follow(mut self, action: &str) -> Vec<String> {
        let procedure = self.pages.procedure("project", action).unwrap().clone();
        for step in &procedure.steps {
            match step {
                Step::Open { page } => self.open(page).await,
                Step::Press { what, row, writes } => self.press(what, *row, *writes).await,
                Step::Fill { field, value } => {
                    let (id, value) = (self.field(field, false), self.said(value));
                    self.filled.insert(id, value);
                }
                Step::Choose { field, option, row } => self.choose(field, option, *row),
                Step::Expect { level, state, gone } => self.expect(level.as_deref(), *state, *gone),
                Step::Person { text } => panic!("{text}"),
            }
        }
        self.site.effects()
    }

    fn table(&self) -> &Table {
        &self.pages.tables["project"]
    }

    /// A template's words. A level stands in its documented spelling.
    fn said(&self, template: &str) -> String {
        let spelled =
            |level: &str| self.table().levels.get(level).map_or(level, |words| &words[0]).to_owned();
        let [from, to] = self.levels.map(spelled);
        template.replace("{account}", self.account).replace("{from}", &from).replace("{to}", &to)
    }

    /// Whether two words stand for one level.
    fn is_level(&self, one: &str, other: &str) -> bool {
        let both =
            |words: &Vec<String>| [one, other].iter().all(|word| words.iter().any(|known| known == word));
        one == other || self.table().levels.values().any(both)
    }

    async fn open(&mut self, name: &str) {
        let page = self.pages.pages[name].clone();
        for path in page.paths {
            let response = self.site.get(&path.replace("{id}", "k3")).await;
            let found = Page::of(response).await;
            if self.pages.spellings(&page.heading).contains(&&*found.heading()) {
                self.page = found;
                self.filled.clear();
                return;
            }
        }
        panic!("no path leads to {name}");
    }

    /// The elements of a sort in the row of the account, or anywhere that can be seen.
    fn scope(&self, row: bool, selector: &str) -> Vec<ElementRef<'_>> {
        let selector = Selector::parse(selector).unwrap();
        if row {
            let rows = Selector::parse("table:has(thead) tbody tr").unwrap();
            let rows = self.page.html.select(&rows).filter(|row| words(*row).contains(self.account));
            return one(rows, self.account).select(&selector).collect();
        }
        let hidden = |element: &ElementRef<'_>| {
            element.ancestors().filter_map(ElementRef::wrap).any(|outer| outer.attr("hidden").is_some())
        };
        self.page.html.select(&selector).filter(|element| !hidden(element)).collect()
    }

    fn labelled(&self, word: &str, row: bool, selector: &str) -> ElementRef<'_> {
        let spellings = self.pages.spellings(word);
        let found = self.scope(row, selector).into_iter();
        one(found.filter(|element| spellings.contains(&&*words(*element))), word)
    }

    /// The id of the field with that label.
    fn field(&self, word: &str, row: bool) -> String {
        self.labelled(word, row, "label").attr("for").unwrap().to_owned()
    }

    fn choose(&mut self, word: &str, option: &str, row: bool) {
        let (id, wanted) = (self.field(word, row), self.said(option));
        let options = Selector::parse(&format!("select[id=\"{id}\"] option")).unwrap();
        let options =
            self.page.html.select(&options).filter(|option| self.is_level(&words(*option), &wanted));
        let value = one(options, &wanted).attr("value").unwrap().to_owned();
        self.filled.insert(id, value);
    }

    async fn press(&mut self, word: &str, row: bool, writes: bool) {
        let button = self.labelled(word, row, "button");
        let form = one(button.ancestors().filter_map(ElementRef::wrap).filter(is_form), "form");
        let (action, posts) = (form.attr("action").unwrap().to_owned(), form.attr("method") == Some("post"));
        assert_eq!(posts, writes, "{word}");
        if !posts {
            self.page = self.site.page(&action).await;
            return;
        }
        let fields = Selector::parse("input, select").unwrap();
        let fields: Vec<(String, String)> = form.select(&fields).map(|field| self.value(field)).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(self.site.post(&action, &fields).await.status(), 303, "{action} {fields:?}");
    }

    fn value(&self, field: ElementRef<'_>) -> (String, String) {
        let selected = Selector::parse("option[selected]").unwrap();
        let filled = field.attr("id").and_then(|id| self.filled.get(id)).map(String::as_str);
        let chosen = || field.select(&selected).next().and_then(|option| option.attr("value"));
        let value = filled.or_else(|| field.attr("value")).or_else(chosen).unwrap_or_default();
        (field.attr("name").unwrap().to_owned(), value.to_owned())
    }

    fn expect(&self, level: Option<&str>, state: Option<RowState>, gone: bool) {
        let standing = self.page.standing(self.account);
        assert_eq!(standing.is_none(), gone, "{standing:?}");
        let Some((role, status)) = standing else { return };
        assert!(level.is_none_or(|level| self.is_level(&role, &self.said(level))), "{role}");
        assert!(state.is_none_or(|state| self.table().states[&state].contains(&status)), "{status}");
    }
}

fn is_form(element: &ElementRef<'_>) -> bool {
    element.value().name() == "form"
}

/// Follows a procedure on every look of the pages, and compares what came of it.
async fn comes_to(action: &str, who: &str, account: &'static str, levels: [&'static str; 2], effect: &str) {
    for labelling in ["documented", "guided"] {
        for noise in [false, true] {
            let follower = Follower::start(labelling, who, account, levels, noise).await;
            assert_eq!(follower.follow(action).await, [effect], "{labelling}");
        }
    }
}

const TOM: &str = "tom@acme.example";
const OLGA: &str = "olga@acme.example";

#[tokio::test]
async fn invite() {
    let effect = "project k3: invite new@acme.example as admin";
    comes_to("invite", TOM, "new@acme.example", ["", "admin"], effect).await;
}

#[tokio::test]
async fn change_level() {
    let effect = "project k3: role jane@acme.example member -> admin";
    comes_to("change-level", TOM, "jane@acme.example", ["member", "admin"], effect).await;
    let effect = "project k3: role tom@acme.example admin -> member";
    comes_to("change-level", OLGA, TOM, ["admin", "member"], effect).await;
}

#[tokio::test]
async fn revoke() {
    let effect = "project k3: remove jane@acme.example";
    comes_to("revoke", TOM, "jane@acme.example", ["member", ""], effect).await;
}

#[tokio::test]
async fn transfer_ownership() {
    let effect = "project k3: transfer ownership olga@acme.example -> tom@acme.example";
    comes_to("transfer-ownership", OLGA, TOM, ["", "owner"], effect).await;
}

#[tokio::test]
async fn resend_invitation() {
    let effect = "project k3: resend wait@acme.example";
    comes_to("resend-invitation", TOM, "wait@acme.example", ["", ""], effect).await;
    let effect = "project k3: resend late@acme.example";
    comes_to("resend-invitation", TOM, "late@acme.example", ["", ""], effect).await;
}

#[tokio::test]
async fn cancel_invitation() {
    let effect = "project k3: cancel wait@acme.example";
    comes_to("cancel-invitation", TOM, "wait@acme.example", ["", ""], effect).await;
    let effect = "project k3: cancel late@acme.example";
    comes_to("cancel-invitation", TOM, "late@acme.example", ["", ""], effect).await;
}
