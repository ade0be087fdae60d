//! Which live account belongs to which user.
//!
//! An account is a user's for certain where it is pinned, where it signs in with an address of theirs, or where grantline
//! created it for them and it still lists one; and where it has its mailbox at an address of theirs, signs in with a name
//! that nobody declares, and is called as they are. One that signs in with no address at all and lists theirs is taken for
//! theirs if nothing else is. Anything less is nobody's: a guess here would revoke the wrong person, so that the user and
//! the account are set aside and a finding says why.

use super::Context;
use super::accounts::Wanted;
use crate::domain::{Account, AccountId, Email, Finding, Manage, Person, Severity, Standing, UserName};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Every account, sorted into whose it is.
pub(super) struct Matches<'a> {
    /// The one account that a user's access hangs on.
    pub(super) primary: BTreeMap<&'a UserName, &'a Account>,
    /// Further addresses of users, where one is known from what it has access to: each may be theirs somewhere.
    pub(super) others: BTreeMap<&'a UserName, Vec<&'a Account>>,
    /// Further accounts of users who should have none.
    pub(super) extra: Vec<(&'a Person, &'a Account)>,
    /// Accounts of nobody, which the workspace may rule over.
    pub(super) unmanaged: Vec<&'a Account>,
    /// Whose each account is.
    pub(super) owner: HashMap<&'a AccountId, &'a Person>,
    /// Users for whom nothing is planned here.
    pub(super) quarantined: BTreeSet<&'a UserName>,
    /// Accounts that nothing is planned for.
    pub(super) untouchable: BTreeSet<&'a AccountId>,
    /// Whom such an account may belong to.
    pub(super) doubted: Vec<(&'a Person, &'a AccountId)>,
}

/// What the id that grantline leaves on an account begins with.
const MARK: &str = "grantline:";

/// The id that is left on an account that grantline creates, to recognise it after a rename.
pub(super) fn marker(handle: &UserName) -> String {
    format!("{MARK}{handle}")
}

/// Whose account carries the id.
pub(super) fn marked(external_id: &str) -> Option<&str> {
    external_id.strip_prefix(MARK)
}

/// Matches every account of the snapshot.
pub(super) fn match_accounts<'a>(
    context: &Context<'a>,
    wanted: &Wanted<'a>,
    findings: &mut Vec<Finding>,
) -> Matches<'a> {
    let (index, declared) = (by_address(context), declared(context));
    let mut matches = Matches {
        primary: BTreeMap::new(),
        others: BTreeMap::new(),
        extra: Vec::new(),
        unmanaged: Vec::new(),
        owner: HashMap::with_capacity(context.snapshot.accounts.len()),
        quarantined: BTreeSet::new(),
        untouchable: BTreeSet::new(),
        doubted: Vec::new(),
    };
    let mut doubts = Vec::new();
    for person in context.desired.people.values() {
        let evidence = weigh(context, person, &index, &declared);
        take(context, person, &evidence, wanted, &mut matches, findings);
        doubts.extend(evidence.doubtful.into_iter().map(|account| (person, account)));
    }
    for (person, account) in doubts {
        doubt(context, person, account, &mut matches, findings);
    }
    super::broken::set_aside(context, wanted, &mut matches, findings);
    settle_quarantine(&mut matches);
    super::strays::sort(context, &mut matches, findings);
    matches
}

type ByAddress<'a> = HashMap<&'a Email, Vec<&'a Account>>;

/// Accounts by address. A pinned one is found by its pin alone, so that no other user's address claims it.
fn by_address<'a>(context: &Context<'a>) -> ByAddress<'a> {
    let people = context.desired.people.values();
    let pinned: BTreeSet<&AccountId> =
        people.filter_map(|person| person.accounts.get(context.vendor)).collect();
    let mut index: ByAddress<'a> = HashMap::with_capacity(context.snapshot.accounts.len());
    for account in context.snapshot.accounts.values().filter(|account| !pinned.contains(&account.id)) {
        for email in &account.emails {
            let accounts = index.entry(email).or_default();
            // An account may list one address twice.
            if accounts.last().is_none_or(|last| last.id != account.id) {
                accounts.push(account);
            }
        }
    }
    index
}

