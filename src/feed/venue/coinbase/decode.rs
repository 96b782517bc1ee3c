//! Coinbase Exchange: channels `ticker`, `matches` and `heartbeat`.
//!
//! Facts this file stands on (documents of Coinbase Exchange, and captures of its feed): `side` of
//! a match is the *maker's*, so the aggressor is the other one; `last_match` repeats the last trade
//! before the subscription; `trade_id` rises by one for each trade of a product; best sizes are in
//! tickers since 2022; values are decimal text. Corrupt values occur: a size of `0.-10000`, a time
//! of `0001-01-01T00:00:00.000000Z`. Such a message is refused as a whole.

use std::borrow::Cow;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::domain::{
    AggressorSide, DayStats, DecimalError, EventKind, Parsed, Price, Quote, Symbol, Timestamp,
    Trade, Volume,
};
use crate::feed::venue::{Answer, DecodeError, Decoded, Venue};

/// What we subscribe to.
const CHANNELS: [&str; 3] = ["ticker", "matches", "heartbeat"];

/// Channels a symbol must be confirmed in; heartbeats only help.
const NEEDED_CHANNELS: [&str; 2] = ["ticker", "matches"];

/// A venue time further ahead of ours than this is corrupt, whatever our clock's error.
const AHEAD_MAX: Duration = Duration::from_hours(24);

/// The venue, at an address.
#[derive(Debug)]
pub(in crate::feed) struct Coinbase {
    url: String,
}

impl Coinbase {
    pub(in crate::feed) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
        }
    }
}

/// Text that is borrowed from the message unless it holds escapes.
type Text<'a> = Cow<'a, str>;

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
}

#[derive(Deserialize)]
struct Match<'a> {
    #[serde(borrow)]
    product_id: Text<'a>,
    #[serde(borrow)]
    side: Text<'a>,
    #[serde(borrow)]
    size: Text<'a>,
    #[serde(borrow)]
    price: Text<'a>,
    #[serde(borrow)]
    time: Text<'a>,
    trade_id: u64,
}

#[derive(Deserialize)]
struct Ticker<'a> {
    #[serde(borrow)]
    product_id: Text<'a>,
    #[serde(borrow)]
    open_24h: Text<'a>,
    #[serde(borrow)]
    high_24h: Text<'a>,
    #[serde(borrow)]
    low_24h: Text<'a>,
    #[serde(borrow)]
    volume_24h: Text<'a>,
    #[serde(borrow)]
    best_bid: Text<'a>,
    #[serde(borrow)]
    best_ask: Text<'a>,
    #[serde(borrow)]
    best_bid_size: Option<Text<'a>>,
    #[serde(borrow)]
    best_ask_size: Option<Text<'a>>,
    #[serde(borrow)]
    time: Text<'a>,
}

#[derive(Deserialize)]
struct Heartbeat<'a> {
    #[serde(borrow)]
    product_id: Text<'a>,
    last_trade_id: u64,
}

#[derive(Deserialize)]
struct Subscriptions<'a> {
    #[serde(borrow)]
    channels: Vec<Channel<'a>>,
}

#[derive(Deserialize)]
struct Channel<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    product_ids: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct Complaint<'a> {
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    reason: Option<Text<'a>>,
}

impl Venue for Coinbase {
    fn name(&self) -> &'static str {
        "coinbase"
    }

    fn url(&self) -> &str {
        &self.url
    }

    fn subscribe_frames(&self, symbols: &[Symbol]) -> Vec<String> {
        let products: Vec<&str> = symbols.iter().map(Symbol::as_str).collect();
        let frame = json!({"type": "subscribe", "product_ids": products, "channels": CHANNELS});
        vec![frame.to_string()]
    }

    fn decode(
        &self,
        text: &str,
        ts_recv: Timestamp,
        events: &mut Vec<EventKind>,
    ) -> Result<Decoded, DecodeError> {
        let head: Head = serde_json::from_str(text)?;
        match head.kind.as_ref() {
            "ticker" => {
                let (quote, stats) = read_ticker(&serde_json::from_str(text)?, ts_recv)?;
                events.extend(quote.map(EventKind::Quote));
                events.push(EventKind::Stats(stats));
                Ok(Decoded::Market)
            }
            kind @ ("match" | "last_match") => {
                let is_snapshot = kind == "last_match";
                let trade = read_match(&serde_json::from_str(text)?, ts_recv, is_snapshot)?;
                events.push(EventKind::Trade(trade));
                Ok(Decoded::Market)
            }
            "heartbeat" => {
                let heartbeat: Heartbeat = serde_json::from_str(text)?;
                Ok(Decoded::Heartbeat {
                    symbol: Symbol::parse(&heartbeat.product_id)?,
                    last_trade_id: heartbeat.last_trade_id,
                })
            }
            "subscriptions" => read_subscriptions(&serde_json::from_str(text)?),
            "error" => {
                let complaint: Complaint = serde_json::from_str(text)?;
                Ok(Decoded::Answer(Answer::Refused(complaint.in_words())))
            }
            // Order books, which captures hold, and the product list: known, and of no use here.
            "snapshot" | "l2update" | "status" => Ok(Decoded::Ignored),
            kind => Err(DecodeError::UnknownKind {
                kind: kind.chars().take(40).collect(),
            }),
        }
    }
}

