use super::super::fixture::every_action;
use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn back(change: &domain::Change) -> domain::Change {
    let text = serde_json::to_string(&Change::from(change)).unwrap();
    serde_json::from_str::<Change>(&text).unwrap().read().unwrap()
}

#[test]
fn every_action_comes_back_as_it_was_and_bears_its_own_word() {
    let changes = every_action();
    let words: BTreeSet<_> = changes.iter().map(|change| change.action.word()).collect();
    assert_eq!(words.len(), domain::Action::WORDS.len(), "an action is missing here");
    for change in &changes {
        assert_eq!(back(change), *change);
        let wire = serde_json::to_value(Change::from(change)).unwrap();
        assert_eq!(wire["action"]["do"], change.action.word());
    }
}

#[test]
fn what_is_no_change_is_refused() {
    let good = serde_json::to_value(Change::from(&every_action()[3])).unwrap();
    for (key, bad) in [
        ("id", "v-1"),
        ("id", "v-00004"),
        ("id", "w-0004"),
        ("id", "0004"),
        ("vendor", "V"),
        ("user", ""),
        ("account_id", ""),
        ("channel", "pigeon"),
        ("risk", "none"),
        ("surprise", "x"),
    ] {
        let mut value = good.clone();
        value[key] = bad.into();
        let read = serde_json::from_value::<Change>(value).map_err(|error| error.to_string());
        assert!(read.and_then(Change::read).is_err(), "{key} {bad}");
    }
}

fn text() -> impl Strategy<Value = Option<Arc<str>>> {
    prop::option::of(any::<String>().prop_map(Arc::from))
}

proptest! {
    #[test]
    fn any_change_comes_back_as_it_was(
        which in 0..15_usize,
        number in 0..100_000_usize,
        vendor in "[a-z0-9][a-z0-9._-]{0,9}",
        (user_name, account, waits, reason, ticket) in (text(), text(), text(), text(), text()),
        id in prop::option::of(".{1,9}"),
        (channel, risk) in (0..3_usize, 0..3_usize),
        after in prop::collection::vec(0..20_000_usize, 0..4),
    ) {
        let vendor = VendorName::parse(&vendor).unwrap();
        let change = domain::Change {
            id: ChangeId::new(&vendor, number),
            user: None,
            user_name,
            account,
            account_id: id.map(|id| AccountId::parse(&id).unwrap()),
            channel: [Channel::Api, Channel::Browser, Channel::Runbook][channel],
            risk: [Risk::Low, Risk::Medium, Risk::High][risk],
            after: after.into_iter().map(|number| ChangeId::new(&vendor, number)).collect(),
            waits,
            reason,
            ticket,
            vendor,
            ..every_action()[which].clone()
        };
        prop_assert_eq!(back(&change), change);
    }
}
