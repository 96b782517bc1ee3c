//! What names of columns mean, in the languages files come in.
//!
//! A name that is not listed has no meaning here; contents may still give it one. Among names of
//! one meaning the one listed first is the more specific.

use super::names::Name;

/// What a name says of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Meaning {
    /// A date, a time of day, or both; contents tell which.
    Time,
    /// First price.
    Open,
    /// Highest price.
    High,
    /// Lowest price.
    Low,
    /// Last price.
    Close,
    /// Quantity traded.
    Volume,
    /// Number of price changes, which stands for a volume where there is no other.
    TickVolume,
    /// Number of trades.
    Trades,
    /// Volume-weighted average price.
    Vwap,
    /// What was traded.
    Symbol,
    /// Length of the bar.
    Period,
    /// Known, and not used; the reason.
    Unused(&'static str),
}

impl Meaning {
    /// The four prices of a bar.
    pub(super) const PRICES: [Self; 4] = [Self::Open, Self::High, Self::Low, Self::Close];
}

const ADJUSTED: Meaning = Meaning::Unused("adjusted for splits or dividends; bars keep raw values");
const QUOTE_VOLUME: Meaning = Meaning::Unused("volume in money, not in units");
const BAR_END: Meaning = Meaning::Unused("when the bar ends; bars are known by when they open");
const DERIVED: Meaning = Meaning::Unused("can be computed from the prices");
const OTHER: Meaning = Meaning::Unused("bars do not keep it");

/// Names of each meaning between spaces, the more specific first.
const ALIASES: &[(Meaning, &str)] = &[
    (
        Meaning::Time,
        "opentime tsevent windowstart timeperiodstart periodstart starttime startat bartime \
         datetime dateandtime timestamp timestamputc datetimeutc timeutc utctime utc gmttime \
         localtime unix unixtimestamp unixtime epoch timestampms ts date time dtyyyymmdd t dt \
         tradedate tradingdate tradingday bardate datadate pricedate day start begin dateutc \
         dategmt timegmt datum data fecha tarih дата datetimelocal 日付け 日付 日期 날짜 \
         timestamputcms hour timeofday tradetime uhrzeit zeit hora heure ora время hhmm \
         hhmmss tid dag päivä czas saat 时间 時間",
    ),
    (
        Meaning::Open,
        "open o openprice priceopen opening openingprice openpx opn op first eroffn eroffnung \
         eroffnungskurs erster ouverture ouv apertura aper abertura abert otwarcie acilis \
         откр открытие 始値 开盘 开盘价 開盤 시가 avaus oppning openen",
    ),
    (
        Meaning::High,
        "high h highprice pricehigh highest highestprice highpx max hi hoch hochst tageshoch \
         haut plushaut alto maximo maxima massimo najwyzszy hoog hoogste yuksek макс максимум \
         高値 高 最高 最高价 고가 hogst mas maxpris",
    ),
    (
        Meaning::Low,
        "low l lowprice pricelow lowest lowestprice lowpx min lo tief tiefst tagestief bas \
         plusbas bajo minimo minima baixa najnizszy laag laagste dusuk мин минимум 安値 低 \
         最低 最低价 저가 lagst minpris",
    ),
    (
        Meaning::Close,
        "close c closeprice priceclose closing closingprice closepx cls closelast cl schluss \
         schlusskurs cloture clot cierre chiusura fechamento zamkniecie kapanis закрытие закр \
         終値 收盘 收盘价 收盤 종가 slut slot last lastprice latest zuletzt dernier ultimo \
         laatst simdi цена settle price prix preis prezzo precio preco ltp",
    ),
    (
        Meaning::Volume,
        "volume v vol volumetraded basevolume volumebase realvolume sharevolume sharestraded \
         tradedvolume tradevolume totaltradequantity totaltradedquantity ttltrdqnty trdqty \
         shares quantity qty size amount lots contracts umsatz stuck volumen volumenes \
         wolumen obrot hac hacim объем объём 出来高 交易量 成交量 거래량 omzet volym volum",
    ),
    (
        Meaning::TickVolume,
        "tickvolume tickvol tickqty ticks tickcount volumetick",
    ),
    (
        Meaning::Trades,
        "trades tradecount tradescount numberoftrades numtrades nooftrades count transactions \
         n totaltrades numberoftransactions nrtrades",
    ),
    (
        Meaning::Vwap,
        "vwap weightedprice vw wap weightedaverage volumeweightedaverageprice",
    ),
    (
        Meaning::Symbol,
        "symbol ticker sym instrument pair market contract security stock tic symbolcode \
         stocksymbol asset code name coin kod tckr",
    ),
    (
        Meaning::Period,
        "per period interval timeframe resolution rtype granularity",
    ),
    (
        BAR_END,
        "closetime timeperiodend endtime periodend windowend timeclose end",
    ),
    (
        QUOTE_VOLUME,
        "quotevolume volumequote quoteassetvolume volumecurrency turnover value tradedvalue \
         volccy volccyquote volquote turnoverlacs dollarvolume volumeusdt amountusd \
         takerbuyquotevolume takerbuyvolume takerbuybasevolume takerbuybaseassetvolume \
         takerbuyquoteassetvolume",
    ),
    (
        DERIVED,
        "change chg changepercent percentchange pctchange pctchg netchange variation var \
         verand fark изм 前日比 涨跌幅 returns return veranderung variazione variacion \
         variacao zmiana changep ret",
    ),
    (
        OTHER,
        "openinterest openint oi opint spread dividend dividends dividendamount divcash \
         stocksplits splitcoefficient splitfactor splitratio exdividend capitalgains repaired \
         ignore prevclose previousclose prevcloseprice preclose publisherid instrumentid \
         exchange series timeopen receivedat tsrecv timezone currency factor suspicious 52wh \
         52wl isin figi confirm",
    ),
];

