//! A visitor who does with the pages what a person does: finds things by what they are called, follows links, fills in
//! forms and sends them.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Response, StatusCode};
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeMap;

pub(super) struct Surfer {
    client: Client,
    origin: String,
    cookies: BTreeMap<String, String>,
    /// The page it is on.
    pub(super) html: String,
    pub(super) status: StatusCode,
    /// What was typed and chosen on that page, by form and field.
    typed: BTreeMap<(usize, String), String>,
}

/// All elements within another that fit.
fn all<'a>(within: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    within.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands in a label before its control.
fn caption(label: ElementRef<'_>) -> String {
    label.children().filter_map(|child| child.value().as_text().map(|text| text.trim().to_owned())).collect()
}

fn named<'a>(
    elements: Vec<ElementRef<'a>>,
    words: &[&str],
    name: fn(ElementRef<'a>) -> String,
) -> ElementRef<'a> {
    let found: Vec<_> = elements.into_iter().filter(|one| words.contains(&&*name(*one))).collect();
    assert_eq!(found.len(), 1, "{words:?} stands {} times", found.len());
    found[0]
}

/// The row that shows an address in a cell, or the whole page.
fn scope<'a>(page: &'a Html, row: Option<&str>) -> ElementRef<'a> {
    let Some(email) = row else { return page.root_element() };
    let rows = all(page.root_element(), "tr").into_iter();
    let found: Vec<_> = rows.filter(|row| all(*row, "td").iter().any(|cell| text(*cell) == email)).collect();
    assert_eq!(found.len(), 1, "rows for {email}");
    found[0]
}

fn form_of(control: ElementRef<'_>) -> ElementRef<'_> {
    let above = control.ancestors().filter_map(ElementRef::wrap);
    above.into_iter().find(|element| element.value().name() == "form").unwrap()
}

fn place_of(page: &Html, form: ElementRef<'_>) -> usize {
    all(page.root_element(), "form").iter().position(|other| other.id() == form.id()).unwrap()
}

impl Surfer {
    pub(super) fn new(origin: String) -> Self {
        let no_redirect = reqwest::redirect::Policy::none();
        let client =
            Client::builder().no_proxy().pool_max_idle_per_host(0).redirect(no_redirect).build().unwrap();
        let (html, typed) = (String::new(), BTreeMap::new());
        Self { client, origin, cookies: BTreeMap::new(), html, status: StatusCode::OK, typed }
    }

    pub(super) async fn open(&mut self, path: &str) {
        let sent = self.client.get(format!("{}{path}", self.origin)).header(COOKIE, self.cookie());
        self.arrive(sent.send().await.unwrap()).await;
    }

    fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn arrive(&mut self, mut response: Response) {
        self.typed.clear();
        loop {
            for cookie in response.headers().get_all(SET_COOKIE) {
                let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let Some(next) = response.headers().get(LOCATION) else { break };
            let next = format!("{}{}", self.origin, next.to_str().unwrap());
            response = self.client.get(next).header(COOKIE, self.cookie()).send().await.unwrap();
        }
        self.status = response.status();
        self.html = response.text().await.unwrap();
    }

    pub(super) fn page(&self) -> Html {
        Html::parse_document(&self.html)
    }

    pub(super) fn heading(&self) -> String {
        all(self.page().root_element(), "h1").first().map(|heading| text(*heading)).unwrap_or_default()
    }

    pub(super) fn shows(&self, word: &str) -> bool {
        text(self.page().root_element()).contains(word)
    }

    /// The cells of the one row that shows the address, by column.
    pub(super) fn row(&self, email: &str) -> Option<BTreeMap<String, String>> {
        let page = self.page();
        let rows = all(page.root_element(), "tr");
        let is_it = |row: &&ElementRef<'_>| all(**row, "td").iter().any(|cell| text(*cell) == email);
        let row = rows.iter().find(is_it)?;
        let headers = all(page.root_element(), "th");
        Some(headers.into_iter().map(text).zip(all(*row, "td").into_iter().map(text)).collect())
    }

    /// Whether a link or button of such a name is there.
    pub(super) fn offers(&self, words: &[&str], row: Option<&str>) -> bool {
        let page = self.page();
        all(scope(&page, row), "a, button").into_iter().any(|one| words.contains(&&*text(one)))
    }

    pub(super) fn fill(&mut self, words: &[&str], value: &str) {
        let page = self.page();
        let label = named(all(page.root_element(), "label"), words, caption);
        let field = all(label, "input")[0];
        let key = (place_of(&page, form_of(label)), field.value().attr("name").unwrap().to_owned());
        self.typed.insert(key, value.to_owned());
    }

    pub(super) fn choose(&mut self, words: &[&str], options: &[&str], row: Option<&str>) {
        let page = self.page();
        let label = named(all(scope(&page, row), "label"), words, caption);
        let select = all(label, "select")[0];
        let option = named(all(select, "option"), options, text);
        let key = (place_of(&page, form_of(label)), select.value().attr("name").unwrap().to_owned());
        self.typed.insert(key, option.value().attr("value").unwrap().to_owned());
    }

    pub(super) async fn press(&mut self, words: &[&str], row: Option<&str>) {
        let (target, sent) = {
            let page = self.page();
            let what = named(all(scope(&page, row), "a, button"), words, text);
            match what.value().attr("href") {
                Some(href) => (href.to_owned(), None),
                None => {
                    let form = form_of(what);
                    let fields = self.fields(&page, form);
                    (form.value().attr("action").unwrap().to_owned(), Some(fields))
                }
            }
        };
        let Some(fields) = sent else { return self.open(&target).await };
        let url = format!("{}{target}", self.origin);
        let sent = self.client.post(url).header(COOKIE, self.cookie()).header("origin", &self.origin);
        self.arrive(sent.form(&fields).send().await.unwrap()).await;
    }

    /// Follows a link that may stand in the navigation and on the page.
    pub(super) async fn follow(&mut self, word: &str) {
        let to: std::collections::BTreeSet<String> = {
            let page = self.page();
            let links = all(page.root_element(), "a").into_iter().filter(|link| text(*link) == word);
            links.map(|link| link.value().attr("href").unwrap().to_owned()).collect()
        };
        assert_eq!(to.len(), 1, "{word} leads to {to:?}");
        self.open(to.first().unwrap()).await;
    }

    /// What a browser would send of a form.
    fn fields(&self, page: &Html, form: ElementRef<'_>) -> Vec<(String, String)> {
        let place = place_of(page, form);
        let controls = all(form, "input, select").into_iter();
        let sent = controls.map(|control| {
            let name = control.value().attr("name").unwrap().to_owned();
            let given = match all(control, "option[selected]").first().or(all(control, "option").first()) {
                Some(option) => option.value().attr("value"),
                None => control.value().attr("value"),
            };
            let given = given.unwrap_or_default().to_owned();
            (name.clone(), self.typed.get(&(place, name)).cloned().unwrap_or(given))
        });
        sent.collect()
    }
}
