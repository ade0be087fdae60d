//! A table that was cut off, wherever that was, is refused or gives fewer members, and never other ones.

use super::{read, table};
use grantline::connector::pages::RowState;
use grantline::observe::recorded::Member;
use grantline::observe::recorded::table::parse;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A table that is whole, and how it is laid out.
#[derive(Debug, Clone)]
struct Sheet {
    rows: Vec<[String; 5]>,
    order: Vec<usize>,
    layout: Layout,
    title: bool,
    footer: bool,
    end: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Comma,
    Semicolon,
    Tab,
    Pipe,
    Aligned,
}

const HEADINGS: [&str; 5] = ["Email", "Name", "Role", "Status", "Avatar"];

fn sheet() -> impl Strategy<Value = Sheet> {
    let name = prop_oneof![
        "[A-Z][a-z]{1,6}",
        Just("Doe, \"JJ\" Jane".to_owned()),
        Just("Zoë; 東京".to_owned()),
        Just("Ann\nAgnew".to_owned()),
    ];
    let level =
        prop::sample::select(vec!["Team member", "Member", "Admin", "Administrator", "Owner", "Viewer"]);
    let state = prop::sample::select(vec!["Active", "Pending", "Invited", "Expired", "Declined"]);
    let row = ("[a-z]{1,5}", name, level, state, "[a-z]{2,4}");
    let layout = prop::sample::select(vec![
        Layout::Comma,
        Layout::Semicolon,
        Layout::Tab,
        Layout::Pipe,
        Layout::Aligned,
    ]);
    let order = Just(vec![0, 1, 2, 3, 4]).prop_shuffle();
    let ends = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    (prop::collection::vec(row, 1..5), order, layout, any::<bool>(), any::<bool>(), ends).prop_map(
        |(rows, order, layout, title, footer, end)| {
            let rows = rows.into_iter().enumerate().map(|(at, (local, name, level, state, avatar))| {
                let lined = matches!(layout, Layout::Pipe | Layout::Aligned);
                let name = if lined { name.replace('\n', " ") } else { name };
                // The last letter differs from the rest, so that no avatar begins another.
                let avatar = format!("{avatar}Z");
                [format!("{local}{at}@acme.example"), name, level.to_owned(), state.to_owned(), avatar]
            });
            Sheet { rows: rows.collect(), order, layout, title, footer, end }
        },
    )
}

impl Sheet {
    /// The table's text, and where its last row begins and ends.
    fn text(&self) -> (String, usize, usize) {
        let mut text = String::new();
        if self.title {
            text.push_str(&format!("Team\n{} members\n", self.rows.len()));
        }
        let header = HEADINGS.map(str::to_owned);
        text.push_str(&self.line(&header));
        text.push('\n');
        if self.layout == Layout::Pipe {
            text.push_str("|---|---|---|---|---|\n");
        }
        let (mut from, mut to) = (0, 0);
        for row in &self.rows {
            from = text.len();
            text.push_str(&self.line(row));
            to = text.len();
            text.push('\n');
        }
        if self.footer {
            text.push_str(&format!("Showing 1-{0} of {0}\n", self.rows.len()));
        }
        let grown = |at: usize| text[..at].matches('\n').count() * (self.end.len() - 1);
        let (from, to) = (from + grown(from), to + grown(to));
        (text.replace('\n', self.end), from, to)
    }

    fn line(&self, row: &[String; 5]) -> String {
        let cells: Vec<&str> = self.order.iter().map(|at| row[*at].as_str()).collect();
        let quoted = |separator: &str| {
            let quote = |cell: &&str| match cell.contains([',', ';', '"', '\n', '\t']) {
                true => format!("\"{}\"", cell.replace('"', "\"\"")),
                false => (*cell).to_owned(),
            };
            cells.iter().map(quote).collect::<Vec<_>>().join(separator)
        };
        match self.layout {
            Layout::Comma => quoted(","),
            Layout::Semicolon => quoted(";"),
            Layout::Tab => quoted("\t"),
            Layout::Pipe => format!("| {} |", cells.join(" | ")),
            Layout::Aligned => {
                let pad = |cell: &&str| {
                    let width: usize = cell.chars().map(|c| if c > '\u{2e80}' { 2 } else { 1 }).sum();
                    format!("{cell}{}", " ".repeat(30 - width))
                };
                cells.iter().map(pad).collect::<String>().trim_end().to_owned()
            }
        }
    }
}

fn by_address(members: Vec<Member>) -> BTreeMap<String, (String, RowState, Option<String>)> {
    let entry = |member: Member| {
        let name = member.name.map(|name| name.to_string());
        (member.account.to_string(), (member.level.to_string(), member.state, name))
    };
    members.into_iter().map(entry).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invariant_2_a_cut_table_never_says_something_else(sheet in sheet()) {
        let table = table("clarity");
        let (text, last, end) = sheet.text();
        let whole = parse(text.as_bytes(), &table).map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        prop_assert_eq!(whole.members.len(), sheet.rows.len());
        let whole = by_address(whole.members);
        for cut in 0..text.len() {
            let Ok(parsed) = parse(&text.as_bytes()[..cut], &table) else { continue };
            prop_assert!(cut <= last || cut >= end, "cut at {cut} inside the last row of:\n{text}");
            for (account, values) in by_address(parsed.members) {
                prop_assert_eq!(whole.get(&account), Some(&values), "cut at {} of:\n{}", cut, text);
            }
        }
    }
}

#[test]
fn a_table_that_announces_its_size_is_whole_or_refused() {
    let text = "3 members\nEmail,Role,Status\na@x.example,Admin,Active\nb@x.example,Admin,Active\nc@x.example,Admin,Active\n";
    for cut in 0..text.len() {
        let members = read("clarity", &text.as_bytes()[..cut]).map(|parsed| parsed.members.len());
        assert!(!matches!(members, Ok(1 | 2)), "cut at {cut}");
    }
}