/// What speaks for which account being a person's.
struct Evidence<'a> {
    /// Theirs beyond doubt, the one that access hangs on first.
    certain: Vec<&'a Account>,
    /// Listing an address of theirs, and perhaps a machine's whose contact they are.
    doubtful: Vec<&'a Account>,
}

/// Every address that anybody declares, where an account has its mailbox elsewhere than it signs in. Otherwise nobody asks.
fn declared<'a>(context: &Context<'a>) -> HashSet<&'a Email> {
    if context.snapshot.accounts.values().all(|account| account.mail.is_none()) {
        return HashSet::new();
    }
    let people = context.desired.people.values();
    people.flat_map(|person| std::iter::once(&person.email).chain(&person.aliases)).collect()
}

fn weigh<'a>(
    context: &Context<'a>,
    person: &'a Person,
    index: &ByAddress<'a>,
    declared: &HashSet<&Email>,
) -> Evidence<'a> {
    let pin = person.accounts.get(context.vendor);
    let mut certain: Vec<&Account> =
        pin.and_then(|id| context.snapshot.accounts.get(id)).into_iter().collect();
    let mut mailboxes: Vec<&Account> = Vec::new();
    let mut nameless: Vec<&Account> = Vec::new();
    let mut doubtful: Vec<&Account> = Vec::new();
    let mut seen: BTreeSet<&AccountId> = certain.iter().map(|account| &account.id).collect();
    for email in std::iter::once(&person.email).chain(&person.aliases) {
        for account in index.get(email).into_iter().flatten().filter(|account| seen.insert(&account.id)) {
            let marked = account.external_id.as_deref() == Some(&*marker(&person.handle));
            match Email::parse(&account.login) {
                Ok(login) if login == person.email || person.aliases.contains(&login) => {
                    certain.push(account);
                }
                _ if marked => certain.push(account),
                Ok(login)
                    if account.mail.as_ref() == Some(email)
                        && !declared.contains(&login)
                        && is_called(person, account, &login) =>
                {
                    mailboxes.push(account);
                }
                Err(_) => nameless.push(account),
                Ok(_) => doubtful.push(account),
            }
        }
    }
    // Access hangs on what they sign in to by their own name first.
    certain.append(&mut mailboxes);
    // Whoever has an account of their own is not taken for the owner of another that lists them. To take access
    // by name from one that merely lists its user is left to workspaces that would take it from nobody's, too.
    let active = matches!(person.standing, Standing::Active);
    let trusted = active || context.settings.manage == Manage::Authoritative;
    if certain.is_empty() && nameless.len() == 1 && trusted {
        certain.append(&mut nameless);
    }
    doubtful.append(&mut nameless);
    Evidence { certain, doubtful }
}

/// Whether the account is called as the person is: a machine may have its mail sent to whoever sees to it. Nothing but the
/// two decides on it, so that what is theirs today is theirs when everything around it has gone.
fn is_called(person: &Person, account: &Account, login: &Email) -> bool {
    let mut addresses = std::iter::once(&person.email).chain(&person.aliases);
    let names = person.name.as_deref().and_then(folded).zip(account.name.as_deref().and_then(folded));
    addresses.any(|email| email.mailbox() == login.mailbox())
        || names.is_some_and(|(one, other)| one == other)
}

