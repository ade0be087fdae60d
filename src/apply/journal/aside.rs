//! Keeps apart what a plan made now would repeat of an apply of which nobody knows what became of it. Pure.

use super::decide::is_repeatable;
use super::entry::Found;
use crate::apply::words::instruction;
use crate::domain::{
    AccountId, Change, ChangeId, Finding, Plan, ReadingState, ResourceName, Severity, UserName, VendorName,
};
use std::collections::{BTreeMap, BTreeSet};

/// The plan's changes that would repeat one of those, each with the reason not to try it: two changes are the same
/// when they do the same with the same account of one vendor, on the same resource. What may be repeated unnoticed is
/// not kept apart: a removal would be late for nothing where its vendor could not be read for a moment.
#[must_use]
pub fn aside(unsettled: &[(&Change, &Found)], plan: &Plan) -> BTreeMap<ChangeId, String> {
    let reason = |change: &Change| {
        let repeats = |before: &Change| is_same(before, change) && !is_repeatable(before);
        let (_, found) = unsettled.iter().find(|(before, _)| repeats(before))?;
        Some((change.id.clone(), words(change, found)))
    };
    plan.changes.iter().filter_map(reason).collect()
}

/// Whether the plan would ask for all of those if the files still did, so that its silence means that they do not: it
/// read their vendors, none of their resources is `unread`, and nobody whom they are about is set aside there.
#[must_use]
pub fn is_telling(
    unsettled: &[(&Change, &Found)],
    plan: &Plan,
    unread: &BTreeSet<(VendorName, ResourceName)>,
) -> bool {
    let is_read = |vendor| plan.vendors.get(vendor).is_some_and(|one| one.state == ReadingState::Complete);
    unsettled.iter().all(|(change, _)| {
        let vendor = &change.vendor;
        let is_dark =
            change.action.target().is_some_and(|on| unread.contains(&(vendor.clone(), on.name.clone())));
        let mut there = plan.findings.iter().filter(|one| one.vendor.as_ref() == Some(vendor));
        is_read(vendor) && !is_dark && !there.any(|finding| sets_aside(finding, change.user.as_ref()))
    })
}

/// Whether the finding may be why nothing is planned for the user.
fn sets_aside(finding: &Finding, user: Option<&UserName>) -> bool {
    match finding.code {
        // It is about two users, and names one.
        "contested-account" => true,
        // It may be that of an account of nobody, too.
        "broken-account" if user.is_none() => true,
        "invitation-held-back" => finding.user.as_ref() == user,
        _ => finding.severity == Severity::Error && user.is_some() && finding.user.as_ref() == user,
    }
}

/// Whether they do the same with the same account.
pub(super) fn is_same(one: &Change, other: &Change) -> bool {
    let on = |change: &Change| change.action.target().map(|on| on.name.clone());
    let same = |one: Option<&str>, other: Option<&str>| one.is_some() && one == other;
    let who = same(one.user.as_ref().map(UserName::as_str), other.user.as_ref().map(UserName::as_str))
        || same(
            one.account_id.as_ref().map(AccountId::as_str),
            other.account_id.as_ref().map(AccountId::as_str),
        )
        || same(one.account.as_deref(), other.account.as_deref());
    // A resource is created for nobody in particular.
    let nobody = one.user.is_none() && one.account_id.is_none() && one.account.is_none();
    one.vendor == other.vendor
        && one.action.word() == other.action.word()
        && on(one) == on(other)
        && (who || nobody || one.action.word() == "create-resource")
}

