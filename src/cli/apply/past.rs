//! What became of what earlier applies left open, found out before anything is planned anew.

use super::super::Output;
use super::super::stages::{Connected, Planned};
use super::stream;
use crate::apply::Conduct;
use crate::apply::hold::Holder;
use crate::apply::journal::{Eyes, Fate, Found, Recovered, Unfinished, aside, is_telling, recover_since};
use crate::domain::{Change, ChangeId, OutcomeStatus, Plan, Run, VendorName};
use crate::net::Clock;
use crate::observe::scope_of;
use crate::view::Happening;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

/// Earlier applies that left something open.
pub(crate) struct Past {
    found: Vec<Recovered>,
    /// The journals in which what nobody can know of was decided on.
    let_go: BTreeSet<PathBuf>,
}

impl Past {
    /// Looks at the vendors of what is open, and writes down what was found out.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub(crate) async fn find_out(
        unfinished: Vec<Unfinished>,
        connected: &BTreeMap<VendorName, Connected>,
        conduct: &Conduct,
    ) -> anyhow::Result<Self> {
        let eyes: BTreeMap<VendorName, Eyes> = connected.iter().filter_map(eyes).collect();
        let begun = conduct.clock.elapsed();
        let mut past = Vec::new();
        for journal in unfinished {
            let recovered = recover_since(begun, journal, &eyes, conduct).await;
            recovered.write()?;
            past.push(recovered);
        }
        Ok(Self { found: past, let_go: BTreeSet::new() })
    }

    /// Tells what was found out, in words and, where there is one, on the stream.
    pub(crate) fn tell(&self, streams: Option<&dyn Clock>, output: &Output) {
        for recovered in &self.found {
            output.talk(&recovered.told());
            let Some(clock) = streams else { continue };
            for (id, fate) in recovered.fates() {
                if let (Fate::Found(found), Some(started)) = (fate, recovered.journal.started.get(&id)) {
                    let happening = Happening::Recovered(&started.change, found.word(), found.why());
                    stream::tell(output, clock, &happening);
                }
            }
        }
    }

    /// Whether an apply of that saved plan is among them and broke off: this one goes on with it.
    pub(crate) fn is_of(&self, saved: &str) -> bool {
        self.of(saved).any(Unfinished::broke_off)
    }

    /// Who applied that saved plan to its end, where something of it is open still.
    pub(crate) fn used(&self, saved: &str) -> Option<&Holder> {
        self.of(saved).find(|journal| !journal.broke_off()).map(|journal| &journal.header.holder)
    }

    fn of(&self, saved: &str) -> impl Iterator<Item = &Unfinished> {
        let journals = self.found.iter().map(|one| &one.journal);
        journals.filter(move |journal| journal.header.saved && journal.header.plan == saved)
    }

    /// The changes of the plan that would repeat what may have been done. Those that nobody can know of are not among
    /// them where somebody has decided that they are to be repeated.
    pub(crate) fn aside(&self, plan: &Plan, repeat: bool) -> BTreeMap<ChangeId, String> {
        let mut unsettled: Vec<_> = self.found.iter().flat_map(Recovered::unsettled).collect();
        unsettled.retain(|(_, found)| !(repeat && matches!(found, Found::Unknown(_))));
        aside(&unsettled, plan)
    }

    /// What was sent and is not known to be done: guards take it for done.
    pub(crate) fn pending(&self) -> Vec<Change> {
        self.found.iter().flat_map(Recovered::unsettled).map(|(change, _)| change.clone()).collect()
    }

    /// Closes what the run has done again.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub(crate) fn supersede(&mut self, plan: &Plan, run: &Run) -> anyhow::Result<()> {
        let done = run.outcomes.iter().filter(|outcome| outcome.status == OutcomeStatus::Done);
        let done: BTreeSet<ChangeId> = done.map(|outcome| outcome.change.clone()).collect();
        for recovered in &mut self.found {
            let known = recovered.findings.clone();
            recovered.supersede(plan, &done);
            if recovered.findings == known {
                continue;
            }
            // What nobody can know of has been decided on, and stays so.
            match self.let_go.contains(&recovered.journal.path) {
                true => recovered.let_go()?,
                false => recovered.write()?,
            };
        }
        Ok(())
    }

    /// Closes what needs no further looking at: what nobody can know of, once it is to be repeated, or once no plan asks
    /// for it any more. A plan asks for nothing where it could not see what there is, or whose it is, whatever is to be
    /// done there.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub(crate) fn let_go(&mut self, planned: &Planned, repeat: bool) -> anyhow::Result<()> {
        let plan = planned.approved.plan();
        for recovered in &self.found {
            let unsettled = recovered.unsettled();
            let is_wanted_no_more =
                || is_telling(&unsettled, plan, &planned.unread) && aside(&unsettled, plan).is_empty();
            if !unsettled.is_empty() && (repeat || is_wanted_no_more()) {
                recovered.let_go()?;
                self.let_go.insert(recovered.journal.path.clone());
            }
        }
        Ok(())
    }
}

/// Says beforehand that it may take long to find out: a vendor may need an hour to show a change, and where nobody sees a
/// progress bar, nothing else would tell what is waited for.
pub(crate) fn foretell(
    unfinished: &[Unfinished],
    connected: &BTreeMap<VendorName, Connected>,
    now: Timestamp,
    output: &Output,
) {
    let settle =
        |name: &VendorName| connected.get(name).map_or(Duration::ZERO, |connected| connected.spec.settle);
    let longest = unfinished.iter().map(|journal| journal.longest_look(now, settle)).max();
    let longest = longest.filter(|longest| !longest.is_zero());
    if let Some(longest) = longest.and_then(|longest| SignedDuration::try_from(longest).ok()) {
        output.talk(&format!(
            "An earlier apply left open whether some of its changes were carried out. Before anything else, its vendors \
             are read until they show that or must, for {longest:#} at most; called off, it is looked for again the next \
             time."
        ));
    }
}

fn eyes((name, connected): (&VendorName, &Connected)) -> Option<(VendorName, Eyes)> {
    let reader = connected.reader.clone().ok()?;
    let eyes = Eyes { reader, scope: scope_of(&connected.settings), settle: connected.spec.settle };
    Some((name.clone(), eyes))
}
