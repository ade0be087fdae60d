//! The workspace as its files write it, each value with its place. Nothing is resolved yet.

use crate::connector::{Catalogue, Configured, Spec};
use crate::domain::{
    AccountId, Channel, Duty, Email, Level, Manage, Offboarding, PersonKind, Resource, ResourceName,
    RoleName, Source, Span, UserName, VendorName, VendorSettings,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Sources;

/// A value and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// Everything under `access/`, well-formed and with every reference checked.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// `workspace.name`.
    pub name: Arc<str>,
    /// `workspace.timezone`: when a date ends; UTC if absent.
    pub timezone: TimeZone,
    /// `workspace.guards`.
    pub guards: Guards,
    /// `vendors`.
    pub vendors: BTreeMap<VendorName, Vendor>,
    /// `roles`.
    pub roles: BTreeMap<RoleName, Role>,
    /// `users`.
    pub users: BTreeMap<UserName, User>,
    /// The files.
    pub sources: Sources,
    /// `sha256:` and the digest of the names and bytes of the files, and of the pages files that they name.
    pub digest: String,
}

impl Workspace {
    /// The day that it is at `now` in the workspace's time zone.
    #[must_use]
    pub fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.timezone.clone()).date()
    }
}

/// How many removals a plan may hold for one vendor: the greater of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxRemovals {
    /// Share of the vendor's live accounts, in percent.
    pub percent: u32,
    /// A number that is always allowed.
    pub at_least: u32,
}

/// `workspace.guards`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guards {
    /// Default: 25 percent, at least 5.
    pub max_removals: MaxRemovals,
    /// Default: 1.
    pub min_admins: u32,
    /// Addresses of accounts that are never removed or demoted.
    pub protected: Vec<Email>,
    /// How old a recorded snapshot may be. Default: 7 days.
    pub snapshot_max_age: Duration,
    /// How old a saved plan may be when it is applied. Default: 1 day.
    pub plan_max_age: Duration,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            max_removals: MaxRemovals { percent: 25, at_least: 5 },
            min_admins: 1,
            protected: Vec::new(),
            snapshot_max_age: Duration::from_secs(7 * 24 * 60 * 60),
            plan_max_age: Duration::from_secs(24 * 60 * 60),
        }
    }
}

/// Where a vendor is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VendorUrl {
    /// `url: emulator`: the embedded one. `seed` is a file inside the workspace's root that its state starts from.
    Emulator {
        /// `emulator: { seed: PATH }`.
        seed: Option<Arc<str>>,
    },
    /// The tenant's own base URL: https, or http to a loopback address.
    Base(Arc<str>),
}

/// A credential by reference. A literal one is refused when the file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// `{ env: NAME }`.
    Env(Arc<str>),
    /// `{ command: [PROGRAM, ARG, ...] }`: its standard output, without the line's end.
    Command(Vec<Arc<str>>),
}

/// What one of a vendor's credentials is, by reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialRef {
    /// A token of somebody's making.
    Token(SecretRef),
    /// `{ oauth: ... }`.
    OAuth(Box<OAuthRef>),
}

/// An OAuth client that is given tokens for a short time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthRef {
    /// `client_id`.
    pub client_id: Arc<str>,
    /// `client_secret`, `github_actions` or `private_key`.
    pub proof: ProofRef,
    /// `token_url`; none where the connector knows it.
    pub token_url: Option<Located<Arc<str>>>,
    /// `scopes`.
    pub scopes: Vec<Arc<str>>,
    /// `audience`.
    pub audience: Option<Arc<str>>,
}

/// How an OAuth client proves that it is the one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofRef {
    /// `client_secret`, and whether it goes in the form (`auth: form`).
    Secret(SecretRef, bool),
    /// `github_actions`: the audience.
    GithubActions(Arc<str>),
    /// `private_key` and `key_id`.
    PrivateKey(SecretRef, Option<Arc<str>>),
}

/// `scim:` under a vendor: what overrides the server's own `ServiceProviderConfig`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScimSettings {
    /// `paging: index | cursor`.
    pub paging: Option<Arc<str>>,
    /// `page_size`: asked for with `count`.
    pub page_size: Option<u32>,
    /// `patch: path | pathless | none`: how member and attribute changes are sent; `none` means PUT.
    pub patch: Option<Arc<str>>,
    /// `etag: true | false`.
    pub etag: Option<bool>,
    /// `filter: true | false`.
    pub filter: Option<bool>,
}

/// `pages:` under a vendor: what is known of its pages, where that differs from what the connector knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PagesSettings {
    /// `url`: where they are.
    pub url: Option<Located<VendorUrl>>,
    /// `file`: a file inside the workspace's root that replaces the connector's own.
    pub file: Option<Located<Arc<str>>>,
}

/// One entry of `vendors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// Its name.
    pub name: VendorName,
    /// `connector`.
    pub connector: Located<Arc<str>>,
    /// `channel`.
    pub channel: Option<Channel>,
    /// `manage`.
    pub manage: Located<Manage>,
    /// `url`; none for a connector that needs none.
    pub url: Option<Located<VendorUrl>>,
    /// `token`.
    pub token: Option<Located<CredentialRef>>,
    /// `grant_token`.
    pub grant_token: Option<Located<CredentialRef>>,
    /// `revoke_token`.
    pub revoke_token: Option<Located<CredentialRef>>,
    /// `offboarding`.
    pub offboarding: Offboarding,
    /// `provisioned_by`.
    pub provisioned_by: Option<Located<Source>>,
    /// `identity`: the address or id of the identity that the credential belongs to, or `none`.
    pub identity: Option<Located<Arc<str>>>,
    /// `settle`: how long a change may take to show; the connector's own figure if absent.
    pub settle: Option<Duration>,
    /// `roles`: levels of `org`, lowest first, with the vendor's own value for each.
    pub roles: Vec<(Located<Level>, Arc<str>)>,
    /// `scim`.
    pub scim: ScimSettings,
    /// `pages`.
    pub pages: PagesSettings,
    /// `resend_after`: default 7 days.
    pub resend_after: Option<Duration>,
    /// `resources`, and the connector's implicit ones.
    pub resources: BTreeMap<ResourceName, Resource>,
    /// The key.
    pub span: Span,
}

