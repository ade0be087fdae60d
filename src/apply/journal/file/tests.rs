use super::super::fixture::{at, every_action, header};
use super::super::{unfinished, used};
use super::*;
use crate::apply::fakes::{change, conduct, invite};
use crate::domain::OutcomeStatus;

/// Paper in memory that keeps apart what is safe, and has only so much room.
#[derive(Clone, Default)]
struct Sheet(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    written: Vec<u8>,
    synced: usize,
    room: Option<usize>,
    deaf: bool,
    stuck: bool,
}

impl Sheet {
    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    fn lines(&self, synced: bool) -> usize {
        self.with(|kept| {
            let length = if synced { kept.synced } else { kept.written.len() };
            kept.written[..length].iter().filter(|byte| **byte == b'\n').count()
        })
    }
}

impl Paper for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.with(|kept| {
            let free = kept.room.map_or(bytes.len(), |room| room.saturating_sub(kept.written.len()));
            kept.written.extend(&bytes[..free.min(bytes.len())]);
            if free < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.with(|kept| {
            kept.synced = kept.written.len();
            if kept.deaf { Err(io::Error::other("the disk is gone")) } else { Ok(()) }
        })
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.with(|kept| {
            if kept.stuck {
                return Err(io::Error::other("stuck"));
            }
            kept.written.truncate(length as usize);
            Ok(())
        })
    }
}

fn begin(changes: &[Change]) -> (Sheet, FileJournal) {
    let sheet = Sheet::default();
    let journal = FileJournal::on(Box::new(sheet.clone()), &header(changes), conduct().clock).unwrap();
    (sheet, journal)
}

fn ended(change: &Change, status: OutcomeStatus) -> Outcome {
    Outcome { change: change.id.clone(), status, detail: String::new(), credential: None }
}

#[tokio::test]
async fn intents_are_safe_before_anything_is_sent_and_the_rest_goes_with_the_next() {
    let changes = every_action();
    let (sheet, journal) = begin(&changes);
    assert_eq!(sheet.lines(true), 1);
    journal.intend(&[&changes[0], &changes[1]]).unwrap();
    assert_eq!(sheet.lines(true), 3);
    journal.answered(&changes[0], &Ok(Receipt::default()));
    journal.ended(&ended(&changes[0], OutcomeStatus::Done));
    assert_eq!((sheet.lines(true), sheet.lines(false)), (3, 5));
    journal.intend(&[&changes[3]]).unwrap();
    assert_eq!(sheet.lines(true), 6);
}

#[tokio::test]
async fn a_full_disk_stops_everything_and_leaves_no_half_line() {
    let changes = every_action();
    let full = |work: &dyn Fn(&FileJournal)| {
        let (sheet, journal) = begin(&changes);
        journal.intend(&[&changes[3]]).unwrap();
        let length = sheet.with(|kept| {
            kept.room = Some(kept.written.len() + 20);
            kept.written.len()
        });
        work(&journal);
        assert_eq!(sheet.with(|kept| kept.written.len()), length);
        sheet.with(|kept| kept.room = None);
        let error = journal.intend(&[&changes[4]]).unwrap_err().0;
        assert!(error.contains("the journal 2026") && error.contains("Make room on the disk"), "{error}");
        assert_eq!(journal.close().unwrap_err().0, error);
        assert_eq!(sheet.with(|kept| kept.written.len()), length);
    };
    full(&|journal| assert!(journal.intend(&[&changes[0], &changes[1]]).is_err()));
    full(&|journal| journal.answered(&changes[3], &Ok(Receipt::default())));
    full(&|journal| journal.ended(&ended(&changes[3], OutcomeStatus::Done)));
}

#[tokio::test]
async fn what_cannot_be_made_safe_is_not_sent() {
    let changes = every_action();
    let (sheet, journal) = begin(&changes);
    sheet.with(|kept| kept.deaf = true);
    assert!(journal.intend(&[&changes[0]]).unwrap_err().0.contains("the disk is gone"));
    assert_eq!(sheet.lines(false), 1);
    let deaf = Sheet::default();
    deaf.with(|kept| kept.deaf = true);
    assert!(FileJournal::on(Box::new(deaf), &header(&changes), conduct().clock).is_err());
}

#[tokio::test]
async fn nothing_stands_behind_half_a_line_that_cannot_be_cut_off() {
    let changes = every_action();
    let (sheet, journal) = begin(&changes);
    let length = sheet.with(|kept| {
        (kept.room, kept.stuck) = (Some(kept.written.len() + 20), true);
        kept.written.len() + 20
    });
    assert!(journal.intend(&[&changes[0]]).is_err());
    sheet.with(|kept| kept.room = None);
    journal.answered(&changes[0], &Ok(Receipt::default()));
    assert_eq!(sheet.with(|kept| kept.written.len()), length);
}

