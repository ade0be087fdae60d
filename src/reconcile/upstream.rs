//! What is known of the identity provider that a vendor's accounts come from: through what somebody gets an account,
//! and what of that the plan ends or gives.

use super::identity::Matches;
use super::routes::{Route, routes};
use super::{Input, VendorInput};
use crate::domain::{
    Account, AccountId, AccountState, Action, Change, ChangeId, Email, FeedKind, Finding, Loss, Person,
    Reading, ResourceName, ResourceReading, Severity, Snapshot, Source, Span, UserName, VendorName,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// The provider of a vendor's accounts, as far as the plan sees it.
pub(super) enum Provider<'a> {
    /// None is named, or one that the workspace does not declare.
    Unseen,
    /// It is declared, and nothing may be concluded about who gets an account from it; where only the resource could not
    /// be read, its part of the plan is made all the same.
    Unread(&'a Source, Why, Option<Rc<Upstream<'a>>>),
    /// It was read, and its part of the plan is made.
    Read(Rc<Upstream<'a>>),
}

/// Why nothing is known of a provider that the workspace declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The plan is made for other vendors.
    LeftOut,
    /// It, or the resource that accounts come from, could not be read.
    Failed,
}

/// A vendor whose part of the plan is made.
pub(super) struct Done<'a> {
    pub(super) vendor: &'a VendorInput,
    /// Whether the plan is for it; otherwise it was only looked at, and what a plan would give there is not known.
    pub(super) planned: bool,
    pub(super) snapshot: &'a Snapshot,
    pub(super) matches: Matches<'a>,
    /// Its changes, as they stand in the plan.
    pub(super) changes: Vec<Change>,
    /// What its own provider takes from it.
    pub(super) losses: Vec<Loss>,
}

impl<'a> Provider<'a> {
    /// What its part of the plan does there.
    pub(super) fn upstream(&self) -> Option<&Upstream<'a>> {
        match self {
            Self::Read(upstream) | Self::Unread(_, _, Some(upstream)) => Some(upstream),
            Self::Unseen | Self::Unread(_, _, None) => None,
        }
    }

    /// The provider of `vendor`, given the vendors that stand before it.
    pub(super) fn of(
        input: &'a Input,
        vendor: &'a VendorInput,
        done: &BTreeMap<&'a VendorName, Done<'a>>,
    ) -> Self {
        let Some(source) = &vendor.settings.provisioned_by else { return Self::Unseen };
        if let Some(done) = done.get(&source.vendor) {
            let upstream = Rc::new(Upstream::new(source, done));
            if !done.planned {
                return Self::Unread(source, Why::LeftOut, Some(upstream));
            }
            return match done.snapshot.resources.get(&source.resource) {
                Some(ResourceReading::Read { .. } | ResourceReading::Missing) => Self::Read(upstream),
                _ => Self::Unread(source, Why::Failed, Some(upstream)),
            };
        }
        let given = input.vendors.iter().find(|one| one.settings.name == source.vendor);
        match given.map(|one| &one.reading) {
            Some(Reading::Unreadable(_)) => Self::Unread(source, Why::Failed, None),
            None if input.desired.vendors.contains(&source.vendor) => {
                Self::Unread(source, Why::LeftOut, None)
            }
            _ => Self::Unseen,
        }
    }
}

/// A route that an account takes.
#[derive(Clone, Copy)]
pub(super) struct Way<'u, 'a> {
    pub(super) route: &'u Route<'a>,
    /// Whether it is certain that the account does.
    pub(super) sure: bool,
    /// The account that takes it, where it only may be the user's.
    pub(super) of: Option<&'a Account>,
}

/// What the plan takes from one account at the provider.
#[derive(Default)]
struct Ends {
    /// What puts the whole account out of use.
    whole: Vec<ChangeId>,
    suspends: bool,
    revoked: BTreeMap<ResourceName, ChangeId>,
}

/// Somebody from whom the plan takes what leads to an account.
pub(super) struct Taken<'p, 'a> {
    pub(super) person: Option<&'p Person>,
    /// Their accounts at the provider.
    pub(super) accounts: Vec<&'a Account>,
    pub(super) by: Vec<ChangeId>,
}

/// Whether somebody without an account gets one from the provider.
pub(super) enum Giving {
    /// They do, once these changes are done.
    Yes(Vec<ChangeId>),
    /// Nobody can tell.
    Untold,
    /// They do not.
    No,
}

