use super::super::labels::Labels;
use super::super::organisation::{Labelling, Quirks};
use super::walk::{WHOLE, Walk};
use super::*;
use crate::connector::pages;

const JANE_MAIL: &str = "jane@acme.example";

fn quirky(labelling: &str, quirk: &str) -> (Site, Surfer) {
    let site = Site::of(&json!({ "scim": "off", "labelling": labelling, "quirks": { quirk: true } }));
    let surfer = Surfer::new(site.emulator.origin());
    (site, surfer)
}

fn known() -> pages::Pages {
    pages::parse(include_str!("../../pages.yaml")).unwrap()
}

/// Whether the page shows any of these words.
fn shows_any(surfer: &Surfer, words: &[String]) -> bool {
    words.iter().any(|word| surfer.shows(word))
}

#[tokio::test]
async fn the_operator_is_signed_in_until_they_sign_out() {
    for labelling in LABELLINGS {
        let (site, mut surfer) = Site::by_hand(labelling);
        surfer.open("/").await;
        assert!(surfer.shows("Signed in as Grantline."));
        surfer.press(&["Sign out"], None).await;
        for path in ["/account/manage/projects/2208394", "/account/manage/teammates.csv", "/account/profile"]
        {
            surfer.open(path).await;
            assert!(shows_any(&surfer, &known().signed_out) && !surfer.shows("@"), "{path}");
        }
        surfer.fill(&["E-mail", "Email"], "stranger@acme.example");
        surfer.press(&["Continue"], None).await;
        assert_eq!(surfer.status, 422);
        surfer.fill(&["E-mail", "Email"], "Jane@acme.example");
        surfer.press(&["Continue"], None).await;
        assert!(surfer.row(JANE_MAIL).is_some());
        assert!(site.effects().is_empty());
    }
}

#[tokio::test]
async fn only_a_person_changes_their_own_name() {
    let (site, mut surfer) = Site::by_hand("documented");
    surfer.open("/account/profile").await;
    surfer.fill(&["Name"], "Robot");
    surfer.press(&["Save"], None).await;
    assert_eq!(site.effects(), ["teammate svc@acme.example: name Grantline -> Robot"]);
    surfer.open("/").await;
    assert_eq!(surfer.row("svc@acme.example").unwrap()["Name"], "Robot");
}

#[tokio::test]
async fn a_signed_out_site_asks_and_changes_nothing() {
    for labelling in LABELLINGS {
        let (site, mut surfer) = quirky(labelling, "signed_out");
        surfer.open("/account/manage/projects/2208394").await;
        assert!(shows_any(&surfer, &known().signed_out));
        let sent = site.post(&format!("{JANE}/role"), "role", "admin").await;
        assert_eq!(sent.headers()["location"], "/sign-in");
        assert!(site.effects().is_empty());
        surfer.fill(&["E-mail", "Email"], JANE_MAIL);
        surfer.press(&["Continue"], None).await;
        Walk::of(JANE_MAIL, "consumer", "analyst").follow(&mut surfer, "project", "change-level").await;
    }
}

#[tokio::test]
async fn a_question_lies_over_every_page_until_it_is_answered() {
    for labelling in LABELLINGS {
        let (_site, mut surfer) = quirky(labelling, "consent_dialog");
        for path in ["/", "/account/manage/projects/2208394", "/account/content"] {
            surfer.open(path).await;
            assert!(shows_any(&surfer, &known().in_the_way), "{path}");
            assert!(surfer.html.contains("role=\"dialog\" aria-modal=\"true\""));
        }
        surfer.press(&["Accept"], None).await;
        assert!(!shows_any(&surfer, &known().in_the_way));
    }
}

#[tokio::test]
async fn a_renamed_button_is_one_that_nobody_has_described() {
    for labelling in LABELLINGS {
        let (site, mut surfer) = quirky(labelling, "renamed_button");
        let pages = known();
        let described = |words: &[&str]| -> Vec<String> {
            words.iter().flat_map(|word| pages.words[*word].clone()).collect()
        };
        let described = described(&["save", "send", "add", "confirm-removal", "cancel"]);
        let described: Vec<&str> = described.iter().map(String::as_str).collect();
        for (kind, action, account) in [
            ("project", "grant", "svc@acme.example"),
            ("project", "change-level", JANE_MAIL),
            ("project", "revoke", JANE_MAIL),
            (WHOLE, "invite", "ravi@acme.example"),
            (WHOLE, "remove-account", JANE_MAIL),
        ] {
            let walk = Walk::of(account, "consumer", "analyst");
            walk.follow_to_the_write(&mut surfer, kind, action).await;
            assert!(!surfer.offers(&described, None), "{kind} {action}");
            assert!(surfer.offers(&["Proceed"], None), "{kind} {action}");
        }
        assert!(site.effects().is_empty());
    }
}

#[tokio::test]
async fn a_missing_column_is_the_one_with_the_roles() {
    for labelling in LABELLINGS {
        let (_site, mut surfer) = quirky(labelling, "missing_column");
        let level = &known().tables["org"].columns[&pages::Column::Level];
        for path in ["/", "/account/manage/projects/2208394"] {
            surfer.open(path).await;
            let row = surfer.row(JANE_MAIL).unwrap();
            assert!(row.keys().all(|header| !level.contains(header) && header != "Project role"), "{row:?}");
            let actions = &row["Actions"];
            assert!(
                actions.contains("Save") || actions.contains("Update"),
                "the columns are shifted: {row:?}"
            );
        }
    }
}

#[test]
fn the_pages_say_nothing_that_the_data_does_not_know() {
    let pages = known();
    let labels = |labelling| Labels::of(labelling, Quirks::default());
    for (spelling, labels) in [labels(Labelling::Documented), labels(Labelling::Guided)].iter().enumerate() {
        for (word, label) in [
            ("members", labels.people),
            ("invite", labels.add_person),
            ("send", labels.send),
            ("email", labels.email),
            ("save", labels.save),
            ("remove", labels.remove),
            ("confirm-removal", labels.confirm),
            ("cancel", labels.cancel_invitation),
            ("project", labels.project),
            ("add-to-project", labels.add_to_project),
            ("add", labels.add),
            ("profile", labels.person),
            ("export", labels.export),
            ("role", labels.organisation_role),
        ] {
            assert_eq!(pages.words[word][spelling], label);
        }
        assert_eq!(pages.signed_out[spelling], labels.sign_in);
        assert_eq!(pages.in_the_way[spelling], labels.privacy);
        assert!(pages.words["role"].iter().any(|word| word == labels.project_role));
    }
}
