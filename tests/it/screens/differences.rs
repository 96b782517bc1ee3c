//! What is written to the terminal from one picture to the next: every cell that changes, and no
//! other.

use std::sync::Arc;
use std::time::Duration;

use mda::api::AgentState;
use mda::domain::Price;
use mda::tui::ScreenName;
use ratatui::buffer::Buffer;

use super::market;
use super::pictures::Stage;
use crate::support::picture;

fn check(name: &str, before: &Buffer, after: &Buffer) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/differences");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, picture::difference(before, after)));
}

fn tick(state: &AgentState, moves: &[(usize, i64)]) -> AgentState {
    let mut next = state.clone();
    let rows = state.instruments.iter().enumerate().map(|(at, row)| {
        let Some((_, ticks)) = moves.iter().find(|(moved, _)| *moved == at) else {
            return Arc::clone(row);
        };
        let mut row = (**row).clone();
        let tick = 10_i64.pow(8 - u32::from(row.decimals));
        let last = row.last.as_mut().unwrap();
        last.price = Price::from_scaled(last.price.scaled() + ticks * tick);
        Arc::new(row)
    });
    next.instruments = rows.collect();
    next
}

fn live() -> Stage {
    Stage::on(ScreenName::Overview, (120, 40)).show(market::live())
}

#[test]
fn one_tick_changes_the_digits_that_differ() {
    let stage = live();
    let before = stage.draw();
    let stage = stage.show(tick(&market::live(), &[(2, 7)]));
    check("one-tick", &before, &stage.draw());
}

#[test]
fn flash_goes_after_300_ms_and_changes_nothing_else() {
    let mut stage = live().show(tick(&market::live(), &[(2, 7), (4, -31)]));
    let before = stage.draw();
    stage.now = stage.app.next_deadline(stage.now).unwrap();
    stage.app.on_timer(stage.now);
    check("flash-end", &before, &stage.draw());
}

#[test]
fn flash_is_not_cut_by_the_next_tick_and_rests_before_the_next() {
    let stage = live();
    let first = tick(&market::live(), &[(2, 7)]);
    let mut stage = stage.show(first.clone());
    stage.now = stage.now.plus(Duration::from_millis(200));
    let mut stage = stage.show(tick(&first, &[(2, 5)]));
    stage.now = stage.now.plus(Duration::from_millis(100));
    let ended = stage.draw();
    let mut stage = stage.show(tick(&first, &[(2, 9)]));
    let before = stage.draw();
    check("flash-rests", &ended, &before);
    stage.now = stage.now.plus(Duration::from_millis(100));
    let stage = stage.show(tick(&first, &[(2, 14)]));
    check("flash-again", &before, &stage.draw());
}

#[test]
fn reduced_motion_never_flashes() {
    let mut options = mda::tui::AppOptions::default();
    options.caps.is_motion_reduced = true;
    let mut stage = Stage::new(options, (120, 40)).show(market::live());
    stage = stage.show(tick(&market::live(), &[(2, 7)]));
    let during = stage.draw();
    stage.now = stage.now.plus(Duration::from_millis(400));
    assert_eq!(
        picture::difference(&during, &stage.draw()),
        "0 cells change\n"
    );
}

#[test]
fn cut_of_a_feed_changes_its_rows_and_lights() {
    let stage = live();
    let before = stage.draw();
    let stage = stage.show(market::stale());
    check("feed-cut", &before, &stage.draw());
}

#[test]
fn turning_stale_dims_the_row() {
    let mut stage = Stage::on(ScreenName::Overview, (80, 24)).show(market::live());
    stage.now = market::now().plus(Duration::from_secs(59));
    let before = stage.draw();
    stage.now = market::now().plus(Duration::from_mins(1));
    check("stale", &before, &stage.draw());
}

#[test]
fn countdown_changes_its_digit() {
    let mut stage = live().show(market::stale());
    let before = stage.draw();
    stage.now = stage.app.next_deadline(stage.now).unwrap();
    check("countdown", &before, &stage.draw());
}

#[test]
fn same_state_again_changes_nothing() {
    let stage = live();
    let before = stage.draw();
    let stage = stage.show(market::live());
    assert_eq!(
        picture::difference(&before, &stage.draw()),
        "0 cells change\n"
    );
}
