//! What a vendor must hold in the end, worked out from the model alone and without any code of the program.

use super::model::{Model, OWN, PROTECTED, Person, Site, Standing};
use super::truth::{Account, Truth, rank};

/// What becomes of `truth` at the vendor once the workspace has been applied to its end.
pub(crate) fn expect(truth: &Truth, model: &Model, vendor: usize) -> Truth {
    let site = &model.sites[vendor];
    let mut end = truth.clone();
    for group in &site.groups {
        end.groups.entry(group.clone()).or_default();
    }
    for login in truth.accounts.keys().filter(|login| !is_exempt(login)) {
        match model.person(login) {
            Some(person) if person.is_wanted_at(vendor) => keep(&mut end, site, person, vendor),
            Some(person) if person.standing == Standing::Suspended => {
                set_active(&mut end, login, false);
            }
            Some(person) if person.standing == Standing::Departed => leave(&mut end, site, login),
            // Whoever nobody mentions stays where the workspace only adds.
            _ if site.additive => {}
            _ => leave(&mut end, site, login),
        }
    }
    for person in
        model.people.iter().filter(|person| person.is_wanted_at(vendor) && !is_exempt(&person.email))
    {
        if !truth.accounts.contains_key(&person.email) {
            let account = Account { id: String::new(), active: true, name: person.name.clone(), level: None };
            end.accounts.insert(person.email.clone(), account);
            keep(&mut end, site, person, vendor);
        }
    }
    end
}

/// Accounts that lose nothing, whatever the workspace says. No model gives them anything either.
pub(crate) fn is_exempt(login: &str) -> bool {
    login == OWN || login == PROTECTED
}

fn keep(end: &mut Truth, site: &Site, person: &Person, vendor: usize) {
    if let Some(account) = end.accounts.get_mut(&person.email) {
        account.active = true;
        if !site.additive {
            account.name.clone_from(&person.name);
        }
        if site.has_roles {
            let wanted = person.level_at(vendor);
            if !site.additive || rank(wanted) > rank(account.level.as_deref()) {
                account.level = wanted.map(str::to_owned);
            }
        }
    }
    for group in &site.groups {
        let members = end.groups.entry(group.clone()).or_default();
        if person.is_in(vendor, group) {
            members.insert(person.email.clone());
        } else if !site.additive {
            members.remove(&person.email);
        }
    }
}

fn leave(end: &mut Truth, site: &Site, login: &str) {
    if site.keeps_accounts {
        set_active(end, login, false);
        for group in &site.groups {
            end.groups.entry(group.clone()).or_default().remove(login);
        }
    } else {
        end.accounts.remove(login);
        for members in end.groups.values_mut() {
            members.remove(login);
        }
    }
}

fn set_active(end: &mut Truth, login: &str, active: bool) {
    if let Some(account) = end.accounts.get_mut(login) {
        account.active = active;
    }
}
