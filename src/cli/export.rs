//! `mda export`: writes all stored bars of some symbols, or of all.
//!
//! Bars are read in pieces and written as they come. A file takes its name when it is complete: one
//! that was there before stays whole until then, and for good when the export fails.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use super::ask::{self, Asker};
use super::pieces::Pieces;
use super::rows::{BarRow, RowWriter};
use super::session::Session;
use super::{ExportArgs, print, query};
use crate::api::{BarsQuery, StoreContents};
use crate::domain::{Source, Symbol, Timeframe};

/// Writes the bars that `args` asks for.
pub(super) async fn run(session: &Session, args: &ExportArgs) -> anyhow::Result<()> {
    let Some(path) = &args.out else {
        return ask::with_store(session, async |asker| {
            print::unless_gone(write(asker, args, print::rows()).await.map(drop))
        })
        .await;
    };
    ask::with_store_again(session, async |asker| {
        let unfinished = Unfinished::create(path)?;
        let file = BufWriter::new(unfinished.file.try_clone().context("failed to write")?);
        let rows = write(asker, args, file).await?;
        unfinished.finish()?;
        print::note(&format!("{rows} bars written to `{}`", path.display()));
        Ok(())
    })
    .await
}

/// Writes every series that is asked for, and returns how many bars these were.
async fn write(asker: &mut Asker, args: &ExportArgs, out: impl Write) -> anyhow::Result<u64> {
    let contents = asker.statistics().await?;
    let mut rows = RowWriter::begin::<BarRow<'_>>(out, args.format.into())?;
    for wanted in wanted(args, &contents) {
        let before = rows.rows();
        let mut pieces = Pieces::new(wanted.clone());
        while let Some(bars) = pieces.next(asker).await? {
            query::write_bars(&mut rows, &bars)?;
        }
        if rows.rows() == before {
            let symbol = &wanted.symbol;
            let stored = query::stored_of(symbol, &contents);
            print::note(&format!("no such bars of {symbol}; {stored}"));
        }
    }
    let count = rows.rows();
    rows.end()?;
    if count == 0 && args.symbols.is_empty() {
        print::note("no such bars; `mda stats` lists what is stored");
    }
    Ok(count)
}

/// Returns a question for each series: the stored ones, and one that is put together where none of
/// the wanted timeframe is stored of a symbol.
fn wanted(args: &ExportArgs, contents: &StoreContents) -> Vec<BarsQuery> {
    let mut symbols: Vec<Symbol> = args.symbols.clone();
    if symbols.is_empty() {
        symbols = contents
            .series
            .iter()
            .map(|one| one.symbol.clone())
            .collect();
    }
    symbols.sort();
    symbols.dedup();
    let mut questions = Vec::new();
    for symbol in symbols {
        let before = questions.len();
        let stored = contents.series.iter().filter(|one| {
            one.symbol == symbol
                && args.timeframe.is_none_or(|wanted| wanted == one.timeframe)
                && args
                    .source
                    .as_ref()
                    .is_none_or(|wanted| *wanted == one.source)
        });
        questions
            .extend(stored.map(|one| question(&symbol, one.timeframe, Some(one.source.clone()))));
        if questions.len() == before {
            let timeframe = args.timeframe.unwrap_or(Timeframe::M1);
            questions.push(question(&symbol, timeframe, args.source.clone()));
        }
    }
    questions
}

fn question(symbol: &Symbol, timeframe: Timeframe, source: Option<Source>) -> BarsQuery {
    BarsQuery {
        symbol: symbol.clone(),
        timeframe,
        from: None,
        to: None,
        limit: None,
        source,
        base: None,
    }
}

/// A file beside the one that is wanted; removed unless it is finished.
#[derive(Debug)]
struct Unfinished {
    file: File,
    path: PathBuf,
    target: PathBuf,
}

impl Unfinished {
    fn create(target: &Path) -> anyhow::Result<Self> {
        let name = target.file_name().filter(|_| !target.is_dir());
        let name = name.ok_or_else(|| {
            anyhow!(
                "`--out {}` is a folder; give a file in it",
                target.display()
            )
        })?;
        let unfinished = format!(".{}.{}.part", name.to_string_lossy(), std::process::id());
        let path = target.with_file_name(unfinished);
        let file = File::create(&path).with_context(|| {
            format!(
                "failed to write `{}`; `--out FILE` takes another",
                target.display()
            )
        })?;
        Ok(Self {
            file,
            path,
            target: target.to_owned(),
        })
    }

    /// Gives the file its name, once it is on the disk.
    fn finish(self) -> anyhow::Result<()> {
        let synced = self.file.sync_all();
        synced
            .and_then(|()| fs::rename(&self.path, &self.target))
            .with_context(|| format!("failed to write `{}`", self.target.display()))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After a rename there is nothing to remove.
        drop(fs::remove_file(&self.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_when_it_is_complete_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("bars.csv");
        fs::write(&target, "old").unwrap();
        let left = || fs::read_dir(folder.path()).unwrap().count();

        let unfinished = Unfinished::create(&target).unwrap();
        (&unfinished.file).write_all(b"new").unwrap();
        assert_eq!(left(), 2);
        drop(unfinished);
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        assert_eq!(left(), 1);

        let unfinished = Unfinished::create(&target).unwrap();
        (&unfinished.file).write_all(b"new").unwrap();
        unfinished.finish().unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert_eq!(left(), 1);
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = Unfinished::create(folder.path()).unwrap_err();
        assert!(error.to_string().contains("is a folder"));
    }
}
