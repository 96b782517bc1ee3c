//! Zones of times that carry no offset: [`Zone`], and [`ZoneClock`] that remembers.
//!
//! A wall clock that is set forward skips times: they are faults. One that is set back shows times
//! twice: the earlier moment is taken, always, and the caller is told, since which one was meant
//! depends on rows that another thread may read.

use std::cell::Cell;

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz, TzOffset};
use thiserror::Error;

use super::cursor::Cursor;
use super::day_time;

const SECOND: i64 = 1_000_000;

/// What is looked up together. No zone ever changed its clock twice within six hours.
const WINDOW_MICROS: i64 = 6 * 3_600 * SECOND;

/// Why a text is no zone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "unknown time zone `{text}`: expected UTC, an IANA name such as America/New_York, or an offset \
     such as +05:30"
)]
pub struct ZoneError {
    text: String,
}

/// Why a wall clock's time is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ZoneFault {
    /// The clock was set forward over it.
    #[error("the clock was set forward over this time in `{zone}`: it never came")]
    Skipped {
        /// The zone.
        zone: &'static str,
    },
    /// It is too far from now for any calendar.
    #[error("beyond the calendar")]
    OutOfRange,
}

/// A zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// No offset.
    Utc,
    /// Always the same offset, in seconds ahead of UTC.
    Fixed(i32),
    /// A place, with the history of its clock.
    Named(Tz),
}

/// A moment, as a wall clock showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Microseconds since the epoch, UTC.
    pub micros: i64,
    /// True when the clock showed this time twice; the moment is the earlier one.
    pub is_twice: bool,
}

impl Zone {
    /// Reads `UTC`, an IANA name in any case, or an offset (`+05:30`, `-0500`, `UTC+2`).
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        let body = text.trim();
        let offset = || offset_of(body).map(Self::fixed);
        let named = || {
            let is_meant = |tz: &&Tz| tz.name().eq_ignore_ascii_case(body);
            let tz = TZ_VARIANTS.iter().find(is_meant)?;
            Some(Self::Named(*tz))
        };
        offset().or_else(named).ok_or_else(|| ZoneError {
            text: body.chars().take(64).collect(),
        })
    }

    /// Returns the moment at which its clock shows `wall_micros`; of two the earlier.
    pub fn to_utc(self, wall_micros: i64) -> Result<i64, ZoneFault> {
        self.place(wall_micros).map(|placed| placed.micros)
    }

    /// Returns the moment at which its clock shows `wall_micros`, and whether it does so twice.
    pub fn place(self, wall_micros: i64) -> Result<Placed, ZoneFault> {
        let tz = match self {
            Self::Utc => return once(wall_micros, 0),
            Self::Fixed(secs) => return once(wall_micros, secs),
            Self::Named(tz) => tz,
        };
        let offsets = tz.offset_from_local_datetime(&naive(wall_micros)?);
        let secs = |offset: &TzOffset| offset.fix().local_minus_utc();
        match offsets {
            MappedLocalTime::Single(offset) => once(wall_micros, secs(&offset)),
            MappedLocalTime::Ambiguous(a, b) => Ok(Placed {
                is_twice: true,
                ..once(wall_micros, secs(&a).max(secs(&b)))?
            }),
            MappedLocalTime::None => Err(ZoneFault::Skipped { zone: tz.name() }),
        }
    }

    /// Returns what its clock shows at a moment.
    pub fn to_wall(self, utc_micros: i64) -> Result<i64, ZoneFault> {
        let secs = match self {
            Self::Utc => 0,
            Self::Fixed(secs) => secs,
            Self::Named(tz) => {
                let offset = tz.offset_from_utc_datetime(&naive(utc_micros)?);
                offset.fix().local_minus_utc()
            }
        };
        let wall = utc_micros.checked_add(i64::from(secs) * SECOND);
        wall.ok_or(ZoneFault::OutOfRange)
    }

    fn fixed(secs: i32) -> Self {
        if secs == 0 {
            Self::Utc
        } else {
            Self::Fixed(secs)
        }
    }
}

/// A zone that remembers the offset of the hours it was last asked about.
#[derive(Debug, Clone)]
pub struct ZoneClock {
    zone: Zone,
    window: Cell<Option<Window>>,
}

/// Hours of a wall clock with one offset.
#[derive(Debug, Clone, Copy)]
struct Window {
    from: i64,
    offset_micros: i64,
}

impl ZoneClock {
    /// Starts without memory.
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            window: Cell::new(None),
        }
    }

    /// Returns the zone.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Returns what [`Zone::place`] does.
    pub fn place(&self, wall_micros: i64) -> Result<Placed, ZoneFault> {
        if let Some(window) = self.window.get()
            && (window.from..window.from + WINDOW_MICROS).contains(&wall_micros)
        {
            return Ok(Placed {
                micros: wall_micros - window.offset_micros,
                is_twice: false,
            });
        }
        let placed = self.zone.place(wall_micros)?;
        if !placed.is_twice {
            self.window.set(self.window_of(wall_micros, placed));
        }
        Ok(placed)
    }

    /// Returns the window around a time, unless the clock was set within it.
    fn window_of(&self, wall_micros: i64, placed: Placed) -> Option<Window> {
        let from = wall_micros.checked_sub(wall_micros.rem_euclid(WINDOW_MICROS))?;
        let last = from.checked_add(WINDOW_MICROS - 1)?;
        let offset_micros = wall_micros - placed.micros;
        let has_offset = |wall: i64| {
            let end = self.zone.place(wall).ok();
            end.is_some_and(|end| !end.is_twice && wall - end.micros == offset_micros)
        };
        (has_offset(from) && has_offset(last)).then_some(Window {
            from,
            offset_micros,
        })
    }
}

