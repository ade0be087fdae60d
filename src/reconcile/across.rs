//! What holds a vendor's changes to those of the identity provider that its accounts come from.
//!
//! Whoever leaves goes from the provider first, or the account would come again; where the plan does not end what would
//! bring it again, a finding names that. Whoever comes gets the account from the provider, and what the vendor itself
//! gives follows in a later plan. Nothing here has a provider's change wait for one of a vendor's: where a loss there needs
//! that, `succession` sees to it, and to it that no circle arises.

use super::Context;
use super::accounts::Wanted;
use super::draft::Draft;
use super::identity::Matches;
use super::upstream::{Giving, Provider, Upstream, Way, Why};
use super::ways::{remedy, told};
use crate::domain::{
    Account, AccountId, Action, Change, ChangeId, Finding, Person, Severity, Source, UserName, VendorName,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Has what needs an account wait for the provider that makes it, and says who would get none there.
pub(super) fn wait(
    context: &Context<'_>,
    (wanted, matches): (&Wanted<'_>, &Matches<'_>),
    drafts: &mut [Draft<'_>],
    findings: &mut Vec<Finding>,
) {
    let Provider::Read(upstream) = &context.provider else { return };
    if !context.has_accounts() || !context.knows_accounts() {
        return;
    }
    for (user, account) in matches.primary.iter().filter(|(user, _)| wanted.contains_key(**user)) {
        let Some(person) = context.desired.people.get(*user) else { continue };
        if !upstream.takes_from(person) {
            continue;
        }
        let (now, then) = (upstream.ways(Some(person), None), upstream.left(Some(person), Some(account)));
        let known = |ways: &[Way<'_, '_>]| ways.iter().any(|way| way.route.is_known());
        if !known(&then) && known(&now) {
            findings.push(not_provisioned(context, upstream, (person, Lack::Loses)));
        }
    }
    findings.extend(drafts.iter().filter_map(|draft| restored_without(context, upstream, draft)));
    let mut known: HashMap<&UserName, Giving> = HashMap::new();
    for draft in drafts.iter_mut().filter(|draft| draft.account.is_none()) {
        let Some(person) = draft.person else { continue };
        match known.entry(&person.handle).or_insert_with(|| upstream.gives(person)) {
            Giving::Yes(first) => {
                draft.waits.get_or_insert_with(|| comes_from(context, upstream, (person, first)));
            }
            Giving::No if matches!(draft.action, Action::Invite { on: None, .. }) => {
                findings.push(not_provisioned(context, upstream, (person, Lack::Invited)));
            }
            Giving::No | Giving::Untold => {}
        }
    }
}

/// That an account is opened again of somebody who gets none from the provider, which may be what has closed it. Of whoever
/// loses by this plan what theirs comes from, that is said already.
fn restored_without(context: &Context<'_>, upstream: &Upstream<'_>, draft: &Draft<'_>) -> Option<Finding> {
    let person = draft.person.filter(|_| draft.action == Action::Restore)?;
    let ways = |ways: &[Way<'_, '_>]| ways.iter().any(|way| way.route.is_known());
    let has = upstream.takes_from(person) && ways(&upstream.ways(Some(person), None));
    let gets =
        !matches!(upstream.gives(person), Giving::No) || ways(&upstream.left(Some(person), draft.account));
    (!has && !gets).then(|| not_provisioned(context, upstream, (person, Lack::Restored)))
}

/// What is waited for. Where nothing is left to be done at the provider, the account should be there: it would be waited
/// for in vain where the provider does not carry it over.
fn comes_from(
    context: &Context<'_>,
    upstream: &Upstream<'_>,
    (person, first): (&Person, &[ChangeId]),
) -> Arc<str> {
    let (source, vendor, who) = (upstream.source, context.vendor, &person.handle);
    let provider = &source.vendor;
    Arc::from(match first {
        [] => format!(
            "{provider} creates the account of {who} at {vendor}, as they have {source}; apply again when it is there. \
             Where it does not come, look at {provider} for why it does not provision them."
        ),
        _ => format!(
            "{provider} creates the account of {who} at {vendor} once they have {source}; apply again when it is there."
        ),
    })
}

/// That the vendor's accounts come from a provider which the workspace does not declare.
pub(super) fn undeclared(context: &Context<'_>) -> Option<Finding> {
    let source = context.settings.provisioned_by.as_ref()?;
    let (vendor, provider) = (context.vendor, &source.vendor);
    if context.desired.vendors.contains(provider) || !matches!(context.provider, Provider::Unseen) {
        return None;
    }
    let detail = format!(
        "the accounts of {vendor} come from {source}, and no vendor {provider} is declared: what must happen there first, \
         and whom it would give an account again, is not seen"
    );
    Some(Finding {
        hint: Some(format!(
            "declare {provider} under `vendors:`, if only with `manage: observe`, or see to it there by hand"
        )),
        ..context.finding("provider-undeclared", Severity::Info, detail)
    })
}

/// How somebody who is to be here lacks what the provider gives accounts for.
#[derive(Debug, Clone, Copy)]
enum Lack {
    /// They get an account without it.
    Invited,
    /// Their account is opened again without it.
    Restored,
    /// Theirs comes from it, and the plan takes it.
    Loses,
}

/// That somebody who is to be here gets no account from the provider, or loses what theirs comes from.
fn not_provisioned(
    context: &Context<'_>,
    upstream: &Upstream<'_>,
    (person, lack): (&Person, Lack),
) -> Finding {
    let (source, vendor) = (upstream.source, context.vendor);
    let granted = context.desired.grants.get(&source.vendor, &source.resource, &person.handle).is_some();
    let who = &person.handle;
    let what = match lack {
        Lack::Invited => format!("{who} is invited to {vendor} and does not get {source}"),
        Lack::Restored => {
            format!("the account of {who} at {vendor} is restored and they do not get {source}")
        }
        Lack::Loses => format!("{who} is to stay at {vendor} and loses {source}"),
    };
    Finding {
        user: Some(who.clone()),
        span: Some(person.span),
        hint: Some(match granted {
            true => format!("give them {source} by hand, or let the workspace rule over {}", source.vendor),
            false => format!("grant {source} too, by the same role as access to {vendor}"),
        }),
        ..context.finding(
            "not-provisioned",
            Severity::Warning,
            format!(
                "{what}, by which {} provisions accounts there and may take those of others away",
                source.vendor
            ),
        )
    }
}

/// Adds the provider's changes that a vendor's come after, and says whose account would come again.
pub(super) fn link(
    context: &Context<'_>,
    wanted: &Wanted<'_>,
    changes: &mut [Change],
    findings: &mut Vec<Finding>,
) {
    if matches!(context.provider, Provider::Unseen) {
        return;
    }
    let takers = takers(context, wanted, changes);
    let mut told = HashSet::new();
    for (at, change) in changes.iter_mut().enumerate() {
        let person = change.user.as_ref().and_then(|user| context.desired.people.get(user));
        let account = change.account_id.as_ref().and_then(|id| context.snapshot.accounts.get(id));
        if takers.contains(&at) {
            if let Some(upstream) = context.provider.upstream() {
                change.after.extend(upstream.endings(person, account));
            }
            if told.insert(change.account_id.clone()) {
                findings.extend(will_come_back(context, change, (person, account)));
            }
        } else if let (Provider::Read(upstream), Some(person)) = (&context.provider, person) {
            change.after.extend(before_gain(upstream, change, person));
        }
        change.after.sort();
        change.after.dedup();
    }
}

/// What a gain of somebody whose account comes from the provider comes after there.
fn before_gain(upstream: &Upstream<'_>, change: &Change, person: &Person) -> Vec<ChangeId> {
    let gains = !change.action.is_removal();
    match &change.action {
        Action::Restore => upstream.restored(&person.handle).cloned().into_iter().collect(),
        _ if gains && change.waits.is_some() && change.account_id.is_none() => match upstream.gives(person) {
            Giving::Yes(after) => after,
            Giving::Untold | Giving::No => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The places of the changes by which accounts end: what takes the account itself, and where none does, the last that
/// takes access from somebody who is to have none.
fn takers(context: &Context<'_>, wanted: &Wanted<'_>, changes: &[Change]) -> HashSet<usize> {
    let mut takers = HashSet::new();
    let mut whole: HashSet<&AccountId> = HashSet::new();
    let mut last: HashMap<&AccountId, usize> = HashMap::new();
    let strips = !context.has_accounts() || context.strips();
    for (at, change) in changes.iter().enumerate() {
        let Some(id) = &change.account_id else { continue };
        let stays = change.user.as_ref().is_some_and(|user| wanted.contains_key(user));
        match &change.action {
            Action::RemoveAccount | Action::Suspend | Action::CancelInvitation { on: None } => {
                takers.insert(at);
                whole.insert(id);
            }
            Action::Revoke { .. } | Action::CancelInvitation { .. } | Action::ChangeLevel { .. }
                if strips && !stays =>
            {
                last.insert(id, at);
            }
            _ => {}
        }
    }
    takers.extend(last.into_iter().filter(|(id, _)| !whole.contains(id)).map(|(_, at)| at));
    takers
}

/// Whether the provider would no longer bring the account again once the plan is carried out.
pub(super) fn is_settled(context: &Context<'_>, draft: &Draft<'_>) -> bool {
    match &context.provider {
        Provider::Read(upstream) => {
            upstream.left(draft.person, draft.account).is_empty() && !upstream.is_unclear(draft.person)
        }
        Provider::Unread(_, _, Some(upstream)) => is_out_of_use(upstream, draft.person, draft.account),
        Provider::Unseen | Provider::Unread(..) => false,
    }
}

/// Whether the provider certainly gives nothing to whoever it is, whatever could not be read there: their account is out of
/// use altogether once the plan is carried out.
fn is_out_of_use(upstream: &Upstream<'_>, person: Option<&Person>, account: Option<&Account>) -> bool {
    upstream.has_account(person, account)
        && upstream.left(person, account).is_empty()
        && !upstream.is_unclear(person)
}

/// Through what the account came, as a hint; none where nothing is known of that.
pub(super) fn came(
    context: &Context<'_>,
    person: Option<&Person>,
    account: Option<&Account>,
) -> Option<String> {
    let Provider::Read(upstream) = &context.provider else {
        let source = context.settings.provisioned_by.as_ref()?;
        return Some(format!("take them out of {source} as well, or the account will be recreated"));
    };
    let ways = upstream.ways(person, account);
    if ways.is_empty() {
        return None;
    }
    let ended = upstream.left(person, account).is_empty();
    let ended = if ended { ", which this plan ends" } else { "" };
    Some(format!("it came through {}, by {}{ended}", upstream.source, told(upstream.source, &ways)))
}

fn will_come_back(
    context: &Context<'_>,
    change: &Change,
    (person, account): (Option<&Person>, Option<&Account>),
) -> Option<Finding> {
    let verb = if change.action == Action::Suspend { "open" } else { "create" };
    let who = change.account.as_deref().unwrap_or_default();
    let again = format!("{verb} the account {who} at {} again", context.vendor);
    let (detail, hint) = match &context.provider {
        Provider::Unseen => return None,
        Provider::Unread(_, _, Some(upstream)) if is_out_of_use(upstream, person, account) => return None,
        Provider::Unread(source, why, _) => unread(source, *why, &again, context.vendor),
        Provider::Read(upstream) if upstream.is_unclear(person) => unclear(upstream.source, &again),
        Provider::Read(upstream) => {
            let (source, left) = (upstream.source, upstream.left(person, account));
            if left.is_empty() {
                return None;
            }
            let ways = told(source, &left);
            let detail = format!(
                "{} would {again}: it comes through {source}, by {ways}, and this plan does not end that",
                source.vendor
            );
            (detail, remedy(context.desired, source, person, &left))
        }
    };
    Some(Finding {
        user: change.user.clone(),
        span: change.because.first().copied(),
        hint: Some(hint),
        ..context.finding("will-come-back", Severity::Warning, detail)
    })
}

fn unread(source: &Source, why: Why, again: &str, vendor: &VendorName) -> (String, String) {
    let provider = &source.vendor;
    let (why, mend) = match why {
        Why::LeftOut => ("is not part of this run", format!("plan {provider} together with {vendor}")),
        Why::Failed => ("could not be read", format!("plan again once {provider} can be read")),
    };
    let detail = format!("whether {provider} would {again} is not known: {source} {why}");
    (detail, format!("{mend}, or take them out of {source} by hand"))
}

fn unclear(source: &Source, again: &str) -> (String, String) {
    let provider = &source.vendor;
    let detail = format!(
        "whether {provider} would {again} is not known: which account at {provider} is theirs is not certain"
    );
    (detail, format!("see what is said of their account at {provider}, or take them out of {source} by hand"))
}

/// Whether the user's account here is kept as it is, because the provider has closed their sign-in and this vendor has no
/// way to suspend.
pub(super) fn is_kept(context: &Context<'_>, person: &Person) -> bool {
    // Whether sign-in is closed stands with the accounts there, whatever of the provider's groups could not be read.
    !context.spec.suspends
        && context.provider.upstream().is_some_and(|upstream| upstream.keeps_suspended(person))
}

/// That an account is kept for its suspended user.
pub(super) fn kept(context: &Context<'_>, person: &Person) -> Finding {
    let provider = context.settings.provisioned_by.as_ref().map(|source| source.vendor.as_str());
    Finding {
        user: Some(person.handle.clone()),
        span: Some(person.span),
        hint: Some(
            "end open sessions at the vendor by hand where it lets somebody stay signed in; to take the access \
             all the same, drop `suspended:` and the grants"
                .to_owned(),
        ),
        ..context.finding(
            "kept-while-suspended",
            Severity::Info,
            format!(
                "{} cannot suspend an account: that of {} stays as it is, and their sign-in is closed at {}",
                context.spec.title,
                person.handle,
                provider.unwrap_or_default()
            ),
        )
    }
}
