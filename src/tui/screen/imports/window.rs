//! The windows over the imports: their frame, their place, and the keys they take.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{confirm, form, preview, rejects};
use crate::tui::imports::{ImportWindow, Purpose, Review};
use crate::tui::screen::overlay;
use crate::tui::screen::scene::Scene;
use crate::tui::widget::pane::Frame;

/// A key and what it does, for the footer.
type Hint = (&'static str, &'static str);

/// Draws the window; returns where the cursor blinks.
pub(in crate::tui::screen) fn draw(
    scene: &Scene<'_>,
    content: Rect,
    buf: &mut Buffer,
    window: &ImportWindow,
) -> Option<Position> {
    match window {
        ImportWindow::Form(shown) => match &shown.review {
            Some(review) => preview::draw(scene, content, buf, (shown, review)),
            None => form::draw(scene, content, buf, shown),
        },
        ImportWindow::Rejects(view) => {
            rejects::draw(scene, content, buf, view);
            None
        }
        ImportWindow::Undo { id, consequence } => {
            confirm::draw(scene, content, buf, (*id, consequence));
            None
        }
    }
}

/// Clears `area` and draws a frame around it; returns what is inside, a cell of air at both sides.
pub(super) fn open(
    scene: &Scene<'_>,
    area: Rect,
    buf: &mut Buffer,
    (title, facts): (&str, &str),
) -> Rect {
    overlay::fill(scene, area, buf);
    let frame = Frame {
        title: vec![(title, scene.theme.accent)],
        facts: vec![(facts, scene.theme.dim)],
        is_focused: true,
        ..Frame::default()
    };
    let inside = frame.draw(area, buf, scene.theme);
    if inside.width < 3 {
        return inside;
    }
    Rect {
        x: inside.x + 1,
        width: inside.width - 2,
        ..inside
    }
}

/// Returns the keys of a window, the first ones first where not all fit.
pub(in crate::tui::screen) fn hints(window: &ImportWindow) -> Vec<Hint> {
    match window {
        ImportWindow::Form(form) => match &form.review {
            None => vec![
                ("TAB", "complete"),
                ("ENTER", "preview"),
                ("ESC", "close"),
                ("Up Down", "choose a path"),
            ],
            Some(review) => of_review(review, form.purpose),
        },
        ImportWindow::Rejects(_) => vec![
            ("ESC", "close"),
            ("j k", "move"),
            ("PgUp PgDn", "page"),
            ("g G", "first, last"),
        ],
        ImportWindow::Undo { .. } => vec![("y", "undo it"), ("n ESC", "keep it")],
    }
}

fn of_review(review: &Review, purpose: Purpose) -> Vec<Hint> {
    let is_asked = review.question().is_some();
    let mut hints = match (is_asked, purpose) {
        (true, _) => vec![
            ("ENTER", "answer"),
            ("Up Down", "choose"),
            ("a–z", "type"),
            ("ESC", "back"),
            ("PgUp PgDn", "scroll"),
        ],
        (false, Purpose::Start) => vec![
            ("ENTER", "import"),
            ("ESC", "back"),
            ("d", "dry run"),
            ("v", "checks"),
            ("Up Down", "scroll"),
        ],
        (false, Purpose::Answer(_)) => vec![
            ("ENTER", "go on"),
            ("ESC", "close"),
            ("d", "dry run"),
            ("v", "checks"),
            ("Up Down", "scroll"),
        ],
    };
    if review.preview.files.len() > 1 {
        hints.push(("TAB", "next file"));
    }
    hints
}
