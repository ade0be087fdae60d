//! The `vendors` section.

use super::{Decoder, Entry, Fields, NOWHERE, Referent, VendorDraft};
use crate::diagnostic::Diagnostic;
use crate::domain::{Channel, Manage, Offboarding, Resource, ResourceName, Source, VendorName};
use crate::workspace::model::{Located, PagesSettings, ScimSettings, Vendor, VendorUrl};
use crate::workspace::shape;
use crate::workspace::suggest::quote;
use crate::workspace::tree::{Node, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

impl<'a> Decoder<'a, '_> {
    pub(super) fn vendors(&mut self, value: Node<'a>) {
        for Entry { key, name, value } in self.entries(value, &shape::VENDORS) {
            match VendorName::parse(name) {
                Ok(handle) => {
                    let draft = self.vendor(handle, key, value);
                    self.draft.vendors.push(draft);
                }
                Err(error) => {
                    self.bad_name(key.span(), name, &error.to_string());
                    self.draft.misnamed.push((Referent::Vendor, name.to_owned()));
                    self.vendor_body(key, value);
                }
            }
        }
    }

    /// Looks into a vendor whose name is none, for what else is wrong with it.
    fn vendor_body(&mut self, key: Node<'a>, value: Option<Node<'a>>) {
        if let Ok(name) = VendorName::parse("unnamed") {
            self.vendor(name, key, value);
        }
    }

    fn vendor(&mut self, name: VendorName, key: Node<'a>, value: Option<Node<'a>>) -> VendorDraft {
        let mut vendor = blank(name, key);
        let Some(value) = value else {
            return VendorDraft {
                vendor,
                kinds: Vec::new(),
                channel: None,
                has_url: true,
                has_token: true,
                more_resources: true,
                more_levels: true,
            };
        };
        let fields = self.table(key, value, &shape::VENDOR);
        if let Some(connector) = self.located(&fields, "connector") {
            vendor.connector = connector;
        }
        if let Some(node) = fields.node("manage") {
            vendor.manage = Located { value: manage(node), span: node.span() };
        }
        vendor.channel = fields.text("channel").and_then(channel);
        self.reach(&fields, &mut vendor);
        vendor.token = self.credential(&fields, "token");
        vendor.grant_token = self.credential(&fields, "grant_token");
        vendor.revoke_token = self.credential(&fields, "revoke_token");
        vendor.offboarding = match fields.text("offboarding") {
            Some("revoke") => Offboarding::Revoke,
            _ => Offboarding::Delete,
        };
        vendor.provisioned_by = fields.node("provisioned_by").and_then(|node| self.source(node));
        vendor.identity = self.located(&fields, "identity");
        vendor.settle = fields.node("settle").and_then(|node| self.duration(node));
        vendor.resend_after = fields.node("resend_after").and_then(|node| self.duration(node));
        vendor.roles = self.org_levels(&fields);
        vendor.scim = fields.entry("scim").map(|(key, value)| self.scim(key, value)).unwrap_or_default();
        let kinds = self.resources(&fields, &mut vendor);
        VendorDraft {
            vendor,
            kinds,
            channel: fields.node("channel").map(Node::span),
            has_url: fields.is_present("url"),
            has_token: fields.is_present("token"),
            more_resources: fields.is_lost("resources"),
            more_levels: fields.is_lost("roles"),
        }
    }

    /// Where the vendor and its pages are. Either can be the embedded one, which starts from one seed.
    fn reach(&mut self, fields: &Fields<'a>, vendor: &mut Vendor) {
        let emulator = fields.entry("emulator").map(|(key, value)| (key, self.seed(key, value)));
        let seed = emulator.as_ref().and_then(|(_, seed)| seed.clone());
        vendor.url = fields.node("url").and_then(|node| self.url(node, &seed));
        if let Some((key, value)) = fields.entry("pages") {
            let pages = self.table(key, value, &shape::PAGES);
            vendor.pages.url = pages.node("url").and_then(|node| self.url(node, &seed));
            vendor.pages.file = pages
                .node("file")
                .and_then(|node| Some(Located { value: self.inside(node)?, span: node.span() }));
        }
        if let Some((key, _)) = emulator.filter(|_| vendor.embedded().is_none()) {
            self.problems.push(
                Diagnostic::error(
                    "bad-value",
                    key.span(),
                    "`emulator` has no meaning without `url: emulator`",
                )
                .detail("It says how the embedded vendor starts, and this vendor is not the embedded one.")
                .hint("Write `url: emulator`, or delete `emulator:`."),
            );
        }
    }

    /// The provider's group or app that a vendor's accounts come from.
    fn source(&mut self, node: Node<'a>) -> Option<Located<Source>> {
        let text = node.scalar()?;
        match Source::parse(text) {
            Ok(value) => Some(Located { value, span: node.span() }),
            Err(error) => {
                self.problems.push(
                    Diagnostic::error(
                        "bad-name",
                        node.span(),
                        format!("{} names no provider's resource", quote(text)),
                    )
                    .detail(format!("{}.", super::sentence(&error.to_string())))
                    .hint(
                        "Write the identity provider's vendor and its group or app, as in `okta/heap-users`.",
                    ),
                );
                None
            }
        }
    }

    fn url(&mut self, node: Node<'a>, seed: &Option<Arc<str>>) -> Option<Located<VendorUrl>> {
        let value = match node.scalar() {
            Some("emulator") => VendorUrl::Emulator { seed: seed.clone() },
            _ => VendorUrl::Base(self.base_url(node)?),
        };
        Some(Located { value, span: node.span() })
    }

    fn seed(&mut self, key: Node<'a>, value: Node<'a>) -> Option<Arc<str>> {
        let fields = self.table(key, value, &shape::EMULATOR);
        fields.node("seed").and_then(|node| self.inside(node))
    }

    /// A path that leads nowhere but into the workspace.
    fn inside(&mut self, node: Node<'a>) -> Option<Arc<str>> {
        let path = node.scalar()?;
        if stays_inside(path) {
            return Some(Arc::from(path));
        }
        self.problems.push(
            Diagnostic::error(
                "bad-value",
                node.span(),
                format!("{} is not inside the workspace", quote(path)),
            )
            .detail("A workspace reads only files of its own.")
            .hint("Write a path from the workspace's root, with `/` and without `..`."),
        );
        None
    }

    fn org_levels(&mut self, fields: &Fields<'a>) -> Vec<(Located<crate::domain::Level>, Arc<str>)> {
        let mut levels = Vec::new();
        for Entry { key, name, value } in self.map(fields, "roles") {
            match self.level(name) {
                Some(level) => {
                    let word = value.and_then(Node::scalar).map(Arc::from).unwrap_or_default();
                    levels.push((Located { value: level, span: key.span() }, word));
                }
                None => self.bad_name(key.span(), name, "a level must not be empty"),
            }
        }
        levels
    }

    fn scim(&mut self, key: Node<'a>, value: Node<'a>) -> ScimSettings {
        let fields = self.table(key, value, &shape::SCIM);
        let flag = |key: &str| match fields.node(key).map(Node::value) {
            Some(Value::Flag(flag)) => Some(flag),
            _ => None,
        };
        ScimSettings {
            paging: self.arc(&fields, "paging"),
            page_size: fields.text("page_size").and_then(super::text::whole),
            patch: self.arc(&fields, "patch"),
            etag: flag("etag"),
            filter: flag("filter"),
        }
    }

    fn resources(
        &mut self,
        fields: &Fields<'a>,
        vendor: &mut Vendor,
    ) -> Vec<(ResourceName, crate::domain::Span)> {
        let mut kinds = Vec::new();
        let mut resources = BTreeMap::new();
        for Entry { key, name, value } in self.map(fields, "resources") {
            let parsed = ResourceName::parse(name);
            if let Err(error) = &parsed {
                self.bad_name(key.span(), name, &error.to_string());
                let referent = Referent::Resource(vendor.name.clone());
                self.draft.misnamed.push((referent, name.to_owned()));
            }
            let handle = parsed.unwrap_or_else(|_| ResourceName::org());
            let Some((resource, kind)) = self.resource(handle, key, value, vendor.manage.value) else {
                continue;
            };
            if resource.name.as_str() == name {
                kinds.extend(kind.map(|span| (resource.name.clone(), span)));
                resources.entry(resource.name.clone()).or_insert(resource);
            }
        }
        vendor.resources = resources;
        kinds
    }

    fn resource(
        &mut self,
        name: ResourceName,
        key: Node<'a>,
        value: Option<Node<'a>>,
        inherited: Manage,
    ) -> Option<(Resource, Option<crate::domain::Span>)> {
        let span = key.span();
        let blank = Resource { name, kind: Arc::from(""), id: None, display: None, manage: inherited, span };
        let Some(value) = value else { return Some((blank, None)) };
        let fields = self.table(key, value, &shape::RESOURCE);
        let kind = self.located(&fields, "kind");
        let resource = Resource {
            kind: kind.as_ref().map(|kind| Arc::clone(&kind.value)).unwrap_or_default(),
            id: self.arc(&fields, "id"),
            display: self.arc(&fields, "name"),
            manage: fields.node("manage").map_or(inherited, manage),
            ..blank
        };
        Some((resource, kind.map(|kind| kind.span)))
    }
}

