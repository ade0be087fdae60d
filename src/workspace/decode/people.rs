//! The `users` section.

use super::{Decoder, Entry, Fields, NOWHERE, Referent};
use crate::domain::{AccountId, Email, PersonKind, UserName, VendorName};
use crate::workspace::model::{Dated, Located, RoleRef, Suspension, User};
use crate::workspace::shape;
use crate::workspace::tree::{Node, Value};
use std::sync::{Arc, LazyLock};

/// Stands for an address that is missing or none. Its place says that it is no one's.
static NO_EMAIL: LazyLock<Option<Email>> = LazyLock::new(|| Email::parse("nobody@invalid").ok());

impl<'a> Decoder<'a, '_> {
    pub(super) fn users(&mut self, value: Node<'a>) {
        let entries = self.entries(value, &shape::USERS);
        self.draft.users.reserve_exact(entries.len());
        for Entry { key, name, value } in entries {
            let parsed = UserName::parse(name);
            if let Err(error) = &parsed {
                self.bad_name(key.span(), name, &error.to_string());
                self.draft.misnamed.push((Referent::User, name.to_owned()));
            }
            let handle = parsed.as_ref().ok().cloned().or_else(|| UserName::parse("unnamed").ok());
            let Some(user) = handle.and_then(|handle| self.user(handle, key, value)) else { continue };
            if parsed.is_ok() {
                self.draft.users.push(user);
            }
        }
    }

    fn user(&mut self, handle: UserName, key: Node<'a>, value: Option<Node<'a>>) -> Option<User> {
        let mut user = blank(handle, key)?;
        let Some(value) = value else { return Some(user) };
        let fields = self.table(key, value, &shape::USER);
        if let Some(email) = fields.node("email").and_then(|node| self.email(node)) {
            user.email = email;
        }
        user.name = self.arc(&fields, "name");
        user.aliases = self.emails(&fields, "aliases");
        user.accounts = self.accounts(&fields);
        user.kind = match fields.text("kind") {
            Some("external") => PersonKind::External,
            Some("service") => PersonKind::Service,
            _ => PersonKind::Employee,
        };
        user.sponsor = fields
            .node("sponsor")
            .and_then(|node| self.user_name(node).map(|value| Located { value, span: node.span() }));
        user.dated = self.dated(&fields);
        user.roles = self.role_entries(&fields);
        user.grants = self.grants(&fields);
        user.departed = fields.node("departed").and_then(|node| self.located_date(node));
        user.suspended = fields.entry("suspended").and_then(|(key, value)| self.suspended(key, value));
        Some(user)
    }

    pub(super) fn emails(&mut self, fields: &Fields<'a>, key: &str) -> Vec<Located<Email>> {
        let nodes = self.list(fields, key);
        nodes.into_iter().filter_map(|node| self.email(node)).collect()
    }

    fn accounts(&mut self, fields: &Fields<'a>) -> Vec<(VendorName, Located<AccountId>)> {
        let mut accounts = Vec::new();
        for Entry { key, name, value } in self.map(fields, "accounts") {
            let vendor = self.vendor_name(name, key.span());
            let (Some(vendor), Some(node)) = (vendor, value) else { continue };
            let id = node.scalar().and_then(|text| AccountId::parse(text).ok());
            self.draft.halves.push((node.span(), key.span()));
            accounts.extend(id.map(|value| (vendor, Located { value, span: node.span() })));
        }
        accounts
    }

    fn role_entries(&mut self, fields: &Fields<'a>) -> Vec<RoleRef> {
        let nodes = self.list(fields, "roles");
        let mut roles = Vec::with_capacity(nodes.len());
        for node in nodes {
            roles.extend(self.role_entry(node));
        }
        roles
    }

    fn role_entry(&mut self, node: Node<'a>) -> Option<RoleRef> {
        if node.value() != Value::Mapping {
            let role = self.role_name(node)?;
            return Some(RoleRef { role, dated: Dated::default(), span: node.span() });
        }
        let fields = self.table(node, node, &shape::ROLE_ENTRY);
        let dated = self.dated(&fields);
        let name = fields.node("role")?;
        let role = self.role_name(name)?;
        Some(RoleRef { role, dated, span: name.span() })
    }

    fn suspended(&mut self, key: Node<'a>, value: Node<'a>) -> Option<Located<Suspension>> {
        let fields = self.table(key, value, &shape::SUSPENDED);
        let since = fields.node("since").and_then(|node| self.date(node))?;
        let reason = self.arc(&fields, "reason")?;
        Some(Located { value: Suspension { since, reason }, span: key.span() })
    }
}

/// A user of whom nothing is known but that they are declared.
fn blank(handle: UserName, key: Node<'_>) -> Option<User> {
    Some(User {
        handle,
        name: None::<Arc<str>>,
        email: Located { value: NO_EMAIL.clone()?, span: NOWHERE },
        aliases: Vec::new(),
        accounts: Vec::new(),
        kind: PersonKind::Employee,
        sponsor: None,
        dated: Dated::default(),
        roles: Vec::new(),
        grants: Vec::new(),
        departed: None,
        suspended: None,
        span: key.span(),
    })
}
