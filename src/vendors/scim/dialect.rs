//! How a change to a resource is written. RFC 7644 knows one PATCH; servers know several, and some none. The
//! strictest form is tried first, the one that worked is remembered, and PUT is the last resort.

use super::LIMITS;
use super::group::{Members, look_for_members, members};
use super::refusal::{Reason, broken};
use super::service::Service;
use super::wire::{Entry, Object, PATCH, attr, opaque, set};
use crate::connector::ConnectorError;
use crate::net::{Answer, Request};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A change to one resource. Members are only ever added and removed, never replaced as a whole: that has emptied
/// real groups.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Edit {
    /// Gives attributes these values; a dot leads to a sub-attribute.
    Set(Vec<(&'static str, Value)>),
    /// Adds members.
    Add(Vec<String>),
    /// Removes members.
    Remove(Vec<String>),
}

impl Edit {
    fn is_of_members(&self) -> bool {
        !matches!(self, Self::Set(_))
    }
}

/// A resource as it was read, with its version where the server keeps versions.
type Basis = (Entry, Option<String>);

/// Readings of a group, of which one must succeed, after a removal that may have taken too many.
const LOOKS: usize = 3;

/// One way to write an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// PATCH, each operation with a path: RFC 7644 as it is meant.
    Path,
    /// PATCH, the attributes inside `value`.
    Pathless,
    /// PATCH that removes members by a list in `value`. A server that ignores `value` in a removal empties the group,
    /// so this form is used only where the workspace asks for it, and what it did is checked.
    Listed,
    /// PUT of the resource as it was read, with the edit in it: it drops whatever is left out.
    Put,
}

/// The forms that worked at a server, by kind of edit, as places in the list of those that are tried.
#[derive(Debug, Default)]
pub(super) struct Learnt([AtomicUsize; 3]);

impl Learnt {
    fn of(&self, edit: &Edit) -> &AtomicUsize {
        match edit {
            Edit::Set(_) => &self.0[0],
            Edit::Add(_) => &self.0[1],
            Edit::Remove(_) => &self.0[2],
        }
    }
}

impl Service {
    /// Carries an edit out, in whatever form the server takes. The answer may be a refusal: the one of a form that
    /// the server understood, or else the first, since that is to the form that the standard wants.
    pub(super) async fn edit(&self, kind: &str, id: &str, edit: &Edit) -> Result<Answer, ConnectorError> {
        self.edit_on(kind, id, edit, None).await
    }

    /// Gives attributes the values that follow from the resource as it is now. Where the server keeps versions, it
    /// refuses if somebody else wrote in between, and the values are made again. None: there is nothing to change.
    pub(super) async fn revise(
        &self,
        kind: &str,
        id: &str,
        values: impl Fn(&Object) -> Vec<(&'static str, Value)> + Send + Sync,
    ) -> Result<Option<Answer>, ConnectorError> {
        let mut again = true;
        loop {
            let basis = self.fetch(kind, id, None).await?.ok_or_else(|| ConnectorError::Gone {
                message: "The account no longer exists at the vendor.".to_owned(),
            })?;
            let edit = Edit::Set(values(&basis.0.object));
            if !apply(&edit, &mut basis.0.object.clone()) {
                return Ok(None);
            }
            let answer = self.edit_on(kind, id, &edit, Some(&basis)).await?;
            if answer.status != 412 || !again {
                return Ok(Some(answer));
            }
            again = false;
        }
    }

    async fn edit_on(
        &self,
        kind: &str,
        id: &str,
        edit: &Edit,
        basis: Option<&Basis>,
    ) -> Result<Answer, ConnectorError> {
        let forms = self.forms(edit).await?;
        let learnt = self.learnt.of(edit);
        let start = learnt.load(Ordering::Relaxed).min(forms.len() - 1);
        let mut first: Option<Answer> = None;
        let mut patches = true;
        for (at, form) in forms.iter().enumerate().skip(start) {
            if !patches && *form != Form::Put {
                continue;
            }
            // A PUT replaces all members. A server that has PATCH and refuses one is no reason for that.
            if *form == Form::Put && patches && first.is_some() && edit.is_of_members() {
                break;
            }
            let (answer, wrote) = self.write(kind, id, edit, *form, basis).await?;
            if answer.is_success() && wrote {
                learnt.store(at, Ordering::Relaxed);
            }
            if !is_about_form(&answer, edit) {
                return Ok(answer);
            }
            patches = answer.status == 400;
            first.get_or_insert(answer);
        }
        first.ok_or_else(|| ConnectorError::Refused { message: "The server takes no changes.".to_owned() })
    }

    async fn forms(&self, edit: &Edit) -> Result<&'static [Form], ConnectorError> {
        let removes = matches!(edit, Edit::Remove(_));
        Ok(match self.settings.patch.as_deref() {
            Some("path") => &[Form::Path],
            Some("pathless") if removes => &[Form::Listed],
            Some("pathless") => &[Form::Pathless],
            Some("none") => &[Form::Put],
            _ if !self.provider().await?.patch => &[Form::Put],
            _ if removes => &[Form::Path, Form::Put],
            _ => &[Form::Path, Form::Pathless, Form::Put],
        })
    }

