//! What a vendor asks for is kept by everybody.

use super::*;

fn told(retry_after: Option<Moment>) -> Told {
    Told { retry_after, ..Told::default() }
}

#[test]
fn after_a_retry_after_nothing_leaves_before_it() {
    let mut gate = gate(4);
    let first = gate.leaves(SECOND);
    let second = gate.leaves(SECOND);
    gate.answered(now(SECOND * 2), first, 429, &told(Some(Moment::In(SECOND * 10))));
    gate.over(SECOND * 2, true);
    let Ready::At(until) = gate.ready(SECOND * 2) else { panic!() };
    assert!(until >= SECOND * 12, "{until:?}");
    // One that was sent before gets through, and that ends nothing.
    gate.answered(now(SECOND * 3), second, 200, &told(None));
    gate.over(SECOND * 3, true);
    assert_eq!(gate.ready(SECOND * 3), Ready::At(until));
}
