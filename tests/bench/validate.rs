//! `validate`: reading a workspace of 100,000 users with every check and every span, against `yaml_serde`
//! deserialising the same bytes on one thread, without either.

use crate::company::{self, LARGE};
use crate::measure::{line, median, memory, peak_of, report_peak, title};
use crate::typed;
use anyhow::{Result, bail, ensure};
use grantline::vendors::Registry;
use grantline::workspace::{self, Loaded};
use serde::de::DeserializeOwned;

const RUNS: usize = 5;

/// What is measured for memory, each in a process of its own.
const CASES: [&str; 5] = ["nothing", "bytes", "load", "typed", "value"];

pub(crate) fn run() -> Result<()> {
    company::write(&LARGE)?;
    let texts = company::read(&LARGE)?;
    let input: u64 = texts.iter().map(|(_, text)| text.len() as u64).sum();
    title(&format!("validate: {} users, {} files, {input} bytes", LARGE.users, texts.len()));
    let typed = median(RUNS, || (), |()| deserialise::<typed::File>(&texts));
    line("yaml_serde, typed structs, one thread (yardstick)", typed, typed);
    line(
        "yaml_serde, Value, one thread",
        median(RUNS, || (), |()| deserialise::<yaml_serde::Value>(&texts)),
        typed,
    );
    ensure!(
        load()?.workspace.is_some_and(|workspace| workspace.users.len() == LARGE.users),
        "the workspace is good"
    );
    line("load: every check, every span, from disk", median(RUNS, || (), |()| load()), typed);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    line("load, on one thread", median(RUNS, || (), |()| one.install(load)), typed);
    for case in CASES {
        if let Some(peak) = peak_of(case)? {
            memory(&format!("peak memory: {case}"), peak, input);
        }
    }
    Ok(())
}

/// Carries out one case, once, and reports how much memory the process needed.
pub(crate) fn once(case: &str) -> Result<()> {
    match case {
        "nothing" => {}
        "bytes" => drop(std::hint::black_box(company::read(&LARGE)?)),
        "load" => drop(std::hint::black_box(load()?)),
        "typed" => drop(std::hint::black_box(deserialise::<typed::File>(&company::read(&LARGE)?))),
        "value" => drop(std::hint::black_box(deserialise::<yaml_serde::Value>(&company::read(&LARGE)?))),
        _ => bail!("there is no case {case:?}"),
    }
    report_peak();
    Ok(())
}

fn load() -> Result<Loaded> {
    Ok(workspace::load(&company::root(&LARGE), &Registry, company::NOW.parse()?))
}

fn deserialise<T: DeserializeOwned>(files: &[(String, String)]) -> Result<Vec<T>, yaml_serde::Error> {
    files.iter().map(|(_, text)| yaml_serde::from_str(text)).collect()
}