    /// Writes the edit in one form; whether anything was sent that could change the resource.
    async fn write(
        &self,
        kind: &str,
        id: &str,
        edit: &Edit,
        form: Form,
        basis: Option<&Basis>,
    ) -> Result<(Answer, bool), ConnectorError> {
        match (form, basis) {
            (Form::Put, Some(basis)) => Ok((self.put_on(kind, id, edit, basis.clone()).await?, true)),
            (Form::Put, None) => self.put(kind, id, edit).await,
            (Form::Listed, _) => Ok((self.remove_listed(id, edit).await?, true)),
            (Form::Path | Form::Pathless, _) => {
                let version = basis.and_then(|(_, version)| version.clone());
                Ok((self.patch(kind, id, &operations(edit, form), version).await?, true))
            }
        }
    }

    async fn patch(
        &self,
        kind: &str,
        id: &str,
        operations: &[Value],
        version: Option<String>,
    ) -> Result<Answer, ConnectorError> {
        let body = json!({ "schemas": [PATCH], "Operations": operations });
        let version = version.filter(|_| self.settings.etag != Some(false));
        let request = Request::new(Method::PATCH, &[kind, id]).json(&body).if_match(version);
        carried_out(self.send(&request).await?)
    }

    /// Sends the resource back as it was read, with the edit in it.
    async fn put_on(
        &self,
        kind: &str,
        id: &str,
        edit: &Edit,
        (mut resource, version): Basis,
    ) -> Result<Answer, ConnectorError> {
        apply(edit, &mut resource.object);
        let version = version.filter(|_| self.settings.etag != Some(false));
        let body = Value::Object(resource.object);
        let request = Request::new(Method::PUT, &[kind, id]).json(&body).if_match(version);
        carried_out(self.send(&request).await?)
    }

    async fn put(&self, kind: &str, id: &str, edit: &Edit) -> Result<(Answer, bool), ConnectorError> {
        let mut again = true;
        loop {
            let read = self.send(&Request::new(Method::GET, &[kind, id])).await?;
            if !read.is_success() {
                return Ok((read, false));
            }
            let (mut resource, version) = self.versioned(&read, id)?;
            let new = edit.is_of_members() && self.complete_members(&mut resource, edit).await?;
            if !apply(edit, &mut resource.object.clone()) {
                return Ok((read, false));
            }
            let answer = self.put_on(kind, id, edit, (resource, version)).await?;
            if new && matches!(answer.status, 400..=407 | 409..=411 | 413..=499) {
                self.made_group(id);
            }
            // Somebody else wrote in between: what was read is stale, so it is read again, once.
            if answer.status == 412 && again {
                again = false;
                continue;
            }
            return Ok((answer, true));
        }
    }

