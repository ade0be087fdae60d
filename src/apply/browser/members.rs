//! Reads who has access to a resource from the page that shows it.

use super::fault::{quote, quoted};
use super::ground::{Ground, Stop};
use super::name::{folded, holds};
use super::sheet::Entry;
use super::{Captures, Session, Sheet, Sight, Until};
use crate::connector::ConnectorError;
use crate::connector::pages::Table;
use crate::connector::pages::words::{Fill, address, called};
use crate::observe::recorded::{Material, total_on};

/// What a pages file calls the link to a table's next page, and how it is called where the file does not say.
const NEXT: &str = "next-page";
const NEXT_SPELLINGS: [&str; 3] = ["Next page", "Next", "Go to next page"];

/// More pages than any table of people has.
pub(super) const MOST_PAGES: usize = 400;

/// A table of members, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// Where it was read.
    pub url: String,
    /// Its header and rows.
    pub sheet: Sheet,
    /// How many rows the page says that there are.
    pub announced: Option<usize>,
}

impl Members {
    /// What is recorded of it.
    #[must_use]
    pub fn material(&self) -> Material<'_> {
        Material::Rows { header: &self.sheet.header, rows: &self.sheet.rows, announced: self.announced }
    }
}

/// What is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) kind: &'a str,
    pub(super) resource: &'a str,
    pub(super) id: Option<&'a str>,
}

/// Reads the members of a resource of this kind, all pages of the table.
///
/// # Errors
/// As for a change before anything is pressed: [`ConnectorError::Unauthorised`] where nobody is signed in,
/// [`ConnectorError::Refused`] where a dialog is in the way, [`ConnectorError::ContractBroken`] where the page does not
/// look as described or the table was not met in full. The message names what was kept of the page.
pub async fn read_members(
    session: &mut dyn Session,
    ground: &Ground,
    captures: &Captures,
    (kind, resource, id): (&str, &str, Option<&str>),
) -> Result<Members, ConnectorError> {
    match read(session, ground, Place { kind, resource, id }).await {
        Ok(members) => Ok(members),
        Err(stop) => {
            let kept = captures.keep(session, &ground.vendor, "read", &[]).await;
            Err(stop.error(false, &kept))
        }
    }
}

/// [`read_members`], without the capture.
pub(super) async fn read(
    session: &mut dyn Session,
    ground: &Ground,
    place: Place<'_>,
) -> Result<Members, Stop> {
    let pages = &ground.pages;
    let table = pages.tables.get(place.kind).ok_or_else(|| {
        Stop::Odd(format!("The pages file has no table for resources of the kind {}.", quote(place.kind)))
    })?;
    let whose = (place.kind, ground.vendor.as_str());
    let fill = Fill::reading(pages, whose, Some(place.resource), place.id);
    let mut sight = open(session, ground, &fill, &table.page).await?;
    let url = sight.url.clone();
    let mut whole = the_table(&sight, table)?.clone();
    let announced = announced(&sight);
    for _ in 0..MOST_PAGES {
        if !next(session, ground).await? {
            return complete(whole, announced, url);
        }
        sight = session.look(&Until::Now).await?;
        ground.check(&sight)?;
        append(&mut whole, the_table(&sight, table)?)?;
    }
    Err(Stop::Odd(format!("The table has more than {MOST_PAGES} pages, which no table of people has.")))
}

/// Opens a page of the pages file: the first of its paths that shows its heading.
pub(super) async fn open(
    session: &mut dyn Session,
    ground: &Ground,
    fill: &Fill<'_>,
    name: &str,
) -> Result<Sight, Stop> {
    let unknown = || Stop::Odd(format!("The pages file has no page named {}.", quote(name)));
    let page = ground.pages.pages.get(name).ok_or_else(unknown)?;
    let heading = called(&page.heading, fill).map_err(Stop::Odd)?;
    let awaited: Vec<String> = heading.iter().cloned().chain(ground.obstacles()).collect();
    let (mut seen, mut elsewhere) = (Vec::new(), None);
    for at in ground.paths(name, page.paths.len()) {
        let url = ground.url(&address("", &page.paths[at], fill).map_err(Stop::Odd)?)?;
        session.open(&url).await?;
        let sight = session.look(&Until::Word(awaited.clone())).await?;
        ground.check(&sight)?;
        let headed = sight.headings.iter().any(|text| heading.iter().any(|word| holds(text, word)));
        if headed && is_of(fill, &page.paths[at], &sight.url) {
            ground.led(name, at);
            return Ok(sight);
        }
        if headed {
            elsewhere = Some(sight.url);
        }
        seen.extend(sight.headings.iter().take(3).map(|text| quote(text)));
    }
    if let Some(url) = elsewhere {
        return Err(Stop::Odd(format!(
            "The page {} led on to {}, whose address does not name the resource: it is another one's.",
            quote(name),
            quote(&url)
        )));
    }
    let seen = if seen.is_empty() { "no heading at all".to_owned() } else { seen.join(", ") };
    Err(Stop::Odd(format!(
        "The page {} does not look as the pages file describes it: its heading is {seen}, and {} is expected.",
        quote(name),
        quoted(&heading)
    )))
}

/// Whether the address that was led to is still the resource's, where its path names it. A vendor may lead whoever asks
/// for a project that is not theirs on to another one, which looks the same.
fn is_of(fill: &Fill<'_>, path: &str, url: &str) -> bool {
    let Some(id) = path.contains("{id}").then(|| address("", "{id}", fill).ok()).flatten() else {
        return true;
    };
    url.split(['/', '?', '#', '&', '=']).any(|part| part == id)
}

