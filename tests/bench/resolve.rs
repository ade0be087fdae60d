//! `resolve`: users and roles of the large workspace become grants, against sorting the grants that come of it.

use crate::company::{self, LARGE};
use crate::measure::{line, median, shuffle, title};
use anyhow::{Context, Result};
use grantline::domain::Grant;
use grantline::resolve::resolve;
use grantline::vendors::Registry;
use grantline::workspace;

const RUNS: usize = 5;

pub(crate) fn run() -> Result<()> {
    let now = company::NOW.parse()?;
    let loaded = workspace::load(&company::write(&LARGE)?, &Registry, now);
    let workspace = loaded.workspace.context("the workspace is good")?;
    let day = workspace.today(now);
    let desired = resolve(&workspace, &Registry, day);
    let mut grants: Vec<Grant> = desired.grants.as_slice().to_vec();
    shuffle(&mut grants);
    title(&format!("resolve: {} users, {} grants", workspace.users.len(), grants.len()));
    let sort = |mut grants: Vec<Grant>| {
        grants.sort_unstable();
        grants
    };
    let yardstick = median(RUNS, || grants.clone(), sort);
    line("sorting the grants (yardstick)", yardstick, yardstick);
    line("resolve", median(RUNS, || (), |()| resolve(&workspace, &Registry, day)), yardstick);
    Ok(())
}