    /// Sees to it that a group which is about to be sent back holds its members: what is left out is removed. Whether
    /// it is taken for empty only because it was made here.
    async fn complete_members(&self, group: &mut Entry, edit: &Edit) -> Result<bool, ConnectorError> {
        if members(&group.object)? != Members::Absent {
            return Ok(false);
        }
        if let Some(asked) = self.asked_for_members(&group.id).await? {
            let shown = attr(&asked.object, "members").cloned().unwrap_or_default();
            set(&mut group.object, "members", shown);
            return Ok(false);
        }
        let adds = matches!(edit, Edit::Add(_));
        if adds && self.take_new_group(&group.id) {
            return Ok(true);
        }
        if adds && look_for_members(self).await? {
            return Ok(false);
        }
        Err(ConnectorError::Refused {
            message: "The server does not show the group's members, and this change would be sent as the whole group: \
                      whoever is in it would be removed. Nothing was sent. If nobody is in it, put one person into it \
                      at the vendor; otherwise change its members there."
                .to_owned(),
        })
    }

    /// The group in an answer that speaks of its members, when asked for them by name.
    async fn asked_for_members(&self, id: &str) -> Result<Option<Entry>, ConnectorError> {
        match self.fetch("Groups", id, Some("members")).await {
            Ok(Some((group, _))) if members(&group.object)? != Members::Absent => Ok(Some(group)),
            // Not every server knows `attributes`.
            Ok(_) | Err(ConnectorError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes members in the form that a server may take for the removal of all of them, and puts back whom it
    /// should not have removed.
    async fn remove_listed(&self, id: &str, edit: &Edit) -> Result<Answer, ConnectorError> {
        let Edit::Remove(leaving) = edit else {
            return Err(ConnectorError::Refused {
                message: "Only members are removed by a list.".to_owned(),
            });
        };
        let Some(before) = self.member_ids(id).await? else {
            return Err(ConnectorError::Refused {
                message: "The server does not show the group's members, so that nobody could tell whether a removal by a \
                          list removed more. Nothing was sent. Set `scim: { patch: path }` for this vendor if it takes \
                          removals by path."
                    .to_owned(),
            });
        };
        let answer = self.patch("Groups", id, &operations(edit, Form::Listed), None).await?;
        if !answer.is_success() {
            return Ok(answer);
        }
        let after = self.look_again(id, before.len()).await?;
        let lost: Vec<String> =
            before.into_iter().filter(|id| !leaving.contains(id) && !after.contains(id)).collect();
        if lost.is_empty() {
            return Ok(answer);
        }
        let end = if self.put_back(id, &lost).await? {
            "They were put back"
        } else {
            "Putting them back was refused"
        };
        Err(ConnectorError::ContractBroken {
            message: format!(
                "The vendor took the removal of {} members for the removal of {} more. {end}. Set \
                 `scim: {{ patch: path }}` or `scim: {{ patch: none }}` for this vendor.",
                leaving.len(),
                lost.len()
            ),
        })
    }

    /// Who is left after a removal. Members that are no longer told are taken for removed: they are put back then.
    async fn look_again(&self, id: &str, before: usize) -> Result<BTreeSet<String>, ConnectorError> {
        let mut looks = 1;
        loop {
            match self.member_ids(id).await {
                Ok(after) => return Ok(after.unwrap_or_default()),
                Err(_) if looks < LOOKS => looks += 1,
                Err(error) => {
                    return Err(ConnectorError::ContractBroken {
                        message: format!(
                            "The vendor took a removal by a list, and whether it removed more of the group's {before} \
                             members cannot be read: {error} Compare the group with the workspace."
                        ),
                    });
                }
            }
        }
    }

    /// Whether all of them are back.
    async fn put_back(&self, id: &str, lost: &[String]) -> Result<bool, ConnectorError> {
        let mut back = true;
        for batch in lost.chunks(LIMITS.batch) {
            let add = operations(&Edit::Add(batch.to_vec()), Form::Pathless);
            back &= self.patch("Groups", id, &add, None).await?.is_success();
        }
        Ok(back)
    }

    /// The group's members; none where the server does not show them.
    async fn member_ids(&self, id: &str) -> Result<Option<BTreeSet<String>>, ConnectorError> {
        if let Some(group) = self.asked_for_members(id).await? {
            return Ok(Some(member_ids(&group.object)));
        }
        let Some((group, _)) = self.fetch("Groups", id, None).await? else { return Ok(None) };
        let shown = members(&group.object)? != Members::Absent;
        Ok(shown.then(|| member_ids(&group.object)))
    }
}

/// The answer, unless it is a page that has nothing to do with SCIM: then nobody knows what was carried out.
pub(super) fn carried_out(answer: Answer) -> Result<Answer, ConnectorError> {
    let is_page = !answer.body.is_empty() && !matches!(answer.content_type.as_str(), "" | "text/plain");
    if answer.is_success() && is_page && !answer.content_type.ends_with("json") {
        return Err(broken(&answer, "instead of JSON"));
    }
    Ok(answer)
}

/// Whether a refusal says that the request was not understood, so that another form may be. It was not carried out
/// then, and trying again is harmless. A refusal of the value itself is none of these.
fn is_about_form(answer: &Answer, edit: &Edit) -> bool {
    match answer.status {
        405 | 501 => true,
        400 => {
            let reason = Reason::of(answer);
            // Of a removal, `noTarget` also says that the member is not there.
            let removes = matches!(edit, Edit::Remove(_));
            reason.is_one_of(&["", "invalidPath", "invalidSyntax", "invalidFilter"])
                || (reason.is_one_of(&["noTarget"]) && !removes)
        }
        _ => false,
    }
}

fn operations(edit: &Edit, form: Form) -> Vec<Value> {
    let refer = |ids: &[String]| ids.iter().map(|id| json!({ "value": id })).collect::<Value>();
    match (edit, form) {
        (Edit::Set(values), Form::Path) => {
            let replace =
                |(path, value): &(&str, Value)| json!({"op": "replace", "path": path, "value": value});
            values.iter().map(replace).collect()
        }
        (Edit::Set(_), _) => {
            let mut value = Map::new();
            apply(edit, &mut value);
            vec![json!({ "op": "replace", "value": value })]
        }
        (Edit::Add(ids), Form::Path) => vec![json!({"op": "add", "path": "members", "value": refer(ids)})],
        (Edit::Add(ids), _) => vec![json!({"op": "add", "value": { "members": refer(ids) }})],
        (Edit::Remove(ids), Form::Listed) => {
            vec![json!({"op": "remove", "path": "members", "value": refer(ids)})]
        }
        (Edit::Remove(ids), _) => {
            let quoted = |id: &String| Value::from(id.as_str()).to_string();
            let remove = |id| json!({"op": "remove", "path": format!("members[value eq {}]", quoted(id))});
            ids.iter().map(remove).collect()
        }
    }
}

/// Makes the edit on a resource as it was read; whether that changed it.
fn apply(edit: &Edit, resource: &mut Object) -> bool {
    let before = resource.clone();
    match edit {
        Edit::Set(values) => {
            for (path, value) in values {
                set_at(resource, path, value);
            }
        }
        Edit::Add(ids) => {
            let present = member_ids(resource);
            let new = ids.iter().filter(|id| !present.contains(*id)).map(|id| json!({ "value": id }));
            let mut members = listed(resource);
            members.extend(new);
            set(resource, "members", Value::Array(members));
        }
        Edit::Remove(ids) => {
            let mut members = listed(resource);
            members.retain(|member| member_id(member).is_none_or(|id| !ids.contains(&id)));
            set(resource, "members", Value::Array(members));
        }
    }
    *resource != before
}

fn set_at(object: &mut Object, path: &str, value: &Value) {
    match path.split_once('.') {
        None => set(object, path, value.clone()),
        Some((outer, inner)) => {
            let mut part = attr(object, outer).and_then(Value::as_object).cloned().unwrap_or_default();
            set_at(&mut part, inner, value);
            set(object, outer, Value::Object(part));
        }
    }
}

fn listed(group: &Object) -> Vec<Value> {
    attr(group, "members").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn member_id(member: &Value) -> Option<String> {
    member.as_object().and_then(|member| attr(member, "value")).and_then(opaque)
}

fn member_ids(group: &Object) -> BTreeSet<String> {
    listed(group).iter().filter_map(member_id).collect()
}

#[cfg(test)]
mod tests;
