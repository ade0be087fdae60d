//! Whether a resource that is to be created was meant to be one that is there.

use super::Context;
use crate::domain::{Finding, Resource, ResourceReading, Severity};

/// Says which resources the vendor has by a name that is near the one to be created. Those that are declared themselves
/// are other ones.
pub(super) fn tell(context: &Context<'_>, resource: &Resource, findings: &mut Vec<Finding>) {
    let similar = context.snapshot.similar.get(&resource.name).map(Vec::as_slice).unwrap_or_default();
    let others: Vec<String> = similar
        .iter()
        .filter(|one| !is_declared(context, &one.id))
        .map(|one| format!("{:?} (id {:?})", one.name, one.id))
        .collect();
    if others.is_empty() {
        return;
    }
    let (vendor, name) = (context.vendor, &resource.name);
    let called = resource.display.as_deref().unwrap_or(name.as_str());
    findings.push(Finding {
        span: Some(resource.span),
        hint: Some(
            "if one of those is meant, correct the name or declare it by its `id:`; otherwise a new one is created"
                .to_owned(),
        ),
        ..context.finding(
            "similar-resource",
            Severity::Warning,
            format!(
                "{vendor}/{name} is to be created under the name {called:?}, and the vendor has {}",
                others.join(", ")
            ),
        )
    });
}

fn is_declared(context: &Context<'_>, id: &str) -> bool {
    context.snapshot.resources.values().any(|reading| match reading {
        ResourceReading::Read { id: Some(declared), .. } => declared.eq_ignore_ascii_case(id),
        _ => false,
    })
}