fn words(change: &Change, found: &Found) -> String {
    let what = instruction(change);
    let lead = format!("Not tried, because an earlier apply was about to {what}");
    match found {
        Found::Unread(why) => format!("{lead}, and it is not known yet whether it did. {why}"),
        _ => format!(
            "{lead}, and nobody can tell whether it did. Look at the vendor, or have it done again with \
             --repeat-unknown. {}",
            found.why()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::fakes::{change, grant, invite, plan, revoke};
    use crate::domain::{Action, Channel, ReadingRef};
    use std::sync::Arc;

    #[test]
    fn only_what_would_repeat_it_is_kept_apart() {
        let on_pages = change(8, "bob", grant("main", "x")).by(Channel::Browser);
        let before = [change(7, "jane", invite("jane")), on_pages];
        let now = vec![
            change(1, "bob", invite("bob")),
            change(2, "jane", invite("jane")),
            change(3, "jane", grant("main", "x")),
            change(4, "bob", grant("other", "x")),
            change(5, "bob", grant("main", "y")),
            change(1, "jane", invite("jane")).at("w", 1),
        ];
        let ids = [now[1].id.clone(), now[4].id.clone()];
        let unknown = Found::Unknown("It is dark.".to_owned());
        let before: Vec<_> = before.iter().map(|change| (change, &unknown)).collect();
        let kept = aside(&before, &plan(now, Vec::new()));
        assert_eq!(kept.keys().cloned().collect::<Vec<_>>(), ids);
        let told = &kept[&ids[0]];
        assert!(told.contains("invite jane@acme.example") && told.contains("--repeat-unknown"), "{told}");
        let unread = Found::Unread("Look there first.".to_owned());
        let again = plan(vec![change(1, "jane", invite("jane"))], Vec::new());
        let told = aside(&[(before[0].0, &unread)], &again).into_values().next().unwrap();
        assert!(told.contains("Look there first.") && !told.contains("--repeat-unknown"), "{told}");
        assert!(aside(&[], &plan(vec![change(1, "bob", invite("bob"))], Vec::new())).is_empty());
    }

    #[test]
    fn one_thing_in_common_makes_two_changes_those_of_one_account() {
        type Who = (Option<&'static str>, Option<&'static str>, Option<&'static str>);
        let by = |number, (user, id, login): Who, action| {
            let mut one = change(number, "x", action);
            one.user = user.and_then(|user| UserName::parse(user).ok());
            one.account_id = id.and_then(|id| AccountId::parse(id).ok());
            one.account = login.map(Into::into);
            one.channel = Channel::Browser;
            one
        };
        let kept = |before: Who, now: Who| {
            let before = by(7, before, Action::Suspend);
            let unknown = Found::Unknown("It is dark.".to_owned());
            !aside(&[(&before, &unknown)], &plan(vec![by(1, now, Action::Suspend)], Vec::new())).is_empty()
        };
        let jane = (Some("jane"), Some("1"), Some("a"));
        assert!(kept(jane, (Some("jane"), Some("2"), Some("b"))));
        assert!(kept((None, Some("1"), Some("a")), (Some("jane"), Some("1"), Some("b"))));
        assert!(kept((None, None, Some("a")), (None, Some("2"), Some("a"))));
        assert!(kept((None, None, None), (None, None, None)));
        assert!(!kept(jane, (Some("bob"), Some("2"), Some("b"))));
        assert!(!kept((None, Some("1"), None), (None, Some("2"), None)));
        assert!(!kept((Some("jane"), None, None), (None, None, None)));
        assert!(!kept((None, None, Some("a")), (None, None, Some("b"))));
    }

    #[test]
    fn a_plan_tells_nothing_of_what_it_could_not_see_or_sets_aside() {
        let read = |state| ReadingRef {
            state,
            read_at: jiff::Timestamp::UNIX_EPOCH,
            source: Arc::from("test"),
            fingerprint: None,
            facts: Vec::new(),
            accounts: None,
            reason: None,
            recorded: BTreeMap::new(),
        };
        let before = change(7, "jane", invite("jane"));
        let on_main = change(8, "jane", grant("main", "x")).by(Channel::Browser);
        let vendor = before.vendor.clone();
        let about = |code, severity, user: Option<&str>, at: &VendorName| Finding {
            vendor: Some(at.clone()),
            code,
            severity,
            detail: String::new(),
            user: user.and_then(|user| UserName::parse(user).ok()),
            hint: None,
            span: None,
        };
        let unknown = Found::Unknown("It is dark.".to_owned());
        let tells = |change: &Change, state, finding: Option<Finding>, dark: &str| {
            let mut plan = plan(Vec::new(), Vec::new());
            plan.vendors.insert(vendor.clone(), read(state));
            plan.findings.extend(finding);
            let dark = ResourceName::parse(dark).map(|dark| (vendor.clone(), dark));
            is_telling(&[(change, &unknown)], &plan, &dark.into_iter().collect())
        };
        let complete = ReadingState::Complete;
        assert!(tells(&before, complete, None, "main") && tells(&on_main, complete, None, "other"));
        assert!(!tells(&before, ReadingState::Unreadable, None, "main"));
        assert!(!tells(&on_main, complete, None, "main"));
        let elsewhere = VendorName::parse("elsewhere").unwrap();
        for (finding, expect) in [
            (about("pinned-account-missing", Severity::Error, Some("jane"), &vendor), false),
            (about("invitation-held-back", Severity::Warning, Some("jane"), &vendor), false),
            (about("contested-account", Severity::Error, Some("bob"), &vendor), false),
            (about("broken-account", Severity::Error, None, &vendor), true),
            (about("pinned-account-missing", Severity::Error, Some("bob"), &vendor), true),
            (about("duplicate-account", Severity::Warning, Some("jane"), &vendor), true),
            (about("pinned-account-missing", Severity::Error, Some("jane"), &elsewhere), true),
        ] {
            let told = finding.clone();
            assert_eq!(tells(&before, complete, Some(finding), "main"), expect, "{told:?}");
        }
        let nobodys = Change { user: None, ..before.clone() };
        let broken = about("broken-account", Severity::Error, None, &vendor);
        assert!(!tells(&nobodys, complete, Some(broken), "main"));
    }

    #[test]
    fn a_removal_that_nobody_looked_after_is_not_late_for_that() {
        let unread = Found::Unread("It could not be read.".to_owned());
        let actions = [revoke("main", "x"), Action::RemoveAccount, Action::Suspend];
        let before: Vec<Change> =
            actions.into_iter().zip(1..).map(|(action, at)| change(at, "jane", action)).collect();
        let unsettled: Vec<_> = before.iter().map(|change| (change, &unread)).collect();
        assert_eq!(aside(&unsettled, &plan(before.clone(), Vec::new())), BTreeMap::new());
    }
}
