//! A writer whose hands are a browser.

use super::asking::Asking;
use super::ground::Stop;
use super::walk::{Walk, kind};
use super::{Captures, Confirm, Ground, Members, Session};
use crate::apply::since::Since;
use crate::connector::pages::words::account;
use crate::connector::pages::{Procedure, Step};
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::{AccountId, Action, Change};
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Keeps a reading of the members that was made after a change, so that the change is proved by it.
#[async_trait]
pub trait Keep: Send + Sync {
    /// Keeps it: the members of the resource that the change was made on, or of the organisation where it was made on
    /// a whole account.
    ///
    /// # Errors
    /// A sentence that says why it could not be kept.
    async fn keep(&self, change: &Change, members: &Members) -> Result<(), String>;
}

/// Carries changes out through a vendor's pages, one after another, in one session.
pub struct BrowserWriter {
    session: Mutex<Box<dyn Session>>,
    ground: Ground,
    confirm: Arc<dyn Confirm>,
    captures: Captures,
    keep: Option<Arc<dyn Keep>>,
}

impl BrowserWriter {
    /// A writer in this session. Each reading that is made after a change goes to `keep`.
    #[must_use]
    pub fn new(
        session: Box<dyn Session>,
        ground: Ground,
        confirm: Arc<dyn Confirm>,
        captures: Captures,
        keep: Option<Arc<dyn Keep>>,
    ) -> Self {
        Self { session: Mutex::new(session), ground, confirm, captures, keep }
    }

    /// Ends the session.
    pub async fn close(&self) {
        self.session.lock().await.close().await;
    }

    /// The change's procedure, where a browser can carry it out from beginning to end.
    fn procedure(&self, change: &Change) -> Result<&Procedure, ConnectorError> {
        let (kind, action) = (kind(change), change.action.word());
        let refused = |message: String| ConnectorError::Refused { message };
        let procedure = self.ground.pages.procedure(kind, action).ok_or_else(|| {
            refused(format!(
                "The pages file has no procedure for {action} on a {kind}. Nothing was opened or changed."
            ))
        })?;
        if procedure.steps.iter().any(|step| matches!(step, Step::Person { .. })) {
            return Err(refused(format!(
                "The procedure for {action} on a {kind} has a step that only a person can do. Nothing was opened or \
                 changed; carry it out by the runbook (`channel: runbook`)."
            )));
        }
        Ok(procedure)
    }

    /// What the engine should know once a change was carried out.
    async fn receipt(&self, change: &Change, members: Option<Members>) -> Receipt {
        let mut receipt = Receipt::default();
        // Where a vendor invites to one resource, the address is all the id that an account has.
        if let Action::Invite { profile, on: Some(_), .. } = &change.action {
            let email = crate::domain::Email::parse(&profile.login).ok();
            receipt.account = email.and_then(|email| AccountId::parse(email.as_str()).ok());
        }
        if let (Some(keep), Some(members)) = (&self.keep, members)
            && let Err(why) = keep.keep(change, &members).await
        {
            receipt.note = Some(format!(
                "The table read afterwards could not be kept: {why} Record it with `grantline snapshot --browser`."
            ));
        }
        receipt
    }
}

#[async_trait]
impl Writer for BrowserWriter {
    async fn execute(&self, change: &Change) -> Result<Receipt, ConnectorError> {
        let begun = Since::now(self.captures.clock());
        let procedure = self.procedure(change)?;
        let mut session = self.session.lock().await;
        let asking = Asking::new(&*self.confirm, self.captures.clock(), begun);
        let mut walk = Walk::new(&mut **session, &self.ground, asking, change);
        match walk.run(procedure).await {
            Ok(members) => Ok(self.receipt(change, members).await),
            Err(stop) => {
                let (wrote, step) = (walk.wrote, format!("step-{}", walk.step));
                let own = own(change);
                let before = match &stop {
                    Stop::Odd(_) if !wrote && walk.step > 0 => walk.before(procedure),
                    _ => String::new(),
                };
                // What a person said no to is no page to be mended.
                let kept = match &stop {
                    Stop::Declined(_) => String::new(),
                    _ => self.captures.keep(walk.session(), &self.ground.vendor, &step, &own).await,
                };
                Err(stop.error(wrote, &format!("{before}{kept}")))
            }
        }
    }
}

/// The addresses that the change itself is about.
fn own(change: &Change) -> Vec<String> {
    let mut own: Vec<String> = account(change).map(str::to_owned).into_iter().collect();
    if let Action::TransferOwnership { from, .. } = &change.action {
        own.push(from.as_str().to_owned());
    }
    own
}
