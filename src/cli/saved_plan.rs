//! The plan that `apply` is given: read from its file, and refused once anything that it is bound to has moved.

use super::apply::past::Past;
use super::stages::Planned;
use crate::apply::journal::{self, Used};
use crate::domain::{Outcome, Plan};
use crate::view::neutral;
use crate::view::saved::{SavedPlan, parse, rest};
use crate::view::stale;
use crate::workspace::{Vendor, Workspace};
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use std::io::Read as _;
use std::path::Path;

/// The largest plan that is read, in bytes.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Reads a plan's file.
///
/// # Errors
/// When it cannot be read, or is no plan as `plan --out` wrote it.
pub(crate) fn read(path: &Path) -> anyhow::Result<SavedPlan> {
    let text = text(path).with_context(|| format!("the plan {} cannot be read", path.display()))?;
    parse(&text).with_context(|| format!("{} is no plan that can be applied", path.display()))
}

fn text(path: &Path) -> anyhow::Result<String> {
    let file = std::fs::File::open(path)?;
    let mut text = String::new();
    file.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length <= MAX_BYTES) {
        return Ok(text);
    }
    bail!("it holds more than {} MiB", MAX_BYTES >> 20)
}

/// The vendors that the plan is about, as far as the workspace still has them: one that it has not is a reason of its
/// own to refuse.
pub(crate) fn vendors<'w>(saved: &SavedPlan, workspace: &'w Workspace) -> Vec<&'w Vendor> {
    saved.vendors.iter().filter_map(|name| workspace.vendors.get(name.as_str())).collect()
}

/// Refuses a plan that has been applied before, or that is not what would be planned now. Where an apply of this very
/// plan broke off, what is planned now must be the rest of it.
///
/// # Errors
/// With everything that it is bound to and that has moved.
pub(crate) fn refuse_unless_fit(
    saved: &SavedPlan,
    planned: &Planned,
    (root, workspace): (&Path, &Workspace),
    past: &Past,
    now: Timestamp,
) -> anyhow::Result<()> {
    let plan = planned.approved.plan();
    let used = journal::used(root, &saved.seal)?;
    let broke_off = past.is_of(&saved.seal) || used.as_ref().is_some_and(|used| !used.ended);
    // What else has moved since is mostly what that apply did itself.
    let open = past.used(&saved.seal).map(|by| Used { at: by.started, who: by.who.clone(), ended: true });
    if let Some(used) = used.filter(|used| used.ended).or(open) {
        bail!("the saved plan was applied before, and nothing was changed now.\n\n{}", words(&used));
    }
    let mut reasons = stale::outdated(saved, plan, now, workspace.guards.plan_max_age);
    match broke_off {
        true => reasons.extend(beyond(saved, plan, workspace)),
        false => reasons.extend(stale::moved(saved, plan, &workspace.sources)),
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let reasons: Vec<&str> = reasons.iter().map(|reason| reason.trim_end()).collect();
    bail!("the saved plan is stale, and nothing was changed.\n\n{}", reasons.join("\n\n"))
}

/// What the engine advises, who knows nothing of plans that are saved.
const AGAIN: &str = "Run apply again";

/// What a saved plan's outcome advises in its place: that plan is refused from now on.
const ANEW: &str = "Make a new plan";

/// Has the outcome of a saved plan say how to go on.
pub(crate) fn advise(outcome: &mut Outcome) {
    outcome.detail = outcome.detail.replace(AGAIN, ANEW);
}

fn words(used: &Used) -> String {
    format!(
        "Used: {} applied this plan at {}, and a plan is applied once. Make a new plan for what is left.",
        neutral::terminal(&used.who),
        used.at
    )
}

/// What there is to do now beyond the rest of a plan whose apply broke off.
fn beyond(saved: &SavedPlan, plan: &Plan, workspace: &Workspace) -> Option<String> {
    let strange = rest(saved, plan, &workspace.sources).err()?;
    Some(format!(
        "Changes: an apply of this plan broke off, and what there is to do now goes beyond the rest of it. Make a new \
         plan and have it reviewed.\n{strange}"
    ))
}
