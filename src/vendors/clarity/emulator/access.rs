//! Who may do what to whom in a project, and what it does.

use super::state::{ADMIN, MEMBER, Member, OWNER, Project, State, Status, same};
use crate::domain::Email;
use jiff::Timestamp;

/// Invitations that may be pending on one project.
pub(super) const PENDING: usize = 10;

/// What changed, for the audit log, if anything did; or why it may not be.
pub(super) type Outcome = Result<Option<String>, String>;

/// Somebody's work on one project.
pub(super) struct Work<'a> {
    pub(super) state: &'a mut State,
    /// The project's id; it exists.
    pub(super) project: &'a str,
    /// The address that is signed in.
    pub(super) actor: &'a str,
    pub(super) now: Timestamp,
}

impl Work<'_> {
    fn project(&mut self) -> Result<&mut Project, String> {
        self.state.projects.get_mut(self.project).ok_or_else(|| "There is no such project.".to_owned())
    }

    fn effect(&self, what: &str) -> Outcome {
        Ok(Some(format!("project {}: {what}", self.project)))
    }

    /// The one who is worked on, if the actor may manage anybody at all.
    fn subject(&mut self, email: &str) -> Result<Member, String> {
        self.manages()?;
        let found = self.project()?.member(email).cloned();
        found.ok_or_else(|| format!("{email} is not in this project."))
    }

    fn active(&mut self, email: &str) -> Result<Member, String> {
        let member = self.subject(email)?;
        match member.is_active() {
            true => Ok(member),
            false => Err(format!("{email} has not accepted the invitation.")),
        }
    }

    fn invited(&mut self, email: &str) -> Result<Member, String> {
        let member = self.subject(email)?;
        match member.is_active() {
            true => Err(format!("{email} has accepted the invitation already.")),
            false => Ok(member),
        }
    }

    fn manages(&mut self) -> Result<(), String> {
        let actor = self.actor;
        match self.project()?.member(actor).is_some_and(Member::manages) {
            true => Ok(()),
            false => Err("Only an Admin can change who has access to this project.".to_owned()),
        }
    }

    /// Somebody other than this one still manages the project, and the project still has members.
    fn can_spare(&mut self, email: &str) -> Result<(), String> {
        let others: Vec<&Member> =
            self.project()?.members.iter().filter(|member| !member.is(email) && member.is_active()).collect();
        if others.is_empty() {
            return Err("The last member of a project stays: the project would be deleted.".to_owned());
        }
        match others.iter().any(|member| member.manages()) {
            true => Ok(()),
            false => Err("A project keeps an Admin: make somebody else one first.".to_owned()),
        }
    }

    fn edit(&mut self, email: &str, change: impl FnOnce(&mut Member)) -> Result<(), String> {
        if let Some(member) = self.project()?.member_mut(email) {
            change(member);
        }
        Ok(())
    }

    fn take_out(&mut self, email: &str) -> Result<(), String> {
        self.project()?.members.retain(|member| !member.is(email));
        Ok(())
    }

    /// Whether one more invitation can be pending.
    fn has_room(&mut self) -> Result<bool, String> {
        Ok(self.project()?.pending() < PENDING)
    }

    pub(super) fn invite(&mut self, email: &str, role: &str) -> Outcome {
        self.manages()?;
        let email =
            Email::parse(email.trim()).map_err(|error| format!("{email:?} is no address: {error}."))?;
        let email = email.as_str();
        assignable(role)?;
        if self.project()?.member(email).is_some() {
            return Err(format!("{email} is listed already."));
        }
        if !self.has_room()? {
            return if self.state.silent_limit { Ok(None) } else { Err(no_room()) };
        }
        let member = Member {
            email: email.to_owned(),
            name: String::new(),
            role: role.to_owned(),
            status: Status::Pending,
            added: Some(self.now),
            token: None,
        };
        self.project()?.members.push(member);
        self.state.send(self.project, email, Some(self.now));
        self.effect(&format!("invite {email} as {role}"))
    }

    pub(super) fn set_role(&mut self, email: &str, role: &str) -> Outcome {
        let member = self.active(email)?;
        if member.role == role {
            return Ok(None);
        }
        if member.role == OWNER {
            return Err("The Owner's role changes by a transfer of the ownership alone.".to_owned());
        }
        assignable(role)?;
        if role != ADMIN {
            self.can_spare(email)?;
        }
        self.edit(email, |member| role.clone_into(&mut member.role))?;
        self.effect(&format!("role {} {} -> {role}", member.email, member.role))
    }

    pub(super) fn remove(&mut self, email: &str) -> Outcome {
        let member = self.active(email)?;
        if same(email, self.actor) {
            return Err("You cannot remove yourself. Another Admin can, or you leave the project.".to_owned());
        }
        self.is_no_owner(&member)?;
        self.can_spare(email)?;
        self.take_out(email)?;
        self.effect(&format!("remove {}", member.email))
    }

    pub(super) fn leave(&mut self) -> Outcome {
        let actor = self.actor;
        let found = self.project()?.member(actor).cloned();
        let member = found.ok_or_else(|| "You are not in this project.".to_owned())?;
        self.is_no_owner(&member)?;
        self.can_spare(actor)?;
        self.take_out(actor)?;
        self.effect(&format!("leave {}", member.email))
    }

    fn is_no_owner(&self, member: &Member) -> Result<(), String> {
        match member.role == OWNER {
            true => Err(format!("{} owns this project, and has to transfer ownership first.", member.email)),
            false => Ok(()),
        }
    }

    pub(super) fn transfer(&mut self, email: &str) -> Outcome {
        let actor = self.actor;
        let owner = self.project()?.member(actor).filter(|member| member.role == OWNER).cloned();
        let owner = owner.ok_or_else(|| "Only the Owner can transfer the ownership.".to_owned())?;
        let member = self.active(email)?;
        if member.role == OWNER {
            return Ok(None);
        }
        self.edit(actor, |member| ADMIN.clone_into(&mut member.role))?;
        self.edit(email, |member| OWNER.clone_into(&mut member.role))?;
        self.effect(&format!("transfer ownership {} -> {}", owner.email, member.email))
    }

    pub(super) fn resend(&mut self, email: &str) -> Outcome {
        let member = self.invited(email)?;
        match member.status {
            Status::Declined => return Err(format!("{email} has declined the invitation.")),
            Status::Expired if !self.has_room()? => return Err(no_room()),
            _ => {}
        }
        let now = self.now;
        self.edit(email, |member| {
            member.status = Status::Pending;
            member.added = Some(now);
        })?;
        self.state.send(self.project, email, Some(now));
        self.effect(&format!("resend {}", member.email))
    }

    pub(super) fn cancel(&mut self, email: &str) -> Outcome {
        let member = self.invited(email)?;
        self.take_out(email)?;
        self.effect(&format!("cancel {}", member.email))
    }
}

fn no_room() -> String {
    format!(
        "This project has {PENDING} pending invitations, and no more are allowed at a time. Wait until one is accepted, \
         or cancel one."
    )
}

/// What an Admin can make somebody.
fn assignable(role: &str) -> Result<(), String> {
    match role {
        MEMBER | ADMIN => Ok(()),
        OWNER => Err("Ownership is transferred by the Owner, and not given.".to_owned()),
        _ => Err("There is no such role.".to_owned()),
    }
}
