mod build;
mod dates;
mod levels;
mod roles;

use super::resolve;
use crate::domain::{Desired, Finding, Grant, GrantSet};
use crate::workspace::Workspace;
use build::{Ladders, date};

const TODAY: &str = "2026-11-22";

fn on(workspace: &Workspace, day: &str) -> Desired {
    resolve(workspace, &Ladders, date(day))
}

/// `USER VENDOR/RESOURCE LEVEL [until DAY] @LINES [(REASON|TICKET)]`
fn grant_line(grant: &Grant) -> String {
    let until = grant.until.map_or_else(String::new, |day| format!(" until {day}"));
    let lines: Vec<String> = grant.origins.iter().map(|span| span.line.to_string()).collect();
    let words = match (&grant.reason, &grant.ticket) {
        (None, None) => String::new(),
        (reason, ticket) => {
            format!(" ({}|{})", reason.as_deref().unwrap_or(""), ticket.as_deref().unwrap_or(""))
        }
    };
    let Grant { vendor, resource, user, level, .. } = grant;
    format!("{user} {vendor}/{resource} {level}{until} @{}{words}", lines.join(","))
}

/// `CODE LINE DETAIL`
fn finding_line(finding: &Finding) -> String {
    let line = finding.span.map_or(0, |span| span.line);
    format!("{} {line} {}", finding.code, finding.detail)
}

fn lines(grants: &GrantSet) -> Vec<String> {
    grants.as_slice().iter().map(grant_line).collect()
}

/// What is in force on [`TODAY`].
#[track_caller]
fn check(workspace: &Workspace, expect: &[&str]) {
    assert_eq!(lines(&on(workspace, TODAY).grants), expect);
}

#[track_caller]
fn check_ended(workspace: &Workspace, expect: &[&str]) {
    assert_eq!(lines(&on(workspace, TODAY).ended), expect);
}

#[track_caller]
fn check_findings(workspace: &Workspace, expect: &[&str]) {
    let findings: Vec<String> = on(workspace, TODAY).findings.iter().map(finding_line).collect();
    assert_eq!(findings, expect);
}
