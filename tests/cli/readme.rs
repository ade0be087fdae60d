//! The README says what the program says.

use super::Workbench;
use crate::support::rows::{has_test, rows};
use std::path::Path;

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

#[test]
fn every_command_of_the_program_stands_in_its_table_and_no_other() {
    let help = Workbench::empty().run(&["--help"]).ends(0).stdout;
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.trim().is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() > 5, "{help}");
    let text = readme();
    let section = text.split("\n## Commands\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let listed: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split(['`', ' ']).next())
        .filter(|word| word.parse::<u8>().is_err())
        .collect();
    assert_eq!(listed, commands);
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
