//! Recording: what a new snapshot is held against before it is stored.

use super::table;
use grantline::domain::{
    Email, Manage, Offboarding, Resource, ResourceName, Span, VendorName, VendorSettings,
};
use grantline::observe::recorded::{
    Material, Provenance, RecordError, RecordedSnapshot, Stored, Subject, load, record,
};
use grantline::workspace::MaxRemovals;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const NOW: &str = "2026-11-22T09:00:00Z";
const FILE: &str = "access/snapshots/clarity/checkout.json";

/// A workspace's folder, and the rules of its one vendor.
struct Place {
    folder: TempDir,
    settings: VendorSettings,
    provenance: Provenance,
    declared: BTreeSet<Email>,
    was_recorded: bool,
    resent: BTreeMap<Email, Timestamp>,
}

impl Place {
    fn new() -> Self {
        let resource = Resource {
            name: ResourceName::parse("checkout").unwrap(),
            kind: "clarity".into(),
            id: Some("p0d8aa".into()),
            display: None,
            manage: Manage::Authoritative,
            span: Span::default(),
        };
        let settings = VendorSettings {
            name: VendorName::parse("clarity").unwrap(),
            manage: Manage::Authoritative,
            offboarding: Offboarding::Delete,
            channel: None,
            resources: BTreeMap::from([(resource.name.clone(), resource)]),
            identity: None,
            resend_after: Duration::from_secs(1),
            provisioned_by: None,
            manage_span: Span::default(),
            span: Span::default(),
        };
        let provenance =
            Provenance { taken: time(NOW), by: "Ann".to_owned(), signed_in_as: None, smaller: None };
        Self {
            folder: tempfile::tempdir().unwrap(),
            settings,
            provenance,
            declared: BTreeSet::new(),
            was_recorded: false,
            resent: BTreeMap::new(),
        }
    }

