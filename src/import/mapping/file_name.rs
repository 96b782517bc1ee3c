//! What the name of a file tells.
//!
//! Only a name that a recognised vendor documents is believed; of any other name the parts are
//! candidates to choose from.

use std::path::Path;

use super::period;
use crate::domain::{Symbol, Timeframe};

/// The most candidates for a symbol.
const CANDIDATES_MAX: usize = 6;

/// What a documented name tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// What was traded.
    pub(super) symbol: Symbol,
    /// Length of the bars.
    pub(super) timeframe: Option<Timeframe>,
}

/// Reads the name of a file of the given layout; `None` when it is not as the vendor names files.
pub(super) fn documented(layout: &str, path: &Path) -> Option<Told> {
    let stem = stem_of(path);
    match layout {
        "binance" => binance(&stem),
        "kraken" => kraken(&stem),
        "histdata" => histdata(&stem),
        "cryptodatadownload" => crypto_data_download(&stem),
        "dukascopy" => told(stem.split_once("_Candlestick_")?.0, None),
        "metatrader" => metatrader(&stem),
        _ => None,
    }
}

/// `BTCUSDT-1h-2023-01`, `BTCUSDT-1h-2023-01-31`.
fn binance(stem: &str) -> Option<Told> {
    let parts: Vec<&str> = stem.split('-').collect();
    let (symbol, interval) = (parts.first()?, parts.get(1)?);
    let is_dated = matches!(parts.len(), 4 | 5) && parts[2..].iter().all(|part| is_digits(part));
    let timeframe = Some(period::of_text(interval).filter(|_| is_dated)?);
    told(symbol, timeframe)
}

/// `XBTUSD_1440`: minutes.
fn kraken(stem: &str) -> Option<Told> {
    let (pair, minutes) = stem.rsplit_once('_')?;
    let timeframe = period::of_minutes(minutes.parse().ok()?)?;
    told(pair, Some(timeframe))
}

/// `DAT_ASCII_EURUSD_M1_2024`.
fn histdata(stem: &str) -> Option<Told> {
    let parts: Vec<&str> = stem.split('_').collect();
    let is_histdata = parts.len() >= 5 && parts[0].eq_ignore_ascii_case("DAT");
    let timeframe = period::of_text(parts.get(3)?).filter(|_| is_histdata)?;
    told(parts[2], Some(timeframe))
}

/// `Coinbase_BTCUSD_d`, `Binance_BTCUSDT_2023_minute`.
fn crypto_data_download(stem: &str) -> Option<Told> {
    let parts: Vec<&str> = stem.split('_').collect();
    let timeframe = period::of_text(parts.last().filter(|_| parts.len() >= 3)?)?;
    told(parts[1], Some(timeframe))
}

/// `EURUSD_M15_202210100000_202310020645`.
fn metatrader(stem: &str) -> Option<Told> {
    let mut parts = stem.rsplitn(4, '_');
    let is_range = [parts.next()?, parts.next()?]
        .iter()
        .all(|part| part.len() >= 8 && is_digits(part));
    let (length, symbol) = (parts.next()?, parts.next()?);
    let timeframe = if length.eq_ignore_ascii_case("Daily") {
        Some(Timeframe::D1)
    } else {
        period::of_text(length)
    };
    told(symbol, Some(timeframe.filter(|_| is_range)?))
}

fn told(symbol: &str, timeframe: Option<Timeframe>) -> Option<Told> {
    let symbol = Symbol::parse(symbol).ok()?;
    Some(Told { symbol, timeframe })
}

/// Returns the name without `.csv`, `.csv.gz` and their kind.
pub(super) fn stem_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut stem = name.as_ref();
    while let Some((before, ending)) = stem.rsplit_once('.') {
        let ending = ending.to_ascii_lowercase();
        let is_ending = matches!(
            ending.as_str(),
            "csv" | "tsv" | "txt" | "gz" | "zst" | "zip" | "dat" | "prn" | "asc"
        );
        if !is_ending || before.is_empty() {
            break;
        }
        stem = before;
    }
    stem.to_owned()
}

