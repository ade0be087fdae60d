//! How an emulated server departs from the letter of the standard, as real ones do.

use serde::{Deserialize, Serialize};

/// How lists are paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paging {
    /// `startIndex` and `count` (RFC 7644, section 3.4.2.4).
    #[default]
    Index,
    /// `cursor` and `count` (RFC 9865) only.
    Cursor,
    /// Either, by what the request asks for; index where it asks for neither.
    Both,
}

/// Which PATCH requests are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Patching {
    /// Every one of RFC 7644, section 3.5.2.
    #[default]
    Full,
    /// Only operations without a `path`; others are refused as `invalidPath`.
    Pathless,
    /// Only operations with a `path`; others are refused as `invalidSyntax`.
    Path,
    /// None: 501.
    Off,
}

/// Who may read `ServiceProviderConfig`, `Schemas` and `ResourceTypes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discovery {
    /// Whoever has the token.
    #[default]
    Authenticated,
    /// Anyone.
    Open,
    /// Nobody: 404.
    Absent,
}

/// How `POST /Users/.search` is answered (RFC 7644, section 3.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Searching {
    /// With the same page as the GET that asks for the same, be it a wrong one.
    #[default]
    AsGet,
    /// With the right page, however wrong that of a GET is.
    Right,
    /// 501.
    Off,
}

/// Whether groups tell their members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Membership {
    /// In every answer that holds a group that has any.
    #[default]
    Shown,
    /// Only where the request names them in `attributes`.
    OnRequest,
    /// Never, and users do not tell their groups either.
    Hidden,
}

/// How a limit on requests is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Announce {
    /// `X-Rate-Limit-Limit`, `-Remaining` and `-Reset` with every answer; the reset is a moment.
    Okta,
    /// `RateLimit` and `RateLimit-Policy` with every answer.
    Ietf,
    /// `Retry-After` with a refusal.
    #[default]
    RetryAfter,
    /// Not at all.
    Hidden,
}

/// A limit on requests. Those beyond it are answered 429, and take no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Requests in each period.
    pub requests: u32,
    /// The length of a period.
    #[serde(default = "one_second")]
    pub seconds: u32,
    /// How it is told.
    #[serde(default)]
    pub announce: Announce,
    /// Whether what is left fills up steadily, instead of being whole again as each period begins.
    #[serde(default)]
    pub bucket: bool,
}

fn one_second() -> u32 {
    1
}

/// One server's habits. The default is a faithful server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// Resources on one page at most; a greater `count` is lowered to it.
    pub max_page: usize,
    /// How lists are paged.
    pub paging: Paging,
    /// Every page has `max_page` resources, whatever `count` says.
    pub ignore_count: bool,
    /// Every page is the first page.
    pub ignore_start_index: bool,
    /// A page past the end is the first page again.
    pub repeat_first_page: bool,
    /// `totalResults` is one too many on every page but the first.
    pub moving_total: bool,
    /// Each page but the first begins with the last resource of the page before.
    pub repeat_ids: bool,
    /// A request without `count` gets this many resources; none: `max_page`.
    pub default_page: Option<usize>,
    /// How `.search` is answered.
    pub search: Searching,
    /// Filters compare all text with case.
    pub exact_filter: bool,
    /// Filters are accepted and not applied.
    pub ignore_filter: bool,
    /// `ServiceProviderConfig` says that filters work where they are ignored.
    pub advertise_filter: bool,
    /// Lists come in another order each time, drawn from this seed.
    pub shuffle: Option<u64>,
    /// Which PATCH requests are understood.
    pub patch: Patching,
    /// A PATCH that worked is answered 204 without a body.
    pub patch_no_content: bool,
    /// Values that one PATCH request may carry at most; beyond it: 400 `tooMany`.
    pub max_patch_values: Option<usize>,
    /// Error bodies are HTML, labelled as SCIM.
    pub html_errors: bool,
    /// `active` is answered as the text `"True"` or `"False"`.
    pub active_as_text: bool,
    /// `roles` is accepted and not stored.
    pub ignore_roles: bool,
    /// A deleted user stays in the groups it was in.
    pub dangling_members: bool,
    /// A member that is added again stands twice.
    pub doubled_members: bool,
    /// Two groups may have one `displayName`.
    pub duplicate_groups: bool,
    /// A write shows only after this many reads.
    pub settle_reads: u32,
    /// Whether groups tell their members.
    pub members: Membership,
    /// Whether `/Me` answers; 501 otherwise.
    pub me: bool,
    /// Who may read the discovery documents.
    pub discovery: Discovery,
    /// Whether resources carry a version and `If-Match` is heeded.
    pub etag: bool,
    /// `meta.location` and `Location` are paths without a host.
    pub relative_location: bool,
    /// A new user's id is its user name.
    pub user_name_ids: bool,
    /// A request without a `User-Agent` is refused.
    pub require_user_agent: bool,
    /// The limit on requests; none: as many as come.
    pub rate_limit: Option<RateLimit>,
    /// How long each answer takes on its way.
    pub latency_ms: u64,
    /// How long an access token holds that a client is given, in seconds; none: an hour.
    pub token_lifetime: Option<u64>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            max_page: 100,
            paging: Paging::Index,
            ignore_count: false,
            ignore_start_index: false,
            repeat_first_page: false,
            moving_total: false,
            repeat_ids: false,
            default_page: None,
            search: Searching::AsGet,
            exact_filter: false,
            ignore_filter: false,
            advertise_filter: false,
            shuffle: None,
            patch: Patching::Full,
            patch_no_content: false,
            max_patch_values: None,
            html_errors: false,
            active_as_text: false,
            ignore_roles: false,
            dangling_members: false,
            doubled_members: false,
            duplicate_groups: false,
            settle_reads: 0,
            members: Membership::Shown,
            me: true,
            discovery: Discovery::Authenticated,
            etag: true,
            relative_location: false,
            user_name_ids: false,
            require_user_agent: false,
            rate_limit: None,
            latency_ms: 0,
            token_lifetime: None,
        }
    }
}

impl Behaviour {
    /// The same server, but for the ways in which it pages wrongly.
    pub(crate) fn paging_right(&self) -> Self {
        Self {
            ignore_count: false,
            ignore_start_index: false,
            repeat_first_page: false,
            moving_total: false,
            repeat_ids: false,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_names_only_what_differs_and_a_typo_is_refused() {
        let read = serde_json::from_str::<Behaviour>;
        let behaviour = read(r#"{ "patch": "off", "paging": "cursor" }"#).unwrap();
        assert_eq!(behaviour.patch, Patching::Off);
        assert_eq!(behaviour.max_page, 100);
        assert!(read(r#"{ "pach": "off" }"#).is_err());
        let limit = read(r#"{ "rate_limit": { "requests": 5, "announce": "retry-after" } }"#).unwrap();
        let expected = RateLimit { requests: 5, seconds: 1, announce: Announce::RetryAfter, bucket: false };
        assert_eq!(limit.rate_limit, Some(expected));
    }
}