/// A provider that was read.
pub(super) struct Upstream<'a> {
    pub(super) source: &'a Source,
    /// Where it is declared.
    span: Span,
    suspends: bool,
    routes: Vec<Route<'a>>,
    /// Whose accounts there are whose, and which carry an address.
    owned: HashMap<&'a UserName, Vec<&'a Account>>,
    owners: HashMap<&'a AccountId, &'a UserName>,
    addressed: HashMap<&'a Email, Vec<&'a Account>>,
    quarantined: BTreeSet<&'a UserName>,
    by_id: &'a BTreeMap<AccountId, Account>,
    ends: HashMap<AccountId, Ends>,
    /// What the provider's own provider takes from it, by the changes there.
    lost: HashMap<AccountId, Vec<ChangeId>>,
    gives: HashMap<UserName, Vec<ChangeId>>,
    restores: HashMap<UserName, ChangeId>,
}

impl<'a> Upstream<'a> {
    fn new(source: &'a Source, done: &Done<'a>) -> Self {
        let mut owned: HashMap<_, Vec<&Account>> = HashMap::new();
        for (id, person) in &done.matches.owner {
            owned.entry(&person.handle).or_default().extend(done.snapshot.accounts.get(*id));
        }
        // They come out of a map without an order.
        owned.values_mut().for_each(|accounts| accounts.sort_by(|a, b| a.id.cmp(&b.id)));
        let mut addressed: HashMap<_, Vec<&Account>> = HashMap::new();
        for account in done.snapshot.accounts.values() {
            for email in &account.emails {
                addressed.entry(email).or_default().push(account);
            }
        }
        let mut upstream = Self {
            source,
            span: done.vendor.settings.span,
            suspends: done.vendor.spec.suspends,
            routes: routes(source, done),
            owned,
            owners: done.matches.owner.iter().map(|(id, person)| (*id, &person.handle)).collect(),
            addressed,
            quarantined: done.matches.quarantined.clone(),
            by_id: &done.snapshot.accounts,
            ends: HashMap::new(),
            lost: done.losses.iter().map(|loss| (loss.account.clone(), loss.by.clone())).collect(),
            gives: HashMap::new(),
            restores: HashMap::new(),
        };
        // What only a person can close stays open until a reading shows otherwise, and nothing waits for it.
        let left_open = |change: &&Change| {
            let by_hand = |id| done.snapshot.by_hand.contains_key(id);
            change.action == Action::Suspend && change.account_id.as_ref().is_some_and(by_hand)
        };
        done.changes.iter().filter(|change| !left_open(change)).for_each(|change| upstream.note(change));
        upstream
    }

    /// Takes in what a change at the provider does to whoever comes from there.
    fn note(&mut self, change: &Change) {
        let id = change.id.clone();
        match (&change.action, &change.account_id, &change.user) {
            (
                Action::RemoveAccount | Action::Suspend | Action::CancelInvitation { on: None },
                Some(account),
                _,
            ) => {
                let ends = self.ends.entry(account.clone()).or_default();
                ends.suspends |= change.action == Action::Suspend;
                ends.whole.push(id);
            }
            (Action::Revoke { on, .. }, Some(account), _) => {
                self.ends.entry(account.clone()).or_default().revoked.insert(on.name.clone(), id);
            }
            (Action::Grant { on, .. }, _, Some(user)) if self.leads_in(on.name.as_str()) => {
                self.gives.entry(user.clone()).or_default().push(id);
            }
            // Everybody who has an account there is in the organisation.
            (Action::Invite { on: None, .. }, None, Some(user)) if self.leads_in(ResourceName::ORG) => {
                self.gives.entry(user.clone()).or_default().push(id);
            }
            (Action::Restore, _, Some(user)) => drop(self.restores.insert(user.clone(), id)),
            _ => {}
        }
    }

    /// Whether whoever has the provider's resource gets an account.
    fn leads_in(&self, name: &str) -> bool {
        self.routes.iter().any(|route| route.on.is_some_and(|on| on.as_str() == name))
    }

