//! How alike two names are, to tell a slip of the pen from another name.

/// The longest name that is compared, in bytes: longer ones cost more than the hint is worth.
pub const LONGEST_COMPARED: usize = 64;

/// How many letters of two names that mean the same may differ: a third of the longer one.
#[must_use]
pub fn tolerance(one: &str, other: &str) -> usize {
    (one.len().max(other.len()) / 3).max(1)
}

/// How many letters of two names differ, case aside; none where they differ in too many, or are too long to compare.
#[must_use]
pub fn distance(one: &str, other: &str) -> Option<usize> {
    let limit = tolerance(one, other);
    if one.len().max(other.len()) > LONGEST_COMPARED || one.len().abs_diff(other.len()) > limit {
        return None;
    }
    let distance = strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase());
    (distance <= limit).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_the_letters_may_differ_and_case_never_does() {
        assert_eq!(distance("Memebr", "member"), Some(1));
        assert_eq!(distance("MEMBER", "member"), Some(0));
        assert_eq!(distance("owner", "member"), None);
        assert_eq!(distance("a", "b"), Some(1));
        assert_eq!(distance(&"a".repeat(65), &"a".repeat(65)), None);
    }
}
