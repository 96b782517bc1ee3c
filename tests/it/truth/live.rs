//! What works is called LIVE, and only as long as it does.

use super::{AT, SYMBOLS, Watched, busy, confirmed, quiet, trade};
use crate::support::venue_server::{Gate, Step, coinbase};

#[test]
fn a_live_market_is_called_live_everywhere() {
    let watched = Watched::start(vec![confirmed(&SYMBOLS, busy())]);

    watched.top_says("● LIVE");
    watched.row_says("BTC-USD", &["100.25", "100.1", "100.3", "● LIVE"]);
    watched.row_says("ETH-USD", &["200.25", "● LIVE"]);
    watched.feed_says(&["● coinbase", "LIVE", "2 symbols", "missing 0"]);
}

#[test]
fn a_price_without_news_is_slow_and_then_stale_though_its_feed_is_live() {
    let script = vec![
        trade("BTC-USD", 7, "100.25"),
        trade("ETH-USD", 7, "200.25"),
        quiet(),
    ];
    let watched = Watched::start_with(
        vec![confirmed(&SYMBOLS, script)],
        &["--feed", "coinbase:BTC-USD,ETH-USD"],
        &[
            ("MDA_DASHBOARD_SLOW_AFTER", "1s"),
            ("MDA_DASHBOARD_STALE_AFTER", "2s"),
        ],
    );

    watched.row_says("BTC-USD", &["100.25", "● LIVE"]);
    watched.row_says("BTC-USD", &["100.25", "◐ SLOW"]);
    watched.row_says("BTC-USD", &["100.25", "○ STALE"]);
    watched.row_says("ETH-USD", &["200.25", "○ STALE"]);
    watched.assert_no_row_is_live();
    // The connection is well; only the prices are old.
    watched.top_says("● LIVE");
}

#[test]
fn a_symbol_the_venue_says_nothing_of_is_named() {
    let [heartbeat, other] = SYMBOLS.map(|symbol| coinbase::heartbeat(symbol, 7));
    let script = vec![
        Step::Send(other),
        trade("BTC-USD", 7, "100.25"),
        trade("ETH-USD", 7, "200.25"),
        Step::Repeat(heartbeat, super::EVERY),
    ];
    let watched = Watched::start(vec![confirmed(&SYMBOLS, script)]);

    watched.feed_says(&["DEGRADED", "no word of ETH-USD for more than 1 s"]);
    watched.top_says("▲ DEGRADED");
}

#[test]
fn a_symbol_the_venue_rejects_is_named_and_the_other_lives() {
    let refusal = coinbase::error("Failed to subscribe", "ETH-USD is not a valid product");
    let script = vec![
        Step::Receive,
        Step::Send(refusal),
        Step::Receive,
        Step::Send(coinbase::subscriptions(&["BTC-USD"])),
        trade("BTC-USD", 7, "100.25"),
        Step::Repeat(
            coinbase::ticker("BTC-USD", "100.1", "100.3", AT),
            super::EVERY,
        ),
    ];
    let watched = Watched::start(vec![script]);

    watched.feed_says(&["DEGRADED", "1 of 2 symbols rejected: ETH-USD", "refused 1"]);
    watched.top_says("▲ DEGRADED");
    watched.row_says("BTC-USD", &["100.25", "● LIVE"]);
    watched.row_says("ETH-USD", &["WAITING"]);
}

#[test]
fn trades_the_venue_numbered_and_never_sent_are_counted_and_told() {
    let gate = Gate::default();
    let mut script = super::busy_until(&gate);
    script.push(trade("BTC-USD", 11, "100.75"));
    script.push(super::tickers());
    let watched = Watched::start(vec![confirmed(&SYMBOLS, script)]);
    watched.feed_says(&["● coinbase", "missing 0"]);

    gate.open();

    watched.feed_says(&["DEGRADED", "3 trades of BTC-USD missing", "missing 3"]);
    watched.top_says("▲ DEGRADED");
    watched.row_says("BTC-USD", &["100.75"]);
}
