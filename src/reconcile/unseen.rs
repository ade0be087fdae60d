//! Whose account may go unseen: the provider ends what leads to it, and the vendor behind could not be read. Nothing here
//! becomes a change; the vendor's guards judge it.

use super::VendorInput;
use super::upstream::Provider;
use crate::domain::{Desired, Reading, Unseen};

/// What the plan may take from the vendor unseen. `before` is the same of the vendors that stand before it: what may go
/// from its provider unseen may go here with it.
pub(super) fn of(
    desired: &Desired,
    vendor: &VendorInput,
    provider: &Provider<'_>,
    before: &[Unseen],
) -> Vec<Unseen> {
    let Some(source) = &vendor.settings.provisioned_by else { return Vec::new() };
    let name = &vendor.settings.name;
    let through = before.iter().filter(|one| one.vendor == source.vendor);
    let mut unseen: Vec<Unseen> = through.map(|one| Unseen { vendor: name.clone(), ..one.clone() }).collect();
    if let (Reading::Unreadable(_), Some(upstream)) = (&vendor.reading, provider.upstream()) {
        unseen.extend(upstream.takes(&desired.people).into_iter().map(|taken| Unseen {
            vendor: name.clone(),
            unread: name.clone(),
            user: taken.person.map(|person| person.handle.clone()),
            accounts: taken.accounts.into_iter().cloned().collect(),
            by: taken.by,
        }));
    }
    unseen
}
