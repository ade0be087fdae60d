//! What fills a resource and is not declared itself.

use super::super::fixture::World;
use super::super::fixture::company::Company;
use super::super::fixture::resource;
use crate::domain::*;

const SALES: (FeedKind, &str, &str) = (FeedKind::Group, "00g1", "Sales\u{202e}");

fn told(world: impl FnOnce(World) -> World) -> Vec<String> {
    Company::new(&["okta"]).at("okta", world).told("filled-by-group")
}

#[test]
fn a_group_that_nobody_declares_and_that_fills_a_managed_resource_is_told() {
    let told = told(|okta| okta.live("jane").fed("analysts", SALES, Some(&["jane"])));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("okta/analysts is filled by the group \"Sales\\u{202e}\" (id \"00g1\")"),
        "{told:?}"
    );
    assert!(told[0].contains("00g1") && told[0].contains("`resources:`"), "{told:?}");
}

#[test]
fn a_group_that_is_declared_or_fills_what_is_only_observed_is_not() {
    let none: [&str; 0] = [];
    let declared = (FeedKind::Group, "G-Admins", "Admins");
    assert_eq!(told(|okta| okta.fed("analysts", declared, None)), none);
    let rule = (FeedKind::Rule, "00r1", "By department");
    assert_eq!(told(|okta| okta.fed("analysts", rule, None)), none);
    assert_eq!(told(|okta| okta.fed("analysts", SALES, None).mode(Manage::Observe)), none);
    // One that is declared and that nothing may be concluded of is told of as unread.
    let unread = |reading: ResourceReading, id: Option<&str>| {
        told(|mut okta| {
            okta.snapshot().resources.insert(resource("admins"), reading);
            let admins = okta.vendor.settings.resources.get_mut("admins").unwrap();
            (admins.id, admins.display) = (id.map(From::from), id.is_none().then(|| "Sales\u{202e}".into()));
            okta.fed("analysts", SALES, None)
        })
    };
    let closed = || ResourceReading::Unread { reason: "it is synced".into(), open: false };
    assert_eq!(unread(closed(), Some("00g1")), none);
    assert_eq!(unread(closed(), None), none);
    assert_eq!(unread(ResourceReading::Missing, Some("other")).len(), 1);
}
