//! One SCIM server as this program knows it: how to reach it, what it says it can do, what was learnt about it.

use super::dialect::Learnt;
use super::refusal::{broken, refusal};
use super::wire::{Entry, Object, attr, document, entry, switch};
use crate::connector::ConnectorError;
use crate::net::{Answer, Endpoint, Http, HttpLimits, Pace, Protocol, Request};
use crate::workspace::ScimSettings;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// Resources asked for in one page where neither the workspace nor the server says otherwise.
const PAGE_SIZE: usize = 100;

/// How pages follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paging {
    /// RFC 7644, section 3.4.2.4.
    Index,
    /// RFC 9865.
    Cursor,
}

/// What the server's `ServiceProviderConfig` says; what it does not say is taken as RFC 7644 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Provider {
    pub(super) patch: bool,
    filter: bool,
    cursor_only: bool,
    pub(super) max_results: Option<usize>,
}

impl Default for Provider {
    fn default() -> Self {
        Self { patch: true, filter: true, cursor_only: false, max_results: None }
    }
}

/// One server.
pub(super) struct Service {
    http: Http,
    pub(super) settings: ScimSettings,
    provider: OnceCell<Provider>,
    pub(super) learnt: Learnt,
    /// Whether some group was seen to tell its members.
    tells_members: AtomicBool,
    /// Groups made here to which nobody was added since.
    new_groups: Mutex<BTreeSet<String>>,
    /// The groups as they were listed before the first was made here, for as long as every making is accounted for.
    pub(super) groups_before: Mutex<Option<Vec<Entry>>>,
}

impl Service {
    pub(super) fn new(
        endpoint: Endpoint,
        pace: Arc<Pace>,
        settings: ScimSettings,
        forbidden: &'static [(&'static str, &'static str)],
    ) -> Result<Self, ConnectorError> {
        let protocol = Protocol { forbidden, ..Protocol::SCIM };
        let http = Http::new(endpoint, pace, HttpLimits::default(), protocol)?;
        Ok(Self {
            http,
            settings,
            provider: OnceCell::new(),
            learnt: Learnt::default(),
            tells_members: AtomicBool::new(false),
            new_groups: Mutex::default(),
            groups_before: Mutex::default(),
        })
    }

    /// Whether an absent `members` means that there are none: only a server that was seen to tell somebody's.
    pub(super) fn tells_members(&self) -> bool {
        self.tells_members.load(Ordering::Relaxed)
    }

    /// A group told its members.
    pub(super) fn told_members(&self) {
        self.tells_members.store(true, Ordering::Relaxed);
    }

    /// A group was made, and nobody is in it.
    pub(super) fn made_group(&self, id: &str) {
        self.new_groups.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
    }

    /// Whether the group was made here and nobody was added since; from now on nobody can tell.
    pub(super) fn take_new_group(&self, id: &str) -> bool {
        self.new_groups.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }

    /// The id of the account that the credential belongs to, as `/Me` says. Servers may lack `/Me` (RFC 7644, section
    /// 3.11), so that an answer that says so is none.
    ///
    /// # Errors
    /// Where the server fails to answer, which is not the same as having no answer.
    pub(super) async fn me(&self) -> Result<Option<String>, ConnectorError> {
        let answer = self.send(&Request::new(Method::GET, &["Me"])).await?;
        match answer.status {
            200 => Ok(entry(&answer).ok().map(|me| me.id)),
            307 | 308 => Ok(answer.location.as_deref().and_then(super::wire::id_in)),
            // Nobody is unknown to a server that takes their token everywhere else: this one fails, and to go on without
            // knowing whose account not to touch could lock that account out.
            401 => Err(ConnectorError::Unauthorised {
                message: format!(
                    "{} If the vendor answers so whatever the token is, name the account that the token belongs to with \
                     `identity:`.",
                    refusal(&answer)
                ),
            }),
            408 | 429 | 500 | 502.. => Err(refusal(&answer)),
            _ => Ok(None),
        }
    }

