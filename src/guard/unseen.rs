//! Whose accounts may go with what the identity provider takes, where a vendor could not be read: nobody sees who of them
//! administers anything there, and all that a guard can hold is the provider's changes.

use super::{Opinion, Subject};
use crate::domain::{ChangeId, Email, Person, Unseen};

/// How many a sentence names, and how many changes of each.
const SHOWN: usize = 3;

impl<'a> Subject<'a> {
    /// Those that an apply can bring about.
    pub(super) fn moving_unseen(&self) -> impl Iterator<Item = &'a Unseen> {
        self.unseen.iter().copied().filter(|one| one.by.iter().any(|id| !self.stuck.contains(id)))
    }

    /// Who it is, where they are declared.
    pub(super) fn unseen_person(&self, one: &Unseen) -> Option<&'a Person> {
        self.desired.people.get(one.user.as_ref()?)
    }

    /// Every address that is known of them.
    pub(super) fn unseen_addresses(&self, one: &'a Unseen) -> impl Iterator<Item = &'a Email> {
        let person = self.unseen_person(one).into_iter();
        let declared = person.flat_map(|person| std::iter::once(&person.email).chain(&person.aliases));
        declared.chain(one.accounts.iter().flat_map(|account| &account.emails))
    }
}

/// The opinion, and besides what it objects to that these go unseen.
pub(super) fn besides(opinion: Opinion, unseen: &[&Unseen], (what, hint): (&str, &str)) -> Opinion {
    let Some(unread) = unseen.first().map(|one| &one.unread) else { return opinion };
    let said = format!("{unread} could not be read, so {what}{}", told(unseen));
    let by = unseen.iter().flat_map(|one| one.by.iter().cloned());
    match opinion.objection {
        None => Opinion::object(said, &format!("plan again once {unread} can be read{hint}"), by.collect()),
        Some(objection) => {
            let holds = objection.holds.into_iter().chain(by).collect();
            Opinion::object(format!("{}; {said}", opinion.detail), &objection.hint, holds)
        }
    }
}

/// Says who may go with what, as the end of a sentence.
fn told(unseen: &[&Unseen]) -> String {
    let mut told: Vec<String> = Vec::new();
    for one in unseen.iter().take(SHOWN) {
        let by: Vec<&str> = one.by.iter().take(SHOWN).map(ChangeId::as_str).collect();
        let more = one.by.len().saturating_sub(SHOWN);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let login = one.accounts.first().map_or("", |account| &account.login);
        told.push(format!(
            "; the account of {login} there would go with {}{more}, which ends what it comes through",
            by.join(", ")
        ));
    }
    if unseen.len() > SHOWN {
        told.push(format!("; and {} more in the same way", unseen.len() - SHOWN));
    }
    told.concat()
}
