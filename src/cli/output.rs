//! stdout is data, stderr is talk.

use super::{Color, Global};
use crate::view::neutral;
use std::io::{IsTerminal, Write};

/// Where a command writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// Whether stdout is coloured.
    pub(crate) color: bool,
    /// Whether stderr is coloured.
    pub(crate) color_talk: bool,
    /// Whether progress is shown.
    pub(crate) progress: bool,
    /// Columns of stdout's terminal.
    width: Option<usize>,
    /// How much is told: 0 for errors alone, 1 by default, more with `-v`.
    pub(crate) level: u8,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let choose = |terminal: bool| match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !plain,
        };
        let terminal = std::io::stdout().is_terminal();
        let stderr = std::io::stderr().is_terminal();
        Self {
            color: choose(terminal),
            color_talk: choose(stderr),
            progress: stderr && !global.quiet,
            width: if terminal { columns() } else { None },
            level: if global.quiet { 0 } else { 1 + global.verbose },
        }
    }

    /// Whether `-v` was given.
    pub(crate) fn verbose(&self) -> bool {
        self.level > 1
    }

    /// The terminal's width; none where stdout is none, and lines are as long as they are.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Writes data.
    ///
    /// # Errors
    /// When stdout cannot be written. A reader who closed the pipe has what they wanted: that is no error.
    pub(crate) fn data(&self, text: &str) -> anyhow::Result<()> {
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Tells people, unless `-q`.
    pub(crate) fn talk(&self, text: &str) {
        if self.level > 0 {
            self.tell(text);
        }
    }

    /// Tells people, whatever the verbosity.
    pub(crate) fn tell(&self, text: &str) {
        // Where stderr is closed there is nobody to tell.
        let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end_matches('\n'));
    }

    /// Tells of an error with its causes.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let (on, off) = if self.color_talk { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        let text = format!("{error:#}");
        let lines: Vec<_> = text.lines().map(neutral::sentence).collect();
        self.tell(&format!("{on}error{off}: {}", lines.join("\n")));
    }
}

/// The terminal's width, asked from `COLUMNS` first so that people can set it.
fn columns() -> Option<usize> {
    let set = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let asked = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    set.or_else(asked).filter(|columns| *columns >= 40)
}

/// Tells of a request, for `-vv`.
pub(crate) fn trace(line: &str) {
    // Where stderr is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "{}", neutral::terminal(line));
}

/// Tells of a long wait, where no progress is shown that does.
pub(crate) fn wait(line: &str) {
    trace(line);
}
