//! [`Moments`]: when the bar of a record opens.

use csv::ByteRecord;

use super::calendar::DAY_MICROS;
use super::fault::Fault;
use super::number::is_null;
use super::time::{self, WrittenTime};
use super::zone::{Zone, ZoneClock, ZoneError, ZoneFault};
use crate::domain::{Timeframe, Timestamp};
use crate::import::{TimeColumns, TimeFormat, TimeRule};
use crate::quality::Rule;

/// Reads the open times of bars of one length.
///
/// Bars of a day and longer open at 00:00 UTC of the date that is written, whatever zone or offset
/// comes with it. A moment in UTC (an epoch, a time with `Z`) has no date of a market: one at
/// midnight is that date, any other the date it falls on in the zone of the layout, else in UTC.
/// Shorter bars open at the written time, by its offset, else by the zone; a time off the grid
/// stays as it is.
#[derive(Debug, Clone)]
pub(super) struct Moments {
    columns: TimeColumns,
    format: TimeFormat,
    clock: Option<ZoneClock>,
    is_daily: bool,
}

/// When a bar opens, and whether its zone's clock showed that time twice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) time: Timestamp,
    pub(super) is_twice: bool,
}

impl Moment {
    const fn at(micros: i64) -> Self {
        Self {
            time: Timestamp::from_micros(micros),
            is_twice: false,
        }
    }
}

impl Moments {
    pub(super) fn new(
        columns: TimeColumns,
        rule: &TimeRule,
        timeframe: Timeframe,
    ) -> Result<Self, ZoneError> {
        let zone = rule.zone.as_deref().map(Zone::parse).transpose()?;
        Ok(Self {
            columns,
            format: rule.format,
            clock: zone.map(ZoneClock::new),
            is_daily: timeframe.is_daily_or_longer(),
        })
    }

    /// Returns the column a fault of the time is about.
    pub(super) const fn column(&self) -> usize {
        match self.columns {
            TimeColumns::One(column) => column,
            TimeColumns::DateAndTime { date, .. } => date,
        }
    }

    /// Returns true when nothing is written where the time belongs.
    pub(super) fn is_missing(&self, fields: &ByteRecord) -> bool {
        is_null(fields.get(self.column()).unwrap_or_default())
    }

    /// Reads the time of a record.
    pub(super) fn read(&self, fields: &ByteRecord) -> Result<Moment, Fault> {
        let written = match self.columns {
            TimeColumns::One(column) => {
                time::read(self.format, fields.get(column).unwrap_or_default())
            }
            TimeColumns::DateAndTime { date, time } => time::read_two(
                self.format,
                fields.get(date).unwrap_or_default(),
                fields.get(time).unwrap_or_default(),
            ),
        };
        let Some(written) = written else {
            return Err(self.unreadable(fields));
        };
        if self.is_daily {
            self.date_of(written)
        } else {
            self.moment_of(written)
        }
    }

    fn date_of(&self, written: WrittenTime) -> Result<Moment, Fault> {
        let is_midnight = written.micros == written.date_micros();
        let is_utc = written.offset_secs == Some(0);
        let local = match &self.clock {
            Some(clock) if is_utc && !is_midnight => clock
                .zone()
                .to_wall(written.micros)
                .map_err(|fault| self.misplaced(fault))?,
            Some(_) | None => written.micros,
        };
        Ok(Moment::at(local - local.rem_euclid(DAY_MICROS)))
    }

    fn moment_of(&self, written: WrittenTime) -> Result<Moment, Fault> {
        if let Some(utc) = written.utc_micros() {
            return Ok(Moment::at(utc));
        }
        if !written.has_time_of_day {
            return Err(self
                .fault("a date without a time of day, in a file of shorter bars")
                .with_suggestion("give the length of the bars with --timeframe"));
        }
        let Some(clock) = &self.clock else {
            return Err(self
                .fault("the time carries no offset and no zone was given")
                .with_suggestion("give the zone of the file with --timezone"));
        };
        let placed = clock
            .place(written.micros)
            .map_err(|fault| self.misplaced(fault))?;
        Ok(Moment {
            time: Timestamp::from_micros(placed.micros),
            is_twice: placed.is_twice,
        })
    }

    #[cold]
    fn unreadable(&self, fields: &ByteRecord) -> Fault {
        if self.is_missing(fields) {
            return Fault::new(Rule::V1, self.column(), "the time is missing");
        }
        self.fault("no date and time of this file's format, between 1900 and 2261")
    }

    #[cold]
    fn misplaced(&self, fault: ZoneFault) -> Fault {
        self.fault(&fault.to_string()).with_suggestion(
            "check the zone: files with such times are often in another one, or in a fixed offset",
        )
    }

    #[cold]
    fn fault(&self, reason: &str) -> Fault {
        Fault::new(Rule::V6, self.column(), reason)
    }
}
