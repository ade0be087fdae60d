//! Which existing resources a declared name may have meant: a hint for people, on which nothing rests.

use crate::domain::{LONGEST_COMPARED, Similar, distance, is_hidden};
use std::sync::Arc;

/// How many are told of one name.
const TOLD: usize = 3;

/// The longest id that is told.
const LONGEST_ID: usize = 80;

/// Those of the resources, as id and name, whose names are near the wanted one: the nearest first.
pub(crate) fn similar<'r>(
    wanted: &str,
    resources: impl IntoIterator<Item = (&'r str, &'r str)>,
) -> Vec<Similar> {
    let near = resources.into_iter().filter(|(_, name)| *name != wanted);
    let mut near: Vec<(usize, Similar)> =
        near.filter_map(|(id, name)| Some((apart(wanted, name)?, shown(id, name)))).collect();
    near.sort();
    near.dedup();
    near.truncate(TOLD);
    near.into_iter().map(|(_, similar)| similar).collect()
}

/// The beginning that a search is made by for names near this one: a slip is seldom in the first letters.
pub(crate) fn beginning(name: &str) -> String {
    let letters = name.chars().count();
    name.chars().take((letters / 3).clamp(1, 4)).collect()
}

/// How far apart two names are; none where they are two names.
fn apart(one: &str, other: &str) -> Option<usize> {
    if one.len().max(other.len()) <= LONGEST_COMPARED && folded(one) == folded(other) {
        return Some(0);
    }
    distance(one, other)
}

/// Without what people write in one way or the other.
fn folded(name: &str) -> String {
    let kept = name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'));
    kept.flat_map(char::to_lowercase).collect()
}

fn shown(id: &str, name: &str) -> Similar {
    let plain = |text: &str| -> Arc<str> {
        text.chars().filter(|c| !is_hidden(*c)).take(LONGEST_ID).collect::<String>().into()
    };
    Similar { id: plain(id), name: plain(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(wanted: &str, names: &[&str]) -> Vec<String> {
        let resources = names.iter().map(|name| ("1", *name));
        similar(wanted, resources).into_iter().map(|similar| similar.name.to_string()).collect()
    }

    #[test]
    fn a_slip_and_another_way_of_writing_are_near_and_another_name_is_not() {
        assert_eq!(near("Analyts", &["Analysts", "Sales", "Analyts"]), ["Analysts"]);
        assert_eq!(near("data-team", &["Data Team", "data_team", "DATATEAM"]).len(), 3);
        assert_eq!(near("Data Team of the North", &["Data team"]), [""; 0]);
    }

    #[test]
    fn the_nearest_are_told_and_no_more_than_a_few() {
        let names = ["teams", "team x", "teamxy", "TEAM", "tea"];
        assert_eq!(near("team", &names), ["TEAM", "tea", "teams"]);
    }

    #[test]
    fn a_name_that_hides_something_is_shown_plainly_and_a_long_one_not_at_all() {
        assert_eq!(near("admins", &["Ad\u{202e}mins"]), ["Admins"]);
        assert_eq!(near(&"a".repeat(65), &[&"A".repeat(65)]), [""; 0]);
    }

    #[test]
    fn a_search_begins_with_letters_that_are_most_likely_right() {
        assert_eq!(
            ["Ü", "Team", "Analysts", "Everybody in the north"].map(beginning),
            ["Ü", "T", "An", "Ever"]
        );
    }
}
