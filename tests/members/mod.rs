//! Member tables as people export and paste them, each with what must come of it: these members, or this refusal.

mod copied;
mod cuts;
mod hostile;
mod odd;
mod plain;
mod store;
mod whole;

use grantline::connector::pages::{Pages, Table, parse};
use grantline::observe::recorded::table;
use grantline::observe::recorded::{Member, Parsed, Refusal, state_word};

/// Two vendors' tables: one that shows states and dates, in two labellings, and one that shows neither.
const PAGES: &str = r"
format: grantline.pages/1
base: https://vendor.example
words: {}
pages: {}
tables:
  clarity:
    page: members
    columns:
      email: [Email, Email address, E-mail]
      name: [Name, User]
      level: [Role, Permission level]
      state: [Status, State]
      since: [Date added, Added on]
    levels:
      member: [Team member, Member]
      admin: [Admin, Administrator]
      owner: [Owner]
    states:
      active: [Active]
      pending: [Pending, Invited]
      expired: [Expired]
      declined: [Declined]
    beside: [Save, Remove, Resend]
  heap:
    page: teammates
    columns:
      email: [Email, E-mail]
      name: [Name, Teammate]
      level: [Role, Project role]
    levels:
      read-only: [Read-Only, Read only]
      consumer: [Consumer]
      analyst: [Analyst]
      admin: [Admin]
    none: [No access]
    beside: [Save, Remove]
signed_out: []
in_the_way: []
procedures: []
";

pub(crate) fn pages() -> Pages {
    parse(PAGES).unwrap()
}

pub(crate) fn table(name: &str) -> Table {
    pages().tables[name].clone()
}

/// What must come of a table.
pub(crate) enum Expect {
    /// These members: address, level, state, and the day if there is one.
    Members(&'static [&'static str]),
    /// These problems: code and line, 0 for the whole table.
    Refused(&'static [(&'static str, u32)]),
}

/// One table.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) table: &'static str,
    pub(crate) input: Vec<u8>,
    pub(crate) expect: Expect,
}

pub(crate) fn good(
    name: &'static str,
    table: &'static str,
    input: impl Into<Vec<u8>>,
    members: &'static [&'static str],
) -> Case {
    Case { name, table, input: input.into(), expect: Expect::Members(members) }
}

pub(crate) fn refused(
    name: &'static str,
    table: &'static str,
    input: impl Into<Vec<u8>>,
    problems: &'static [(&'static str, u32)],
) -> Case {
    Case { name, table, input: input.into(), expect: Expect::Refused(problems) }
}

pub(crate) fn read(table: &str, input: &[u8]) -> Result<Parsed, Refusal> {
    table::parse(input, &self::table(table))
}

/// A member as an expectation writes it.
pub(crate) fn line(member: &Member) -> String {
    let since = member.since.map(|since| format!(" {}", since.strftime("%F"))).unwrap_or_default();
    format!("{} {} {}{since}", member.account, member.level, state_word(member.state))
}

fn check(case: &Case) {
    let found = read(case.table, &case.input);
    match (&case.expect, found) {
        (Expect::Members(expected), Ok(parsed)) => {
            let members: Vec<String> = parsed.members.iter().map(line).collect();
            assert_eq!(members, *expected, "{}", case.name);
        }
        (Expect::Refused(expected), Err(refusal)) => {
            let problems: Vec<(&str, u32)> =
                refusal.problems.iter().map(|problem| (problem.code, problem.line.unwrap_or(0))).collect();
            assert_eq!(problems, *expected, "{}:\n{refusal}", case.name);
            assert!(refusal.problems.iter().all(|problem| !problem.hint.is_empty()), "{}", case.name);
        }
        (Expect::Members(_), Err(refusal)) => panic!("{} was refused:\n{refusal}", case.name),
        (Expect::Refused(_), Ok(parsed)) => {
            let members: Vec<String> = parsed.members.iter().map(line).collect();
            panic!("{} was taken for {members:?}", case.name);
        }
    }
}

/// Every table of the corpus.
pub(crate) fn all() -> Vec<Case> {
    [plain::cases(), copied::cases(), odd::cases(), hostile::cases()].into_iter().flatten().collect()
}

#[test]
fn every_table_gives_its_members_or_its_refusal() {
    let cases = all();
    assert!(cases.len() >= 45, "{} cases", cases.len());
    let failed: Vec<&str> = cases
        .iter()
        .filter(|case| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(case))).is_err())
        .map(|case| case.name)
        .collect();
    assert_eq!(failed, [""; 0]);
}

#[test]
fn a_refusal_shows_nothing_hidden_and_says_where() {
    let input = "Email,Role,Status\nja\u{1b}[2J\u{202e}ne,Admin,Active\njane@acme.example,Admin,Gone\n";
    let shown = read("clarity", input.as_bytes()).unwrap_err().render("team.csv");
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    assert!(
        shown.contains("error[unknown-state]: `Gone` is no state that is known.\n --> team.csv:3, cell 3\n")
    );
}
