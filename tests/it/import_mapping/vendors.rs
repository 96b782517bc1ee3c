//! The headers and first lines of vendors, each with what must be found.

use mda::api::ImportSpec;

use super::rig::{Step, asked, line_of, map_text, rows};
use Step::{Day, Minutes};

/// Name of the file, header, row, distance of rows, what must be found.
type Case = (&'static str, &'static str, &'static str, Step, &'static str);

const OHLCV: &str = "{o},{h},{l},{c},{v}";

/// Files with a header.
const NAMED: &[Case] = &[
    (
        "AAPL.csv",
        "Date,Open,High,Low,Close,Adj Close,Volume",
        "%Y-%m-%d,{o},{h},{l},{c},{c},{v}",
        Day,
        "yahoo | time open high low close - volume | ymd - 1d ?",
    ),
    (
        "AAPL.csv",
        "Date,Open,High,Low,Close,Volume,Adj Close",
        "%Y-%m-%d,{o},{h},{l},{c},{v},{c}",
        Day,
        "yahoo-legacy | time open high low close volume - | ymd - 1d ?",
    ),
    (
        "x.csv",
        "Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,",
        "%Y-%m-%d,{c},{h},{l},{o},{v}",
        Day,
        "yfinance | time close high low open volume | ymd - 1d AAPL",
    ),
    (
        "x.csv",
        "Datetime,Open,High,Low,Close,Volume,Dividends,Stock Splits",
        "%Y-%m-%d %H:%M:%S-05:00,{o},{h},{l},{c},{v},0.0,0.0",
        Minutes(5),
        "yfinance | time open high low close volume - - | ymd offset 5m ?",
    ),
    (
        "aapl_us_d.csv",
        "Date,Open,High,Low,Close,Volume",
        "%Y-%m-%d,{o},{h},{l},{c},{v}",
        Day,
        "ohlcv | time open high low close volume | ymd - 1d ?",
    ),
    (
        "aapl.us.txt",
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>",
        "AAPL.US,D,%Y%m%d,000000,{o},{h},{l},{c},{v},0",
        Day,
        "stooq | symbol - date time open high low close volume - | ymd - 1d AAPL.US",
    ),
    (
        "kgh_d.csv",
        "Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen",
        "%Y-%m-%d,{o},{h},{l},{c},{v}",
        Day,
        "stooq | time open high low close volume | ymd - 1d ?",
    ),
    (
        "x.csv",
        "<TICKER>;<PER>;<DATE>;<TIME>;<OPEN>;<HIGH>;<LOW>;<CLOSE>;<VOL>",
        "USDRUB;5;%Y%m%d;%H%M%S;{o};{h};{l};{c};{v}",
        Minutes(5),
        "finam | symbol - date time open high low close volume | ymd ? 5m USDRUB",
    ),
    (
        "x.txt",
        "<TICKER>,<DTYYYYMMDD>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>",
        "EURUSD,%Y%m%d,%H%M%S,{o},{h},{l},{c},{v}",
        Minutes(1),
        "forexite | symbol date time open high low close volume | ymd ? 1m EURUSD",
    ),
    (
        "x.csv",
        "timestamp,open,high,low,close,volume",
        "%Y-%m-%d %H:%M:%S,{o},{h},{l},{c},{v}",
        Minutes(5),
        "alphavantage | time open high low close volume | ymd ? 5m ?",
    ),
    (
        "x.csv",
        "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient",
        "%Y-%m-%d,{o},{h},{l},{c},{c},{v},0.0,1.0",
        Day,
        "alphavantage | time open high low close - volume - - | ymd - 1d ?",
    ),
    (
        "2024-01-22.csv",
        "ticker,volume,open,close,high,low,window_start,transactions",
        "AAPL,{v},{o},{c},{h},{l},{ns},{n}",
        Minutes(1),
        "polygon | symbol volume open close high low time trades | epoch UTC 1m AAPL",
    ),
    (
        "BTCUSDT-1h-2024-01.csv",
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
        "{ms},{o},{h},{l},{c},{v},{ms_end},{q},{n},1,2,0",
        Minutes(60),
        "binance | time open high low close volume - - trades - - - | epoch UTC 1h BTCUSDT",
    ),
    (
        "x.csv",
        "Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades,Taker buy base asset volume,Taker buy quote asset volume,Ignore",
        "{ms},{o},{h},{l},{c},{v},{ms_end},{q},{n},1,2,0",
        Minutes(60),
        "binance | time open high low close volume - - trades - - - | epoch UTC 1h ?",
    ),
    (
        "Gemini_BTCUSD_1h.csv",
        "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD",
        "{ms},%Y-%m-%d %H:%M:%S,BTC/USD,{o},{h},{l},{c},{v},{q}",
        Minutes(60),
        "cryptodatadownload | time - symbol open high low close volume - | epoch UTC 1h BTC/USD",
    ),
    (
        "x.csv",
        "Timestamp,Open,High,Low,Close,Volume_(BTC),Volume_(Currency),Weighted_Price",
        "{s},{o},{h},{l},{c},{v},{q},{w}",
        Minutes(1),
        "kaggle | time open high low close volume - vwap | epoch UTC 1m ?",
    ),
    (
        "EURUSD_M15_202401220930_202401221700.csv",
        "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>",
        "%Y.%m.%d\t%H:%M:%S\t{o}\t{h}\t{l}\t{c}\t{v}\t0\t5",
        Minutes(15),
        "metatrader | date time open high low close volume - - | ymd ? 15m EURUSD",
    ),
    (
        "EURUSD_Daily_202401220000_202403010000.csv",
        "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>",
        "%Y.%m.%d\t{o}\t{h}\t{l}\t{c}\t{v}\t0\t5",
        Day,
        "metatrader | time open high low close volume - - | ymd - 1d EURUSD",
    ),
    (
        "EURUSD_Candlestick_1_M_BID_22.01.2024-23.01.2024.csv",
        "Gmt time,Open,High,Low,Close,Volume",
        "%d.%m.%Y %H:%M:%S.000,{o},{h},{l},{c},{v}.25",
        Minutes(1),
        "dukascopy | time open high low close volume | dmy UTC 1m EURUSD",
    ),
    (
        "x.csv",
        "Local time,Open,High,Low,Close,Volume",
        "%d.%m.%Y %H:%M:%S.000 GMT+0900,{o},{h},{l},{c},{v}",
        Minutes(1),
        "dukascopy | time open high low close volume | dmy offset 1m ?",
    ),
    (
        "NASDAQ_AAPL, 60.csv",
        "time,open,high,low,close,Volume,Volume MA",
        "{s},{o},{h},{l},{c},{v},",
        Minutes(60),
        "tradingview | time open high low close volume - | epoch UTC 1h ?",
    ),
    (
        "x.csv",
        "time,open,high,low,close,Volume",
        "%Y-%m-%dT%H:%M:%S-05:00,{o},{h},{l},{c},{v}",
        Minutes(60),
        "tradingview | time open high low close volume | ymd offset 1h ?",
    ),
    (
        "x.csv",
        "Date,Close/Last,Volume,Open,High,Low",
        "%m/%d/%Y,${c},{v},${o},${h},${l}",
        Day,
        "nasdaq | time close volume open high low | mdy - 1d ?",
    ),
    (
        "x.csv",
        "\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"",
        "\"%m/%d/%Y\",\"1,{c}\",\"1,{o}\",\"1,{h}\",\"1,{l}\",\"120.5M\",\"1.2%%\"",
        Day,
        "investing | time close open high low volume - | mdy - 1d ?",
    ),
    (
        "x.csv",
        "\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"",
        "\"%b %d, %Y\",\"{c}\",\"{o}\",\"{h}\",\"{l}\",\"1.5K\",\"1.2%%\"",
        Day,
        "investing | time close open high low volume - | name - 1d ?",
    ),
    (
        "x.csv",
        "\"Datum\",\"Zuletzt\",\"Eröffn.\",\"Hoch\",\"Tief\",\"Vol.\",\"+/- %\"",
        "\"%d.%m.%Y\",\"{C}\",\"{O}\",\"{H}\",\"{L}\",\"1,5K\",\"1,2%%\"",
        Day,
        "investing | time close open high low volume - | dmy - 1d ?",
    ),
    (
        "x.csv",
        "\"Date\",\"Dernier\",\"Ouv.\",\"Plus Haut\",\"Plus Bas\",\"Vol.\",\"Variation %\"",
        "\"%d/%m/%Y\",\"{C}\",\"{O}\",\"{H}\",\"{L}\",\"1,5K\",\"1,2%%\"",
        Day,
        "investing | time close open high low volume - | dmy - 1d ?",
    ),
    (
        "x.csv",
        "\"Fecha\",\"Último\",\"Apertura\",\"Máximo\",\"Mínimo\",\"Vol.\",\"% var.\"",
        "\"%d.%m.%Y\",\"{C}\",\"{O}\",\"{H}\",\"{L}\",\"1,5K\",\"1,2%%\"",
        Day,
        "investing | time close open high low volume - | dmy - 1d ?",
    ),
    (
        "x.csv",
        "\"Data\",\"Ultimo\",\"Apertura\",\"Massimo\",\"Minimo\",\"Vol.\",\"Var. %\"",
        "\"%d.%m.%Y\",\"{C}\",\"{O}\",\"{H}\",\"{L}\",\"1,5K\",\"1,2%%\"",
        Day,
        "investing | time close open high low volume - | dmy - 1d ?",
    ),
    (
        "x.csv",
        "\"Data\",\"Último\",\"Abertura\",\"Máxima\",\"Mínima\",\"Vol.\",\"Var%\"",
        "\"%d.%m.%Y\",\"{C}\",\"{O}\",\"{H}\",\"{L}\",\"1,5K\",\"1,2%%\"",
        Day,
        "investing | time close open high low volume - | dmy - 1d ?",
    ),
    (
        "x.csv",
        "\"Tarih\",\"Şimdi\",\"Açılış\",\"Yüksek\",\"Düşük\",\"Hac.\",\"Fark %\"",
        "\"%d.%m.%Y\",\"{C}\",\"{O}\",\"{H}\",\"{L}\",\"1,5K\",\"1,2%%\"",
        Day,
        "investing | time close open high low volume - | dmy - 1d ?",
    ),
    (
        "x.csv",
        "\"Дата\",\"Цена\",\"Откр.\",\"Макс.\",\"Мин.\",\"Объём\",\"Изм. %\"",
        "\"%d.%m.%Y\",\"{C}\",\"{O}\",\"{H}\",\"{L}\",\"1,5K\",\"1,2%%\"",
        Day,
        "investing | time close open high low volume - | dmy - 1d ?",
    ),
    (
        "x.csv",
        "\"日付け\",\"終値\",\"始値\",\"高値\",\"安値\",\"出来高\",\"変化率 %\"",
        "\"%Y/%m/%d\",\"{c}\",\"{o}\",\"{h}\",\"{l}\",\"1.5K\",\"1.2%%\"",
        Day,
        "investing | time close open high low volume - | ymd - 1d ?",
    ),
    (
        "x.csv",
        "Date ,series ,OPEN ,HIGH ,LOW ,PREV. CLOSE ,ltp ,close ,vwap ,52W H,52W L ,VOLUME ,VALUE ,No of trades ",
        "%d-%b-%Y,EQ,{o},{h},{l},{c},{c},{c},{w},{h},{l},{v},{q},{n}",
        Day,
        "nse | time - open high low - - close vwap - - volume - trades | name - 1d ?",
    ),
    (
        "x.csv",
        "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol",
        "%Y-%m-%dT%H:%M:%S.000000000Z,33,1,5482,{o},{h},{l},{c},{v},ESH4",
        Minutes(1),
        "databento | time - - - open high low close volume symbol | ymd offset 1m ESH4",
    ),
    (
        "x.csv",
        "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor",
        "%Y-%m-%dT00:00:00.000Z,{c},{h},{l},{o},{v},{c},{h},{l},{o},{v},0.0,1.0",
        Day,
        "tiingo | time close high low open volume - - - - - - - | ymd offset 1d ?",
    ),
    (
        "x.csv",
        "Time,Open,High,Low,Last,Change,Volume",
        "%m/%d/%Y,{o},{h},{l},{c},0.5,{v}",
        Day,
        "barchart | time open high low close - volume | mdy - 1d ?",
    ),
    (
        "x.txt",
        "Date,Open,High,Low,Close,Volume,OpenInterest",
        "%Y-%m-%d,%H:%M:%S,{o},{h},{l},{c},{v},0",
        Minutes(5),
        "ohlcv | date time open high low close volume - | ymd ? 5m ?",
    ),
    (
        "x.csv",
        ",Open,High,Low,Close,Volume",
        "%Y-%m-%d,{o},{h},{l},{c},{v}",
        Day,
        "ohlcv | time open high low close volume | ymd - 1d ?",
    ),
    (
        "x.csv",
        "time_period_start;time_period_end;time_open;time_close;price_open;price_high;price_low;price_close;volume_traded;trades_count",
        "%Y-%m-%dT%H:%M:00.0000000Z;%Y-%m-%dT%H:%M:59.0000000Z;%Y-%m-%dT%H:%M:01.0000000Z;%Y-%m-%dT%H:%M:58.0000000Z;{o};{h};{l};{c};{v};{n}",
        Minutes(1),
        "coinapi | time - - - open high low close volume trades | ymd offset 1m ?",
    ),
    (
        "x.csv",
        "Date,Open_AAPL,High_AAPL,Low_AAPL,Close_AAPL,Volume_AAPL",
        "%Y-%m-%d,{o},{h},{l},{c},{v}",
        Day,
        "ohlcv | time open high low close volume | ymd - 1d ?",
    ),
    (
        "x.csv",
        "Date,Open,High,Low,Close,Volume,Ex-Dividend,Split Ratio,Adj. Open,Adj. High,Adj. Low,Adj. Close,Adj. Volume",
        "%Y-%m-%d,{o},{h},{l},{c},{v},0.0,1.0,{o},{h},{l},{c},{v}",
        Day,
        "quandl | time open high low close volume - - - - - - - | ymd - 1d ?",
    ),
    (
        "x.txt",
        "Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume",
        "%Y/%m/%d, %H:%M:%S, {o}, {h}, {l}, {c}, {v}, {n}, 1, 2",
        Minutes(1),
        "ohlcv | date time open high low close volume trades - - | ymd ? 1m ?",
    ),
    (
        "x.csv",
        "start_at,symbol,period,open,high,low,close,volume,turnover",
        "{s},BTCUSD,5,{o},{h},{l},{c},{v},{q}",
        Minutes(5),
        "ohlcv | time symbol - open high low close volume - | epoch UTC 5m BTCUSD",
    ),
    (
        "x.csv",
        "id,open,close,low,high,vol,amount",
        "{s},{o},{c},{l},{h},{q},{v}",
        Minutes(5),
        "ohlcv | time open close low high - volume | epoch UTC 5m ?",
    ),
];

