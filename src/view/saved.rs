//! Reads a saved plan back. Its changes are only ever compared with those of a plan made now, and never carried
//! out from the file.

mod rest;

pub use rest::rest;

use super::{json, neutral, overview};
use crate::domain::{DesiredRef, Override, Plan, Verdict};
use crate::workspace::Sources;
use jiff::Timestamp;
use serde_json::{Map, Value};
use similar::{Algorithm, TextDiff};
use std::collections::BTreeMap;

/// What a plan file says, as far as `apply` needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedPlan {
    /// The program that made it, with its version.
    pub tool: String,
    /// The workspace's name.
    pub workspace: String,
    /// When it was made.
    pub created: Timestamp,
    /// The files that it was made from.
    pub desired: DesiredRef,
    /// The vendors that it is about.
    pub vendors: Vec<String>,
    /// What each of them was read to hold.
    pub readings: BTreeMap<String, SavedReading>,
    /// The digest of what it says, which any plan that says the same has.
    pub digest: String,
    /// The digest of everything in the file, which no other plan has.
    pub seal: String,
    /// The changes, as they stand in the file.
    pub changes: Vec<Value>,
    /// The changes that it showed as held back, each with the first guard that held it.
    pub held: BTreeMap<String, String>,
    /// The guards that its maker passed over, and why.
    pub overrides: Vec<Override>,
}

/// What a plan file says of one vendor's reading.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedReading {
    /// The digest of the facts; none where the vendor could not be read.
    pub fingerprint: Option<String>,
    /// What was read and is managed, as it stands in the file.
    pub facts: Vec<Value>,
}

/// Why a file is no plan that can be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedPlanError {
    /// Not JSON at all.
    #[error("The file is not a saved plan: it is not JSON ({0}). Make one with `grantline plan --out FILE`.")]
    NotJson(String),
    /// JSON of another kind, or of a version that this program does not know.
    #[error(
        "The file is not a plan that this version can apply: its format is {0:?}, and \"grantline.plan/1\" is needed. Make it again with `grantline plan --out FILE`."
    )]
    Format(String),
    /// Something that every plan has is missing or of a wrong type.
    #[error(
        "The saved plan is damaged: its {0:?} is missing or of a wrong type. Make it again with `grantline plan --out FILE`."
    )]
    Field(&'static str),
    /// It was printed, or saved by a version that sealed no plan.
    #[error(
        "The file is a plan for reading, without what it rests on. Make one that can be applied with `grantline plan --out FILE`."
    )]
    Unsealed,
    /// It was edited, or cut short, after it was made.
    #[error(
        "The saved plan was changed after it was made: it is sealed with {claimed}, and what it holds has {found}. Make it again with `grantline plan --out FILE`."
    )]
    Digest {
        /// What the file says.
        claimed: String,
        /// What the rest of the file comes to.
        found: String,
    },
}

/// Reads a plan file.
///
/// # Errors
/// A [`SavedPlanError`] when it is no plan, one of another version, or one that was edited.
pub fn parse(text: &str) -> Result<SavedPlan, SavedPlanError> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| SavedPlanError::NotJson(error.to_string()))?;
    let fields = value.as_object().ok_or_else(|| SavedPlanError::Format("none".to_owned()))?;
    let format = fields.get("format").and_then(Value::as_str).unwrap_or("none");
    if format != json::PLAN_FORMAT {
        return Err(SavedPlanError::Format(neutral::terminal(format).into_owned()));
    }
    let plan = SavedPlan {
        tool: string(fields, "tool")?,
        workspace: string(fields, "workspace")?,
        created: string(fields, "created")?.parse().map_err(|_| SavedPlanError::Field("created"))?,
        desired: desired(fields).ok_or(SavedPlanError::Field("desired"))?,
        vendors: object(fields, "vendors")?.keys().cloned().collect(),
        readings: readings(object(fields, "vendors")?).ok_or(SavedPlanError::Field("vendors"))?,
        digest: string(fields, "digest")?,
        seal: fields.get("seal").and_then(Value::as_str).unwrap_or_default().to_owned(),
        changes: array(fields, "changes")?.clone(),
        held: held(array(fields, "guards")?).ok_or(SavedPlanError::Field("guards"))?,
        overrides: array(fields, "overrides")?.iter().map(given).collect::<Result<_, _>>()?,
    };
    if plan.changes.iter().any(|change| !change.is_object()) {
        return Err(SavedPlanError::Field("changes"));
    }
    if plan.seal.is_empty() {
        return Err(SavedPlanError::Unsealed);
    }
    let found = json::seal(value);
    if found != plan.seal {
        let claimed = neutral::terminal(&plan.seal).into_owned();
        return Err(SavedPlanError::Digest { claimed, found });
    }
    Ok(plan)
}

fn string(fields: &Map<String, Value>, name: &'static str) -> Result<String, SavedPlanError> {
    fields.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(SavedPlanError::Field(name))
}

fn array<'v>(fields: &'v Map<String, Value>, name: &'static str) -> Result<&'v Vec<Value>, SavedPlanError> {
    fields.get(name).and_then(Value::as_array).ok_or(SavedPlanError::Field(name))
}

fn object<'v>(
    fields: &'v Map<String, Value>,
    name: &'static str,
) -> Result<&'v Map<String, Value>, SavedPlanError> {
    fields.get(name).and_then(Value::as_object).ok_or(SavedPlanError::Field(name))
}

