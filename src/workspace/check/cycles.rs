//! Roles that include each other in a circle.

use super::Checks;
use crate::diagnostic::Diagnostic;
use crate::domain::RoleName;
use crate::workspace::model::{Located, Role};
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// On the way that is being followed.
    Open,
    /// Everything from here is known.
    Done,
}

impl Checks<'_> {
    /// Reports each circle once, at the line that closes it.
    pub(super) fn cycles(&mut self) {
        let roles = &self.merged.roles;
        let mut marks = BTreeMap::new();
        for name in roles.keys() {
            if !marks.contains_key(name) {
                for circle in circles_from(name, roles, &mut marks) {
                    self.problems.push(report(&circle));
                }
            }
        }
    }
}

/// Walks with a stack of its own: a chain of includes may be as long as the workspace is large.
fn circles_from<'w>(
    start: &'w RoleName,
    roles: &'w BTreeMap<RoleName, Role>,
    marks: &mut BTreeMap<&'w RoleName, Mark>,
) -> Vec<Vec<&'w Located<RoleName>>> {
    let mut circles = Vec::new();
    // Roles on the way, each with the number of its next include; and the includes that led there.
    let mut way = vec![(start, 0)];
    let mut edges: Vec<&Located<RoleName>> = Vec::new();
    marks.insert(start, Mark::Open);
    while let Some((name, next)) = way.last_mut() {
        let included = roles.get(*name).and_then(|role| role.includes.get(*next));
        *next += 1;
        let Some(edge) = included else {
            marks.insert(name, Mark::Done);
            way.pop();
            edges.pop();
            continue;
        };
        match marks.get(&edge.value) {
            Some(Mark::Done) => {}
            Some(Mark::Open) => {
                let from = way.iter().position(|(name, _)| **name == edge.value).unwrap_or(0);
                circles.push(edges[from..].iter().copied().chain([edge]).collect());
            }
            None => {
                marks.insert(&edge.value, Mark::Open);
                way.push((&edge.value, 0));
                edges.push(edge);
            }
        }
    }
    circles
}

fn report(circle: &[&Located<RoleName>]) -> Diagnostic {
    const SHOWN: usize = 10;
    let (span, closing) = circle.last().map(|edge| (edge.span, edge.value.as_str())).unwrap_or_default();
    let mut names: Vec<_> = circle.iter().take(SHOWN).map(|edge| format!("`{}`", edge.value)).collect();
    if circle.len() > SHOWN {
        names.push("…".to_owned());
    }
    let problem = Diagnostic::error("role-cycle", span, format!("the role `{closing}` includes itself"))
        .detail(format!("`{closing}` includes {}.", names.join(", which includes ")))
        .hint("Delete one of these includes; move what both roles need into a third.");
    let others = circle.iter().take(circle.len() - 1).take(SHOWN);
    others.fold(problem, |problem, edge| problem.related(edge.span, "part of the circle"))
}
