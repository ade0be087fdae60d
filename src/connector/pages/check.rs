//! What is wrong with a pages file that can be parsed: names that lead nowhere, and steps that would change a vendor
//! without a question or with something else than the question says.

use super::{Column, Page, Pages, Procedure, Step, Table};
use std::collections::BTreeSet;

/// Values that a change brings. What is typed into a vendor's form is one of them, so that no file can have somebody
/// else invited than the one whom the plan names.
const VALUES: [&str; 4] = ["{account}", "{name}", "{resource}", "{id}"];

/// Everything that keeps these pages from being used, a sentence each.
#[must_use]
pub fn problems(pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    let mut names =
        pages.words.iter().filter(|(_, spellings)| !has_spelling(spellings)).map(|(word, _)| word);
    found.extend(names.next().map(|word| format!("The word `{word}` has no spelling, or an empty one.")));
    found.extend(pages.pages.iter().flat_map(|(name, one)| page(name, one)));
    found.extend(pages.tables.iter().flat_map(|(kind, one)| table(kind, one, pages)));
    let mut seen = BTreeSet::new();
    for procedure in &pages.procedures {
        let what = format!("{} on a {}", procedure.action, procedure.kind);
        if !seen.insert(what.clone()) {
            found.push(format!("There are two procedures for {what}."));
        }
        found.extend(
            steps(procedure, pages).into_iter().map(|text| format!("The procedure for {what} {text}.")),
        );
    }
    found
}

fn has_spelling(spellings: &[String]) -> bool {
    !spellings.is_empty() && spellings.iter().all(|one| !one.trim().is_empty())
}

fn page(name: &str, page: &Page) -> Option<String> {
    let below = |path: &String| path.starts_with('/') && !path.starts_with("//");
    let good = !page.paths.is_empty() && page.paths.iter().all(below);
    (!good).then(|| format!("The page `{name}` needs `paths`, each of which begins with one `/`."))
}

fn table(kind: &str, table: &Table, pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    if !pages.pages.contains_key(&table.page) {
        found.push(format!("The table of a {kind} is on the page `{}`, which is not described.", table.page));
    }
    let state = (!table.states.is_empty()).then_some((Column::State, "state"));
    for (column, name) in [(Column::Email, "email"), (Column::Level, "level")].into_iter().chain(state) {
        if !table.columns.get(&column).is_some_and(|spellings| has_spelling(spellings)) {
            found.push(format!("The table of a {kind} needs what its column `{name}` is headed."));
        }
    }
    found
}

fn steps(procedure: &Procedure, pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    for step in &procedure.steps {
        match step {
            Step::Open { page } if !pages.pages.contains_key(page) => {
                found.push(format!("opens the page `{page}`, which is not described"));
            }
            Step::Fill { field, value } if !VALUES.contains(&value.as_str()) => {
                let values = VALUES.map(|value| format!("`{value}`")).join(", ");
                found.push(format!(
                    "types something of its own into `{field}`; what is typed is one of {values}"
                ));
            }
            Step::Expect { .. } if !pages.tables.contains_key(&procedure.kind) => {
                found.push("expects a row, and there is no table for the kind".to_owned());
            }
            _ => {}
        }
    }
    let is_for_browsers = !procedure.steps.iter().any(|step| matches!(step, Step::Person { .. }));
    let writes = |step: &Step| matches!(step, Step::Press { writes: true, .. });
    if is_for_browsers && !procedure.steps.iter().any(writes) {
        found.push(
            "has no `press` with `writes: true`, so that a browser would change something without a question"
                .to_owned(),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::pages::parse;

    const GOOD: &str = "
format: grantline.pages/1
base: https://vendor.example
words: { add: [Add], email: [Email] }
pages: { team: { paths: [/team], heading: Team, way: Open it. } }
tables: { project: { page: team, columns: { email: [Email], level: [Role] }, levels: {} } }
signed_out: []
in_the_way: []
procedures:
  - kind: project
    action: invite
    steps:
      - open: { page: team }
      - fill: { field: email, value: \"{account}\" }
      - press: { what: add, writes: true }
      - expect: {}
    check: Look.
    record: Write.
";

    fn found(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "{from}");
        problems(&parse(&GOOD.replace(from, to)).unwrap()).join(" ")
    }

    #[test]
    fn a_good_file_has_no_problem() {
        assert_eq!(found("Add", "Invite"), "");
    }

    #[test]
    fn a_press_that_nobody_is_asked_about_is_one() {
        assert!(found(", writes: true", "").contains("without a question"));
        // A person is asked by their own eyes.
        assert_eq!(found("press: { what: add, writes: true }", "person: { text: Add them. }"), "");
    }

    #[test]
    fn what_is_typed_is_what_the_plan_names() {
        assert!(found("{account}", "mallory@elsewhere.example").contains("types something of its own"));
        assert!(found("{account}", "{@email}").contains("types something of its own"));
    }

    #[test]
    fn names_lead_somewhere() {
        assert!(
            found("open: { page: team }", "open: { page: tema }").contains("`tema`, which is not described")
        );
        assert!(found("page: team, columns", "page: tema, columns").contains("on the page `tema`"));
        assert!(found("level: [Role]", "name: [Name]").contains("column `level`"));
        assert!(found("levels: {}", "levels: {}, states: { active: [Active] }").contains("column `state`"));
        assert!(found("[/team]", "[//elsewhere.example]").contains("begins with one `/`"));
        assert!(found("email: [Email] }\npages", "email: [] }\npages").contains("no spelling"));
    }
}
