//! A short name for what was read, to see whether a vendor moved.

use crate::domain::{AccountState, ResourceReading, Snapshot};
use sha2::{Digest, Sha256};

/// `sha256:` and the digest of accounts and holders. Moments and sources are left out: reading again does not
/// change it.
pub(super) fn of(snapshot: &Snapshot) -> String {
    let mut hash = Hash(Sha256::new());
    for account in snapshot.accounts.values() {
        hash.text("account").text(account.id.as_str()).text(&account.login);
        hash.text(account.name.as_deref().unwrap_or(""));
        hash.text(match account.state {
            AccountState::Active => "active",
            AccountState::Suspended => "suspended",
            AccountState::Invited(state) => state.word(),
        });
        for email in &account.emails {
            hash.text("email").text(email.as_str());
        }
    }
    for (name, reading) in &snapshot.resources {
        hash.text("resource").text(name.as_str());
        match reading {
            ResourceReading::Missing => {
                hash.text("missing");
            }
            ResourceReading::Unread { .. } => {
                hash.text("unread");
            }
            ResourceReading::Read { id, holders, offers } => {
                hash.text(id.as_deref().unwrap_or(""));
                for (account, level) in holders {
                    hash.text(account.as_str()).text(level.as_str());
                }
                for (account, offer) in offers {
                    hash.text("offer")
                        .text(account.as_str())
                        .text(offer.level.as_str())
                        .text(offer.state.word());
                }
            }
        }
    }
    hash.finish()
}

struct Hash(Sha256);

impl Hash {
    /// Takes a text with its length, so that no two lists of texts give the same bytes.
    fn text(&mut self, text: &str) -> &mut Self {
        self.0.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        self.0.update(text.as_bytes());
        self
    }

    fn finish(self) -> String {
        let hex: String = self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }
}
