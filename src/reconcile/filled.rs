//! Groups that fill a resource and are not declared: who is in them has access that no plan shows, and that none takes.

use super::Context;
use super::ways::shown;
use crate::domain::{Feed, FeedKind, Finding, Manage, ResourceReading, Severity};

/// A finding for each of them, where the resource is managed.
pub(super) fn by_groups(context: &Context<'_>) -> Vec<Finding> {
    let managed = context.settings.resources.values().filter(|one| one.manage != Manage::Observe);
    let mut findings = Vec::new();
    for resource in managed {
        let feeds = context.snapshot.feeds.get(&resource.name).into_iter().flatten();
        for feed in feeds.filter(|feed| feed.kind == FeedKind::Group && !is_declared(context, feed)) {
            let (vendor, name, group, id) =
                (context.vendor, &resource.name, shown(&feed.name), shown(&feed.id));
            findings.push(Finding {
                span: Some(resource.span),
                hint: Some(format!(
                    "declare the group under `resources:` of {vendor} by its id {id}; with `manage: observe`, nothing is \
                     changed in it"
                )),
                ..context.finding(
                    "filled-by-group",
                    Severity::Warning,
                    format!(
                        "{vendor}/{name} is filled by the group {group} (id {id}), which is not declared: who is in it \
                         has access that this plan neither shows nor takes"
                    ),
                )
            });
        }
    }
    findings
}

/// Whether the group is declared, whatever its reading made of it.
fn is_declared(context: &Context<'_>, feed: &Feed) -> bool {
    context.settings.resources.values().any(|resource| {
        let read = match context.snapshot.resources.get(&resource.name) {
            Some(ResourceReading::Read { id, .. }) => id.as_ref(),
            _ => None,
        };
        match read.or(resource.id.as_ref()) {
            Some(id) => id.eq_ignore_ascii_case(&feed.id),
            // It was found by its name, and set aside.
            None => resource.display.as_ref() == Some(&feed.name),
        }
    })
}
