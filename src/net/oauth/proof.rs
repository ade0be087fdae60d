//! How a client proves that it is the one: by a secret, by its key, or by the identity of the workload it runs in.

use super::super::line::Address;
use super::super::{Clock, HttpError, Secret, encode_component};
use super::ask::{self, Sent};
use super::{ClientError, Grant};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Url;
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;

/// RFC 7523, section 2.2.
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How long an assertion of the client's own making holds, in seconds. It is used at once.
const ASSERTED: i64 = 300;

/// How a client proves that it is the one.
#[derive(Clone)]
pub enum Proof {
    /// A client secret.
    Secret {
        /// The secret.
        secret: Secret,
        /// Whether it goes in the form, for vendors that do not read it from HTTP Basic (RFC 6749, section 2.3.1).
        in_form: bool,
    },
    /// The identity that GitHub Actions gives to a job, as a federated credential (RFC 7523).
    GithubActions {
        /// `ACTIONS_ID_TOKEN_REQUEST_URL`.
        url: Url,
        /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
        token: Secret,
        /// Whom the identity is shown to, as the vendor wants it written.
        audience: String,
    },
    /// A key that the vendor knows the public part of (`private_key_jwt`, RS256).
    PrivateKey {
        /// The key.
        key: Arc<RsaKeyPair>,
        /// Its name at the vendor.
        key_id: Option<String>,
    },
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret { .. } => "Secret(..)",
            Self::GithubActions { .. } => "GithubActions(..)",
            Self::PrivateKey { .. } => "PrivateKey(..)",
        })
    }
}

impl Proof {
    /// A key from its PEM text: PKCS#8, or the older form for RSA alone.
    ///
    /// # Errors
    /// [`ClientError::NotAKey`].
    pub fn private_key(pem: &Secret, key_id: Option<String>) -> Result<Self, ClientError> {
        let key = key(pem.expose()).ok_or(ClientError::NotAKey)?;
        Ok(Self::PrivateKey { key: Arc::new(key), key_id })
    }

    /// What goes with a request for a token: fields of its form, the value of `Authorization`, and what no message may hold.
    pub(super) async fn shown(&self, grant: &Grant, clock: &Arc<dyn Clock>) -> Result<Shown, HttpError> {
        match self {
            Self::Secret { secret, in_form } => Ok(by_secret(&grant.client_id, secret, *in_form)),
            Self::GithubActions { url, token, audience } => {
                let identity = identity(url, token, audience, clock).await?;
                Ok(by_assertion(&grant.client_id, vec![token.clone(), identity]))
            }
            Self::PrivateKey { key, key_id } => {
                let assertion = assertion(grant, key, key_id.as_deref(), clock)?;
                Ok(by_assertion(&grant.client_id, vec![Secret::new(assertion)]))
            }
        }
    }
}

/// What a client shows of itself.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) form: Vec<(&'static str, String)>,
    pub(super) authorization: Option<String>,
    pub(super) secrets: Vec<Secret>,
}

/// Whether two proofs are by the same secret or key.
pub(super) fn same_proof(one: &Proof, other: &Proof) -> bool {
    match (one, other) {
        (Proof::Secret { secret: one, .. }, Proof::Secret { secret: other, .. }) => {
            one.expose() == other.expose()
        }
        (Proof::GithubActions { audience: one, .. }, Proof::GithubActions { audience: other, .. }) => {
            one == other
        }
        // One client's keys stand for one client.
        (Proof::PrivateKey { .. }, Proof::PrivateKey { .. }) => true,
        _ => false,
    }
}

fn by_secret(client_id: &str, secret: &Secret, in_form: bool) -> Shown {
    if in_form {
        let form = vec![("client_id", client_id.to_owned()), ("client_secret", secret.expose().to_owned())];
        return Shown { form, authorization: None, secrets: vec![secret.clone()] };
    }
    // Each is encoded by itself before they are put together.
    let encoded = |text: &str| encode_component(text).replace(':', "%3A").replace('@', "%40");
    let basic = STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(secret.expose())));
    Shown {
        form: Vec::new(),
        authorization: Some(format!("Basic {basic}")),
        secrets: vec![secret.clone(), Secret::new(basic)],
    }
}

/// The last secret is the assertion.
fn by_assertion(client_id: &str, secrets: Vec<Secret>) -> Shown {
    let assertion = secrets.last().map(|secret| secret.expose().to_owned()).unwrap_or_default();
    let form = vec![
        ("client_id", client_id.to_owned()),
        ("client_assertion_type", ASSERTION.to_owned()),
        ("client_assertion", assertion),
    ];
    Shown { form, authorization: None, secrets }
}

/// The identity of this job, from GitHub.
async fn identity(
    url: &Url,
    token: &Secret,
    audience: &str,
    clock: &Arc<dyn Clock>,
) -> Result<Secret, HttpError> {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair("audience", audience);
    let shown = Shown {
        authorization: Some(format!("Bearer {}", token.expose())),
        secrets: vec![token.clone()],
        ..Shown::default()
    };
    let answer = ask::send(Sent { url, form: None, shown: &shown }, clock).await?;
    if !answer.is_success() {
        return Err(super::refusal::no_identity(&answer));
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let value = body.get("value").and_then(Value::as_str).and_then(ask::usable);
    value.ok_or_else(|| {
        HttpError::NotUnderstood(format!("{} was answered without an identity token.", answer.asked))
    })
}

/// Where a job of GitHub Actions is given its identity, from its environment.
///
/// # Errors
/// A sentence that says what is missing.
pub fn github_actions(audience: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Proof, String> {
    let variable = |name: &str| {
        env(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            format!(
                "the environment variable {name} is not set; GitHub Actions sets it in a job that has \
                 `permissions: {{ id-token: write }}`, and nothing else does"
            )
        })
    };
    let url = variable("ACTIONS_ID_TOKEN_REQUEST_URL")?;
    let url: Url = url.parse().map_err(|_| "ACTIONS_ID_TOKEN_REQUEST_URL holds no URL".to_owned())?;
    Address::IDENTITY.check(&url).map_err(|error| error.to_string())?;
    let token = Secret::new(variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN")?);
    Ok(Proof::GithubActions { url, token, audience: audience.to_owned() })
}

/// A statement of the client about itself, signed (RFC 7523, section 3).
fn assertion(
    grant: &Grant,
    key: &RsaKeyPair,
    key_id: Option<&str>,
    clock: &Arc<dyn Clock>,
) -> Result<String, HttpError> {
    let unsigned = |_| HttpError::Setup("The private key cannot sign.".to_owned());
    let random = SystemRandom::new();
    let mut id = [0; 16];
    aws_lc_rs::rand::SecureRandom::fill(&random, &mut id).map_err(unsigned)?;
    let now = clock.now().as_second();
    let mut header = json!({ "alg": "RS256", "typ": "JWT" });
    if let Some(key_id) = key_id {
        header["kid"] = Value::from(key_id);
    }
    let claims = json!({
        "iss": grant.client_id, "sub": grant.client_id, "aud": grant.token_url.as_str(),
        "iat": now, "exp": now + ASSERTED, "jti": URL_SAFE_NO_PAD.encode(id),
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&header), part(&claims));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).map_err(unsigned)?;
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn key(pem: &str) -> Option<RsaKeyPair> {
    // Some settings keep a text on one line only, with its line ends written out.
    let pem = pem.replace("\\n", "\n");
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let body: String = body.split_whitespace().collect();
    let der = STANDARD.decode(body).ok()?;
    match label {
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der).ok(),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).ok(),
        _ => None,
    }
}