#[tokio::test]
async fn a_journal_ends_unless_something_may_have_been_carried_out_and_nobody_has_seen_it() {
    let unknown = Err(ConnectorError::Unknown { message: "No answer.".to_owned() });
    let refused = Err(ConnectorError::Refused { message: "No.".to_owned() });
    let changes = every_action();
    let (invite, grant) = (&changes[2], &changes[3]);
    let whole = |change: &Change, answer: &Result<Receipt, ConnectorError>, status| {
        let (_, journal) = begin(&changes);
        journal.intend(&[change]).unwrap();
        journal.answered(change, answer);
        journal.ended(&ended(change, status));
        journal.close().unwrap()
    };
    assert!(whole(invite, &Ok(Receipt::default()), OutcomeStatus::Done));
    assert!(whole(invite, &refused, OutcomeStatus::Failed));
    assert!(!whole(grant, &unknown, OutcomeStatus::Failed));
    assert!(whole(grant, &refused, OutcomeStatus::Failed));
    assert!(!whole(invite, &unknown, OutcomeStatus::Failed));
    assert!(!whole(invite, &Ok(Receipt::default()), OutcomeStatus::Unverified));
    let (_, journal) = begin(&changes);
    journal.intend(&[grant]).unwrap();
    assert!(!journal.close().unwrap(), "a change that never ended is open");
}

#[tokio::test]
async fn a_file_is_private_named_by_its_time_and_never_another_ones() {
    let root = tempfile::tempdir().unwrap();
    let one = change(1, "jane", invite("jane"));
    let begin =
        || FileJournal::create(root.path(), header(std::slice::from_ref(&one)), conduct().clock).unwrap();
    let (first, second) = (begin(), begin());
    first.intend(&[&one]).unwrap();
    let left = unfinished(root.path()).unwrap();
    assert_eq!(left.len(), 2);
    let open: Vec<usize> = left.iter().map(|one| one.open_changes().count()).collect();
    assert_eq!(open, [1, 0], "in the order of their beginnings, also within one second");
    for one in &left {
        let name = one.path.file_name().unwrap().to_str().unwrap();
        let time = at(0).strftime("%Y%m%dT%H%M%SZ-").to_string();
        assert!(name.starts_with(&time) && name == format!("{}.jsonl", one.header.run), "{name}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&one.path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    assert!(second.close().unwrap());
    assert_eq!(unfinished(root.path()).unwrap().len(), 1);
    assert!(used(root.path(), "sha256:plan").unwrap().unwrap().ended);
    let third = unfinished(root.path()).unwrap().len();
    let journals: Vec<FileJournal> = (0..20).map(|_| begin()).collect();
    journals.last().unwrap().intend(&[&one]).unwrap();
    let left = unfinished(root.path()).unwrap();
    assert_eq!((left.len(), left.last().unwrap().open_changes().count()), (third + 20, 1));
}

#[test]
fn what_is_cut_off_a_file_is_gone() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("one.jsonl");
    let mut file = create(&path).unwrap();
    Paper::write(&mut file, b"whole\nhal").unwrap();
    Paper::cut(&mut file, 6).unwrap();
    Paper::write(&mut file, b"next\n").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"whole\nnext\n");
}

#[test]
fn what_cannot_be_written_says_how_to_mend_it() {
    let told = |kind: io::ErrorKind| unwritable("the journal", &kind.into()).0;
    assert!(told(io::ErrorKind::StorageFull).contains("Make room on the disk"));
    assert!(told(io::ErrorKind::PermissionDenied).contains("writable by whoever runs grantline"));
    assert!(told(io::ErrorKind::BrokenPipe).contains("Mend the disk"));
}

#[test]
fn journals_that_cannot_be_listed_are_not_none() {
    let root = tempfile::tempdir().unwrap();
    assert!(unfinished(root.path()).unwrap().is_empty());
    let folder = root.path().join(FOLDER);
    std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
    std::fs::write(&folder, "a file in its place").unwrap();
    assert!(unfinished(root.path()).is_err());
}

#[test]
fn the_next_of_a_second_stands_behind_those_that_are_there() {
    let root = tempfile::tempdir().unwrap();
    let names = [
        "20261122T090000Z-00-1.jsonl",
        "20261122T090000Z-03-1.jsonl",
        "20261122T090001Z-07-1.jsonl",
        "notes",
    ];
    assert_eq!(next(root.path(), "20261122T090000Z-").unwrap(), 0);
    for name in names {
        std::fs::write(root.path().join(name), "").unwrap();
    }
    assert_eq!(next(root.path(), "20261122T090000Z-").unwrap(), 4);
}
