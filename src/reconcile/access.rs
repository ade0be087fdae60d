//! Differences of access: for each resource, who should hold which level and who does.

use super::accounts::{Wanted, is_set_aside};
use super::draft::{Draft, Ground, target};
use super::identity::{Matches, duplicate};
use super::ownership::Ownership;
use super::{Context, across, levels, similar};
use crate::connector::{Joining, KindSpec};
use crate::domain::{
    Account, AccountId, AccountState, Action, Finding, Grant, Invitation, InvitationState, Level, Manage,
    Person, Resource, ResourceReading, Severity, Span, Standing, UserName,
};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Drafts every difference of access.
pub(super) fn draft<'a>(
    context: &Context<'a>,
    matches: &Matches<'a>,
    wanted: &Wanted<'a>,
    drafts: &mut Vec<Draft<'a>>,
    findings: &mut Vec<Finding>,
) {
    let mut grants = context.desired.grants.at(context.vendor);
    let places = places(context, matches);
    for resource in context.settings.resources.values() {
        // Grants stand in the order of their resources, as the resources do.
        let start = grants.partition_point(|grant| grant.resource < resource.name);
        let end = grants.partition_point(|grant| grant.resource <= resource.name);
        let here = &grants[start..end];
        grants = &grants[end..];
        let Some(kind) = context.spec.kind(&resource.kind) else { continue };
        let mut side = Side { context, matches, places: &places, wanted, resource, kind, offers: None };
        match context.snapshot.resources.get(&resource.name) {
            Some(ResourceReading::Read { .. }) if resource.name.is_org() && kind.levels.len() < 2 => {}
            Some(ResourceReading::Read { holders, offers, .. }) => {
                side.offers = Some(offers);
                side.compare(here, holders, drafts, findings);
                // Elsewhere an invitation is one to the whole vendor, and goes with the account.
                if kind.joining == Joining::Invitation {
                    side.withdraw(here, holders, drafts, findings);
                }
            }
            Some(ResourceReading::Missing) => side.missing(here, drafts, findings),
            Some(ResourceReading::Unread { reason, open }) => {
                side.unread(here, (reason, *open), drafts, findings);
            }
            None => side.unread(here, ("the reading does not mention it", false), drafts, findings),
        }
    }
}

