//! Makes text that others wrote harmless where it is shown: on a terminal, in Markdown, in HTML.
//!
//! A vendor's display name can hold an escape sequence that clears the screen, a bidirectional override that
//! turns `admin` around, an `@team` that mails a hundred people from a pull request, or a table's `|`.

use crate::domain::is_hidden;
use std::borrow::Cow;
use std::fmt::Write as _;

/// As much of one text as a line can use.
const MAX_CHARS: usize = 400;
/// As much of one text as a paragraph can use in a comment of bounded length.
const MAX_PARAGRAPH_CHARS: usize = 1_000;

/// For a terminal, and for every place that has no markup: one line, with each hidden character shown as its
/// number, as in `\u{1b}`. Line breaks and tabs become a space. Text beyond 400 characters is cut, visibly.
/// Applying it twice changes nothing more.
#[must_use]
pub fn terminal(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_CHARS && !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(visible(text, MAX_CHARS))
}

/// [`terminal`], without the cut: for the sentences of a finding, which have bounded what they quote.
#[must_use]
pub(crate) fn sentence(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(visible(text, usize::MAX))
}

fn visible(text: &str, max: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(max));
    let mut chars = 0;
    for c in text.chars() {
        let before = shown.len();
        push_visible(&mut shown, c);
        chars += shown[before..].chars().count();
        if chars > max {
            return cut(&shown, max);
        }
    }
    shown
}

fn cut(text: &str, max: usize) -> String {
    text.chars().take(max - 1).chain(['…']).collect()
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
        c if is_hidden(c) => {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// For HTML text and attribute values, on top of [`terminal`].
#[must_use]
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in terminal(text).chars() {
        match html_entity(c) {
            Some(entity) => out.push_str(entity),
            None => out.push(c),
        }
    }
    out
}

fn html_entity(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        _ => return None,
    })
}

/// What GitHub's Markdown makes something of in the middle of a line, `$` for mathematics among it.
const MARKUP: &str = "\\`*_{}[]()#~|!$^";

/// Markdown's name for a zero-width space. GitHub looks for mentions, references and links after it has
/// undone backslashes and entities, so only a character in between keeps them apart.
const BREAK: &str = "&#8203;";

/// For running text in GitHub's Markdown, inside a table's cell too: no markup, HTML, link, mention, reference
/// or emoji comes of it. Never at the start of a line, where more characters would mean something. Text beyond
/// 1,000 characters is cut, visibly.
#[must_use]
pub fn markdown(text: &str) -> String {
    let text = visible(text, MAX_PARAGRAPH_CHARS);
    let mut out = String::with_capacity(text.len() + 16);
    let mut word = String::new();
    for c in text.chars() {
        match html_entity(c) {
            Some(entity) if !matches!(c, '"' | '\'') => out.push_str(entity),
            _ => {
                if MARKUP.contains(c) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        if links_after(&word, c) {
            out.push_str(BREAK);
        }
        if c.is_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        } else {
            word.clear();
        }
    }
    out
}

/// `@team`, `#12`, `:tada:` and `https://`, `www.`, `GH-12`.
fn links_after(word: &str, c: char) -> bool {
    match c {
        '@' | '#' | ':' => true,
        '.' => word == "www",
        '-' => word == "gh",
        _ => false,
    }
}

/// For a name in GitHub's Markdown, as a code span, in which GitHub looks for nothing; inside a table's cell too.
#[must_use]
pub fn code(text: &str) -> String {
    let text = terminal(text);
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run_of_backticks(&text) + 1);
    // A space at both ends is dropped again; it keeps a backtick of the text off the fence.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", escape_pipes(&text))
}

