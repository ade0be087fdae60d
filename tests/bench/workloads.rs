//! Named workloads, each measured against a yardstick that does the least that must be done on the same values.
//!
//! `cargo bench --bench workloads [NAME]...`; without a name, all of them. Figures, caveats: `README.md` beside.

mod company;
mod measure;
mod plan;
mod reconcile;
mod resolve;
mod typed;
mod validate;

use anyhow::{Result, bail};

type Workload = (&'static str, fn() -> Result<()>);

const WORKLOADS: &[Workload] = &[
    ("validate", validate::run),
    ("resolve", resolve::run),
    ("reconcile", reconcile::run),
    ("plan", plan::run),
];

fn main() -> Result<()> {
    // Cargo passes flags such as `--bench`; the names are what is left.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if let [role, case] = &words[..]
        && role == measure::CHILD
    {
        return validate::once(case);
    }
    if let Some(unknown) = words.iter().find(|word| WORKLOADS.iter().all(|(name, _)| name != word)) {
        bail!("there is no workload {unknown:?}");
    }
    for (_, run) in WORKLOADS.iter().filter(|(name, _)| words.is_empty() || words.iter().any(|w| w == name)) {
        run()?;
    }
    Ok(())
}
