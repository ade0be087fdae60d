//! OneLogin, over its administration API.
//!
//! Facts, with their kind of source: \[D\] OneLogin's published documentation and the description of the API that
//! comes with its client libraries, \[O\] seen in public programs that are in use against live tenants, \[R\] recall,
//! to be checked at a live tenant before relying on it. Nobody has run this against one yet.
//!
//! - Lists of version 2 page by the header `After-Cursor`, which goes back as `cursor`; at most 100 items a page \[D\].
//!   The list of users takes `fields`, a comma separated list of names \[O\].
//! - `status`: 0 unactivated, 1 active, 2 suspended, 3 locked, 4 password expired, 5 awaiting password reset, 7 password
//!   pending, 8 security questions required; `state`: 0 unapproved, 1 approved, 2 rejected, 3 unlicensed \[D\]. That
//!   nobody in state 0, 2 or 3 can sign in is \[R\]. A rejection is a person's decision, and is not taken back here.
//! - A user is made by `POST /api/2/users`, which sends nothing; the link by which a person chooses a password is mailed
//!   by `POST /api/1/invites/send_invite_link`, whose `email` heeds case \[D\]. That this fills `invitation_sent_at`, and
//!   that following the link sets `activated_at` and `status` 1, is \[R\].
//! - `PUT /api/2/users/{id}` changes what it names and leaves the rest \[D\]. `DELETE` is for good \[D\]: OneLogin keeps
//!   no record that could be brought back, so a person who returns is invited anew.
//! - `PUT /api/1/users/{id}/logout` ends sessions \[D\]; suspending alone does not promise it \[R\]. That it is taken for
//!   an account that is suspended already is \[R\]: where it is not, the outcome says so.
//! - `POST` and `DELETE /api/2/roles/{id}/users` take a JSON array of ids \[O\]; the published description wants an object
//!   with `user_id` for `DELETE` \[D\]. That adding a user who is there, or removing one who is not, is no error is \[R\]:
//!   where it is one, the role is read and whoever is where they should be is done.
//! - The filter by name of `GET /api/2/roles` has two names in two documents \[D\], so that all roles are listed and
//!   compared. Whether two roles may share a name is \[R\]; if so, the name is refused as unclear.
//! - Apps are had through roles: `role_ids` of `GET /api/2/apps/{id}` names those that carry it \[D\]. An admin can give
//!   somebody an app without a role in the pages \[R\], which nothing in the API does.
//! - Mappings assign roles by rules; those that set or add a role have an action `set_role` or `add_role` with the role's
//!   id among its values \[R\].
//! - Least scopes \[D\]: users are read with `Read users` and changed with `Manage users`; roles and apps are read with
//!   `Read all`, and changed, like invitations sent, with `Manage all`. Mappings, and by the published description the
//!   users of a role, are read with `Manage all` only; whether that is so for a role's users is \[R\].
//! - 5,000 requests an hour for one tenant, told by `X-RateLimit-*` \[D\].
//! - The credential is an API client and no user \[D\].

mod account;
pub mod emulator;
mod directory;
mod membership;
mod people;
mod reader;
#[cfg(test)]
mod tests;
mod wire;
mod writer;

use super::Connector;
use super::scim::{group_kind, org_kind};
use crate::connector::{
    AddressChange, Channels, Configured, ConnectorError, Joining, KindSpec, LevelSpec, Limits, Rate, Reader,
    Spec, Writer,
};
use crate::domain::{Channel, Level};
use crate::net::rest::Rest;
use crate::net::{Endpoint, Pace};
use crate::workspace::Vendor;
use reader::OneLoginReader;
use std::sync::Arc;
use std::time::Duration;
use wire::{API, FORBIDDEN};
use writer::OneLoginWriter;

/// The kind whose members can be changed.
const ROLE: &str = "role";

/// The kind that is had through roles.
const APP: &str = "app";

/// What OneLogin allows. How many users may be put into a role at once is not documented; a hundred is what its lists
/// hold.
const LIMITS: Limits = Limits {
    batch: 100,
    pending_invitations: None,
    side_by_side: 8,
    requests: Some(Rate { requests: 5000, per: Duration::from_secs(60 * 60) }),
};

/// How long a change may take to show; nothing is documented.
const SETTLE: Duration = Duration::from_secs(30);

const BY_API: Channels = &[Channel::Api];

/// Nothing in the API gives an app to one person.
const BY_HAND: Channels = &[Channel::Runbook];

/// The registry's line.
pub(crate) static CONNECTOR: Connector = Connector {
    name: "onelogin",
    spec,
    reader: Some(reader),
    writer: Some(writer),
    token_path: Some("/auth/oauth2/v2/token"),
    only_by_key: false,
    pages: None,
    rules: emulator::rules,
};

fn spec(configured: &Configured<'_>) -> Spec {
    Spec {
        connector: "onelogin",
        title: "OneLogin",
        docs: "https://developers.onelogin.com/api-docs/2/getting-started/dev-overview",
        kinds: vec![org_kind(configured.org_levels), group_kind(ROLE), app_kind()],
        accounts: BY_API,
        suspends: true,
        provisions: true,
        address_change: AddressChange::Update,
        limits: LIMITS,
        settle: SETTLE,
        forbidden: FORBIDDEN,
        resends: true,
        obligations: &[],
        pages: None,
    }
}

/// An app: read to tell through which roles people have it, and who has it without one.
fn app_kind() -> KindSpec {
    let user = Level::parse("user").map(|name| LevelSpec { name, admin: false, exclusive: false });
    KindSpec {
        name: APP,
        levels: user.into_iter().collect(),
        custom_levels: false,
        joint: None,
        readable: true,
        by_name: true,
        creatable: false,
        access: BY_HAND,
        joining: Joining::Grant,
        keeps_one: false,
    }
}

fn reader(vendor: &Vendor, endpoint: Endpoint, pace: Arc<Pace>) -> Result<Box<dyn Reader>, ConnectorError> {
    let clock = Arc::clone(pace.clock());
    let identity = vendor.identity.as_ref().map(|identity| Arc::clone(&identity.value));
    Ok(Box::new(OneLoginReader { rest: Arc::new(Rest::new(endpoint, pace, &API)?), identity, clock }))
}

/// A credential that cannot be had stops the changes that need it, and no others.
fn writer(
    _vendor: &Vendor,
    grant: Result<Endpoint, ConnectorError>,
    revoke: Result<Endpoint, ConnectorError>,
    pace: Arc<Pace>,
) -> Result<Box<dyn Writer>, ConnectorError> {
    let connect = |endpoint: Result<Endpoint, ConnectorError>| {
        endpoint.and_then(|endpoint| Rest::new(endpoint, Arc::clone(&pace), &API))
    };
    match (connect(grant), connect(revoke)) {
        (Err(error), Err(_)) => Err(error),
        (grant, revoke) => Ok(Box::new(OneLoginWriter { grant, revoke })),
    }
}
