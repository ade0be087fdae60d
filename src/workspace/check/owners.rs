//! Levels that one account holds at a time: that no two users are declared to hold one on the same days.

use super::super::model::{Dated, GrantLine, User};
use super::Checks;
use crate::diagnostic::Diagnostic;
use crate::domain::{Level, ResourceName, RoleName, Span, UserName, VendorName};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A resource and its level that one account holds.
type Place<'w> = (&'w VendorName, &'w ResourceName);

/// A user who is declared to hold such a level, from a first to a last day.
#[derive(Clone, Copy)]
struct Claim<'w> {
    user: &'w UserName,
    level: &'w Level,
    first: Date,
    last: Date,
    /// The user's line.
    span: Span,
}

impl Checks<'_> {
    pub(super) fn owners(&mut self) {
        if !self.specs.values().any(|spec| spec.kinds.iter().any(|kind| kind.exclusive().is_some())) {
            return;
        }
        let roles = self.owning_roles();
        let mut claims: BTreeMap<Place<'_>, Vec<Claim<'_>>> = BTreeMap::new();
        for user in self.merged.users.values().filter(|user| self.may_hold(user)) {
            for entry in &user.roles {
                for line in roles.get(&entry.role).into_iter().flatten() {
                    let dated = [&user.dated, &entry.dated, &line.dated];
                    self.claim(user, line, (dated.as_slice(), entry.span), &mut claims);
                }
            }
            for line in &user.grants {
                self.claim(user, line, ([&user.dated, &line.dated].as_slice(), line.span), &mut claims);
            }
        }
        let mut found = Vec::new();
        for (place, mut claims) in claims {
            claims.sort_by_key(|claim| (claim.first, claim.span));
            found.extend(rivals(&claims).into_iter().map(|(one, other)| two_owners(place, one, other)));
        }
        self.problems.extend(found);
    }

    /// Whoever has left, or is suspended, holds nothing.
    fn may_hold(&self, user: &User) -> bool {
        let left = user.departed.is_some_and(|departed| departed.value <= self.today);
        let away = user.suspended.as_ref().is_some_and(|suspended| suspended.value.since <= self.today);
        !left && !away
    }

    /// The lines that give such a level, by every role that brings them, itself or by what it includes.
    fn owning_roles(&self) -> BTreeMap<&RoleName, Vec<&GrantLine>> {
        let mut includers: BTreeMap<&RoleName, Vec<&RoleName>> = BTreeMap::new();
        for role in self.merged.roles.values() {
            for included in &role.includes {
                includers.entry(&included.value).or_default().push(&role.name);
            }
        }
        let mut owning: BTreeMap<&RoleName, Vec<&GrantLine>> = BTreeMap::new();
        for role in self.merged.roles.values() {
            let lines: Vec<_> = role.grants.iter().filter(|line| !self.owned(line).is_empty()).collect();
            if lines.is_empty() {
                continue;
            }
            // A list of roles to visit, since a chain of includes may be as long as the workspace is large.
            let (mut seen, mut ahead) = (BTreeSet::new(), vec![&role.name]);
            while let Some(name) = ahead.pop() {
                if seen.insert(name) {
                    owning.entry(name).or_default().extend(&lines);
                    ahead.extend(includers.get(name).into_iter().flatten());
                }
            }
        }
        owning
    }

    /// The resources on which the line gives a level that one account holds.
    fn owned<'w>(&'w self, line: &'w GrantLine) -> Vec<Place<'w>> {
        let Some((draft, spec)) = self.merged.vendors.get(&line.vendor).zip(self.specs.get(&line.vendor))
        else {
            return Vec::new();
        };
        let resources = draft.vendor.resources.values();
        let meant =
            resources.filter(|resource| line.resource.as_ref().is_none_or(|name| *name == resource.name));
        let owned = meant.filter(|resource| {
            spec.kind(&resource.kind).and_then(|kind| kind.exclusive()) == Some(&line.level)
        });
        owned.map(|resource| (&line.vendor, &resource.name)).collect()
    }

    fn claim<'w>(
        &'w self,
        user: &'w User,
        line: &'w GrantLine,
        (dated, span): (&[&Dated], Span),
        claims: &mut BTreeMap<Place<'w>, Vec<Claim<'w>>>,
    ) {
        let first = dated.iter().filter_map(|dated| dated.from).max().unwrap_or(Date::MIN).max(self.today);
        let untils = dated.iter().filter_map(|dated| dated.until.map(|until| until.value));
        let last = untils.min().unwrap_or(Date::MAX);
        if first > last {
            return;
        }
        for place in self.owned(line) {
            let claim = Claim { user: &user.handle, level: &line.level, first, last, span };
            claims.entry(place).or_default().push(claim);
        }
    }
}

/// Claims of two users that share a day, each with one that it meets. `claims` stand in the order of their first
/// days, so that only the longest of those before has to be looked at, and the longest of another user.
fn rivals<'w>(claims: &[Claim<'w>]) -> Vec<(Claim<'w>, Claim<'w>)> {
    let mut found = Vec::new();
    let (mut longest, mut other): (Option<Claim<'w>>, Option<Claim<'w>>) = (None, None);
    for &claim in claims {
        let of_another = |one: &Claim<'_>| one.user != claim.user && one.last >= claim.first;
        found.extend(longest.filter(of_another).or(other.filter(of_another)).map(|one| (one, claim)));
        match longest {
            Some(one) if one.user != claim.user && claim.last <= one.last => {
                other = other.filter(|other| other.last >= claim.last).or(Some(claim));
            }
            Some(one) if one.user != claim.user => (longest, other) = (Some(claim), Some(one)),
            Some(one) if one.last >= claim.last => {}
            _ => longest = Some(claim),
        }
    }
    found
}

fn two_owners((vendor, resource): Place<'_>, one: Claim<'_>, other: Claim<'_>) -> Diagnostic {
    let (earlier, later) = if one.span < other.span { (one, other) } else { (other, one) };
    let summary = format!("two users are declared as {} of `{vendor}/{resource}`", later.level);
    Diagnostic::error("two-owners", later.span, summary)
        .detail(format!(
            "`{}` and `{}` would hold it on the same days, and one account can at a time.",
            earlier.user, later.user
        ))
        .hint(
            "Give one of the two another level, or let the first one's access end before the other's begins.",
        )
        .related(earlier.span, format!("`{}` is declared here", earlier.user))
}
