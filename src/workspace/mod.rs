//! Loads the workspace's YAML into values with spans, and says everything that is wrong with it at once.
//!
//! Each file goes from bytes to a tree with places (`parse`), is looked over (`inspect`) and decoded
//! (`decode`), side by side with the others. Then the files are put together (`merge`) and what only all
//! of them can tell is checked (`check`).

mod check;
mod codes;
mod conflict;
mod decode;
mod files;
mod inspect;
mod load;
mod mask;
mod merge;
mod model;
mod named;
mod parse;
mod problems;
mod schema;
mod shape;
mod sources;
mod suggest;
#[cfg(test)]
mod tests;
mod tree;

pub use codes::CODES;
pub use load::{Loaded, load, load_files};
pub use model::{
    CredentialRef, Dated, GrantLine, Guards, Located, MaxRemovals, OAuthRef, ProofRef, Role, RoleRef,
    ScimSettings, SecretRef, Suspension, User, Vendor, VendorUrl, Workspace,
};
pub use schema::schema;
pub use sources::Sources;
