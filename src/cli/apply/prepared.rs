//! What is written down before anything is sent.

use super::super::tasks::book::Book;
use super::intended::Intended;
use super::past::Past;
use super::stream::{self, Stream};
use super::{Apply, Format, Scene};
use crate::apply::Conduct;
use crate::apply::journal::{FileJournal, Forgetful, Header, Journal};
use crate::domain::{Change, Channel, Plan};
use crate::record::tasks::Ledger;
use crate::view::{self, Happening};
use std::sync::Arc;

/// All that it takes to send the first change.
pub(super) struct Prepared {
    pub(super) book: Book,
    /// None where there is nothing that a program could send.
    pub(super) journal: Option<Arc<FileJournal>>,
    pub(super) conduct: Conduct,
}

impl Apply {
    /// Opens the tasks and the journal of this apply, and lets go of what earlier ones need not have looked at any more.
    ///
    /// # Errors
    /// When something cannot be read or written; then nothing was changed.
    pub(super) fn prepare(
        &self,
        scene: &Scene<'_>,
        intended: &Intended,
        past: &mut Past,
        (ledger, conduct): (Ledger, Conduct),
    ) -> anyhow::Result<Prepared> {
        let Scene { opened, vendors, emulators, clock, .. } = *scene;
        let (plan, planned) = (intended.plan(), &intended.planned);
        // What the tasks are written from must be readable before anything is changed, too.
        let mut book = Book::open(opened, vendors, emulators, planned, ledger, clock.now())?;
        past.let_go(planned, self.repeat_unknown)?;
        book.foresee()?;
        let journal = journal(scene, intended)?;
        let conduct = Conduct {
            journal: self.streamed(scene, journal.clone(), plan),
            aside: intended.aside.clone(),
            credentials: intended.credentials.clone(),
            ..conduct
        };
        Ok(Prepared { book, journal, conduct })
    }

    /// The journal, told of on stdout where data is asked for.
    fn streamed(
        &self,
        scene: &Scene<'_>,
        journal: Option<Arc<FileJournal>>,
        plan: &Plan,
    ) -> Arc<dyn Journal> {
        let journal: Arc<dyn Journal> = match journal {
            Some(journal) => journal,
            None => Arc::new(Forgetful),
        };
        if self.format == Format::Text {
            return journal;
        }
        let (clock, output) = (scene.clock, scene.output);
        let digest = view::plan_digest(plan, &scene.opened.workspace.sources);
        stream::tell(&output, &**clock, &Happening::Started(&digest, plan.changes.len()));
        Arc::new(Stream::new(journal, Arc::clone(clock), output, scene.saved.is_some()))
    }
}

/// The journal of this apply; none where there is nothing that a program could send.
fn journal(scene: &Scene<'_>, intended: &Intended) -> anyhow::Result<Option<Arc<FileJournal>>> {
    let (plan, saved) = (intended.plan(), scene.saved);
    let sends = |change: &Change| {
        change.channel != Channel::Runbook && change.waits.is_none() && !intended.holds(&change.id)
    };
    if !plan.changes.iter().any(sends) && saved.is_none() {
        return Ok(None);
    }
    let digest = match saved {
        Some(saved) => saved.seal.clone(),
        None => view::plan_digest(plan, &scene.opened.workspace.sources),
    };
    let header = Header::new(plan, &digest, saved.is_some(), scene.holder);
    let journal = FileJournal::create(&scene.opened.root, header, Arc::clone(scene.clock))?;
    Ok(Some(Arc::new(journal)))
}
