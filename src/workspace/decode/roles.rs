//! The `roles` section, and the grants that roles and users have.

use super::{Decoder, Entry, Fields, Referent};
use crate::diagnostic::Diagnostic;
use crate::domain::RoleName;
use crate::workspace::model::{Dated, GrantLine, Located, Role};
use crate::workspace::shape;
use crate::workspace::suggest::quote;
use crate::workspace::tree::{Node, Value};

impl<'a> Decoder<'a, '_> {
    pub(super) fn roles(&mut self, value: Node<'a>) {
        for Entry { key, name, value } in self.entries(value, &shape::ROLES) {
            let parsed = RoleName::parse(name);
            if let Err(error) = &parsed {
                self.bad_name(key.span(), name, &error.to_string());
                self.draft.misnamed.push((Referent::Role, name.to_owned()));
            }
            let (description, includes, grants) = match value {
                Some(value) => {
                    let fields = self.table(key, value, &shape::ROLE);
                    (self.arc(&fields, "description"), self.includes(&fields), self.grants(&fields))
                }
                None => (None, Vec::new(), Vec::new()),
            };
            if let Ok(name) = parsed {
                self.draft.roles.push(Role { name, description, includes, grants, span: key.span() });
            }
        }
    }

    fn includes(&mut self, fields: &Fields<'a>) -> Vec<Located<RoleName>> {
        let nodes = self.list(fields, "includes");
        let names = nodes
            .into_iter()
            .filter_map(|node| self.role_name(node).map(|value| Located { value, span: node.span() }));
        names.collect()
    }

    pub(super) fn grants(&mut self, fields: &Fields<'a>) -> Vec<GrantLine> {
        let entries = self.map(fields, "grants");
        let mut grants = Vec::with_capacity(entries.len());
        for entry in entries {
            grants.extend(self.grant(entry));
        }
        grants
    }

    fn grant(&mut self, entry: Entry<'a>) -> Option<GrantLine> {
        let Entry { key, name, value } = entry;
        let span = key.span();
        let place = self.grant_key(key, name);
        let (level, dated) = match value {
            Some(node) if node.value() == Value::Mapping => {
                let fields = self.table(key, node, &shape::GRANT);
                (fields.node("level"), self.dated(&fields))
            }
            other => (other, Dated::default()),
        };
        let level = level?;
        let (vendor, resource) = place?;
        self.draft.halves.push((span, level.span()));
        let level = level.scalar().and_then(|text| self.level(text))?;
        Some(GrantLine { vendor, resource, level, dated, span })
    }

    /// The vendor and the resource of a grant's key; no resource for `vendor/*`.
    fn grant_key(
        &mut self,
        key: Node<'a>,
        text: &'a str,
    ) -> Option<(crate::domain::VendorName, Option<crate::domain::ResourceName>)> {
        let parts = text.split_once('/').filter(|(vendor, resource)| {
            !vendor.is_empty() && !resource.is_empty() && !resource.contains('/')
        });
        let Some((vendor, resource)) = parts else {
            self.problems.push(
                Diagnostic::error("bad-name", key.span(), format!("{} names no resource", quote(text)))
                    .detail("A grant's key is a vendor and one of its resources, with a slash between them.")
                    .hint(format!(
                        "Write `{}`, or `vendor/*` for every declared resource.",
                        example_key(text)
                    )),
            );
            return None;
        };
        let vendor = self.vendor_name(vendor, key.span())?;
        match resource {
            "*" => Some((vendor, None)),
            _ => {
                let resource = self.resource_name(&vendor, resource, key.span())?;
                Some((vendor, Some(resource)))
            }
        }
    }
}

fn example_key(text: &str) -> String {
    let plain =
        !text.is_empty() && text.len() < 40 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if plain { format!("{text}/org") } else { "vendor/resource".to_owned() }
}
