//! Grantline: access as code for SaaS vendors.
//!
//! Desired users and roles live in YAML files in git. `plan` compares them with what each vendor really
//! has; `apply` converges the vendor; so every access change arrives as a reviewed commit.
//!
//! The modules stand in the order in which data passes them:
//!
//! ```text
//!  access/*.yaml ──load──▶ Workspace ──resolve──▶ Desired  (pure)
//!                                                     │
//!  vendors ──observe──▶ Reading per vendor ───────────┤
//!                       (complete | unreadable)       ▼
//!                                              reconcile: diff, order ──▶ Plan   (pure)
//!                                                     ▼
//!                                              guard ──▶ ApprovedPlan   (pure)
//!                                                     ▼
//!                                     apply ──▶ vendors ──▶ verify (a fresh reading)
//! ```
//!
//! `observe` and `apply` touch the world. Everything between them takes values and returns values: no I/O,
//! no clock, no environment, no randomness; `now` is an argument. [`cli`] is the one place that composes
//! the stages.
//!
//! # Invariants
//!
//! 1. **Only the plan.** Apply changes nothing at a vendor that the approved plan does not list.
//! 2. **Unread is not absent.** What could not be read completely never leads to a revocation: a typed
//!    [`domain::Unreadable`] stands where a snapshot would.
//! 3. **Same in, same out.** The same files, snapshots and `now` give the same plan, byte for byte.
//! 4. **Crash anywhere.** Running apply again finishes the work and repeats nothing.
//! 5. **Never headless.** No resource has fewer admins than the guard says at any moment of an apply.
//! 6. **No secret leaves.** No credential appears in any output, error, plan or panic.
//! 7. **Done means seen.** A change is `done` only when a reading made after it shows it.
//! 8. **Out of scope is untouched.** What the workspace does not manage is reported, never changed.
//! 9. **One bad apple.** A broken user, grant or vendor is set aside with its reason; the rest goes on.
//! 10. **Every change says why**: the file and line that ask for it (or whose absence does).
//! 11. **No lock-out.** Neither the credential's own identity nor a protected account is ever removed.
//!
//! # Walls
//!
//! `reconcile` and `guard` are apart so that no rule can bend the diff: guards judge a finished plan, and
//! `apply` accepts only a [`guard::ApprovedPlan`], which only [`guard`] can construct. A connector declares
//! data ([`connector::Spec`]) and translates; the engine decides. [`connector::Reader`] and
//! [`connector::Writer`] are separate values with separate credentials, so that `plan` never holds anything
//! that can write. Only [`vendors`] names a vendor.

pub mod domain;
pub mod diagnostic;
pub mod workspace;
pub mod resolve;
pub mod connector;
pub mod net;
pub mod vendors;
pub mod observe;
pub mod reconcile;
pub mod guard;
pub mod apply;
pub mod record;
pub mod view;
pub mod cli;

#[cfg(test)]
#[path = "../tests/support/described/mod.rs"]
pub(crate) mod described;
