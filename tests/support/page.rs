//! A person at a plain page: reads its HTML, follows links, fills and sends forms. It stands for a browser where none is
//! installed, and runs no scripts.

use super::dom::{Control, Page, Role};
use async_trait::async_trait;
use grantline::apply::browser::{Capture, PageError, Session, Sight, Until, folded, only};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Url};
use std::collections::BTreeMap;

/// As many redirects as one page may take.
const MOST_REDIRECTS: usize = 10;

/// One window, with cookies of its own.
pub(crate) struct HttpSession {
    client: Client,
    cookies: BTreeMap<String, String>,
    url: Url,
    html: String,
    /// What was typed and chosen on this page, by the field's place in it.
    typed: BTreeMap<usize, String>,
    /// What has been found on this page, so that it is looked through once.
    sight: Option<Sight>,
    controls: BTreeMap<Option<String>, Vec<Control>>,
}

impl HttpSession {
    pub(crate) fn new() -> Self {
        Self::over(Self::client())
    }

    /// A client that any number of windows can share: none of them keeps its cookies in it.
    pub(crate) fn client() -> Client {
        Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
    }

    /// A new window.
    pub(crate) fn over(client: Client) -> Self {
        let url = Url::parse("about:blank").unwrap();
        Self {
            client,
            cookies: BTreeMap::new(),
            url,
            html: String::new(),
            typed: BTreeMap::new(),
            sight: None,
            controls: BTreeMap::new(),
        }
    }

    async fn go(&mut self, method: Method, url: Url, form: Vec<(String, String)>) -> Result<(), PageError> {
        let (mut method, mut url, mut form) = (method, url, form);
        for _ in 0..MOST_REDIRECTS {
            let mut request = self.client.request(method.clone(), url.clone());
            if !self.cookies.is_empty() {
                let pairs: Vec<String> =
                    self.cookies.iter().map(|(key, value)| format!("{key}={value}")).collect();
                request = request.header(COOKIE, pairs.join("; "));
            }
            if method == Method::POST {
                request = request.form(&form);
            }
            let answer = request.send().await.map_err(|error| broken(error.to_string()))?;
            self.keep_cookies(&answer);
            let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let Some(to) = to.filter(|_| answer.status().is_redirection()) else {
                self.url = url;
                self.typed.clear();
                self.controls.clear();
                self.sight = None;
                self.html = answer.text().await.map_err(|error| broken(error.to_string()))?;
                return Ok(());
            };
            url = url.join(to).map_err(|error| broken(error.to_string()))?;
            (method, form) = (Method::GET, Vec::new());
        }
        Err(broken("too many redirects".to_owned()))
    }

    fn keep_cookies(&mut self, answer: &reqwest::Response) {
        let set = answer.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        for cookie in set {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((key, value)) = pair.split_once('=') {
                self.cookies.insert(key.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    /// The one element of these roles that is called so.
    fn find(&mut self, roles: &[Role], what: &[String], row: Option<&str>) -> Result<Control, PageError> {
        let all = self.controls(row)?;
        let of_role = all.iter().filter(|one| roles.contains(&one.role)).cloned().collect::<Vec<_>>();
        let (usable, not): (Vec<_>, Vec<_>) = of_role.into_iter().partition(|one| one.enabled);
        let names = |controls: &[Control]| controls.iter().map(|one| one.names.clone()).collect::<Vec<_>>();
        match only(&names(&usable), what, row) {
            Ok(at) => Ok(usable[at].clone()),
            Err(PageError::Missing { .. }) if only(&names(&not), what, row).is_ok() => {
                Err(PageError::Blocked { what: what.to_vec(), why: "it is disabled".to_owned() })
            }
            Err(error) => Err(error),
        }
    }

    fn controls(&mut self, row: Option<&str>) -> Result<&[Control], PageError> {
        let key = row.map(ToOwned::to_owned);
        if !self.controls.contains_key(&key) {
            let found = Page::parse(&self.html).controls(row)?;
            self.controls.insert(key.clone(), found);
        }
        Ok(&self.controls[&key])
    }

    /// Where the links of that name lead, in their order on the page.
    pub(crate) fn links(&self, name: &str) -> Vec<String> {
        let links = Page::parse(&self.html).controls(None).unwrap().into_iter();
        let links = links.filter(|one| one.role == Role::Link && one.names.iter().any(|text| text == name));
        links.filter_map(|one| self.url.join(&one.href?).ok()).map(String::from).collect()
    }

    fn pressable(&mut self, what: &[String], row: Option<&str>) -> Result<Control, PageError> {
        self.find(&[Role::Button, Role::Link], what, row)
    }
}

#[async_trait]
impl Session for HttpSession {
    async fn open(&mut self, url: &str) -> Result<(), PageError> {
        let url = Url::parse(url).map_err(|error| broken(error.to_string()))?;
        self.go(Method::GET, url, Vec::new()).await
    }

    async fn look(&mut self, _until: &Until) -> Result<Sight, PageError> {
        if let Some(sight) = &self.sight {
            return Ok(sight.clone());
        }
        let page = Page::parse(&self.html);
        let found = page.controls(None)?;
        let controls = found.iter().filter_map(|one| one.names.first().cloned()).collect();
        self.controls.insert(None, found);
        let sight = Sight {
            url: self.url.to_string(),
            headings: page.headings(),
            controls,
            lines: page.lines(),
            tables: page.tables(),
        };
        self.sight = Some(sight.clone());
        Ok(sight)
    }

    async fn press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError> {
        let control = self.pressable(what, row)?;
        if let Some(href) = control.href {
            let url = self.url.join(&href).map_err(|error| broken(error.to_string()))?;
            return self.go(Method::GET, url, Vec::new()).await;
        }
        let form = Page::parse(&self.html).form_of(control.at, &self.typed);
        let Some((method, action, fields)) = form else { return Ok(()) };
        let mut url = self.url.join(&action).map_err(|error| broken(error.to_string()))?;
        if method == Method::GET {
            url.query_pairs_mut().clear().extend_pairs(&fields);
            return self.go(method, url, Vec::new()).await;
        }
        self.go(method, url, fields).await
    }

    async fn can_press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError> {
        self.pressable(what, row).map(drop)
    }

    async fn fill(&mut self, label: &[String], value: &str) -> Result<(), PageError> {
        let field = self.find(&[Role::Text], label, None)?;
        self.typed.insert(field.at, value.to_owned());
        Ok(())
    }

    async fn choose(
        &mut self,
        label: &[String],
        option: &[String],
        row: Option<&str>,
    ) -> Result<(), PageError> {
        let field = self.find(&[Role::Choice], label, row)?;
        let is_it = |text: &String| option.iter().any(|one| folded(one) == folded(text));
        let found: Vec<_> = field.options.iter().filter(|(text, _)| is_it(text)).collect();
        match found[..] {
            [(_, value)] => {
                self.typed.insert(field.at, value.clone());
                Ok(())
            }
            [] => {
                let there = field.options.into_iter().map(|(text, _)| text).collect();
                Err(PageError::missing(option, "among the options", there))
            }
            _ => Err(PageError::Several {
                what: option.to_vec(),
                place: "among the options".to_owned(),
                times: found.len(),
            }),
        }
    }

    async fn capture(&mut self, _keep: &[String]) -> Result<Capture, PageError> {
        Ok(Capture { html: self.html.clone(), picture: None })
    }

    async fn is_open(&mut self) -> bool {
        true
    }

    async fn close(&mut self) {}
}

fn broken(message: String) -> PageError {
    PageError::Broken { message }
}
