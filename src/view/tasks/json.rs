//! Tasks as `grantline.tasks/1`. The order of the fields is the order in the document.

use super::super::json::text;
use super::{Sheet, blocked, snapshot_command};
use crate::domain::{Batch, Because, Blocked, ChangeId, Due, Instruction, ResourceName, Task, Tick};
use serde::Serialize;

const FORMAT: &str = "grantline.tasks/1";
const TOOL: &str = concat!("grantline ", env!("CARGO_PKG_VERSION"));

#[derive(Serialize)]
struct Document<'t> {
    format: &'static str,
    tool: &'static str,
    workspace: &'t str,
    created: String,
    commit: Option<&'t str>,
    unread: &'t [String],
    batches: Vec<BatchWire<'t>>,
}

/// What is done in one go, on one page.
#[derive(Serialize)]
struct BatchWire<'t> {
    vendor: &'t str,
    resource: Option<&'t str>,
    due: Option<&'static str>,
    snapshot: Option<String>,
    tasks: Vec<TaskWire<'t>>,
}

#[derive(Serialize)]
struct TaskWire<'t> {
    id: &'t str,
    state: &'static str,
    ticked: Option<TickWire<'t>>,
    doable: bool,
    kind: &'static str,
    code: &'t str,
    change: Option<&'t str>,
    vendor: &'t str,
    resource: Option<&'t str>,
    title: &'t str,
    who: &'t str,
    account: Option<&'t str>,
    from: Option<&'t str>,
    to: Option<&'t str>,
    due: Option<&'static str>,
    because: &'t [Because],
    reason: Option<&'t str>,
    ticket: Option<&'t str>,
    url: Option<&'t str>,
    way: Option<String>,
    before: Vec<String>,
    steps: Vec<String>,
    check: Option<String>,
    record: Option<String>,
    blocked: Vec<String>,
    after: Vec<&'t str>,
}

/// Who said that it is done, and when.
#[derive(Serialize)]
struct TickWire<'t> {
    at: String,
    by: &'t str,
    note: Option<&'t str>,
}

/// The tasks by page: indented, with a line end.
#[must_use]
pub fn tasks_json(sheet: Sheet<'_>) -> String {
    text(&Document {
        format: FORMAT,
        tool: TOOL,
        workspace: sheet.workspace,
        created: sheet.created.to_string(),
        commit: sheet.commit,
        unread: sheet.unread,
        batches: sheet.batches.iter().map(batch_wire).collect(),
    })
}

fn batch_wire(batch: &Batch) -> BatchWire<'_> {
    BatchWire {
        vendor: batch.vendor.as_str(),
        resource: batch.resource.as_ref().map(ResourceName::as_str),
        due: batch.due.map(Due::word),
        snapshot: snapshot_command(batch),
        tasks: batch.tasks.iter().map(task_wire).collect(),
    }
}

fn tick_wire(tick: &Tick) -> TickWire<'_> {
    TickWire { at: tick.at.to_string(), by: &tick.by, note: tick.note.as_deref() }
}

fn task_wire(task: &Task) -> TaskWire<'_> {
    let sentences = |list: &[Instruction]| list.iter().map(Instruction::text).collect();
    let after = task.blocked.iter().filter_map(|blocked| match blocked {
        Blocked::Task(id) => Some(id.as_str()),
        Blocked::Change(id) => Some(id.as_str()),
        Blocked::Held { .. } | Blocked::Waits(_) => None,
    });
    TaskWire {
        id: task.id.as_str(),
        state: task.state.word(),
        ticked: task.ticked.as_ref().map(tick_wire),
        doable: task.is_doable(),
        kind: task.kind.word(),
        code: &task.code,
        change: task.change.as_ref().map(ChangeId::as_str),
        vendor: task.vendor.as_str(),
        resource: task.resource.as_ref().map(ResourceName::as_str),
        title: &task.title,
        who: &task.who,
        account: task.account.as_deref(),
        from: task.from.as_deref(),
        to: task.to.as_deref(),
        due: task.due.map(Due::word),
        because: &task.because,
        reason: task.reason.as_deref(),
        ticket: task.ticket.as_deref(),
        url: task.place.as_ref().map(|place| place.url.as_str()),
        way: task.place.as_ref().map(|place| place.way.text()),
        before: sentences(&task.before),
        steps: sentences(&task.steps),
        check: task.check.as_ref().map(Instruction::text),
        record: task.record.as_ref().map(Instruction::text),
        blocked: blocked(task),
        after: after.collect(),
    }
}
