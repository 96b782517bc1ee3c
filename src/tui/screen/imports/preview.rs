//! The second step of an import: how the files would be read, and what must be answered.
//!
//! ```text
//! ╭─ Preview ───────────────────────────────────── file 1 of 2 ─╮
//! │ /data/btc_1m.csv  124 MB                                     │
//! │ CSV, comma, UTF-8, 1 header line · layout ohlcv              │
//! │                                                              │
//! │ ? 1 of 2: In which zone are the times? They carry none.      │
//! │ ▸ UTC                                                        │
//! │   America/New_York                                           │
//! │ or type                                                      │
//! │                                                              │
//! │ column     means   sure  why                                 │
//! │ Date       time    100%  named so, every value is a date     │
//! │ ...                                                          │
//! ╰──────────────────────────────────────────────────────────────╯
//! ```
//! The question stays in sight; what lies below it is scrolled.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::form::{below, draw_input, draw_trouble};
use super::{list, preview_lines, window};
use crate::api::{ImportQuestion, ImportSpec};
use crate::tui::amount;
use crate::tui::imports::{ImportForm, Purpose, Review, Wait, answer};
use crate::tui::layout;
use crate::tui::screen::scene::Scene;
use crate::tui::theme::{Theme, ThemeName};
use crate::tui::watch::scrolled;
use crate::tui::widget::text;

/// Most choices of a question in sight.
const CHOICES_MAX: usize = 4;

/// Below this height a question stands alone: there is no room for the file's own lines.
const LOW: u16 = 14;

/// Widest window.
const WIDTH_MAX: u16 = 150;

type Spans = Vec<(String, Style)>;

/// Draws the window; returns where the cursor blinks.
pub(super) fn draw(
    scene: &Scene<'_>,
    content: Rect,
    buf: &mut Buffer,
    (form, review): (&ImportForm, &Review),
) -> Option<Position> {
    let title = match form.purpose {
        Purpose::Start => "Preview".to_owned(),
        Purpose::Answer(id) => format!("Preview of import {id}"),
    };
    let count = review.preview.files.len();
    let facts = match review.file() {
        Some((at, _)) if count > 1 => format!("file {} of {count}", at + 1),
        _ => String::new(),
    };
    let body = window::open(scene, place(content), buf, (&title, &facts));
    let (y, cursor) = draw_head(scene, body, buf, (form, review));
    let rest = below(body, y);
    let Some((_, file)) = review.file() else {
        let next = "No file has this name; ESC goes back to it.";
        scene.empty(rest, buf, "No file", next);
        return cursor;
    };
    let lines = preview_lines::lines(file, scene.theme, rest.width);
    let room = usize::from(rest.height);
    let first = review.scroll.min(lines.len().saturating_sub(room));
    let shown = lines.iter().skip(first).take(room);
    for (y, line) in (0..).zip(shown) {
        let spans: Vec<(&str, Style)> = line
            .iter()
            .map(|(text, style)| (text.as_str(), *style))
            .collect();
        text::put_spans(buf, text::row(rest, y), &spans);
    }
    cursor
}

/// Returns how far a preview can be scrolled on a screen of this size.
pub(crate) fn scroll_max(form: &ImportForm, size: (u16, u16)) -> usize {
    let Some((review, file)) = form
        .review
        .as_ref()
        .and_then(|review| Some((review, review.file()?.1)))
    else {
        return 0;
    };
    let [_, content, _] = layout::frame(Rect::new(0, 0, size.0, size.1));
    let area = place(content);
    let width = area.width.saturating_sub(4);
    let height = area.height.saturating_sub(2);
    let head = head_lines(form, review, (width, height));
    let room = usize::from(height).saturating_sub(head);
    preview_lines::lines(file, ThemeName::Mono.theme(), width)
        .len()
        .saturating_sub(room)
}

/// All of the content, up to a width at which lines can still be read.
fn place(content: Rect) -> Rect {
    let width = content.width.min(WIDTH_MAX);
    Rect {
        x: content.x + (content.width - width) / 2,
        width,
        ..content
    }
}

/// Returns how many lines the head takes, the blank one below it included.
fn head_lines(form: &ImportForm, review: &Review, size: (u16, u16)) -> usize {
    let theme = ThemeName::Mono.theme();
    let width = size.0;
    let lines = head(form, review, theme, size);
    let trouble = form.trouble.as_ref().map_or(0, |trouble| {
        let next = trouble.next_step.iter();
        let next = next.map(|next| text::wrap(&format!("→ {next}"), width).len());
        text::wrap(&format!("! {}", trouble.text), width).len() + next.sum::<usize>()
    });
    let typed = usize::from(review.question().is_some());
    lines.len() + typed + trouble + 1
}