/// Returns the length of bars a part of the name speaks of beyond doubt: `5min`, `1hour`, `M15`.
pub(super) fn length_in(path: &Path) -> Option<Timeframe> {
    let stem = stem_of(path);
    let mut found = parts_of(&stem).filter_map(|part| {
        let lower = part.to_ascii_lowercase();
        let is_spoken = ["min", "hour", "minute"]
            .iter()
            .any(|unit| lower.contains(unit))
            && lower.starts_with(|c: char| c.is_ascii_digit());
        let is_code =
            ["M1", "M5", "M15", "M30", "H1", "H4", "1H", "4H", "1h", "4h"].contains(&part);
        period::of_text(part).filter(|_| is_spoken || is_code)
    });
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// Returns what in the name, the folder and the names of columns may be the symbol, likeliest
/// first.
pub(super) fn candidates(path: &Path, from_header: Option<&str>) -> Vec<String> {
    let stem = stem_of(path);
    let parts: Vec<&str> = parts_of(&stem).filter(|part| may_be_symbol(part)).collect();
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    let folder = folder.to_string_lossy();
    let folder = Some(folder.as_ref())
        .filter(|name| may_be_symbol(name) && !name.contains(|c: char| c.is_ascii_lowercase()));
    let pair = pair_in(&stem);
    let capitals = parts
        .iter()
        .filter(|part| !part.contains(|c: char| c.is_ascii_lowercase()));
    let all = from_header
        .into_iter()
        .chain(pair.as_deref())
        .chain(capitals.copied())
        .chain(parts.iter().copied())
        .chain(folder);
    let mut found: Vec<String> = Vec::new();
    for name in all {
        let name = name.to_ascii_uppercase();
        if found.len() < CANDIDATES_MAX && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// Returns `BTC-USD` when that is how the name begins.
fn pair_in(stem: &str) -> Option<String> {
    let (base, rest) = stem.split_once(['-', '_', '/'])?;
    let quote: String = rest
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let is_quote = MONEY.iter().any(|money| quote.eq_ignore_ascii_case(money));
    let is_pair = is_quote && (2..=6).contains(&base.len()) && may_be_symbol(base);
    is_pair.then(|| format!("{base}-{quote}"))
}

/// What prices are quoted in.
pub(super) const MONEY: [&str; 22] = [
    "USD", "USDT", "USDC", "BUSD", "TUSD", "FDUSD", "DAI", "EUR", "GBP", "JPY", "CHF", "CAD",
    "AUD", "NZD", "KRW", "TRY", "BRL", "RUB", "INR", "CNY", "HKD", "SGD",
];

fn parts_of(stem: &str) -> impl Iterator<Item = &str> {
    stem.split(['_', '-', ' ', ',', '.', '#', '(', ')'])
        .filter(|part| !part.is_empty())
}

/// Words in names of files that are no symbols.
const NOT_SYMBOLS: [&str; 46] = [
    "STOCKS",
    "STOCK",
    "FOREX",
    "CRYPTO",
    "DAT",
    "ASCII",
    "ASK",
    "BID",
    "DAILY",
    "HOURLY",
    "WEEKLY",
    "MONTHLY",
    "OHLC",
    "OHLCV",
    "DATA",
    "CSV",
    "PRICE",
    "PRICES",
    "HISTORICAL",
    "HISTORY",
    "CANDLES",
    "CANDLESTICK",
    "YAHOO",
    "YAHOOFINANCE",
    "GOOGLEFINANCE",
    "FULL",
    "INTRADAY",
    "INTRA",
    "IDAY",
    "DAY",
    "TABLE",
    "HEADER",
    "DEFAULT",
    "ISSUE",
    "QUOTES",
    "BARS",
    "ADJUSTED",
    "EXPORT",
    "DOWNLOAD",
    "HELLO",
    "WORLD",
    "BARCHARTDOTCOM",
    "QUANDL",
    "WIKI",
    "MINUTE",
    "FIXED",
];

fn may_be_symbol(part: &str) -> bool {
    let upper = part.to_ascii_uppercase();
    let has_shape = (1..=14).contains(&part.len())
        && part
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '=' || c == '^')
        && !is_digits(part);
    has_shape && period::of_text(part).is_none() && !NOT_SYMBOLS.contains(&upper.as_str())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("binance", "BTCUSDT-1h-2023-01.csv", "BTCUSDT 1h")]
    #[case("binance", "ADABTC-1m-2021-11-27.csv", "ADABTC 1m")]
    #[case("binance", "btc-1h.csv", "")]
    #[case("kraken", "XBTUSD_1440.csv", "XBTUSD 1d")]
    #[case("histdata", "DAT_ASCII_EURUSD_M1_2017H1.csv.gz", "EURUSD 1m")]
    #[case("cryptodatadownload", "Coinbase_BTCUSD_d.csv", "BTCUSD 1d")]
    #[case("cryptodatadownload", "Binance_BTCUSDT_2023_minute.csv", "BTCUSDT 1m")]
    #[case("metatrader", "EURUSD_M15_202210100000_202310020645.csv", "EURUSD 15m")]
    #[case("metatrader", "EURUSD_15M.csv", "")]
    #[case("yahoo", "AAPL.csv", "")]
    fn only_documented_names_are_believed(
        #[case] layout: &str,
        #[case] name: &str,
        #[case] expected: &str,
    ) {
        let found = documented(layout, Path::new(name)).map_or_else(String::new, |told| {
            let timeframe = told.timeframe.map_or("?", Timeframe::as_str);
            format!("{} {timeframe}", told.symbol)
        });
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case("/x/BTC-USD.csv", "BTC-USD")]
    #[case("/x/FOREX_EURUSD_1H_ASK.csv", "EURUSD")]
    #[case("/x/STOCKS_GOOGL.csv", "GOOGL")]
    #[case("/x/orcl-2010-googlefinance.csv", "ORCL")]
    #[case("/AAPL/daily.csv", "AAPL")]
    fn the_likeliest_candidate_comes_first(#[case] path: &str, #[case] expected: &str) {
        let found = candidates(Path::new(path), None);
        assert_eq!(found.first().map(String::as_str), Some(expected));
    }

    #[rstest]
    #[case("AAPL_1min.csv", Some(Timeframe::M1))]
    #[case("EURUSD_M15.csv", Some(Timeframe::M15))]
    #[case("AAPL_1M.csv", None)]
    #[case("AAPL_5D.csv", None)]
    fn only_clear_words_speak_of_a_length(#[case] name: &str, #[case] expected: Option<Timeframe>) {
        assert_eq!(length_in(Path::new(name)), expected);
    }
}