/// After how long an unanswered invitation is sent again, unless the workspace says otherwise.
const RESEND_AFTER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Vendor {
    /// The levels that `roles:` gives to the organisation, lowest first.
    #[must_use]
    pub fn org_levels(&self) -> Vec<Level> {
        self.roles.iter().map(|(level, _)| level.value.clone()).collect()
    }

    /// The credential for a duty, with the duty whose own it is: giving falls back to reading, and taking to giving.
    #[must_use]
    pub fn credential(&self, duty: Duty) -> (Duty, Option<&CredentialRef>) {
        let own = [(Duty::Revoke, &self.revoke_token), (Duty::Grant, &self.grant_token)];
        let found =
            own.into_iter().filter(|(of, _)| *of <= duty).find_map(|(of, one)| Some((of, one.as_ref()?)));
        match found {
            Some((of, one)) => (of, Some(&one.value)),
            None => (Duty::Read, self.token.as_ref().map(|one| &one.value)),
        }
    }

    /// What the connector declares of a vendor that is configured so.
    #[must_use]
    pub fn spec(&self, catalogue: &dyn Catalogue) -> Option<Spec> {
        let levels = self.org_levels();
        // A credential is for an API: whoever gives one and no address of it forgot that.
        let without_api = self.url.is_none() && self.token.is_none();
        let configured = Configured { org_levels: &levels, without_api };
        let mut spec = catalogue.spec(&self.connector.value, &configured)?;
        spec.settle = self.settle.unwrap_or(spec.settle);
        Some(spec)
    }

    /// Whether the embedded vendor stands in for it, and what that starts from.
    #[must_use]
    pub fn embedded(&self) -> Option<Option<&str>> {
        let urls = [self.url.as_ref(), self.pages.url.as_ref()];
        urls.into_iter().flatten().find_map(|url| match &url.value {
            VendorUrl::Emulator { seed } => Some(seed.as_deref()),
            VendorUrl::Base(_) => None,
        })
    }

    /// What the engine needs of it; how to reach it stays here.
    #[must_use]
    pub fn settings(&self) -> VendorSettings {
        let text = |located: &Option<Located<Arc<str>>>| located.as_ref().map(|text| Arc::clone(&text.value));
        VendorSettings {
            name: self.name.clone(),
            manage: self.manage.value,
            offboarding: self.offboarding,
            channel: self.channel,
            resources: self.resources.clone(),
            identity: text(&self.identity),
            resend_after: self.resend_after.unwrap_or(RESEND_AFTER),
            provisioned_by: self.provisioned_by.as_ref().map(|source| source.value.clone()),
            manage_span: self.manage.span,
            span: self.span,
        }
    }
}

/// One `vendor/resource: level` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantLine {
    /// The vendor.
    pub vendor: VendorName,
    /// The resource; none for `vendor/*`, every declared resource of it.
    pub resource: Option<ResourceName>,
    /// The level.
    pub level: Level,
    /// Dates and words, where the line is a mapping.
    pub dated: Dated,
    /// The key.
    pub span: Span,
}

/// What limits or explains a role or a grant of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dated {
    /// `from`: first day of access.
    pub from: Option<Date>,
    /// `until`: last day of access.
    pub until: Option<Located<Date>>,
    /// `reason`.
    pub reason: Option<Arc<str>>,
    /// `ticket`.
    pub ticket: Option<Arc<str>>,
}

/// One entry of `roles`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: RoleName,
    /// `description`.
    pub description: Option<Arc<str>>,
    /// `includes`.
    pub includes: Vec<Located<RoleName>>,
    /// `grants`.
    pub grants: Vec<GrantLine>,
    /// The key.
    pub span: Span,
}

/// A role that a user has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRef {
    /// The role.
    pub role: RoleName,
    /// Dates and words, where the entry is a mapping.
    pub dated: Dated,
    /// The entry.
    pub span: Span,
}

/// `suspended`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// First day.
    pub since: Date,
    /// Why.
    pub reason: Arc<str>,
}

/// One entry of `users`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The handle.
    pub handle: UserName,
    /// `name`.
    pub name: Option<Arc<str>>,
    /// `email`.
    pub email: Located<Email>,
    /// `aliases`.
    pub aliases: Vec<Located<Email>>,
    /// `accounts`.
    pub accounts: Vec<(VendorName, Located<AccountId>)>,
    /// `kind`.
    pub kind: PersonKind,
    /// `sponsor`.
    pub sponsor: Option<Located<UserName>>,
    /// `from`, `until`, `reason`, `ticket`: they hold for all of the user's access.
    pub dated: Dated,
    /// `roles`.
    pub roles: Vec<RoleRef>,
    /// `grants`.
    pub grants: Vec<GrantLine>,
    /// `departed`: the day from which there is no access.
    pub departed: Option<Located<Date>>,
    /// `suspended`.
    pub suspended: Option<Located<Suspension>>,
    /// The key.
    pub span: Span,
}