impl<'a> Subscriptions<'a> {
    fn products_of(&self, name: &str) -> impl Iterator<Item = &Text<'a>> {
        self.channels
            .iter()
            .filter(move |channel| channel.name == name)
            .flat_map(|channel| &channel.product_ids)
    }
}

impl Complaint<'_> {
    fn in_words(&self) -> String {
        match &self.reason {
            Some(reason) => format!("{}: {reason}", self.message),
            None => self.message.to_string(),
        }
    }
}

fn read_match(
    found: &Match<'_>,
    ts_recv: Timestamp,
    is_snapshot: bool,
) -> Result<Trade, DecodeError> {
    let size = number("size", &found.size, Volume::parse)?;
    if size.is_zero() {
        return Err(not_positive("size", &found.size));
    }
    Ok(Trade {
        symbol: Symbol::parse(&found.product_id)?,
        ts_event: time(&found.time, ts_recv)?,
        ts_recv,
        price: price("price", &found.price)?,
        size,
        aggressor_side: match found.side.as_ref() {
            "buy" => AggressorSide::Sell,
            "sell" => AggressorSide::Buy,
            _ => AggressorSide::Unknown,
        },
        trade_id: Some(found.trade_id),
        is_snapshot,
    })
}

/// Reads quote and statistics; there is no quote while a side of the book is empty, which the venue
/// writes as zero.
fn read_ticker(
    found: &Ticker<'_>,
    ts_recv: Timestamp,
) -> Result<(Option<Quote>, DayStats), DecodeError> {
    let symbol = Symbol::parse(&found.product_id)?;
    let bid = number("best_bid", &found.best_bid, Price::parse)?;
    let ask = number("best_ask", &found.best_ask, Price::parse)?;
    let quote = Quote {
        symbol: symbol.clone(),
        ts_event: time(&found.time, ts_recv)?,
        ts_recv,
        bid,
        ask,
        bid_size: size_if_told("best_bid_size", found.best_bid_size.as_deref())?,
        ask_size: size_if_told("best_ask_size", found.best_ask_size.as_deref())?,
    };
    if bid < Price::ZERO {
        return Err(not_positive("best_bid", &found.best_bid));
    }
    if ask < Price::ZERO {
        return Err(not_positive("best_ask", &found.best_ask));
    }
    let stats = DayStats {
        symbol,
        open: price("open_24h", &found.open_24h)?,
        high: price("high_24h", &found.high_24h)?,
        low: price("low_24h", &found.low_24h)?,
        volume: number("volume_24h", &found.volume_24h, Volume::parse)?,
    };
    let has_both_sides = bid > Price::ZERO && ask > Price::ZERO;
    Ok((has_both_sides.then_some(quote), stats))
}

fn read_subscriptions(found: &Subscriptions<'_>) -> Result<Decoded, DecodeError> {
    let [first, others @ ..] = NEEDED_CHANNELS;
    let symbols = found
        .products_of(first)
        .filter(|product| {
            others
                .iter()
                .all(|name| found.products_of(name).any(|other| other == *product))
        })
        .map(|product| Symbol::parse(product))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Decoded::Answer(Answer::Subscribed(symbols)))
}

fn number<T>(
    field: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Result<Parsed<T>, DecimalError>,
) -> Result<T, DecodeError> {
    parse(text)
        .map(|parsed| parsed.value)
        .map_err(|source| DecodeError::Number { field, source })
}

fn price(field: &'static str, text: &str) -> Result<Price, DecodeError> {
    let price = number(field, text, Price::parse)?;
    if price <= Price::ZERO {
        return Err(not_positive(field, text));
    }
    Ok(price)
}

fn size_if_told(field: &'static str, text: Option<&str>) -> Result<Option<Volume>, DecodeError> {
    text.map(|text| number(field, text, Volume::parse))
        .transpose()
}

fn time(text: &str, ts_recv: Timestamp) -> Result<Timestamp, DecodeError> {
    Timestamp::parse(text)
        .ok()
        .filter(|time| *time >= Timestamp::EPOCH && *time <= ts_recv.plus(AHEAD_MAX))
        .ok_or_else(|| DecodeError::Time {
            text: text.chars().take(40).collect(),
        })
}

fn not_positive(field: &'static str, text: &str) -> DecodeError {
    DecodeError::NotPositive {
        field,
        text: text.chars().take(40).collect(),
    }
}
