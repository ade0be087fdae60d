//! Differences of accounts: who lacks one, who should not have one, and what one shows.

use super::Context;
use super::draft::{Draft, Ground};
use super::identity::{Matches, marker};
use crate::connector::AddressChange;
use crate::domain::{
    Account, AccountState, Action, Finding, Grant, Manage, Obligation, Offboarding, Person, Profile,
    Resource, ResourceReading, Severity, Span, Standing, UserName,
};
use std::collections::HashMap;
use std::sync::Arc;

/// The first grant of each user at the vendor: whether they should have an account, and why.
pub(super) type Wanted<'a> = HashMap<&'a UserName, &'a Grant>;

/// Who should have an account.
pub(super) fn wanted<'a>(context: &Context<'a>) -> Wanted<'a> {
    let mut first = HashMap::new();
    for grant in context.desired.grants.at(context.vendor) {
        first.entry(&grant.user).or_insert(grant);
    }
    first
}

/// Drafts every difference of accounts.
pub(super) fn draft<'a>(
    context: &Context<'a>,
    matches: &Matches<'a>,
    wanted: &Wanted<'a>,
    findings: &mut Vec<Finding>,
) -> Vec<Draft<'a>> {
    let ended = ended(context);
    let inviting = inviting(context, wanted);
    let mut drafts = Vec::new();
    for person in context.desired.people.values() {
        if matches.quarantined.contains(&person.handle) {
            continue;
        }
        let account = matches.primary.get(&person.handle).copied();
        match (wanted.get(&person.handle), account) {
            (Some(_), None) => {
                drafts.extend(inviting.get(&person.handle).map(|grant| invite(context, person, grant)));
            }
            (Some(grant), Some(account)) => keep(context, person, account, grant, &mut drafts, findings),
            (None, Some(account)) => {
                leave(context, person, account, &ended, &mut drafts, findings);
            }
            (None, None) => {}
        }
    }
    for &(person, account) in &matches.extra {
        leave(context, person, account, &ended, &mut drafts, findings);
    }
    for account in &matches.unmanaged {
        let because = vec![context.settings.manage_span];
        drafts.extend(offboard(context, None, account, Ground::Absence, because));
    }
    drafts
}

/// Whose access ended by its date; where the account itself was granted, that grant.
fn ended<'a>(context: &Context<'a>) -> HashMap<&'a UserName, &'a Grant> {
    let ended = context.desired.ended.at(context.vendor).iter().map(|grant| (&grant.user, grant));
    let (org, others): (Vec<_>, Vec<_>) = ended.partition(|(_, grant)| grant.resource.is_org());
    others.into_iter().chain(org).collect()
}

/// Who is to be invited, and for which grant: one that can be carried out. A resource that is only observed, or
/// that the vendor lacks, is no reason to create an account.
fn inviting<'a>(context: &Context<'a>, wanted: &Wanted<'a>) -> Wanted<'a> {
    if context.settings.manage == Manage::Observe {
        return wanted.clone();
    }
    let mut inviting = HashMap::new();
    for resource in context.settings.resources.values().filter(|resource| resource.manage != Manage::Observe)
    {
        if is_set_aside(context, resource) {
            continue;
        }
        for grant in context.desired.grants.on(context.vendor, &resource.name) {
            inviting.entry(&grant.user).or_insert(grant);
        }
    }
    inviting
}

/// Whether nothing can be done on the resource: the vendor lacks it and it cannot be created, or it is not clear
/// which it is.
pub(super) fn is_set_aside(context: &Context<'_>, resource: &Resource) -> bool {
    let creatable = context.spec.kind(&resource.kind).is_some_and(|kind| kind.creatable);
    match context.snapshot.resources.get(&resource.name) {
        Some(ResourceReading::Missing) => !creatable || resource.id.is_some(),
        Some(ResourceReading::Unread { open, .. }) => !open,
        _ => false,
    }
}

fn invite<'a>(context: &Context<'a>, person: &'a Person, grant: &Grant) -> Draft<'a> {
    let action = Action::Invite {
        profile: Profile { login: Arc::from(person.email.as_str()), name: person.name.clone() },
        external_id: Arc::from(marker(&person.handle)),
    };
    Draft::of_account(context, (Some(person), None), action, Ground::Named, grant.origins.clone())
        .worded(grant)
}

/// An account that should be there: usable, and showing what is declared.
fn keep<'a>(
    context: &Context<'a>,
    person: &'a Person,
    account: &'a Account,
    grant: &Grant,
    drafts: &mut Vec<Draft<'a>>,
    findings: &mut Vec<Finding>,
) {
    let who = (Some(person), Some(account));
    if account.state == AccountState::Suspended {
        let draft = Draft::of_account(context, who, Action::Restore, Ground::Named, grant.origins.clone());
        drafts.push(draft.worded(grant));
    }
    let strange = login_is_strange(person, account);
    if strange && context.spec.address_change == AddressChange::Recreate {
        findings.push(address_differs(context, person, account));
    }
    let rename = strange && context.spec.address_change == AddressChange::Update;
    let login = if rename { Arc::from(person.email.as_str()) } else { Arc::clone(&account.login) };
    // A vendor that shows no name may not keep one, and would be asked for ever.
    let name = if account.name.is_some() && person.name.is_some() { &person.name } else { &account.name };
    let from = Profile { login: Arc::clone(&account.login), name: account.name.clone() };
    let to = Profile { login, name: name.clone() };
    if from != to {
        let action = Action::UpdateAccount { from, to };
        drafts.push(Draft::of_account(context, who, action, Ground::Named, vec![person.span]));
    }
}

