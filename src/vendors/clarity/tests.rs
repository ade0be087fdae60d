use super::*;
use crate::connector::pages::{Pages, Step};
use crate::domain::Action;
use std::collections::BTreeSet;

fn known() -> Pages {
    pages::parse(PAGES).unwrap()
}

#[test]
fn an_owner_is_an_admin_and_hands_over_to_become_one() {
    let spec = spec(&Configured::default());
    let project = spec.kind(PROJECT).unwrap();
    let [member, admin, owner] = ["member", "admin", "owner"].map(|name| Level::parse(name).unwrap());
    assert!(project.rank(&member) < project.rank(&admin) && project.rank(&admin) < project.rank(&owner));
    assert_eq!((project.exclusive(), project.below_exclusive()), (Some(&owner), Some(&admin)));
    assert!(project.is_admin(&admin) && project.is_admin(&owner) && !project.is_admin(&member));
    assert!(spec.accounts.is_empty() && spec.kind("org").is_none() && !spec.suspends);
}

#[test]
fn the_pages_are_part_of_the_declaration() {
    let spec = spec(&Configured::default());
    assert_eq!(spec.pages.as_deref(), Some(&known()));
    assert!(known().base.starts_with("https://") && !known().base.ends_with('/'));
    assert!(!PAGES.contains(FORBIDDEN.0));
}

#[test]
fn every_change_of_a_project_has_one_procedure() {
    let pages = known();
    let no_account = |word: &&str| {
        !["create-resource", "grant", "update-account", "suspend", "restore", "remove-account"].contains(word)
    };
    let wanted: BTreeSet<&str> = Action::WORDS.into_iter().filter(no_account).collect();
    let given: BTreeSet<&str> = pages.procedures.iter().map(|one| one.action.as_str()).collect();
    assert_eq!(given, wanted);
    assert_eq!(pages.procedures.len(), wanted.len());
    assert!(pages.procedures.iter().all(|one| one.kind == PROJECT));
}

#[test]
fn a_procedure_names_only_what_there_is() {
    let pages = known();
    let word = |word: &str| assert!(pages.words.contains_key(word), "no word {word}");
    for page in pages.pages.values() {
        word(&page.heading);
        page.paths.iter().for_each(|path| assert!(path.starts_with('/'), "{path}"));
    }
    for (kind, table) in &pages.tables {
        assert!(kind == PROJECT && pages.pages.contains_key(&table.page));
    }
    for step in pages.procedures.iter().flat_map(|procedure| &procedure.steps) {
        match step {
            Step::Open { page } => assert!(pages.pages.contains_key(page), "no page {page}"),
            Step::Press { what, .. } => word(what),
            Step::Fill { field, .. } | Step::Choose { field, .. } => word(field),
            Step::Expect { .. } => {}
            Step::Person { text } => panic!("a browser cannot do this: {text}"),
        }
    }
}

#[test]
fn a_procedure_writes_once_and_looks_before_and_after() {
    for procedure in known().procedures {
        let writes = |step: &Step| matches!(step, Step::Press { writes: true, .. });
        let looks = |step: &Step| matches!(step, Step::Expect { .. });
        let at: Vec<usize> = (0..procedure.steps.len()).filter(|at| writes(&procedure.steps[*at])).collect();
        let [at] = at[..] else { panic!("{} writes {} times", procedure.action, at.len()) };
        assert!(procedure.steps[..at].iter().any(looks), "{}", procedure.action);
        assert!(procedure.steps[at..].iter().any(looks), "{}", procedure.action);
    }
}

#[test]
fn templates_hold_what_a_change_can_fill() {
    let pages = known();
    let places = ["account", "name", "from", "to", "vendor", "resource", "id"];
    for text in templates(&pages) {
        for part in text.split('{').skip(1) {
            let (inside, _) = part.split_once('}').unwrap_or_else(|| panic!("unclosed: {text}"));
            let known = match inside.strip_prefix('@') {
                Some(word) => pages.words.contains_key(word),
                None => places.contains(&inside),
            };
            assert!(known, "{{{inside}}} in {text}");
        }
    }
}

/// Every template of the file.
fn templates(pages: &Pages) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for page in pages.pages.values() {
        all.extend(page.paths.iter().chain([&page.way]).cloned());
    }
    for procedure in &pages.procedures {
        all.extend(procedure.before.iter().chain([&procedure.check, &procedure.record]).cloned());
        all.extend(procedure.steps.iter().filter_map(|step| match step {
            Step::Fill { value, .. } => Some(value.clone()),
            Step::Choose { option, .. } => Some(option.clone()),
            Step::Expect { level, .. } => level.clone(),
            _ => None,
        }));
    }
    all
}

#[test]
fn a_spelling_stands_for_one_thing_alone() {
    let pages = known();
    let spellings = pages.words.values().flatten();
    let mut seen = BTreeSet::new();
    spellings.for_each(|spelling| assert!(seen.insert(spelling), "{spelling} stands twice"));
    let table = &pages.tables[PROJECT];
    let headers: Vec<&String> = table.columns.values().flatten().collect();
    assert_eq!(headers.iter().collect::<BTreeSet<_>>().len(), headers.len());
    let spec = spec(&Configured::default());
    let levels = spec.kind(PROJECT).unwrap().levels.iter().map(|level| level.name.to_string());
    assert_eq!(table.levels.keys().cloned().collect::<BTreeSet<_>>(), levels.collect());
}
