//! The first and the last row: where the user is and how the whole stands; what he can press,
//! types, or must know.
//!
//! ```text
//!  MDA  1 Overview  2 Markets  3 Imports  4 Logs                         ● LIVE   14:32 UTC
//!  ? help  : palette  / filter  ENTER detail  f freeze  q quit          frame 0.4 ms · 312 B
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::hints::hinted;
use super::imports;
use super::scene::Scene;
use crate::domain::DataKind;
use crate::tui::action::Action;
use crate::tui::format;
use crate::tui::layout::ScreenName;
use crate::tui::state::Overlay;
use crate::tui::status;
use crate::tui::widget::text;

/// From this width the top bar names the screens.
const NAMES_FROM: u16 = 76;

/// Below this width the hints that lead to other panes come first.
const NARROW_BELOW: u16 = 64;

/// Draws the top bar.
pub(super) fn draw_top(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let theme = scene.theme;
    buf.set_style(area, theme.raised());
    let x = text::put(buf, area, " MDA ", theme.brand);
    let rest = text::shifted(area, x - area.x);
    let left = draw_tabs(scene, rest, buf);
    draw_state(scene, text::shifted(area, left.saturating_sub(area.x)), buf);
}

fn draw_tabs(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) -> u16 {
    let theme = scene.theme;
    let has_names = area.width + 5 >= NAMES_FROM;
    let mut x = text::put(buf, area, " ", theme.text);
    for (number, screen) in (1..).zip(ScreenName::ALL) {
        let is_shown = scene.ui.screen == screen;
        let title = match (has_names, is_shown) {
            (true, _) => format!("{number} {}", screen.title()),
            (false, true) => screen.title().to_owned(),
            (false, false) => number.to_string(),
        };
        let style = if is_shown { theme.accent } else { theme.dim };
        let gap = if has_names { "  " } else { " " };
        let spans = [(title.as_str(), style), (gap, theme.text)];
        x = text::put_spans(buf, text::shifted(area, x - area.x), &spans);
    }
    x
}

/// The worst feed's state, a badge for every kind of data that is not the market now, and the time
/// of day.
fn draw_state(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let theme = scene.theme;
    let clock = format!(" {} UTC ", format::minute(scene.wall_now));
    let overall = status::overall(scene.newest, scene.wall_now, theme);
    let first = match scene.lost {
        Some(_) => ("× AGENT LOST".to_owned(), theme.badge_error),
        None => (overall.text, overall.style),
    };
    let mut badges: Vec<(String, Style)> = vec![first];
    for kind in scene.newest.into_iter().flat_map(status::foreign_kinds) {
        let is_told = badges.iter().any(|(text, _)| text.contains(kind.as_str()));
        if !is_told {
            let text = format!("{} {}", status::kind_glyph(kind), kind.as_str());
            badges.push((text, kind_badge(scene, kind)));
        }
    }
    if scene.ui.frozen.is_some() {
        badges.push(("‖ FROZEN".to_owned(), theme.badge_warn));
    }
    let width = |badges: &[(String, Style)]| -> u16 {
        badges.iter().map(|(text, _)| text::width(text) + 3).sum()
    };
    // Marks of data that is not the market's are never cut: the state says less instead.
    if scene.lost.is_none() && width(&badges) > area.width {
        badges[0].0 = overall.short;
    }
    let has_clock = width(&badges) + text::width(&clock) <= area.width;
    let wanted = width(&badges) + if has_clock { text::width(&clock) } else { 0 };
    let mut x = area.right().saturating_sub(wanted).max(area.x);
    for (badge, style) in &badges {
        let at = text::shifted(area, x - area.x);
        x = text::put(buf, at, &format!(" {badge} "), *style);
        x = text::put(buf, text::shifted(area, x - area.x), " ", theme.text);
    }
    if has_clock {
        text::put(buf, text::shifted(area, x - area.x), &clock, theme.dim);
    }
}

fn kind_badge(scene: &Scene<'_>, kind: DataKind) -> Style {
    match kind {
        DataKind::Live => scene.theme.badge_live,
        DataKind::Replay => scene.theme.badge_replay,
        DataKind::Simulated => scene.theme.badge_simulated,
    }
}

/// Names the panes that are not shown, at the lower edge of the one that is.
pub(super) fn draw_pane_tabs(scene: &Scene<'_>, content: Rect, buf: &mut Buffer) {
    let theme = scene.theme;
    let edge = Rect::new(content.x, content.bottom() - 1, content.width, 1);
    let mut x = edge.x + 2;
    for pane in scene.ui.screen.panes() {
        let is_shown = *pane == scene.ui.focus();
        let style = if is_shown { theme.accent } else { theme.dim };
        let title = format!(" {} ", pane.title());
        let at = text::shifted(edge, x - edge.x);
        if at.width > text::width(&title) + 1 {
            x = text::put(buf, at, &title, style);
        }
    }
    let hint = if scene.ui.is_zoomed {
        " z unzoom "
    } else {
        " TAB pane "
    };
    let at = text::shifted(edge, (x + 1).saturating_sub(edge.x));
    if at.width > text::width(hint) + 3 {
        let right = Rect {
            width: at.width - 2,
            ..at
        };
        text::put_right(buf, right, hint, theme.dim);
    }
}

