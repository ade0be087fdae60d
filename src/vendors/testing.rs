//! What the tests of every connector share.

use crate::domain::{AccountId, Action, Change, ChangeId, Channel, Level, Risk, VendorName};

/// A change by request, as a plan would list it first.
pub(super) fn change(account: Option<&str>, action: Action) -> Change {
    let vendor = VendorName::parse("acme").unwrap();
    Change {
        id: ChangeId::new(&vendor, 1),
        vendor,
        user: None,
        user_name: None,
        account: None,
        account_id: account.map(|id| AccountId::parse(id).unwrap()),
        action,
        channel: Channel::Api,
        risk: Risk::Low,
        after: Vec::new(),
        waits: None,
        because: Vec::new(),
        reason: None,
        ticket: None,
    }
}

pub(super) fn level(name: &str) -> Level {
    Level::parse(name).unwrap()
}