/// A vendor of which nothing is known but that it is declared.
fn blank(name: VendorName, key: Node<'_>) -> Vendor {
    Vendor {
        name,
        connector: Located { value: Arc::from(""), span: NOWHERE },
        channel: None,
        manage: Located { value: Manage::Observe, span: NOWHERE },
        url: None,
        token: None,
        grant_token: None,
        revoke_token: None,
        offboarding: Offboarding::Delete,
        provisioned_by: None,
        identity: None,
        settle: None,
        roles: Vec::new(),
        scim: ScimSettings::default(),
        pages: PagesSettings::default(),
        resend_after: None,
        resources: BTreeMap::new(),
        span: key.span(),
    }
}

/// The shape lets no other word through; what cannot be here changes nothing at a vendor.
fn manage(node: Node<'_>) -> Manage {
    match node.scalar() {
        Some("authoritative") => Manage::Authoritative,
        Some("additive") => Manage::Additive,
        _ => Manage::Observe,
    }
}

fn channel(word: &str) -> Option<Channel> {
    [Channel::Api, Channel::Browser, Channel::Runbook].into_iter().find(|channel| channel.word() == word)
}

/// Whether a path leads nowhere but into the workspace, on any system.
fn stays_inside(path: &str) -> bool {
    let relative = !path.starts_with('/') && !path.contains(['\\', ':']);
    relative && path.split('/').all(|part| part != ".." && !part.is_empty())
}
