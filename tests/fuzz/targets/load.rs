//! Any bytes, as one file of a workspace or as several with a zero byte between them.

#![no_main]

use grantline::diagnostic::{Renderer, to_json};
use grantline::domain::Severity;
use grantline::vendors::Registry;
use grantline::workspace;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let name = |number: usize| format!("access/{number:03}.yaml");
    let split = data.split(|&byte| byte == 0).take(16).enumerate();
    let files = split.map(|(number, bytes)| (name(number), bytes.to_vec())).collect();
    let loaded = workspace::load_files(files, &Registry, jiff::Timestamp::UNIX_EPOCH);
    let broken = loaded.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    assert_ne!(loaded.workspace.is_some(), broken);
    let text = Renderer::new(false).render(&loaded.diagnostics, &loaded.sources);
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    let _ = to_json(&loaded.diagnostics, &loaded.sources);
});
