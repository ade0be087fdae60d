//! Addresses: one belongs to one user, and two that reach one mailbox are suspicious.

use super::super::merge::Merged;
use super::Checks;
use crate::diagnostic::Diagnostic;
use crate::domain::{Email, Span};
use crate::workspace::model::{Located, User};
use std::collections::{HashMap, HashSet};

/// An address with whose it is.
#[derive(Clone, Copy)]
struct Claim<'w> {
    user: &'w User,
    email: &'w Located<Email>,
}

/// Every address of every user.
fn claims(merged: &Merged) -> impl Iterator<Item = Claim<'_>> {
    let claims = merged.users.values().flat_map(|user| {
        std::iter::once(&user.email).chain(&user.aliases).map(move |email| Claim { user, email })
    });
    claims.filter(|claim| claim.email.span.line > 0)
}

/// Whether there is anything to say about addresses.
pub(super) fn may_clash(merged: &Merged) -> bool {
    let mut seen = HashSet::with_capacity(merged.users.len());
    claims(merged).any(|Claim { email, .. }| !email.value.is_plain() || !seen.insert(email.value.as_str()))
}

impl Checks<'_> {
    pub(super) fn addresses(&mut self) {
        let mut claims: Vec<_> = claims(self.merged).collect();
        // In the order of the files, so that the later of two is the one reported.
        claims.sort_unstable_by(|a, b| {
            a.email.span.cmp(&b.email.span).then_with(|| a.user.handle.cmp(&b.user.handle))
        });
        let mut first: HashMap<&str, Claim<'_>> = HashMap::with_capacity(claims.len());
        for claim in &claims {
            match first.get(claim.email.value.as_str()) {
                Some(earlier) => self.problems.push(duplicate(*earlier, *claim)),
                None => drop(first.insert(claim.email.value.as_str(), *claim)),
            }
        }
        self.look_alikes(&claims);
    }

    fn look_alikes(&mut self, claims: &[Claim<'_>]) {
        let ambiguous = claims.iter().filter(|claim| !claim.email.value.is_plain());
        let mut first: HashMap<String, Option<Claim<'_>>> =
            ambiguous.map(|claim| (claim.email.value.look_alike_key(), None)).collect();
        if first.is_empty() {
            return;
        }
        for claim in claims {
            let email = &claim.email.value;
            let slot = if email.is_plain() {
                first.get_mut(email.as_str())
            } else {
                first.get_mut(email.look_alike_key().as_str())
            };
            match slot {
                Some(Some(earlier))
                    if earlier.user.handle != claim.user.handle && earlier.email.value != *email =>
                {
                    let problem = look_alike(*earlier, *claim);
                    self.problems.push(problem);
                }
                Some(slot @ None) => *slot = Some(*claim),
                _ => {}
            }
        }
    }
}

fn duplicate(first: Claim<'_>, second: Claim<'_>) -> Diagnostic {
    let address = &second.email.value;
    let problem = Diagnostic::error(
        "duplicate-address",
        second.email.span,
        format!("the address `{address}` stands twice"),
    );
    let problem = problem.related(first.email.span, format!("it belongs to `{}` here", first.user.handle));
    if first.user.handle == second.user.handle {
        return problem
            .detail("The user has it already; case makes no difference in an address.")
            .hint("Delete one of the two.");
    }
    let departed = [first, second].into_iter().find(|claim| claim.user.departed.is_some());
    match departed {
        Some(Claim { user, .. }) => problem
            .detail(format!("`{}` has left, and accounts with this address would be taken for theirs.", user.handle))
            .hint("If it is the same person, bring the old entry back by deleting its `departed:`. If the address was given to someone new, delete the old entry once its accounts are gone."),
        None => problem
            .detail(format!("Both `{}` and `{}` claim it, so an account with it could be either's.", first.user.handle, second.user.handle))
            .hint("Give each user an address of their own, or merge the two users."),
    }
}

fn look_alike(first: Claim<'_>, second: Claim<'_>) -> Diagnostic {
    let (a, b): (Span, Span) = (first.email.span, second.email.span);
    Diagnostic::warning("look-alike-address", b, format!("`{}` looks like an address of `{}`", second.email.value, first.user.handle))
        .detail("Mail to both probably reaches one mailbox: plus-tags, and for Gmail dots and the domain, make no difference.")
        .hint("If it is one person, make it an alias of one user; if not, nothing is to be done.")
        .related(a, format!("`{}`", first.email.value))
}
