//! What the pages look like: both labellings, and each way of not looking like that.

use super::*;
use crate::connector::pages::{self, Pages};
use crate::vendors::clarity::PAGES;

fn known() -> Pages {
    pages::parse(PAGES).unwrap()
}

fn quirk(quirks: Value) -> Site {
    Site::start(&company_with(json!({ "quirks": quirks })))
}

#[tokio::test]
async fn both_labellings_are_described() {
    let pages = known();
    for labelling in ["documented", "guided"] {
        let mut site = Site::start(&company_with(json!({ "labelling": labelling })));
        site.invites("new@acme.example", "member").await;
        site.sign_in("olga@acme.example").await;
        let knows = |word: &str, text: &str| assert!(pages.spellings(word).contains(&text), "{word}: {text}");
        let all_known = |words: &[&str], texts: &[String]| {
            assert_eq!(words.len(), texts.len(), "{texts:?}");
            words.iter().zip(texts).for_each(|(word, text)| knows(word, text));
        };
        let (page, path) = (&pages.pages["members"], site.members());
        assert!(page.paths.iter().any(|known| known.replace("{id}", "k3") == path), "{path}");
        let list = site.list().await;
        knows(&page.heading, &list.heading());
        let (columns, rows) = list.table();
        let table = &pages.tables["project"];
        for header in &columns {
            assert!(table.columns.values().flatten().any(|known| known == header), "{header}");
        }
        assert_eq!(columns.len(), table.columns.len());
        let is_known = |cell: &String| table.levels.values().flatten().any(|known| known == cell);
        assert!(rows.iter().all(|row| row.iter().filter(|cell| is_known(cell)).count() == 1), "{rows:?}");
        knows("add", &list.all("main > form button")[0]);
        all_known(&["save", "remove", "transfer"], &list.buttons("jane@acme.example"));
        all_known(&["resend", "cancel"], &list.buttons("new@acme.example"));
        let add = site.page(&format!("{path}/add")).await;
        all_known(&["email", "role"], &add.all("label"));
        knows("send", &add.all("main button")[0]);
        let confirm = site.page(&format!("{path}/jane@acme.example/remove")).await;
        knows("confirm-removal", &confirm.all("main button")[0]);
        assert_eq!(site.get(&format!("{PROJECT}/settings/{labelling}")).await.status(), 404);
    }
}

#[tokio::test]
async fn the_labellings_differ() {
    let documented = Site::start(&company());
    let guided = Site::start(&company_with(json!({ "labelling": "guided" })));
    assert_eq!(documented.list().await.standing("jane@acme.example"), stands("Team member", "Active"));
    assert_eq!(guided.list().await.standing("jane@acme.example"), stands("Member", "Active"));
    assert_eq!(guided.list().await.heading(), "Users");
    assert_eq!(guided.get(&documented.members()).await.status(), 404);
}

#[tokio::test]
async fn pages_are_whole_without_scripts_and_every_field_has_a_label() {
    let mut site = Site::start(&company());
    site.invites("new@acme.example", "member").await;
    let list = site.members();
    let mut paths = vec![format!("{list}/add"), format!("{list}/jane@acme.example/remove"), list];
    paths.extend(["/", "/outbox", "/sign-in", PROJECT].map(str::to_owned));
    for path in paths {
        let page = site.page(&path).await;
        page.heading();
        assert!(!page.text.contains("<script") && !page.text.contains("<b>Doe"), "{path}");
        let fields = Selector::parse("input:not([type=hidden]), select").unwrap();
        for field in page.html.select(&fields) {
            let label = format!("label[for=\"{}\"]", field.attr("id").unwrap());
            assert_eq!(page.all(&label).len(), 1, "{path}: {label}");
        }
        let buttons = Selector::parse("main button").unwrap();
        assert!(page.html.select(&buttons).all(|button| !words(button).is_empty()), "{path}");
    }
}