/// A cell ends at a `|` even in a code span. `\|` keeps it, but not after another backslash, which is told by
/// number then.
fn escape_pipes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' if out.ends_with('\\') => out.push_str("\\u{7c}"),
            '|' => out.push_str("\\|"),
            c => out.push(c),
        }
    }
    out
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_on_a_terminal_is_shown_by_number() {
        assert_eq!(terminal("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(terminal("nimda\u{202e}x\u{9b}"), "nimda\\u{202e}x\\u{9b}");
        assert_eq!(terminal("two\r\nlines\tand"), "two  lines and");
        assert_eq!(terminal("jane\u{200b}@acme"), "jane\\u{200b}@acme");
        assert_eq!(terminal("Zoë Ågren 🦀 \\u{1b}"), "Zoë Ågren 🦀 \\u{1b}");
    }

    #[test]
    fn a_long_text_is_cut_and_shows_it() {
        let cut = terminal(&"x".repeat(401)).into_owned();
        assert_eq!(cut, format!("{}…", "x".repeat(399)));
        assert_eq!(terminal(&"é".repeat(400)), "é".repeat(400));
        assert_eq!(sentence(&"x".repeat(999)), "x".repeat(999));
    }

    #[test]
    fn markdown_becomes_plain_words() {
        assert_eq!(markdown("<b> & *x*"), "&lt;b&gt; &amp; \\*x\\*");
        assert_eq!(markdown("@team #1 GH-1"), "@&#8203;team \\#&#8203;1 GH-&#8203;1");
        assert_eq!(markdown("https://x www.x"), "https:&#8203;//x www.&#8203;x");
        assert_eq!(markdown("a|b `c` [d](e)"), "a\\|b \\`c\\` \\[d\\]\\(e\\)");
        assert_eq!(markdown("It's 2026-11-22; \"a/b\"."), "It's 2026-11-22; \"a/b\".");
        assert_eq!(markdown(&"x".repeat(1_001)).chars().count(), 1_000);
    }

    #[test]
    fn a_code_span_outlasts_what_is_in_it() {
        assert_eq!(code("jane@acme.example"), "`jane@acme.example`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code("a|b\\|c"), "`a\\|b\\\\u{7c}c`");
        assert_eq!(code(""), "");
    }

    #[test]
    fn html_is_text() {
        assert_eq!(html("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }

    /// Text with what does harm in it, more often than chance would put it there.
    fn hostile() -> impl Strategy<Value = String> {
        let spice = prop::sample::select(vec![
            "\u{1b}",
            "\u{202e}",
            "\n",
            "|",
            "\\",
            "`",
            "``",
            "@",
            "#1",
            "<",
            ">",
            "&",
            "www.",
            "http://",
            ":x:",
            "](",
            "gh-1",
            "\u{9b}31m",
            "é",
            " ",
            "\u{e0041}",
        ]);
        let piece = prop_oneof![spice.prop_map(str::to_owned), any::<String>(), "[a-z]{0,3}"];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    /// Whether `needle` stands in `text` without a backslash that makes it plain.
    fn unescaped(text: &str, needle: char) -> bool {
        let mut escaped = false;
        for c in text.chars() {
            if c == needle && !escaped {
                return true;
            }
            escaped = c == '\\' && !escaped;
        }
        false
    }

    proptest! {
        // Failing inputs are printed; a file of them at the top level would be nobody's.
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_hidden_is_left(text in hostile()) {
            for shown in [terminal(&text).into_owned(), html(&text), markdown(&text), code(&text)] {
                prop_assert!(!shown.chars().any(is_hidden), "{shown:?}");
            }
        }

        #[test]
        fn a_second_time_changes_nothing(text in hostile()) {
            let once = terminal(&text).into_owned();
            prop_assert_eq!(terminal(&once), once.as_str());
        }

        #[test]
        fn plain_words_stay(text in "[a-zA-Zéß .,@-]{0,60}") {
            prop_assert_eq!(terminal(&text), text.as_str());
        }

        #[test]
        fn html_holds_no_markup(text in hostile()) {
            prop_assert!(!html(&text).contains(['<', '>', '"', '\'']));
        }

        #[test]
        fn markdown_holds_no_markup(text in hostile()) {
            let shown = markdown(&text);
            prop_assert!(!shown.contains(['<', '>', '\n']));
            for mark in ['|', '`', '*', '_', '[', ']', '(', '~', '!', '$'] {
                prop_assert!(!unescaped(&shown, mark), "{mark} in {shown:?}");
            }
            let plain = shown.replace("&#8203;", "\u{200b}").replace('\\', "");
            prop_assert!(plain.split('@').skip(1).all(|rest| rest.starts_with('\u{200b}')), "{shown:?}");
            prop_assert!(!plain.contains("://"), "{shown:?}");
        }

        #[test]
        fn a_code_span_stays_one_and_its_cell_too(text in hostile()) {
            let shown = code(&text);
            prop_assert!(!unescaped(&shown, '|'), "{shown:?}");
            let fence = shown.len() - shown.trim_start_matches('`').len();
            if !shown.is_empty() {
                let inside = &shown[fence..shown.len() - fence];
                prop_assert!(longest_run_of_backticks(inside) < fence, "{shown:?}");
                prop_assert!(!inside.starts_with('`') && !inside.ends_with('`'), "{shown:?}");
            }
        }
    }
}
