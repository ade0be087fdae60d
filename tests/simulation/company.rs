//! Companies drawn from a seed: who works there, what they should have, and how that changes.

use super::chance::Chance;
use super::intruder::{STRANGERS, foreign_group};
use super::model::{Model, OWN, PROTECTED, PROVIDER, Person, Site, Spot, Standing};
use super::outside;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const HANDLES: [&str; 9] = ["ada", "ben", "cleo", "dora", "emil", "fay", "gus", "hana", "ivo"];

const GROUPS: [&str; 4] = ["Sales", "Field Work", "Design", "Night Shift"];

/// A company, and whose every change its vendors refuse.
pub(crate) fn found(chance: &mut Chance) -> (Model, Option<String>) {
    let two = chance.percent(35);
    let sites: Vec<Site> =
        ["first", "second"].into_iter().take(1 + usize::from(two)).map(|name| site(name, chance)).collect();
    let count = 2 + chance.below(6);
    let people = HANDLES.iter().take(count).map(|handle| person(handle)).collect();
    let mut model = Model { people, sites, min_admins: 1 + chance.below(2), provided: None, outside: None };
    provide(&mut model, chance);
    let poisoned = (count > 4 && chance.percent(15)).then(|| model.people[count - 1].email.clone());
    for at in 0..count {
        draw_holds(&mut model, at, poisoned.as_deref(), chance);
        if chance.percent(25) {
            model.people[at].standing =
                *chance.pick(&[Standing::Suspended, Standing::Departed, Standing::Unmentioned]);
        }
    }
    // Those whom guards must spare, whatever the workspace says of them.
    for (handle, email) in [("robot", OWN), ("breakglass", PROTECTED)] {
        if chance.percent(12) {
            let standing = *chance.pick(&[Standing::Departed, Standing::Suspended, Standing::Active]);
            let email = email.to_owned();
            model.people.push(Person { email, standing, ..person(handle) });
        }
    }
    outside::found(&mut model, poisoned.as_deref(), chance);
    settle(&mut model, poisoned.as_deref());
    (model, poisoned)
}

/// The first of two vendors may keep the accounts of the second. Both then rule over what they hold: a provider that
/// gives what its customer takes would go on for ever.
fn provide(model: &mut Model, chance: &mut Chance) {
    if model.sites.len() < 2 || chance.percent(40) {
        return;
    }
    // Some connectors say that no vendor's accounts come from theirs.
    model.sites[PROVIDER].connector = "scim";
    model.provided = model.sites[PROVIDER].groups.first().cloned();
    for site in &mut model.sites {
        site.additive = false;
    }
}

fn person(handle: &str) -> Person {
    Person {
        handle: handle.to_owned(),
        name: format!("{handle} one"),
        email: format!("{handle}@acme.example"),
        standing: Standing::Active,
        holds: BTreeMap::new(),
    }
}

fn site(name: &'static str, chance: &mut Chance) -> Site {
    let connector = if chance.percent(25) { "heap" } else { "scim" };
    let first = chance.below(2);
    let groups = GROUPS[first..].iter().take(1 + chance.below(3)).map(|group| (*group).to_owned());
    Site {
        name,
        connector,
        additive: chance.percent(30),
        keeps_accounts: chance.percent(35),
        has_roles: connector == "scim" && chance.percent(60),
        groups: groups.collect::<BTreeSet<_>>(),
    }
}

/// What somebody should have, drawn anew.
fn draw_holds(model: &mut Model, at: usize, poisoned: Option<&str>, chance: &mut Chance) {
    let may_rise = Some(model.people[at].email.as_str()) != poisoned;
    let mut holds = BTreeMap::new();
    for (vendor, site) in model.sites.iter().enumerate() {
        if chance.percent(60) {
            holds.insert(Spot { vendor, group: None }, level(site, may_rise, chance));
        }
        for group in &site.groups {
            if chance.percent(45) {
                holds.insert(Spot { vendor, group: Some(group.clone()) }, "member");
            }
        }
    }
    model.people[at].holds = holds;
}

fn level(site: &Site, may_rise: bool, chance: &mut Chance) -> &'static str {
    match site.has_roles {
        true if may_rise => chance.pick::<&str>(&["member", "viewer", "admin"]),
        true => chance.pick::<&str>(&["member", "viewer"]),
        false => "member",
    }
}