#[tokio::test]
async fn controls_are_left_out_of_what_is_copied() {
    let page = Site::start(&company()).list().await;
    let controls = Selector::parse("table form").unwrap();
    for form in page.html.select(&controls) {
        let cell =
            form.ancestors().filter_map(ElementRef::wrap).find(|one| one.value().name() == "td").unwrap();
        assert_eq!(cell.attr("style"), Some("user-select:none"));
    }
}

#[tokio::test]
async fn a_renamed_button_has_lost_its_word() {
    let list = quirk(json!({ "renamed_button": "Remove" })).list().await;
    assert_eq!(list.buttons("jane@acme.example"), ["Save", "Proceed"]);
    let site = quirk(json!({ "renamed_button": "Add" }));
    let add = site.page(&format!("{}/add", site.members())).await;
    assert_eq!(add.all("main button")[0], "Proceed");
    assert!(site.list().await.all("button").contains(&"Add team member".to_owned()));
}

#[tokio::test]
async fn a_missing_column_is_missing_with_its_cells() {
    let (columns, rows) = quirk(json!({ "missing_column": "Status" })).list().await.table();
    assert_eq!(columns, ["Email", "Name", "Role", "Date added"]);
    assert_eq!(rows[2], ["jane@acme.example", "Jane <b>Doe</b>", "Team member", "2026-01-05"]);
}

#[tokio::test]
async fn a_question_lies_over_everything_until_it_is_answered() {
    let mut site = quirk(json!({ "consent_dialog": true }));
    let list = site.list().await;
    assert!(list.all("dialog[open]")[0].starts_with("We value your privacy"));
    assert_eq!(list.all("body > [inert]").len(), 2);
    assert_eq!(list.all("body > :not([inert])").len(), 1);
    assert_eq!(list.all("dialog button"), ["Accept all"]);
    let back = site.members();
    assert_eq!(site.post("/consent", &[("back", &back)]).await.headers()["location"], *back);
    let list = site.list().await;
    assert!(list.all("dialog").is_empty() && list.all("[inert]").is_empty());
}

#[tokio::test]
async fn a_signed_out_session_asks_everybody_until_they_sign_in() {
    let mut site = quirk(json!({ "signed_out": true }));
    let page = site.page(&site.members()).await;
    assert_eq!(page.heading(), "Sign in to Clarity");
    assert!(known().signed_out.iter().any(|word| page.all("main").join(" ").contains(word)));
    site.sign_in("tom@acme.example").await;
    assert_eq!(site.list().await.heading(), "Team");
}

#[tokio::test]
async fn a_page_in_use_does_not_look_like_a_sign_in_or_a_question() {
    let pages = known();
    let site = Site::start(&company());
    for path in ["/".to_owned(), site.members()] {
        let text = site.page(&path).await.all("body").join(" ");
        let words = pages.signed_out.iter().chain(&pages.in_the_way);
        assert!(words.clone().all(|word| !text.contains(word)), "{text}");
    }
}

#[tokio::test]
async fn noise_changes_the_markup_and_not_what_is_seen() {
    let [plain, noisy] = [json!({}), json!({ "html_noise": true })].map(quirk);
    let (plain, noisy) = (plain.list().await, noisy.list().await);
    assert!(noisy.table() == plain.table() && noisy.heading() == plain.heading());
    assert_eq!(noisy.buttons("jane@acme.example"), plain.buttons("jane@acme.example"));
    assert!(noisy.all("[hidden] button").contains(&"Remove".to_owned()));
    assert!(noisy.all("td > span > span").contains(&"tom@acme.example".to_owned()));
}

#[tokio::test]
async fn a_running_page_can_change() {
    let site = Site::start(&company());
    site.emulator.change_vendor(|vendor| vendor["quirks"]["missing_column"] = json!("Role"));
    assert!(!site.list().await.table().0.contains(&"Role".to_owned()));
}