    fn record(&self, table_text: &str) -> Result<Stored, Vec<&'static str>> {
        self.store(Material::Bytes(table_text.as_bytes()))
    }

    fn record_as(&self, resource: &str, table_text: &str) -> Result<Stored, Vec<&'static str>> {
        self.store_as(resource, Material::Bytes(table_text.as_bytes()))
    }

    fn store(&self, material: Material<'_>) -> Result<Stored, Vec<&'static str>> {
        self.store_as("checkout", material)
    }

    fn store_as(&self, resource: &str, material: Material<'_>) -> Result<Stored, Vec<&'static str>> {
        let reader = self.settings.identity.as_deref().and_then(|text| Email::parse(text).ok());
        let subject = Subject {
            root: self.folder.path(),
            vendor: &self.settings,
            resource: &self.settings.resources[resource],
            table: &table("clarity"),
            max_removals: MaxRemovals { percent: 25, at_least: 2 },
            reader: reader.as_ref(),
            declared: &self.declared,
            was_recorded: self.was_recorded,
            resent: &self.resent,
        };
        match record(&subject, material, &self.provenance, time(NOW)) {
            Ok(stored) => Ok(stored),
            Err(RecordError::Refused(refusal)) => {
                Err(refusal.problems.iter().map(|problem| problem.code).collect())
            }
            Err(RecordError::Io(error)) => panic!("{error}"),
        }
    }

    fn at(mut self, taken: &str) -> Self {
        self.provenance.taken = time(taken);
        self
    }

    fn load(&self) -> RecordedSnapshot {
        let resource = ResourceName::parse("checkout").unwrap();
        load(self.folder.path(), &self.settings.name, &resource).unwrap()
    }

    fn text(&self) -> String {
        fs::read_to_string(self.folder.path().join(FILE)).unwrap()
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A table of people who are in, by the letters of their names.
fn people(names: &str) -> String {
    let rows: String = names.chars().map(|name| format!("{name}@acme.example,Admin,Active\n")).collect();
    format!("Email,Role,Status\n{rows}")
}

#[test]
fn what_is_recorded_is_there_to_be_read() {
    let place = Place::new();
    let stored = place.record(&people("ab")).unwrap();
    assert_eq!((stored.file.as_str(), &stored.differences), (FILE, &None));
    assert_eq!(place.load(), stored.snapshot);
    assert_eq!(place.text(), stored.snapshot.to_text());
    assert!(!stored.snapshot.source.digest.ends_with(':') && stored.snapshot.source.rows == 2);
}

#[test]
fn invariant_2_a_table_that_is_much_smaller_is_refused_and_nothing_is_stored() {
    let mut place = Place::new();
    place.record(&people("abcdefgh")).unwrap();
    let before = place.text();
    assert_eq!(place.record(&people("abcde")).unwrap_err(), ["smaller"]);
    assert_eq!(place.text(), before);
    assert_eq!(place.record(&people("abcdef")).unwrap().differences.unwrap().left.len(), 2);

    place.provenance.smaller = Some("The agency left.".to_owned());
    let stored = place.record(&people("ab")).unwrap();
    assert_eq!(stored.snapshot.note.as_deref(), Some("The agency left."));
}

#[test]
fn a_table_of_strangers_is_another_resource_s() {
    let place = Place::new();
    place.record(&people("ab")).unwrap();
    assert_eq!(place.record(&people("xyz")).unwrap_err(), ["smaller"]);
    assert!(place.record(&people("axyz")).is_ok());
}

#[test]
fn time_runs_forward() {
    let place = Place::new();
    place.record(&people("ab")).unwrap();
    let earlier = place.at("2026-11-22T08:59:59Z");
    assert_eq!(earlier.record(&people("ab")).unwrap_err(), ["older"]);
    let later = earlier.at("2026-11-22T09:00:01Z");
    assert_eq!(later.record(&people("ab")).unwrap_err(), ["taken-in-future"]);
}

#[test]
fn whoever_read_the_table_is_in_it() {
    let mut place = Place::new();
    place.settings.identity = Some(Arc::from("Me@acme.example"));
    assert_eq!(place.record(&people("ab")).unwrap_err(), ["reader-not-listed"]);
    place.settings.identity = Some(Arc::from("a@acme.example"));
    place.provenance.signed_in_as = Some(Email::parse("c@acme.example").unwrap());
    assert_eq!(place.record(&people("ab")).unwrap_err(), ["reader-not-listed"]);
    place.provenance.signed_in_as = Some(Email::parse("b@acme.example").unwrap());
    assert!(place.record(&people("ab")).is_ok());
    place.settings.identity = Some(Arc::from("none"));
    assert!(place.record(&people("ab")).is_ok());
}

#[test]
fn an_invitation_is_as_old_as_it_was_first_seen() {
    let invited = |state: &str| {
        format!(
            "Email,Role,Status,Date added\na@acme.example,Admin,Active,\nb@acme.example,Member,{state},\n"
        )
    };
    let since = |place: &Place| place.load().members[1].since.map(|since| since.to_string());
    let place = Place::new().at("2026-11-20T09:00:00Z");
    place.record(&invited("Pending")).unwrap();
    assert_eq!(since(&place).as_deref(), Some("2026-11-20T09:00:00Z"));
    let place = place.at("2026-11-21T09:00:00Z");
    place.record(&invited("Invited")).unwrap();
    assert_eq!(since(&place).as_deref(), Some("2026-11-20T09:00:00Z"));
    place.record(&invited("Expired")).unwrap();
    assert_eq!(since(&place), None);
    let place = place.at("2026-11-22T09:00:00Z");
    place.record(&invited("Pending")).unwrap();
    assert_eq!(since(&place).as_deref(), Some("2026-11-22T09:00:00Z"));
}

#[test]
fn a_date_after_the_table_is_left_out_and_said_so() {
    let place = Place::new();
    let text = "Email,Role,Status,Date added\na@acme.example,Admin,Active,2027-01-01\n";
    let stored = place.record(text).unwrap();
    assert_eq!(stored.snapshot.members[0].since, None);
    assert_eq!(stored.warnings.len(), 1, "{:?}", stored.warnings);
}

#[test]
fn an_edited_snapshot_is_still_compared_with_and_a_broken_one_needs_a_word() {
    let mut place = Place::new();
    place.record(&people("abcdefgh")).unwrap();
    let path = place.folder.path().join(FILE);
    fs::write(&path, place.text().replace("h@acme", "z@acme")).unwrap();
    assert_eq!(place.record(&people("abcd")).unwrap_err(), ["smaller"]);
    assert!(place.record(&people("abcdefgh")).unwrap().warnings[0].contains("was changed after"));

    fs::write(&path, "<<<<<<< HEAD\n").unwrap();
    assert_eq!(place.record(&people("abcdefgh")).unwrap_err(), ["last-unreadable"]);
    place.provenance.smaller = Some("A merge went wrong.".to_owned());
    assert!(place.record(&people("abcdefgh")).is_ok());
}

#[test]
fn a_snapshot_of_another_project_by_the_same_name_needs_a_word() {
    let mut place = Place::new();
    place.record(&people("abcdefgh")).unwrap();
    let resource = place.settings.resources.get_mut("checkout").unwrap();
    resource.id = Some("zz99zz".into());
    assert_eq!(place.record(&people("abcdefgh")).unwrap_err(), ["last-unreadable"]);
    let path = place.folder.path().join(FILE);
    fs::write(&path, place.text().replace("h@acme", "z@acme")).unwrap();
    assert_eq!(place.record(&people("abcdefgh")).unwrap_err(), ["last-unreadable"], "edited, too");
    place.provenance.smaller = Some("The project is a new one.".to_owned());
    assert!(place.record(&people("abcd")).is_ok());
}

#[test]
fn a_snapshot_that_is_gone_needs_a_word_where_there_was_one() {
    let mut place = Place::new();
    place.was_recorded = true;
    assert_eq!(place.record(&people("ab")).unwrap_err(), ["last-unreadable"]);
    place.provenance.smaller = Some("It was deleted in a merge.".to_owned());
    let stored = place.record(&people("ab")).unwrap();
    assert!(stored.warnings[0].contains("is not there"), "{:?}", stored.warnings);
    place.provenance.smaller = None;
    assert!(place.record(&people("ab")).is_ok());
}

#[test]
fn cells_from_a_browser_are_recorded_as_such() {
    let place = Place::new();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let header = words(&["Email", "Role", "Status", ""]);
    let rows = [words(&["a@acme.example", "Admin", "Active", "Remove"])];
    let stored = place.store(Material::Rows { header: &header, rows: &rows, announced: None }).unwrap();
    assert!(stored.snapshot.to_text().contains("\"kind\": \"browser\""));
    let short = [words(&["a@acme.example", "Admin"])];
    assert_eq!(
        place.store(Material::Rows { header: &header, rows: &short, announced: None }).unwrap_err(),
        ["short-row"]
    );
}

/// The place with another project, which the page calls `Help center`.
fn two_projects() -> Place {
    let mut place = Place::new();
    let other = ResourceName::parse("help-center").unwrap();
    let twin = Resource {
        name: other.clone(),
        id: Some("q7w2er".into()),
        ..place.settings.resources["checkout"].clone()
    };
    place.settings.resources.insert(other, twin);
    place
}

fn page(title: &str, who: &str) -> String {
    format!("{title}\n{}", people(who).replace(',', "\t"))
}

#[test]
fn another_resources_page_is_not_this_one_s() {
    let place = two_projects();
    place.record(&page("Project: p0d8aa", "ab")).unwrap();
    for title in ["Project: q7w2er", "Project Q7W2ER", "Project: Help center", "Project: Help Center (beta)"]
    {
        assert_eq!(place.record(&page(title, "ab")).unwrap_err(), ["other-resource"], "{title}");
    }
    for title in [
        "Project: some other page",
        "Help center",
        "Project: Checkout\nProject: Help center",
        "Project: help",
        "Project: Help center\nP0D8AA",
    ] {
        assert!(place.record(&page(title, "ab")).is_ok(), "{title}");
    }
}

#[test]
fn a_bare_name_is_another_resource_s_where_this_one_s_is_known() {
    let mut place = two_projects();
    place.settings.resources.get_mut("checkout").unwrap().display = Some("Acme Shop".into());
    assert_eq!(place.record(&page("Help center", "ab")).unwrap_err(), ["other-resource"]);
    for title in ["Help center\nAcme shop", "Visit our help center", "Team"] {
        assert!(place.record(&page(title, "ab")).is_ok(), "{title}");
    }
    let third = Resource {
        name: ResourceName::parse("blog").unwrap(),
        ..place.settings.resources["help-center"].clone()
    };
    place.settings.resources.insert(third.name.clone(), third);
    assert!(place.record(&page("Blog\nHelp center", "ab")).is_ok(), "a list to choose from");
}

#[test]
fn one_clipboard_is_not_two_projects() {
    let place = two_projects();
    place.record_as("help-center", &people("cd")).unwrap();
    assert_eq!(place.record(&people("cd")).unwrap_err(), ["other-resource"], "the very same");
    place.record(&people("cdx")).unwrap();
    assert_eq!(place.record(&people("cd")).unwrap_err(), ["other-resource"], "somebody left");
    place.record(&page("Project: p0d8aa", "cd")).unwrap();
    place.record(&people("cd")).unwrap();

    let place = two_projects();
    place.record(&people("ab")).unwrap();
    place.record_as("help-center", &people("cd")).unwrap();
    assert_eq!(place.record(&people("cd")).unwrap_err(), ["other-resource", "smaller"]);
    place.record(&people("ac")).unwrap();
}

#[test]
fn who_should_have_access_is_not_missing_for_a_browser_unless_the_page_counts() {
    let mut place = Place::new();
    place.record(&people("abcd")).unwrap();
    place.declared = BTreeSet::from([Email::parse("b@acme.example").unwrap()]);
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let (header, text) = (cells("Email,Role,Status"), people("acd"));
    let rows: Vec<_> = text.lines().skip(1).map(cells).collect();
    let read = |announced| place.store(Material::Rows { header: &header, rows: &rows, announced });
    assert_eq!(read(None).unwrap_err(), ["declared-missing"]);
    assert_eq!(read(Some(4)).unwrap_err(), ["declared-missing"]);
    assert!(read(Some(3)).is_ok());
}

#[test]
fn who_should_have_access_must_not_be_missing() {
    let mut place = Place::new();
    place.record(&people("abcd")).unwrap();
    place.declared = ["a@acme.example", "b@acme.example"].map(|text| Email::parse(text).unwrap()).into();
    assert_eq!(place.record(&people("acd")).unwrap_err(), ["declared-missing"]);
    place.record(&people("abd")).unwrap();
    place.provenance.smaller = Some("B left by herself".to_owned());
    place.record(&people("ad")).unwrap();
}

#[cfg(unix)]
#[test]
fn nothing_is_written_or_read_outside_the_workspace() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    let refuses = |place: &Place| {
        let subject = Subject {
            root: place.folder.path(),
            vendor: &place.settings,
            resource: &place.settings.resources["checkout"],
            table: &table("clarity"),
            max_removals: MaxRemovals { percent: 25, at_least: 2 },
            reader: None,
            declared: &place.declared,
            was_recorded: false,
            resent: &place.resent,
        };
        let text = people("ab");
        record(&subject, Material::Bytes(text.as_bytes()), &place.provenance, time(NOW)).is_err()
    };
    for link in ["access", "access/snapshots", "access/snapshots/clarity", FILE] {
        let place = Place::new();
        let path = place.folder.path().join(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(outside.path(), &path).unwrap();
        assert!(refuses(&place), "{link}");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0, "{link}");
    }
    let place = Place::new();
    let elsewhere = Place::new();
    elsewhere.record(&people("ab")).unwrap();
    fs::create_dir_all(place.folder.path().join("access/snapshots/clarity")).unwrap();
    symlink(elsewhere.folder.path().join(FILE), place.folder.path().join(FILE)).unwrap();
    let resource = ResourceName::parse("checkout").unwrap();
    assert!(load(place.folder.path(), &place.settings.name, &resource).is_err());
}

#[test]
fn an_invitation_that_was_sent_again_is_as_old_as_that() {
    let jane = Email::parse("j@acme.example").unwrap();
    let rows = "Email,Role,Status\na@acme.example,Admin,Active\nj@acme.example,Team member,Pending\n";
    let since = |place: &Place| place.load().members[1].since.unwrap().to_string();
    let mut place = Place::new().at("2026-11-01T09:00:00Z");
    place.record(rows).unwrap();
    place.resent.insert(jane, time("2026-11-10T09:00:00Z"));
    place.provenance.taken = time("2026-11-09T09:00:00Z");
    place.record(rows).unwrap();
    assert_eq!(since(&place), "2026-11-01T09:00:00Z", "the table was read before");
    place.provenance.taken = time("2026-11-20T09:00:00Z");
    place.record(rows).unwrap();
    assert_eq!(since(&place), "2026-11-10T09:00:00Z");
    place.resent.clear();
    place.record(rows).unwrap();
    assert_eq!(since(&place), "2026-11-10T09:00:00Z", "it does not grow older again");
}
