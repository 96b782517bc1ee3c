//! [`Progress`]: how far an import is, in one line of stderr that is written again and again.
//!
//! ```text
//! import 3  running  ██████████░░░░░░░░░░  52%  1,234,567 rows  512,000 rows/s  8–12 s left
//! ```
//!
//! What does not fit is left out, the least important first. Nothing is written when stderr is no
//! terminal, and the line is wiped before anything else is written.

use std::io::{self, IsTerminal};

use rustix::termios::tcgetwinsize;
use unicode_width::UnicodeWidthStr;

use super::amounts::{count, rate, span_range};
use crate::api::{ImportJob, ImportState};
use crate::cli::print;
use crate::cli::text::one_line;
use crate::cli::variables::Variables;
use crate::tui::{Caps, GlyphLevel};

/// Columns of a terminal that does not tell.
const WIDTH_UNTOLD: usize = 80;

/// Columns of the bar.
const BAR_MIN: usize = 10;
const BAR_MAX: usize = 40;

/// Between two parts.
const GAP: &str = "  ";

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    is_ascii: bool,
    is_colored: bool,
}

/// The line on stderr.
#[derive(Debug)]
pub(super) struct Progress {
    /// `None`: nothing is shown.
    style: Option<Style>,
    is_written: bool,
}

impl Progress {
    /// Shows progress when stderr is a terminal that can rewrite a line.
    pub(super) fn on_stderr() -> Self {
        let variables = Variables::from_process();
        let is_dumb = variables.term.as_deref().is_none_or(|term| term == "dumb");
        let caps = Caps::detect(&variables.caps_request());
        let style = Style {
            is_ascii: caps.glyphs == GlyphLevel::Ascii,
            is_colored: print::is_colored(&io::stderr()),
        };
        Self {
            style: (io::stderr().is_terminal() && !is_dumb).then_some(style),
            is_written: false,
        }
    }

    /// Shows nothing.
    #[cfg(test)]
    pub(super) const fn hidden() -> Self {
        Self {
            style: None,
            is_written: false,
        }
    }

    /// Writes the line anew.
    pub(super) fn show(&mut self, job: &ImportJob) {
        let Some(style) = self.style else {
            return;
        };
        print::status(&line(job, stderr_width(), style));
        self.is_written = true;
    }

    /// Wipes the line.
    pub(super) fn clear(&mut self) {
        if self.is_written {
            print::status("");
            self.is_written = false;
        }
    }

