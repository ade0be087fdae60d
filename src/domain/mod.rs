//! The values that every stage speaks: users, levels, grants, accounts, snapshots, changes and plans.
//!
//! Nothing here does I/O, reads a clock or an environment variable, or knows a vendor.

mod account;
mod change;
mod duty;
mod email;
mod fact;
mod finding;
mod grant;
mod hidden;
mod invitation;
mod likeness;
mod name;
mod narrowed;
mod plan;
mod run;
mod snapshot;
mod span;
mod task;
mod user;
mod vendor;

pub use account::{Account, AccountState, Broken};
pub use change::{Action, Change, ChangeId, Channel, Offer, Profile, Risk, Target};
pub use duty::Duty;
pub use email::{Email, EmailError};
pub use fact::{Fact, Found};
pub use finding::{Due, Finding, Obligation, Severity};
pub use grant::{Desired, Grant, GrantSet};
pub use hidden::is_hidden;
pub use invitation::{Invitation, InvitationState};
pub use likeness::{LONGEST_COMPARED, distance, tolerance};
pub use name::{AccountId, Level, NameError, ResourceName, RoleName, UserName, VendorName};
pub use narrowed::{Narrowed, with_successors};
pub use plan::{
    Departure, DesiredRef, GuardVerdict, Loss, Override, Plan, ReadingRef, ReadingState, Unseen, Verdict,
};
pub use run::{Outcome, OutcomeStatus, Run};
pub use snapshot::{Feed, FeedKind, Reading, Recorded, ResourceReading, Similar, Snapshot, Unreadable};
pub use span::{Because, FileId, Span};
pub use task::{Batch, Blocked, Instruction, Piece, Place, Task, TaskId, TaskKind, TaskState, Tick};
pub use user::{Person, PersonKind, Standing};
pub use vendor::{Manage, Offboarding, Resource, Source, SourceError, VendorSettings};
