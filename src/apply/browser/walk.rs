//! Carries out one procedure for one change, step by step, and stops where anything is not as expected.

use super::asking::Asking;
use super::fault::{quote, quoted};
use super::ground::{Ground, Stop};
use super::members::{MOST_PAGES, Members, Place, entry, next, open, read, the_table};
use super::sheet::Entry;
use super::{Question, Session, Sight, Until};
use crate::connector::pages::words::{Fill, account, called, levels, render, spellings};
use crate::connector::pages::{ACCOUNT, Procedure, RowState, Step, Table};
use crate::domain::{Action, Change};
use crate::net::neutral;

/// The one level whose name is known here: every vendor with ownership calls it so.
const OWNER: &str = "owner";

/// As much of a row as a question shows.
const LONGEST: usize = 200;

/// As much of one sentence about what must be so before.
const LONGEST_BEFORE: usize = 400;

/// One change on its way through the pages.
pub(super) struct Walk<'a> {
    session: &'a mut dyn Session,
    ground: &'a Ground,
    asking: Asking<'a>,
    change: &'a Change,
    fill: Fill<'a>,
    /// Whose row is read; none for a change that is about no account.
    account: String,
    table: Option<&'a Table>,
    /// The account's row as it was last read; none where it is not listed.
    row: Option<Entry>,
    /// What was typed and chosen since the page was opened: a question tells it, because it is what a press sends.
    entered: Vec<String>,
    /// Whether something was pressed that changes the vendor.
    pub(super) wrote: bool,
    /// The number of the step under way, from 1; 0 before the first.
    pub(super) step: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        session: &'a mut dyn Session,
        ground: &'a Ground,
        asking: Asking<'a>,
        change: &'a Change,
    ) -> Self {
        let fill = Fill::of(&ground.pages, change);
        let table = ground.pages.tables.get(kind(change));
        let account = account(change).unwrap_or_default().to_owned();
        let (row, entered) = (None, Vec::new());
        Self { session, ground, asking, change, fill, account, table, row, entered, wrote: false, step: 0 }
    }

    /// Carries the procedure out, and reads the table again where the vendor has one.
    pub(super) async fn run(&mut self, procedure: &Procedure) -> Result<Option<Members>, Stop> {
        let members = self.read_row().await?;
        self.expect_as_planned()?;
        self.expect_owner(members.as_ref())?;
        self.expect_room(procedure, members.as_ref())?;
        for step in &procedure.steps {
            self.step += 1;
            self.take(step).await?;
        }
        self.step += 1;
        self.read_row().await
    }

    /// What must be so before the first step, with a blank before it: some buttons are shown to some people alone.
    pub(super) fn before(&self, procedure: &Procedure) -> String {
        let said = |template: &String| self.spellings(template).ok()?.into_iter().next();
        let said: Vec<String> =
            procedure.before.iter().filter_map(said).map(|text| neutral(&text, LONGEST_BEFORE)).collect();
        match said.is_empty() {
            true => String::new(),
            false => format!(" Before the first step this must be so: {}", said.join(" ")),
        }
    }

    /// The session, to capture what is on the page when the walk stopped.
    pub(super) fn session(&mut self) -> &mut dyn Session {
        self.session
    }

    /// Reads the whole table, where there is one, and the account's row in it.
    async fn read_row(&mut self) -> Result<Option<Members>, Stop> {
        let Some(table) = self.table else { return Ok(None) };
        let members = read(self.session, self.ground, place(self.change)).await?;
        self.row = entry(&members.sheet, table, &self.account)?;
        Ok(Some(members))
    }

    /// Stops where the vendor takes no further invitation, however many were pending when the plan was made.
    fn expect_room(&self, procedure: &Procedure, members: Option<&Members>) -> Result<(), Stop> {
        let (Some(below), Some(table), Some(members)) = (procedure.pending_below, self.table, members) else {
            return Ok(());
        };
        let pending = members.sheet.pending(table);
        if pending < below {
            return Ok(());
        }
        Err(Stop::Moved(format!(
            "{pending} invitations are pending on the page, and at most {below} may be: one more might never be sent. Wait \
             until some are accepted, and make a new plan."
        )))
    }

    /// Stops where the page shows another state than the one that the plan was made from.
    fn expect_as_planned(&self) -> Result<(), Stop> {
        let Some(table) = self.table else { return Ok(()) };
        let account = &self.account;
        let moved = |row: &Entry| {
            Err(Stop::Moved(format!(
                "The plan does not expect what the page shows of {account} ({}). Make a new plan.",
                quote(&row.text)
            )))
        };
        let invited = |row: &Entry| matches!(row.state, Some(RowState::Expired | RowState::Declined));
        let without = |row: &Entry| row.is_at(&table.none);
        match (&self.change.action, &self.row) {
            (Action::CreateResource { .. }, _) => Ok(()),
            (Action::Invite { .. } | Action::Grant { .. }, None) => Ok(()),
            (Action::Invite { .. }, Some(row)) if invited(row) || without(row) => Ok(()),
            (Action::Grant { .. }, Some(row)) if without(row) => Ok(()),
            (_, None) => Err(Stop::Gone(format!("The page does not list {account}. Make a new plan."))),
            (Action::ResendInvitation { .. } | Action::CancelInvitation { .. }, Some(row)) => {
                if row.state == Some(RowState::Active) { moved(row) } else { Ok(()) }
            }
            (Action::ChangeLevel { from, .. } | Action::Revoke { from, .. }, Some(row)) => {
                let same = row.is_at(&levels(self.fill.pages, self.fill.kind, from.as_str()))
                    || row.level == from.as_str();
                if same && row.state == Some(RowState::Active) { Ok(()) } else { moved(row) }
            }
            (Action::TransferOwnership { .. }, Some(row)) if row.state != Some(RowState::Active) => {
                moved(row)
            }
            (Action::Invite { .. } | Action::Grant { .. }, Some(row)) => moved(row),
            _ => Ok(()),
        }
    }

    /// Stops where ownership would be taken from somebody else than the plan says.
    fn expect_owner(&self, members: Option<&Members>) -> Result<(), Stop> {
        let (Action::TransferOwnership { from, .. }, Some(table), Some(members)) =
            (&self.change.action, self.table, members)
        else {
            return Ok(());
        };
        let owner = entry(&members.sheet, table, from.as_str())?;
        let called = table.levels.get(OWNER).cloned().unwrap_or_else(|| vec![OWNER.to_owned()]);
        if owner.is_some_and(|row| row.is_at(&called)) {
            return Ok(());
        }
        Err(Stop::Moved(format!(
            "The plan hands ownership over from {}, whom the page does not show as the owner. Make a new plan.",
            neutral(from.as_str(), LONGEST)
        )))
    }

    async fn take(&mut self, step: &Step) -> Result<(), Stop> {
        // Opening a page looks at it once it is there; what was on the page before does not matter.
        if !matches!(step, Step::Open { .. }) {
            self.look(&Until::Now).await?;
        }
        match step {
            Step::Open { page } => {
                self.entered.clear();
                open(self.session, self.ground, &self.fill, page).await?;
            }
            Step::Press { what, row, writes } => {
                let what = self.called(what)?;
                let row = self.row_of(*row).await?;
                if *writes {
                    return self.write(&what, row.as_deref()).await;
                }
                self.session.press(&what, row.as_deref()).await?;
            }
            Step::Fill { field, value } => {
                let (field, value) = (self.called(field)?, self.spellings(value)?);
                let value = value.first().map_or("", String::as_str);
                self.session.fill(&field, value).await?;
                self.entered.push(format!("{} as {}", quote(value), quoted(&field)));
            }
            Step::Choose { field, option, row } => {
                let (field, option) = (self.called(field)?, self.spellings(option)?);
                let row = self.row_of(*row).await?;
                self.session.choose(&field, &option, row.as_deref()).await?;
                self.entered.push(format!("{} as {}", quoted(&option), quoted(&field)));
            }
            Step::Expect { level, state, gone } => {
                return self.expect(level.as_deref(), *state, *gone).await;
            }
            Step::Person { text } => {
                return Err(Stop::Against(format!("Only a person can do this step: {}.", quote(text))));
            }
        }
        self.look(&Until::Now).await.map(drop)
    }

    /// Looks at the page, and stops where the work may not go on.
    async fn look(&mut self, until: &Until) -> Result<Sight, Stop> {
        let sight = self.session.look(until).await?;
        self.ground.check(&sight)?;
        Ok(sight)
    }

    /// Presses what changes the vendor, once the operator has said yes to what is on the page at that moment.
    async fn write(&mut self, what: &[String], row: Option<&str>) -> Result<(), Stop> {
        let place = self.expect_unmoved().await?;
        self.session.can_press(what, row).await?;
        let question = self.question(what);
        self.asking.ask(&question).await?;
        // An answer may take long, and the page may have changed under it, or have become another resource's.
        if self.expect_unmoved().await? != place {
            return Err(Stop::Moved(
                "The window went on to another page while the question was open. Plan again.".to_owned(),
            ));
        }
        match self.session.press(what, row).await {
            Ok(()) => (self.wrote, self.entered) = (true, Vec::new()),
            Err(error) => {
                self.wrote |= !error.is_harmless();
                return Err(error.into());
            }
        }
        self.look(&Until::Now).await.map(drop)
    }

    /// Where the window is. Stops where the page shows the account's row and it is not as it was read. A dialog's page
    /// shows none.
    async fn expect_unmoved(&mut self) -> Result<String, Stop> {
        let sight = self.look(&Until::Now).await?;
        let Some(table) = self.table.filter(|_| !self.wrote) else { return Ok(sight.url) };
        let Ok(sheet) = the_table(&sight, table) else { return Ok(sight.url) };
        match (entry(sheet, table, &self.account)?, &self.row) {
            (Some(now), Some(row)) if now.level == row.level && now.state == row.state => Ok(sight.url),
            (None, _) => Ok(sight.url),
            (Some(now), _) => Err(Stop::Moved(format!(
                "The page shows something else of {} than a moment ago ({}). Make a new plan.",
                self.account,
                quote(&now.text)
            ))),
        }
    }

    /// The account, for a step within its row, once the page of the table that has it is shown.
    async fn row_of(&mut self, row: bool) -> Result<Option<String>, Stop> {
        if !row {
            return Ok(None);
        }
        if let Some(table) = self.table {
            for _ in 0..MOST_PAGES {
                let sight = self.look(&Until::Now).await?;
                // Another table than the described one is searched by the session alone.
                let Ok(sheet) = the_table(&sight, table) else { break };
                if entry(sheet, table, &self.account)?.is_some() || !next(self.session, self.ground).await? {
                    break;
                }
            }
        }
        Ok(Some(self.account.clone()))
    }

    /// Sees that the table shows what a step expects. What was pressed may take a moment to show, and a page that shows
    /// nothing new by itself is read again.
    async fn expect(&mut self, level: Option<&str>, state: Option<RowState>, gone: bool) -> Result<(), Stop> {
        let Some(table) = self.table else {
            return Err(Stop::Odd("The pages file expects a row, and describes no table for it.".to_owned()));
        };
        let level = level.map(|level| self.spellings(level)).transpose()?;
        let fits = |row: &Option<Entry>| match row {
            None => gone,
            Some(row) => {
                !gone
                    && level.as_ref().is_none_or(|level| row.is_at(level))
                    && state.is_none_or(|state| row.state == Some(state))
            }
        };
        let account = self.account.clone();
        let until = match (gone, &level) {
            (true, _) => Until::NoRow { account },
            // Before anything was pressed there is nothing to wait for.
            (false, _) if !self.wrote => Until::Now,
            (false, level) => Until::Row { account, holds: level.clone().unwrap_or_default() },
        };
        let sight = self.look(&until).await?;
        if let Ok(sheet) = the_table(&sight, table) {
            let row = entry(sheet, table, &self.account)?;
            // That a row is not on this page of a table says nothing of the others.
            if !gone && fits(&row) {
                self.row = row;
                return Ok(());
            }
        }
        self.read_row().await?;
        if fits(&self.row) {
            return Ok(());
        }
        let shown = self.row.as_ref().map_or_else(|| "no such row".to_owned(), |row| quote(&row.text));
        let expected = if gone { "no such row".to_owned() } else { expected(level.as_deref(), state) };
        Err(Stop::Moved(format!("The table shows {shown} for {}, and {expected} is expected.", self.account)))
    }

    fn question(&self, what: &[String]) -> Question {
        let (row, entered) = (self.row.as_ref(), &self.entered[..]);
        question(self.change, &self.account, row, (what, entered))
    }

    fn called(&self, what: &str) -> Result<Vec<String>, Stop> {
        called(what, &self.fill).map_err(Stop::Odd)
    }

    fn spellings(&self, template: &str) -> Result<Vec<String>, Stop> {
        Ok(spellings(&render(template, &self.fill).map_err(Stop::Odd)?))
    }
}