/// The table with the columns that are needed.
pub(super) fn the_table<'a>(sight: &'a Sight, table: &Table) -> Result<&'a Sheet, Stop> {
    let fits: Vec<&Sheet> = sight.tables.iter().filter(|sheet| sheet.lacks(table).is_empty()).collect();
    match fits[..] {
        [sheet] => Ok(sheet),
        [] => {
            let headers = sight.tables.iter().map(|sheet| quote(&sheet.header.join(" · ")));
            let headers: Vec<String> = headers.collect();
            let lacks = match &sight.tables[..] {
                [sheet] => sheet.lacks(table).into_iter().map(quoted).collect(),
                _ => table.columns.values().map(|one| quoted(one)).collect::<Vec<_>>(),
            };
            let there = if headers.is_empty() {
                "there is no table".to_owned()
            } else {
                format!("there is {}", headers.join(", "))
            };
            Err(Stop::Odd(format!(
                "The page does not look as the pages file describes it: a table with the column {} is expected, and \
                 {there}.",
                lacks.join(", ")
            )))
        }
        _ => Err(Stop::Odd(
            "The page has several tables of members, and which is meant cannot be told.".to_owned(),
        )),
    }
}

/// The account's row among these; none where it is not listed.
pub(super) fn entry(sheet: &Sheet, table: &Table, account: &str) -> Result<Option<Entry>, Stop> {
    let mut rows = sheet.rows_of(table, account);
    match rows.len() {
        0 | 1 => Ok(rows.pop()),
        times => Err(super::PageError::Row { account: account.to_owned(), times }.into()),
    }
}

/// Goes to the next page of the table; whether there is one.
pub(super) async fn next(session: &mut dyn Session, ground: &Ground) -> Result<bool, Stop> {
    let words = match ground.pages.words.get(NEXT) {
        Some(words) => words.clone(),
        None => NEXT_SPELLINGS.map(ToOwned::to_owned).to_vec(),
    };
    match session.can_press(&words, None).await {
        Ok(()) => session.press(&words, None).await.map(|()| true).map_err(Stop::from),
        Err(super::PageError::Missing { .. } | super::PageError::Blocked { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A page that repeats rows is none that can be trusted to be the next one.
fn append(whole: &mut Sheet, next: &Sheet) -> Result<(), Stop> {
    if next.header != whole.header {
        return Err(Stop::Odd("The table's header differs from one of its pages to the next.".to_owned()));
    }
    if next.rows.is_empty() || next.rows.iter().any(|row| whole.rows.contains(row)) {
        return Err(Stop::Odd(
            "The table's pages repeat themselves, so that its end was not seen.".to_owned(),
        ));
    }
    whole.rows.extend(next.rows.iter().cloned());
    Ok(())
}

fn complete(sheet: Sheet, announced: Option<usize>, url: String) -> Result<Members, Stop> {
    match announced {
        Some(count) if count > sheet.rows.len() => Err(Stop::Odd(format!(
            "The page says that there are {count}, and {} rows were read, so that some were not.",
            sheet.rows.len()
        ))),
        _ => Ok(Members { url, sheet, announced }),
    }
}

/// How many rows the page says that there are: `1–10 of 23`, or `23 members` on a line of its own.
fn announced(sight: &Sight) -> Option<usize> {
    let lines = sight.lines.iter().chain(&sight.headings);
    // The greatest of several: too few rows must not pass for all because of something else that is counted.
    lines.filter_map(|line| total_on(line).or_else(|| ranged(&folded(line)))).max()
}

/// `1–10 of 23`, also with words around it.
fn ranged(line: &str) -> Option<usize> {
    let (before, after) = line.split_once(" of ")?;
    let range = before.replace(['–', '—', '-'], " to ");
    let words: Vec<&str> = range.split_whitespace().collect();
    let [.., from, "to", to] = words[..] else { return None };
    let total = after.split_whitespace().next()?.trim_end_matches(['.', ',', ')']);
    number(from).and(number(to))?;
    number(total)
}

/// `1,025` as well as `1025`.
fn number(text: &str) -> Option<usize> {
    text.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_found_only_where_it_counts_rows() {
        let said = |line: &str| announced(&Sight { lines: vec![line.to_owned()], ..Sight::default() });
        assert_eq!(said("Showing 1–10 of 23 members"), Some(23));
        assert_eq!(said("11 to 20 of 200."), Some(200));
        assert_eq!(said("23 members"), Some(23));
        assert_eq!(said("1–50 of 1,025 members"), Some(1025));
        assert_eq!(said("1,025 users"), Some(1025));
        assert_eq!(said("Showing 5 of 6 members"), Some(6));
        assert_eq!(said("Team members (6)"), Some(6));
        assert_eq!(said("People: rows 1 to 5 of 6 shown"), Some(6));
        assert_eq!(said("2 pending members"), None);
        assert_eq!(said("3 of 10 pending invitations are used"), None);
        assert_eq!(said("members can invite up to 10 users"), None);
        assert_eq!(said("part of 12"), None);
    }

    #[test]
    fn a_page_that_repeats_rows_is_no_next_page() {
        let sheet = |rows: &[&str]| Sheet {
            header: vec!["Email".to_owned()],
            rows: rows.iter().map(|row| vec![(*row).to_owned()]).collect(),
        };
        let mut whole = sheet(&["a@x", "b@x"]);
        assert!(append(&mut whole, &sheet(&["c@x"])).is_ok());
        assert!(append(&mut whole, &sheet(&["d@x", "a@x"])).is_err());
        assert!(append(&mut whole, &sheet(&[])).is_err());
        assert!(complete(whole.clone(), Some(4), String::new()).is_err());
        assert!(complete(whole, Some(3), String::new()).is_ok());
    }
}
