//! One snapshot a picture: every screen in every state at 80x24, other sizes and colours once each,
//! every window.

use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use mda::api::AgentState;
use mda::domain::Timestamp;
use mda::tui::{App, AppOptions, Caps, ColorDepth, GlyphLevel, ScreenName, ThemeName};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{import_pictures, market};
use crate::support::picture;

/// A dashboard at a size, and what it was shown.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) size: (u16, u16),
    pub(crate) now: Timestamp,
}

impl Stage {
    pub(crate) fn new(options: AppOptions, size: (u16, u16)) -> Self {
        let mut stage = Self {
            app: App::new(options),
            size,
            now: market::now(),
        };
        stage.app.start();
        stage.draw();
        stage
    }

    pub(crate) fn on(screen: ScreenName, size: (u16, u16)) -> Self {
        let options = AppOptions {
            screen,
            ..AppOptions::default()
        };
        Self::new(options, size)
    }

    pub(crate) fn show(mut self, state: AgentState) -> Self {
        self.app.on_state(Arc::new(state), self.now);
        self
    }

    pub(crate) fn press(mut self, keys: &str) -> Self {
        for key in keys.split(' ') {
            self.key(key);
        }
        self
    }

    pub(crate) fn key(&mut self, key: &str) -> Vec<mda::tui::Effect> {
        let code = match key {
            "ENTER" => KeyCode::Enter,
            "ESC" => KeyCode::Esc,
            "TAB" => KeyCode::Tab,
            "BTAB" => KeyCode::BackTab,
            "UP" => KeyCode::Up,
            "DOWN" => KeyCode::Down,
            "PGDN" => KeyCode::PageDown,
            "SPACE" => KeyCode::Char(' '),
            letter => KeyCode::Char(letter.chars().next_back().unwrap()),
        };
        let modifiers = if key.starts_with("C-") {
            KeyModifiers::CONTROL
        } else {
            KeyModifiers::NONE
        };
        self.app
            .on_event(&Event::Key(KeyEvent::new(code, modifiers)), self.now)
    }

    pub(crate) fn draw(&self) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.size.0, self.size.1));
        self.app.draw(&mut buffer, self.now);
        buffer
    }
}

fn with(change: impl FnOnce(&mut AppOptions), size: (u16, u16)) -> Stage {
    let mut options = AppOptions::default();
    change(&mut options);
    Stage::new(options, size).show(market::live())
}

const CORE: (u16, u16) = (80, 24);
const DESK: (u16, u16) = (120, 40);

/// Every screen in every state.
fn states() -> Vec<(String, Buffer)> {
    let mut all = Vec::new();
    for screen in ScreenName::ALL {
        let states = [
            ("empty", market::empty()),
            ("live", market::live()),
            ("stale", market::stale()),
            ("error", market::failing()),
        ];
        for (name, state) in states {
            let stage = Stage::on(screen, CORE).show(state);
            all.push((format!("{}-{name}", screen.as_str()), stage.draw()));
        }
    }
    all
}

/// Every size, every set of colours and characters, every theme.
fn sizes_and_colors() -> Vec<(String, Buffer)> {
    let mut all = Vec::new();
    for size in [(40, 12), DESK, (200, 60)] {
        for screen in ScreenName::ALL {
            let name = format!("{}-{}x{}", screen.as_str(), size.0, size.1);
            all.push((name, Stage::on(screen, size).show(market::live()).draw()));
        }
    }
    for depth in [ColorDepth::Ansi256, ColorDepth::Ansi16, ColorDepth::Mono] {
        let stage = with(|options| options.caps.depth = depth, CORE);
        all.push((format!("overview-{depth}"), stage.draw()));
    }
    for glyphs in [GlyphLevel::Ascii, GlyphLevel::Block, GlyphLevel::Braille] {
        let stage = with(|options| options.caps.glyphs = glyphs, CORE);
        all.push((format!("overview-{glyphs}"), stage.draw()));
    }
    for theme in [ThemeName::Light, ThemeName::ColorBlind, ThemeName::Contrast] {
        let stage = with(|options| options.theme = theme, CORE);
        all.push((format!("overview-{theme}"), stage.draw()));
    }
    let plain = Caps {
        depth: ColorDepth::Mono,
        glyphs: GlyphLevel::Ascii,
        is_motion_reduced: true,
    };
    for (name, state) in [("stale", market::stale()), ("error", market::failing())] {
        let options = AppOptions {
            caps: plain,
            ..AppOptions::default()
        };
        let stage = Stage::new(options, CORE).show(state);
        all.push((format!("overview-{name}-mono-ascii"), stage.draw()));
    }
    all
}