    /// The accounts at the provider of whoever an account belongs to: the user's, and those of the same address that are
    /// nobody else's. Of an account that no user has, all of the same address.
    fn accounts(&self, person: Option<&Person>, account: Option<&Account>) -> Vec<&'a Account> {
        let emails = account.into_iter().flat_map(|account| &account.emails);
        let same = emails.filter_map(|email| self.addressed.get(email)).flatten().copied();
        let free = |account: &&Account| person.is_none() || !self.owners.contains_key(&account.id);
        let owned = person.and_then(|person| self.owned.get(&person.handle));
        let mut accounts: Vec<&Account> =
            owned.into_iter().flatten().copied().chain(same.filter(free)).collect();
        accounts.sort_by(|a, b| a.id.cmp(&b.id));
        accounts.dedup_by(|a, b| a.id == b.id);
        accounts
    }

    /// Whether the account is certainly that of the user, where there is one.
    fn is_theirs(&self, person: Option<&Person>, account: &Account) -> bool {
        person.is_none_or(|person| self.owners.get(&account.id) == Some(&&person.handle))
    }

    /// Whether any account there is, or may be, theirs.
    pub(super) fn has_account(&self, person: Option<&Person>, account: Option<&Account>) -> bool {
        !self.accounts(person, account).is_empty()
    }

    /// Whether the provider lets the account do anything now: one that is suspended gets nobody an account.
    fn is_usable(&self, person: Option<&Person>, account: &Account) -> bool {
        let restored = person.is_some_and(|person| self.restores.contains_key(&person.handle));
        account.state != AccountState::Suspended || restored
    }

    /// Whether the plan takes anything from the user there. Most keep what they have, and nobody need go through all that
    /// leads to an account for each of them.
    pub(super) fn takes_from(&self, person: &Person) -> bool {
        let accounts = self.owned.get(&person.handle).into_iter().flatten();
        accounts.into_iter().any(|account| self.ends.contains_key(&account.id))
    }

    /// The ways by which an account comes about.
    pub(super) fn ways(&self, person: Option<&Person>, account: Option<&Account>) -> Vec<Way<'_, 'a>> {
        self.ways_of(&self.accounts(person, account), person, |_, _| true)
    }

    /// Those of them that are still there once the plan is carried out.
    pub(super) fn left(&self, person: Option<&Person>, account: Option<&Account>) -> Vec<Way<'_, 'a>> {
        self.ways_of(&self.accounts(person, account), person, |id, route| !self.is_ended(id, route))
    }

    fn ways_of(
        &self,
        accounts: &[&'a Account],
        person: Option<&Person>,
        counts: impl Fn(&AccountId, &Route<'_>) -> bool,
    ) -> Vec<Way<'_, 'a>> {
        let usable: Vec<&'a Account> =
            accounts.iter().copied().filter(|account| self.is_usable(person, account)).collect();
        let mut ways = Vec::new();
        for route in &self.routes {
            let takes = usable.iter().filter(|account| counts(&account.id, route));
            let way = |account: &&'a Account| {
                let (sure, theirs) = (route.takes(&account.id)?, self.is_theirs(person, account));
                Some(Way { route, sure: sure && theirs, of: Some(*account).filter(|_| !theirs) })
            };
            // What is certain tells more than what may be.
            ways.extend(takes.filter_map(way).max_by_key(|way| (way.sure, way.of.is_none())));
        }
        ways
    }

    fn is_ended(&self, id: &AccountId, route: &Route<'_>) -> bool {
        let revoked = |ends: &Ends| route.on.is_some_and(|on| ends.revoked.contains_key(on));
        self.ends.get(id).is_some_and(|ends| !ends.whole.is_empty() || revoked(ends))
    }

    /// The changes of the plan that end ways by which the account comes about.
    pub(super) fn endings(&self, person: Option<&Person>, account: Option<&Account>) -> Vec<ChangeId> {
        let mut endings = Vec::new();
        for account in self.accounts(person, account) {
            let Some(ends) = self.ends.get(&account.id) else { continue };
            endings.extend(ends.whole.iter().cloned());
            let taken = self.routes.iter().filter(|route| route.takes(&account.id).is_some());
            endings.extend(taken.filter_map(|route| ends.revoked.get(route.on?)).cloned());
        }
        endings
    }

    /// What of the ways could not be read: a finding each at the provider.
    pub(super) fn unread(&self) -> impl Iterator<Item = Finding> {
        let unread = self.routes.iter().filter(|route| route.kind == Some(FeedKind::Unread));
        let Source { vendor, resource } = self.source;
        unread.map(move |route| Finding {
            vendor: Some(vendor.clone()),
            code: "feeds-unread",
            severity: Severity::Warning,
            detail: format!(
                "{} of {vendor}/{} could not be read, so whom they put there again is not known",
                route.what,
                route.into.unwrap_or(resource)
            ),
            user: None,
            hint: Some(format!("give the credential of {vendor} what that needs: {}", route.name)),
            span: Some(self.span),
        })
    }

    /// Whether the plan takes anything from anybody there.
    pub(super) fn ends_any(&self) -> bool {
        !self.ends.is_empty() || !self.lost.is_empty()
    }

    /// The changes by which the plan takes an account that came from here: all that end what leads to it, if nothing is
    /// left that certainly does. What nobody can tell leads to whoever is put out of use here altogether, and keeps
    /// nobody else's account: it is safer to count an account as lost than to lose it unseen.
    pub(super) fn taken_by(&self, person: Option<&Person>, account: &Account) -> Vec<ChangeId> {
        self.taken(person, &self.accounts(person, Some(account)))
    }

    /// From whom the plan takes what leads to an account, whether or not they have one.
    pub(super) fn takes<'p>(&self, people: &'p BTreeMap<UserName, Person>) -> Vec<Taken<'p, 'a>> {
        let ids: BTreeSet<&AccountId> = self.ends.keys().chain(self.lost.keys()).collect();
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for account in ids.into_iter().filter_map(|id| self.by_id.get(id)) {
            let person = self.owners.get(&account.id).and_then(|user| people.get(*user));
            let accounts = match person {
                Some(person) if !seen.insert(&person.handle) => continue,
                Some(_) => self.accounts(person, None),
                None if account.emails.is_empty() => vec![account],
                None => self.accounts(None, Some(account)),
            };
            let by = self.taken(person, &accounts);
            if !by.is_empty() {
                all.push(Taken { person, accounts, by });
            }
        }
        all
    }

    /// The changes that end what leads from these accounts to one of the same owner.
    fn taken(&self, person: Option<&Person>, accounts: &[&'a Account]) -> Vec<ChangeId> {
        if !accounts.iter().any(|own| self.ends.contains_key(&own.id) || self.lost.contains_key(&own.id)) {
            return Vec::new();
        }
        let mut by = BTreeSet::new();
        let mut came = false;
        for own in accounts {
            let mut leads = false;
            let lost = self.lost.get(&own.id);
            let ends = self.ends.get(&own.id);
            let whole = lost.is_some() || ends.is_some_and(|ends| !ends.whole.is_empty());
            for route in self.routes.iter().filter(|route| route.lasts()) {
                let Some(sure) = route.takes(&own.id) else { continue };
                leads = true;
                came |= sure || whole;
                let keeps = sure && !whole && !self.is_ended(&own.id, route);
                // Who is suspended keeps nobody's account, and what is taken from them takes theirs all the same.
                if keeps && self.is_theirs(person, own) && self.is_usable(person, own) {
                    return Vec::new();
                }
                by.extend(route.on.and_then(|on| ends?.revoked.get(on)).cloned());
            }
            if leads {
                let whole = ends.into_iter().flat_map(|ends| &ends.whole);
                by.extend(whole.chain(lost.into_iter().flatten()).cloned());
            }
        }
        if came { by.into_iter().collect() } else { Vec::new() }
    }

    /// Whether it cannot be told which account there is the user's.
    pub(super) fn is_unclear(&self, person: Option<&Person>) -> bool {
        person.is_some_and(|person| self.quarantined.contains(&person.handle))
    }

    /// Whether the user gets an account from the provider, or will.
    pub(super) fn gives(&self, user: &Person) -> Giving {
        let ways = self.left(Some(user), None);
        let lasting = |way: &&Way<'_, '_>| way.route.lasts();
        let mut after: Vec<ChangeId> = self.gives.get(&user.handle).cloned().unwrap_or_default();
        let sure = ways.iter().filter(lasting).any(|way| way.sure);
        if sure {
            // What they have already needs no further group.
            after.clear();
            after.extend(self.restores.get(&user.handle).cloned());
        }
        match () {
            () if sure || !after.is_empty() => Giving::Yes(after),
            () if self.is_unclear(Some(user)) => Giving::Untold,
            () if ways.iter().any(|way| lasting(&way) && way.route.is_known()) => Giving::Untold,
            () => Giving::No,
        }
    }

    /// The change that makes the user's account at the provider usable again.
    pub(super) fn restored(&self, user: &UserName) -> Option<&ChangeId> {
        self.restores.get(user)
    }

    /// Whether the user's sign-in is, or gets, closed there while their account stays.
    pub(super) fn keeps_suspended(&self, person: &Person) -> bool {
        let accounts = self.accounts(Some(person), None);
        self.suspends && !accounts.is_empty() && accounts.iter().all(|account| self.is_closed(account))
    }

    fn is_closed(&self, account: &Account) -> bool {
        let suspends = self.ends.get(&account.id).is_some_and(|ends| ends.suspends);
        account.state == AccountState::Suspended || suspends
    }

    /// Whether every account there that is, or may be, the user's is and stays suspended, and one of them leads here, so
    /// that the provider would close again what is opened for them behind it.
    pub(super) fn holds_closed(&self, person: &Person, account: Option<&Account>) -> bool {
        let accounts = self.accounts(Some(person), account);
        let leads = |own: &&Account| {
            let lasting = self.routes.iter().filter(|route| route.lasts() && !self.is_ended(&own.id, route));
            lasting.into_iter().any(|route| route.takes(&own.id) == Some(true))
        };
        !self.restores.contains_key(&person.handle)
            && accounts.iter().all(|account| self.is_closed(account))
            && accounts.iter().any(leads)
    }
}
