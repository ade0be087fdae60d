//! Whether the plan is approved by whoever sits at the terminal.

use super::super::Output;
use super::super::browser::line;
use super::super::only::Only;
use super::super::plan::text;
use super::super::stages;
use super::intended::Intended;
use super::{Apply, Format, Scene};
use crate::domain::{ChangeId, Plan, Verdict};
use crate::view::neutral;
use anyhow::bail;
use std::io::IsTerminal as _;

impl Apply {
    /// Shows the plan and asks, where there is something to do and nobody has said yes.
    pub(super) async fn is_approved(&self, scene: &Scene<'_>, intended: &Intended) -> anyhow::Result<bool> {
        let (plan, only, output) = (intended.plan(), intended.only.as_ref(), &scene.output);
        let shown = text(plan, &scene.opened.workspace.sources, only, output);
        match self.format {
            Format::Text => self.show(&shown, output)?,
            Format::Json => tell_blocked(plan, output),
        }
        stages::tell_uncommitted(plan, output);
        let is_left = |id: &ChangeId| only.is_some_and(|only| only.leaves(id));
        let is_held = |id: &ChangeId| intended.holds(id) || is_left(id);
        let held = plan.changes.iter().filter(|change| is_held(&change.id)).count();
        let open = plan.changes.len() - held;
        if open == 0 || self.yes || scene.saved.is_some() {
            return Ok(true);
        }
        if !std::io::stdin().is_terminal() {
            bail!(
                "nobody can be asked for approval here; pass --yes, or apply a plan saved with `plan --out FILE`"
            );
        }
        if self.format == Format::Json {
            output.tell(&shown);
        }
        output.tell(&question(open, held, self.only));
        if line().await.is_none_or(|answer| answer.trim() != "yes") {
            output.tell("Nothing was changed.");
            return Ok(false);
        }
        Ok(true)
    }
}

/// What is asked before anything is carried out: only about what would be.
fn question(open: usize, held: usize, only: Option<Only>) -> String {
    let which = match only {
        None => "that nothing holds back".to_owned(),
        Some(only) => format!("that `--only {}` asks for and nothing holds back", only.word()),
    };
    let about = match (open, held, only) {
        (1, 0, None) => "this change".to_owned(),
        (_, 0, None) => format!("these {open} changes"),
        (1, 0, Some(only)) => format!("this change, as `--only {}` asks for", only.word()),
        (_, 0, Some(only)) => format!("these {open} changes, as `--only {}` asks for", only.word()),
        (1, _, _) => format!("the 1 change {which} (and leave {held})"),
        (_, _, _) => format!("the {open} changes {which} (and leave {held})"),
    };
    format!("\nCarry out {about}? Only `yes` is taken for yes: ")
}

/// Says what guards hold back, where no plan is shown that does.
fn tell_blocked(plan: &Plan, output: &Output) {
    for verdict in plan.guards.iter().filter(|verdict| verdict.verdict == Verdict::Block) {
        let text = format!("{} holds changes at {} back: {}", verdict.guard, verdict.vendor, verdict.detail);
        output.talk(&neutral::terminal(&text));
    }
}

#[cfg(test)]
mod tests {
    use super::{Only, question};

    #[test]
    fn the_question_is_about_what_would_be_carried_out() {
        let check = |open, held, only, expect: &str| {
            let asked = question(open, held, only);
            assert_eq!(asked, format!("\nCarry out {expect}? Only `yes` is taken for yes: "));
        };
        check(1, 0, None, "this change");
        check(3, 0, None, "these 3 changes");
        check(1, 2, None, "the 1 change that nothing holds back (and leave 2)");
        check(4, 1, None, "the 4 changes that nothing holds back (and leave 1)");
        let revoke = Some(Only::Revoke);
        check(1, 0, revoke, "this change, as `--only revoke` asks for");
        check(2, 0, revoke, "these 2 changes, as `--only revoke` asks for");
        let which = "that `--only revoke` asks for and nothing holds back";
        check(1, 2, revoke, &format!("the 1 change {which} (and leave 2)"));
        check(4, 1, revoke, &format!("the 4 changes {which} (and leave 1)"));
    }
}
