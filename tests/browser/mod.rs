//! Changes through pages: what goes well, and everything that stops the work before, at and after a press.

pub(crate) mod desk;
mod reading;
pub(crate) mod site;
mod stops;
mod writes;

use crate::support::page::HttpSession;
use desk::Desk;
use grantline::connector::{ConnectorError, Receipt};
use grantline::domain::Change;

/// Carries a change out as a person would at plain pages.
async fn execute(desk: &Desk, change: &Change) -> Result<Receipt, ConnectorError> {
    desk.execute_in(Box::new(HttpSession::new()), change).await
}

/// The error of a change that must stop before anything is pressed.
async fn stops(desk: &Desk, change: &Change) -> ConnectorError {
    let error = execute(desk, change).await.unwrap_err();
    assert!(error.to_string().contains("Nothing was") && desk.site.writes().is_empty(), "{error}");
    error
}
