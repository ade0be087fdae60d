//! What every reading makes of the records of people, whichever vendor they come from.

use super::ConnectorError;
use crate::domain::{Account, AccountId, Broken};
use std::collections::BTreeMap;

/// So many records that cannot be understood are set aside in any case, and of a large directory this share.
const FEW_BROKEN: usize = 5;
const BROKEN_PERCENT: usize = 10;

/// Whether it is the records that cannot be understood, and not the vendor. `broken` is sorted.
///
/// # Errors
/// [`ConnectorError::ContractBroken`] where they are so many of all `users` that nothing may be concluded.
pub(crate) fn bound_broken(broken: &[Broken], users: usize) -> Result<(), ConnectorError> {
    match broken.first() {
        Some(first) if broken.len() > FEW_BROKEN && broken.len() * 100 > users * BROKEN_PERCENT => {
            Err(ConnectorError::ContractBroken {
                message: format!(
                    "{} of the {users} users cannot be understood, so nothing is concluded from the others either. {}",
                    broken.len(),
                    first.reason
                ),
            })
        }
        _ => Ok(()),
    }
}

/// The accounts that a list of records describes, and the records that are none that could be understood.
///
/// # Errors
/// [`ConnectorError::ContractBroken`] where these are so many that it is the vendor that is not understood.
pub(crate) fn sorted<R>(
    records: &[R],
    account: impl Fn(&R) -> Result<Account, Broken>,
) -> Result<(BTreeMap<AccountId, Account>, Vec<Broken>), ConnectorError> {
    let (mut accounts, mut broken) = (BTreeMap::new(), Vec::new());
    for record in records {
        match account(record) {
            Ok(account) => drop(accounts.insert(account.id.clone(), account)),
            Err(record) => broken.push(record),
        }
    }
    broken.sort();
    bound_broken(&broken, records.len()).map(|()| (accounts, broken))
}

/// Keeps the credential that takes access from taking its own account: a plan spares that of the reading one only.
///
/// # Errors
/// [`ConnectorError::Refused`] where the account is the credential's own.
pub(crate) fn spare_own(own: Option<&str>, account: &AccountId) -> Result<(), ConnectorError> {
    match own {
        Some(own) if own == account.as_str() => Err(ConnectorError::Refused {
            message:
                "The account belongs to the credential that takes access (`revoke_token:`). Remove it with another one."
                    .to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The account that `identity:` names: by its id, else by its login, else by an address.
pub(crate) fn declared_own(
    identity: Option<&str>,
    accounts: &BTreeMap<AccountId, Account>,
) -> Option<AccountId> {
    let identity = identity?;
    if let Some(account) = accounts.get(identity) {
        return Some(account.id.clone());
    }
    let lower = identity.to_lowercase();
    let by_login = accounts.values().find(|account| account.login.to_lowercase() == lower);
    let by_address =
        || accounts.values().find(|account| account.emails.iter().any(|email| email.as_str() == lower));
    by_login.or_else(by_address).map(|account| account.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountState, Email};
    use std::sync::Arc;

    fn broken(count: usize) -> Vec<Broken> {
        let record = |number| Broken {
            id: None,
            login: None,
            emails: Vec::new(),
            external_id: None,
            reason: format!("The user {number} has no id."),
        };
        (0..count).map(record).collect()
    }

    #[test]
    fn a_few_or_a_small_share_are_set_aside_and_more_are_an_error() {
        assert!(bound_broken(&broken(5), 5).is_ok());
        assert!(bound_broken(&broken(10), 100).is_ok());
        let error = bound_broken(&broken(11), 100).unwrap_err().to_string();
        assert!(error.contains("11 of the 100 users") && error.contains("The user 0"), "{error}");
        assert!(bound_broken(&broken(6), 59).is_err());
    }

    #[test]
    fn an_identity_is_an_id_before_a_login_and_a_login_before_an_address() {
        let account = |id: &str, login: &str, email: &str| {
            let id = AccountId::parse(id).unwrap();
            let account = Account {
                id: id.clone(),
                login: Arc::from(login),
                emails: vec![Email::parse(email).unwrap()],
                mail: None,
                name: None,
                external_id: None,
                state: AccountState::Active,
                invited: None,
            };
            (id, account)
        };
        let accounts = BTreeMap::from([
            account("1", "2", "Svc@acme.example"),
            account("2", "svc@acme.example", "x@acme.example"),
            account("3", "x", "y@acme.example"),
        ]);
        let own = |identity| declared_own(Some(identity), &accounts).map(|id| id.to_string());
        assert_eq!(own("2").as_deref(), Some("2"));
        assert_eq!(own("SVC@acme.example").as_deref(), Some("2"));
        assert_eq!(own("Y@acme.example").as_deref(), Some("3"));
        assert_eq!((own("nobody"), declared_own(None, &accounts)), (None, None));
    }
}
