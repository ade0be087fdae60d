//! How much of what a vendor allows is used.

use super::*;
use crate::connector::Rate;

/// The share of the vendor's rate that 2,000 requests reach, and the refusals.
fn share(mut vendor: Vendor) -> (f64, u64) {
    let ran = run(&mut gate(16), &mut vendor, 2000);
    assert!(ran.widest <= 16);
    (2000.0 / ran.took.as_secs_f64() / vendor.rate as f64, vendor.refused)
}

fn each(tells: &[Tells], check: impl Fn(&Vendor, f64, u64)) {
    for (bucket, phase, way) in
        [false, true].into_iter().flat_map(|b| (0..10).flat_map(move |p| [1, 3, 10].map(|w| (b, p, w))))
    {
        for tells in tells {
            let vendor =
                Vendor { phase: MS * phase * 100, way: MS * way, ..Vendor::new(200, bucket, *tells) };
            let (share, refused) = share(vendor.clone());
            check(&vendor, share, refused);
        }
    }
}

#[test]
fn a_limit_that_is_told_is_used_up_and_never_exceeded() {
    each(&[Tells::Epoch, Tells::Wait], |vendor, share, refused| {
        assert!(share >= 0.95, "{share} {vendor:?}");
        assert_eq!(refused, 0, "{vendor:?}");
    });
}

#[test]
fn a_limit_that_nobody_tells_of_is_learnt() {
    each(&[Tells::Nothing, Tells::RetryAfter], |vendor, share, refused| {
        assert!(share >= 0.9, "{share} {vendor:?}");
        assert!(refused <= 200, "{refused} {vendor:?}");
    });
}

#[test]
fn a_limit_that_is_documented_is_kept_without_being_told() {
    let rate = Rate { requests: 200, per: SECOND };
    for phase in 0..10 {
        let mut vendor = Vendor { phase: MS * phase * 100, ..Vendor::new(200, false, Tells::Nothing) };
        let limits = Limits { side_by_side: 16, requests: Some(rate), ..Limits::NARROW };
        let ran = run(&mut Gate::new(&limits, 7), &mut vendor, 2000);
        assert_eq!(vendor.refused, 0);
        assert!(ran.took <= SECOND * 10, "{ran:?}");
    }
}

#[test]
fn a_limit_that_was_taken_for_lower_is_found_to_be_higher() {
    // Somebody else uses most of it up for a while.
    let mut gate = gate(16);
    run(&mut gate, &mut Vendor::new(20, false, Tells::RetryAfter), 100);
    let ran = run(&mut gate, &mut Vendor::new(200, false, Tells::RetryAfter), 10_000);
    assert!(10_000.0 / ran.took.as_secs_f64() > 120.0, "{ran:?}");
}
