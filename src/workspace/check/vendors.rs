//! Vendors: their connectors, what those need, and resources.

use super::super::decode::VendorDraft;
use super::super::merge::Merged;
use super::super::model::{CredentialRef, ProofRef, Vendor, VendorUrl};
use super::super::problems::Problems;
use super::super::suggest::{Suggester, hint, quote};
use crate::connector::{Catalogue, Spec};
use crate::diagnostic::Diagnostic;
use crate::domain::{Channel, Resource, ResourceName, Span, VendorName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The kind of the organisation itself.
const ORG: &str = ResourceName::ORG;

/// Checks every vendor, gives it its connector's implicit resources, and returns the connectors' declarations.
pub(super) fn check(
    merged: &mut Merged,
    catalogue: &dyn Catalogue,
    suggester: &Suggester,
    problems: &mut Problems,
) -> BTreeMap<VendorName, Spec> {
    let mut specs = BTreeMap::new();
    for (name, draft) in &mut merged.vendors {
        let connector = &draft.vendor.connector;
        match draft.vendor.spec(catalogue) {
            Some(spec) => {
                check_vendor(draft, &spec, suggester, problems);
                token_urls(&draft.vendor, catalogue, problems);
                proofs(&draft.vendor, catalogue, problems);
                specs.insert(name.clone(), spec);
            }
            // A connector that is missing is said to be so already.
            None if connector.span.line == 0 => {}
            None => problems.push(unknown_connector(&connector.value, connector.span, catalogue, suggester)),
        }
    }
    specs
}

fn unknown_connector(text: &str, span: Span, catalogue: &dyn Catalogue, suggester: &Suggester) -> Diagnostic {
    let names = catalogue.names();
    let nearest = suggester.nearest(text, names.iter().copied());
    Diagnostic::error("unknown-connector", span, format!("there is no connector {}", quote(text)))
        .detail("A connector is the code that speaks to one kind of vendor.")
        .hint(hint(nearest, &names, "See the list of vendors in the documentation."))
}

fn check_vendor(draft: &mut VendorDraft, spec: &Spec, suggester: &Suggester, problems: &mut Problems) {
    connection(draft, spec, problems);
    channel(draft, spec, problems);
    for resource in draft.vendor.resources.values() {
        let kind = draft.kinds.iter().find(|(name, _)| *name == resource.name);
        // Without a kind, that it is missing is said already.
        let Some((_, span)) = kind else { continue };
        check_resource(resource, *span, spec, suggester, problems);
    }
    twins(&draft.vendor, problems);
    implicit(&mut draft.vendor, spec);
}

/// What a connector that goes by an API, as it is configured, needs to reach its vendor.
fn connection(draft: &VendorDraft, spec: &Spec, problems: &mut Problems) {
    let vendor = &draft.vendor;
    if spec.accounts.contains(&Channel::Api) && !draft.has_url {
        problems.push(
            Diagnostic::error("missing-key", vendor.span, "`url` is missing")
                .detail(format!("The connector `{}` speaks to the vendor's API.", spec.connector))
                .hint("Add `url:` with the tenant's own base URL, or `url: emulator` to rehearse."),
        );
    }
    let based = vendor.url.as_ref().is_some_and(|url| matches!(url.value, VendorUrl::Base(_)));
    if based && !draft.has_token {
        problems.push(
            Diagnostic::error("missing-key", vendor.span, "`token` is missing")
                .detail("A vendor that is reached at a URL needs a credential.")
                .hint("Add `token: { env: NAME }`, where NAME is the environment variable that holds it."),
        );
    }
}

/// Where tokens are had must be known before anything is asked for one.
fn token_urls(vendor: &Vendor, catalogue: &dyn Catalogue, problems: &mut Problems) {
    if catalogue.token_path(&vendor.connector.value).is_some() {
        return;
    }
    for credential in [&vendor.token, &vendor.grant_token, &vendor.revoke_token].into_iter().flatten() {
        let CredentialRef::OAuth(oauth) = &credential.value else { continue };
        if oauth.token_url.is_none() {
            problems.push(
                Diagnostic::error("missing-key", credential.span, "`token_url` is missing")
                    .detail(format!(
                        "The connector `{}` does not know where its vendor gives tokens to OAuth clients.",
                        vendor.connector.value
                    ))
                    .hint("Add `token_url:` under `oauth:`, with the URL that the vendor's documentation names."),
            );
        }
    }
}

/// A client that the vendor gives no tokens to would fail at every reading.
fn proofs(vendor: &Vendor, catalogue: &dyn Catalogue, problems: &mut Problems) {
    if !catalogue.only_by_key(&vendor.connector.value) {
        return;
    }
    for credential in [&vendor.token, &vendor.grant_token, &vendor.revoke_token].into_iter().flatten() {
        let CredentialRef::OAuth(oauth) = &credential.value else { continue };
        let key = match oauth.proof {
            ProofRef::PrivateKey(..) => continue,
            ProofRef::Secret(..) => "client_secret",
            ProofRef::GithubActions(_) => "github_actions",
        };
        problems.push(
            Diagnostic::error(
                "bad-value",
                credential.span,
                format!("`{key}` proves no client of this vendor"),
            )
            .detail(format!(
                "The vendor of the connector `{}` gives tokens for its API only to a client that signs with a key of its own.",
                vendor.connector.value
            ))
            .hint(format!("Write `private_key: {{ env: NAME }}` and `key_id:` in place of `{key}`.")),
        );
    }
}

/// A channel that nothing at the vendor goes by would be ignored.
fn channel(draft: &VendorDraft, spec: &Spec, problems: &mut Problems) {
    let (Some(channel), Some(span)) = (draft.vendor.channel, draft.channel) else { return };
    let access = spec.kinds.iter().flat_map(|kind| kind.access);
    let channels: BTreeSet<Channel> = spec.accounts.iter().chain(access).copied().collect();
    if channels.contains(&channel) {
        return;
    }
    let words: Vec<_> = channels.into_iter().map(Channel::word).collect();
    problems.push(
        Diagnostic::error(
            "bad-value",
            span,
            format!("nothing here goes by the channel `{}`", channel.word()),
        )
        .detail(format!("{} carries out none of its changes that way.", spec.title))
        .hint(hint(None, &words, "Delete the key.")),
    );
}

fn check_resource(
    resource: &Resource,
    at: Span,
    spec: &Spec,
    suggester: &Suggester,
    problems: &mut Problems,
) {
    let Some(kind) = spec.kind(&resource.kind) else {
        let names: Vec<_> = spec.kinds.iter().map(|kind| kind.name).collect();
        let nearest = suggester.nearest(&resource.kind, names.iter().copied());
        problems.push(
            Diagnostic::error("unknown-kind", at, format!("there is no kind {}", quote(&resource.kind)))
                .detail(format!("{} has no such resources.", spec.title))
                .hint(hint(nearest, &names, "See the connector's documentation.")),
        );
        return;
    };
    if resource.name.is_org() != (kind.name == ORG) {
        problems.push(
            Diagnostic::error("bad-value", at, "`org` is the organisation itself")
                .detail("The resource `org` has the kind `org`, and no other resource has it.")
                .hint("Rename the resource, or correct its kind."),
        );
    } else if kind.name != ORG && !kind.by_name && resource.id.is_none() && resource.display.is_some() {
        problems.push(
            Diagnostic::error("missing-key", resource.span, "`id` is missing")
                .detail(format!("{} does not let a {} be found by its name.", spec.title, kind.name))
                .hint("Add `id:` with the vendor's own id; it usually stands in the page's address."),
        );
    }
}

/// Two names for one thing would get two levels for one person.
fn twins(vendor: &Vendor, problems: &mut Problems) {
    let mut first: BTreeMap<(&str, bool, &str), &Resource> = BTreeMap::new();
    for resource in vendor.resources.values() {
        let key = match (&resource.id, &resource.display) {
            (Some(id), _) => (&*resource.kind, true, &**id),
            (None, Some(display)) => (&*resource.kind, false, &**display),
            (None, None) => continue,
        };
        let Some(other) = first.insert(key, resource) else { continue };
        let (earlier, later) = if other.span < resource.span { (other, resource) } else { (resource, other) };
        problems.push(
            Diagnostic::error(
                "duplicate-resource",
                later.span,
                "two resources are the same thing at the vendor",
            )
            .detail(format!("`{}` and `{}` name the same {}.", earlier.name, later.name, resource.kind))
            .hint("Keep one of the two, and use its name in every grant.")
            .related(earlier.span, "the other one"),
        );
    }
}

/// The organisation is there without being declared.
fn implicit(vendor: &mut Vendor, spec: &Spec) {
    if spec.kind(ORG).is_none() {
        return;
    }
    let (manage, span) = (vendor.manage.value, vendor.span);
    vendor.resources.entry(ResourceName::org()).or_insert_with(|| Resource {
        name: ResourceName::org(),
        kind: Arc::from(ORG),
        id: None,
        display: None,
        manage,
        span,
    });
}
