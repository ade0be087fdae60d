//! What a removal leaves for people: the steps of the removal workflow that neither a request nor a page carries out
//! \[G\].

use crate::connector::{Leaving, ObligationSpec};
use crate::domain::Due;

const ACCOUNT: Leaving = Leaving::Account;
const PROJECT: Leaving = Leaving::Access("project");

/// One entry for each thing that one person can finish at one desk: content is handed over in Heap, what runs by
/// itself where it runs.
pub(super) const OBLIGATIONS: &[ObligationSpec] = &[
    before(
        "document-state",
        ACCOUNT,
        "Document the state before anything changes: role, projects, last activity, when the account was created and by \
         whom. Export the member list as CSV and keep the file with the ticket.",
    ),
    before(
        "hand-over-content",
        ACCOUNT,
        "Hand over what the person owns in Heap before the account goes: dashboards, saved analyses, tracking plans and \
         SQL queries. After a deletion they stay as \"created by removed user\".",
    ),
    before(
        "hand-over-integrations",
        ACCOUNT,
        "Move whatever runs in the person's name before the account goes: scheduled exports, and integrations that use \
         API tokens of theirs. They stop when the account does.",
    ),
    after(
        "rotate-tokens",
        ACCOUNT,
        "Rotate the API tokens that the person made or knew, and reconnect integrations that use them. A token may work \
         for 30 minutes after the removal.",
    ),
    after(
        "verify-tokens-401",
        ACCOUNT,
        "Verify that the tokens are dead: a request with a token of the person's must answer 401. One may live for 30 \
         minutes longer, so look again after that.",
    ),
    after(
        "remove-from-identity-provider",
        ACCOUNT,
        "Remove the person from every identity provider group that is assigned to Heap, or SCIM or just-in-time \
         provisioning will create the account again.",
    ),
    after(
        "verify-gone",
        ACCOUNT,
        "Verify that the access is gone: single sign-on to Heap is refused, and scheduled exports and notifications no \
         longer reach the person. Look for a second account under another address, such as a private one.",
    ),
    after(
        "document-state-after",
        ACCOUNT,
        "Export the member list as CSV once more, and keep it beside the one from before.",
    ),
    after(
        "notify",
        ACCOUNT,
        "Tell the person's organisation, once the removal shows. Ready to copy: \"Hello, access to our Heap organisation \
         has ended for {account}. This is part of our regular access upkeep and says nothing about \
         anybody's work. If you believe that it is a mistake, please write to us within five working days, and we will \
         look into it.\"",
    ),
    after(
        "keep-evidence",
        ACCOUNT,
        "Keep the evidence for seven years or longer: both exports, the ticket and its approval, and the record of when, \
         by whom, why and how the access was removed.",
    ),
    before(
        "hand-over-content",
        PROJECT,
        "Hand over what the person keeps in this project and others need: dashboards, saved analyses and scheduled \
         exports.",
    ),
    after(
        "verify-gone",
        PROJECT,
        "Verify that the person can no longer open the project, and that its exports and notifications no longer reach \
         them. An API token that they made for it is revoked by hand.",
    ),
];

const fn before(code: &'static str, on: Leaving, text: &'static str) -> ObligationSpec {
    ObligationSpec { code, on, due: Due::Before, once: false, text }
}

const fn after(code: &'static str, on: Leaving, text: &'static str) -> ObligationSpec {
    ObligationSpec { code, on, due: Due::After, once: false, text }
}
