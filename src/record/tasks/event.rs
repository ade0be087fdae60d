//! One line of the ledger.

use crate::domain::{Due, ResourceName, TaskId, TaskKind, VendorName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a task was when it was asked for, so that it can still be told about when no plan lists it any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issued {
    /// What it comes from.
    pub kind: TaskKind,
    /// The vendor.
    pub vendor: VendorName,
    /// The resource; none for a whole account.
    pub resource: Option<ResourceName>,
    /// The vendor's own id of the resource, where it is known: one name can stand for another resource later.
    /// Lines of earlier versions have none.
    pub resource_id: Option<Arc<str>>,
    /// The action's word, or the obligation's code.
    pub code: Arc<str>,
    /// The account, canonical.
    pub account: Option<Arc<str>>,
    /// The level that the account has, where the change is from one. Lines of earlier versions have none.
    pub from: Option<Arc<str>>,
    /// The level that the account is given or offered.
    pub to: Option<Arc<str>>,
    /// The task in a line.
    pub title: String,
    /// For an obligation, when it is due.
    pub due: Option<Due>,
    /// For an obligation, what is to be done.
    pub detail: Option<String>,
    /// The guards that an operator passed over in the plan that asked for it.
    pub overrides: Vec<String>,
    /// The digest of that plan.
    pub plan: String,
    /// The commit that it was made from.
    pub commit: Option<String>,
}

impl Issued {
    /// Whether it was asked for at this level, as far as its line tells.
    #[must_use]
    pub fn is_from(&self, from: Option<&str>) -> bool {
        self.from.is_none() || self.from.as_deref() == from
    }
}

/// What happened to a task. The order is that of a task's life, and decides between two lines of one second.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// It was asked for.
    Issued(Box<Issued>),
    /// Somebody says that it is done.
    Done {
        /// In their words.
        note: Option<String>,
    },
    /// An obligation is met.
    Acknowledged {
        /// In the words of whoever met it.
        note: Option<String>,
    },
    /// A reading shows it.
    Seen {
        /// When the reading was made.
        taken: Timestamp,
        /// Whether somebody had ticked it off.
        ticked: bool,
    },
    /// It was ticked off, and a reading made after that does not show it.
    Reopened {
        /// When the reading was made.
        taken: Timestamp,
    },
    /// No plan asks for it any more, and no reading shows it.
    Withdrawn {
        /// When what the plan rests on was read.
        taken: Timestamp,
    },
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// About what.
    pub task: TaskId,
    /// What.
    pub what: What,
    /// By whom.
    pub by: Arc<str>,
}

/// A line as it is written. The order of the fields is the order in the line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: Timestamp,
    task: String,
    event: String,
    by: Arc<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_id: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    overrides: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ticked: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Event {
    /// The line, with its end.
    pub(super) fn line(&self) -> String {
        // Texts, times and a flag: nothing here can fail to serialise.
        let mut line = serde_json::to_string(&Line::from(self)).unwrap_or_default();
        line.push('\n');
        line
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let task = TaskId::parse(&line.task).ok_or_else(|| format!("{:?} is no task's id", line.task))?;
        let (at, by) = (line.at, Arc::clone(&line.by));
        Ok(Self { at, task, what: what(line)?, by })
    }
}

fn what(line: Line) -> Result<What, String> {
    let missing = |name: &str| format!("an event `{}` needs `{name}`", line.event);
    Ok(match line.event.as_str() {
        "issued" => What::Issued(Box::new(issued(line)?)),
        "done" => What::Done { note: line.note },
        "acknowledged" => What::Acknowledged { note: line.note },
        "seen" => What::Seen {
            taken: line.taken.ok_or_else(|| missing("taken"))?,
            ticked: line.ticked.ok_or_else(|| missing("ticked"))?,
        },
        "reopened" => What::Reopened { taken: line.taken.ok_or_else(|| missing("taken"))? },
        "withdrawn" => What::Withdrawn { taken: line.taken.ok_or_else(|| missing("taken"))? },
        other => return Err(format!("the event {other:?} is not known to this version")),
    })
}

fn issued(line: Line) -> Result<Issued, String> {
    let missing = |name: &str| format!("an event `issued` needs `{name}`");
    let kind = [TaskKind::Change, TaskKind::Obligation]
        .into_iter()
        .find(|kind| line.kind.as_deref() == Some(kind.word()))
        .ok_or_else(|| missing("kind"))?;
    let due = line.due.map(|due| {
        let known = [Due::Before, Due::After].into_iter().find(|one| one.word() == due);
        known.ok_or_else(|| format!("{due:?} is not when an obligation is due"))
    });
    let name = line.vendor.ok_or_else(|| missing("vendor"))?;
    let vendor = VendorName::parse(&name).map_err(|error| error.to_string())?;
    let resource = line.resource.map(|name| ResourceName::parse(&name).map_err(|error| error.to_string()));
    Ok(Issued {
        kind,
        vendor,
        resource: resource.transpose()?,
        resource_id: line.resource_id,
        code: line.code.ok_or_else(|| missing("code"))?,
        account: line.account,
        from: line.from,
        to: line.to,
        title: line.title.ok_or_else(|| missing("title"))?,
        due: due.transpose()?,
        detail: line.detail,
        overrides: line.overrides,
        plan: line.plan.ok_or_else(|| missing("plan"))?,
        commit: line.commit,
    })
}

impl From<&Event> for Line {
    fn from(event: &Event) -> Self {
        let mut line = Self {
            at: event.at,
            task: event.task.to_string(),
            event: event.what.word().to_owned(),
            by: Arc::clone(&event.by),
            kind: None,
            vendor: None,
            resource: None,
            resource_id: None,
            code: None,
            account: None,
            from: None,
            to: None,
            title: None,
            due: None,
            detail: None,
            overrides: Vec::new(),
            plan: None,
            commit: None,
            taken: None,
            ticked: None,
            note: None,
        };
        match &event.what {
            What::Issued(issued) => line.fill(issued),
            What::Done { note } | What::Acknowledged { note } => line.note.clone_from(note),
            What::Seen { taken, ticked } => (line.taken, line.ticked) = (Some(*taken), Some(*ticked)),
            What::Reopened { taken } | What::Withdrawn { taken } => line.taken = Some(*taken),
        }
        line
    }
}

impl Line {
    fn fill(&mut self, issued: &Issued) {
        self.kind = Some(issued.kind.word().to_owned());
        self.vendor = Some(issued.vendor.to_string());
        self.resource = issued.resource.as_ref().map(ToString::to_string);
        self.resource_id.clone_from(&issued.resource_id);
        self.code = Some(Arc::clone(&issued.code));
        self.account.clone_from(&issued.account);
        self.from.clone_from(&issued.from);
        self.to.clone_from(&issued.to);
        self.title = Some(issued.title.clone());
        self.due = issued.due.map(|due| due.word().to_owned());
        self.detail.clone_from(&issued.detail);
        self.overrides.clone_from(&issued.overrides);
        self.plan = Some(issued.plan.clone());
        self.commit.clone_from(&issued.commit);
    }
}

impl What {
    /// The word that the ledger uses.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Issued(_) => "issued",
            Self::Done { .. } => "done",
            Self::Seen { .. } => "seen",
            Self::Reopened { .. } => "reopened",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Acknowledged { .. } => "acknowledged",
        }
    }
}
