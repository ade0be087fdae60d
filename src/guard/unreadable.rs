//! A vendor that could not be read is not an empty one: nothing is planned there, and the plan says so loudly.

use super::{Opinion, Subject};
use crate::domain::Reading;

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    match &subject.vendor.reading {
        Reading::Complete(_) => Opinion::pass("read completely"),
        // The others judge what goes from there with what is taken at its provider.
        Reading::Unreadable(_) if !subject.is_planned => {
            Opinion::pass("it could not be read, and the plan is not for it")
        }
        Reading::Unreadable(unread) => {
            let holds = subject.changes.iter().map(|change| change.id.clone()).collect();
            let hint = unread.hint.as_deref().unwrap_or("mend the cause and plan again");
            Opinion::object(unread.reason.clone(), hint, holds)
        }
    }
}
