//! Differences of accounts: who lacks one, who should not have one, and what one shows.

use super::draft::{Draft, Ground};
use super::identity::{Matches, marker};
use super::{Context, across};
use crate::connector::{AddressChange, Leaving, ObligationSpec};
use crate::domain::{
    Account, AccountId, AccountState, Action, Channel, Due, Email, Finding, Grant, Invitation,
    InvitationState, Manage, Obligation, Offboarding, Person, Profile, Resource, ResourceName,
    ResourceReading, Severity, Span, Standing, UserName,
};
use std::collections::{BTreeSet, HashMap};
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
    if !context.has_accounts() {
        without_accounts(context, matches, findings);
        return Vec::new();
    }
    if !context.knows_accounts() {
        findings.push(unknown_accounts(context));
        return Vec::new();
    }
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
                drafts
                    .extend(inviting.get(&person.handle).map(|grant| invite(context, (person, None), grant)));
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

/// The invitation to the vendor as a whole; of an account that is there already, once more.
pub(super) fn invite<'a>(
    context: &Context<'a>,
    (person, account): (&'a Person, Option<&'a Account>),
    grant: &Grant,
) -> Draft<'a> {
    let action = Action::Invite {
        profile: Profile { login: Arc::from(person.email.as_str()), name: person.name.clone() },
        external_id: Arc::from(marker(&person.handle)),
        on: None,
    };
    Draft::of_account(context, (Some(person), account), action, Ground::Named, grant.origins.clone())
        .worded(grant)
}

/// Where addresses come and go with their access, there is nothing to be done to an account itself; but who is
/// there and should not be is told all the same.
fn without_accounts(context: &Context<'_>, matches: &Matches<'_>, findings: &mut Vec<Finding>) {
    for (&id, &person) in &matches.owner {
        if matches.untouchable.contains(id) || !is_listed(context, id) {
            continue;
        }
        match (&person.standing, context.snapshot.accounts.get(id)) {
            (Standing::Suspended { .. }, Some(_)) => findings.push(match across::is_kept(context, person) {
                true => across::kept(context, person),
                false => no_suspend(context, person),
            }),
            (Standing::Departed { .. }, Some(account)) => {
                findings.push(departed_present(context, person, account));
            }
            _ => {}
        }
    }
}

/// Where the organisation's own list is what shows accounts, and nobody has read it, an account that is not seen may be
/// there all the same.
fn unknown_accounts(context: &Context<'_>) -> Finding {
    Finding {
        hint: Some(format!(
            "record the list of the organisation: `grantline snapshot {}/{} --from FILE`",
            context.vendor,
            ResourceName::ORG
        )),
        ..context.finding(
            "unread-accounts",
            Severity::Error,
            format!(
                "nobody has read who has an account at {}, so that nobody is invited or removed there",
                context.vendor
            ),
        )
    }
}