/// Files without a header.
const UNNAMED: &[Case] = &[
    (
        "ADABTC-1m-2024-01.csv",
        "",
        "{ms},{o},{h},{l},{c},{v},{ms_end},{q},{n},1,2,0",
        Minutes(1),
        "binance | time open high low close volume - - trades - - - | epoch UTC 1m ADABTC",
    ),
    (
        "BTCUSDT-1m-2025-01.csv",
        "",
        "{us},{o},{h},{l},{c},{v},{us_end},{q},{n},1,2,0",
        Minutes(1),
        "binance | time open high low close volume - - trades - - - | epoch UTC 1m BTCUSDT",
    ),
    (
        "XBTUSD_60.csv",
        "",
        "{s},{o},{h},{l},{c},{v},{n}",
        Minutes(60),
        "kraken | time open high low close volume trades | epoch UTC 1h XBTUSD",
    ),
    (
        "x.csv",
        "",
        "{ms},{n},{o},{h},{l},{c},{v},{w}",
        Minutes(1),
        "ohlcv | time - open high low close volume - | epoch UTC 1m ?",
    ),
    (
        "DAT_ASCII_EURUSD_M1_2024.csv",
        "",
        "%Y%m%d %H%M%S;{o};{h};{l};{c};0",
        Minutes(1),
        "histdata | time open high low close volume | ymd ? 1m EURUSD",
    ),
    (
        "SPY.Last.txt",
        "",
        "%Y%m%d %H%M%S;{o};{h};{l};{c};{v}",
        Minutes(1),
        "ninjatrader | time open high low close volume | ymd ? 1m ?",
    ),
    (
        "EURUSD1.csv",
        "",
        "%Y.%m.%d,%H:%M,{o},{h},{l},{c},{v}",
        Minutes(1),
        "metatrader | date time open high low close volume | ymd ? 1m ?",
    ),
    (
        "AAPL_1min.txt",
        "",
        "%Y-%m-%d %H:%M:%S,{o},{h},{l},{c},{v}",
        Minutes(1),
        "ohlcv | time open high low close volume | ymd ? 1m ?",
    ),
    (
        "x.csv",
        "",
        "TICK,D,%Y%m%d,0,{o},{h},{l},{c},{v},0",
        Day,
        "ohlcv | symbol - date time open high low close volume - | ymd - 1d TICK",
    ),
    (
        "x.csv",
        "",
        "{s},{o},{c},{l},{h},{v}.5,{n}",
        Minutes(60),
        "ohlcv | time open close low high volume - | epoch UTC 1h ?",
    ),
];

