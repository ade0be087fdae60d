//! Every procedure of `pages.yaml`, followed to the letter.

use super::surfer::Surfer;
use crate::connector::pages::{ACCOUNT, Pages, Procedure, RowState, Step, Table, parse};
use std::collections::BTreeMap;

/// One change, for the templates.
pub(super) struct Walk {
    pages: Pages,
    values: BTreeMap<&'static str, String>,
}

impl Walk {
    /// About an account; `from` and `to` are levels.
    pub(super) fn of(account: &str, from: &str, to: &str) -> Self {
        let pages = parse(include_str!("../../pages.yaml")).unwrap();
        let values = [("account", account), ("from", from), ("to", to), ("id", "2208394")];
        Self { pages, values: values.map(|(name, value)| (name, value.to_owned())).into() }
    }

    /// Follows a procedure to its end.
    pub(super) async fn follow(&self, surfer: &mut Surfer, kind: &str, action: &str) {
        let procedure = self.procedure(kind, action);
        self.follow_until(surfer, procedure, procedure.steps.len()).await;
    }

    /// Follows a procedure up to the step that would write.
    pub(super) async fn follow_to_the_write(&self, surfer: &mut Surfer, kind: &str, action: &str) {
        let procedure = self.procedure(kind, action);
        let writes = |step: &Step| matches!(step, Step::Press { writes: true, .. });
        self.follow_until(surfer, procedure, procedure.steps.iter().position(writes).unwrap()).await;
    }

    fn procedure(&self, kind: &str, action: &str) -> &Procedure {
        self.pages.procedure(kind, action).unwrap()
    }

    async fn follow_until(&self, surfer: &mut Surfer, procedure: &Procedure, end: usize) {
        let table = &self.pages.tables[&procedure.kind];
        for step in &procedure.steps[..end] {
            match step {
                Step::Open { page } => self.open(surfer, page).await,
                Step::Press { what, row, .. } => {
                    surfer.press(&self.pages.spellings(what), self.row(*row)).await;
                }
                Step::Fill { field, value } => {
                    surfer.fill(&self.pages.spellings(field), &self.texts(table, value)[0]);
                }
                Step::Choose { field, option, row } => {
                    let options = self.texts(table, option);
                    let options: Vec<&str> = options.iter().map(String::as_str).collect();
                    surfer.choose(&self.pages.spellings(field), &options, self.row(*row));
                }
                Step::Expect { level, state, gone } => {
                    self.expect(surfer, table, (level.as_deref(), *state), *gone);
                }
                Step::Person { text } => panic!("a person's step: {text}"),
            }
        }
    }

    async fn open(&self, surfer: &mut Surfer, page: &str) {
        let page = &self.pages.pages[page];
        for path in &page.paths {
            surfer
                .open(
                    &self.values.iter().fold(path.clone(), |path, (name, value)| {
                        path.replace(&format!("{{{name}}}"), value)
                    }),
                )
                .await;
            if self.pages.spellings(&page.heading).contains(&&*surfer.heading()) {
                return;
            }
        }
        panic!("no page {page:?}; the last shows {:?}", surfer.heading());
    }

    fn row(&self, row: bool) -> Option<&str> {
        row.then(|| &*self.values["account"])
    }

    /// A template in every spelling; only one that is a single placeholder has several.
    fn texts(&self, table: &Table, template: &str) -> Vec<String> {
        let Some(name) = template.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            return vec![template.to_owned()];
        };
        if let Some(word) = name.strip_prefix('@') {
            return self.pages.words[word].clone();
        }
        let value = self.values[name].clone();
        match name {
            "from" | "to" => table.levels.get(&value).cloned().unwrap_or(vec![value]),
            _ => vec![value],
        }
    }

    fn expect(
        &self,
        surfer: &Surfer,
        table: &Table,
        (level, state): (Option<&str>, Option<RowState>),
        gone: bool,
    ) {
        let row = surfer.row(&self.values["account"]);
        assert_eq!(row.is_none(), gone, "{row:?}");
        let Some(row) = row else { return };
        let cell = |column: &Vec<String>| column.iter().find_map(|header| row.get(header)).cloned();
        let columns: BTreeMap<String, String> = table
            .columns
            .iter()
            .map(|(column, headers)| {
                (format!("{column:?}"), cell(headers).unwrap_or_else(|| panic!("{column:?} in {row:?}")))
            })
            .collect();
        if let Some(level) = level {
            assert!(self.texts(table, level).contains(&columns["Level"]), "{level} in {row:?}");
        }
        if let Some(state) = state {
            assert!(table.states[&state].contains(&columns["State"]), "{state:?} in {row:?}");
        }
    }
}

/// The kind of procedures for whole accounts.
pub(super) const WHOLE: &str = ACCOUNT;