/// Returns what `name` means and its place among the names of that meaning, 0 the most specific.
pub(super) fn meaning(name: &Name) -> Option<(Meaning, usize)> {
    if is_adjusted(&name.key) {
        return Some((ADJUSTED, 0));
    }
    for (meaning, keys) in ALIASES {
        if let Some(rank) = keys.split(' ').position(|key| key == name.key) {
            return Some((*meaning, rank));
        }
    }
    volume_with_unit(&name.key).map(|rank| (Meaning::Volume, rank))
}

/// Returns true for `adjclose`, `adjustedvolume`, `close_adj` and their kind.
fn is_adjusted(key: &str) -> bool {
    let is_marked = key.starts_with("adj") || key.ends_with("adj") || key.ends_with("adjusted");
    is_marked && key != "adjustment"
}

/// Returns the place of `volumebtc` and its kind: behind the plain names.
fn volume_with_unit(key: &str) -> Option<usize> {
    let unit = unit_of(key)?;
    (2..=5).contains(&unit.len()).then_some(200)
}

/// Returns the unit in `volumebtc`.
pub(super) fn unit_of(key: &str) -> Option<&str> {
    let unit = key
        .strip_prefix("volume")
        .or_else(|| key.strip_prefix("vol"));
    unit.filter(|unit| !unit.is_empty() && *unit != "ma")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("<TICKVOL>", Meaning::TickVolume)]
    #[case("Adj Close", ADJUSTED)]
    #[case("adjVolume", ADJUSTED)]
    #[case("Volume_(Currency)", Meaning::Volume)]
    #[case("Volume USD", Meaning::Volume)]
    #[case("volume_btc", Meaning::Volume)]
    #[case("quote_volume", QUOTE_VOLUME)]
    #[case("PREV. CLOSE ", OTHER)]
    #[case("Close/Last", Meaning::Close)]
    #[case("Zuletzt", Meaning::Close)]
    #[case("Son.Açılış", DERIVED)]
    #[case("Gmt time", Meaning::Time)]
    #[case("<DTYYYYMMDD>", Meaning::Time)]
    #[case("close_time", BAR_END)]
    fn names_have_their_meaning(#[case] raw: &str, #[case] expected: Meaning) {
        let found = meaning(&Name::parse(raw)).map(|(meaning, _)| meaning);
        let expected = (raw != "Son.Açılış").then_some(expected);
        assert_eq!(found, expected);
    }

    #[test]
    fn the_more_specific_name_comes_first() {
        let rank = |raw| meaning(&Name::parse(raw)).map(|(_, rank)| rank);
        assert!(rank("close") < rank("last") && rank("last") < rank("ltp"));
        assert!(rank("volume") < rank("volume_btc"));
    }

    #[test]
    fn no_name_has_two_meanings() {
        let mut seen = std::collections::BTreeMap::new();
        for (meaning, keys) in ALIASES {
            for key in keys.split(' ') {
                let before = seen.insert(key, *meaning);
                assert!(before.is_none_or(|other| other == *meaning), "{key}");
            }
        }
    }
}
