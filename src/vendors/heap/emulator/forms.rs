//! What a person can change in the pages.

use super::organisation::{ADMIN, Invitation, Organisation, Provisioning};
use super::outbox;
use super::people::{BY_SCIM, NO_ACCESS};
use super::projects::project_at;
use super::visit::{Visit, go, sent};
use crate::domain::Email;
use crate::vendors::scim::emulator::html::segment;
use crate::vendors::scim::emulator::{Reply, Request, Tenant};
use axum::http::StatusCode;
use jiff::Timestamp;

/// Where to go next and what changed, or why nothing did.
type Outcome = Result<(String, Option<String>), Refused>;

/// Why a form changed nothing.
pub(super) enum Refused {
    /// Nobody may do this.
    Forbidden(String),
    /// What was filled in does not fit.
    Unfit(&'static str),
    /// There is no such page.
    Nowhere,
}

/// Answers a POST of somebody who is signed in.
pub(super) fn submit(tenant: &mut Tenant, visit: &Visit, request: &Request, now: Timestamp) -> Option<Reply> {
    let mut desk = Desk { organisation: Organisation::of(tenant), tenant, visit, request, now };
    match desk.submit() {
        Ok((next, effect)) => {
            let organisation = desk.organisation;
            organisation.store(tenant);
            Some(Reply { effect, ..go(next) })
        }
        Err(Refused::Forbidden(reason)) => Some(visit.refusal(StatusCode::FORBIDDEN, &reason)),
        Err(Refused::Unfit(reason)) => Some(visit.refusal(StatusCode::UNPROCESSABLE_ENTITY, reason)),
        Err(Refused::Nowhere) => None,
    }
}

/// One form on its way in.
struct Desk<'a> {
    tenant: &'a mut Tenant,
    organisation: Organisation,
    visit: &'a Visit,
    request: &'a Request,
    now: Timestamp,
}

