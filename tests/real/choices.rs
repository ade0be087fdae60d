//! What a real Chromium makes of choices that a page offers and does not take.

use super::chromium::{block_on, browser};
use grantline::apply::browser::{PageError, Session as _};
use tempfile::TempDir;

const PAGE: &str = "data:text/html,<label for=r>Role</label><select id=r><option>Owner</option>\
                    <option disabled>Member</option><option>Admin</option></select>\
                    <fieldset><legend>Notify</legend><label><input type=radio name=n>Yes</label>\
                    <label><input type=radio name=n disabled>No</label></fieldset>";

fn words(word: &str) -> Vec<String> {
    vec![word.to_owned()]
}

#[test]
fn an_option_that_is_not_taken_stops_before_anything_else_is_sent_in_its_place() {
    block_on(async {
        let folder = TempDir::new().unwrap();
        let mut session = browser(folder.path()).await;
        session.open(PAGE).await.unwrap();
        for (label, taken, refused) in [("Role", "Admin", "Member"), ("Notify", "Yes", "No")] {
            assert_eq!(session.choose(&words(label), &words(taken), None).await, Ok(()));
            let error = session.choose(&words(label), &words(refused), None).await.unwrap_err();
            assert!(matches!(&error, PageError::Blocked { .. }), "{error:?}");
        }
        session.close().await;
    });
}
