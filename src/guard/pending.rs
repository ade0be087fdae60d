//! What an earlier apply sent and no reading shows yet: an admin who may be none any more keeps nothing going.

use super::Subject;
use crate::connector::KindSpec;
use crate::domain::{AccountId, Action, ResourceName};
use std::collections::BTreeSet;

/// How many accounts a sentence names.
const SHOWN: usize = 3;

/// Who may have lost what they had on one resource.
#[derive(Default)]
pub(super) struct Doubtful<'a> {
    gone: BTreeSet<&'a AccountId>,
    /// Who may be no admin any more.
    lowered: BTreeSet<&'a AccountId>,
}

impl Doubtful<'_> {
    pub(super) fn is_gone(&self, id: &AccountId) -> bool {
        self.gone.contains(id)
    }

    pub(super) fn is_no_admin(&self, id: &AccountId) -> bool {
        self.is_gone(id) || self.lowered.contains(id)
    }
}

impl<'a> Subject<'a> {
    /// What the reading says, and where anybody is doubtful also what may be so instead: nothing may go wrong in either.
    pub(super) fn worlds(&self, name: &ResourceName, kind: &KindSpec) -> Vec<Doubtful<'a>> {
        let doubtful = self.doubtful(name, kind);
        let is_certain = doubtful.gone.is_empty() && doubtful.lowered.is_empty();
        let also = (!is_certain).then_some(doubtful);
        std::iter::once(Doubtful::default()).chain(also).collect()
    }

    fn doubtful(&self, name: &ResourceName, kind: &KindSpec) -> Doubtful<'a> {
        let mut doubtful = Doubtful::default();
        for change in &self.pending {
            let on_it = change.action.target().is_none_or(|on| on.name == *name);
            let Some(id) = change.account_id.as_ref().filter(|_| on_it) else { continue };
            match &change.action {
                Action::Revoke { .. } | Action::Suspend | Action::RemoveAccount => {
                    doubtful.gone.insert(id);
                }
                Action::ChangeLevel { to, .. } if !kind.is_admin(to) => {
                    doubtful.lowered.insert(id);
                }
                Action::TransferOwnership { from, .. } => {
                    doubtful.lowered.insert(from);
                }
                _ => {}
            }
        }
        doubtful
    }

    /// Names these accounts, as the end of a sentence; nothing where there are none.
    pub(super) fn told_doubtful(&self, mut ids: Vec<&AccountId>) -> String {
        ids.sort();
        ids.dedup();
        let login = |id: &&AccountId| Some(self.snapshot()?.accounts.get(*id)?.login.to_string());
        let named: Vec<String> = ids.iter().take(SHOWN).filter_map(login).collect();
        if named.is_empty() {
            return String::new();
        }
        let more = ids.len() - named.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!(
            "; not counted, because an earlier apply took that, which need not show yet: {}{more}",
            named.join(", ")
        )
    }
}
