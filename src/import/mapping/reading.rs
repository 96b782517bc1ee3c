//! [`Reading`]: the times of the sample, read by one format.
//!
//! Years no market file has are not read, so that counts, prices and volumes are no epochs.

use super::table::{Runs, Table};
use crate::api::DateOrder;
use crate::import::convert::time::{self, WrittenTime};
use crate::import::{TimeColumns, TimeFormat};

/// Every way a time is written.
pub(super) const FORMATS: [TimeFormat; 5] = [
    TimeFormat::Epoch,
    TimeFormat::Numeric(DateOrder::Ymd),
    TimeFormat::Numeric(DateOrder::Dmy),
    TimeFormat::Numeric(DateOrder::Mdy),
    TimeFormat::NamedMonth,
];

/// One day, in microseconds.
pub(super) const DAY: i64 = 86_400_000_000;

/// Epochs are not before 1980: a smaller number is a count, or a time of day.
const EPOCH_FROM: i64 = 3_652 * DAY;

/// No file is from after 2100.
const TO: i64 = 47_482 * DAY;

/// The times of the sample, read by one format.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// Where they stand.
    pub(super) place: TimeColumns,
    /// How they are read.
    pub(super) format: TimeFormat,
    /// The time of each row; `None` where it is none of this format.
    pub(super) times: Runs<Option<WrittenTime>>,
    /// Rows that have a time at all.
    pub(super) filled: usize,
}

impl Reading {
    /// Reads the times of a place.
    pub(super) fn of(table: &Table<'_>, place: TimeColumns, format: TimeFormat) -> Self {
        let (first, second) = match place {
            TimeColumns::One(column) => (table.runs(column), None),
            TimeColumns::DateAndTime { date, time } => (table.runs(date), Some(table.runs(time))),
        };
        let filled = first.iter().flatten().filter(|text| !text.is_empty());
        let filled = filled.count();
        let mut run = 0;
        let times = first.map(|dates| {
            let read = |(at, date): (usize, &&str)| match &second {
                None => time::parse(format, date),
                Some(times) => time::parse_two(format, date, times[run][at]),
            };
            let written = dates.iter().enumerate().map(read);
            let plausible = written
                .map(|time| time.filter(|time| is_plausible(format, *time)))
                .collect();
            run += 1;
            plausible
        });
        Self {
            place,
            format,
            times,
            filled,
        }
    }

    /// Returns the times that were read.
    pub(super) fn all(&self) -> impl Iterator<Item = WrittenTime> + '_ {
        self.times.iter().flatten().filter_map(|time| *time)
    }

    /// Returns how many times were read.
    pub(super) fn count(&self) -> usize {
        self.all().count()
    }

    /// Returns true when so many of 100 rows are read.
    pub(super) fn reads(&self, percent: usize) -> bool {
        let count = self.count();
        count > 0 && count * 100 >= self.filled * percent
    }

    /// Returns true when every time carries its offset.
    pub(super) fn has_offsets(&self) -> bool {
        self.all().all(|time| time.offset_secs.is_some())
    }

    /// Returns true when no time is other than midnight of its own clock.
    pub(super) fn is_of_dates(&self) -> bool {
        self.all().all(|time| time.micros.rem_euclid(DAY) == 0)
    }

    /// Returns true when every time grows, or every time falls, within each run.
    pub(super) fn is_monotone(&self) -> bool {
        let steps = || self.times.iter().flat_map(|run| steps_of(run));
        let total = steps().count();
        let up = steps().filter(|step| *step > 0).count();
        let down = steps().filter(|step| *step < 0).count();
        total > 0 && up.max(down) * 100 >= total * 98
    }
}

fn steps_of(run: &[Option<WrittenTime>]) -> Vec<i64> {
    let moments: Vec<i64> = run
        .iter()
        .flatten()
        .map(|time| time.utc_micros().unwrap_or(time.micros))
        .collect();
    moments.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn is_plausible(format: TimeFormat, time: WrittenTime) -> bool {
    match format {
        TimeFormat::Epoch => (EPOCH_FROM..TO).contains(&time.micros),
        TimeFormat::Numeric(_) | TimeFormat::NamedMonth => time.micros < TO,
    }
}
