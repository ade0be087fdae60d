//! Files that a merge left unfinished.

use crate::diagnostic::Diagnostic;
use crate::domain::{FileId, Span};

/// What git writes around the two sides of a conflict, each at the beginning of a line.
const MARKERS: [&str; 4] = ["<<<<<<< ", "||||||| ", "=======", ">>>>>>> "];

/// The first line that is a conflict's marker. The parser would only say that it is no YAML.
pub(super) fn conflict(text: &str, file: FileId) -> Option<Diagnostic> {
    let (index, line) = text.lines().enumerate().find(|(_, line)| is_marker(line))?;
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let span = Span { file, line: small(index + 1), column: 1, len: small(line.chars().count()) };
    Some(
        Diagnostic::error("merge-conflict", span, "this file holds a merge conflict")
            .detail("Git could not put the two sides together, and left both here between its markers.")
            .hint(
                "Keep what is right of both, delete the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`, and \
                 `git add` the file; or go back with `git merge --abort` (`git rebase --abort` in a rebase).",
            ),
    )
}

fn is_marker(line: &str) -> bool {
    let is = |marker: &str| if marker.ends_with(' ') { line.starts_with(marker) } else { line == marker };
    MARKERS.iter().any(|marker| is(marker))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Option<u32> {
        conflict(text, FileId(0)).and_then(|problem| Some(problem.span?.line))
    }

    #[test]
    fn a_marker_at_the_beginning_of_a_line_is_a_conflict() {
        assert_eq!(line("users:\n<<<<<<< HEAD\n  a: 1\n=======\n  a: 2\n>>>>>>> main\n"), Some(2));
        assert_eq!(line("users: {}\r\n=======\r\n"), Some(2));
        assert_eq!(line(">>>>>>> main\n"), Some(1));
        assert_eq!(line("||||||| 6bc86d1\n"), Some(1));
    }

    #[test]
    fn what_only_looks_like_a_marker_is_none() {
        assert_eq!(line("# <<<<<<< HEAD\na: |\n  =======\n  >>>>>>> main\n========\n<<<<<<<\n"), None);
    }
}
