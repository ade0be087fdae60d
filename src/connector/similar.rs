//! Which existing resources a declared name may have meant: a hint for people, on which nothing rests.

use crate::domain::{LONGEST_COMPARED, Similar, distance, is_hidden, tolerance};
use std::sync::Arc;

/// How many are told of one name.
const TOLD: usize = 3;

/// The longest id that is told.
const LONGEST_ID: usize = 80;

/// How much may be spent on one name, in pairs of letters: hundreds of missing names among a hundred thousand groups would
/// otherwise hold up everything else for many seconds. Among a few thousand groups all are looked at.
const BUDGET: usize = 500_000;

/// Those of the resources, as id and name, whose names are near the wanted one: the nearest first, as far
/// as the budget goes.
pub(crate) fn similar<'r>(
    wanted: &str,
    resources: impl IntoIterator<Item = (&'r str, &'r str)>,
) -> Vec<Similar> {
    let (plain, mut left) = (folded(wanted).collect::<String>(), BUDGET);
    let near = resources.into_iter().filter(|(_, name)| *name != wanted).map_while(|(id, name)| {
        left = left.checked_sub(cost(wanted, name))?;
        Some((apart((wanted, &plain), name), id, name))
    });
    let mut near: Vec<(usize, Similar)> =
        near.filter_map(|(apart, id, name)| Some((apart?, shown(id, name)))).collect();
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

/// What it costs to look at a name: little where its length alone says that it is another one.
fn cost(wanted: &str, name: &str) -> usize {
    let longest = wanted.len().max(name.len());
    if longest > LONGEST_COMPARED || wanted.len().abs_diff(name.len()) > tolerance(wanted, name) {
        return 1;
    }
    1 + wanted.len() * name.len()
}

/// How far a name is from one that is given with its folded form; none where they are two names.
fn apart((wanted, plain): (&str, &str), name: &str) -> Option<usize> {
    if wanted.len().max(name.len()) <= LONGEST_COMPARED && folded(name).eq(plain.chars()) {
        return Some(0);
    }
    distance(wanted, name)
}

/// Without what people write in one way or the other.
fn folded(name: &str) -> impl Iterator<Item = char> {
    let kept = name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'));
    kept.flat_map(char::to_lowercase)
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
    fn among_very_many_names_only_so_many_are_looked_at() {
        for (others, told) in [(5_000, 1), (BUDGET, 0)] {
            let others = std::iter::repeat_n(("1", "platform"), others);
            let names = others.chain([("2", "analytics")]);
            assert_eq!(similar("analytiks", names).len(), told);
        }
    }

    #[test]
    fn a_search_begins_with_letters_that_are_most_likely_right() {
        assert_eq!(
            ["Ü", "Team", "Analysts", "Everybody in the north"].map(beginning),
            ["Ü", "T", "An", "Ever"]
        );
    }
}
