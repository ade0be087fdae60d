//! The snapshot's file: one text for one snapshot, and no other snapshot for that text.

use grantline::connector::pages::RowState;
use grantline::domain::{Email, Level, ResourceName, VendorName};
use grantline::observe::recorded::{Damage, Member, RecordedSnapshot, Source, SourceKind};
use jiff::Timestamp;
use proptest::prelude::*;
use std::sync::Arc;

fn member() -> impl Strategy<Value = Member> {
    let state = prop::sample::select(vec![
        RowState::Active,
        RowState::Pending,
        RowState::Expired,
        RowState::Declined,
    ]);
    let since = prop::option::of((0_i64..2_000_000_000).prop_map(|at| Timestamp::from_second(at).unwrap()));
    let name = prop::option::of(any::<String>().prop_filter("a name is not empty", |name| !name.is_empty()));
    ("[a-z]{1,6}", name, "[A-Za-z (\"\\\\é]{1,9}", state, since).prop_map(
        |(local, name, level, state, since)| Member {
            account: Email::parse(&format!("{local}@acme.example")).unwrap(),
            name: name.map(Arc::from),
            level: Level::parse(&level).unwrap(),
            state,
            since,
        },
    )
}

fn snapshot() -> impl Strategy<Value = RecordedSnapshot> {
    let words = prop::option::of(any::<String>());
    (prop::collection::vec(member(), 0..6), words.clone(), words, any::<bool>()).prop_map(
        |(mut members, id, note, signed_in)| {
            members.sort_by(|a, b| a.account.cmp(&b.account));
            members.dedup_by(|a, b| a.account == b.account);
            RecordedSnapshot {
                vendor: VendorName::parse("clarity").unwrap(),
                resource: ResourceName::parse("marketing-site").unwrap(),
                id: id.map(Arc::from),
                taken: "2026-11-22T09:00:00Z".parse().unwrap(),
                recorded_by: Arc::from("Ann <ann@acme.example>"),
                source: Source {
                    kind: SourceKind::Pasted,
                    digest: "sha256:00".to_owned(),
                    rows: members.len(),
                },
                signed_in_as: signed_in.then(|| Email::parse("ann@acme.example").unwrap()),
                note: note.map(Arc::from),
                members,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(snapshot in snapshot()) {
        let text = snapshot.to_text();
        prop_assert_eq!(text.lines().last(), Some("}"));
        let read = RecordedSnapshot::parse(&text).unwrap();
        prop_assert_eq!(&read, &snapshot);
        prop_assert_eq!(read.to_text(), text);
    }

    #[test]
    fn a_file_that_was_cut_is_no_snapshot(snapshot in snapshot(), at in any::<prop::sample::Index>()) {
        let text = snapshot.to_text();
        let cut = at.index(text.len() - 2);
        let cut = text.floor_char_boundary(cut);
        prop_assert!(RecordedSnapshot::parse(&text[..cut]).is_err());
    }
}

fn small() -> RecordedSnapshot {
    let member = |account: &str, level: &str, state| Member {
        account: Email::parse(account).unwrap(),
        name: None,
        level: Level::parse(level).unwrap(),
        state,
        since: None,
    };
    RecordedSnapshot {
        vendor: VendorName::parse("clarity").unwrap(),
        resource: ResourceName::parse("checkout").unwrap(),
        id: Some(Arc::from("p0d8aa")),
        taken: "2026-11-22T09:00:00Z".parse().unwrap(),
        recorded_by: Arc::from("Ann"),
        source: Source { kind: SourceKind::Csv, digest: "sha256:00".to_owned(), rows: 2 },
        signed_in_as: None,
        note: None,
        members: vec![
            member("ann@acme.example", "admin", RowState::Active),
            member("bob@acme.example", "member", RowState::Pending),
        ],
    }
}

#[test]
fn a_member_is_a_line() {
    let text = small().to_text();
    let expected = r#"{
  "format": "grantline.snapshot/1",
  "vendor": "clarity",
  "resource": "checkout",
  "id": "p0d8aa",
  "taken": "2026-11-22T09:00:00Z",
  "recorded_by": "Ann",
  "source": { "kind": "csv", "digest": "sha256:00", "rows": 2 },
  "members": [
    { "account": "ann@acme.example", "level": "admin", "state": "active" },
    { "account": "bob@acme.example", "level": "member", "state": "pending" }
  ],
  "content": "sha256:"#;
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn what_was_edited_is_noticed_wherever_that_was() {
    let text = small().to_text();
    for (from, to) in [
        ("\"level\": \"member\"", "\"level\": \"owner\""),
        ("bob@acme", "eve@acme"),
        ("2026-11-22T09", "2026-11-23T09"),
        ("\"recorded_by\": \"Ann\"", "\"recorded_by\": \"Eve\""),
        ("p0d8aa", "k3j9x2"),
    ] {
        let edited = text.replace(from, to);
        assert_ne!(edited, text);
        assert!(matches!(RecordedSnapshot::parse(&edited), Err(Damage::Changed(_))), "{from}");
    }
    let spaced = text.replace('\n', "\r\n");
    assert_eq!(RecordedSnapshot::parse(&spaced).unwrap(), small());
}

#[test]
fn what_is_no_snapshot_of_this_version_is_not_read() {
    let text = small().to_text();
    let lines: Vec<&str> = text.lines().collect();
    let twice = text.replacen(lines[9], &format!("{}\n{}", lines[9], lines[9]), 1);
    for broken in [
        text.replace("snapshot/1", "snapshot/2"),
        text.replace("\"vendor\"", "\"tenant\""),
        text.replace("\"pending\"", "\"asked\""),
        text.replace("\"level\": \"admin\", ", ""),
        text.replacen("{\n", "{\n  \"extra\": 1,\n", 1),
        text.replace("  \"members\"", "<<<<<<< HEAD\n  \"members\""),
        twice.replace("pending\" }\n", "pending\" },\n").replacen("},\n  ],", "}\n  ],", 1),
    ] {
        assert!(matches!(RecordedSnapshot::parse(&broken), Err(Damage::Format(_))), "{broken}");
    }
}
