//! Pages that do not look as described: a helpful message, a redacted capture, and no write.

use super::desk::{Desk, MEMBERS, PIA, change, invite, promote, remove, target};
use super::site::Quirks;
use super::{execute, stops};
use crate::support::block_on;
use crate::support::page::HttpSession;
use async_trait::async_trait;
use grantline::apply::browser::{Capture, PageError, Said, Session, Sight, Until};
use grantline::connector::ConnectorError;
use grantline::domain::{AccountId, Action, Change};

/// Stops the change before anything is asked or pressed, and gives the error.
async fn stopped(quirks: Quirks, change: &Change) -> (Desk, ConnectorError) {
    let desk = Desk::new(quirks).await;
    let error = stops(&desk, change).await;
    assert!(desk.asked().is_empty());
    (desk, error)
}

#[test]
fn a_renamed_button_is_named_with_what_is_there_instead() {
    block_on(async {
        let (desk, error) =
            stopped(Quirks { remove_is: Some("Revoke access"), ..Quirks::default() }, &remove()).await;
        let ConnectorError::ContractBroken { message } = &error else { panic!("{error:?}") };
        for part in [
            "\"Remove\" (or \"Delete\") is not in the row of pia@acme.example",
            "\"Revoke access\"",
            "Before the first step this must be so: You are an Admin of marketing-site, and not pia@acme.example.",
            "step-2.html",
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert_eq!(desk.kept().len(), 1);
    });
}

#[test]
fn a_missing_column_is_named() {
    block_on(async {
        let (_desk, error) =
            stopped(Quirks { role_is: Some("Access"), ..Quirks::default() }, &promote()).await;
        let ConnectorError::ContractBroken { message } = &error else { panic!("{error:?}") };
        assert!(message.contains("\"Role\" (or \"Permission\")") && message.contains("Access"), "{message}");
    });
}

#[test]
fn another_heading_stops() {
    block_on(async {
        let (_desk, error) =
            stopped(Quirks { heading_is: Some("Billing"), ..Quirks::default() }, &promote()).await;
        let ConnectorError::ContractBroken { message } = &error else { panic!("{error:?}") };
        assert!(message.contains("\"Billing\"") && message.contains("\"Team\" (or \"Users\")"), "{message}");
    });
}

#[test]
fn a_session_that_is_signed_out_says_how_to_sign_in() {
    block_on(async {
        let (_desk, error) = stopped(Quirks { signed_out: true, ..Quirks::default() }, &promote()).await;
        assert!(
            matches!(&error, ConnectorError::Unauthorised { message } if message.contains("`grantline login clarity`")),
            "{error:?}"
        );
    });
}

#[test]
fn a_dialog_in_the_way_is_left_to_a_person() {
    block_on(async {
        let (_desk, error) = stopped(Quirks { consent: true, ..Quirks::default() }, &promote()).await;
        assert!(
            matches!(&error, ConnectorError::Refused { message } if message.contains("\"Accept all\"")),
            "{error:?}"
        );
    });
}

#[test]
fn pages_that_lead_to_another_origin_are_not_followed() {
    block_on(async {
        let other = Desk::new(Quirks::default()).await;
        let redirect = Some(format!("{}/projects/p1/settings/team", other.site.base));
        let (_desk, error) = stopped(Quirks { redirect, ..Quirks::default() }, &remove()).await;
        let ConnectorError::Unauthorised { message } = &error else { panic!("{error:?}") };
        assert!(message.contains("led away") && message.contains(&other.site.base), "{message}");
        assert!(other.site.writes().is_empty());
    });
}

#[test]
fn a_page_that_leads_on_to_another_project_is_neither_read_nor_pressed() {
    for change in [invite(), remove()] {
        block_on(async {
            let redirect = Some("/projects/p2/settings/team".to_owned());
            let (_desk, error) = stopped(Quirks { redirect, ..Quirks::default() }, &change).await;
            let ConnectorError::ContractBroken { message } = &error else { panic!("{error:?}") };
            assert!(message.contains("/projects/p2/"), "{message}");
        });
    }
}

#[test]
fn a_window_that_goes_on_while_the_question_is_open_is_not_pressed_in() {
    block_on(async {
        let desk = Desk::new(Quirks::default()).await;
        let wanderer = Wanderer { session: HttpSession::new(), asked: false };
        let error = desk.execute_in(Box::new(wanderer), &remove()).await.unwrap_err();
        assert!(
            matches!(&error, ConnectorError::Refused { message } if message.contains("another page")),
            "{error:?}"
        );
        assert!(desk.asked().len() == 1 && desk.site.writes().is_empty());
    });
}

/// A session whose window somebody leads to another project once a question is asked.
struct Wanderer {
    session: HttpSession,
    asked: bool,
}

#[async_trait]
impl Session for Wanderer {
    async fn open(&mut self, url: &str) -> Result<(), PageError> {
        self.session.open(url).await
    }

    async fn look(&mut self, until: &Until) -> Result<Sight, PageError> {
        let mut sight = self.session.look(until).await?;
        if self.asked {
            sight.url = sight.url.replace("/p1/", "/p2/");
        }
        Ok(sight)
    }

    async fn press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError> {
        self.session.press(what, row).await
    }

    async fn can_press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError> {
        self.asked |= what.iter().any(|word| word == "Yes, remove");
        self.session.can_press(what, row).await
    }

    async fn fill(&mut self, label: &[String], value: &str) -> Result<(), PageError> {
        self.session.fill(label, value).await
    }

    async fn choose(
        &mut self,
        label: &[String],
        option: &[String],
        row: Option<&str>,
    ) -> Result<(), PageError> {
        self.session.choose(label, option, row).await
    }

    async fn capture(&mut self, keep: &[String]) -> Result<Capture, PageError> {
        self.session.capture(keep).await
    }

    async fn is_open(&mut self) -> bool {
        true
    }

    async fn close(&mut self) {
        self.session.close().await;
    }
}

#[test]
fn an_account_with_two_rows_cannot_be_told_apart() {
    block_on(async {
        let (_desk, error) = stopped(Quirks { twice: true, ..Quirks::default() }, &remove()).await;
        assert!(
            matches!(&error, ConnectorError::ContractBroken { message } if message.contains("2 rows")),
            "{error:?}"
        );
    });
}

#[test]
fn a_row_that_changes_between_the_reading_and_the_press_stops() {
    for look in [1, 2, 3] {
        block_on(async {
            let (_desk, error) =
                stopped(Quirks { moves_on: Some(look), ..Quirks::default() }, &remove()).await;
            assert!(
                matches!(&error, ConnectorError::Refused { message } if message.contains("Admin")),
                "{look}: {error:?}"
            );
        });
    }
}

#[test]
fn a_procedure_with_a_person_s_step_is_refused_before_anything_is_opened() {
    block_on(async {
        let desk = Desk::new(Quirks { signed_out: true, ..Quirks::default() }).await;
        let again = change(Action::ResendInvitation { on: Some(target()) });
        let error = execute(&desk, &again).await.unwrap_err();
        assert!(
            matches!(&error, ConnectorError::Refused { message } if message.contains("only a person")),
            "{error:?}"
        );
        assert!(desk.kept().is_empty());
    });
}

#[test]
fn ownership_is_taken_from_nobody_else_than_the_plan_says() {
    block_on(async {
        let desk = Desk::new(Quirks::default()).await;
        let from = AccountId::parse("ann@acme.example").unwrap();
        let error = execute(&desk, &change(Action::TransferOwnership { on: target(), from })).await;
        let said = error.unwrap_err().to_string();
        assert!(said.contains("hands ownership over from ann@acme.example, whom the page"), "{said}");
        assert!(desk.asked().is_empty());
    });
}

#[test]
fn a_capture_holds_no_other_person_and_no_token_and_only_its_owner_reads_it() {
    block_on(async {
        let quirks = Quirks { remove_is: Some("Revoke access"), ..Quirks::default() };
        let desk = Desk::saying(Said::Yes, quirks, &MEMBERS).await;
        stops(&desk, &remove()).await;
        stops(&desk, &remove()).await;
        let kept = desk.kept();
        let names: Vec<_> = kept.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["clarity-20261122T090000Z-step-2-2.html", "clarity-20261122T090000Z-step-2.html"]);
        let html = std::fs::read_to_string(&kept[0]).unwrap();
        assert!(html.contains(PIA) && html.contains("Revoke access"), "{html}");
        for secret in ["ann@", "bob@", "c5rf", "s3ss10n"] {
            assert!(!html.contains(secret), "{secret}: {html}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&kept[0]), mode(kept[0].parent().unwrap())), (0o600, 0o700));
        }
    });
}
