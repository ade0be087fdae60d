use super::*;
use crate::connector::Leaving;
use crate::connector::pages::{ACCOUNT, Procedure, Step};
use crate::domain::Due;
use crate::vendors::Registry;
use crate::workspace::load_files;
use std::collections::BTreeSet;

fn known() -> Pages {
    pages::parse(PAGES).unwrap()
}

fn by_hand() -> Spec {
    spec(&Configured { without_api: true, ..Configured::default() })
}

fn names(spec: &Spec, kind: &str) -> Vec<String> {
    spec.kind(kind).unwrap().levels.iter().map(|level| level.name.to_string()).collect()
}

#[test]
fn projects_are_a_persons_work_and_teams_are_not() {
    let spec = spec(&Configured::default());
    assert_eq!(spec.kind(PROJECT).unwrap().access, BY_HAND);
    assert!(!spec.kind(PROJECT).unwrap().readable);
    assert_eq!(spec.kind("team").unwrap().access, [Channel::Api]);
    assert_eq!(names(&spec, "org"), ["member"]);
}

#[test]
fn without_an_api_all_is_done_by_hand_and_teams_are_not_there() {
    let spec = by_hand();
    assert_eq!((spec.accounts, spec.suspends, spec.resends), (BY_HAND, false, false));
    let org = spec.kind("org").unwrap();
    assert_eq!((org.access, org.joining, org.custom_levels), (BY_HAND, Joining::Grant, true));
    assert_eq!(names(&spec, "org"), LEVELS);
    let admin = Level::parse("admin").unwrap();
    assert!(org.keeps_one && org.is_admin(&admin));
    assert_eq!(spec.kinds.iter().map(|kind| kind.name).collect::<Vec<_>>(), ["org", PROJECT]);
}

#[test]
fn project_levels_are_a_ladder() {
    let project = project_kind();
    let rank = |name: &str| project.rank(&Level::parse(name).unwrap());
    assert!(rank("read-only") < rank("consumer") && rank("architect") < rank("admin"));
    assert_eq!(rank("auditor"), None);
}

#[test]
fn a_removal_leaves_the_steps_of_the_guides_and_revoking_a_project_fewer() {
    let codes = |on: Leaving, due: Due| -> Vec<&str> {
        OBLIGATIONS.iter().filter(|one| one.on == on && one.due == due).map(|one| one.code).collect()
    };
    assert_eq!(
        codes(Leaving::Account, Due::Before),
        ["document-state", "hand-over-content", "hand-over-integrations"]
    );
    assert_eq!(
        codes(Leaving::Account, Due::After),
        [
            "rotate-tokens",
            "verify-tokens-401",
            "remove-from-identity-provider",
            "verify-gone",
            "document-state-after",
            "notify",
            "keep-evidence",
        ]
    );
    let project = Leaving::Access(PROJECT);
    assert_eq!(
        (codes(project, Due::Before), codes(project, Due::After)),
        (vec!["hand-over-content"], vec!["verify-gone"])
    );
    assert!(OBLIGATIONS.iter().all(|one| one.text.ends_with(['.', '"']) && !one.text.contains("  ")));
}

/// What a person or a browser may be asked to do, as kind and action.
fn wanted(spec: &Spec) -> BTreeSet<(&'static str, &'static str)> {
    let by_hand = |channels: Channels| channels.contains(&Channel::Runbook);
    let accounts = ["invite", "cancel-invitation", "update-account", "remove-account"];
    let of_accounts = accounts.iter().filter(|_| by_hand(spec.accounts)).map(|action| (ACCOUNT, *action));
    let kinds = spec.kinds.iter().filter(|kind| by_hand(kind.access));
    let of_kinds =
        kinds.flat_map(|kind| ["grant", "change-level", "revoke"].map(|action| (kind.name, action)));
    of_accounts.chain(of_kinds).collect()
}

#[test]
fn everything_that_a_person_can_be_asked_to_do_has_a_procedure() {
    for spec in [spec(&Configured::default()), by_hand()] {
        let pages = spec.pages.as_ref().unwrap();
        let mut given: BTreeSet<_> =
            pages.procedures.iter().map(|one| (one.kind.as_str(), one.action.as_str())).collect();
        assert_eq!(given.len(), pages.procedures.len(), "two procedures for one change");
        for action in ["suspend", "restore"] {
            assert_eq!(given.remove(&(ACCOUNT, action)), spec.accounts == BY_HAND);
        }
        assert_eq!(given, wanted(&spec));
    }
}

#[test]
fn with_scim_on_no_page_adds_or_removes_anybody() {
    let spec = spec(&Configured::default());
    let pages = spec.pages.unwrap();
    assert!(pages.procedure(ACCOUNT, "invite").is_none() && pages.procedure("org", "revoke").is_none());
    assert_eq!(pages.tables.keys().collect::<Vec<_>>(), [PROJECT]);
    assert_eq!(by_hand().pages.as_deref(), Some(&known()));
}

fn is_a_persons(procedure: &Procedure) -> bool {
    procedure.steps.iter().all(|step| matches!(step, Step::Person { .. }))
}

