//! Differences of access: for each resource, who should hold which level and who does.

use super::Context;
use super::accounts::{Wanted, absence, is_set_aside};
use super::draft::{Draft, Ground, target};
use super::identity::Matches;
use crate::connector::KindSpec;
use crate::domain::{
    Account, AccountId, AccountState, Action, Finding, Grant, Level, Manage, Person, Resource,
    ResourceReading, Severity, Span, Standing, UserName,
};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

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
        let side = Side { context, matches, places: &places, wanted, resource, kind };
        match context.snapshot.resources.get(&resource.name) {
            Some(ResourceReading::Read { .. }) if resource.name.is_org() && kind.levels.len() < 2 => {}
            Some(ResourceReading::Read { holders, .. }) => side.compare(here, holders, drafts, findings),
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
type Places<'a> = HashMap<&'a UserName, (usize, &'a Account)>;

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
struct Side<'c, 'a> {
    context: &'c Context<'a>,
    matches: &'c Matches<'a>,
    places: &'c Places<'a>,
    wanted: &'c Wanted<'a>,
    resource: &'a Resource,
    kind: &'c KindSpec,
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
        let mut placed: Vec<(usize, &'a Account, &'a Grant)> = Vec::with_capacity(wanted.len());
        for grant in wanted {
            match self.places.get(&grant.user) {
                Some((place, account)) => placed.push((*place, account, grant)),
                None => drafts.extend(self.gain_without_account(grant)),
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
                (Some((account, grant)), None) => drafts.push(self.gain(grant, Some(account))),
                (Some((account, grant)), Some((_, level))) if grant.level != *level => {
                    drafts.push(self.move_level(account, grant, level));
                }
                (None, Some((id, level))) => self.lose(id, level, drafts, findings),
                _ => {}
            }
        }
    }

    /// A grant whose user is about to be invited. A quarantined user's waits with them, and an invitation
    /// already gives the lowest level of the organisation.
    fn gain_without_account(&self, grant: &'a Grant) -> Option<Draft<'a>> {
        let implied = self.resource.name.is_org() && self.kind.rank(&grant.level) == Some(0);
        let quarantined = self.matches.quarantined.contains(&grant.user);
        (!quarantined && !implied).then(|| self.gain(grant, None))
    }

    fn gain(&self, grant: &'a Grant, account: Option<&'a Account>) -> Draft<'a> {
        let action = Action::Grant { on: target(self.context, self.resource), to: grant.level.clone() };
        self.draft((self.person(&grant.user), account), action, Ground::Named, grant.origins.clone())
            .worded(grant)
    }

    fn move_level(&self, account: &'a Account, grant: &'a Grant, from: &Level) -> Draft<'a> {
        let on = target(self.context, self.resource);
        let ended = self.context.desired.ended.get(self.context.vendor, &self.resource.name, &grant.user);
        // To lower what nobody declared ever is to take what no line mentions.
        let named =
            !self.kind.is_lowering(from, &grant.level) || ended.is_some_and(|ended| ended.level == *from);
        let ground = if named { Ground::Named } else { Ground::Absence };
        let action = Action::ChangeLevel { on, from: from.clone(), to: grant.level.clone() };
        let who = (self.person(&grant.user), Some(account));
        self.draft(who, action, ground, grant.origins.clone()).worded(grant)
    }

    /// Access that no grant asks for.
    fn lose(
        &self,
        id: &'a AccountId,
        level: &Level,
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
        let (ground, because) = self.why_lost(person);
        let on = target(self.context, self.resource);
        let who = (person, Some(account));
        if !self.resource.name.is_org() {
            let action = Action::Revoke { on, from: level.clone() };
            drafts.push(self.draft(who, action, ground, because));
        } else if person.is_some_and(|person| self.wanted.contains_key(&person.handle)) {
            // An account that goes as a whole needs no lowering.
            match self.kind.rank(level) {
                None => findings.push(self.unknown_level(account, level)),
                Some(0) => {}
                Some(_) => {
                    let lowest = self.kind.levels.first().map(|lowest| lowest.name.clone());
                    let change = |to| Action::ChangeLevel { on, from: level.clone(), to };
                    drafts.extend(lowest.map(|to| self.draft(who, change(to), ground, because)));
                }
            }
        }
    }

    /// A level that is read as itself, and never guessed.
    fn unknown_level(&self, account: &Account, level: &Level) -> Finding {
        Finding {
            hint: Some("map it under the vendor's `roles:`, or take it away at the vendor".to_owned()),
            ..self.context.finding(
                "unknown-level",
                Severity::Warning,
                format!(
                    "{} holds {level} on {}/{}, which the workspace does not know, so it is left as it is",
                    account.login, self.context.vendor, self.resource.name
                ),
            )
        }
    }

    /// A suspended account keeps what it holds, so that coming back restores it: provided that it is, or will be,
    /// suspended.
    fn is_kept_by_suspension(&self, person: &Person, account: &Account) -> bool {
        let settled =
            account.state == AccountState::Suspended || self.context.settings.manage != Manage::Observe;
        matches!(person.standing, Standing::Suspended { .. }) && self.context.spec.suspends && settled
    }

    fn why_lost(&self, person: Option<&'a Person>) -> (Ground, Vec<Span>) {
        let Some(person) = person else {
            return (Ground::Absence, vec![self.context.settings.manage_span]);
        };
        match &person.standing {
            Standing::Departed { span, .. } | Standing::Suspended { span, .. } => {
                (Ground::Named, vec![*span])
            }
            Standing::Active => {
                let ended = &self.context.desired.ended;
                match ended.get(self.context.vendor, &self.resource.name, &person.handle) {
                    Some(grant) => (Ground::Named, grant.origins.clone()),
                    None => (Ground::Absence, absence(self.context, person)),
                }
            }
        }
    }

    /// A resource that the vendor lacks: created where its kind allows, otherwise its grants are set aside.
    fn missing(&self, wanted: &'a [Grant], drafts: &mut Vec<Draft<'a>>, findings: &mut Vec<Finding>) {
        if !is_set_aside(self.context, self.resource) {
            let action = Action::CreateResource { on: target(self.context, self.resource) };
            drafts.push(self.draft((None, None), action, Ground::Named, vec![self.resource.span]));
            for grant in wanted {
                match self.matches.primary.get(&grant.user) {
                    Some(account) => drafts.push(self.gain(grant, Some(account))),
                    None => drafts.extend(self.gain_without_account(grant)),
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
            drafts.push(self.gain(grant, self.matches.primary.get(&grant.user).copied()));
        }
        let place = format!("{}/{}", self.context.vendor, self.resource.name);
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

    fn person(&self, user: &UserName) -> Option<&'a Person> {
        self.context.desired.people.get(user)
    }

    fn draft(
        &self,
        who: (Option<&'a Person>, Option<&'a Account>),
        action: Action,
        ground: Ground,
        because: Vec<Span>,
    ) -> Draft<'a> {
        Draft::of_access(self.context, self.kind, who, action, ground, because)
    }
}
