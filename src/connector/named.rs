//! Which of a vendor's resources a declaration means.

use crate::domain::ResourceName;
use std::collections::BTreeMap;

/// What a search by name found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named<T> {
    /// Nothing.
    None,
    /// Exactly this.
    One(T),
    /// More than one, or one that is spelled in another case: a clause that says so.
    Unclear(String),
}

/// The one of this name, of those that a search found: it may have compared without case, or not at all.
pub(crate) fn among<T>(
    found: impl IntoIterator<Item = T>,
    (what, name): (&str, &str),
    named: impl Fn(&T) -> &str,
) -> Named<T> {
    let lower = name.to_lowercase();
    let (mut exact, others): (Vec<T>, Vec<T>) = found
        .into_iter()
        .filter(|one| named(one).to_lowercase() == lower)
        .partition(|one| named(one) == name);
    match (exact.len(), others.is_empty()) {
        (0, true) => Named::None,
        (0, false) => Named::Unclear(format!(
            "the only {what} named {name:?} is spelled in another case; correct the name, or declare the {what} by its id"
        )),
        (1, _) => exact.pop().map_or(Named::None, Named::One),
        (many, _) => {
            Named::Unclear(format!("{many} {what}s are named {name:?}; declare the one meant by its id"))
        }
    }
}

/// Why nothing may be done on resources that are declared more than once, by the names of all of them: two declarations
/// of one thing would take from each other what they give. Ids that the vendor takes for the same have to be the same.
pub(crate) fn shared<'n>(
    declared: impl IntoIterator<Item = (&'n ResourceName, String)>,
) -> BTreeMap<ResourceName, String> {
    let mut names: BTreeMap<String, Vec<&ResourceName>> = BTreeMap::new();
    for (name, id) in declared {
        names.entry(id).or_default().push(name);
    }
    let mut why = BTreeMap::new();
    for names in names.into_values().filter(|names| names.len() > 1) {
        let listed: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        let listed = listed.join(" and ");
        for name in names {
            why.insert(
                name.clone(),
                format!("{listed} are one and the same at the vendor: declare it once."),
            );
        }
    }
    why
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&'static str]) -> Named<&'static str> {
        among(names.iter().copied(), ("group", "Ops"), |name| name)
    }

    #[test]
    fn a_name_means_the_one_that_is_spelled_so() {
        assert_eq!(found(&["ops", "Ops", "Sales"]), Named::One("Ops"));
        assert_eq!(found(&["Sales"]), Named::None);
        let Named::Unclear(why) = found(&["ops"]) else { panic!() };
        assert!(why.contains("another case"), "{why}");
        let Named::Unclear(why) = found(&["Ops", "Ops"]) else { panic!() };
        assert!(why.contains("2 groups are named \"Ops\""), "{why}");
    }

    #[test]
    fn what_is_declared_twice_is_told_under_both_names() {
        let names = ["a", "b", "c"].map(|name| ResourceName::parse(name).unwrap());
        let ids = ["1", "2", "1"].map(str::to_owned);
        let why = shared(names.iter().zip(ids));
        assert_eq!(why.keys().map(ResourceName::as_str).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(why["a"], "a and c are one and the same at the vendor: declare it once.");
    }
}
