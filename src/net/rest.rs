//! What the connectors of JSON APIs share: lists over pages, typed refusals, answers that are no JSON.
//!
//! A connector declares how its vendor does these things ([`Api`]) and asks for values.

use super::refusal::{Advice, typed};
use super::{Answer, Budget, Endpoint, Http, HttpLimits, LONGEST_CURSOR, MAX_PAGES, Pace, Protocol, Request};
use crate::connector::ConnectorError;
use reqwest::Url;
use reqwest::header::LINK;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How a vendor's JSON API wants to be spoken to.
pub(crate) struct Api {
    /// The vendor's name, for people.
    pub(crate) title: &'static str,
    /// Headers, and what no request may contain.
    pub(crate) protocol: Protocol,
    /// How a page leads to the next.
    pub(crate) paging: Paging,
    /// The vendor's own words in the body of a refusal, where there are any.
    pub(crate) problem: fn(&Value) -> Problem,
    /// What a 403 may mean, for people: a full sentence.
    pub(crate) forbidden: &'static str,
}

/// How a page leads to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Paging {
    /// By a header `Link` with `rel="next"` (RFC 8288).
    Link,
    /// By a URL in the body, at this JSON pointer (RFC 6901).
    Url(&'static str),
    /// By a cursor in a header, which goes back as a parameter.
    Header {
        /// The header.
        name: &'static str,
        /// The parameter.
        parameter: &'static str,
    },
    /// By a cursor in the body, at this JSON pointer, which goes back as a parameter.
    Cursor {
        /// The pointer.
        at: &'static str,
        /// The parameter.
        parameter: &'static str,
    },
}

/// What a refusal says. Its text is the vendor's and untrusted.
#[derive(Debug, Default)]
pub(crate) struct Problem {
    /// The vendor's own code for it; empty where there is none.
    pub(crate) code: String,
    /// Words for people; empty where there are none.
    pub(crate) detail: String,
    /// Whether it means that a limit is reached, such as licences.
    pub(crate) limit: bool,
}

/// A client of one JSON API.
pub(crate) struct Rest {
    http: Http,
    api: &'static Api,
}

impl Rest {
    /// Sets a client up.
    ///
    /// # Errors
    /// [`ConnectorError::Refused`] where the URL would carry the credential in the clear or holds one itself.
    pub(crate) fn new(
        endpoint: Endpoint,
        pace: Arc<Pace>,
        api: &'static Api,
    ) -> Result<Self, ConnectorError> {
        let http = Http::new(endpoint, pace, HttpLimits::default(), api.protocol)?;
        Ok(Self { http, api })
    }

