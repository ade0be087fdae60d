//! A protected account loses nothing, whatever the files say: the way back in must stay open.

use super::{Opinion, Subject, losses, unseen};
use crate::domain::{Account, Change, Loss, Person, Unseen};

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    let listed =
        |one: &&Unseen| subject.unseen_addresses(one).any(|email| subject.guards.protected.contains(email));
    let unseen: Vec<&Unseen> = subject.unseen.iter().copied().filter(listed).collect();
    unseen::besides(of_those_read(subject), &unseen, ("a protected account may lose access", ""))
}

fn of_those_read(subject: &Subject<'_>) -> Opinion {
    let hit: Vec<_> = subject
        .changes
        .iter()
        .filter(|change| subject.takes(change) && is_protected(subject, change))
        .collect();
    let theirs = |loss: &Loss| {
        let person = loss.user.as_ref().and_then(|user| subject.desired.people.get(user));
        person.is_some_and(|person| has_listed(subject, person))
    };
    let taken: Vec<_> =
        subject.losses().filter(|(loss, account)| theirs(loss) || is_listed(subject, account)).collect();
    if hit.is_empty() && taken.is_empty() {
        return Opinion::pass(format!(
            "no change touches the {} protected addresses",
            subject.guards.protected.len()
        ));
    }
    let mut who: Vec<&str> =
        hit.iter().filter_map(|change| subject.loser(change)).map(|account| &*account.login).collect();
    let others: Vec<&str> = taken.iter().map(|(_, account)| &*account.login).collect();
    who.extend(others.into_iter().filter(|login| !who.contains(login)).collect::<Vec<_>>());
    let hint = match hit.is_empty() {
        true => losses::HINT,
        false => {
            "take the address out of `guards.protected` in a reviewed commit, or give the user the access back"
        }
    };
    let detail = format!("{} is protected and would lose access{}", who.join(", "), losses::told(&taken));
    let holds = hit.iter().map(|change| change.id.clone()).chain(losses::by(&taken)).collect();
    Opinion::object(detail, hint, holds)
}

fn is_protected(subject: &Subject<'_>, change: &Change) -> bool {
    let live = subject.loser(change).is_some_and(|account| is_listed(subject, account));
    live || subject.losing_user(change).is_some_and(|person| has_listed(subject, person))
}

fn has_listed(subject: &Subject<'_>, person: &Person) -> bool {
    let mut addresses = std::iter::once(&person.email).chain(&person.aliases);
    addresses.any(|email| subject.guards.protected.contains(email))
}

fn is_listed(subject: &Subject<'_>, account: &Account) -> bool {
    account.emails.iter().any(|email| subject.guards.protected.contains(email))
}