fn expected(level: Option<&[String]>, state: Option<RowState>) -> String {
    let level = level.map_or_else(|| "a row".to_owned(), |level| format!("a row with {}", quoted(level)));
    state.map_or_else(
        || level.clone(),
        |state| format!("{level} that is {}", format!("{state:?}").to_lowercase()),
    )
}

/// The kind of resource whose procedures and table a change needs.
pub(super) fn kind(change: &Change) -> &str {
    change.action.target().map_or(ACCOUNT, |on| &on.kind)
}

/// Where a change's table is read.
fn place(change: &Change) -> Place<'_> {
    let on = change.action.target();
    Place {
        kind: kind(change),
        resource: on.map_or("", |on| on.name.as_str()),
        id: on.and_then(|on| on.id.as_deref()),
    }
}

/// The question before a press that changes the vendor.
fn question(
    change: &Change,
    account: &str,
    row: Option<&Entry>,
    (what, entered): (&[String], &[String]),
) -> Question {
    let (account, on) = (neutral(account, LONGEST), on(change));
    let level = |level: &str| neutral(level, 60);
    let text = match &change.action {
        Action::CreateResource { .. } => format!("Create {on}"),
        Action::Invite { on: Some(offer), .. } => {
            format!("Invite {account} to {on} as {}", level(offer.to.as_str()))
        }
        Action::Invite { on: None, .. } => format!("Invite {account} to {on}"),
        Action::Grant { to, .. } => format!("Give {account} the level {} on {on}", level(to.as_str())),
        Action::ChangeLevel { from, to, .. } => {
            format!("Change {account} on {on} from {} to {}", level(from.as_str()), level(to.as_str()))
        }
        Action::Revoke { .. } => format!("Remove {account} from {on}"),
        Action::TransferOwnership { from, .. } => {
            format!("Hand the ownership of {on} over from {} to {account}", level(from.as_str()))
        }
        Action::UpdateAccount { .. } => format!("Change what {account} shows at {on}"),
        Action::Suspend => format!("Suspend {account} at {on}"),
        Action::Restore => format!("Restore {account} at {on}"),
        Action::RemoveAccount => format!("Remove the account {account} from {on}"),
        Action::ResendInvitation { .. } => format!("Send the invitation of {account} to {on} again"),
        Action::CancelInvitation { .. } => format!("Withdraw the invitation of {account} to {on}"),
    };
    let shown = match row {
        Some(row) => neutral(&row.text, LONGEST),
        None => format!("{account} is not listed"),
    };
    let with = if entered.is_empty() { String::new() } else { format!(", with {}", entered.join(" and ")) };
    Question { shown, text: format!("{text} (presses {}{with})?", quoted(what)) }
}

