//! Medians, ratios and peak memory.

#![expect(clippy::print_stdout, reason = "a benchmark's output is its result")]

use anyhow::{Context, Result, bail};
use std::process::Command;
use std::time::{Duration, Instant};

/// The first word of a run that carries out one case and reports its own peak memory.
pub(crate) const CHILD: &str = "once";

/// How long something took.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time {
    /// On the wall.
    wall: Duration,
    /// Of the processor, over all threads; none where the system does not tell.
    cpu: Option<Duration>,
}

/// Middle time of `runs` runs, of the wall and of the processor each. Each run gets a fresh value from `prepare`,
/// whose time does not count; neither does dropping the result.
pub(crate) fn median<I, O>(
    runs: usize,
    mut prepare: impl FnMut() -> I,
    mut work: impl FnMut(I) -> O,
) -> Time {
    let (mut walls, mut cpus) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let input = prepare();
        let (start, before) = (Instant::now(), cpu());
        let output = std::hint::black_box(work(std::hint::black_box(input)));
        walls.push(start.elapsed());
        cpus.extend(cpu().zip(before).map(|(after, before)| after.saturating_sub(before)));
        drop(output);
    }
    walls.sort_unstable();
    cpus.sort_unstable();
    Time { wall: walls[runs / 2], cpu: cpus.get(runs / 2).copied() }
}

/// Processor time of this process and of the children that have ended: Linux counts it in hundredths of a second.
fn cpu() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name, in brackets, may hold spaces. The 12th to 15th field after it are times.
    let fields = stat.rsplit(')').next()?.split_whitespace().skip(11).take(4);
    let ticks: u64 = fields.map_while(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// Prints a heading.
pub(crate) fn title(text: &str) {
    println!("\n{text}");
}

/// Prints one line: what, how long, and how that compares with the yardstick, on the wall and in processor time.
pub(crate) fn line(what: &str, time: Time, yardstick: Time) {
    let ratio = time.wall.as_secs_f64() / yardstick.wall.as_secs_f64();
    let cpu = time.cpu.zip(yardstick.cpu).filter(|(_, yardstick)| !yardstick.is_zero());
    let cpu = cpu.map_or_else(String::new, |(time, yardstick)| {
        format!("   {:>6.2} x processor time", time.as_secs_f64() / yardstick.as_secs_f64())
    });
    println!("  {what:<52} {:>9.1} ms   {ratio:>6.2} x{cpu}", time.wall.as_secs_f64() * 1e3);
}

/// Prints one line of memory: what, how much, and how many bytes for one of the input.
pub(crate) fn memory(what: &str, peak: u64, input: u64) {
    let ratio = peak as f64 / input as f64;
    println!("  {what:<52} {:>9.1} MiB  {ratio:>6.2} bytes/byte", peak as f64 / 1_048_576.0);
}

/// Peak memory in bytes of a fresh process that carries out one case; none where the system does not tell.
pub(crate) fn peak_of(case: &str) -> Result<Option<u64>> {
    let program = std::env::current_exe().context("this program's path")?;
    let output = Command::new(program).args([CHILD, case]).output().context("the case's own process")?;
    if !output.status.success() {
        bail!("{case} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    Ok(text.trim().parse().ok())
}

/// Prints this process's peak memory for [`peak_of`]: Linux's `VmHWM`, or nothing elsewhere.
pub(crate) fn report_peak() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    if let Some(kib) = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()) {
        println!("{}", kib * 1024);
    }
}

/// Moves the values about, always in the same way.
pub(crate) fn shuffle<T>(values: &mut [T]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for at in (1..values.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        values.swap(at, usize::try_from(state % (at as u64 + 1)).unwrap_or(0));
    }
}
