//! What is planned, on plain values. Names tell the invariant or the trap that each case stands for.

mod access;
mod accounts;
mod across;
mod behind;
mod broken;
mod by_hand;
mod closed;
mod departures;
mod facts;
mod filled;
mod edges;
mod identity;
mod invitations;
mod levels;
mod ownership;
mod places;
mod projects;
mod risk;
mod told;

use super::fixture::{World, codes, lines};

#[track_caller]
fn check(world: &World, changes: &[&str], findings: &[&str]) {
    let plan = world.plan();
    assert_eq!(lines(&plan), changes);
    assert_eq!(codes(&plan), findings);
}
