//! Members read from the page.

use super::desk::{Desk, MEMBERS, known, vendor};
use super::site::Quirks;
use crate::support::block_on;
use crate::support::page::HttpSession;
use grantline::apply::browser::{Ground, Members, read_members};
use grantline::connector::ConnectorError;
use std::sync::Arc;

async fn read(quirks: Quirks) -> Result<Members, ConnectorError> {
    let desk = Desk::new(quirks).await;
    let mut session = HttpSession::new();
    read_members(&mut session, &desk.ground(), &desk.captures(), ("project", "marketing-site", Some("p1")))
        .await
}

#[test]
fn all_pages_of_the_table_are_read() {
    for page_size in [None, Some(1), Some(2), Some(3)] {
        let quirks = Quirks { page_size, announced: Some(3), second: true, ..Quirks::default() };
        let members = block_on(read(quirks)).unwrap();
        assert_eq!(members.sheet.header[..3], ["E-mail address", "Permission", "Status"]);
        let addresses: Vec<&str> = members.sheet.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(addresses, MEMBERS.map(|(who, ..)| who));
        assert_eq!(members.sheet.rows[1][1], "Team member");
    }
}

#[test]
fn fewer_rows_than_announced_are_no_reading() {
    let error = block_on(read(Quirks { announced: Some(4), ..Quirks::default() })).unwrap_err();
    assert!(
        matches!(&error, ConnectorError::ContractBroken { message } if message.contains("there are 4, and 3 rows")),
        "{error:?}"
    );
}

#[test]
fn pages_that_others_could_read_along_are_not_opened() {
    let ground = |base: &str| Ground::new(vendor(), Arc::new(known()), base);
    assert!(ground("https://clarity.example").is_ok() && ground("http://127.0.0.1:8080").is_ok());
    assert!(ground("http://clarity.example").unwrap_err().contains("https"));
    assert!(ground("clarity").unwrap_err().contains("URL"));
}
