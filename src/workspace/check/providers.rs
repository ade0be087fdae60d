//! `provisioned_by`: that what it names exists where the provider is declared, that accounts can come from there, and that
//! no vendor's come from itself by way of others.

use super::super::decode::Referent;
use super::super::merge::Merged;
use super::super::suggest::quote;
use super::Checks;
use crate::connector::Spec;
use crate::diagnostic::Diagnostic;
use crate::domain::{Source, VendorName};
use crate::workspace::model::Located;
use std::collections::BTreeSet;

impl Checks<'_> {
    pub(super) fn providers(&mut self) {
        let merged = self.merged;
        for (name, draft) in &merged.vendors {
            if let Some(source) = &draft.vendor.provisioned_by {
                self.source(name, source);
            }
        }
        self.provider_circles();
    }

    /// A provider that is not declared is one that the workspace does not look at, and no mistake unless its name is
    /// nearly that of one which is.
    fn source(&mut self, name: &VendorName, source: &Located<Source>) {
        let Source { vendor, resource } = &source.value;
        let Some(provider) = self.merged.vendors.get(vendor) else {
            self.misspelt(name, source);
            return;
        };
        if let Some(spec) = self.specs.get(vendor).filter(|spec| !spec.provisions) {
            let problem = provides_nothing(source, spec);
            self.problems.push(problem);
            return;
        }
        if provider.vendor.resources.contains_key(resource) {
            return;
        }
        let referent = Referent::Resource(vendor.clone());
        match resource.is_org() {
            // Nobody knows whether a vendor without a known connector has an organisation.
            true if !self.specs.contains_key(vendor) => {}
            false if provider.more_resources => {
                self.perhaps_unknown(&referent, resource.as_str(), source.span);
            }
            _ => self.unknown(&referent, resource.as_str(), source.span),
        }
    }

    fn misspelt(&mut self, name: &VendorName, source: &Located<Source>) {
        let vendor = &source.value.vendor;
        let may = |other: &&VendorName| self.specs.get(*other).is_none_or(|spec| spec.provisions);
        let others = self.merged.vendors.keys().filter(|other| *other != name).filter(may);
        let Some(nearest) = self.suggester.nearest(vendor.as_str(), others.map(VendorName::as_str)) else {
            return;
        };
        self.problems.push(
            Diagnostic::error("unknown-vendor", source.span, format!("there is no vendor {}", quote(vendor.as_str())))
                .detail(
                    "A provider that the workspace does not declare may stand here; this one has nearly the name of a \
                     declared vendor.",
                )
                .hint(format!("Did you mean `{nearest}`? If not, give the provider a name that differs more.")),
        );
    }

    /// Reports each circle once, at the line that closes it.
    fn provider_circles(&mut self) {
        let merged = self.merged;
        let mut seen = BTreeSet::new();
        for start in merged.vendors.keys() {
            if let Some(circle) = circle_from(start, merged, &mut seen) {
                self.problems.push(report(&circle));
            }
        }
    }
}

fn provides_nothing(source: &Located<Source>, spec: &Spec) -> Diagnostic {
    let vendor = &source.value.vendor;
    Diagnostic::error("not-a-provider", source.span, format!("no vendor's accounts come from `{vendor}`"))
        .detail(format!("{} is no identity provider: it makes no accounts elsewhere.", spec.title))
        .hint("Name the identity provider and its group or app, as in `okta/heap-users`, or delete the line.")
}

/// Follows the providers from a vendor until one has none, or has been met before. A vendor has one provider, so that
/// there is one way, and at most one circle on it.
fn circle_from<'w>(
    start: &'w VendorName,
    merged: &'w Merged,
    seen: &mut BTreeSet<&'w VendorName>,
) -> Option<Vec<&'w Located<Source>>> {
    let (mut way, mut edges) = (Vec::new(), Vec::new());
    let mut name = start;
    while seen.insert(name) {
        way.push(name);
        let edge = merged.vendors.get(name)?.vendor.provisioned_by.as_ref()?;
        edges.push(edge);
        name = &edge.value.vendor;
    }
    // What was met on an earlier way is told of already, or leads nowhere.
    let from = way.iter().position(|met| *met == name)?;
    Some(edges.split_off(from))
}

fn report(circle: &[&Located<Source>]) -> Diagnostic {
    const SHOWN: usize = 10;
    let (span, closing) =
        circle.last().map(|edge| (edge.span, edge.value.vendor.as_str())).unwrap_or_default();
    let mut names: Vec<_> = circle.iter().take(SHOWN).map(|edge| format!("`{}`", edge.value)).collect();
    if circle.len() > SHOWN {
        names.push("…".to_owned());
    }
    let problem =
        Diagnostic::error("provider-cycle", span, format!("the accounts of `{closing}` come from itself"))
            .detail(format!(
                "`{closing}` is provisioned by {}.",
                names.join(", whose vendor is provisioned by ")
            ))
            .hint(
                "Delete one of these `provisioned_by:` lines: the vendor where accounts begin is provisioned by none.",
            );
    let others = circle.iter().take(circle.len() - 1).take(SHOWN);
    others.fold(problem, |problem, edge| problem.related(edge.span, "part of the circle"))
}
