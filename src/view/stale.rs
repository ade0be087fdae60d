//! Why a saved plan is not applied any more: everything that it is bound to and that moved, each with what it was, what
//! it is now, and how to go on.

mod facts;

use super::saved::{SavedPlan, SavedReading, difference, released};
use super::{json, neutral};
use crate::domain::{DesiredRef, Plan, ReadingRef, ReadingState};
use crate::workspace::Sources;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// As far as two machines' clocks may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

const AGAIN: &str = "Make a new plan and have it reviewed.";

/// What about the saved plan itself keeps it from being applied: the program, its age, the workspace, its files.
#[must_use]
pub fn outdated(saved: &SavedPlan, plan: &Plan, now: Timestamp, max_age: Duration) -> Vec<String> {
    let reasons = [tool(saved), age(saved.created, now, max_age), workspace(saved, plan), files(saved, plan)];
    reasons.into_iter().flatten().collect()
}

/// What has moved under the saved plan: what was read and is managed at its vendors, the changes, and what a guard
/// held back.
#[must_use]
pub fn moved(saved: &SavedPlan, plan: &Plan, sources: &Sources) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for (name, before) in &saved.readings {
        let now = plan.vendors.get(name.as_str());
        reasons.extend(vendor(before, now).map(|why| format!("Vendor {}: {why}", neutral::terminal(name))));
    }
    reasons.extend(changes(saved, plan, sources));
    reasons.extend(released(saved, plan).map(|lines| {
        format!(
            "Guards: the plan shows these changes as held back by a guard, and no guard holds them now. {AGAIN}\n{lines}"
        )
    }));
    reasons
}

fn tool(saved: &SavedPlan) -> Option<String> {
    (saved.tool != json::TOOL).then(|| {
        format!(
            "Tool: the plan was made by {}, and this is {}, which may understand files and vendors differently. Apply \
             it with the version that made it, or make a new plan with this one.",
            neutral::terminal(&saved.tool),
            json::TOOL
        )
    })
}

fn age(created: Timestamp, now: Timestamp, max_age: Duration) -> Option<String> {
    let age = now.duration_since(created);
    if age < -CLOCKS_APART {
        return Some(format!(
            "Age: the plan says that it was made at {created}, {} from now; it is {now} here. Either a clock is wrong, \
             or it was made for another day with `--now`, as a rehearsal. Set the clock right and make a new plan.",
            length(age.abs())
        ));
    }
    let limit = SignedDuration::try_from(max_age).unwrap_or(SignedDuration::MAX);
    (age > limit).then(|| {
        format!(
            "Age: the plan was made at {created}, {} ago, and the workspace lets one be applied for {} \
             (`workspace.guards.plan_max_age`). {AGAIN}",
            length(age),
            length(limit)
        )
    })
}

fn workspace(saved: &SavedPlan, plan: &Plan) -> Option<String> {
    (saved.workspace != *plan.workspace).then(|| {
        format!(
            "Workspace: the plan is for {}, and this is {}. Apply it in the folder of the workspace that it was made \
             in.",
            neutral::terminal(&saved.workspace),
            neutral::terminal(&plan.workspace)
        )
    })
}

fn files(saved: &SavedPlan, plan: &Plan) -> Option<String> {
    let (before, now) = (&saved.desired, &plan.desired);
    if before.digest == now.digest {
        return None;
    }
    let back = match &before.commit {
        Some(commit) if !before.dirty && before.commit != now.commit => {
            format!("Check out {} to apply this plan, or make a new one", neutral::terminal(commit))
        }
        _ => "Make a new plan".to_owned(),
    };
    Some(format!(
        "Files: the plan was made from {}, and these are {}. A plan is bound to every file under `access/`, with the \
         guards in them, and to the pages files that they name, be it a comment that differs; where there is something else to do now, \
         it follows below. {back} and have it reviewed.",
        version(before),
        version(now)
    ))
}

/// A state of the files in words.
fn version(files: &DesiredRef) -> String {
    let digest = neutral::terminal(&files.digest);
    match &files.commit {
        Some(commit) if files.dirty => {
            format!("commit {} with changes that are not committed ({digest})", neutral::terminal(commit))
        }
        Some(commit) => format!("commit {} ({digest})", neutral::terminal(commit)),
        None => format!("files of no commit ({digest})"),
    }
}

/// How a vendor's reading differs; none where it does not.
fn vendor(before: &SavedReading, now: Option<&ReadingRef>) -> Option<String> {
    let Some(now) = now else {
        return Some(format!("the workspace has it no longer. {AGAIN}"));
    };
    if before.fingerprint == now.fingerprint {
        return None;
    }
    if now.state == ReadingState::Unreadable {
        let why = now.reason.as_deref().unwrap_or("nobody knows why");
        return Some(format!(
            "it was read when the plan was made, and cannot be read now: {} Apply the plan once it can, before it \
             expires.",
            neutral::terminal(why)
        ));
    }
    if before.fingerprint.is_none() {
        return Some(format!(
            "it could not be read when the plan was made, and can be now: the plan says nothing of it. {AGAIN}"
        ));
    }
    let lines = facts::difference(&before.facts, &json::facts_json(now));
    Some(format!("what it holds has changed since the plan was made (- then, + now). {AGAIN}\n{lines}"))
}

fn changes(saved: &SavedPlan, plan: &Plan, sources: &Sources) -> Option<String> {
    let difference = difference(saved, plan, sources)?;
    if plan.changes.is_empty() {
        return Some(
            "Changes: everything in the plan is in place already, or not asked for any more.".to_owned(),
        );
    }
    Some(format!("Changes: what there is to do has changed (- saved, + now). {AGAIN}\n{difference}"))
}

/// A length of time in the largest unit that says it well.
fn length(duration: SignedDuration) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let seconds = duration.as_secs();
    let fits = |(unit, _): &&(i64, &str)| seconds >= 2 * unit || (seconds >= *unit && seconds % unit == 0);
    let (unit, name) = UNITS.iter().find(fits).unwrap_or(&(1, "second"));
    let count = seconds / unit;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_told_in_the_unit_that_fits() {
        for (seconds, expect) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (90, "90 seconds"),
            (300, "5 minutes"),
            (3_600, "1 hour"),
            (86_400, "1 day"),
            (90_000, "25 hours"),
            (7 * 86_400 + 5, "7 days"),
        ] {
            assert_eq!(length(SignedDuration::from_secs(seconds)), expect);
        }
    }
}
