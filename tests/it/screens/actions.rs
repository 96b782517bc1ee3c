//! The action table against what it drives: every action does something, and `docs/KEYS.md` is what
//! the table says.

use std::fmt::Write as _;

use mda::tui::{Action, Context, ScreenName, actions};

use super::pictures::Stage;
use super::{jobs, market};
use crate::support::picture;

/// Brings a dashboard to where the action has something to do, and returns the key to press.
fn stage_for(action: Action, context: Context) -> Stage {
    let screen = match context {
        Context::Logs => ScreenName::Logs,
        Context::Imports => ScreenName::Imports,
        Context::Global | Context::Watchlist => ScreenName::Overview,
    };
    let market = match context {
        Context::Imports => jobs::state(jobs::all()),
        Context::Global | Context::Watchlist | Context::Logs => market::live(),
    };
    let stage = Stage::on(screen, (80, 24)).show(market);
    match action {
        Action::Up | Action::PageUp | Action::Top => stage.press("j j"),
        Action::ScreenOverview | Action::Back => stage.press("2"),
        Action::LogProblemNext => stage.press("g"),
        Action::ImportPause => stage.press("j"),
        Action::ImportRestart | Action::ImportUndo => stage.press("G k"),
        _ => stage,
    }
}

#[test]
fn every_key_of_every_action_does_something() {
    for def in actions() {
        for chord in def.chords {
            let mut stage = stage_for(def.action, def.context);
            let before = stage.draw();
            let name = chord.to_string();
            let key = match name.as_str() {
                "Home" | "End" | "F1" | "PgUp" | "PgDn" | "Up" | "Down" => continue,
                "Shift-TAB" => "BTAB",
                ctrl if ctrl.starts_with("Ctrl-") => &format!("C-{}", ctrl[5..].to_lowercase()),
                key => key,
            };
            let effects = stage.key(key);
            let is_seen = before != stage.draw();
            assert!(
                is_seen || !effects.is_empty(),
                "`{chord}` ({}) does nothing",
                def.id
            );
        }
    }
}

#[test]
fn keys_document_is_what_the_table_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/KEYS.md");
    let wanted = document();
    if std::env::var_os("MDA_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/KEYS.md is behind: run this test with MDA_UPDATE_DOCS=1"
    );
}

fn document() -> String {
    let mut out = String::from(
        "# Keys\n\nEvery action of the dashboard. `?` shows this list in the dashboard, where typing searches it and \
         ENTER runs\nthe selected one. This file is written by a test from the table in `src/tui/action.rs`.\n",
    );
    for context in Context::ALL {
        let title = match context {
            Context::Global => "Everywhere",
            Context::Watchlist => "Overview and markets",
            Context::Imports => "Imports",
            Context::Logs => "Logs",
        };
        write!(
            out,
            "\n## {title}\n\n| Keys | Action | What it does |\n|---|---|---|\n"
        )
        .unwrap();
        for def in actions().iter().filter(|def| def.context == context) {
            let keys: Vec<String> = def
                .chords
                .iter()
                .map(|chord| format!("`{chord}`"))
                .collect();
            writeln!(out, "| {} | {} | {} |", keys.join(" "), def.id, def.help).unwrap();
        }
    }
    out
}

#[test]
fn help_shows_every_action() {
    let stage = Stage::on(ScreenName::Overview, (120, 60))
        .show(market::live())
        .press("?");
    let text = picture::text(&stage.draw());
    for def in actions() {
        assert!(
            text.contains(&def.id.replace('-', " ")),
            "{} is not in the help",
            def.id
        );
    }
}
