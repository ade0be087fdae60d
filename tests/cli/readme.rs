//! The README says what the program says.

use super::Workbench;
use crate::support::rows::{has_test, rows};
use std::collections::BTreeSet;
use std::path::Path;

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// The commands that a help lists.
fn commands(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.trim().is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect()
}

/// The long flags that a help lists, with their other names and without those of every command.
fn flags(help: &str) -> Vec<&str> {
    const GLOBAL: [&str; 5] = ["--directory", "--color", "--verbose", "--quiet", "--help"];
    let aliases = help.split("[alias").skip(1).filter_map(|rest| rest.split(']').next()?.split_once(": "));
    let aliases = aliases.flat_map(|(_, names)| names.split(", ")).filter(|name| name.starts_with("--"));
    help.lines()
        // A line of prose may begin with a flag, but is not indented.
        .filter(|line| line.starts_with(' ') && line.trim_start().starts_with('-'))
        .flat_map(|line| line.split([' ', ',', '=', '[', '.']).filter(|word| word.starts_with("--")).take(1))
        .filter(|flag| !GLOBAL.contains(flag))
        .chain(aliases)
        .collect()
}

/// Each row of the table of commands, with its command.
fn table(readme: &str) -> Vec<(&str, &str)> {
    let section = readme.split("\n## Commands\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows =
        section.lines().filter_map(|line| Some((line.strip_prefix("| `")?.split(['`', ' ']).next()?, line)));
    rows.filter(|(word, _)| word.parse::<u8>().is_err()).collect()
}

#[test]
fn every_command_of_the_program_stands_in_its_table_and_no_other() {
    let help = Workbench::empty().run(&["--help"]).ends(0).stdout;
    let commands = commands(&help);
    assert!(commands.len() > 5, "{help}");
    let text = readme();
    let listed: Vec<&str> = table(&text).into_iter().map(|(command, _)| command).collect();
    assert_eq!(listed, commands);
}

#[test]
fn every_flag_of_a_command_stands_in_its_row_and_no_other() {
    let bench = Workbench::empty();
    let text = readme();
    let mut seen = 0;
    for (command, row) in table(&text) {
        let help = bench.run(&[command, "--help"]).ends(0).stdout;
        let below =
            commands(&help).into_iter().map(|below| bench.run(&[command, below, "--help"]).ends(0).stdout);
        let helps: Vec<String> = below.chain([help.clone()]).collect();
        let has: BTreeSet<&str> = helps.iter().flat_map(|help| flags(help)).collect();
        let words = row.split(|c: char| !c.is_ascii_lowercase() && c != '-');
        let told: BTreeSet<&str> = words.filter(|word| word.starts_with("--")).collect();
        assert_eq!(told, has, "{command}: the row against `--help`");
        seen += has.len();
    }
    assert!(seen > 20, "{seen} flags were found");
}

#[test]
fn the_tour_shows_what_the_program_prints() {
    let text = readme();
    let shown = text.split("<!-- grantline plan --vendor crm -->\n```text\n").nth(1).unwrap();
    let shown = shown.split("```").next().unwrap();
    let bench = Workbench::example();
    let printed = bench.run(&["plan", "--vendor", "crm", "--now", super::NOW]).ends(0).stdout;
    assert_eq!(shown.trim_end(), printed.trim_end());
}

#[test]
fn every_trap_names_a_test_that_is_there() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let traps = std::fs::read_to_string(home.join("docs/traps.md")).unwrap();
    let rows = rows(&traps);
    assert!(rows.len() > 10 && rows.iter().all(|row| row.tests.len() == 1));
    let mut code = String::new();
    for folder in ["src", "tests"] {
        gather(&home.join(folder), &mut code);
    }
    let named = rows.iter().flat_map(|row| &row.tests);
    let missing: Vec<_> = named.filter(|test| !has_test(&code, test)).collect();
    assert_eq!(missing, Vec::<&&str>::new());
}

fn gather(folder: &Path, code: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, code);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            code.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
