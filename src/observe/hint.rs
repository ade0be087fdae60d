//! What a person can do about a vendor that could not be read.

use crate::connector::ConnectorError;
use crate::domain::VendorName;

/// How to mend what a connector reported while it read.
pub(crate) fn hint(error: &ConnectorError, vendor: &VendorName) -> String {
    match error {
        ConnectorError::RetryLater { after: Some(after), .. } => {
            format!("Run the command again in {} seconds or later.", after.as_secs().max(1))
        }
        ConnectorError::RetryLater { after: None, .. }
        | ConnectorError::Unknown { .. }
        | ConnectorError::Broke { .. } => {
            format!(
                "Check that `url:` of `{vendor}` is the right address and can be reached from here. If it is, the trouble \
                 is the vendor's own: run the command again later."
            )
        }
        ConnectorError::Refused { .. } | ConnectorError::LimitReached { .. } => format!(
            "Check at the vendor that the credential of `{vendor}` may list accounts and groups, and that the plan \
             booked there includes it."
        ),
        ConnectorError::Gone { .. } => {
            format!("Check `url:` and the ids under `resources:` of `{vendor}` in the workspace.")
        }
        ConnectorError::Unauthorised { .. } | ConnectorError::Forbidden { .. } => format!(
            "Check the credential that `token:` of `{vendor}` refers to: it must be set, not expired, and allowed \
             to list accounts and groups. Where a variable such as GRANTLINE_ALLOWED_HOSTS is named above, the environment \
             of this run decides, and nothing in the workspace does."
        ),
        ConnectorError::Unrecorded { .. } => format!(
            "Copy each members' table from the vendor's page and pass it to `grantline snapshot {vendor}/RESOURCE \
             --from -`; nothing is planned for `{vendor}` until then."
        ),
        ConnectorError::ContractBroken { .. } => format!(
            "If the server announces something that it does not do, override that with `scim:` under `{vendor}`; \
             otherwise report this message. Nothing is planned for `{vendor}` until it can be read."
        ),
    }
}
