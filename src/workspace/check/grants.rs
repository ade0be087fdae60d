//! Roles, and the grants of roles and users: that what they name exists.

use super::super::decode::{Referent, VendorDraft};
use super::super::model::GrantLine;
use super::super::suggest::{Suggester, hint, quote};
use super::Checks;
use crate::connector::{KindSpec, in_order};
use crate::diagnostic::Diagnostic;
use crate::domain::{Level, Resource, RoleName, Span};

impl Checks<'_> {
    pub(super) fn roles(&mut self) {
        let merged = self.merged;
        for role in merged.roles.values() {
            for included in &role.includes {
                self.role(&included.value, included.span);
            }
            self.grants(&role.grants);
        }
        self.cycles();
    }

    pub(super) fn role(&mut self, name: &RoleName, span: Span) {
        if !self.merged.roles.contains_key(name) {
            self.unknown(&Referent::Role, name.as_str(), span);
        }
    }

    pub(super) fn grants(&mut self, grants: &[GrantLine]) {
        for grant in grants {
            self.grant(grant);
            self.past(grant.dated.until, "this grant");
        }
    }

    fn grant(&mut self, grant: &GrantLine) {
        let Some(draft) = self.merged.vendors.get(&grant.vendor) else {
            return self.unknown(&Referent::Vendor, grant.vendor.as_str(), grant.span);
        };
        let vendor = &draft.vendor;
        let Some(name) = &grant.resource else { return self.wildcard(grant, draft) };
        match vendor.resources.get(name) {
            Some(_) if draft.more_levels && name.is_org() => {}
            Some(resource) => {
                self.level(grant, resource);
            }
            // Nobody knows whether a vendor without a known connector has an organisation.
            None if name.is_org() && !self.specs.contains_key(&vendor.name) => {}
            None if draft.more_resources && !name.is_org() => {
                self.perhaps_unknown(&Referent::Resource(vendor.name.clone()), name.as_str(), grant.span);
            }
            None => self.unknown(&Referent::Resource(vendor.name.clone()), name.as_str(), grant.span),
        }
    }

    fn wildcard(&mut self, grant: &GrantLine, draft: &VendorDraft) {
        let vendor = &draft.vendor;
        let mut declared = vendor.resources.values().filter(|resource| !resource.name.is_org()).peekable();
        if declared.peek().is_none() && !draft.more_resources {
            self.problems.push(
                Diagnostic::warning(
                    "empty-wildcard",
                    grant.span,
                    format!("`{}/*` gives no access", vendor.name),
                )
                .detail("The wildcard stands for the vendor's declared resources, and there are none.")
                .hint(format!("Declare resources, or write `{}/org` for an account alone.", vendor.name)),
            );
        }
        for resource in declared {
            if !self.level(grant, resource) {
                return;
            }
        }
    }

    /// Whether the level is one that the resource has.
    fn level(&mut self, grant: &GrantLine, resource: &Resource) -> bool {
        let kind = self.specs.get(&grant.vendor).and_then(|spec| spec.kind(&resource.kind));
        // Without a kind there is nothing to check against, and why there is none is said elsewhere.
        let Some(kind) = kind else { return true };
        if kind.rank(&grant.level).is_some() {
            return true;
        }
        let span = self.merged.other_half(grant.span);
        let shown = kind.joint.map(|joint| in_order(grant.level.as_str(), joint));
        if let Some(shown) = shown.filter(|shown| *shown != grant.level.as_str()) {
            self.problems.error(|| out_of_order(&grant.level, &shown, kind, span));
            return false;
        }
        let suggester = &self.suggester;
        if kind.custom_levels {
            self.problems.extend(custom_level(&grant.level, kind, span, suggester));
        } else {
            self.problems.error(|| unknown_level(&grant.level, kind, resource, span, suggester));
        }
        kind.custom_levels
    }
}

fn level_names(kind: &KindSpec) -> Vec<&str> {
    kind.levels.iter().map(|spec| spec.name.as_str()).collect()
}

/// A custom level needs no word, unless it looks like a slip.
fn custom_level(level: &Level, kind: &KindSpec, span: Span, suggester: &Suggester) -> Option<Diagnostic> {
    let nearest = suggester.nearest(level.as_str(), level_names(kind))?;
    let shown = quote(level.as_str());
    Some(
        Diagnostic::warning("custom-level", span, format!("{shown} is taken for a custom level"))
            .detail(format!("It is not a level that every {} has, and it looks like one.", kind.name))
            .hint(format!("Did you mean `{nearest}`? If not, nothing is to be done.")),
    )
}

/// No reading shows it so, and it would be given again in every plan.
fn out_of_order(level: &Level, shown: &str, kind: &KindSpec, span: Span) -> Diagnostic {
    Diagnostic::error("unknown-level", span, format!("there is no level {} here", quote(level.as_str())))
        .detail(format!(
            "Whoever holds several levels of one {} has them as one, each once and in the order of their bytes: \
             capital letters come before small ones.",
            kind.name
        ))
        .hint(format!("Write {}.", quote(shown)))
}

fn unknown_level(
    level: &Level,
    kind: &KindSpec,
    resource: &Resource,
    span: Span,
    suggester: &Suggester,
) -> Diagnostic {
    let names = level_names(kind);
    let nearest = suggester.nearest(level.as_str(), names.iter().copied());
    Diagnostic::error("unknown-level", span, format!("there is no level {} here", quote(level.as_str())))
        .detail(format!("The resource `{}` is a {}, which does not have it.", resource.name, kind.name))
        .hint(hint(nearest, &names, "See the connector's documentation."))
}
