//! The catalogue of vendors: how their files look, and what is known of them.
//!
//! A vendor raises confidence and orders the choices of a question. What it is known for is never
//! applied silently where a file could differ.

use super::alias::{Meaning, meaning};
use super::names::Name;

/// A vendor, or a plain order of columns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Vendor {
    /// Its id, the layout's.
    pub(super) id: &'static str,
    /// Its name, for people.
    pub(super) name: &'static str,
    /// What each column holds where no header says it; empty when its files have headers.
    pub(super) order: &'static str,
    /// Likely zones of its times, the likeliest first; only ever choices.
    pub(super) zones: &'static [&'static str],
    marks: &'static [Mark],
}

/// What tells a header.
#[derive(Debug, PartialEq, Eq)]
enum Mark {
    /// Exactly these keys.
    Exact(&'static [&'static str]),
    /// These keys first.
    Starts(&'static [&'static str]),
    /// These keys among others.
    Has(&'static [&'static str]),
}

const NEW_YORK: &[&str] = &["America/New_York", "UTC"];
const ANY_ZONE: &[&str] = &["UTC", "America/New_York", "Europe/London"];
const BROKER: &[&str] = &["Europe/Athens", "UTC", "America/New_York"];

const fn vendor(id: &'static str, name: &'static str, marks: &'static [Mark]) -> Vendor {
    Vendor {
        id,
        name,
        order: "",
        zones: ANY_ZONE,
        marks,
    }
}

/// Every known layout; where several marks fit, the earlier wins.
const VENDORS: &[Vendor] = &[
    Vendor {
        order: "time open high low close volume - - trades - - -",
        ..vendor(
            "binance",
            "Binance",
            &[Mark::Has(&["opentime", "closetime", "ignore"])],
        )
    },
    Vendor {
        order: "time open high low close volume trades",
        ..vendor("kraken", "Kraken", &[])
    },
    vendor(
        "polygon",
        "Polygon",
        &[Mark::Has(&["ticker", "windowstart"])],
    ),
    vendor(
        "databento",
        "Databento",
        &[Mark::Has(&["tsevent", "open", "close"])],
    ),
    vendor(
        "coinapi",
        "CoinAPI",
        &[Mark::Has(&["timeperiodstart", "priceopen"])],
    ),
    vendor(
        "tiingo",
        "Tiingo",
        &[Mark::Has(&["divcash", "splitfactor"])],
    ),
    vendor(
        "cryptodatadownload",
        "CryptoDataDownload",
        &[
            Mark::Starts(&["unix", "date", "symbol"]),
            Mark::Starts(&["unixtimestamp", "date", "symbol"]),
            Mark::Exact(&[
                "date",
                "symbol",
                "open",
                "high",
                "low",
                "close",
                "volumebtc",
                "volume",
            ]),
        ],
    ),
    vendor(
        "kaggle",
        "Kaggle's Bitcoin files",
        &[Mark::Has(&["timestamp", "weightedprice"])],
    ),
    Vendor {
        zones: NEW_YORK,
        ..vendor(
            "alphavantage",
            "Alpha Vantage",
            &[Mark::Has(&["dividendamount", "splitcoefficient"])],
        )
    },
    Vendor {
        zones: NEW_YORK,
        ..vendor(
            "yfinance",
            "yfinance",
            &[
                Mark::Has(&["dividends", "stocksplits"]),
                Mark::Starts(&["price", "close", "high", "low", "open"]),
            ],
        )
    },
    vendor(
        "quandl",
        "Quandl",
        &[Mark::Has(&["exdividend", "splitratio"])],
    ),
    Vendor {
        order: "time open high low close - volume",
        zones: NEW_YORK,
        ..vendor(
            "yahoo",
            "Yahoo Finance",
            &[Mark::Exact(&[
                "date", "open", "high", "low", "close", "adjclose", "volume",
            ])],
        )
    },
    Vendor {
        order: "time open high low close volume -",
        zones: NEW_YORK,
        ..vendor(
            "yahoo-legacy",
            "Yahoo Finance before 2017",
            &[Mark::Exact(&[
                "date", "open", "high", "low", "close", "volume", "adjclose",
            ])],
        )
    },
    Vendor {
        order: "time close volume open high low",
        zones: NEW_YORK,
        ..vendor(
            "nasdaq",
            "nasdaq.com",
            &[
                Mark::Exact(&["date", "closelast", "volume", "open", "high", "low"]),
                Mark::Exact(&["date", "close", "volume", "open", "high", "low"]),
            ],
        )
    },
    Vendor {
        order: "time close open high low volume -",
        ..vendor("investing", "Investing.com", &[])
    },
    Vendor {
        zones: &["America/Chicago", "America/New_York", "UTC"],
        ..vendor(
            "barchart",
            "Barchart",
            &[
                Mark::Starts(&["time", "open", "high", "low", "last"]),
                Mark::Starts(&["time", "open", "high", "low", "latest"]),
            ],
        )
    },
    Vendor {
        order: "symbol period date time open high low close volume -",
        ..vendor(
            "stooq",
            "Stooq",
            &[
                Mark::Has(&["ticker", "per", "date", "openint"]),
                Mark::Exact(&["date", "open", "high", "low", "close", "volume", "openint"]),
                Mark::Starts(&["data", "otwarcie", "najwyzszy", "najnizszy", "zamkniecie"]),
            ],
        )
    },
    Vendor {
        order: "symbol period date time open high low close volume",
        zones: &["Europe/Moscow", "UTC"],
        ..vendor(
            "finam",
            "Finam",
            &[Mark::Has(&["ticker", "per", "date", "close"])],
        )
    },
    Vendor {
        order: "symbol date time open high low close volume",
        ..vendor(
            "forexite",
            "Forexite",
            &[Mark::Has(&["ticker", "dtyyyymmdd"])],
        )
    },
    Vendor {
        zones: &["UTC", "Europe/Zurich"],
        order: "time open high low close volume",
        ..vendor(
            "dukascopy",
            "Dukascopy",
            &[
                Mark::Starts(&["gmttime", "open"]),
                Mark::Starts(&["localtime", "open"]),
            ],
        )
    },
    Vendor {
        order: "date time open high low close volume",
        zones: BROKER,
        ..vendor(
            "metatrader",
            "MetaTrader",
            &[
                Mark::Has(&["open", "close", "tickvol"]),
                Mark::Has(&["open", "close", "tickvolume", "spread"]),
            ],
        )
    },
    Vendor {
        order: "time open high low close volume",
        zones: &["America/New_York", "-05:00", "UTC"],
        ..vendor("histdata", "HistData.com", &[])
    },
    Vendor {
        order: "time open high low close volume",
        zones: &["America/New_York", "America/Chicago", "UTC"],
        ..vendor("ninjatrader", "NinjaTrader", &[])
    },
    Vendor {
        zones: &["Asia/Kolkata"],
        ..vendor("nse", "NSE India", &[Mark::Has(&["series", "prevclose"])])
    },
    Vendor {
        zones: &["UTC", "America/New_York"],
        ..vendor("tradingview", "TradingView", &[])
    },
    GENERIC,
    Vendor {
        order: "time open close high low volume",
        ..vendor("ochlv", "open, close, high, low, volume", &[])
    },
    Vendor {
        order: "time open close low high volume",
        ..vendor("oclhv", "open, close, low, high, volume", &[])
    },
];

