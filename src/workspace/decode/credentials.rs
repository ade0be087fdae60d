//! A vendor's credentials: references, and never the credentials themselves.

use super::{Decoder, Fields};
use crate::diagnostic::Diagnostic;
use crate::workspace::mask::{Mask, is_env_name};
use crate::workspace::model::{CredentialRef, Located, OAuthRef, ProofRef, SecretRef};
use crate::workspace::shape;
use crate::workspace::suggest::quote;
use crate::workspace::tree::{Node, Value};
use std::sync::Arc;

impl<'a> Decoder<'a, '_> {
    pub(super) fn credential(&mut self, fields: &Fields<'a>, key: &str) -> Option<Located<CredentialRef>> {
        let (key, node) = fields.entry(key)?;
        self.mask_strangers(node);
        if let Some(problem) = flat(node) {
            self.problems.push(problem);
            return None;
        }
        let fields = self.table(key, node, &shape::CREDENTIAL);
        let value = match fields.entry("oauth") {
            Some((key, oauth)) => CredentialRef::OAuth(Box::new(self.oauth(key, oauth)?)),
            None => CredentialRef::Token(self.reference(&fields)?),
        };
        Some(Located { value, span: node.span() })
    }

    fn secret(&mut self, fields: &Fields<'a>, key: &str) -> Option<SecretRef> {
        let (key, node) = fields.entry(key)?;
        self.mask_strangers(node);
        let fields = self.table(key, node, &shape::SECRET);
        self.reference(&fields)
    }

    fn reference(&mut self, fields: &Fields<'a>) -> Option<SecretRef> {
        let command = self.list(fields, "command");
        match fields.node("env") {
            Some(name) => Some(SecretRef::Env(self.env_name(name)?)),
            None if command.is_empty() => None,
            None => {
                let words = command.into_iter().filter_map(Node::scalar).map(Arc::from);
                Some(SecretRef::Command(words.collect()))
            }
        }
    }

    fn oauth(&mut self, key: Node<'a>, oauth: Node<'a>) -> Option<OAuthRef> {
        for (key, value) in oauth.entries() {
            let known = key.scalar().is_some_and(|key| shape::OAUTH.position(key).is_some());
            if !known {
                self.masks.extend(value.target().scalars().map(Mask::of));
            }
        }
        let fields = self.table(key, oauth, &shape::OAUTH);
        let proofs = shape::OAUTH.any_of.iter().filter(|key| fields.is_present(key)).count();
        if proofs > 1 {
            self.problems.push(
                Diagnostic::error("bad-value", oauth.span(), "a client proves itself in one way")
                    .detail("Which of `client_secret`, `github_actions` and `private_key` would count is anyone's guess.")
                    .hint("Keep one of the keys."),
            );
        }
        if proofs == 1 {
            self.needs(&fields, "key_id", "private_key");
            self.needs(&fields, "auth", "client_secret");
        }
        let in_form = fields.text("auth") == Some("form");
        let secret = self.secret(&fields, "client_secret").map(|secret| ProofRef::Secret(secret, in_form));
        let job = fields.entry("github_actions").and_then(|(key, job)| {
            let job = self.table(key, job, &shape::GITHUB_ACTIONS);
            self.arc(&job, "audience").map(ProofRef::GithubActions)
        });
        let key_id = self.arc(&fields, "key_id");
        let key = self.secret(&fields, "private_key").map(|key| ProofRef::PrivateKey(key, key_id));
        let scopes = self.list(&fields, "scopes").into_iter().filter_map(Node::scalar).map(Arc::from);
        let scopes = scopes.collect();
        // One that is wrong has been told of, and is not missing.
        let token_url = match fields.is_present("token_url") {
            true => Some(fields.node("token_url").and_then(|node| self.token_url(node))?),
            false => None,
        };
        Some(OAuthRef {
            client_id: self.arc(&fields, "client_id")?,
            proof: secret.or(job).or(key)?,
            token_url,
            scopes,
            audience: self.arc(&fields, "audience"),
        })
    }

    /// A key that says something about a proof which the client does not have would be ignored.
    fn needs(&mut self, fields: &Fields<'a>, key: &str, proof: &str) {
        let Some((at, _)) = fields.entry(key).filter(|_| !fields.is_present(proof)) else { return };
        self.problems.push(
            Diagnostic::error("bad-value", at.span(), format!("`{key}` means nothing without `{proof}`"))
                .detail("This client proves itself in another way.")
                .hint(format!("Delete `{key}`, or prove the client by `{proof}`.")),
        );
    }

    fn token_url(&mut self, node: Node<'a>) -> Option<Located<Arc<str>>> {
        if node.scalar() == Some("emulator") {
            self.problems.push(
                Diagnostic::error("bad-url", node.span(), "`emulator` is no token endpoint")
                    .detail("With `url: emulator` the embedded vendor needs no credential at all.")
                    .hint("Write the URL of the vendor's token endpoint, or delete the key."),
            );
            return None;
        }
        Some(Located { value: self.base_url(node)?, span: node.span() })
    }

    /// Masks what stands where a reference belongs and is none: it may be the credential.
    fn mask_strangers(&mut self, secret: Node<'a>) {
        for (key, value) in secret.entries() {
            let allowed = match (key.scalar(), value.value()) {
                (Some("env"), Value::Text(name)) => is_env_name(name),
                (Some("command"), _) | (Some("oauth"), Value::Mapping) => true,
                _ => false,
            };
            if !allowed {
                self.masks.extend(value.target().scalars().map(Mask::of));
            }
        }
    }

    fn env_name(&mut self, node: Node<'a>) -> Option<Arc<str>> {
        let text = node.scalar()?;
        if is_env_name(text) {
            return Some(Arc::from(text));
        }
        if looks_like_name(text) {
            self.masks.push(Mask::of(node));
            self.problems.push(no_name(node));
        } else {
            self.literal_secret(node);
        }
        None
    }
}