impl Desk<'_> {
    fn submit(&mut self) -> Outcome {
        let words: Vec<&str> = self.request.segments.iter().map(String::as_str).collect();
        let ["account", "manage", section, ref rest @ ..] = *words else { return Err(Refused::Nowhere) };
        match *rest {
            [id, "people"] if section == "projects" => self.add(id),
            [id, "people", user, "role"] if section == "projects" => {
                self.set_level(user, id, &sent(self.request, "level"), project_at(id))
            }
            [id, "people", user, "remove"] if section == "projects" => {
                self.set_level(user, id, NO_ACCESS, project_at(id))
            }
            _ if section != self.visit.labels.people_path => Err(Refused::Nowhere),
            [] => self.invite(),
            ["invitations", word, "cancel"] => self.cancel(word),
            [id, "remove"] => self.remove(id),
            [id, "role"] => self.set_role(id),
            [id, "projects", project] => {
                let back = format!("{}/{}", self.visit.labels.people_at(), segment(id));
                self.set_level(id, project, &sent(self.request, "level"), back)
            }
            _ => Err(Refused::Nowhere),
        }
    }

    /// The account's sign-in name. An unknown one has no page.
    fn login(&self, id: &str) -> Result<String, Refused> {
        let user = self.tenant.users.get(id).ok_or(Refused::Nowhere)?;
        Ok(user.text("userName").to_owned())
    }

    fn known_role(&self, role: &str) -> Result<(), Refused> {
        match self.organisation.roles().any(|known| known == role) {
            true => Ok(()),
            false => Err(Refused::Unfit("There is no such role.")),
        }
    }

    fn by_hand(&self, what: &str) -> Result<(), Refused> {
        match self.organisation.scim {
            Provisioning::Off => Ok(()),
            Provisioning::On => Err(Refused::Forbidden(format!("{what}: {BY_SCIM}"))),
        }
    }

    fn invite(&mut self) -> Outcome {
        self.by_hand("Nobody can be added here")?;
        let (email, role) = (sent(self.request, "email"), sent(self.request, "role"));
        let email = Email::parse(&email).map_err(|_| Refused::Unfit("This is no e-mail address."))?;
        let email = email.as_str().to_owned();
        self.known_role(&role)?;
        if self.tenant.users.named("userName", &email).is_some() {
            return Err(Refused::Unfit("Somebody with this address has an account already."));
        }
        if self.organisation.invitations.values().any(|invitation| invitation.email == email) {
            return Err(Refused::Unfit("This address is invited already."));
        }
        let effect = format!("invitation {email}: sent as {role}");
        let invitation = Invitation { email, role, sent: self.now };
        outbox::invite(self.tenant, &mut self.organisation, invitation);
        Ok((self.visit.labels.people_at(), Some(effect)))
    }

    fn cancel(&mut self, word: &str) -> Outcome {
        let invitation = self.organisation.invitations.remove(word).ok_or(Refused::Nowhere)?;
        let effect = format!("invitation {}: cancelled", invitation.email);
        Ok((self.visit.labels.people_at(), Some(effect)))
    }

    fn remove(&mut self, id: &str) -> Outcome {
        let login = self.login(id)?;
        self.by_hand("Nobody can be removed here")?;
        if self.visit.operator.as_deref() == Some(id) {
            return Err(Refused::Forbidden("Nobody can remove themselves: ask another admin.".to_owned()));
        }
        self.keeps_an_admin(id)?;
        self.organisation.forget(id);
        self.tenant.leave_groups(id, self.now);
        self.tenant.users.remove(id);
        Ok((self.visit.labels.people_at(), Some(format!("teammate {login}: removed"))))
    }

    fn keeps_an_admin(&self, id: &str) -> Result<(), Refused> {
        match self.organisation.is_last_admin(self.tenant, id) {
            true => Err(Refused::Unfit("This is the last admin: make somebody else an admin first.")),
            false => Ok(()),
        }
    }

    fn set_role(&mut self, id: &str) -> Outcome {
        let login = self.login(id)?;
        let role = sent(self.request, "role");
        self.known_role(&role)?;
        if role != ADMIN {
            self.keeps_an_admin(id)?;
        }
        let old = self.organisation.role_of(id).to_owned();
        self.organisation.teammates.entry(id.to_owned()).or_default().role.clone_from(&role);
        let back = match self.request.parameter("back") {
            Some(_) => self.visit.labels.people_at(),
            None => format!("{}/{}", self.visit.labels.people_at(), segment(id)),
        };
        Ok((back, (old != role).then(|| format!("teammate {login}: role {old} -> {role}"))))
    }

    fn add(&mut self, project: &str) -> Outcome {
        let email = sent(self.request, "email");
        let found = self.tenant.users.named("userName", &email).map(|user| user.id.clone());
        let id = found.ok_or(Refused::Unfit("Nobody with this address has an account."))?;
        if self.organisation.level_of(&id, project).is_some() {
            return Err(Refused::Unfit("They have access already: change the role in their row instead."));
        }
        self.set_level(&id, project, &sent(self.request, "level"), project_at(project))
    }

    fn set_level(&mut self, id: &str, project: &str, level: &str, back: String) -> Outcome {
        let login = self.login(id)?;
        if !self.organisation.projects.contains_key(project) {
            return Err(Refused::Unfit("There is no such project."));
        }
        if level != NO_ACCESS {
            self.known_role(level)?;
        }
        let held = self.organisation.teammates.entry(id.to_owned()).or_default();
        let old = match level {
            NO_ACCESS => held.projects.remove(project),
            _ => held.projects.insert(project.to_owned(), level.to_owned()),
        };
        let old = old.unwrap_or_else(|| NO_ACCESS.to_owned());
        let effect = (old != level).then(|| format!("teammate {login}: project {project} {old} -> {level}"));
        Ok((back, effect))
    }
}
