//! What a person can change in the pages, and what SCIM has taken away from them.

use super::html::{escape, page, segment};
use super::pages::NO_ACCESS;
use super::{Organisation, Teammate};
use crate::vendors::scim::emulator::{Reply, Request, Tenant};
use axum::http::{StatusCode, header};

/// Answers a POST.
pub(super) fn submit(tenant: &mut Tenant, request: &Request) -> Option<Reply> {
    if !same_origin(request) {
        return Some(refusal("This form was sent from another site."));
    }
    let words: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let ["account", "manage", "teammates", rest @ ..] = &*words else { return None };
    match *rest {
        [] => Some(managed_by_scim("Teammates cannot be added here")),
        [_, "remove"] => Some(managed_by_scim("Teammates cannot be removed here")),
        [id, "role"] => edit(tenant, id, |organisation| set_role(organisation, id, request)),
        [id, "projects", project] => {
            edit(tenant, id, |organisation| set_level(organisation, id, project, request))
        }
        _ => None,
    }
}

/// A browser names the page that a form came from; whatever is no browser sends no `Origin`.
fn same_origin(request: &Request) -> bool {
    let host = request.header(header::HOST).unwrap_or_default();
    request.header(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"))
}

fn refusal(text: &str) -> Reply {
    page(
        StatusCode::FORBIDDEN,
        "Refused",
        &format!("<p class=\"notice\" role=\"alert\">{}</p>\n", escape(text)),
    )
}

fn managed_by_scim(what: &str) -> Reply {
    refusal(&format!(
        "{what}: SCIM provisioning is on, so accounts are created and removed by the identity provider. \
         Individual roles and project access can still be changed."
    ))
}

/// Makes a change to one teammate. An unknown one has no page.
fn edit(
    tenant: &mut Tenant,
    id: &str,
    change: impl FnOnce(&mut Organisation) -> Result<Option<String>, String>,
) -> Option<Reply> {
    let login = tenant.users.get(id)?.text("userName").to_owned();
    let mut organisation = Organisation::of(tenant);
    match change(&mut organisation) {
        Err(reason) => Some(Reply { status: StatusCode::UNPROCESSABLE_ENTITY, ..refusal(&reason) }),
        Ok(effect) => {
            organisation.store(tenant);
            let back = format!("/account/manage/teammates/{}", segment(id));
            let mut reply = Reply::new(StatusCode::SEE_OTHER, "text/plain", Vec::new())
                .with_header(header::LOCATION, back);
            reply.effect = effect.map(|effect| format!("teammate {login}: {effect}"));
            Some(reply)
        }
    }
}

fn chosen(request: &Request, field: &str) -> String {
    let found = request.form().into_iter().find(|(name, _)| name == field);
    found.map(|(_, value)| value).unwrap_or_default()
}

fn check_role(organisation: &Organisation, role: &str) -> Result<(), String> {
    match organisation.roles().any(|known| known == role) {
        true => Ok(()),
        false => Err("There is no such role.".to_owned()),
    }
}

fn set_role(organisation: &mut Organisation, id: &str, request: &Request) -> Result<Option<String>, String> {
    let role = chosen(request, "role");
    check_role(organisation, &role)?;
    let old = organisation.role_of(id).to_owned();
    organisation.teammates.entry(id.to_owned()).or_default().role.clone_from(&role);
    Ok((old != role).then(|| format!("role {old} -> {role}")))
}

fn set_level(
    organisation: &mut Organisation,
    id: &str,
    project: &str,
    request: &Request,
) -> Result<Option<String>, String> {
    let level = chosen(request, "level");
    if !organisation.projects.contains_key(project) {
        return Err("There is no such project.".to_owned());
    }
    if level != NO_ACCESS {
        check_role(organisation, &level)?;
    }
    let held: &mut Teammate = organisation.teammates.entry(id.to_owned()).or_default();
    let old = match &*level {
        NO_ACCESS => held.projects.remove(project),
        _ => held.projects.insert(project.to_owned(), level.clone()),
    };
    let old = old.unwrap_or_else(|| NO_ACCESS.to_owned());
    Ok((old != level).then(|| format!("project {project} {old} -> {level}")))
}