/// Draws the file, its format, and the question or what ENTER does; returns the height and where
/// the cursor blinks.
fn draw_head(
    scene: &Scene<'_>,
    body: Rect,
    buf: &mut Buffer,
    (form, review): (&ImportForm, &Review),
) -> (u16, Option<Position>) {
    let theme = scene.theme;
    let mut y = 0;
    for line in head(form, review, theme, (body.width, body.height)) {
        let spans: Vec<(&str, Style)> = line
            .iter()
            .map(|(text, style)| (text.as_str(), *style))
            .collect();
        text::put_spans(buf, text::row(body, y), &spans);
        y += 1;
    }
    let mut cursor = None;
    if let Some(question) = review.question() {
        let line = text::row(body, y);
        let label = if question.choices.is_empty() {
            "type  "
        } else {
            "or type  "
        };
        let x = text::put(buf, line, label, theme.dim);
        let input = text::shifted(line, x.saturating_sub(line.x));
        if review.typed.value().is_empty() {
            let example = format!(" {}", answer::example(question.about));
            text::put(buf, input, &example, theme.dim);
        }
        cursor = draw_input(buf, input, &review.typed, theme.strong);
        y += 1;
    }
    if let Some(trouble) = &form.trouble {
        y += draw_trouble(scene, below(body, y), buf, trouble);
    }
    (y + 1, cursor)
}

/// The lines of the head but for the one that is typed in.
fn head(
    form: &ImportForm,
    review: &Review,
    theme: &Theme,
    (width, height): (u16, u16),
) -> Vec<Spans> {
    let mut lines: Vec<Spans> = Vec::new();
    let has_room = height >= LOW || review.question().is_none();
    if let Some((_, file)) = review.file().filter(|_| has_room) {
        let size = format!("  {}", amount::bytes(file.bytes));
        let room = width.saturating_sub(text::width(&size));
        let path = list::path_end(&file.path, room);
        lines.push(vec![(path, theme.strong), (size, theme.dim)]);
        lines.push(vec![
            (file.format.clone(), theme.text),
            (" · layout ".to_owned(), theme.dim),
            (file.layout.clone(), theme.text),
        ]);
        lines.push(Vec::new());
    }
    match (form.wait(), review.question()) {
        (Some(Wait::Order), _) => lines.push(vec![("ordered …".to_owned(), theme.dim)]),
        (Some(_), _) => {
            lines.push(vec![(
                "reading again with your answers …".to_owned(),
                theme.dim,
            )]);
        }
        (None, Some(question)) => {
            lines.extend(asked(question, review, theme, width));
        }
        (None, None) => lines.push(ready(form, theme)),
    }
    lines
}

/// The question, and its likely answers.
fn asked(question: &ImportQuestion, review: &Review, theme: &Theme, width: u16) -> Vec<Spans> {
    let count = review.open_questions();
    let number = if count > 1 {
        format!("? 1 of {count}: ")
    } else {
        "? ".to_owned()
    };
    let words = format!("{number}{}", question.text);
    let wrapped = text::wrap(&words, width).into_iter();
    let mut lines: Vec<Spans> = wrapped
        .map(|line| vec![(line.trim().to_owned(), theme.warn)])
        .collect();
    let chosen = review.choice();
    let first = scrolled(0, chosen.unwrap_or(0), CHOICES_MAX);
    let shown = question.choices.iter().enumerate().skip(first);
    for (at, choice) in shown.take(CHOICES_MAX) {
        let (mark, style) = if chosen == Some(at) {
            ("▸ ", theme.strong)
        } else {
            ("  ", theme.text)
        };
        lines.push(vec![
            (mark.to_owned(), theme.accent),
            (choice.clone(), style),
        ]);
    }
    lines
}

/// Nothing is open: what ENTER does.
fn ready(form: &ImportForm, theme: &Theme) -> Spans {
    let ImportSpec {
        dry_run,
        validation,
        ..
    } = &form.spec;
    let what = match (form.purpose, dry_run) {
        (_, true) => "counts what would happen, and writes nothing",
        (Purpose::Start, false) => "imports",
        (Purpose::Answer(_), false) => "lets the import go on",
    };
    let checks = format!("{validation:?}").to_lowercase();
    let dry = if *dry_run { "on" } else { "off" };
    vec![
        ("ENTER".to_owned(), theme.key),
        (format!(" {what}   "), theme.text),
        ("d".to_owned(), theme.key),
        (format!(" dry run {dry}   "), theme.text),
        ("v".to_owned(), theme.key),
        (format!(" checks {checks}"), theme.text),
    ]
}