/// Each user's account with its place in the order of all ids: a million holders are found and sorted by it
/// several times as fast as by the names and the ids themselves.
pub(super) type Places<'a> = HashMap<&'a UserName, (usize, &'a Account)>;

fn places<'a>(context: &Context<'a>, matches: &Matches<'a>) -> Places<'a> {
    let mut places = HashMap::with_capacity(matches.primary.len());
    for (place, account) in context.snapshot.accounts.values().enumerate() {
        let owner = matches.owner.get(&account.id).map(|person| &person.handle);
        if let Some(user) = owner
            && matches.primary.get(user).is_some_and(|primary| primary.id == account.id)
        {
            places.insert(user, (place, account));
        }
    }
    places
}

/// One resource's comparison.
pub(super) struct Side<'c, 'a> {
    pub(super) context: &'c Context<'a>,
    pub(super) matches: &'c Matches<'a>,
    places: &'c Places<'a>,
    wanted: &'c Wanted<'a>,
    pub(super) resource: &'a Resource,
    pub(super) kind: &'a KindSpec,
    /// What is offered there; none where nothing was read.
    pub(super) offers: Option<&'a BTreeMap<AccountId, Invitation>>,
}

impl<'a> Side<'_, 'a> {
    /// Walks the wanted and the live holders together, in the order of account ids.
    fn compare(
        &self,
        wanted: &'a [Grant],
        holders: &'a BTreeMap<AccountId, Level>,
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        let owned = self.ownership(wanted, holders, drafts, findings);
        let mut placed: Vec<(usize, &'a Account, &'a Grant)> = Vec::with_capacity(wanted.len());
        for grant in wanted {
            match self.meant(&grant.user, holders) {
                Some((place, account)) => placed.push((place, account, grant)),
                None => self.gain_without_account(grant, owned.as_ref(), drafts, findings),
            }
        }
        placed.sort_unstable_by_key(|(place, ..)| *place);
        let mut placed = placed.into_iter().map(|(_, account, grant)| (account, grant)).peekable();
        let mut live = holders.iter().peekable();
        loop {
            let order = match (placed.peek(), live.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((account, _)), Some((id, _))) => account.id.cmp(id),
            };
            let want = if order.is_le() { placed.next() } else { None };
            let have = if order.is_ge() { live.next() } else { None };
            match (want, have) {
                (Some((account, grant)), None) => {
                    self.gain(grant, Some(account), owned.as_ref(), drafts, findings);
                }
                (Some((account, grant)), Some((_, level))) if grant.level != *level => {
                    self.differ((account, grant, level), owned.as_ref(), drafts, findings);
                }
                (None, Some((id, level))) => {
                    self.lose((id, level, holders), owned.as_ref(), drafts, findings);
                }
                _ => {}
            }
        }
    }

    /// The user's account here, with its place in the order of ids. Where people are known by the addresses that have
    /// access, it may be another one than elsewhere, and is the one that holds most.
    pub(super) fn meant(
        &self,
        user: &UserName,
        holders: &BTreeMap<AccountId, Level>,
    ) -> Option<(usize, &'a Account)> {
        let &(place, primary) = self.places.get(user)?;
        let Some(others) = self.matches.others.get(user) else { return Some((place, primary)) };
        let all = || std::iter::once(primary).chain(others.iter().copied());
        let is_offered = |id| self.offers.is_some_and(|offers| offers.contains_key(id));
        let rank = |account: &&Account| holders.get(&account.id).and_then(|level| self.kind.rank(level));
        let account = all()
            .filter(|account| holders.contains_key(&account.id))
            // Of two that hold the same, the first.
            .rev()
            .max_by_key(rank)
            .or_else(|| all().find(|account| is_offered(&account.id)))
            .unwrap_or(primary);
        Some((self.context.snapshot.accounts.range(..account.id.clone()).count(), account))
    }

    /// Whether the account is a second one here, of somebody whose grant another one is meant by.
    pub(super) fn is_second(
        &self,
        person: &Person,
        account: &Account,
        holders: &BTreeMap<AccountId, Level>,
    ) -> bool {
        self.matches.others.contains_key(&person.handle)
            && self
                .context
                .desired
                .grants
                .get(self.context.vendor, &self.resource.name, &person.handle)
                .is_some()
            && self.meant(&person.handle, holders).is_some_and(|(_, meant)| meant.id != account.id)
    }

    /// A grant whose user is about to be invited. A quarantined user's waits with them, and an invitation
    /// already gives the lowest level of the organisation.
    fn gain_without_account(
        &self,
        grant: &'a Grant,
        owned: Option<&Ownership<'a>>,
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        let implied = self.is_implied(grant) || (self.is_granted() && !self.context.knows_accounts());
        if !implied && !self.matches.quarantined.contains(&grant.user) {
            self.gain(grant, None, owned, drafts, findings);
        }
    }

    /// Whether being at the vendor at all gives what is granted: the lowest level of the organisation.
    fn is_implied(&self, grant: &Grant) -> bool {
        self.resource.name.is_org() && self.kind.rank(&grant.level) == Some(0)
    }

    fn is_granted(&self) -> bool {
        self.kind.joining == Joining::Grant
    }

    /// Access that is not there: given, or offered where access begins with an invitation.
    fn gain(
        &self,
        grant: &'a Grant,
        account: Option<&'a Account>,
        owned: Option<&Ownership<'a>>,
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        let to = owned.map_or(&grant.level, |owned| owned.asked(grant, None));
        if self.kind.joining == Joining::Invitation {
            self.offer(grant, account, to, drafts, findings);
            return;
        }
        // Whoever declined the account is asked nothing more.
        let state = account.map(|account| account.state);
        let is_in = matches!(state, Some(AccountState::Active | AccountState::Suspended));
        let waits = !is_in && self.context.waits_for_acceptance();
        if state == Some(AccountState::Invited(InvitationState::Declined))
            || (waits && self.is_implied(grant))
        {
            return;
        }
        let action = Action::Grant { on: target(self.context, self.resource), to: to.clone() };
        let who = (self.person(&grant.user), account);
        let mut draft = self.draft(who, action, Ground::Named, grant.origins.clone()).worded(grant);
        draft.waits = waits.then(|| self.unaccepted(&grant.user));
        drafts.push(draft);
    }

    fn unaccepted(&self, user: &UserName) -> Arc<str> {
        Arc::from(format!(
            "{user} has no account at {} yet: this follows once the invitation is accepted, in a later plan.",
            self.context.vendor
        ))
    }

    /// Access at another level than is declared.
    fn differ(
        &self,
        (account, grant, level): (&'a Account, &'a Grant, &Level),
        owned: Option<&Ownership<'a>>,
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        if !levels::is_known(self.kind, level) {
            findings.push(self.unknown_level(account, level));
        }
        let mut ends = (level, &grant.level);
        if let Some(owned) = owned {
            if owned.is_heir(grant) {
                return;
            }
            let Some(left) = owned.left(level) else {
                let why = (self.ground_of_move(grant, level, &grant.level), grant.origins.clone());
                return self.keep_owner(account, (level, Some(grant)), why, drafts, findings);
            };
            ends = (left, owned.asked(grant, Some(&account.id)));
        }
        let (from, to) = ends;
        if from != to {
            let on = target(self.context, self.resource);
            let ground = self.ground_of_move(grant, from, to);
            let action = Action::ChangeLevel { on, from: from.clone(), to: to.clone() };
            let who = (self.person(&grant.user), Some(account));
            drafts.push(self.draft(who, action, ground, grant.origins.clone()).worded(grant));
        }
    }

    /// To lower what nobody declared ever is to take what no line mentions.
    pub(super) fn ground_of_move(&self, grant: &Grant, from: &Level, to: &Level) -> Ground {
        let ended = self.context.desired.ended.get(self.context.vendor, &self.resource.name, &grant.user);
        let named = !self.kind.is_lowering(from, to) || ended.is_some_and(|ended| ended.level == *from);
        if named { Ground::Named } else { Ground::Absence }
    }

    /// Access that no grant asks for.
    fn lose(
        &self,
        (id, level, holders): (&'a AccountId, &Level, &BTreeMap<AccountId, Level>),
        owned: Option<&Ownership<'a>>,
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        if self.matches.untouchable.contains(id) {
            return;
        }
        let Some(account) = self.context.snapshot.accounts.get(id) else {
            findings.push(self.dangling(id));
            return;
        };
        let person = self.matches.owner.get(id).copied();
        if person.is_some_and(|person| self.is_kept_by_suspension(person, account)) {
            return;
        }
        if let Some(person) = person.filter(|person| self.is_second(person, account, holders)) {
            findings.push(duplicate(self.context, person, account));
            return;
        }
        let (ground, because) = self.why_lost(person);
        let who = (person, Some(account));
        if !self.resource.name.is_org() {
            if !levels::is_known(self.kind, level) {
                findings.push(self.unknown_level(account, level));
            }
            let Some(from) = owned.map_or(Some(level), |owned| owned.left(level)) else {
                return self.keep_owner(account, (level, None), (ground, because), drafts, findings);
            };
            let on = target(self.context, self.resource);
            let action = Action::Revoke { on, from: from.clone() };
            drafts.push(self.draft(who, action, ground, because));
            return;
        }
        // An account that goes as a whole needs no lowering.
        let wanted = person.is_some_and(|person| self.wanted.contains_key(&person.handle));
        if wanted || self.context.strips() {
            match self.kind.rank(level) {
                None if wanted => findings.push(self.unknown_level(account, level)),
                Some(0) => {}
                _ => {
                    let on = target(self.context, self.resource);
                    let lowest = self.kind.levels.first().map(|lowest| lowest.name.clone());
                    let change = |to| Action::ChangeLevel { on, from: level.clone(), to };
                    drafts.extend(lowest.map(|to| self.draft(who, change(to), ground, because)));
                }
            }
        }
    }

    /// A suspended account keeps what it holds, so that coming back restores it: provided that it is, or will be,
    /// suspended, here or where the user signs in.
    fn is_kept_by_suspension(&self, person: &Person, account: &Account) -> bool {
        let settled =
            account.state == AccountState::Suspended || self.context.settings.manage != Manage::Observe;
        let suspends = self.context.spec.suspends && settled;
        matches!(person.standing, Standing::Suspended { .. })
            && (suspends || across::is_kept(self.context, person))
    }

    /// By name or not, and by which lines, access goes.
    pub(super) fn why_lost(&self, person: Option<&'a Person>) -> (Ground, Vec<Span>) {
        let Some(person) = person else { return (Ground::Absence, vec![self.rule()]) };
        match &person.standing {
            Standing::Departed { span, .. } | Standing::Suspended { span, .. } => {
                (Ground::Named, vec![*span])
            }
            Standing::Active => {
                let ended = &self.context.desired.ended;
                match ended.get(self.context.vendor, &self.resource.name, &person.handle) {
                    Some(grant) => (Ground::Named, grant.origins.clone()),
                    None => (Ground::Absence, vec![person.span, self.rule()]),
                }
            }
        }
    }

    /// The line that lets what nobody declares be taken: the vendor's, unless the resource has a mode of its own.
    fn rule(&self) -> Span {
        let settings = self.context.settings;
        if self.resource.manage == settings.manage { settings.manage_span } else { self.resource.span }
    }

    /// A resource that the vendor lacks: created where its kind allows, otherwise its grants are set aside.
    fn missing(&self, wanted: &'a [Grant], drafts: &mut Vec<Draft<'a>>, findings: &mut Vec<Finding>) {
        if !is_set_aside(self.context, self.resource) {
            let action = Action::CreateResource { on: target(self.context, self.resource) };
            drafts.push(self.draft((None, None), action, Ground::Named, vec![self.resource.span]));
            similar::tell(self.context, self.resource, findings);
            for grant in wanted {
                match self.matches.primary.get(&grant.user) {
                    Some(account) => self.gain(grant, Some(account), None, drafts, findings),
                    None => self.gain_without_account(grant, None, drafts, findings),
                }
            }
            return;
        }
        findings.push(Finding {
            span: Some(self.resource.span),
            hint: Some("correct its id, or delete it and the grants on it".to_owned()),
            ..self.context.finding(
                "missing-resource",
                Severity::Error,
                format!(
                    "{}/{} does not exist at the vendor, so the {} grants on it are set aside",
                    self.context.vendor,
                    self.resource.name,
                    wanted.len()
                ),
            )
        });
    }

    /// A resource that cannot be read: what should be there is asked for until a reading shows it; what should
    /// not be there cannot be seen.
    fn unread(
        &self,
        wanted: &'a [Grant],
        (reason, open): (&str, bool),
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        for grant in wanted.iter().filter(|grant| open && !self.matches.quarantined.contains(&grant.user)) {
            self.gain(grant, self.matches.primary.get(&grant.user).copied(), None, drafts, findings);
        }
        let place = self.place();
        let fate = if open { "stay listed until a reading shows them" } else { "are set aside" };
        findings.push(Finding {
            span: Some(self.resource.span),
            ..self.context.finding(
                "unread-resource",
                Severity::Warning,
                format!(
                    "{place} cannot be read ({}): its {} grants {fate}, and access that nobody declares would not show",
                    reason.trim_end_matches('.'),
                    wanted.len()
                ),
            )
        });
        for grant in self.context.desired.ended.on(self.context.vendor, &self.resource.name) {
            findings.push(Finding {
                user: Some(grant.user.clone()),
                span: grant.origins.first().copied(),
                hint: Some("look at the vendor's own pages".to_owned()),
                ..self.context.finding(
                    "unread-access-ended",
                    Severity::Warning,
                    format!(
                        "{} should no longer have {} on {place}, and no reading can show it",
                        grant.user, grant.level
                    ),
                )
            });
        }
    }

    /// The resource, as grants name it.
    pub(super) fn place(&self) -> String {
        format!("{}/{}", self.context.vendor, self.resource.name)
    }

    fn dangling(&self, id: &AccountId) -> Finding {
        self.context.finding(
            "dangling-member",
            Severity::Info,
            format!(
                "{}/{} lists the member {id}, which no account has: it gives nobody access",
                self.context.vendor, self.resource.name
            ),
        )
    }

    pub(super) fn person(&self, user: &UserName) -> Option<&'a Person> {
        self.context.desired.people.get(user)
    }

    pub(super) fn draft(
        &self,
        who: (Option<&'a Person>, Option<&'a Account>),
        action: Action,
        ground: Ground,
        because: Vec<Span>,
    ) -> Draft<'a> {
        Draft::of_access(self.context, self.kind, who, action, ground, because)
    }
}
