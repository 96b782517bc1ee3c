//! The screen tells the truth each time: the real program on a terminal, fed by a venue that plays
//! a script, and what can be read on the screen meanwhile.

mod alone;
mod broken;
mod live;
mod watched;

use std::time::Duration;

use watched::Watched;

use crate::support::venue_server::{Gate, Step, coinbase};

/// Any time of the past: freshness is counted from when a message came.
const AT: &str = "2026-04-17T16:43:30.5Z";
/// Both symbols of every script.
const SYMBOLS: [&str; 2] = ["BTC-USD", "ETH-USD"];
/// Messages of a script come this far apart.
const EVERY: Duration = Duration::from_millis(50);

/// Confirms these symbols once it was asked, then goes on.
fn confirmed(symbols: &[&str], then: Vec<Step>) -> Vec<Step> {
    let mut script = vec![Step::Receive, Step::Send(coinbase::subscriptions(symbols))];
    script.extend(then);
    script
}

fn trade(symbol: &str, id: u64, price: &str) -> Step {
    Step::Send(coinbase::trade("match", symbol, id, price, AT))
}

/// A market where something happens all the time, until the gate opens; trade 7 is the newest.
fn busy_until(gate: &Gate) -> Vec<Step> {
    vec![
        trade("BTC-USD", 7, "100.25"),
        trade("ETH-USD", 7, "200.25"),
        tickers_until(gate),
    ]
}

fn tickers_until(gate: &Gate) -> Step {
    let tickers = SYMBOLS.map(|symbol| coinbase::ticker(symbol, "100.1", "100.3", AT));
    Step::RepeatUntil(gate.clone(), tickers.to_vec(), EVERY)
}

/// Quotes of both symbols for ever.
fn tickers() -> Step {
    tickers_until(&Gate::default())
}

/// The same for ever.
fn busy() -> Vec<Step> {
    busy_until(&Gate::default())
}

/// Heartbeats of both symbols, and no prices.
fn quiet() -> Step {
    let heartbeats = SYMBOLS.map(|symbol| coinbase::heartbeat(symbol, 7));
    Step::RepeatUntil(Gate::default(), heartbeats.to_vec(), EVERY)
}
