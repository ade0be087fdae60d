//! A procedure's steps as sentences.

use super::{Guide, words};
use crate::connector::pages::words::{Fill, Part, address, render};
use crate::connector::pages::{ACCOUNT, Page, Pages, RowState, Step};
use crate::domain::{Change, Instruction, Piece, Place, Task};

/// The one sentence that every change has, where no procedure says more. What stands in backticks there, and the
/// account, can be copied from it.
pub(super) fn one_sentence(change: &Change) -> Instruction {
    let text = words::instruction(change);
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let text = format!("{first}{}.", letters.as_str());
    let account = change.account.as_deref().map(words::plain);
    let mut pieces = Vec::new();
    for (at, part) in text.split('`').enumerate() {
        let around = account.as_deref().and_then(|account| part.split_once(account));
        match (at % 2, around, &change.account) {
            (1, _, _) => pieces.push(Piece::Value(part.to_owned())),
            (_, Some((before, after)), Some(account)) => {
                say(&mut pieces, before);
                pieces.push(Piece::Value(account.to_string()));
                say(&mut pieces, after);
            }
            _ => say(&mut pieces, part),
        }
    }
    Instruction(pieces)
}

/// Writes the procedure for a change into its task; gives false, and writes nothing, where there is none that fits.
pub(super) fn write(task: &mut Task, change: &Change, account: Option<&str>, guide: &Guide) -> bool {
    let Some(pages) = guide.pages.as_deref() else { return false };
    let kind = change.action.target().map_or(ACCOUNT, |on| &on.kind);
    let Some(procedure) = pages.procedure(kind, change.action.word()) else { return false };
    let fill = Fill::of(pages, change);
    let fill = Fill { account: account.or(fill.account), ..fill };
    let writing = Writing { fill, guide, pages };
    let written = (|| -> Result<_, String> {
        let before = procedure.before.iter().map(|text| writing.template(text));
        Ok((
            before.collect::<Result<Vec<_>, _>>()?,
            writing.steps(&procedure.steps)?,
            writing.template(&procedure.check)?,
            writing.template(&procedure.record)?,
            writing.place(&procedure.steps),
        ))
    })();
    let Ok((before, steps, check, record, place)) = written else { return false };
    task.before.extend(before);
    (task.steps, task.check, task.record, task.place) = (steps, Some(check), Some(record), place);
    true
}

struct Writing<'a> {
    fill: Fill<'a>,
    guide: &'a Guide,
    pages: &'a Pages,
}

