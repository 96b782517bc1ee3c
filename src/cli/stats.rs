//! `mda stats`: prints what the store holds.

use std::io::Write;

use super::ask;
use super::rows::RowWriter;
use super::session::Session;
use super::{RowFormat, print};
use crate::api::{SeriesContents, StoreContents};

/// Prints the store, its size, and each series in it.
pub(super) async fn run(session: &Session, format: RowFormat) -> anyhow::Result<()> {
    let contents = ask::with_store_again(session, async |asker| asker.statistics().await).await?;
    print::unless_gone(write(print::rows(), &contents, format))?;
    match format {
        RowFormat::Csv | RowFormat::Ndjson => print::note(totals(&contents).trim_end()),
        RowFormat::Table | RowFormat::Json => {}
    }
    Ok(())
}

fn write(mut out: impl Write, contents: &StoreContents, format: RowFormat) -> anyhow::Result<()> {
    match format {
        RowFormat::Json => {
            out.write_all(print::pretty(contents)?.as_bytes())?;
            out.flush()?;
            return Ok(());
        }
        RowFormat::Table if contents.series.is_empty() => {
            out.write_all(totals(contents).as_bytes())?;
        }
        RowFormat::Table => writeln!(out, "{}", totals(contents))?,
        RowFormat::Csv | RowFormat::Ndjson => {}
    }
    let mut rows = RowWriter::begin::<SeriesContents>(out, format)?;
    for series in &contents.series {
        rows.write(series)?;
    }
    rows.end()?;
    Ok(())
}

/// Says what the store is, and how much it holds.
fn totals(contents: &StoreContents) -> String {
    format!(
        "store: {}\nbars:  {} in {} series\nbytes: {}\n",
        contents.store,
        contents.rows,
        contents.series.len(),
        contents.bytes,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: RowFormat) -> String {
        let contents = StoreContents {
            store: "sqlite:/d/market.sqlite".to_owned(),
            rows: 0,
            bytes: 4_096,
            series: Vec::new(),
        };
        let mut bytes = Vec::new();
        write(&mut bytes, &contents, format).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn an_empty_store_is_told_in_each_format() {
        assert_eq!(
            written(RowFormat::Table),
            "store: sqlite:/d/market.sqlite\nbars:  0 in 0 series\nbytes: 4096\n"
        );
        assert_eq!(
            written(RowFormat::Csv),
            "symbol,timeframe,source,rows,oldest,newest\n"
        );
        assert_eq!(written(RowFormat::Ndjson), "");
        let contents: StoreContents = serde_json::from_str(&written(RowFormat::Json)).unwrap();
        assert_eq!(contents.bytes, 4_096);
    }
}
