//! Finding the one thing that is called so.

use super::PageError;
use crate::domain::is_hidden;

/// A name as it is compared: without case, with single spaces, without characters that nobody sees.
#[must_use]
pub fn folded(name: &str) -> String {
    let seen: String = name.chars().filter(|c| c.is_whitespace() || !is_hidden(*c)).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Whether a name is one of the spellings. In an account's row it may hold the account as well: `Remove
/// jane@acme.example` is how such a button is announced to those who do not see the row.
fn is_called(name: &str, what: &[String], row: Option<&str>) -> bool {
    let name = folded(name);
    let with = |spelling: &str| {
        row.is_some_and(|account| {
            name.strip_suffix(&folded(account)).is_some_and(|rest| rest.trim_end() == spelling)
        })
    };
    what.iter()
        .map(|one| folded(one))
        .any(|spelling| !spelling.is_empty() && (name == spelling || with(&spelling)))
}

/// The place of the one element that is called so. Each element comes with all its names: the text that it shows, the
/// label that it announces.
///
/// # Errors
/// [`PageError::Missing`] where none is, with what is there instead; [`PageError::Several`].
pub fn only(names: &[Vec<String>], what: &[String], row: Option<&str>) -> Result<usize, PageError> {
    let called = |names: &Vec<String>| names.iter().any(|name| is_called(name, what, row));
    let found: Vec<usize> = (0..names.len()).filter(|at| called(&names[*at])).collect();
    let place = || row.map_or_else(|| "on the page".to_owned(), |account| format!("in the row of {account}"));
    match found[..] {
        [at] => Ok(at),
        [] => {
            let there = names.iter().filter_map(|names| names.iter().find(|name| !name.trim().is_empty()));
            Err(PageError::missing(what, &place(), there.cloned().collect()))
        }
        _ => Err(PageError::Several { what: what.to_vec(), place: place(), times: found.len() }),
    }
}

/// Whether the text holds the word, as a word.
pub(super) fn holds(text: &str, word: &str) -> bool {
    folded_holds(&folded(text), &folded(word))
}

/// [`holds`], of what is folded already.
pub(super) fn folded_holds(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<Vec<String>> {
        names.iter().map(|name| vec![(*name).to_owned()]).collect()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_name_is_compared_without_case_and_white_space_and_never_in_part() {
        let there = names(&["Remove all", " \n rEmove\u{a0}\u{200b}", "Removed"]);
        assert_eq!(only(&there, &words(&["Delete", "Remove"]), None), Ok(1));
    }

    #[test]
    fn a_button_in_a_row_may_name_the_account() {
        let there = names(&["Remove pia@acme.example", "Edit pia@acme.example"]);
        let what = words(&["Remove"]);
        assert_eq!(only(&there, &what, Some("Pia@acme.example")), Ok(0));
        assert!(only(&there, &what, None).is_err());
        assert!(only(&there, &what, Some("ia@acme.example")).is_err());
    }

    #[test]
    fn none_says_what_is_there_and_several_how_many() {
        let there = names(&["Cancel", "Invite teammates", "Invite members", ""]);
        let error = only(&there, &words(&["Invite member"]), None).unwrap_err().to_string();
        assert_eq!(
            error,
            "\"Invite member\" is not on the page; what is there: \"Invite members\", \"Invite teammates\", \"Cancel\""
        );
        let error = only(&names(&["OK", "ok"]), &words(&["OK"]), Some("p@a.example")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"OK\" stands 2 times in the row of p@a.example, and which one is meant cannot be told"
        );
        assert!(error.is_harmless());
    }

    #[test]
    fn a_word_is_held_whole() {
        assert!(holds("Team members · Acme", "team") && holds("Users", "Users"));
        assert!(!holds("Teammates", "team") && !holds("anything", ""));
    }
}