/// A text or nothing; none where it is something else, or not there at all.
fn optional(value: Option<&Value>) -> Option<Option<String>> {
    match value? {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        _ => None,
    }
}

fn desired(fields: &Map<String, Value>) -> Option<DesiredRef> {
    let desired = fields.get("desired")?;
    Some(DesiredRef {
        commit: optional(desired.get("commit"))?,
        dirty: desired.get("dirty")?.as_bool()?,
        digest: desired.get("digest")?.as_str()?.to_owned(),
    })
}

fn readings(vendors: &Map<String, Value>) -> Option<BTreeMap<String, SavedReading>> {
    let reading = |(name, vendor): (&String, &Value)| {
        let fingerprint = optional(vendor.get("fingerprint"))?;
        // A plan that was printed has none, and is refused for that.
        let facts = vendor.get("facts").map_or(Some(Vec::new()), |facts| facts.as_array().cloned())?;
        Some((name.clone(), SavedReading { fingerprint, facts }))
    };
    vendors.iter().map(reading).collect()
}

fn given(value: &Value) -> Result<Override, SavedPlanError> {
    let fields = value.as_object().ok_or(SavedPlanError::Field("overrides"))?;
    let field = |name| string(fields, name).map_err(|_| SavedPlanError::Field("overrides"));
    Ok(Override { guard: field("guard")?, because: field("because")? })
}

/// The changes that a guard's verdict says it holds back; none where a verdict is not as it should be.
fn held(verdicts: &[Value]) -> Option<BTreeMap<String, String>> {
    let mut held = BTreeMap::new();
    for verdict in verdicts {
        let guard = verdict.get("guard")?.as_str()?;
        let blocks = verdict.get("verdict")?.as_str()? == Verdict::Block.word();
        for change in verdict.get("holds")?.as_array()? {
            let change = change.as_str()?;
            if blocks {
                held.entry(change.to_owned()).or_insert_with(|| guard.to_owned());
            }
        }
    }
    Some(held)
}

/// The changes that the saved plan showed as held back and that nothing holds now, one line a change; none when
/// there are none. Its reader was told that they would not be carried out. Changes that are held only now are
/// no reason to refuse: less is done than was shown.
#[must_use]
pub fn released(saved: &SavedPlan, plan: &Plan) -> Option<String> {
    let now = overview::held(plan);
    let id = |change: &Value| change.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let lines = saved.changes.iter().filter_map(|change| {
        let id = id(change);
        let guard = saved.held.get(&id).filter(|_| !now.contains_key(id.as_str()))?;
        Some(format!("{}, was held by {}\n", line(&effect(change)), neutral::terminal(guard)))
    });
    let text: String = lines.collect();
    (!text.is_empty()).then_some(text)
}

/// How the changes of a plan made now differ from the saved ones, as a unified diff with one line a change;
/// none when they are the same. Where the lines stand that ask for a change is no difference: that files moved
/// under it changes nothing that is done.
#[must_use]
pub fn difference(saved: &SavedPlan, plan: &Plan, sources: &Sources) -> Option<String> {
    let now = json::changes_json(plan, sources);
    let effects = |changes: &[Value]| changes.iter().map(effect).collect::<Vec<_>>();
    let (before, after) = (effects(&saved.changes), effects(&now));
    if before == after {
        return None;
    }
    let (before, after) = (lines(&before), lines(&after));
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_lines(&before, &after);
    let text = diff.unified_diff().context_radius(1).header("saved plan", "plan now").to_string();
    Some(if text.is_empty() { "The plans differ in hidden characters.\n".to_owned() } else { text })
}

fn effect(change: &Value) -> Value {
    let mut effect = change.clone();
    if let Value::Object(fields) = &mut effect {
        fields.remove("because");
    }
    effect
}

fn lines(changes: &[Value]) -> String {
    changes.iter().map(|change| line(change) + "\n").collect()
}

/// What stands first in a line, without its name.
const LEADING: [&str; 4] = ["id", "action", "vendor", "resource"];
/// What follows, with its name; anything else that the file holds comes after these.
const NAMED: [&str; 9] =
    ["user", "account", "account_id", "from", "to", "channel", "after", "target", "risk"];

fn line(change: &Value) -> String {
    let Some(fields) = change.as_object() else { return String::new() };
    let mut others: Vec<_> = fields.keys().map(String::as_str).collect();
    others.sort_unstable();
    let others = others.into_iter().filter(|key| !LEADING.contains(key) && !NAMED.contains(key));
    let lead = LEADING.iter().filter_map(|key| shown(fields.get(*key)?)).collect::<Vec<_>>().join(" ");
    let named = NAMED.into_iter().chain(others);
    let rest =
        named.filter_map(|key| Some(format!("{} {}", neutral::terminal(key), shown(fields.get(key)?)?)));
    std::iter::once(lead).chain(rest).collect::<Vec<_>>().join(", ")
}

/// A value in words; none where it says nothing.
fn shown(value: &Value) -> Option<String> {
    let items = |items: Vec<String>| (!items.is_empty()).then(|| items.join(" "));
    match value {
        Value::Null => None,
        Value::String(text) => Some(neutral::terminal(text).into_owned()),
        Value::Array(list) => items(list.iter().filter_map(shown).collect()),
        // Not in the map's own order: whether serde_json keeps one depends on a feature of any dependency.
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            items(entries.into_iter().filter_map(|(_, value)| shown(value)).collect())
        }
        other => Some(other.to_string()),
    }
}
