//! From a reference in a file to a credential that can be shown, and to where it may go.

use super::emulators::Emulators;
use super::stages::environment;
use crate::connector::{Catalogue as _, ConnectorError};
use crate::domain::Duty;
use crate::net::{
    Client, Credential, Endpoint, Grant, Proof, Secret, SecretError, allowed_host, github_actions,
    resolve_key, resolve_secret,
};
use crate::vendors::Registry;
use crate::workspace::{CredentialRef, OAuthRef, ProofRef, SecretRef, Vendor, VendorUrl};
use reqwest::Url;
use std::sync::Arc;

/// Where a vendor is reached with its credential for a duty.
pub(crate) fn endpoint(
    vendor: &Vendor,
    duty: Duty,
    emulators: &Emulators,
) -> Result<Endpoint, ConnectorError> {
    let found = match vendor.url.as_ref().map(|url| &url.value) {
        Some(VendorUrl::Emulator { .. }) => emulators.endpoint(&vendor.name),
        Some(VendorUrl::Base(url)) => at(url, vendor, duty),
        None => Err("no `url:` is configured".to_owned()),
    };
    found.map_err(|message| ConnectorError::Unauthorised { message })
}

fn at(url: &str, vendor: &Vendor, duty: Duty) -> Result<Endpoint, String> {
    let base: Url = url.parse().map_err(|error| format!("the address {url} is not a URL: {error}"))?;
    // Before the credential is fetched: a command may ask a person, or tell a server that it was asked.
    allowed_host(&base, &environment)?;
    let (of, reference) = vendor.credential(duty);
    let credential = match reference.ok_or_else(|| "no `token:` is configured".to_owned())? {
        CredentialRef::Token(reference) => secret(reference).map(Credential::Token),
        CredentialRef::OAuth(oauth) => {
            client(vendor, &base, oauth).map(|client| Credential::Client(Arc::new(client)))
        }
    };
    let key = match of {
        Duty::Read => "token",
        Duty::Grant => "grant_token",
        Duty::Revoke => "revoke_token",
    };
    let credential = credential.map_err(|reason| format!("`{key}:` of {}: {reason}", vendor.name))?;
    Ok(Endpoint { base, credential })
}

fn secret(reference: &SecretRef) -> Result<Secret, String> {
    resolve_secret(reference, &environment).map_err(|error| error.to_string())
}

fn client(vendor: &Vendor, base: &Url, oauth: &OAuthRef) -> Result<Client, String> {
    let token_url = token_url(vendor, base, oauth)?;
    allowed_host(&token_url, &environment)?;
    let told = |error: SecretError| error.to_string();
    let proof = match &oauth.proof {
        ProofRef::Secret(reference, in_form) => {
            Proof::Secret { secret: secret(reference)?, in_form: *in_form }
        }
        ProofRef::GithubActions(audience) => github_actions(audience, &environment)?,
        ProofRef::PrivateKey(reference, key_id) => {
            let key = resolve_key(reference, &environment).map_err(told)?;
            Proof::private_key(&key, key_id.as_deref().map(str::to_owned))
                .map_err(|error| error.to_string())?
        }
    };
    let text = |text: &Arc<str>| text.to_string();
    let grant = Grant {
        token_url,
        client_id: text(&oauth.client_id),
        scopes: oauth.scopes.iter().map(text).collect(),
        audience: oauth.audience.as_ref().map(text),
    };
    Client::new(grant, proof).map_err(|error| error.to_string())
}

fn token_url(vendor: &Vendor, base: &Url, oauth: &OAuthRef) -> Result<Url, String> {
    let wrong = |error| format!("the address of the token endpoint is not a URL: {error}");
    match &oauth.token_url {
        Some(url) => url.value.parse().map_err(wrong),
        None => {
            let path = Registry.token_path(&vendor.connector.value);
            base.join(path.ok_or_else(|| "no `token_url:` is configured".to_owned())?).map_err(wrong)
        }
    }
}
