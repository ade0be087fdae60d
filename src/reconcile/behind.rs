//! A vendor that the plan is not for, behind a provider that it is for: what goes from there with what the plan takes at
//! the provider. Nothing is changed there; guards judge it as they would in a plan for both.

use super::identity::{self, Matches};
use super::upstream::{Done, Provider, Upstream};
use super::{Context, Input, VendorInput, accounts, lost};
use crate::domain::{Finding, Loss, Reading, Severity, Snapshot, Unreadable, VendorName};
use std::collections::BTreeMap;

/// How many accounts a finding names.
const SHOWN: usize = 3;

/// What the vendor loses by the plan, and the finding that says so.
pub(super) fn look<'a>(
    input: &'a Input,
    vendor: &'a VendorInput,
    provider: Provider<'a>,
    done: &mut BTreeMap<&'a VendorName, Done<'a>>,
) -> (Vec<Loss>, Option<Finding>) {
    if !provider.upstream().is_some_and(Upstream::ends_any) {
        return (Vec::new(), None);
    }
    match &vendor.reading {
        Reading::Unreadable(unread) => (Vec::new(), Some(untold(vendor, unread))),
        Reading::Complete(snapshot) => {
            let (losses, matches, finding) = read(input, (vendor, snapshot), provider);
            let changes = Vec::new();
            done.insert(
                &vendor.settings.name,
                Done { vendor, planned: false, snapshot, matches, changes, losses: losses.clone() },
            );
            (losses, finding)
        }
    }
}

fn read<'a>(
    input: &'a Input,
    (vendor, snapshot): (&'a VendorInput, &'a Snapshot),
    provider: Provider<'a>,
) -> (Vec<Loss>, Matches<'a>, Option<Finding>) {
    let context = Context::of(input, (vendor, snapshot), provider);
    let wanted = accounts::wanted(&context);
    // What else there is to say of the vendor belongs into a plan for it.
    let matches = identity::match_accounts(&context, &wanted, &mut Vec::new());
    let losses = lost::of(&context, &matches);
    let finding = told(&context, &losses);
    (losses, matches, finding)
}

fn told(context: &Context<'_>, losses: &[Loss]) -> Option<Finding> {
    let source = context.settings.provisioned_by.as_ref()?;
    let named = losses.iter().take(SHOWN).filter_map(|loss| {
        let account = context.snapshot.accounts.get(&loss.account)?;
        Some(format!("{} (with {})", account.login, loss.by.first()?))
    });
    let named: Vec<String> = named.collect();
    let more = losses.len() - named.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let detail = format!(
        "{} from here although the plan is not for {}, because {} keeps the accounts: {}{more}",
        if losses.len() == 1 {
            "an account goes".to_owned()
        } else {
            format!("{} accounts go", losses.len())
        },
        context.vendor,
        source.vendor,
        named.join(", ")
    );
    (!losses.is_empty()).then(|| context.finding("taken-behind", Severity::Warning, detail))
}

fn untold(vendor: &VendorInput, unread: &Unreadable) -> Finding {
    let name = &vendor.settings.name;
    Finding {
        vendor: Some(name.clone()),
        code: "unreadable-vendor",
        severity: Severity::Warning,
        detail: format!(
            "{name} could not be read, so it is not known which of its accounts, or how many of its admins, go with what \
             this plan takes at their provider: {}",
            unread.reason
        ),
        user: None,
        hint: unread.hint.clone(),
        span: Some(vendor.settings.span),
    }
}