/// Kinds of data that are not the market now, windows, and what keys do.
fn situations() -> Vec<(String, Buffer)> {
    let overview = |size| Stage::on(ScreenName::Overview, size);
    let live = || overview(CORE).show(market::live());
    let mut lost = live();
    lost.app
        .on_disconnected("connection closed".to_owned(), lost.now);
    let mut frozen = live().press("f");
    for _ in 0..34 {
        frozen = frozen.show(market::stale());
    }
    frozen.now = frozen.now.plus(std::time::Duration::from_secs(12));
    let logs = || Stage::on(ScreenName::Logs, CORE).show(market::live());
    let markets = || Stage::on(ScreenName::Markets, DESK).show(market::live());
    let stages = vec![
        ("waiting", overview(CORE)),
        ("lost", lost),
        ("replay", overview(CORE).show(market::replay())),
        ("replay-120x40", overview(DESK).show(market::replay())),
        ("simulated", overview(CORE).show(market::simulated())),
        ("help", live().press("?")),
        ("help-search", live().press("? l o g")),
        ("palette", live().press(": t h e")),
        (
            "palette-40x12",
            overview((40, 12)).show(market::live()).press(":"),
        ),
        ("filter-typing", live().press("/ e t h")),
        ("filter-kept", live().press("/ e u r ENTER")),
        ("filter-nothing", live().press("/ x x ENTER")),
        ("frozen", frozen),
        ("zoom-chart", live().press("TAB z")),
        (
            "zoom-chart-40x12",
            overview((40, 12)).show(market::live()).press("TAB"),
        ),
        (
            "zoom-feeds-40x12",
            overview((40, 12)).show(market::stale()).press("TAB TAB"),
        ),
        ("feeds-focused", live().press("TAB TAB j")),
        ("sorted", live().press("s s s j j")),
        ("toast", live().press("r r")),
        ("cost", live().press("c")),
        (
            "markets-error-120x40",
            Stage::on(ScreenName::Markets, DESK).show(market::failing()),
        ),
        (
            "markets-stale-120x40",
            Stage::on(ScreenName::Markets, DESK).show(market::stale()),
        ),
        ("markets-chart-zoomed", markets().press("ENTER")),
        ("logs-paused", logs().press("k k")),
        ("logs-wrapped", logs().press("w N")),
        ("logs-errors", logs().press("L L L L")),
        ("logs-filter", logs().press("/ k r a k e n ENTER")),
        ("logs-line", logs().press("N ENTER")),
    ];
    let named = stages.into_iter();
    named
        .map(|(name, stage)| (name.to_owned(), stage.draw()))
        .collect()
}

/// Every picture with its name.
pub(crate) fn all() -> Vec<(String, Buffer)> {
    let imports = import_pictures::all();
    [states(), sizes_and_colors(), situations(), imports].concat()
}

fn check(pictures: Vec<(String, Buffer)>) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/screens");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, buffer) in pictures {
            insta::assert_snapshot!(name, picture::picture(&buffer));
        }
    });
}

#[test]
fn every_screen_shows_every_state() {
    check(states());
}

#[test]
fn every_size_and_set_of_colours_has_its_picture() {
    check(sizes_and_colors());
}

#[test]
fn every_situation_has_its_picture() {
    check(situations());
}

#[test]
fn every_picture_of_the_imports_is_as_it_was() {
    check(import_pictures::all());
}

#[test]
fn no_snapshot_is_left_without_its_picture() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/screens");
    let names: Vec<String> = all()
        .into_iter()
        .map(|(name, _)| format!("{name}.snap"))
        .collect();
    for file in std::fs::read_dir(dir).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&file), "{file} belongs to no picture");
    }
}
