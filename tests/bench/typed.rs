//! The yardstick of `validate`: what a program that only deserialises would write. No spans, no checks, and the
//! two forms of an entry told apart by a visitor, since serde's `untagged` would slow the yardstick down.

#![expect(dead_code, reason = "the yardstick is read into and never read from")]

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    workspace: Option<Workspace>,
    #[serde(default)]
    vendors: BTreeMap<String, Vendor>,
    #[serde(default)]
    roles: BTreeMap<String, Role>,
    #[serde(default)]
    pub(crate) users: BTreeMap<String, User>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Workspace {
    name: String,
    timezone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendor {
    connector: String,
    manage: String,
    url: String,
    resources: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource {
    id: Option<String>,
    name: Option<String>,
    kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Role {
    description: Option<String>,
    #[serde(default)]
    includes: Vec<String>,
    #[serde(default)]
    grants: BTreeMap<String, WordOr<Grant>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    name: Option<String>,
    email: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    accounts: BTreeMap<String, String>,
    kind: Option<String>,
    sponsor: Option<String>,
    from: Option<String>,
    until: Option<String>,
    reason: Option<String>,
    ticket: Option<String>,
    #[serde(default)]
    roles: Vec<WordOr<RoleEntry>>,
    #[serde(default)]
    grants: BTreeMap<String, WordOr<Grant>>,
    departed: Option<String>,
    suspended: Option<Suspension>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleEntry {
    role: String,
    until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    level: String,
    until: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suspension {
    since: String,
    reason: String,
}

enum WordOr<T> {
    Word(String),
    Mapping(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for WordOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either(PhantomData))
    }
}

struct Either<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
    type Value = WordOr<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word or a mapping")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(WordOr::Word(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(WordOr::Mapping)
    }
}
