//! Where somebody sits before a vendor's pages: reads them, records what they show, changes things there, and answers
//! the mails that were sent.

use super::page::HttpSession;
use super::tenant::Tenant;
use async_trait::async_trait;
use grantline::apply::browser::{
    BrowserWriter, Captures, Confirm, Ground, Question, Said, Session as _, Until, read_members,
};
use grantline::connector::pages::{Pages, Step};
use grantline::connector::{ConnectorError, Reader, Receipt, Scope, Spec, Writer};
use grantline::domain::{Action, Change, Resource, ResourceName, Snapshot, VendorSettings};
use grantline::net::Clock;
use grantline::observe::recorded::{Material, Provenance, Subject, record, recordable};
use grantline::workspace::MaxRemovals;
use reqwest::Client;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// What the link in a mail, and the button that it leads to, are called.
const MAIL: &str = "Open the invitation";
const ACCEPT: [&str; 2] = ["Accept", "Accept invitation"];

/// One person's place before one vendor's pages.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) tenant: Tenant,
    /// The workspace's folder.
    pub(crate) root: PathBuf,
    pub(crate) settings: VendorSettings,
    pub(crate) spec: Spec,
    pub(crate) max_removals: MaxRemovals,
    pub(crate) has_api: bool,
    pub(crate) clock: Arc<dyn Clock>,
    client: Client,
}

/// Says yes to everything.
struct Yes;

#[async_trait]
impl Confirm for Yes {
    async fn confirm(&self, _: &Question) -> Said {
        Said::Yes
    }
}

impl Desk {
    pub(crate) fn new(
        (tenant, root): (Tenant, PathBuf),
        (settings, spec): (VendorSettings, Spec),
        (max_removals, has_api): (MaxRemovals, bool),
        clock: Arc<dyn Clock>,
        client: Client,
    ) -> Self {
        Self { tenant, root, settings, spec, max_removals, has_api, clock, client }
    }

    pub(crate) fn session(&self) -> HttpSession {
        HttpSession::over(self.client.clone())
    }

    fn ground(&self, pages: Pages) -> Ground {
        Ground::new(self.settings.name.clone(), Arc::new(pages), &self.tenant.origin()).unwrap()
    }

    fn pages(&self) -> Pages {
        (**self.spec.pages.as_ref().unwrap()).clone()
    }

    fn captures(&self) -> Captures {
        Captures::new(&self.root, Arc::clone(&self.clock))
    }

    /// The resources whose members somebody records.
    pub(crate) fn recordable(&self) -> BTreeSet<ResourceName> {
        recordable(&self.settings, &self.spec, self.has_api)
    }

    /// Reads every page that shows members, and records it. What could not be, and why.
    pub(crate) async fn record(&self) -> Vec<String> {
        let mut failed = Vec::new();
        for name in self.recordable() {
            if let Err(why) = self.record_one(&name).await {
                failed.push(format!("{name}: {why}"));
            }
        }
        failed
    }

    pub(crate) async fn record_one(&self, name: &ResourceName) -> Result<(), String> {
        let resource = &self.settings.resources[name];
        let mut session = self.session();
        let place = (&*resource.kind, name.as_str(), resource.id.as_deref());
        let ground = self.ground(self.pages());
        let read = read_members(&mut session, &ground, &self.captures(), place).await;
        let members = read.map_err(|error| error.to_string())?;
        self.keep(resource, members.material())
    }

    /// Records a table.
    pub(crate) fn keep(&self, resource: &Resource, material: Material<'_>) -> Result<(), String> {
        let pages = self.pages();
        let (declared, resent) = (BTreeSet::new(), BTreeMap::new());
        let subject = Subject {
            root: &self.root,
            vendor: &self.settings,
            resource,
            table: &pages.tables[&*resource.kind],
            max_removals: self.max_removals,
            reader: None,
            declared: &declared,
            was_recorded: false,
            resent: &resent,
        };
        let now = self.clock.now();
        let provenance =
            Provenance { taken: now, by: "a tester".to_owned(), signed_in_as: None, smaller: None };
        record(&subject, material, &provenance, now).map(drop).map_err(|error| error.to_string())
    }

    /// Carries a change out as its procedure says, signed in as whom the procedure asks for.
    pub(crate) async fn walk(&self, change: &Change, pages: Pages) -> Result<Receipt, ConnectorError> {
        let operator = match &change.action {
            Action::TransferOwnership { from, .. } => Some(self.tenant.sign_in(&json!(from.as_str()))),
            _ => None,
        };
        let session = Box::new(self.session());
        let writer = BrowserWriter::new(session, self.ground(pages), Arc::new(Yes), self.captures(), None);
        let answer = writer.execute(change).await;
        if let Some(operator) = operator {
            self.tenant.sign_in(&operator);
        }
        answer
    }

    /// Carries a change out as a person does, who does what no browser can, too. `None` where all of it is talking.
    pub(crate) async fn carry_out(&self, change: &Change) -> Option<Result<Receipt, ConnectorError>> {
        let mut pages = self.pages();
        for procedure in &mut pages.procedures {
            procedure.steps.retain(|step| !matches!(step, Step::Person { .. }));
        }
        pages.procedures.retain(|procedure| !procedure.steps.is_empty());
        let kind = change.action.target().map_or("account", |on| &on.kind);
        pages.procedure(kind, change.action.word())?;
        Some(self.walk(change, pages).await)
    }

    /// Follows the links of the mails to these addresses, all of them where there are none, and accepts what is still
    /// offered, under the names given. How many were accepted.
    pub(crate) async fn accept(&self, who: &[&str], names: &BTreeMap<String, String>) -> usize {
        let mut session = self.session();
        session.open(&format!("{}/outbox", self.tenant.origin())).await.unwrap();
        let sight = session.look(&Until::Now).await.unwrap();
        let links = session.links(MAIL);
        let rows: Vec<_> = sight.tables.into_iter().flat_map(|table| table.rows).collect();
        assert_eq!(links.len(), rows.len(), "each mail has a link");
        let mut accepted = 0;
        for (row, link) in rows.iter().zip(links) {
            let to = row.iter().find(|cell| cell.contains('@')).unwrap();
            if !who.is_empty() && !who.contains(&to.as_str()) {
                continue;
            }
            session.open(&link).await.unwrap();
            let button = ACCEPT.map(ToOwned::to_owned);
            if session.can_press(&button, None).await.is_ok() {
                if let Some(name) = names.get(to) {
                    // Not every vendor asks for a name.
                    let _ = session.fill(&["Your name".to_owned()], name).await;
                }
                session.press(&button, None).await.unwrap();
                accepted += 1;
            }
        }
        accepted
    }
}

/// The browser channel: the pages as they are, and nothing that only a person can do.
#[async_trait]
impl Writer for Desk {
    async fn execute(&self, change: &Change) -> Result<Receipt, ConnectorError> {
        self.walk(change, self.pages()).await
    }
}

/// Records the pages anew before each reading, as the browser channel does to see what it did.
pub(crate) struct Refreshing {
    pub(crate) desk: Desk,
    pub(crate) recorded: Arc<dyn Reader>,
}

#[async_trait]
impl Reader for Refreshing {
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError> {
        self.desk.record().await;
        self.recorded.read(scope).await
    }
}
