use super::super::fixture::{at, bytes, every_action, header, intent, journal};
use super::*;
use crate::domain::OutcomeStatus;

fn done(change: &Change) -> Entry {
    let detail = "A reading shows it.".to_owned();
    Entry::Outcome(Outcome {
        change: change.id.clone(),
        status: OutcomeStatus::Done,
        detail,
        credential: None,
    })
}

fn accepted(change: &Change) -> Entry {
    Entry::Answer(change.id.clone(), Ok(Receipt::default()))
}

fn refused(change: &Change) -> Entry {
    Entry::Answer(change.id.clone(), Err(ConnectorError::Refused { message: "No.".to_owned() }))
}

fn failed(change: &Change) -> Entry {
    let (change, detail) = (change.id.clone(), "No.".to_owned());
    Entry::Outcome(Outcome { change, status: OutcomeStatus::Failed, detail, credential: None })
}

fn error(bytes: &[u8]) -> String {
    parse(Path::new("j.jsonl"), bytes).unwrap_err().0
}

#[test]
fn what_was_written_is_read() {
    let changes = &every_action()[..3];
    let [one, two, three] = changes else { unreachable!() };
    let entries = [intent(one), intent(two), accepted(one), done(one), done(three)];
    let read = journal(changes, &entries);
    assert_eq!(read.header, header(changes));
    assert_eq!(read.started[&one.id].at, at(1));
    assert_eq!(read.started[&one.id].answer, Some(Ok(Receipt::default())));
    assert!(read.started[&one.id].outcome.is_some() && read.unsent.contains_key(&three.id));
    assert_eq!(read.open_changes().map(|open| &open.change).collect::<Vec<_>>(), [two]);
    assert!(!read.torn);
}

#[test]
fn an_apply_broke_off_where_a_change_of_its_plan_has_no_outcome() {
    let changes = &every_action()[..3];
    let [one, two, three] = changes else { unreachable!() };
    let mut entries = vec![intent(one), accepted(one), intent(two), done(one), failed(two), done(three)];
    assert!(!journal(changes, &entries).broke_off());
    while entries.len() > 3 {
        entries.pop();
        assert!(journal(changes, &entries).broke_off(), "{}", entries.len());
    }
    assert_eq!(journal(changes, &entries).open_words().count(), 2);
}

#[test]
fn a_journal_cut_at_any_byte_is_read_up_to_its_last_whole_line() {
    let changes = &every_action()[..2];
    let [one, two] = changes else { unreachable!() };
    let whole = bytes(changes, &[intent(one), intent(two), accepted(one), done(one)]);
    let ends: Vec<usize> = (1..=whole.len()).filter(|at| whole[at - 1] == b'\n').collect();
    for cut in 0..=whole.len() {
        let read = parse(Path::new("j"), &whole[..cut]).unwrap();
        let last = ends.iter().rev().find(|end| **end <= cut);
        assert_eq!(read.as_ref().map(|read| read.whole), last.map(|end| *end as u64), "{cut}");
        if let Some(read) = read {
            assert_eq!(read.torn, !ends.contains(&cut), "{cut}");
        }
    }
}

#[test]
fn a_last_line_of_rubbish_is_dropped_and_one_before_is_an_error() {
    let changes = &every_action()[..1];
    let good = bytes(changes, &[intent(&changes[0])]);
    for rubbish in ["\0\0\0\0\n", "{\"entry\":\"ou\n", "\u{fffd}\n"] {
        let torn = [&good, rubbish.as_bytes()].concat();
        let read = parse(Path::new("j"), &torn).unwrap().unwrap();
        assert!(read.torn && read.started.len() == 1 && read.whole == good.len() as u64);
        let inside = [&torn, &accepted(&changes[0]).line(at(9)).unwrap()[..]].concat();
        let told = error(&inside);
        assert!(told.starts_with("j.jsonl:3 ") && told.contains("move it away"), "{told}");
    }
}

#[test]
fn a_repeated_last_line_counts_once_and_a_second_intent_is_an_error() {
    let changes = &every_action()[..1];
    let one = &changes[0];
    let line = intent(one).line(at(1)).unwrap();
    let twice = [bytes(changes, &[intent(one)]), line.clone()].concat();
    let read = parse(Path::new("j"), &twice).unwrap().unwrap();
    assert_eq!((read.started.len(), read.whole), (1, (twice.len() - line.len()) as u64));
    let told = error(&[twice, accepted(one).line(at(3)).unwrap()].concat());
    assert!(told.contains("v-0001 is about to be sent a second time"), "{told}");
}

#[test]
fn what_belongs_to_no_intent_or_plan_is_an_error() {
    let changes = every_action();
    let told = error(&bytes(&changes[..1], &[accepted(&changes[0])]));
    assert!(told.starts_with("j.jsonl:2 ") && told.contains("never about to be sent"), "{told}");
    assert!(error(&bytes(&changes[..1], &[intent(&changes[1])])).contains("has no change v-0002"));
}

