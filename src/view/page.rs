//! A page of text for a terminal of some width, coloured or not.

use super::neutral;
use anstyle::{AnsiColor, Effects, Style};
use unicode_width::UnicodeWidthStr as _;

/// Which style each meaning has. Without any, symbols and words still tell everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Access gained, work done.
    pub gain: Style,
    /// Access lost, work failed.
    pub loss: Style,
    /// Something altered.
    pub change: Style,
    /// What must not be overlooked.
    pub loud: Style,
    /// Names and headings.
    pub strong: Style,
    /// Explanations.
    pub faint: Style,
    /// Added to a style where words of a line differ.
    pub emphasis: Effects,
}

impl Palette {
    /// No colour at all.
    #[must_use]
    pub const fn plain() -> Self {
        let none = Style::new();
        Self {
            gain: none,
            loss: none,
            change: none,
            loud: none,
            strong: none,
            faint: none,
            emphasis: Effects::new(),
        }
    }

    /// The sixteen colours that every terminal has, in the user's own shades.
    #[must_use]
    pub const fn coloured() -> Self {
        Self {
            gain: AnsiColor::Green.on_default(),
            loss: AnsiColor::Red.on_default(),
            change: AnsiColor::Yellow.on_default(),
            loud: AnsiColor::Red.on_default().effects(Effects::BOLD),
            strong: Style::new().bold(),
            faint: Style::new().dimmed(),
            emphasis: Effects::UNDERLINE,
        }
    }
}

/// How text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The styles.
    pub palette: Palette,
    /// Columns of the terminal; none: lines are as long as they are.
    pub width: Option<usize>,
    /// Whether findings that are only good to know, and guards that pass, are shown too.
    pub verbose: bool,
}

impl Look {
    /// No colour, no bound, no more than needed: what a file or a pipe gets.
    #[must_use]
    pub const fn plain() -> Self {
        Self { palette: Palette::plain(), width: None, verbose: false }
    }
}

/// Text in a style.
pub(super) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}

/// Text with spaces after it, up to a width.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Text in the making.
pub(super) struct Page<'l> {
    pub(super) look: &'l Look,
    out: String,
}

impl<'l> Page<'l> {
    pub(super) fn new(look: &'l Look) -> Self {
        Self { look, out: String::new() }
    }

    /// One line, as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// An empty line, unless there is one already or nothing above it.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A heading with a gap above it.
    pub(super) fn heading(&mut self, text: &str) {
        self.gap();
        self.paragraph(0, self.look.palette.strong, text);
    }

    /// A paragraph in one style, neutralised and wrapped, all of it indented.
    pub(super) fn paragraph(&mut self, indent: usize, style: Style, text: &str) {
        self.entry(indent, "", Style::new(), style, text);
    }

    /// A paragraph that begins with a mark of its own style and hangs below it.
    pub(super) fn entry(&mut self, indent: usize, mark: &str, mark_style: Style, style: Style, text: &str) {
        let hang = if mark.is_empty() { 0 } else { mark.width() + 1 };
        let text = neutral::sentence(text);
        for (index, line) in wrap(&text, self.room(indent + hang)).iter().enumerate() {
            let lead = if index == 0 { paint(mark_style, mark) } else { " ".repeat(mark.width()) };
            let gap = if hang == 0 { "" } else { " " };
            self.line(&format!("{}{lead}{gap}{}", " ".repeat(indent), paint(style, line)));
        }
    }

    /// Columns that are left beside an indent; never so few that a wrap would make it worse.
    pub(super) fn room(&self, indent: usize) -> usize {
        self.look.width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(20))
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// Breaks a text between words. A word that is wider than the room stays whole, so that it can be copied.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let width = word.width();
        if used > 0 && used + 1 + width > room {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
        }
        used += width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_by_the_columns_they_take() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("日本 日本 日本", 9), ["日本 日本", "日本"]);
        assert_eq!(wrap("averyverylongword x", 5), ["averyverylongword", "x"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn a_pad_counts_columns_and_not_characters() {
        assert_eq!(pad("日本", 6), "日本  ");
        assert_eq!(pad("Zoë", 2), "Zoë");
    }

    #[test]
    fn an_entry_hangs_below_its_mark() {
        let look = Look { width: Some(28), ..Look::plain() };
        let mut page = Page::new(&look);
        page.entry(2, "!", Style::new(), Style::new(), "one two three four five six");
        assert_eq!(page.finish(), "  ! one two three four five\n    six\n");
    }

    #[test]
    fn colour_is_undone_where_it_ends() {
        let look = Look { palette: Palette::coloured(), ..Look::plain() };
        let mut page = Page::new(&look);
        page.entry(0, "+", look.palette.gain, Style::new(), "x");
        assert_eq!(page.finish(), "\u{1b}[32m+\u{1b}[0m x\n");
    }
}