/// Whether the sign-in name is an address that the user does not declare. One that is no address is the
/// vendor's own scheme and stays.
fn login_is_strange(person: &Person, account: &Account) -> bool {
    crate::domain::Email::parse(&account.login)
        .is_ok_and(|login| login != person.email && !person.aliases.contains(&login))
}

/// An account whose user should have none here, or should not be able to use it.
fn leave<'a>(
    context: &Context<'a>,
    person: &'a Person,
    account: &'a Account,
    ended: &HashMap<&UserName, &Grant>,
    drafts: &mut Vec<Draft<'a>>,
    findings: &mut Vec<Finding>,
) {
    match &person.standing {
        Standing::Suspended { span, .. } if context.spec.suspends => {
            if account.state != AccountState::Suspended {
                let who = (Some(person), Some(account));
                drafts.push(Draft::of_account(context, who, Action::Suspend, Ground::Named, vec![*span]));
            }
        }
        Standing::Suspended { span, .. } => {
            findings.push(no_suspend(context, person));
            drafts.extend(offboard(context, Some(person), account, Ground::Named, vec![*span]));
        }
        Standing::Departed { span, .. } => {
            let draft = offboard(context, Some(person), account, Ground::Named, vec![*span]);
            if draft.is_some() {
                findings.push(departed_present(context, person, account));
            }
            drafts.extend(draft);
        }
        Standing::Active => {
            let (ground, because) = match ended.get(&person.handle) {
                Some(grant) if grant.resource.is_org() => (Ground::Named, grant.origins.clone()),
                // The end of a grant on something else takes just that by name: the account may hold more that
                // nobody declares.
                Some(grant) => (Ground::Absence, grant.origins.clone()),
                None => (Ground::Absence, absence(context, person)),
            };
            drafts.extend(offboard(context, Some(person), account, ground, because));
        }
    }
}

/// The lines whose silence takes a user's access: the user's own, and the vendor's `manage:`.
pub(super) fn absence(context: &Context<'_>, person: &Person) -> Vec<Span> {
    vec![person.span, context.settings.manage_span]
}

/// What takes an account out of use, as the vendor's `offboarding` says; none where it is out of use already.
fn offboard<'a>(
    context: &Context<'a>,
    person: Option<&'a Person>,
    account: &'a Account,
    ground: Ground,
    because: Vec<Span>,
) -> Option<Draft<'a>> {
    let action = match (context.settings.offboarding, account.state) {
        (_, AccountState::Invited) => Action::CancelInvitation,
        (Offboarding::Delete, _) => Action::RemoveAccount,
        (Offboarding::Revoke, AccountState::Suspended) => return None,
        (Offboarding::Revoke, _) if context.spec.suspends => Action::Suspend,
        (Offboarding::Revoke, _) => return None,
    };
    Some(Draft::of_account(context, (person, Some(account)), action, ground, because))
}

fn address_differs(context: &Context<'_>, person: &Person, account: &Account) -> Finding {
    Finding {
        user: Some(person.handle.clone()),
        hint: Some(
            "declare the address under `aliases:` to keep the account; to move, remove the account's pin, and it is \
             removed and a new one created"
                .to_owned(),
        ),
        span: Some(person.span),
        ..context.finding(
            "address-differs",
            Severity::Warning,
            format!(
                "the account of {} signs in as {}, not as {}; {} would make a second account of a changed address, \
                 so it is left as it is",
                person.handle, account.login, person.email, context.spec.title
            ),
        )
    }
}

fn no_suspend(context: &Context<'_>, person: &Person) -> Finding {
    Finding {
        user: Some(person.handle.clone()),
        span: Some(person.span),
        ..context.finding(
            "cannot-suspend",
            Severity::Warning,
            format!("{} cannot suspend an account, so that of {} goes", context.spec.title, person.handle),
        )
    }
}

fn departed_present(context: &Context<'_>, person: &Person, account: &Account) -> Finding {
    Finding {
        user: Some(person.handle.clone()),
        span: Some(person.span),
        hint: context
            .settings
            .provisioned_by
            .as_ref()
            .map(|source| format!("take them out of {source} as well, or the account will be recreated")),
        ..context.finding(
            "departed-user-present",
            Severity::Warning,
            format!("{} has departed and still has the account {}", person.handle, account.login),
        )
    }
}

/// The obligation to end what would create the account again.
const FROM_PROVIDER: &str = "remove-from-identity-provider";

/// What the drafted removals leave for people.
pub(super) fn obligations(context: &Context<'_>, drafts: &[Draft<'_>]) -> Vec<Obligation> {
    let leaving = drafts.iter().filter(|draft| matches!(draft.action, Action::RemoveAccount));
    let mut obligations = Vec::new();
    for draft in leaving {
        let who = draft.label().unwrap_or_default();
        let user = draft.person.map(|person| person.handle.clone());
        let mut push = |code, detail| {
            obligations.push(Obligation { vendor: context.vendor.clone(), code, user: user.clone(), detail });
        };
        let source = context.settings.provisioned_by.as_ref();
        for (code, detail) in context.spec.removal_obligations {
            // The assignment that the workspace names says it better than the connector's general words.
            if source.is_none() || *code != FROM_PROVIDER {
                push(code, format!("{who}: {detail}"));
            }
        }
        if let Some(source) = source {
            push(
                FROM_PROVIDER,
                format!("{who}: take them out of {source}, or the account will be recreated."),
            );
        }
    }
    obligations
}
