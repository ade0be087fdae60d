//! What can only be said of all files together: references, levels, circles, addresses, dates.

mod addresses;
mod cycles;
mod grants;
mod owners;
mod people;
mod providers;
mod vendors;

use super::decode::Referent;
use super::merge::Merged;
use super::problems::Problems;
use super::suggest::{Suggester, hint, quote};
use crate::connector::{Catalogue, Spec};
use crate::diagnostic::Diagnostic;
use crate::domain::{ResourceName, RoleName, Span, UserName, VendorName};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Checks the merged files, completes each vendor with what its connector has of itself, and adds what is
/// wrong to `diagnostics`.
pub(super) fn check(
    mut merged: Merged,
    catalogue: &dyn Catalogue,
    today: Date,
    diagnostics: &mut Vec<Diagnostic>,
    problems: Problems,
) -> Merged {
    let suggester = Suggester::default();
    let mut problems = problems;
    let specs = vendors::check(&mut merged, catalogue, &suggester, &mut problems);
    let mut checks = Checks { merged: &merged, specs, suggester, today, problems };
    // Both are long where users are many, and addresses seldom need more than this look.
    let (clash, ()) = rayon::join(
        || addresses::may_clash(&merged),
        || {
            checks.strays();
            checks.providers();
            checks.roles();
            checks.people();
            checks.owners();
        },
    );
    if clash {
        checks.addresses();
    }
    diagnostics.extend(checks.problems.into_list());
    merged
}

struct Checks<'w> {
    merged: &'w Merged,
    /// Of the vendors whose connector is known.
    specs: BTreeMap<VendorName, Spec>,
    suggester: Suggester,
    today: Date,
    problems: Problems,
}

impl Checks<'_> {
    /// References whose text cannot be a name: they refer to nothing, and perhaps mean something.
    fn strays(&mut self) {
        let merged = self.merged;
        for stray in &merged.strays {
            let misnamed = merged
                .misnamed
                .iter()
                .any(|(referent, text)| *referent == stray.referent && *text == stray.text);
            if !misnamed {
                self.unknown(&stray.referent, &stray.text, stray.span);
            }
        }
    }

    fn unknown(&mut self, referent: &Referent, text: &str, span: Span) {
        let (merged, suggester) = (self.merged, &self.suggester);
        if merged.whole {
            self.problems.error(|| unknown(merged, suggester, referent, text, span));
        } else {
            self.perhaps_unknown(referent, text, span);
        }
    }

    /// What is not there may stand in what could not be understood, unless it is nearly there.
    fn perhaps_unknown(&mut self, referent: &Referent, text: &str, span: Span) {
        let merged = self.merged;
        let full = self.problems.is_full();
        if !full && self.suggester.nearest(text, known(merged, referent)).is_some() {
            self.problems.push(unknown(merged, &self.suggester, referent, text, span));
        }
    }

    /// A last day that has passed.
    fn past(&mut self, until: Option<super::model::Located<Date>>, what: &str) {
        let Some(until) = until.filter(|until| until.value < self.today) else { return };
        self.problems.push(
            Diagnostic::warning("date-in-past", until.span, format!("{what} has ended"))
                .detail(format!("Its last day was {}; today is {}.", until.value, self.today))
                .hint("Once the access is gone, delete what the date is about as a whole, or write `departed:`. Without the date \
                       alone, it would be given again for good."),
        );
    }
}

/// What a reference could be to.
fn known<'w>(merged: &'w Merged, referent: &Referent) -> Vec<&'w str> {
    match referent {
        Referent::Role => merged.roles.keys().map(RoleName::as_str).collect(),
        Referent::User => merged.users.keys().map(UserName::as_str).collect(),
        Referent::Vendor => merged.vendors.keys().map(VendorName::as_str).collect(),
        Referent::Resource(vendor) => merged
            .vendors
            .get(vendor)
            .map_or_else(Vec::new, |draft| draft.vendor.resources.keys().map(ResourceName::as_str).collect()),
    }
}

fn unknown(
    merged: &Merged,
    suggester: &Suggester,
    referent: &Referent,
    text: &str,
    span: Span,
) -> Diagnostic {
    let (code, noun) = match referent {
        Referent::Role => ("unknown-role", "role"),
        Referent::User => ("unknown-user", "user"),
        Referent::Vendor => ("unknown-vendor", "vendor"),
        Referent::Resource(_) => ("unknown-resource", "resource"),
    };
    let known = known(merged, referent);
    let nearest = suggester.nearest(text, known.iter().copied());
    let (detail, otherwise) = match referent {
        Referent::Resource(vendor) => (
            format!("The vendor `{vendor}` declares no resource of this name."),
            format!("Declare it under `vendors.{vendor}.resources`, or delete the line."),
        ),
        _ => (
            format!("No file under `access/` defines a {noun} of this name."),
            format!("Define it under `{noun}s`, or delete the reference."),
        ),
    };
    let listed: &[&str] = if matches!(referent, Referent::User) { &[] } else { &known };
    Diagnostic::error(code, span, format!("there is no {noun} {}", quote(text)))
        .detail(detail)
        .hint(hint(nearest, listed, &otherwise))
}