    /// Sends a request and gives whatever answer came.
    ///
    /// # Errors
    /// Where none came.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, ConnectorError> {
        Ok(self.http.send(request).await?)
    }

    /// Sends a request; an answer without success is an error.
    ///
    /// # Errors
    /// Any [`ConnectorError`].
    pub(crate) async fn ask(&self, request: &Request) -> Result<Answer, ConnectorError> {
        let answer = self.send(request).await?;
        if answer.is_success() { Ok(answer) } else { Err(self.refusal(&answer)) }
    }

    /// The JSON that answers a request.
    ///
    /// # Errors
    /// Any [`ConnectorError`].
    pub(crate) async fn read(&self, request: &Request) -> Result<Value, ConnectorError> {
        self.json(&self.ask(request).await?)
    }

    /// The same; none where the vendor says that there is no such thing.
    ///
    /// # Errors
    /// Any [`ConnectorError`] but [`ConnectorError::Gone`].
    pub(crate) async fn find(&self, request: &Request) -> Result<Option<Value>, ConnectorError> {
        match self.read(request).await {
            Err(ConnectorError::Gone { .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Every item of a list, over all its pages, in the server's order. `items` is where a page has them, as a JSON
    /// pointer; empty: the page is the list.
    ///
    /// # Errors
    /// [`ConnectorError::ContractBroken`] where the pages do not add up: nothing may be concluded from a part. Any other
    /// as of a single request.
    pub(crate) async fn list(&self, first: &Request, items: &str) -> Result<Vec<Value>, ConnectorError> {
        match self.pages(first, items).await? {
            Ok(items) => Ok(items),
            // Somebody may have changed the list meanwhile.
            Err(_) => self.pages(first, items).await?.map_err(|flaw| self.unreadable(first, &flaw)),
        }
    }

    /// The same, or what is wrong with pages that may have moved between two requests.
    async fn pages(
        &self,
        first: &Request,
        items: &str,
    ) -> Result<Result<Vec<Value>, String>, ConnectorError> {
        let (mut all, mut left) = (Vec::new(), Budget::WHOLE);
        let (mut ids, mut cursors) = (BTreeSet::new(), BTreeSet::new());
        let mut request = first.clone();
        for _ in 0..MAX_PAGES {
            let answer = self.ask(&request).await?;
            let page = self.json(&answer)?;
            let next = self.next(&request, &answer, &page)?;
            let Some(Value::Array(found)) = take(page, items) else {
                return Err(self.broken(&answer, "without the list that was asked for"));
            };
            for item in &found {
                let id = item.get("id").filter(|id| id.is_string() || id.is_number()).map(Value::to_string);
                if let Some(id) = id.filter(|id| !ids.insert(id.clone())) {
                    return Ok(Err(format!("the id {} comes twice", super::neutral(&id, 80))));
                }
            }
            left.pay(answer.body.len(), found.len()).map_err(|flaw| self.unreadable(first, flaw))?;
            all.extend(found);
            let Some((cursor, next)) = next else { return Ok(Ok(all)) };
            if cursor.len() > LONGEST_CURSOR {
                return Err(
                    self.unreadable(first, &format!("a cursor is longer than {LONGEST_CURSOR} bytes"))
                );
            }
            if !cursors.insert(cursor) {
                return Err(self.unreadable(first, "the server leads to one page twice"));
            }
            request = next;
        }
        Err(self.unreadable(first, "they do not end"))
    }

    /// What leads to the next page, and the request for it. Of a URL that the server names only the parameters count, so
    /// that the credential goes nowhere else.
    fn next(
        &self,
        request: &Request,
        answer: &Answer,
        page: &Value,
    ) -> Result<Option<(String, Request)>, ConnectorError> {
        let by_parameter = |cursor: &str, parameter: &str| {
            (!cursor.is_empty())
                .then(|| (cursor.to_owned(), request.clone().with_query(parameter, cursor.to_owned())))
        };
        match self.api.paging {
            Paging::Header { name, parameter } => {
                let cursor = self.told(answer, name)?;
                Ok(cursor.and_then(|cursor| by_parameter(&cursor, parameter)))
            }
            Paging::Cursor { at, parameter } => {
                let cursor = self.pointed(answer, page, at)?;
                Ok(cursor.and_then(|cursor| by_parameter(&cursor, parameter)))
            }
            Paging::Url(at) => match self.pointed(answer, page, at)? {
                Some(url) => self.at_url(request, answer, &url).map(Some),
                None => Ok(None),
            },
            Paging::Link => {
                let links = self.told(answer, LINK.as_str())?.unwrap_or_default();
                match next_link(&links) {
                    Some(url) => self.at_url(request, answer, url).map(Some),
                    None => Ok(None),
                }
            }
        }
    }

    /// What a header says. One that cannot be read may lead to more, so that a list does not end with it.
    fn told(&self, answer: &Answer, name: &str) -> Result<Option<String>, ConnectorError> {
        let lines: Result<Vec<&str>, _> =
            answer.headers.get_all(name).iter().map(|value| value.to_str()).collect();
        let lines = lines.map_err(|_| self.broken(answer, "with a header that is no text"))?;
        Ok((!lines.is_empty()).then(|| lines.join(", ")))
    }

    /// What the body says at a place. Likewise.
    fn pointed(&self, answer: &Answer, page: &Value, at: &str) -> Result<Option<String>, ConnectorError> {
        match page.pointer(at) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => {
                Err(self.broken(answer, "with something else than a text that leads to the next page"))
            }
        }
    }

    fn at_url(
        &self,
        request: &Request,
        answer: &Answer,
        next: &str,
    ) -> Result<(String, Request), ConnectorError> {
        let here = self.http.url(request)?;
        let url = here.join(next).ok().filter(|url| is_same_list(&here, url));
        let url = url.ok_or_else(|| self.broken(answer, "with a next page that is somewhere else"))?;
        let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        Ok((url.query().unwrap_or_default().to_owned(), request.clone().with_queries(query)))
    }

    /// The JSON that an answer's body is; null where it has none.
    ///
    /// # Errors
    /// [`ConnectorError::ContractBroken`] where the body is none.
    pub(crate) fn json(&self, answer: &Answer) -> Result<Value, ConnectorError> {
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        let labelled = answer.content_type.is_empty() || answer.content_type.ends_with("json");
        let value = labelled.then(|| serde_json::from_slice(&answer.body).ok()).flatten();
        value.ok_or_else(|| self.broken(answer, "instead of JSON"))
    }

    /// What a refusal says.
    pub(crate) fn problem(&self, answer: &Answer) -> Problem {
        serde_json::from_slice(&answer.body).map(|body| (self.api.problem)(&body)).unwrap_or_default()
    }

    /// The error that an answer without success stands for.
    pub(crate) fn refusal(&self, answer: &Answer) -> ConnectorError {
        let problem = self.problem(answer);
        let mut said = format!("{} was answered {}", answer.asked, answer.status);
        if !problem.code.is_empty() {
            said.push_str(&format!(" ({})", answer.quote(&problem.code, 60)));
        }
        match (problem.detail.is_empty(), answer.excerpt()) {
            (false, _) => said.push_str(&format!(": {:?}", answer.quote(&problem.detail, 200))),
            (true, excerpt) if !excerpt.is_empty() && problem.code.is_empty() => {
                said.push_str(&format!(" {}: {excerpt:?}", answer.media_type()));
            }
            _ => {}
        }
        said.push('.');
        typed(answer, said, &Advice { limit: problem.limit, forbidden: self.api.forbidden })
    }

    /// The error for an answer that the vendor should never give.
    pub(crate) fn broken(&self, answer: &Answer, what: &str) -> ConnectorError {
        let (asked, status, excerpt) = (&answer.asked, answer.status, answer.excerpt());
        ConnectorError::ContractBroken {
            message: format!(
                "{asked} was answered {status} {} {what}: {excerpt:?}. Check that `url` is the address of {}'s API.",
                answer.media_type(),
                self.api.title
            ),
        }
    }

    fn unreadable(&self, first: &Request, flaw: &str) -> ConnectorError {
        let path = self.http.url(first).map(|url| url.path().to_owned()).unwrap_or_default();
        ConnectorError::ContractBroken {
            message: format!("The pages of {path} do not add up: {flaw}. Nothing is concluded from them."),
        }
    }
}

fn take(mut page: Value, pointer: &str) -> Option<Value> {
    page.pointer_mut(pointer).map(Value::take)
}

/// Whether two URLs are of one list. A server may encode more of its paths than is needed.
fn is_same_list(here: &Url, next: &Url) -> bool {
    let plain = |url: &Url| -> Option<Vec<String>> { url.path_segments()?.map(decoded).collect() };
    let same_path = here.path() == next.path() || plain(here).is_some_and(|path| plain(next) == Some(path));
    here.origin() == next.origin() && same_path
}

fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment;
    while let Some(at) = rest.find('%') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        bytes.push(u8::from_str_radix(rest.get(at + 1..at + 3)?, 16).ok()?);
        rest = &rest[at + 3..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

/// The target of `rel="next"` in a header `Link` (RFC 8288, section 3).
fn next_link(links: &str) -> Option<&str> {
    // A URL may hold commas, and no `<`.
    links.split('<').skip(1).find_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        parameters.split([';', ',']).any(is_next).then_some(target)
    })
}

/// Whether a parameter says that the link leads on. A link may have several relations, in any case.
fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
    name.trim().eq_ignore_ascii_case("rel") && relations.any(|one| one.eq_ignore_ascii_case("next"))
}

#[cfg(test)]
mod tests;
