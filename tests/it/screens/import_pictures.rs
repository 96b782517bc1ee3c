//! Every picture of the imports: their screen, its windows, and what the overview says of them.

use mda::api::{Answer, Refusal, RefusalCode, Reply};
use mda::tui::{AppOptions, Caps, ColorDepth, Effect, GlyphLevel, ScreenName};
use ratatui::buffer::Buffer;

use super::jobs;
use super::market;
use super::pictures::Stage;

const CORE: (u16, u16) = (80, 24);
const DESK: (u16, u16) = (120, 40);
const WALL: (u16, u16) = (200, 60);

impl Stage {
    /// Presses a key and answers what it asked.
    pub(crate) fn answered(mut self, key: &str, answer: Answer) -> Self {
        let effects = self.key(key);
        let id = asked(&effects);
        let result = Ok(answer);
        self.app.on_reply(Reply { id, result }, self.now);
        self
    }

    /// Presses a key and refuses what it asked.
    pub(crate) fn refused(mut self, key: &str, message: &str) -> Self {
        let effects = self.key(key);
        let id = asked(&effects);
        let refusal = Refusal {
            code: RefusalCode::NotFound,
            message: message.to_owned(),
            next_step: Some("check the path; TAB completes it".to_owned()),
        };
        let result = Err(refusal);
        self.app.on_reply(Reply { id, result }, self.now);
        self
    }

    /// Types a text, letter by letter.
    pub(crate) fn typed(mut self, text: &str) -> Self {
        for letter in text.chars() {
            self.key(&letter.to_string().replace(' ', "SPACE"));
        }
        self
    }
}

/// Returns the number of the request among the effects.
pub(crate) fn asked(effects: &[Effect]) -> u64 {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Ask(request) => Some(request.id),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing was asked: {effects:?}"))
}

pub(crate) fn list(size: (u16, u16)) -> Stage {
    Stage::on(ScreenName::Imports, size).show(jobs::state(jobs::all()))
}

fn paths() -> Answer {
    let names = [
        "AAPL.csv",
        "AMZN.csv",
        "archive/",
        "btc_usd_1m.csv",
        "eth_usd_1m.csv",
    ];
    let paths = names.map(|name| format!("/srv/market/ohlcv/{name}"));
    Answer::Paths(paths.to_vec())
}

/// The form over its preview.
pub(crate) fn reviewed(size: (u16, u16), preview: mda::api::ImportPreview) -> Stage {
    list(size)
        .press("i")
        .typed("/srv/market/ohlcv/AAPL.csv")
        .answered("ENTER", Answer::Preview(preview))
}

fn windows(size: (u16, u16)) -> Vec<(&'static str, Stage)> {
    let rejects = |rows| {
        list(size)
            .press("j j j j j")
            .answered("ENTER", Answer::Rejects(rows))
    };
    vec![
        ("form", list(size).press("i")),
        (
            "form-paths",
            list(size)
                .press("i")
                .typed("/srv/m")
                .answered("TAB", paths())
                .press("DOWN DOWN DOWN"),
        ),
        (
            "form-refused",
            list(size)
                .press("i")
                .typed("/no")
                .refused("ENTER", "no file matches `/no`"),
        ),
        ("preview", reviewed(size, jobs::preview())),
        (
            "preview-asking",
            reviewed(size, jobs::preview_asking()).press("DOWN"),
        ),
        ("rejects", rejects(jobs::rejects(4, 14)).press("j j")),
        ("rejects-many", rejects(jobs::rejects(1, 200))),
        ("rejects-none", rejects(Vec::new())),
        ("rejects-loading", list(size).press("j ENTER")),
        ("undo", list(size).press("j j j j j u")),
    ]
}

/// Every picture with its name.
pub(crate) fn all() -> Vec<(String, Buffer)> {
    let mut all = Vec::new();
    for (size, suffix) in [(CORE, ""), (DESK, "-120x40")] {
        let screen = |state| Stage::on(ScreenName::Imports, size).show(state);
        let stages = [
            ("list", list(size)),
            ("running", list(size).press("j")),
            ("failed", list(size).press("j j j")),
            ("partial", list(size).press("j j j j j")),
            ("loading", Stage::on(ScreenName::Imports, size)),
            ("none", screen(market::live())),
        ];
        for (name, stage) in stages.into_iter().chain(windows(size)) {
            all.push((format!("imports-at-{name}{suffix}"), stage.draw()));
        }
    }
    all.push(("imports-at-list-40x12".to_owned(), list((40, 12)).draw()));
    all.push((
        "imports-at-detail-40x12".to_owned(),
        list((40, 12)).press("j TAB").draw(),
    ));
    all.push((
        "imports-at-preview-40x12".to_owned(),
        reviewed((40, 12), jobs::preview_asking()).draw(),
    ));
    for (name, depth, glyphs) in [
        ("mono", ColorDepth::Mono, GlyphLevel::Unicode),
        ("ascii", ColorDepth::TrueColor, GlyphLevel::Ascii),
        ("mono-ascii", ColorDepth::Mono, GlyphLevel::Ascii),
    ] {
        let options = AppOptions {
            caps: Caps {
                depth,
                glyphs,
                is_motion_reduced: true,
            },
            screen: ScreenName::Imports,
            ..AppOptions::default()
        };
        let stage = Stage::new(options, CORE).show(jobs::state(jobs::all()));
        all.push((format!("imports-at-list-{name}"), stage.draw()));
    }
    for (size, name) in [(CORE, "80x24"), (DESK, "120x40"), (WALL, "200x60")] {
        let overview = |state| Stage::on(ScreenName::Overview, size).show(state);
        all.push((
            format!("overview-busy-{name}"),
            overview(jobs::busy()).draw(),
        ));
        let ended = jobs::state(vec![jobs::partial()]);
        all.push((format!("overview-imported-{name}"), overview(ended).draw()));
    }
    all
}