/// Whether the address has access to something, or may accept some.
pub(super) fn is_listed(context: &Context<'_>, id: &AccountId) -> bool {
    let pending = |offer: &Invitation| offer.state == InvitationState::Pending;
    context.snapshot.resources.values().any(|reading| match reading {
        ResourceReading::Read { holders, offers, .. } => {
            holders.contains_key(id) || offers.get(id).is_some_and(pending)
        }
        _ => false,
    })
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
        let mut draft =
            Draft::of_account(context, who, Action::Restore, Ground::Named, grant.origins.clone());
        if let Some(how) = context.snapshot.by_hand.get(&account.id) {
            draft.channel = Channel::Runbook;
            findings.push(only_a_person(context, person, how));
        }
        drafts.push(draft.worded(grant));
    }
    super::invitations::of_account(context, (person, account), grant, drafts, findings);
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
/// vendor's own scheme and stays, and so does one that stands beside a mailbox of theirs.
fn login_is_strange(person: &Person, account: &Account) -> bool {
    let declares = |email: &Email| *email == person.email || person.aliases.contains(email);
    let login = Email::parse(&account.login);
    login.is_ok_and(|login| !declares(&login)) && !account.mail.as_ref().is_some_and(declares)
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
            super::suspension::draft(context, (person, account), *span, drafts, findings);
        }
        Standing::Suspended { .. } if across::is_kept(context, person) => {
            findings.push(across::kept(context, person));
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
fn absence(context: &Context<'_>, person: &Person) -> Vec<Span> {
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
        (_, AccountState::Invited(_)) => Action::CancelInvitation { on: None },
        (Offboarding::Delete, _) => Action::RemoveAccount,
        (Offboarding::Revoke, AccountState::Suspended) => return None,
        (Offboarding::Revoke, _) if context.spec.suspends => Action::Suspend,
        (Offboarding::Revoke, _) => return None,
    };
    let mut draft = Draft::of_account(context, (person, Some(account)), action, ground, because);
    if draft.action == Action::Suspend && context.snapshot.by_hand.contains_key(&account.id) {
        // No request does it in the state that the account is in.
        draft.channel = Channel::Runbook;
    }
    Some(draft)
}

/// The finding that only a person takes a suspension back.
pub(super) const BY_HAND: &str = "restored-by-hand";

fn only_a_person(context: &Context<'_>, person: &Person, how: &str) -> Finding {
    Finding {
        user: Some(person.handle.clone()),
        span: Some(person.span),
        hint: Some(format!(
            "{how}; the next plan sees it. Or end what is granted there, if they are to stay out"
        )),
        ..context.finding(
            BY_HAND,
            Severity::Warning,
            format!(
                "the account of {} is suspended by a person's decision, which only a person at {} takes back: to restore \
                 it is a task, and what they are to be given waits for it",
                person.handle, context.spec.title
            ),
        )
    }
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
            if context.strips() {
                format!(
                    "{} cannot suspend an account, so that of {} stays and loses all that it may do; it has to be \
                     given anew afterwards",
                    context.spec.title, person.handle
                )
            } else if context.has_accounts() {
                format!("{} cannot suspend an account, so that of {} goes", context.spec.title, person.handle)
            } else {
                format!(
                    "{} cannot suspend anybody, so all access of {} is taken there; it has to be given anew afterwards",
                    context.spec.title, person.handle
                )
            },
        )
    }
}

fn departed_present(context: &Context<'_>, person: &Person, account: &Account) -> Finding {
    Finding {
        user: Some(person.handle.clone()),
        span: Some(person.span),
        hint: across::came(context, Some(person), Some(account)),
        ..context.finding(
            "departed-user-present",
            Severity::Warning,
            format!(
                "{} has departed and still has {} {}",
                person.handle,
                if context.has_accounts() { "the account" } else { "access as" },
                account.login
            ),
        )
    }
}

/// The obligation to end what would create the account again.
const FROM_PROVIDER: &str = "remove-from-identity-provider";

/// Without what people would do in vain: an account that a request removes takes its access along, so that nobody needs
/// to take that by hand before.
pub(super) fn without_vain_steps(mut drafts: Vec<Draft<'_>>) -> Vec<Draft<'_>> {
    let gone = |draft: &Draft<'_>| draft.action == Action::RemoveAccount && draft.channel == Channel::Api;
    let gone = drafts.iter().filter(|draft| gone(draft)).filter_map(|draft| draft.account);
    let gone: BTreeSet<AccountId> = gone.map(|account| account.id.clone()).collect();
    drafts.retain(|draft| {
        let by_hand = matches!(draft.action, Action::Revoke { .. }) && draft.channel != Channel::Api;
        !by_hand || draft.account.is_none_or(|account| !gone.contains(&account.id))
    });
    drafts
}

/// What the drafted removals leave for people.
pub(super) fn obligations(context: &Context<'_>, drafts: &[Draft<'_>]) -> Vec<Obligation> {
    let mut obligations = Vec::new();
    for draft in drafts {
        let source = context.settings.provisioned_by.as_ref();
        let leaves = matches!(draft.action, Action::RemoveAccount);
        for spec in context.spec.obligations.iter().filter(|spec| is_due(spec, &draft.action)) {
            // The assignment that the workspace names says it better than the connector's general words, and the plan
            // may see to it by itself.
            if source.is_none() || spec.code != FROM_PROVIDER {
                obligations.extend(told(context, (draft, drafts), spec));
            }
        }
        if let Some(source) = source.filter(|_| leaves && !across::is_settled(context, draft)) {
            let text = format!("take them out of {source}, or the account will be recreated.");
            obligations.push(obligation(context, draft, (FROM_PROVIDER, Due::After), &text));
        }
    }
    obligations
}

