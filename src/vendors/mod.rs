//! The registry: the only place that names a vendor. A new one is a folder here and a line in `CONNECTORS`.

pub mod clarity;
pub mod entra;
pub mod heap;
pub mod okta;
pub mod onelogin;
pub mod scim;
pub mod segment;
#[cfg(test)]
mod testing;

use crate::connector::pages::{self, Pages};
use crate::connector::{Catalogue, Configured, ConnectorError, Reader, Spec, Writer};
use crate::net::{Endpoint, Pace};
use crate::workspace::Vendor;
use scim::emulator::Rules;
pub use scim::emulator::{Assignments, Emulator, Options as EmulatorOptions, Seed, StartError};
use std::sync::Arc;

type MakeReader = fn(&Vendor, Endpoint, Arc<Pace>) -> Result<Box<dyn Reader>, ConnectorError>;
/// A credential's endpoint, or why there is none.
type Connection = Result<Endpoint, ConnectorError>;
type MakeWriter = fn(&Vendor, Connection, Connection, Arc<Pace>) -> Result<Box<dyn Writer>, ConnectorError>;

/// One connector, as the registry holds it.
pub(crate) struct Connector {
    /// The word after `connector:`.
    pub(crate) name: &'static str,
    /// Its declaration for a vendor that is configured so.
    pub(crate) spec: fn(&Configured<'_>) -> Spec,
    /// Makes a reader; none where there is no API to read.
    pub(crate) reader: Option<MakeReader>,
    /// Makes a writer, likewise.
    pub(crate) writer: Option<MakeWriter>,
    /// Where it gives access tokens to OAuth clients, as a path of the API's host; none where a workspace must say.
    pub(crate) token_path: Option<&'static str>,
    /// Whether it gives them only to clients that sign with a key of their own.
    pub(crate) only_by_key: bool,
    /// What is known of its pages, as YAML; none where nobody needs them.
    pub(crate) pages: Option<&'static str>,
    /// What its embedded vendor adds to the standard.
    pub(crate) rules: fn() -> Arc<dyn Rules>,
}

static CONNECTORS: &[&Connector] = &[
    &scim::CONNECTOR,
    &heap::CONNECTOR,
    &clarity::CONNECTOR,
    &okta::CONNECTOR,
    &entra::CONNECTOR,
    &onelogin::CONNECTOR,
    &segment::CONNECTOR,
];

fn connector(name: &str) -> Option<&'static Connector> {
    CONNECTORS.iter().find(|connector| connector.name == name).copied()
}

/// Every connector.
#[derive(Debug, Clone, Copy, Default)]
pub struct Registry;

impl Catalogue for Registry {
    fn names(&self) -> Vec<&'static str> {
        CONNECTORS.iter().map(|connector| connector.name).collect()
    }

    fn spec(&self, name: &str, configured: &Configured<'_>) -> Option<Spec> {
        connector(name).map(|connector| (connector.spec)(configured))
    }

    fn token_path(&self, name: &str) -> Option<&'static str> {
        connector(name).and_then(|connector| connector.token_path)
    }

    fn only_by_key(&self, name: &str) -> bool {
        connector(name).is_some_and(|connector| connector.only_by_key)
    }
}

/// What the connector's embedded vendor adds to the standard; none for an unknown connector.
#[must_use]
pub fn emulator_rules(name: &str) -> Option<Arc<dyn Rules>> {
    connector(name).map(|connector| (connector.rules)())
}

/// A reader for a configured vendor.
///
/// # Errors
/// [`ConnectorError::Refused`] for an unknown connector, or an endpoint that would send the credential in the clear.
pub fn reader(
    vendor: &Vendor,
    endpoint: Endpoint,
    pace: Arc<Pace>,
) -> Result<Box<dyn Reader>, ConnectorError> {
    (named(vendor)?.reader.ok_or_else(|| no_api(vendor))?)(vendor, endpoint, pace)
}

/// A writer for a configured vendor. `revoke` is used for what takes access, so that granting and revoking can be
/// different people's duties; it may equal `grant`. One that cannot be had fails the changes that need it, each with
/// its error, and no others.
///
/// # Errors
/// As [`reader`], and where neither can be had.
pub fn writer(
    vendor: &Vendor,
    grant: Result<Endpoint, ConnectorError>,
    revoke: Result<Endpoint, ConnectorError>,
    pace: Arc<Pace>,
) -> Result<Box<dyn Writer>, ConnectorError> {
    (named(vendor)?.writer.ok_or_else(|| no_api(vendor))?)(vendor, grant, revoke, pace)
}

/// Whether the vendor is spoken to over an API at all, as it is configured.
#[must_use]
pub fn has_api(vendor: &Vendor) -> bool {
    vendor.url.is_some() && connector(&vendor.connector.value).is_some_and(|one| one.reader.is_some())
}

/// What a connector's folder says of its vendor's pages; none where it says nothing.
///
/// # Errors
/// A sentence that says where the data is wrong; a test keeps that from being released.
pub fn pages_of(name: &str) -> Result<Option<Pages>, String> {
    connector(name).and_then(|connector| connector.pages).map(pages::parse).transpose()
}

fn no_api(vendor: &Vendor) -> ConnectorError {
    ConnectorError::Refused {
        message: format!("The connector {:?} has no API to speak to.", vendor.connector.value),
    }
}

fn named(vendor: &Vendor) -> Result<&'static Connector, ConnectorError> {
    connector(&vendor.connector.value).ok_or_else(|| ConnectorError::Refused {
        message: format!("There is no connector named {:?}.", vendor.connector.value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Level;

    #[test]
    fn a_connector_is_found_under_the_name_that_it_declares() {
        for name in Registry.names() {
            let spec = Registry.spec(name, &Configured::default()).unwrap();
            assert_eq!(spec.connector, name);
            assert!(spec.docs.starts_with("https://"), "{name}");
        }
        assert!(Registry.spec("nobody", &Configured::default()).is_none());
    }

    #[test]
    fn mapped_roles_are_the_levels_of_the_organisation() {
        let levels = ["viewer", "admin"].map(|name| Level::parse(name).unwrap());
        for name in Registry.names() {
            let spec =
                Registry.spec(name, &Configured { org_levels: &levels, ..Configured::default() }).unwrap();
            let Some(org) = spec.kind("org") else { continue };
            let member = Level::parse("member").unwrap();
            let ranks = [&member, &levels[0], &levels[1]].map(|level| org.rank(level));
            assert_eq!(ranks, [Some(0), Some(1), Some(2)]);
            assert!(org.is_admin(&levels[1]) && !org.is_admin(&levels[0]));
        }
    }

    #[test]
    fn where_no_level_says_that_it_administers_the_highest_does() {
        let admins = |names: &[&str]| {
            let levels: Vec<Level> = names.iter().map(|name| Level::parse(name).unwrap()).collect();
            let spec =
                Registry.spec("scim", &Configured { org_levels: &levels, ..Configured::default() }).unwrap();
            let org = spec.kind("org").unwrap();
            let admins =
                org.levels.iter().filter(|level| level.admin).map(|level| level.name.as_str().to_owned());
            admins.collect::<Vec<_>>()
        };
        assert_eq!(admins(&["reader", "workspace-owner"]), ["workspace-owner"]);
        assert_eq!(admins(&["admin", "superuser"]), ["admin"]);
        assert_eq!(admins(&["owner", "admin"]), ["owner", "admin"]);
        assert_eq!([admins(&[]), admins(&["member"])], [const { Vec::<String>::new() }; 2]);
    }
}
