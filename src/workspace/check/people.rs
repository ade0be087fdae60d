//! Users: what they refer to, and whether their dates make sense.

use super::super::decode::Referent;
use super::super::model::{Located, User};
use super::Checks;
use crate::diagnostic::Diagnostic;
use crate::domain::{PersonKind, Span, UserName, VendorName};
use jiff::civil::Date;
use std::collections::HashMap;

impl Checks<'_> {
    pub(super) fn people(&mut self) {
        let merged = self.merged;
        for user in merged.users.values() {
            for entry in &user.roles {
                self.role(&entry.role, entry.span);
            }
            self.grants(&user.grants);
            self.sponsor(user);
            match user.departed {
                Some(departed) => self.departed(user, departed),
                None => self.dates(user),
            }
        }
        self.accounts();
    }

    fn sponsor(&mut self, user: &User) {
        if let Some(sponsor) = &user.sponsor
            && !self.merged.users.contains_key(&sponsor.value)
        {
            self.unknown(&Referent::User, sponsor.value.as_str(), sponsor.span);
        }
    }

    fn accounts(&mut self) {
        let users = self.merged.users.values();
        let pins =
            users.flat_map(|user| user.accounts.iter().map(move |(vendor, id)| (id.span, vendor, id, user)));
        let mut pins: Vec<_> = pins.collect();
        // In the order of the files, so that every pin but the first is the one to mend.
        pins.sort_by_key(|(span, ..)| *span);
        let mut first = HashMap::with_capacity(pins.len());
        for (span, vendor, id, user) in pins {
            if !self.merged.vendors.contains_key(vendor) {
                self.unknown(&Referent::Vendor, vendor.as_str(), self.merged.other_half(span));
            }
            let here = (&user.handle, span);
            let earlier = *first.entry((vendor, &id.value)).or_insert(here);
            if earlier.0 != here.0 {
                self.problems.push(duplicate_account(vendor, earlier, here));
            }
        }
    }

    fn departed(&mut self, user: &User, departed: Located<Date>) {
        let access =
            user.roles.first().map(|entry| entry.span).or_else(|| user.grants.first().map(|line| line.span));
        let Some(access) = access.filter(|_| departed.value <= self.today) else { return };
        self.problems.push(
            // No error: the day comes while nobody edits the file, and everybody else's changes would wait for them.
            Diagnostic::warning(
                "departed-with-access",
                departed.span,
                format!("`{}` has left, and roles or grants are still declared", user.handle),
            )
            .detail(format!("The departure was on {}: what is declared gives nothing since.", departed.value))
            .hint("Delete the `roles` and `grants` of this user; keep the entry, so that a reappearing account is found.")
            .related(access, "access that is declared and not given"),
        );
    }

    fn dates(&mut self, user: &User) {
        self.past(user.dated.until, "this user's access");
        for entry in &user.roles {
            self.past(entry.dated.until, "this role");
        }
        if user.kind == PersonKind::External && is_open_ended(user) {
            self.problems.push(
                Diagnostic::warning(
                    "external-without-end",
                    user.span,
                    format!("`{}` is external and has no last day", user.handle),
                )
                .detail("An agency's or a contractor's access should end with its contract.")
                .hint("Add `until:` with the last day, to the user or to every role and grant."),
            );
        }
    }
}

fn is_open_ended(user: &User) -> bool {
    let roles = user.roles.iter().map(|entry| &entry.dated);
    let mut access = roles.chain(user.grants.iter().map(|line| &line.dated));
    user.dated.until.is_none() && access.any(|dated| dated.until.is_none())
}

fn duplicate_account(vendor: &VendorName, first: (&UserName, Span), second: (&UserName, Span)) -> Diagnostic {
    Diagnostic::error("duplicate-account", second.1, format!("two users claim one account of `{vendor}`"))
        .detail(format!("`{}` and `{}` are pinned to the same id.", first.0, second.0))
        .hint("Correct one of the two ids; an account belongs to one user.")
        .related(first.1, format!("pinned to `{}` here", first.0))
}