/// Whether it is more likely a variable's name with a slip in it than a credential: upper-case words, as names are by
/// habit, perhaps as a shell refers to them.
fn looks_like_name(text: &str) -> bool {
    let name = text.trim_start_matches(['$', '{', '%']).trim_end_matches(['}', '%']);
    let words: Vec<&str> = name.split(['-', '_', '.', ' ', '/', ':']).collect();
    let is_word =
        |word: &&str| word.len() <= 12 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    !name.is_empty() && words.iter().all(is_word) && words.len() <= 8 && digits * 4 <= name.len()
}

/// It is hidden all the same: nobody but who wrote it can be sure.
fn no_name(node: Node<'_>) -> Diagnostic {
    Diagnostic::error("bad-name", node.span(), "this is not the name of an environment variable")
        .detail(
            "Such a name has letters, digits and `_`, and does not begin with a digit. What stands here is not shown, \
             since it might be a credential.",
        )
        .hint(
            "Write the name alone, as in `{ env: CRM_TOKEN }`. If it is a credential: revoke it, and keep a new one outside \
             the workspace.",
        )
}

/// That a client stands where a reference belongs, one level too high.
fn flat(credential: Node<'_>) -> Option<Diagnostic> {
    let keys = || credential.entries().filter_map(|(key, _)| Some((key, key.scalar()?)));
    if keys().any(|(_, name)| shape::CREDENTIAL.position(name).is_some()) {
        return None;
    }
    let (key, name) = keys().find(|(_, name)| shape::OAUTH.position(name).is_some())?;
    Some(
        Diagnostic::error("unknown-key", key.span(), format!("unknown key {}", quote(name)))
            .detail("It describes an OAuth client, and those stand under `oauth:`.")
            .hint("Put the keys one level deeper: `token: { oauth: { client_id: …, client_secret: { env: NAME } } }`."),
    )
}
