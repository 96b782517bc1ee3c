//! `mda query SYMBOL`: prints stored bars.

use std::io::{self, Write};

use super::ask::{self, Asker};
use super::pieces::Pieces;
use super::rows::{BarRow, RowWriter};
use super::session::Session;
use super::{QueryArgs, RowFormat, print};
use crate::api::{BarsQuery, StoreContents};
use crate::domain::{Bar, Symbol};

/// Bars of a table when no limit is given.
const TABLE_ROWS: u32 = 500;

/// Prints the bars that `args` asks for.
pub(super) async fn run(session: &Session, args: &QueryArgs) -> anyhow::Result<()> {
    ask::with_store(session, async |asker| {
        print::unless_gone(answer(asker, args, print::rows()).await)
    })
    .await
}

async fn answer(asker: &mut Asker, args: &QueryArgs, out: impl Write) -> anyhow::Result<()> {
    let mut pieces = Pieces::new(question(args));
    let mut rows = RowWriter::begin::<BarRow<'_>>(out, args.format)?;
    if pieces.is_newest_first() {
        let mut newest_first = Vec::new();
        while let Some(bars) = pieces.next(asker).await? {
            newest_first.push(bars);
        }
        for bars in newest_first.iter().rev() {
            write_bars(&mut rows, bars)?;
        }
    } else {
        while let Some(bars) = pieces.next(asker).await? {
            write_bars(&mut rows, &bars)?;
        }
    }
    let count = rows.rows();
    rows.end()?;
    if count == 0 {
        let contents = asker.statistics().await?;
        print::note(&nothing_found(args, &contents));
        return Ok(());
    }
    if args.format == RowFormat::Table {
        print::note(&told(args, &pieces, count));
    }
    if args.explain {
        print::note(&explained(args, &pieces));
    }
    Ok(())
}

fn question(args: &QueryArgs) -> BarsQuery {
    let table_limit = (args.format == RowFormat::Table).then_some(TABLE_ROWS);
    BarsQuery {
        symbol: args.symbol.clone(),
        timeframe: args.timeframe,
        from: args.from,
        to: args.to,
        limit: args.limit.or(table_limit),
        source: args.source.clone(),
        base: None,
    }
}

/// Writes bars as rows.
pub(super) fn write_bars<W: Write>(rows: &mut RowWriter<W>, bars: &[Bar]) -> io::Result<()> {
    bars.iter()
        .try_for_each(|bar| rows.write(&BarRow::from(bar)))
}

/// Says how many bars these are, and whose.
fn told(args: &QueryArgs, pieces: &Pieces, count: u64) -> String {
    let bars = format!("{count} {} bars of {}", args.timeframe, args.symbol);
    let source = pieces.answered().map_or(String::new(), |answered| {
        format!(" from {}", answered.source)
    });
    let is_cut = args.limit.is_none() && count >= u64::from(TABLE_ROWS);
    let more = match (is_cut, args.from.is_some()) {
        (false, _) => "",
        (true, true) => "; these are the oldest of the range, `--limit N` shows more",
        (true, false) => "; these are the newest, `--limit N` shows more",
    };
    format!("{bars}{source}{more}")
}

/// Says which source and which timeframe answered, and why.
fn explained(args: &QueryArgs, pieces: &Pieces) -> String {
    let Some(answered) = pieces.answered() else {
        return String::new();
    };
    let why = match args.source {
        Some(_) => "as asked for",
        None => "the first by precedence that has bars in the range",
    };
    let (base, timeframe) = (answered.base, args.timeframe);
    let how = if base == timeframe {
        format!("{timeframe} bars, read as they are stored")
    } else {
        format!(
            "{base} bars, put together to {timeframe}: none of {timeframe} are stored in the \
             range, and {base} is the finest that covers it whole, or covers the most of it"
        )
    };
    format!("source: {}, {why}\nbase: {how}", answered.source)
}

/// Says that nothing was found, and what is stored instead.
fn nothing_found(args: &QueryArgs, contents: &StoreContents) -> String {
    let source = args
        .source
        .as_ref()
        .map_or(String::new(), |source| format!(" from {source}"));
    let range = if args.from.is_some() || args.to.is_some() {
        " in this range"
    } else {
        ""
    };
    let asked = format!(
        "no {} bars of {}{source}{range}",
        args.timeframe, args.symbol
    );
    format!("{asked}; {}", stored_of(&args.symbol, contents))
}

/// Says what is stored of a symbol.
pub(super) fn stored_of(symbol: &Symbol, contents: &StoreContents) -> String {
    if contents.series.is_empty() {
        return "the store is empty".to_owned();
    }
    let of_symbol = contents.series.iter().filter(|one| one.symbol == *symbol);
    let series: Vec<String> = of_symbol
        .map(|one| {
            let (from, to) = (one.oldest, one.newest);
            format!(
                "\n  {} from {}: {} bars, {from} to {to}",
                one.timeframe, one.source, one.rows
            )
        })
        .collect();
    if series.is_empty() {
        return format!("nothing of {symbol} is stored, `mda stats` lists what is");
    }
    format!("of {symbol} are stored:{}", series.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::SeriesContents;
    use crate::cli::{Cli, Command};
    use crate::domain::{Source, Timeframe, Timestamp};

    fn args(line: &str) -> QueryArgs {
        match Cli::parse_from_words(line.split(' ')).unwrap().command {
            Some(Command::Query(args)) => args,
            other => panic!("{other:?}"),
        }
    }

    fn contents(symbols: &[&str]) -> StoreContents {
        let series = |symbol: &&str| SeriesContents {
            symbol: Symbol::parse(symbol).unwrap(),
            timeframe: Timeframe::H1,
            source: Source::parse("yahoo").unwrap(),
            rows: 2,
            oldest: Timestamp::EPOCH,
            newest: Timestamp::from_secs(3_600),
        };
        StoreContents {
            store: "sqlite".to_owned(),
            rows: 2,
            bytes: 1,
            series: symbols.iter().map(series).collect(),
        }
    }

    #[test]
    fn only_a_table_is_cut_without_being_asked() {
        assert_eq!(question(&args("mda query A")).limit, Some(TABLE_ROWS));
        assert_eq!(question(&args("mda query A --format csv")).limit, None);
        assert_eq!(question(&args("mda query A --limit 7")).limit, Some(7));
    }

    #[test]
    fn nothing_found_says_what_there_is() {
        let asked = args("mda query EURUSD --from 2024-01-01");
        assert_eq!(
            nothing_found(&asked, &contents(&["EURUSD"])),
            "no 1m bars of EURUSD in this range; of EURUSD are stored:\n  \
             1h from yahoo: 2 bars, 1970-01-01T00:00:00Z to 1970-01-01T01:00:00Z"
        );
        assert!(nothing_found(&asked, &contents(&["IBM"])).ends_with("`mda stats` lists what is"));
        assert!(nothing_found(&asked, &contents(&[])).ends_with("the store is empty"));
    }
}
