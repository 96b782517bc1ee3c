//! Every text file of the shared data, with what must be found in it and what must be asked.

use mda::api::ImportSpec;

use super::rig::{asked, line_of, map_file};
use crate::support::skip::shared_data;

const SYMBOL: &[&str] = &["--symbol"];
const SYMBOL_AND_ZONE: &[&str] = &["--symbol", "--timezone"];
const COLUMNS: &[&str] = &["--layout"];

/// The file, what is found, and what is asked.
type Case = (&'static str, &'static str, &'static [&'static str]);

const EXPECTATIONS: &[Case] = &[
    (
        "ohlcv/alphavantage-csv/daily_adjusted.csv",
        "alphavantage | time open high low close - volume - - | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/barchart-csv/jpyusd_barchartdotcom.csv",
        "barchart | time open high low close - volume | mdy - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/binance-klines-csv/ADABTC-1m-2021-11-27.csv",
        "binance | time open high low close volume - - trades - - - | epoch UTC 1m ADABTC",
        &[],
    ),
    (
        "ohlcv/binance-klines-csv/ADABTC-1m-2021-11-28.csv",
        "binance | time open high low close volume - - trades - - - | epoch UTC 1m ADABTC",
        &[],
    ),
    (
        "ohlcv/binance-klines-csv/BTCUSDT-1h-2023-01.csv",
        "binance | time open high low close volume - - trades - - - | epoch UTC 1h BTCUSDT",
        &[],
    ),
    (
        "ohlcv/binance-klines-csv/BTCUSDT-1h-2023-02.csv",
        "binance | time open high low close volume - - trades - - - | epoch UTC 1h BTCUSDT",
        &[],
    ),
    (
        "ohlcv/cryptodatadownload-csv/Coinbase_BTCUSD_d.csv",
        "cryptodatadownload | time symbol open high low close volume - | ymd - 1d BTCUSD",
        &[],
    ),
    (
        "ohlcv/dukascopy-csv/FOREX_EURUSD_1H_ASK.csv",
        "dukascopy | time open high low close volume | dmy ? 1h ?",
        SYMBOL_AND_ZONE,
    ),
    (
        "ohlcv/google-finance/MSFT_INTRA_DAY.csv",
        "ohlcv | - - - - - - | ? ? ? ?",
        COLUMNS,
    ),
    (
        "ohlcv/google-finance/orcl-2010-googlefinance.csv",
        "ohlcv | time open high low close volume | name - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/histdata-ascii/DAT_ASCII_EURUSD_M1_201703_1_10.csv",
        "histdata | time open high low close volume | ymd ? 1m EURUSD",
        &["--timezone"],
    ),
    (
        "ohlcv/kraken-ohlcvt/XBTUSD_1440.csv",
        "kraken | time open high low close volume trades | epoch UTC 1d XBTUSD",
        &[],
    ),
    (
        "ohlcv/metatrader-csv/EURUSD_15M.csv",
        "metatrader | time open high low close volume - - | ymd ? 15m ?",
        SYMBOL_AND_ZONE,
    ),
    (
        "ohlcv/metatrader-csv/EURUSD_M5.csv",
        "metatrader | - time open high low close volume - - - - - - | epoch UTC 5m ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/2006-min-005.txt",
        "ohlcv | date time open high low close volume - | ymd ? 5m ?",
        SYMBOL_AND_ZONE,
    ),
    (
        "ohlcv/misc-csv/30min-bitstampUSD-2.csv",
        "ohlcv | time open high low close volume - | ymd ? 30m ?",
        SYMBOL_AND_ZONE,
    ),
    (
        "ohlcv/misc-csv/AAPL_1min.csv",
        "ohlcv | - - - time open high low close volume | ymd offset 1m ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/SP500_NOV2019_IDay.csv",
        "ohlcv | time open close high low volume | mdy ? 1m ?",
        SYMBOL_AND_ZONE,
    ),
    (
        "ohlcv/misc-csv/SPY_D.csv",
        "ohlcv | - time open high low close volume | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/apple_stocks.csv",
        "yahoo-legacy | time open high low close volume - | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/btc-1d-header.csv",
        "ohlcv | time open close low high volume trades - | epoch UTC 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/btc-1h.csv",
        "ohlcv | time open close low high volume - | epoch UTC 1h ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/finance-charts-apple.csv",
        "ohlcv | time open high low close volume - - - - - | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/issue0859-ist-offsets.csv",
        "ohlcv | time open high low close volume | ymd offset 3m ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/issue142-scientific.csv",
        "ohlcv | time open high low close volume | ymd ? 1h ?",
        SYMBOL_AND_ZONE,
    ),
    (
        "ohlcv/misc-csv/msft.csv",
        "yahoo-legacy | time open high low close volume - | name - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/spy-daily-default.csv",
        "ohlcv | time open high low close volume | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/misc-csv/spy-intraday.csv",
        "ohlcv | time open high low close volume | ymd ? 1m ?",
        SYMBOL_AND_ZONE,
    ),
    (
        "ohlcv/nasdaq-csv/tesla-stock-price.csv",
        "nasdaq | time close volume open high low | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/ninjatrader-txt/nt-spy-minute-2011.csv",
        "ninjatrader | time open high low close volume | ymd ? 1m ?",
        SYMBOL_AND_ZONE,
    ),
    (
        "ohlcv/quandl-wiki-csv/WIKI-AAPL-2011-quandl.csv",
        "quandl | time open high low close volume - - - - - - - | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/quandl-wiki-csv/hello-world-stock.csv",
        "quandl | - time open high low close volume - - - - - - - symbol | ymd - 1d AAPL, COKE, TSLA",
        &[],
    ),
    (
        "ohlcv/stooq-csv/msft.csv",
        "stooq | time open high low close volume - | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/tsv/AAPL_full.tsv",
        "yahoo-legacy | time open high low close volume - | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/tsv/MSFT_INTRA_DAY.tsv",
        "ohlcv | time open high low close volume | epoch UTC 1m ?",
        SYMBOL,
    ),
    (
        "ohlcv/yahoo-csv-legacy/DBC-2007-yahoofinance.csv",
        "yahoo-legacy | time open high low close volume - | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yahoo-csv-legacy/orcl-2000-yahoofinance.csv",
        "yahoo-legacy | time open high low close volume - | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yahoo-csv-legacy/table.csv",
        "yahoo-legacy | time open high low close volume - | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yahoo-csv/BTC-USD.csv",
        "yahoo | time open high low close - volume | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yahoo-csv/STOCKS_GOOGL.csv",
        "yahoo | time open high low close - volume | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yahoo-csv/aapl.csv",
        "yahoo | time open high low close - volume | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yahoo-csv/sp500-2000.csv",
        "yahoo | time open high low close - volume | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yahoo-csv/yahoofinance-AAPL-20040819-20180120.csv",
        "yahoo | time open high low close - volume | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yahoo-csv/yahoofinance-SPY-20080101-20180101.csv",
        "yahoo | time open high low close - volume | ymd - 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yfinance-csv/4063-T-1d-bad-stock-split-fixed.csv",
        "yfinance | time open high low close - volume - - | ymd offset 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yfinance-csv/4063-T-1d-bad-stock-split.csv",
        "yfinance | time open high low close - volume - - | ymd offset 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yfinance-csv/AET-L-1d-100x-error-fixed.csv",
        "yfinance | time open high low close - volume - - | ymd offset 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yfinance-csv/AET-L-1d-100x-error.csv",
        "yfinance | time open high low close - volume - - | ymd offset 1d ?",
        SYMBOL,
    ),
    (
        "ohlcv/yfinance-csv/ASAI-L-1h-bad-unit-fixed.csv",
        "yfinance | time open high low close - volume - - | ymd offset 1h ?",
        SYMBOL,
    ),
    (
        "ohlcv/yfinance-csv/ASAI-L-1h-bad-unit.csv",
        "yfinance | time open high low close - volume - - | ymd offset 1h ?",
        SYMBOL,
    ),
    (
        "ohlcv/yfinance-csv/EA-15m-no-bad-divs.csv",
        "yfinance | time open high low close - volume - - | ymd offset 15m ?",
        SYMBOL,
    ),
    (
        "ohlcv/yfinance-csv/KEN-TA-1d-bad-div.csv",
        "yfinance | time open high low close - volume - - | ymd offset 1d ?",
        SYMBOL,
    ),
    (
        "quotes/histdata-tick-ascii/quote_tick_data.csv",
        "ohlcv | - - - - | ? ? ? ?",
        COLUMNS,
    ),
    (
        "quotes/truefx-csv/usdjpy-ticks.csv",
        "ohlcv | time - - | ? ? ? ?",
        COLUMNS,
    ),
    (
        "trades/binance_BTCUSDT_24h-trades_2020_11_16.csv",
        "ohlcv | - - - - | ? ? ? ?",
        COLUMNS,
    ),
    (
        "trades/bitcoincharts-csv/bitstampUSD.csv",
        "ohlcv | - - - | ? ? ? ?",
        COLUMNS,
    ),
    (
        "trades/ib-ticks.csv",
        "ohlcv | - time close | ? ? ? ?",
        COLUMNS,
    ),
    (
        "trades/kraken-csv/BCHEUR.csv",
        "ohlcv | - - - | ? ? ? ?",
        COLUMNS,
    ),
];

#[test]
fn every_file_of_the_shared_data_is_understood_or_asked_about() {
    let mut faults = Vec::new();
    for (file, expected, questions) in EXPECTATIONS {
        let Some(path) = shared_data(file) else {
            return;
        };
        let mapping = map_file(&path, &ImportSpec::default());
        let found = (line_of(&mapping), asked(&mapping));
        if found != ((*expected).to_owned(), questions.to_vec()) {
            faults.push("{file}\n  want {expected} {questions:?}\n  have {found:?}");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
