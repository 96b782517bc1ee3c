//! [`Pieces`]: a range of stored bars, asked for in pieces that fit a frame of the local socket.
//!
//! The first piece tells the source and the base timeframe; the others are asked for with both, so
//! that what is put together is of one base from its beginning to its end.

use anyhow::Result;

use super::ask::{AskError, Asker};
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
    /// When the agent refuses or is gone, or answers out of another base than asked for.
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
        if self.query.base.is_some_and(|asked| asked != found.base) {
            return Err(AskError::WrongAnswer.into());
        }
        if self.answered.is_none() {
            self.answered = Some(Answered {
                source: first.source.clone(),
                base: found.base,
            });
        }
        self.query.base = Some(found.base);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Price, QualityScore, Symbol, Volume};

    fn query(from: Option<Timestamp>, limit: Option<u32>) -> BarsQuery {
        BarsQuery {
            symbol: Symbol::parse("EURUSD").unwrap(),
            timeframe: Timeframe::H1,
            from,
            to: None,
            limit,
            source: None,
            base: None,
        }
    }

    fn found(base: Timeframe, times: &[i64]) -> BarsFound {
        let bar = |time: &i64| Bar {
            symbol: Symbol::parse("EURUSD").unwrap(),
            timeframe: Timeframe::H1,
            time: Timestamp::from_secs(*time),
            open: Price::MAX,
            high: Price::MAX,
            low: Price::MAX,
            close: Price::MAX,
            volume: Volume::MAX,
            trade_count: Some(u64::MAX),
            vwap: Some(Price::MIN),
            source: Source::parse("yahoo").unwrap(),
            quality_score: QualityScore::MAX,
        };
        BarsFound {
            source: Source::parse("yahoo").ok(),
            base,
            bars: times.iter().map(bar).collect(),
        }
    }

    #[test]
    fn a_piece_fits_a_frame_of_the_local_socket() {
        let mut one = found(Timeframe::H1, &[0]).bars.remove(0);
        one.symbol = Symbol::parse(&"S".repeat(Symbol::LEN_MAX)).unwrap();
        one.source = Source::parse(&"s".repeat(Source::LEN_MAX)).unwrap();
        let len = serde_json::to_string(&one).unwrap().len() + ",".len();
        let room = crate::client::FRAME_LEN_MAX - 1_024;
        assert!(len * PIECE_BARS as usize <= room, "{len} bytes a bar");
    }

    #[test]
    fn the_next_piece_is_of_the_same_source_and_goes_on_where_the_last_ended() {
        let mut oldest = Pieces::new(query(Some(Timestamp::EPOCH), Some(5)));
        let piece = oldest.take(2, found(Timeframe::H1, &[0, 3_600])).unwrap();
        assert_eq!(piece.unwrap().len(), 2);
        assert_eq!(
            oldest.query.from,
            Some(Timestamp::from_micros(3_600_000_001))
        );
        assert_eq!(oldest.query.limit, Some(3));
        assert_eq!(oldest.query.source, Source::parse("yahoo").ok());

        let mut newest = Pieces::new(query(None, Some(5)));
        let piece = newest.take(2, found(Timeframe::H1, &[3_600, 7_200]));
        assert_eq!(piece.unwrap().unwrap().len(), 2);
        assert_eq!((newest.query.from, newest.is_done), (None, false));
        assert_eq!(newest.query.to, Some(Timestamp::from_secs(3_600)));
    }

    #[test]
    fn all_pieces_are_put_together_from_the_base_of_the_first() {
        let mut pieces = Pieces::new(query(None, None));
        assert_eq!(pieces.query.base, None);
        let first = pieces.take(1, found(Timeframe::M30, &[0])).unwrap();
        assert!(first.is_some());
        assert_eq!(pieces.query.base, Some(Timeframe::M30));
        let next = pieces.take(1, found(Timeframe::M30, &[3_600])).unwrap();
        assert_eq!(next.unwrap().len(), 1);
        let answered = pieces.answered().unwrap();
        assert_eq!(answered.base, Timeframe::M30);
        // No more of this base: the end, whatever else is stored.
        assert!(
            pieces
                .take(1, found(Timeframe::M30, &[]))
                .unwrap()
                .is_none()
        );
        assert!(pieces.is_done);
    }

    #[test]
    fn an_agent_that_mixes_bases_is_not_believed() {
        let mut pieces = Pieces::new(query(None, None));
        pieces.take(1, found(Timeframe::H1, &[0])).unwrap();
        let error = pieces.take(1, found(Timeframe::M1, &[3_600])).unwrap_err();
        assert!(error.to_string().contains("another version"), "{error}");
    }
}