/// Files of no known vendor.
const GENERIC: Vendor = Vendor {
    order: "time open high low close volume",
    ..vendor("ohlcv", "open, high, low, close, volume", &[])
};

/// Returns the layout of files of no known vendor.
pub(super) fn generic() -> &'static Vendor {
    &GENERIC
}

/// Returns the layout of an id.
pub(super) fn by_id(id: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.id == id)
}

/// Returns the ids that tell an order of columns, for files without a header.
pub(super) fn ids_with_order() -> impl Iterator<Item = &'static str> {
    let with_order = VENDORS.iter().filter(|vendor| !vendor.order.is_empty());
    with_order.map(|vendor| vendor.id)
}

/// Returns every id.
pub(super) fn ids() -> impl Iterator<Item = &'static str> {
    VENDORS.iter().map(|vendor| vendor.id)
}

/// Returns the vendor whose header this is.
pub(super) fn by_header(names: &[Name]) -> Option<&'static Vendor> {
    let keys: Vec<&str> = names.iter().map(|name| name.key.as_str()).collect();
    let own: &[&str] = match keys.split_first() {
        // A program that numbers rows puts a column without a name before the vendor's.
        Some((&"", rest)) => rest,
        Some(_) | None => &keys,
    };
    let found = VENDORS
        .iter()
        .find(|vendor| vendor.marks.iter().any(|mark| mark.fits(own)));
    found
        .or_else(|| by_id(if is_investing(names) { "investing" } else { "" }))
        .or_else(|| {
            by_id(if is_tradingview(names) {
                "tradingview"
            } else {
                ""
            })
        })
}

impl Mark {
    fn fits(&self, keys: &[&str]) -> bool {
        match self {
            Self::Exact(wanted) => keys == *wanted,
            Self::Starts(wanted) => keys.starts_with(wanted),
            Self::Has(wanted) => wanted.iter().all(|key| keys.contains(key)),
        }
    }
}

/// Date, price, open, high, low, and a change at the end, in any language.
fn is_investing(names: &[Name]) -> bool {
    let wanted = [
        Meaning::Time,
        Meaning::Close,
        Meaning::Open,
        Meaning::High,
        Meaning::Low,
    ];
    let meanings = || names.iter().map(|name| meaning(name).map(|found| found.0));
    let begins = meanings().take(5).eq(wanted.into_iter().map(Some));
    begins
        && (6..=7).contains(&names.len())
        && names.last().is_some_and(|last| last.raw.contains('%'))
}

/// `time,open,high,low,close` in small letters, then indicators in the chart's own words.
fn is_tradingview(names: &[Name]) -> bool {
    let raw: Vec<&str> = names.iter().map(|name| name.raw.as_str()).collect();
    let is_titled = |name: &&str| name.starts_with(|c: char| c.is_ascii_uppercase());
    raw.starts_with(&["time", "open", "high", "low", "close"]) && raw[5..].iter().all(is_titled)
}