fn once(wall_micros: i64, offset_secs: i32) -> Result<Placed, ZoneFault> {
    let micros = wall_micros.checked_sub(i64::from(offset_secs) * SECOND);
    micros.map_or(Err(ZoneFault::OutOfRange), |micros| {
        Ok(Placed {
            micros,
            is_twice: false,
        })
    })
}

fn naive(micros: i64) -> Result<NaiveDateTime, ZoneFault> {
    let time = DateTime::from_timestamp_micros(micros).ok_or(ZoneFault::OutOfRange)?;
    Ok(time.naive_utc())
}

/// Reads `+05:30`, `-0500`, `UTC+2`, `GMT-03:00`, `UTC`, `GMT` and `Z`.
fn offset_of(text: &str) -> Option<i32> {
    let mut cursor = Cursor::new(text.as_bytes());
    day_time::offset(&mut cursor)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn wall(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> i64 {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let time = date.and_hms_opt(hour, minute, 0).unwrap();
        time.and_utc().timestamp_micros()
    }

    fn zone(text: &str) -> Zone {
        Zone::parse(text).unwrap()
    }

    #[test]
    fn zones_are_named_by_place_or_offset() {
        let new_york = Zone::Named(Tz::America__New_York);
        for (text, expected) in [
            ("UTC", Zone::Utc),
            ("utc", Zone::Utc),
            ("Z", Zone::Utc),
            ("GMT", Zone::Utc),
            ("+00:00", Zone::Utc),
            ("+05:30", Zone::Fixed(19_800)),
            ("-0500", Zone::Fixed(-18_000)),
            ("UTC+2", Zone::Fixed(7_200)),
            ("GMT-03:00", Zone::Fixed(-10_800)),
            ("America/New_York", new_york),
            (" america/new_york ", new_york),
            ("EST5EDT", Zone::Named(Tz::EST5EDT)),
        ] {
            assert_eq!(Zone::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn an_unknown_zone_is_named_with_what_is_accepted() {
        for text in ["", "Mars/Olympus", "+25:00", "New York", "5"] {
            let error = Zone::parse(text).unwrap_err().to_string();
            assert!(error.contains(&format!("`{text}`")), "{error}");
            assert!(error.contains("America/New_York"), "{error}");
        }
    }

    #[test]
    fn the_hour_that_is_skipped_is_a_fault_and_its_neighbours_are_not() {
        for (name, day, from, to) in [
            ("America/New_York", (2024, 3, 10), (2, 0), (3, 0)),
            ("Europe/London", (2024, 3, 31), (1, 0), (2, 0)),
            ("Australia/Lord_Howe", (2024, 10, 6), (2, 0), (2, 30)),
        ] {
            let at = |(hour, minute)| wall(day.0, day.1, day.2, hour, minute);
            let clock = ZoneClock::new(zone(name));
            assert_eq!(
                clock.place(at(from)),
                Err(ZoneFault::Skipped { zone: name })
            );
            let last = clock.place(at(from) - 1).unwrap();
            let next = clock.place(at(to)).unwrap();
            assert_eq!(next.micros - last.micros, 1, "{name}");
            assert!(!last.is_twice && !next.is_twice);
        }
    }

    #[test]
    fn the_hour_that_comes_twice_is_the_earlier_and_told() {
        for (name, from, len_minutes) in [
            ("America/New_York", wall(2024, 11, 3, 1, 0), 60),
            ("Europe/London", wall(2024, 10, 27, 1, 0), 60),
            ("Australia/Lord_Howe", wall(2024, 4, 7, 1, 30), 30),
        ] {
            let clock = ZoneClock::new(zone(name));
            let before = clock.place(from - 1).unwrap();
            let first = clock.place(from).unwrap();
            assert_eq!(first.micros - before.micros, 1, "{name}");
            assert!(first.is_twice && !before.is_twice, "{name}");
            let len = len_minutes * 60 * SECOND;
            let after = clock.place(from + len).unwrap();
            assert!(!after.is_twice, "{name}");
            assert_eq!(after.micros - first.micros, 2 * len, "{name}");
        }
    }

    #[test]
    fn what_is_remembered_is_what_would_be_looked_up() {
        for tz in TZ_VARIANTS {
            let zone = Zone::Named(tz);
            let clock = ZoneClock::new(zone);
            let mut at = wall(2024, 1, 1, 0, 0);
            while at < wall(2025, 1, 1, 0, 0) {
                assert_eq!(clock.place(at), zone.place(at), "{tz} {at}");
                at += 45 * 60 * SECOND;
            }
        }
    }

    #[test]
    fn a_time_beyond_the_calendar_is_a_fault() {
        let new_york = zone("America/New_York");
        assert_eq!(new_york.to_utc(i64::MAX), Err(ZoneFault::OutOfRange));
        assert_eq!(new_york.to_wall(i64::MIN), Err(ZoneFault::OutOfRange));
        assert_eq!(Zone::Fixed(60).to_utc(i64::MIN), Err(ZoneFault::OutOfRange));
    }
}
