//! Tables of a document whose last column names tests.

/// A row, as it is written, and the words in backticks of its last cell.
pub(crate) struct Row<'a> {
    pub(crate) text: &'a str,
    pub(crate) tests: Vec<&'a str>,
}

/// The rows of every table of a document, without their heads.
pub(crate) fn rows(document: &str) -> Vec<Row<'_>> {
    let lines: Vec<&str> = document.lines().collect();
    let is_ruler = |line: &str| line.starts_with("| --");
    let body = lines.iter().enumerate().filter(|(at, line)| {
        let is_head = lines.get(at + 1).is_some_and(|next| is_ruler(next));
        line.starts_with('|') && !is_ruler(line) && !is_head
    });
    body.map(|(_, line)| Row { text: line, tests: named(line) }).collect()
}

fn named(row: &str) -> Vec<&str> {
    let cell = row.trim_end().trim_end_matches('|').rsplit(" | ").next().unwrap_or_default();
    cell.split('`').skip(1).step_by(2).collect()
}

/// Whether the code has a test of that name.
pub(crate) fn has_test(code: &str, name: &str) -> bool {
    let function = format!("fn {name}(");
    let before = code.split(&function).next().filter(|before| before.len() < code.len());
    let near = before.map(|before| before.lines().rev().take(8).collect::<Vec<_>>()).unwrap_or_default();
    near.iter().any(|line| ["#[test]", "#[tokio::test"].iter().any(|mark| line.trim().starts_with(mark)))
}

#[test]
fn a_row_names_its_tests_in_its_last_cell() {
    let document = "# `x`\n\n| a | b |\n| --- | --- |\n| `c` | `a.rs::d`, `e` |\n| f \\| g | none |\n";
    let found: Vec<_> = rows(document).into_iter().map(|row| row.tests).collect();
    assert_eq!(found, [vec!["a.rs::d", "e"], vec![]]);
    assert!(has_test("#[test]\nfn d() {}\n", "d") && has_test("#[tokio::test]\nasync fn d() {}\n", "d"));
    assert!(!has_test("fn d() {}\n", "d") && !has_test("#[test]\nfn dd() {}\n", "d"));
}