/// The name as it is compared; none where nothing of it is left.
pub(super) fn folded(name: &str) -> Option<String> {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Gives the person what is theirs.
fn take<'a>(
    context: &Context<'a>,
    person: &'a Person,
    evidence: &Evidence<'a>,
    wanted: &Wanted<'a>,
    matches: &mut Matches<'a>,
    findings: &mut Vec<Finding>,
) {
    for account in &evidence.certain {
        if let Some(other) = matches.owner.insert(&account.id, person) {
            matches.quarantined.extend([&other.handle, &person.handle]);
            findings.push(contested(context, person, other, account));
        }
    }
    let pin = person.accounts.get(context.vendor);
    let active = matches!(person.standing, Standing::Active);
    let is_there = |id: &AccountId| {
        let broken = &context.snapshot.broken;
        let kept = context.snapshot.retired.contains_key(id);
        kept || context.snapshot.accounts.contains_key(id)
            || broken.iter().any(|one| one.id.as_ref() == Some(id))
    };
    // Whoever is to have nothing here loses what is theirs by an address, pin or no pin.
    let stays = active && wanted.contains_key(&person.handle);
    if let Some(id) = pin.filter(|id| stays && !is_there(id)) {
        matches.quarantined.insert(&person.handle);
        findings.push(pin_missing(context, person, id));
    }
    let mut certain = evidence.certain.iter().copied();
    matches.primary.extend(certain.next().map(|account| (&person.handle, account)));
    for account in certain {
        if !context.has_accounts() {
            matches.others.entry(&person.handle).or_default().push(account);
        } else if stays {
            matches.untouchable.insert(&account.id);
            findings.push(duplicate(context, person, account));
        } else {
            matches.extra.push((person, account));
        }
    }
}

/// Leaves alone what is not certainly anybody's, and whoever might be meant by it.
fn doubt<'a>(
    context: &Context<'a>,
    person: &'a Person,
    account: &'a Account,
    matches: &mut Matches<'a>,
    findings: &mut Vec<Finding>,
) {
    if matches.owner.contains_key(&account.id) {
        return;
    }
    matches.untouchable.insert(&account.id);
    matches.doubted.push((person, &account.id));
    if !matches.primary.contains_key(&person.handle) {
        matches.quarantined.insert(&person.handle);
    }
    findings.push(uncertain(context, person, account));
}

/// Takes the accounts of quarantined users out of every later step.
fn settle_quarantine(matches: &mut Matches<'_>) {
    let quarantined = &matches.quarantined;
    let doubtful = matches.owner.iter().filter(|(_, person)| quarantined.contains(&person.handle));
    matches.untouchable.extend(doubtful.map(|(id, _)| *id));
    let untouchable = &matches.untouchable;
    matches.primary.retain(|user, account| !quarantined.contains(user) && !untouchable.contains(&account.id));
    matches.extra.retain(|(person, account)| {
        !quarantined.contains(&person.handle) && !untouchable.contains(&account.id)
    });
}

/// A finding about a person, at their entry.
pub(super) fn about(person: &Person, finding: Finding, hint: &str) -> Finding {
    Finding {
        user: Some(person.handle.clone()),
        span: Some(person.span),
        hint: Some(hint.to_owned()),
        ..finding
    }
}

fn contested(context: &Context<'_>, person: &Person, other: &Person, account: &Account) -> Finding {
    let detail = format!(
        "the account {} is claimed by both {} and {}, so nothing is planned for either",
        account.login, other.handle, person.handle
    );
    let finding = context.finding("contested-account", Severity::Error, detail);
    about(
        person,
        finding,
        "pin the account to one of them with `accounts:`, or take the address off the other",
    )
}

fn pin_missing(context: &Context<'_>, person: &Person, id: &AccountId) -> Finding {
    let detail = format!("{} is pinned to the account {id}, which the vendor does not have", person.handle);
    let finding = context.finding("pinned-account-missing", Severity::Error, detail);
    about(person, finding, "correct the id under `accounts:`, or delete the line to have the user invited")
}

pub(super) fn duplicate(context: &Context<'_>, person: &Person, account: &Account) -> Finding {
    let detail = format!("{} has a second account, {}, which is left alone", person.handle, account.login);
    let finding = context.finding("duplicate-account", Severity::Warning, detail);
    about(person, finding, "remove it by hand, or pin the right one with `accounts:`")
}

fn uncertain(context: &Context<'_>, person: &Person, account: &Account) -> Finding {
    let detail = format!(
        "the account {} lists an address of {} and may be theirs or another's, so it is left alone",
        account.login, person.handle
    );
    let hint = format!(
        "if it is theirs, add its address to `aliases:` or pin it: `accounts: {{ {}: \"{}\" }}`; if not, declare it \
         as a user of its own",
        context.vendor, account.id
    );
    about(person, context.finding("uncertain-account", Severity::Error, detail), &hint)
}