/// Draws the footer: the filter being typed, else a banner, else hints.
pub(super) fn draw_footer(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
    buf.set_style(area, scene.theme.raised());
    if let Some(Overlay::Filter { input, .. }) = &scene.ui.overlay {
        return draw_filter(scene, area, buf, input);
    }
    if let Some((banner, style)) = banner(scene) {
        buf.set_style(area, style);
        text::put(buf, text::shifted(area, 1), &banner, style);
        return None;
    }
    let cost = if scene.ui.is_cost_shown {
        cost(scene)
    } else {
        String::new()
    };
    let cost_width = if cost.is_empty() {
        0
    } else {
        text::width(&cost) + 3
    };
    let hints = Rect {
        width: area.width.saturating_sub(cost_width),
        ..area
    };
    draw_hints(scene, text::shifted(hints, 1), buf);
    let right = Rect {
        width: area.width.saturating_sub(1),
        ..area
    };
    text::put_right(buf, right, &cost, scene.theme.dim);
    None
}

fn draw_filter(
    scene: &Scene<'_>,
    area: Rect,
    buf: &mut Buffer,
    input: &tui_input::Input,
) -> Option<Position> {
    let theme = scene.theme;
    let x = text::put(buf, text::shifted(area, 1), "/ ", theme.accent);
    let line = text::shifted(area, x - area.x);
    let scroll = input.visual_scroll(usize::from(line.width.saturating_sub(1)));
    let shown: String = input.value().chars().skip(scroll).collect();
    let end = text::put(buf, line, &shown, theme.strong);
    let hint = "ENTER keep  ESC undo ";
    let rest = text::shifted(area, (end + 2).saturating_sub(area.x));
    if rest.width >= text::width(hint) {
        text::put_right(buf, rest, hint, theme.dim);
    }
    let cursor = line.x + input.visual_cursor().saturating_sub(scroll) as u16;
    (cursor < line.right()).then_some(Position::new(cursor, line.y))
}

/// What the user must know before anything else.
fn banner(scene: &Scene<'_>) -> Option<(String, Style)> {
    if let Some(lost) = scene.lost {
        let text = format!(
            "AGENT LOST at {} UTC: {} · values are of then",
            format::second(lost.at),
            lost.reason
        );
        return Some((text, scene.theme.badge_error));
    }
    let frozen = scene.ui.frozen.as_ref()?;
    let age = format::age(scene.wall_now.since(frozen.at)).unwrap_or_else(|| "just now".to_owned());
    let text = format!(
        "FROZEN {} UTC · {age} · {} waiting · f returns to now",
        format::second(frozen.at),
        format::counted(frozen.queued, "update")
    );
    Some((text, scene.theme.badge_warn))
}

/// What can be pressed in the window that is open.
const PICKER_HINTS: &[(&str, &str)] = &[
    ("ENTER", "run"),
    ("ESC", "close"),
    ("Up Down", "move"),
    ("TAB", "complete"),
    ("a–z", "search"),
];

const LINE_HINTS: &[(&str, &str)] = &[("ESC", "close"), ("any key", "closes too")];

fn draw_hints(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let table = |actions: &[Action]| -> Vec<(String, &'static str)> {
        let defs = actions.iter().map(|action| action.def());
        defs.map(|def| (def.chords[0].to_string(), def.label))
            .collect()
    };
    let fixed = |hints: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
        let owned = hints.iter().map(|(key, label)| ((*key).to_owned(), *label));
        owned.collect()
    };
    let hints = match &scene.ui.overlay {
        Some(Overlay::Picker(_)) => fixed(PICKER_HINTS),
        Some(Overlay::LogLine(_)) => fixed(LINE_HINTS),
        Some(Overlay::Import(window)) => fixed(&imports::hints(window)),
        Some(Overlay::Filter { .. }) | None => {
            let mut actions = hinted(scene);
            if area.width < NARROW_BELOW {
                actions.sort_by_key(|action| narrow_rank(*action));
            }
            table(&actions)
        }
    };
    let mut x = area.x;
    for (key, label) in &hints {
        let at = text::shifted(area, x - area.x);
        if text::width(key) + 1 + text::width(label) > at.width {
            break;
        }
        let theme = scene.theme;
        let spans = [
            (key.as_str(), theme.key),
            (" ", theme.dim),
            (label, theme.dim),
            ("  ", theme.dim),
        ];
        x = text::put_spans(buf, at, &spans);
    }
}

/// A narrow screen shows one pane, so the key to the others comes first.
const fn narrow_rank(action: Action) -> u8 {
    match action {
        Action::Help => 0,
        Action::FocusNext => 1,
        Action::Palette => 3,
        _ => 2,
    }
}

fn cost(scene: &Scene<'_>) -> String {
    let cost = scene.ui.cost;
    format!(
        "frame {} · {} B · skipped {}",
        format::micros(i64::try_from(cost.frame_micros).unwrap_or(i64::MAX)),
        format::count(cost.bytes),
        format::count(cost.skipped)
    )
}
