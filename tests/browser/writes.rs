//! What is carried out, and what is asked before.

use super::desk::{Desk, MEMBERS, PIA, change, invite, promote, remove};
use super::site::Quirks;
use super::{execute, stops};
use crate::support::block_on;
use grantline::apply::browser::Said;
use grantline::connector::ConnectorError;
use grantline::domain::{Action, Level};

#[test]
fn an_invitation_is_sent_and_read_again_in_either_labelling() {
    for second in [false, true] {
        block_on(async {
            let desk = Desk::new(Quirks { second, ..Quirks::default() }).await;
            let receipt = execute(&desk, &invite()).await.unwrap();
            assert_eq!(receipt.account.unwrap().as_str(), "zoe@acme.example");
            assert!(desk.site.members().contains(&"zoe@acme.example Admin Pending".to_owned()));
            let button = "\"Add\" (or \"Invite\")";
            let entered = "\"zoe@acme.example\" as \"Email\" (or \"E-mail address\") and \"Admin\" as \"Role\" (or \
                           \"Permission\")";
            let question = format!(
                "Invite zoe@acme.example to marketing-site (p1) at clarity as admin (presses {button}, with {entered})?"
            );
            assert_eq!(desk.asked(), [format!("zoe@acme.example is not listed | {question}")]);
            assert_eq!(*desk.shelf.0.lock().unwrap(), [4]);
            assert!(desk.kept().is_empty());
        });
    }
}

#[test]
fn a_level_is_changed_in_the_account_s_own_row() {
    for second in [false, true] {
        block_on(async {
            let members = MEMBERS.map(|(who, role, state)| {
                (who, if second && role != "Admin" { "Member" } else { role }, state)
            });
            let desk = Desk::saying(Said::Yes, Quirks { second, ..Quirks::default() }, &members).await;
            execute(&desk, &promote()).await.unwrap();
            assert_eq!(desk.site.writes(), [format!("role {PIA} Admin")]);
        });
    }
}

#[test]
fn a_removal_goes_through_the_dialog_that_the_page_asks_with() {
    block_on(async {
        let desk = Desk::new(Quirks::default()).await;
        execute(&desk, &remove()).await.unwrap();
        assert_eq!(desk.site.writes(), [format!("remove {PIA}")]);
        let question = "Remove pia@acme.example from marketing-site (p1) at clarity (presses \"Yes, remove\" (or \"Delete user\"))?";
        assert_eq!(desk.asked().len(), 1);
        assert!(desk.asked()[0].starts_with("pia@acme.example · Team member · Active"), "{:?}", desk.asked());
        assert!(desk.asked()[0].ends_with(question), "{:?}", desk.asked());
        assert_eq!(*desk.shelf.0.lock().unwrap(), [2]);
    });
}

#[test]
fn a_whole_account_is_read_again_after_its_change_too() {
    block_on(async {
        let desk = Desk::new(Quirks::default()).await;
        execute(&desk, &change(Action::RemoveAccount)).await.unwrap();
        assert_eq!(desk.site.writes(), [format!("remove {PIA}")]);
        assert_eq!(*desk.shelf.0.lock().unwrap(), [2], "the two who are left were kept");
    });
}

#[test]
fn the_account_is_found_on_a_later_page_of_the_table() {
    block_on(async {
        let desk = Desk::new(Quirks { page_size: Some(1), announced: Some(3), ..Quirks::default() }).await;
        execute(&desk, &promote()).await.unwrap();
        assert_eq!(desk.site.writes(), [format!("role {PIA} Admin")]);
    });
}

#[test]
fn who_says_no_and_who_is_not_there_changes_nothing() {
    for (says, why) in [(Said::No, "said no"), (Said::Nobody, "on a terminal")] {
        block_on(async {
            let desk = Desk::saying(says, Quirks::default(), &MEMBERS).await;
            let error = stops(&desk, &remove()).await;
            assert!(
                matches!(&error, ConnectorError::Refused { message } if message.contains(why)),
                "{error:?}"
            );
            assert_eq!(desk.asked().len(), 1);
            assert!(desk.kept().is_empty());
        });
    }
}

#[test]
fn what_happens_after_the_press_is_unknown() {
    block_on(async {
        let desk = Desk::new(Quirks { blank_after_write: true, ..Quirks::default() }).await;
        let error = execute(&desk, &remove()).await.unwrap_err();
        assert!(
            matches!(&error, ConnectorError::Unknown { message } if message.contains("pressed")),
            "{error:?}"
        );
        assert_eq!(desk.site.writes().len(), 1);
        assert_eq!(desk.kept().len(), 1);
    });
}

#[test]
fn a_change_that_the_table_does_not_show_is_no_success() {
    block_on(async {
        let desk = Desk::new(Quirks { forgetful: true, ..Quirks::default() }).await;
        let error = execute(&desk, &promote()).await.unwrap_err();
        assert!(
            matches!(&error, ConnectorError::Unknown { message } if message.contains("Team member")),
            "{error:?}"
        );
        assert_eq!(desk.site.writes().len(), 1);
    });
}

#[test]
fn a_row_that_is_not_as_planned_is_left_alone() {
    block_on(async {
        let desk = Desk::new(Quirks::default()).await;
        let mut wrong = promote();
        if let Action::ChangeLevel { from, .. } = &mut wrong.action {
            *from = Level::parse("admin").unwrap();
        }
        let error = stops(&desk, &wrong).await;
        assert!(
            matches!(&error, ConnectorError::Refused { message } if message.contains("plan")),
            "{error:?}"
        );
        let listed =
            Desk::saying(Said::Yes, Quirks::default(), &[("zoe@acme.example", "Admin", "Pending")]).await;
        assert!(matches!(stops(&listed, &invite()).await, ConnectorError::Refused { .. }));
        assert!(matches!(stops(&listed, &remove()).await, ConnectorError::Gone { .. }));
        assert!(desk.asked().is_empty() && listed.asked().is_empty());
    });
}