/// Sees to what every sensible workspace has: somebody at each vendor, enough admins where there are any, and an account
/// for everybody whom a provider gives one. Only who stays outside has one without the provider.
fn settle(model: &mut Model, poisoned: Option<&str>) {
    for vendor in 0..model.sites.len() {
        let spot = Spot { vendor, group: None };
        model.people[0].standing = Standing::Active;
        model.people[0].holds.entry(spot.clone()).or_insert("member");
        if !model.sites[vendor].has_roles {
            continue;
        }
        let is_admin = |person: &Person| {
            person.standing == Standing::Active && person.holds.get(&spot).copied() == Some("admin")
        };
        let mut missing =
            model.min_admins.saturating_sub(model.people.iter().filter(|one| is_admin(one)).count());
        for at in 0..model.people.len() {
            let one = &mut model.people[at];
            let regular = !super::oracle::is_exempt(&one.email) && Some(one.email.as_str()) != poisoned;
            if missing > 0 && regular && !is_admin(one) {
                one.standing = Standing::Active;
                one.holds.insert(spot.clone(), "admin");
                missing -= 1;
            }
        }
    }
    outside::settle(model, poisoned);
}

/// What happens to a company between two applies.
pub(crate) fn edit(model: &mut Model, poisoned: Option<&str>, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(model.people.len());
        if super::oracle::is_exempt(&model.people[at].email) {
            continue;
        }
        match chance.below(9) {
            0 => model.people[at].standing = Standing::Unmentioned,
            1 => model.people[at].standing = Standing::Departed,
            2 => model.people[at].standing = Standing::Suspended,
            3 | 4 => model.people[at].standing = Standing::Active,
            5 => draw_holds(model, at, poisoned, chance),
            6 => {
                let name = chance.pick(&["one", "two", "three"]);
                model.people[at].name = format!("{} {name}", model.people[at].handle);
            }
            7 => hand_over(model, poisoned, chance),
            _ => {
                let vendor = chance.below(model.sites.len());
                model.sites[vendor].groups.insert((*chance.pick(&GROUPS)).to_owned());
            }
        }
    }
    if model.outside.is_some() && chance.percent(60) {
        outside::edit(model, poisoned, chance);
    }
    settle(model, poisoned);
}

/// Every admin of a vendor becomes an ordinary member, and somebody else an admin.
fn hand_over(model: &mut Model, poisoned: Option<&str>, chance: &mut Chance) {
    let vendor = chance.below(model.sites.len());
    let spot = Spot { vendor, group: None };
    if !model.sites[vendor].has_roles {
        return;
    }
    let heir = chance.below(model.people.len());
    for (at, one) in model.people.iter_mut().enumerate() {
        if one.holds.get(&spot).copied() == Some("admin") {
            one.holds.insert(spot.clone(), "member");
        }
        if at == heir && Some(one.email.as_str()) != poisoned && !super::oracle::is_exempt(&one.email) {
            one.standing = Standing::Active;
            one.holds.insert(spot.clone(), "admin");
        }
    }
}

/// What a vendor holds before the program first meets it: some of the people, and some others.
pub(crate) fn tenant(model: &Model, vendor: usize, chance: &mut Chance) -> Value {
    let site = &model.sites[vendor];
    let mut users =
        vec![user(OWN, "Grantline", site, false, chance), user(PROTECTED, "Break Glass", site, true, chance)];
    let mut logins = Vec::new();
    for person in model.people.iter().filter(|person| !super::oracle::is_exempt(&person.email)) {
        if chance.percent(50) {
            users.push(user(&person.email, &person.name, site, true, chance));
            logins.push(person.email.as_str());
        }
    }
    for login in STRANGERS.iter().take(chance.below(3)) {
        users.push(user(login, "Somebody", site, true, chance));
        logins.push(login);
    }
    let mut groups = vec![foreign_group()];
    for group in &site.groups {
        if chance.percent(60) {
            let members: Vec<Value> =
                logins.iter().filter(|_| chance.percent(40)).map(|login| json!({ "value": login })).collect();
            groups.push(json!({ "attributes": { "displayName": group, "members": members } }));
        }
    }
    json!({
        "format": "grantline.emulator/1", "tenant": site.name, "own": OWN, "users": users, "groups": groups,
    })
}

fn user(login: &str, name: &str, site: &Site, varied: bool, chance: &mut Chance) -> Value {
    let mut attributes = json!({
        "userName": login, "displayName": name, "active": !(varied && chance.percent(12)),
        "emails": [{ "value": login, "type": "work", "primary": true }],
    });
    if site.has_roles && varied && chance.percent(50) {
        attributes["roles"] = json!([{ "value": *chance.pick(&["Viewer", "Admin"]) }]);
    }
    json!({ "attributes": attributes })
}