    /// Writes a line that stays, above the one that changes.
    pub(super) fn note(&mut self, text: &str) {
        self.clear();
        print::note(text);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Returns the columns that can be written without the line being broken.
fn stderr_width() -> usize {
    let told = tcgetwinsize(io::stderr()).map_or(0, |size| usize::from(size.ws_col));
    let width = if told == 0 { WIDTH_UNTOLD } else { told };
    // Some terminals go to the next line once the last column is written.
    width - 1
}

/// Writes the state of an import in at most `width` columns.
fn line(job: &ImportJob, width: usize, style: Style) -> String {
    let head = format!("import {}{GAP}{}", job.id, job.state.as_str());
    let mut line = fit("", &head, width);
    let is_measured = job.progress.bytes_total > 0;
    let share = percent(job);
    let mut room = width.saturating_sub(line.width());
    let has_share = is_measured && room >= share.len();
    if has_share {
        room -= share.len();
    }
    let mut details = String::new();
    let bar_width = GAP.len() + BAR_MIN;
    for part in parts(job, style) {
        let needed = details.width() + GAP.len() + part.width() + bar_width;
        if needed <= room {
            details.push_str(GAP);
            details.push_str(&part);
        }
    }
    let left = room.saturating_sub(details.width() + GAP.len());
    if has_share && left >= BAR_MIN {
        line.push_str(GAP);
        line.push_str(&bar(job.progress.share(), left.min(BAR_MAX), style));
    }
    if has_share {
        line.push_str(&share);
    }
    line + &details
}

/// Returns what is told beside the bar, the most important first.
fn parts(job: &ImportJob, style: Style) -> Vec<String> {
    let progress = &job.progress;
    let mut parts = Vec::new();
    if job.counts.read > 0 {
        parts.push(format!("{} rows", count(job.counts.read)));
    }
    if job.state == ImportState::Running {
        parts.push(rate(progress.rows_per_sec));
        if let Some(remaining) = progress.remaining {
            let left = format!("{} left", span_range(remaining));
            parts.push(if style.is_ascii {
                left.replace('–', "-")
            } else {
                left
            });
        }
        if let Some(stage) = &progress.bottleneck {
            parts.push(format!("waits for {}", one_line(stage)));
        }
    }
    if job.counts.rejected > 0 {
        parts.push(format!("{} rejected", count(job.counts.rejected)));
    }
    parts
}

/// Writes the share that is done, as it stands behind a bar; 100 only when all is.
fn percent(job: &ImportJob) -> String {
    format!(" {:>3.0}%", (job.progress.share() * 100.0).floor())
}

fn bar(share: f64, width: usize, style: Style) -> String {
    let (full, empty) = if style.is_ascii {
        ('#', '.')
    } else {
        ('█', '░')
    };
    let done = ((share * width as f64).floor() as usize).min(width);
    let full: String = std::iter::repeat_n(full, done).collect();
    let empty: String = std::iter::repeat_n(empty, width - done).collect();
    if style.is_colored {
        return format!("\u{1b}[36m{full}\u{1b}[2m{empty}\u{1b}[0m");
    }
    full + &empty
}

/// Returns `text` after `before` when both fit, else `before` alone; a first text is cut.
fn fit(before: &str, text: &str, width: usize) -> String {
    if before.width() + text.width() <= width {
        return format!("{before}{text}");
    }
    if before.is_empty() {
        return text.chars().take(width).collect();
    }
    before.to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::import::fixtures::job;

    const PLAIN: Style = Style {
        is_ascii: false,
        is_colored: false,
    };

    fn running() -> ImportJob {
        let mut job = job();
        job.state = ImportState::Running;
        job.counts.read = 1_234_567;
        job.progress.bytes_done = 52;
        job.progress.bytes_total = 100;
        job.progress.rows_per_sec = 512_000.0;
        job.progress.remaining = Some((Duration::from_secs(8), Duration::from_secs(12)));
        job.progress.bottleneck = Some("write".to_owned());
        job
    }

    #[test]
    fn a_wide_line_tells_everything() {
        assert_eq!(
            line(&running(), 120, PLAIN),
            "import 3  running  █████████████████░░░░░░░░░░░░░░░░░  52%  1,234,567 rows  \
             512,000 rows/s  8–12 s left  waits for write"
        );
    }

    #[test]
    fn a_narrow_line_keeps_the_bar_and_leaves_out_the_rest() {
        assert_eq!(
            line(&running(), 40, PLAIN),
            "import 3  running  ████████░░░░░░░░  52%"
        );
        assert_eq!(
            line(&running(), 80, PLAIN),
            "import 3  running  █████░░░░░░  52%  1,234,567 rows  512,000 rows/s  8–12 s left"
        );
    }

    #[test]
    fn no_line_is_wider_than_its_terminal() {
        let mut jobs = Vec::new();
        for state in ImportState::ALL {
            for total in [0, 100] {
                let mut job = running();
                job.state = state;
                job.progress.bytes_total = total;
                job.counts.rejected = u64::MAX;
                jobs.push(job);
            }
        }
        for width in (1..40).chain(40..=200) {
            for job in &jobs {
                let text = line(job, width, PLAIN);
                assert!(text.width() <= width, "{width}: {text}");
                let is_told = text.contains(job.state.as_str());
                assert!(is_told || width < 40, "{width}: {text}");
            }
        }
    }

    #[test]
    fn all_is_done_only_when_all_is() {
        let mut job = running();
        job.progress.bytes_total = 1_000_000;
        job.progress.bytes_done = 999_999;
        assert!(line(&job, 80, PLAIN).contains(" 99%"));
        job.progress.bytes_done = 1_000_000;
        assert!(line(&job, 80, PLAIN).contains("100%"));
    }

    #[test]
    fn without_sizes_there_is_no_bar() {
        let mut job = running();
        job.state = ImportState::Probing;
        job.progress.bytes_total = 0;
        job.counts.read = 0;
        assert_eq!(line(&job, 80, PLAIN), "import 3  probing");
    }

    #[test]
    fn colours_and_shapes_are_those_the_terminal_has() {
        let style = Style {
            is_ascii: true,
            is_colored: false,
        };
        let text = line(&running(), 120, style);
        assert!(text.is_ascii(), "{text}");
        let style = Style {
            is_colored: true,
            ..PLAIN
        };
        let text = line(&running(), 120, style);
        assert!(
            text.contains("\u{1b}[36m") && text.contains("\u{1b}[0m"),
            "{text}"
        );
        assert!(!line(&running(), 120, PLAIN).contains('\u{1b}'));
    }

    /// Tests have no terminal of their own: nothing may be written.
    #[test]
    fn without_a_terminal_nothing_is_shown() {
        let mut progress = Progress::hidden();
        progress.show(&running());
        assert!(!progress.is_written);
    }
}