#[test]
fn a_later_format_is_an_error_that_names_the_file_and_both_formats() {
    let mut line = String::from_utf8(header(&[]).line().unwrap()).unwrap();
    line = line.replace("journal/1", "journal/2").replace("\"tool\"", "\"instrument\"");
    let told = error(line.as_bytes());
    for part in ["j.jsonl:1", "grantline.journal/2", "grantline.journal/1"] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn a_journal_that_ended_is_finished_even_with_a_torn_tail() {
    for later in [true, false] {
        let ended = bytes(&[], &[Entry::End { later }]);
        assert_eq!(parse(Path::new("j"), &ended), Ok(None));
        assert_eq!(parse(Path::new("j"), &[&ended[..], b"{\"entry\":"].concat()), Ok(None));
    }
    let change = &every_action()[..1];
    let told = error(&bytes(change, &[Entry::End { later: true }, intent(&change[0])]));
    assert!(told.starts_with("j.jsonl:3 "), "{told}");
    assert!(told.contains("has ended before"), "{told}");
}

#[test]
fn a_certain_end_closes_a_change_and_an_uncertain_one_does_not_whether_or_not_repeating_is_safe() {
    let changes = every_action();
    let (invite, grant) = (&changes[2], &changes[3]);
    let open = |change: &Change, more: &[Entry]| {
        let entries: Vec<_> = std::iter::once(intent(change)).chain(more.iter().cloned()).collect();
        journal(&changes, &entries).open_changes().count() == 1
    };
    assert!(open(invite, &[]) && open(grant, &[]));
    assert!(open(invite, &[accepted(invite)]) && open(grant, &[accepted(grant)]));
    assert!(!open(invite, &[accepted(invite), done(invite)]));
    assert!(!open(invite, &[refused(invite), failed(invite)]));
    assert!(open(invite, &[accepted(invite), failed(invite)]));
    assert!(open(grant, &[accepted(grant), failed(grant)]) && !open(grant, &[refused(grant), failed(grant)]));
    let found = |found| Entry::Recovered(invite.id.clone(), found);
    assert!(!open(invite, &[found(Found::Done)]) && !open(invite, &[found(Found::NotDone(String::new()))]));
    assert!(open(invite, &[found(Found::Unknown(String::new()))]));
}

fn keep(root: &Path, name: &str, bytes: &[u8]) {
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

#[test]
fn the_unfinished_ones_are_found_in_order() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(unfinished(root.path()), Ok(Vec::new()));
    let change = &every_action()[..1];
    let open = bytes(change, &[intent(&change[0])]);
    keep(root.path(), "2-b.jsonl", &open);
    keep(root.path(), "1-a.jsonl", &open);
    keep(root.path(), "3-c.jsonl", &bytes(change, &[intent(&change[0]), Entry::End { later: false }]));
    keep(root.path(), "4-d.jsonl", b"{\"format\":");
    keep(root.path(), "5-e.jsonl", b"");
    keep(root.path(), "notes.txt", b"hello");
    let found = unfinished(root.path()).unwrap();
    let names: Vec<_> = found.iter().map(|one| one.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["1-a.jsonl", "2-b.jsonl"]);
}

#[test]
fn a_saved_plan_is_used_once_an_apply_of_it_has_ended() {
    let root = tempfile::tempdir().unwrap();
    let change = &every_action()[..1];
    keep(root.path(), "1.jsonl", &bytes(change, &[intent(&change[0])]));
    assert_eq!(used(root.path(), "sha256:plan"), Ok(None));
    keep(root.path(), "2.jsonl", &bytes(change, &[Entry::End { later: true }]));
    let expect = |ended| Ok(Some(Used { at: at(0), who: "Jane <jane@acme.example>".to_owned(), ended }));
    assert_eq!(used(root.path(), "sha256:plan"), expect(false));
    keep(root.path(), "0.jsonl", &bytes(change, &[intent(&change[0]), Entry::End { later: false }]));
    assert_eq!(used(root.path(), "sha256:plan"), expect(true));
    assert_eq!(used(root.path(), "sha256:other"), Ok(None));
    let text = String::from_utf8(bytes(change, &[Entry::End { later: false }])).unwrap();
    for file in ["0.jsonl", "1.jsonl", "2.jsonl"] {
        keep(root.path(), file, text.replace("\"saved\":true", "\"saved\":false").as_bytes());
    }
    assert_eq!(used(root.path(), "sha256:plan"), Ok(None));
}

#[cfg(unix)]
#[test]
fn a_link_is_no_journal() {
    let root = tempfile::tempdir().unwrap();
    keep(root.path(), "elsewhere", b"");
    let folder = root.path().join(FOLDER);
    std::os::unix::fs::symlink(folder.join("elsewhere"), folder.join("1.jsonl")).unwrap();
    assert!(unfinished(root.path()).unwrap_err().0.contains("no plain file"));
}

#[test]
fn a_journal_of_absurd_size_is_refused() {
    let root = tempfile::tempdir().unwrap();
    keep(root.path(), "1.jsonl", b"");
    File::options()
        .write(true)
        .open(root.path().join(FOLDER).join("1.jsonl"))
        .unwrap()
        .set_len(LONGEST + 1)
        .unwrap();
    assert!(unfinished(root.path()).unwrap_err().0.contains("are the most"));
}

#[test]
fn the_apply_that_is_told_of_is_the_first_that_came_to_its_own_end() {
    let root = tempfile::tempdir().unwrap();
    let change = &every_action()[..1];
    let by = |who: &str, name: &str, later: bool| {
        let text = String::from_utf8(bytes(change, &[Entry::End { later }])).unwrap();
        keep(root.path(), name, text.replace("Jane <jane@acme.example>", who).as_bytes());
        used(root.path(), "sha256:plan").unwrap().unwrap()
    };
    let told = |used: &Used| (used.who.clone(), used.ended);
    assert_eq!(told(&by("Ann", "1.jsonl", true)), ("Ann".to_owned(), false));
    assert_eq!(told(&by("Bob", "2.jsonl", true)), ("Ann".to_owned(), false));
    assert_eq!(told(&by("Cyd", "3.jsonl", false)), ("Cyd".to_owned(), true));
    assert_eq!(told(&by("Dan", "4.jsonl", false)), ("Cyd".to_owned(), true));
    assert_eq!(told(&by("Eve", "5.jsonl", true)), ("Cyd".to_owned(), true));
}