    /// Sends a request and gives whatever answer came.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer, ConnectorError> {
        Ok(self.http.send(request).await?)
    }

    /// Sends a request; an answer without success is an error.
    pub(super) async fn ask(&self, request: &Request) -> Result<Answer, ConnectorError> {
        let answer = self.send(request).await?;
        if answer.is_success() { Ok(answer) } else { Err(refusal(&answer)) }
    }

    /// Reads one resource by its id, with its version where the server keeps versions. None: it does not exist.
    pub(super) async fn fetch(
        &self,
        kind: &str,
        id: &str,
        attributes: Option<&str>,
    ) -> Result<Option<(Entry, Option<String>)>, ConnectorError> {
        let mut request = Request::new(Method::GET, &[kind, id]);
        if let Some(attributes) = attributes {
            request = request.query("attributes", attributes);
        }
        match self.ask(&request).await {
            Err(ConnectorError::Gone { .. }) => Ok(None),
            Err(error) => Err(error),
            Ok(answer) => self.versioned(&answer, id).map(Some),
        }
    }

    /// The resource that an answer holds, with its version; it must be the one asked for.
    pub(super) fn versioned(
        &self,
        answer: &Answer,
        id: &str,
    ) -> Result<(Entry, Option<String>), ConnectorError> {
        let found = entry(answer)?;
        if found.id != id {
            let got = answer.quote(&found.id, 80);
            return Err(broken(answer, &format!("with another resource, whose id is {got:?}")));
        }
        let version = answer.etag.clone().or_else(|| version(&found.object));
        Ok((found, version))
    }

    /// What the server can do. It is asked once; a server that does not tell is taken at the standard's word, since
    /// the requests that follow will show.
    pub(super) async fn provider(&self) -> Result<Provider, ConnectorError> {
        self.provider.get_or_try_init(|| self.discover()).await.copied()
    }

    async fn discover(&self) -> Result<Provider, ConnectorError> {
        let answer = self.send(&Request::new(Method::GET, &["ServiceProviderConfig"])).await?;
        match answer.status {
            200 => Ok(document(&answer).map(|config| described(&config)).unwrap_or_default()),
            408 | 429 | 500.. if answer.status != 501 => Err(refusal(&answer)),
            _ => Ok(Provider::default()),
        }
    }

    /// How pages follow one another.
    pub(super) async fn paging(&self) -> Result<Paging, ConnectorError> {
        Ok(match self.settings.paging.as_deref() {
            Some("index") => Paging::Index,
            Some("cursor") => Paging::Cursor,
            _ if self.provider().await?.cursor_only => Paging::Cursor,
            _ => Paging::Index,
        })
    }

    /// Whether filters may be tried.
    pub(super) async fn filters(&self) -> Result<bool, ConnectorError> {
        match self.settings.filter {
            Some(filter) => Ok(filter),
            None => Ok(self.provider().await?.filter),
        }
    }

    /// How many resources to ask for at once.
    pub(super) async fn page_size(&self) -> Result<usize, ConnectorError> {
        if let Some(size) = self.settings.page_size.and_then(|size| usize::try_from(size).ok()) {
            return Ok(size.max(1));
        }
        let most = self.provider().await?.max_results.unwrap_or(PAGE_SIZE);
        Ok(most.clamp(1, PAGE_SIZE))
    }
}

/// `meta.version`: the ETag of a server that does not send the header.
fn version(object: &Object) -> Option<String> {
    let meta = attr(object, "meta")?.as_object()?;
    attr(meta, "version").and_then(Value::as_str).map(str::to_owned)
}

fn described(config: &Object) -> Provider {
    let part = |name: &str| attr(config, name).and_then(Value::as_object);
    let says = |part: Option<&Object>, name: &str| part.and_then(|part| attr(part, name)).and_then(switch);
    let filter = part("filter");
    let paging = part("pagination");
    let most = filter.and_then(|filter| attr(filter, "maxResults")).and_then(Value::as_u64);
    Provider {
        patch: says(part("patch"), "supported").unwrap_or(true),
        filter: says(filter, "supported").unwrap_or(true),
        cursor_only: says(paging, "cursor") == Some(true) && says(paging, "index") == Some(false),
        max_results: most.and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::script::{Reply, Server, TestClock, pace};
    use serde_json::json;

    async fn told(reply: Reply) -> Result<Provider, ConnectorError> {
        let server = Server::start(move |_| reply.clone()).await;
        let service =
            Service::new(server.endpoint("/v2"), pace(TestClock::new()), ScimSettings::default(), &[]);
        service.unwrap().provider().await
    }

    #[tokio::test]
    async fn a_server_that_tells_nothing_is_taken_at_the_standards_word() {
        for status in [401, 403, 404, 501] {
            assert_eq!(told(Reply::empty(status)).await, Ok(Provider::default()), "{status}");
        }
        assert_eq!(told(Reply::text(200, "text/html", "<html>")).await, Ok(Provider::default()));
        assert!(told(Reply::empty(500)).await.is_err());
    }

    #[tokio::test]
    async fn what_a_server_tells_is_heeded_in_any_case() {
        let config = json!({
            "PATCH": {"Supported": "False"}, "filter": {"supported": false, "maxResults": 20},
            "pagination": {"cursor": true, "index": false},
        });
        let provider = told(Reply::json(200, &config)).await.unwrap();
        let expected = Provider { patch: false, filter: false, cursor_only: true, max_results: Some(20) };
        assert_eq!(provider, expected);
    }
}