/// `marketing-site (k3j9x2) at clarity`; the vendor where no resource is acted on. Questions of several vendors come one
/// after the other, and resources may be called alike.
fn on(change: &Change) -> String {
    match change.action.target() {
        None => change.vendor.to_string(),
        Some(on) => match on.id.as_ref().or(on.display.as_ref()) {
            Some(id) => format!("{} ({}) at {}", on.name, neutral(id, 60), change.vendor),
            None => format!("{} at {}", on.name, change.vendor),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChangeId, Channel, Level, Offer, Profile, ResourceName, Risk, Target, VendorName};

    #[test]
    fn nothing_in_a_question_can_write_over_it() {
        let trick = "member\r\u{1b}[2KInvite \u{202e}nobody";
        let vendor = VendorName::parse("clarity").unwrap();
        let on = Target {
            name: ResourceName::parse("site").unwrap(),
            kind: "project".into(),
            id: Some(trick.into()),
            display: None,
        };
        let (to, from) = (Level::parse(trick).unwrap(), Level::parse("x").unwrap());
        let profile = Profile { login: trick.into(), name: None };
        for action in [
            Action::Invite {
                profile,
                external_id: "x".into(),
                on: Some(Offer { on: on.clone(), to: to.clone() }),
            },
            Action::Grant { on: on.clone(), to: to.clone() },
            Action::ChangeLevel { on, from, to },
        ] {
            let change = Change {
                id: ChangeId::new(&vendor, 1),
                vendor: vendor.clone(),
                user: None,
                user_name: None,
                account: None,
                account_id: None,
                action,
                channel: Channel::Browser,
                risk: Risk::Low,
                after: Vec::new(),
                waits: None,
                because: Vec::new(),
                reason: None,
                ticket: None,
            };
            let asked = question(&change, trick, None, (&[trick.to_owned()], &[]));
            for text in [&asked.text, &asked.shown] {
                assert!(!text.contains(['\r', '\u{1b}', '\u{202e}']), "{text:?}");
            }
            assert!(asked.text.contains(" at clarity"), "{asked:?}");
        }
    }
}
