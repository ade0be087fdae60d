//! `plan`: the whole program over 2,000 users at the embedded vendors, sockets included, against `validate` of
//! the same files by the same program.

use crate::company::{self, Size};
use crate::measure::{line, median, title};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

const RUNS: usize = 5;
const SIZE: Size = Size { users: 2_000, files: 20, pinned: false };

pub(crate) fn run() -> Result<()> {
    let root = company::write(&SIZE)?;
    let state = root.join(".grantline");
    let fresh = || if state.exists() { std::fs::remove_dir_all(&state).is_ok() } else { true };
    title(&format!("plan: {} users at two embedded vendors, by the program", SIZE.users));
    let validate = median(RUNS, || (), |()| grantline(&root, &["validate"]));
    grantline(&root, &["validate"])?;
    line("grantline validate (yardstick)", validate, validate);
    let first = median(RUNS, fresh, |_| grantline(&root, &["plan"]));
    line("grantline plan, nobody has an account yet", first, validate);
    grantline(&root, &["apply", "--yes"])?;
    line("grantline plan, after apply", median(RUNS, || (), |()| grantline(&root, &["plan"])), validate);
    Ok(())
}

/// Runs the program. Ending with something left to a person (4) or held by a guard (3) is no failure here.
fn grantline(root: &Path, words: &[&str]) -> Result<()> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_grantline"));
    let output = program.arg("-C").arg(root).args(words).output();
    let output = output.context("the program could not be started")?;
    if !matches!(output.status.code(), Some(0 | 3 | 4)) {
        bail!("{words:?} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
