//! [`Pieces`]: a range of stored bars, asked for in pieces that fit a frame of the local socket.
//!
//! All pieces are of the source and the base timeframe of the first: what is put together from
//! another base is refused rather than mixed.

use anyhow::{Result, bail};

use super::ask::Asker;
use crate::api::{BarsFound, BarsQuery};
use crate::domain::{Bar, Source, Timeframe, Timestamp};

/// Bars of one piece; with the longest names and numbers they take 7 of the 8 MiB of a frame.
const PIECE_BARS: u32 = 16_384;

/// Midnight of the first day of the year 0: earlier than any market, and a date everywhere.
const BEGINNING: Timestamp = Timestamp::from_secs(-62_167_219_200);

/// Who answered, out of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    /// Whose bars they are.
    pub(super) source: Source,
    /// The timeframe they were read from.
    pub(super) base: Timeframe,
}

/// What is left to ask for.
#[derive(Debug)]
pub(super) struct Pieces {
    query: BarsQuery,
    is_newest_first: bool,
    is_done: bool,
    answered: Option<Answered>,
}

impl Pieces {
    /// Asks for what `query` says: without a limit for all of the range.
    pub(super) fn new(query: BarsQuery) -> Self {
        let is_newest_first = query.limit.is_some() && query.from.is_none();
        let from = query.from.or((!is_newest_first).then_some(BEGINNING));
        Self {
            query: BarsQuery { from, ..query },
            is_newest_first,
            is_done: false,
            answered: None,
        }
    }

    /// Returns true when each piece is older than the one before it.
    pub(super) const fn is_newest_first(&self) -> bool {
        self.is_newest_first
    }

    /// Returns who answered; `None` until a bar was found.
    pub(super) const fn answered(&self) -> Option<&Answered> {
        self.answered.as_ref()
    }

    /// Asks for the next piece, in rising order of time; `None` when there is no more.
    ///
    /// # Errors
    /// When the agent refuses or is gone, or the next bars are made of another timeframe.
    pub(super) async fn next(&mut self, asker: &mut Asker) -> Result<Option<Vec<Bar>>> {
        if self.is_done || self.query.limit == Some(0) {
            return Ok(None);
        }
        let rows = self
            .query
            .limit
            .map_or(PIECE_BARS, |left| left.min(PIECE_BARS));
        let limit = Some(rows);
        let query = BarsQuery {
            limit,
            ..self.query.clone()
        };
        self.take(rows, asker.bars(query).await?)
    }

    fn take(&mut self, rows: u32, found: BarsFound) -> Result<Option<Vec<Bar>>> {
        let count = u32::try_from(found.bars.len()).unwrap_or(u32::MAX);
        self.is_done = count < rows;
        let (Some(first), Some(last)) = (found.bars.first(), found.bars.last()) else {
            return Ok(None);
        };
        let timeframe = self.query.timeframe;
        match &self.answered {
            Some(before) if before.base == found.base => {}
            // The stored ones came to their end; what goes on from finer ones is not of them.
            Some(before) if before.base == timeframe => {
                self.is_done = true;
                return Ok(None);
            }
            Some(before) => bail!(
                "{timeframe} bars of `{}` are put together from {} bars up to {} and from {} bars \
                 then; ask for one of these with `--timeframe`, or for a part with `--from` and \
                 `--to`",
                first.symbol,
                before.base,
                first.time,
                found.base,
            ),
            None => {
                self.answered = Some(Answered {
                    source: first.source.clone(),
                    base: found.base,
                });
            }
        }
        self.query.source = Some(first.source.clone());
        self.query.limit = self.query.limit.map(|left| left.saturating_sub(count));
        if self.is_newest_first {
            self.query.to = Some(first.time);
        } else {
            self.query.from = Some(Timestamp::from_micros(last.time.micros() + 1));
        }
        Ok(Some(found.bars))
    }
}