#[test]
fn a_procedure_writes_once_and_looks_before_and_after_or_is_a_persons_alone() {
    for procedure in known().procedures.iter().filter(|one| !is_a_persons(one)) {
        let label = (&procedure.kind, &procedure.action);
        let steps = &procedure.steps;
        let writes = |step: &Step| matches!(step, Step::Press { writes: true, .. });
        let at: Vec<usize> = (0..steps.len()).filter(|at| writes(&steps[*at])).collect();
        let [at] = at[..] else { panic!("{label:?} writes {} times", at.len()) };
        let looks = |step: &Step| matches!(step, Step::Expect { .. });
        assert!(steps[..at].iter().any(looks) && steps[at..].iter().any(looks), "{label:?}");
        assert!(!steps.iter().any(|step| matches!(step, Step::Person { .. })), "{label:?}");
    }
    let by_hand: Vec<_> =
        known().procedures.into_iter().filter(is_a_persons).map(|procedure| procedure.action).collect();
    assert_eq!(by_hand, ["update-account", "suspend", "restore"]);
}

#[test]
fn a_procedure_names_only_what_there_is() {
    let pages = known();
    let word = |word: &str| assert!(pages.words.contains_key(word), "no word {word}");
    for page in pages.pages.values() {
        word(&page.heading);
        page.paths.iter().for_each(|path| assert!(path.starts_with('/'), "{path}"));
    }
    assert!(pages.tables.values().all(|table| pages.pages.contains_key(&table.page)));
    for step in pages.procedures.iter().flat_map(|procedure| &procedure.steps) {
        match step {
            Step::Open { page } => assert!(pages.pages.contains_key(page), "no page {page}"),
            Step::Press { what, .. } => word(what),
            Step::Fill { field, .. } | Step::Choose { field, .. } => word(field),
            Step::Expect { .. } | Step::Person { .. } => {}
        }
    }
}

/// Every template, with what its change can fill in.
fn templates(pages: &Pages) -> Vec<(&str, Vec<&'static str>)> {
    let mut all = Vec::new();
    for (name, page) in &pages.pages {
        let values = match name.as_str() {
            "project" => vec!["id"],
            "teammate" => vec!["account"],
            _ => vec![],
        };
        all.extend(page.paths.iter().chain([&page.way]).map(|text| (text.as_str(), values.clone())));
    }
    for procedure in &pages.procedures {
        let mut values = vec!["account", "name", "vendor"];
        values.extend(if procedure.kind == ACCOUNT { [].iter() } else { ["resource", "id"].iter() });
        values.extend(match procedure.action.as_str() {
            "grant" => [].iter().chain(&["to"]),
            "change-level" => ["from"].iter().chain(&["to"]),
            "revoke" => ["from"].iter().chain(&[]),
            _ => [].iter().chain(&[]),
        });
        let texts = procedure.before.iter().chain([&procedure.check, &procedure.record]);
        let steps = procedure.steps.iter().filter_map(|step| match step {
            Step::Fill { value, .. } => Some(value),
            Step::Choose { option, .. } => Some(option),
            Step::Expect { level, .. } => level.as_ref(),
            Step::Person { text } => Some(text),
            _ => None,
        });
        all.extend(texts.chain(steps).map(|text| (text.as_str(), values.clone())));
    }
    all
}

#[test]
fn templates_hold_what_a_change_can_fill() {
    let pages = known();
    for (text, values) in templates(&pages) {
        for part in text.split('{').skip(1) {
            let (inside, _) = part.split_once('}').unwrap_or_else(|| panic!("unclosed: {text}"));
            let known = match inside.strip_prefix('@') {
                Some(word) => pages.words.contains_key(word),
                None => values.contains(&inside),
            };
            assert!(known, "{{{inside}}} in {text}");
        }
    }
}

#[test]
fn a_spelling_stands_for_one_thing_alone() {
    let pages = known();
    let mut seen = BTreeSet::new();
    pages.words.values().flatten().for_each(|one| assert!(seen.insert(one), "{one} stands twice"));
    for table in pages.tables.values() {
        let headers: Vec<_> = table.columns.values().flatten().collect();
        assert_eq!(headers.iter().collect::<BTreeSet<_>>().len(), headers.len());
        assert_eq!(table.levels.keys().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(LEVELS));
    }
    assert_eq!(pages.words["lowest-role"], pages.tables["org"].levels["read-only"]);
}

#[test]
fn a_project_s_table_has_neither_states_nor_dates() {
    let foreign = &known().tables[PROJECT].foreign;
    assert_eq!(*foreign, ["Created", "Date added", "State", "Status"]);
    assert!(known().tables["org"].foreign.is_empty());
}

/// What is wrong with a workspace that has Heap, configured by these lines.
fn wrong(lines: &str) -> Vec<&'static str> {
    let text = format!(
        "workspace: {{ name: acme }}\nvendors:\n  heap:\n    connector: heap\n    manage: authoritative\n{lines}\
         users:\n  jane: {{ email: jane@acme.example, grants: {{ heap/main: analyst, heap/org: LEVEL }} }}\n"
    );
    let level = if lines.contains("    url:") { "member" } else { "campaign-viewer" };
    let files = vec![("access/all.yaml".to_owned(), text.replace("LEVEL", level).into_bytes())];
    let loaded = load_files(files, &Registry, "2026-11-22T09:00:00Z".parse().unwrap());
    loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn a_workspace_needs_no_url_for_the_pages_and_a_credential_needs_one() {
    let main = "    resources: { main: { kind: project, id: \"2208394\" } }\n";
    let none: [&str; 0] = [];
    assert_eq!(wrong(main), none);
    assert_eq!(wrong(&format!("    pages: {{ url: emulator }}\n    channel: browser\n{main}")), none);
    assert_eq!(wrong(&format!("    url: emulator\n{main}")), none);
    assert_eq!(wrong(&format!("    token: {{ env: HEAP }}\n{main}")), ["missing-key", "unknown-level"]);
    let team = main.replace("{ main:", "{ growth: { kind: team, name: Growth }, main:");
    assert_eq!(wrong(&team), ["unknown-kind"]);
}
