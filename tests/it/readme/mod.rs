//! The README's picture is what the dashboard draws of a state that a real run of `mda` gave.
//!
//! `state.json` beside this file was taken from the local socket of `mda serve --feed
//! replay:bundled`; only the process id and the paths in it were made neutral. `MDA_UPDATE_DOCS=1`
//! writes the picture anew when the screens have changed.

use std::path::Path;
use std::sync::Arc;

use mda::api::AgentState;
use mda::tui::{App, AppOptions, ThemeName, to_svg};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const TITLE: &str = "mda, the Overview: tickers, feeds, a candle chart and the agent's health";

#[test]
fn the_picture_is_what_the_dashboard_draws() {
    let state: AgentState = serde_json::from_str(include_str!("state.json")).unwrap();
    let now = state.as_of;
    let mut app = App::new(AppOptions::default());
    app.start();
    app.on_state(Arc::new(state), now);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 120, 40));
    app.draw(&mut buffer, now);
    let picture = to_svg(&buffer, ThemeName::default().theme(), TITLE);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/dashboard.svg");
    if std::env::var_os("MDA_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &picture).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(
        kept == picture,
        "assets/dashboard.svg is not what the dashboard draws: look at it after \
         `MDA_UPDATE_DOCS=1 cargo nextest run -E 'test(readme)'`"
    );
}
