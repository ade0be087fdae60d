//! A short name for what was read and is managed, to see whether a vendor moved.

use crate::domain::{AccountId, Fact, Found};
use sha2::{Digest, Sha256};

/// `sha256:` and the digest of the facts, whose order counts.
pub(super) fn of(facts: &[Fact]) -> String {
    let mut hash = Hash(Sha256::new());
    for fact in facts {
        hash.fact(fact);
    }
    hash.finish()
}

struct Hash(Sha256);

impl Hash {
    fn fact(&mut self, fact: &Fact) {
        match fact {
            Fact::Account { id, login, state, emails, name } => {
                self.text("account").text(id.as_str()).text(login).text(state.word());
                self.optional(name.as_deref());
                self.number(emails.len());
                for email in emails {
                    self.text(email.as_str());
                }
            }
            Fact::Resource { name, found } => {
                self.text("resource").text(name.as_str()).text(found.word());
                let Found::Read(id) = found else { return };
                self.optional(id.as_deref());
            }
            Fact::Holder { on, account, level } => {
                self.text("holder").text(on.as_str()).text(account.as_str()).text(level.as_str());
            }
            Fact::Offer { on, account, level, state } => {
                self.text("offer").text(on.as_str()).text(account.as_str());
                self.text(level.as_str()).text(state.word());
            }
            Fact::Broken { id, login, emails } => {
                self.text("broken").optional(id.as_ref().map(AccountId::as_str));
                self.optional(login.as_deref());
                self.number(emails.len());
                for email in emails {
                    self.text(email.as_str());
                }
            }
        }
    }

    /// Takes a text with its length, so that no two lists of texts give the same bytes.
    fn text(&mut self, text: &str) -> &mut Self {
        self.number(text.len());
        self.0.update(text.as_bytes());
        self
    }

    fn optional(&mut self, text: Option<&str>) {
        self.number(text.iter().len());
        self.text(text.unwrap_or_default());
    }

    fn number(&mut self, number: usize) {
        self.0.update(u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes());
    }

    fn finish(self) -> String {
        let hex: String = self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }
}