impl Writing<'_> {
    fn template(&self, text: &str) -> Result<Instruction, String> {
        Ok(Instruction(pieces(render(text, &self.fill)?, "in some versions")))
    }

    /// A word with its other spellings, as people meet them on a button or a field.
    fn word(&self, word: &str) -> Vec<Piece> {
        let spellings = self.pages.spellings(word).into_iter().map(str::to_owned).collect();
        pieces(vec![Part::Words(spellings)], "some versions call it")
    }

    /// Where a task's first page is.
    fn place(&self, steps: &[Step]) -> Option<Place> {
        let page = steps.iter().find_map(|step| match step {
            Step::Open { page } => self.pages.pages.get(page),
            _ => None,
        })?;
        Some(Place { url: self.address(page).ok()?, way: self.template(&page.way).ok()? })
    }

    /// The address of a page: the first of its alternatives.
    fn address(&self, page: &Page) -> Result<String, String> {
        let base = self.guide.base.as_deref().unwrap_or(&self.pages.base);
        let path = page.paths.first().ok_or_else(|| "The page has no path.".to_owned())?;
        address(base, path, &self.fill)
    }

    fn steps(&self, steps: &[Step]) -> Result<Vec<Instruction>, String> {
        let (mut opened, mut written) = (None, false);
        let mut sentences = Vec::with_capacity(steps.len());
        for step in steps {
            let again = matches!(step, Step::Open { page } if opened == Some(page));
            sentences.push(Instruction(self.step(step, again, written)?));
            match step {
                Step::Open { page } => opened = Some(page),
                Step::Press { writes: true, .. } => written = true,
                _ => {}
            }
        }
        Ok(sentences)
    }

    fn step(&self, step: &Step, again: bool, written: bool) -> Result<Vec<Piece>, String> {
        let mut out = Vec::new();
        match step {
            Step::Open { page } => self.open(page, again, &mut out)?,
            Step::Press { what, row, .. } => {
                say(&mut out, "Press ");
                out.extend(self.word(what));
                self.row(*row, &mut out)?;
                say(&mut out, ".");
            }
            Step::Fill { field, value } => {
                say(&mut out, "Type ");
                out.extend(self.template(value)?.0);
                say(&mut out, " into the field ");
                out.extend(self.word(field));
                say(&mut out, ".");
            }
            Step::Choose { field, option, row } => {
                say(&mut out, "In the field ");
                out.extend(self.word(field));
                self.row(*row, &mut out)?;
                say(&mut out, ", choose ");
                out.extend(self.choice(option)?);
                say(&mut out, ".");
            }
            Step::Expect { level, state, gone } => {
                self.expect(level.as_deref(), *state, *gone, &mut out)?;
                let otherwise = if written { NOT_YET } else { MOVED };
                say(&mut out, otherwise);
            }
            Step::Person { text } => out.extend(self.template(text)?.0),
        }
        Ok(out)
    }

    /// What is chosen or seen: a level in every spelling, or the template's own word.
    fn choice(&self, template: &str) -> Result<Vec<Piece>, String> {
        let as_name = |part| match part {
            Part::Text(text) | Part::Value(text) => Part::Words(vec![text]),
            words @ Part::Words(_) => words,
        };
        let parts = render(template, &self.fill)?.into_iter().map(as_name).collect();
        Ok(pieces(parts, "some versions call it"))
    }

    fn open(&self, name: &str, again: bool, out: &mut Vec<Piece>) -> Result<(), String> {
        let page = self.pages.pages.get(name).ok_or_else(|| format!("There is no page named {name:?}."))?;
        if again {
            say(out, "Load the page ");
            out.extend(self.word(&page.heading));
            say(out, " again.");
            return Ok(());
        }
        match self.address(page) {
            Ok(url) => {
                say(out, "Open ");
                out.push(Piece::Link(url));
                say(out, " (or go there by hand: ");
                out.extend(self.template(page.way.trim_end_matches('.'))?.0);
                say(out, ").");
            }
            Err(_) => out.extend(self.template(&page.way)?.0),
        }
        say(out, " You should see the page ");
        let spellings = self.pages.spellings(&page.heading).into_iter().map(str::to_owned).collect();
        out.extend(pieces(vec![Part::Words(spellings)], "in some versions"));
        say(out, ".");
        Ok(())
    }

    fn row(&self, row: bool, out: &mut Vec<Piece>) -> Result<(), String> {
        if row {
            say(out, " in the row of ");
            out.extend(self.template("{account}")?.0);
        }
        Ok(())
    }

    fn expect(
        &self,
        level: Option<&str>,
        state: Option<RowState>,
        gone: bool,
        out: &mut Vec<Piece>,
    ) -> Result<(), String> {
        let account = self.template("{account}")?.0;
        if gone {
            say(out, "The list must have no row for ");
            out.extend(account);
            say(out, ".");
            return Ok(());
        }
        say(out, "The list must have a row for ");
        out.extend(account);
        let level = level.map(|level| self.choice(level)).transpose()?;
        let state = state.map(|state| self.state(state));
        for (at, shown) in level.into_iter().chain(state).enumerate() {
            say(out, if at == 0 { " that shows " } else { " and " });
            out.extend(shown);
        }
        say(out, ".");
        Ok(())
    }

    /// What the table calls a state; the word for it where the table has none.
    fn state(&self, state: RowState) -> Vec<Piece> {
        let table = self.pages.tables.get(self.fill.kind);
        let spelt = table.and_then(|table| table.states.get(&state)).filter(|spelt| !spelt.is_empty());
        let word = match state {
            RowState::Active => "Active",
            RowState::Pending => "Pending",
            RowState::Expired => "Expired",
            RowState::Declined => "Declined",
        };
        let words = spelt.cloned().unwrap_or_else(|| vec![word.to_owned()]);
        pieces(vec![Part::Words(words)], "some versions call it")
    }
}

/// What a page shows before anything is changed is what the plan rests on.
const MOVED: &str = " If that is not so, stop here and change nothing: the page has moved on since it was read. \
                     Record a new snapshot and plan again.";
/// What a page shows afterwards may take a while.
const NOT_YET: &str = " If that is not so yet, wait a few minutes and load the page again.";

fn say(out: &mut Vec<Piece>, text: &str) {
    out.push(Piece::Plain(text.to_owned()));
}

/// Parts as people read them: of a word, the documented spelling, and the others in brackets.
fn pieces(parts: Vec<Part>, others: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push(Piece::Plain(text)),
            Part::Value(value) => out.push(Piece::Value(value)),
            Part::Words(words) => {
                let mut words = words.into_iter();
                out.extend(words.next().map(Piece::Name));
                let more: Vec<String> = words.collect();
                let last = more.len().saturating_sub(1);
                for (at, word) in more.into_iter().enumerate() {
                    match at {
                        0 => say(&mut out, &format!(" ({others} ")),
                        _ if at == last => say(&mut out, " or "),
                        _ => say(&mut out, ", "),
                    }
                    out.push(Piece::Name(word));
                    if at == last {
                        say(&mut out, ")");
                    }
                }
            }
        }
    }
    out
}