/// That accounts go by a request, at once, while something is due before that.
pub(super) fn due_first(context: &Context<'_>, drafts: &[Draft<'_>], findings: &mut Vec<Finding>) {
    let before = context.spec.obligations.iter().filter(|spec| spec.due == Due::Before);
    let due: Vec<&str> = before.filter(|spec| spec.on == Leaving::Account).map(|spec| spec.code).collect();
    let goes = |draft: &&Draft<'_>| draft.action == Action::RemoveAccount && draft.channel == Channel::Api;
    for draft in drafts.iter().filter(goes).filter(|_| !due.is_empty()) {
        let who = draft.label().unwrap_or_default();
        let detail = format!(
            "applying this plan removes the account {who} at once, and what is due before that is too late afterwards: {}",
            due.join(", ")
        );
        findings.push(Finding {
            user: draft.person.map(|person| person.handle.clone()),
            span: draft.because.first().copied(),
            hint: Some(
                "do it before you apply; `suspended:` in place of `departed:` takes the access now and keeps the account \
                 until then"
                    .to_owned(),
            ),
            ..context.finding("due-before-removal", Severity::Warning, detail)
        });
    }
}

/// What the draft leaves by this declaration, filled in; none where an earlier draft of the same person tells it for
/// all of theirs.
fn told(
    context: &Context<'_>,
    (draft, drafts): (&Draft<'_>, &[Draft<'_>]),
    spec: &ObligationSpec,
) -> Option<Obligation> {
    let same = |one: &&Draft<'_>| is_due(spec, &one.action) && one.label() == draft.label();
    let about: Vec<&Draft<'_>> = if spec.once { drafts.iter().filter(same).collect() } else { vec![draft] };
    if !about.first().is_some_and(|first| std::ptr::eq(*first, draft)) {
        return None;
    }
    let names: BTreeSet<&str> =
        about.iter().filter_map(|one| Some(one.action.target()?.name.as_str())).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let who = draft.label().unwrap_or_default();
    let text = spec.text.replace("{resources}", &names.join(", ")).replace("{account}", &who);
    let mut work = obligation(context, draft, (spec.code, spec.due), &text);
    work.resource = work.resource.filter(|_| !spec.once);
    Some(work)
}

fn is_due(spec: &ObligationSpec, action: &Action) -> bool {
    match (spec.on, action) {
        (Leaving::Account, Action::RemoveAccount) => true,
        (Leaving::Access(kind), Action::Revoke { on, .. }) => *on.kind == *kind,
        _ => false,
    }
}

fn obligation(
    context: &Context<'_>,
    draft: &Draft<'_>,
    (code, due): (&'static str, Due),
    text: &str,
) -> Obligation {
    let who = draft.label();
    Obligation {
        vendor: context.vendor.clone(),
        code,
        due,
        user: draft.person.map(|person| person.handle.clone()),
        resource: draft.action.target().map(|on| on.name.clone()),
        detail: format!("{}: {text}", who.as_deref().unwrap_or_default()),
        account: who,
    }
}
