use super::*;
use scraper::{Html, Selector};

/// Every page of a tenant with an invitation under way.
const PAGES: [&str; 14] = [
    "/account",
    "/account/manage",
    "/account/manage/LIST",
    "/account/manage/LIST/invite",
    "/account/manage/LIST/jane-id",
    "/account/manage/LIST/jane-id/remove",
    "/account/manage/projects",
    "/account/manage/projects/2208394",
    "/account/manage/projects/2208394/add",
    "/account/manage/projects/2208394/people/jane-id/remove",
    "/account/content",
    "/account/profile",
    "/outbox",
    "/sign-in",
];

#[tokio::test]
async fn every_control_has_a_label_and_every_form_a_button_that_says_what_it_does() {
    for labelling in LABELLINGS {
        let (_site, mut surfer) = Site::by_hand(labelling);
        walk::Walk::of("ravi@acme.example", "", "").follow(&mut surfer, walk::WHOLE, "invite").await;
        let list = if labelling == "guided" { "members" } else { "teammates" };
        for path in PAGES {
            surfer.open(&path.replace("LIST", list)).await;
            assert_eq!(surfer.status, 200, "{path}");
            usable(&surfer.page(), path);
        }
    }
}

fn usable(page: &Html, path: &str) {
    let count = |selector: &str| page.select(&Selector::parse(selector).unwrap()).count();
    assert_eq!(count("h1"), 1, "{path}");
    assert_eq!(count("script") + count("[onclick]") + count("[tabindex]"), 0, "{path}");
    assert_eq!(count("input, select"), count("label > input, label > select"), "{path}");
    assert_eq!(count("tr form"), count("tr form[style=\"display:inline\"]"), "{path}");
    for form in page.select(&Selector::parse("form").unwrap()) {
        let buttons: Vec<String> =
            form.select(&Selector::parse("button").unwrap()).map(|button| button.text().collect()).collect();
        assert!(buttons.len() == 1 && !buttons[0].is_empty(), "{path}: {buttons:?}");
    }
}