fn check(cases: &[Case]) {
    let mut faults = Vec::new();
    for (name, header, row, step, expected) in cases {
        let lines = rows(row, *step, 30);
        let text = if header.is_empty() {
            lines
        } else {
            format!("{header}\n{lines}")
        };
        let mapping = map_text(name, &text, &ImportSpec::default());
        let found = line_of(&mapping);
        if found != *expected {
            let why: Vec<&str> = mapping.questions.iter().map(|q| q.text.as_str()).collect();
            faults.push(format!(
                "{header} {row}\n  want {expected}\n  have {found}\n  {why:?}"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_header_of_the_catalogue_is_understood() {
    assert!(NAMED.len() + UNNAMED.len() >= 40);
    check(NAMED);
}

#[test]
fn every_file_without_header_of_the_catalogue_is_understood() {
    check(UNNAMED);
}

#[test]
fn files_that_hold_no_bars_end_in_a_question() {
    for (header, row) in [
        ("timestamp,price,amount", "{s},{c},{v}"),
        ("timestamp,price,amount,side", "{s},{c},{v},buy"),
        (
            "timestamp,bid,ask,bid_size,ask_size",
            "{ms},{l},{h},{v},{n}",
        ),
        ("timestamp,bid,ask,last,mark", "{ms},{l},{h},{o},{c}"),
        ("", "{s},{c},{v}"),
        (
            "Price,Close,Close,High,High,Low,Low,Open,Open\nTicker,A,B,A,B,A,B,A,B\nDate,,,,,,,,",
            "%Y-%m-%d,{c},{c},{h},{h},{l},{l},{o},{o}",
        ),
        (
            "Date,Open_A,High_A,Low_A,Close_A,Open_B,High_B,Low_B,Close_B",
            "%Y-%m-%d,{o},{h},{l},{c},{o},{h},{l},{c}",
        ),
        ("", "%Y%m%d %H%M%S000,{l},{h},0"),
        ("close_time,open,high,low,close", "{ms},{o},{h},{l},{c}"),
        ("date,open,high,low,adj close", "%Y-%m-%d,{o},{h},{l},{c}"),
        (
            "time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close",
            "{s},{o},{h},{l},{c},{o},{h},{l},{c}",
        ),
    ] {
        let lines = rows(row, Minutes(1), 30);
        let text = if header.is_empty() {
            lines
        } else {
            format!("{header}\n{lines}")
        };
        let mapping = map_text("BTCUSD.csv", &text, &ImportSpec::default());
        assert!(
            asked(&mapping).contains(&"--layout"),
            "{header} {row}: {mapping:?}"
        );
    }
}

#[test]
fn localized_numbers_are_read_in_their_notation() {
    let row = format!("%d.%m.%Y;{}", OHLCV.replace(',', ";").to_uppercase());
    let row = row.replace("{V}", "{v}");
    let text = format!(
        "Datum;Eröffnung;Hoch;Tief;Schluss;Umsatz\n{}",
        rows(&row, Day, 30)
    );
    let spec = ImportSpec {
        symbol: Some("SAP.DE".parse().unwrap()),
        ..ImportSpec::default()
    };
    let mapping = map_text("x.csv", &text, &spec);
    let layout = mapping.layout.expect("nothing is left to ask");
    assert_eq!((layout.numbers.decimal, layout.numbers.group), (',', None));
}
