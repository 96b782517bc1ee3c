//! [`Rule`]: what a row can be judged by, and what follows at each level.

use crate::api::ValidationLevel;
use crate::domain::{Dimension, Severity};

/// What follows when a rule finds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The row is not stored.
    Reject,
    /// The row is stored, with a lower score.
    Flag,
    /// Nothing.
    Ignore,
}

/// A rule. Its place in [`Rule::ALL`] is kept in stored tallies: new ones go to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Rule {
    /// The record has another number of fields than the file.
    Fields,
    /// A required value is missing or cannot be read.
    V1,
    /// A price is 0 or below.
    V2,
    /// A price is infinite, above 10⁹, or larger than can be held.
    V3,
    /// The volume is below 0.
    V4,
    /// The volume has a fraction where whole numbers are expected.
    V5,
    /// The time cannot be read, is before 1900, or later than one bar from now.
    V6,
    /// The symbol is empty or not allowed.
    V7,
    /// A value has more decimals than are kept.
    V8,
    /// The volume is missing though the file has a column for it.
    M1,
    /// A value that may be missing (trades, VWAP) cannot be read and is left out.
    M2,
    /// The clock of the zone showed this time twice; the earlier moment is taken.
    Z1,
    /// The high is below open or close.
    C1,
    /// The low is above open or close.
    C2,
    /// The high is below the low.
    C3,
    /// Prices moved without volume, or volume without trades.
    C7,
    /// The VWAP is outside low and high.
    C8,
    /// The row came before, alike.
    U1,
    /// The key came before, with other values.
    U2,
}

impl Rule {
    /// Every rule, in the order in which tallies keep them.
    pub const ALL: [Self; 19] = [
        Self::Fields,
        Self::V1,
        Self::V2,
        Self::V3,
        Self::V4,
        Self::V5,
        Self::V6,
        Self::V7,
        Self::V8,
        Self::M1,
        Self::M2,
        Self::Z1,
        Self::C1,
        Self::C2,
        Self::C3,
        Self::C7,
        Self::C8,
        Self::U1,
        Self::U2,
    ];

    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Returns the word of reports (`V2`, `fields`).
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fields => "fields",
            Self::V1 => "V1",
            Self::V2 => "V2",
            Self::V3 => "V3",
            Self::V4 => "V4",
            Self::V5 => "V5",
            Self::V6 => "V6",
            Self::V7 => "V7",
            Self::V8 => "V8",
            Self::M1 => "M1",
            Self::M2 => "M2",
            Self::Z1 => "Z1",
            Self::C1 => "C1",
            Self::C2 => "C2",
            Self::C3 => "C3",
            Self::C7 => "C7",
            Self::C8 => "C8",
            Self::U1 => "U1",
            Self::U2 => "U2",
        }
    }

    /// Returns how bad a finding is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Fields
            | Self::V1
            | Self::V2
            | Self::V3
            | Self::V6
            | Self::C1
            | Self::C2
            | Self::C3 => Severity::Critical,
            Self::V4 | Self::V7 | Self::U2 => Severity::High,
            Self::M1 | Self::C7 | Self::C8 => Severity::Medium,
            Self::V5 | Self::V8 | Self::M2 | Self::Z1 | Self::U1 => Severity::Low,
        }
    }

    /// Returns the dimension in which a stored row with this finding counts. A missing volume
    /// counts by its field, not by its severity.
    pub const fn dimension(self) -> Dimension {
        match self {
            Self::Fields
            | Self::V1
            | Self::V2
            | Self::V3
            | Self::V4
            | Self::V5
            | Self::V6
            | Self::V7
            | Self::V8
            | Self::M2
            | Self::Z1 => Dimension::Validity,
            Self::M1 => Dimension::Completeness,
            Self::C1 | Self::C2 | Self::C3 | Self::C7 | Self::C8 => Dimension::Consistency,
            Self::U1 | Self::U2 => Dimension::Uniqueness,
        }
    }

    /// Returns what follows a finding.
    ///
    /// Rejected at every level is what no bar can hold: a record without a place for each field, a
    /// price that is not there, a volume below 0, a name that is none. So are times that cannot be
    /// read (V6) and prices beyond the range of prices (V3), whatever this table says: it decides
    /// about those that could be stored.
    pub const fn outcome(self, level: ValidationLevel) -> Outcome {
        match self {
            Self::Fields | Self::V1 | Self::V4 | Self::V7 => Outcome::Reject,
            Self::V2 | Self::V3 | Self::V6 => match level {
                ValidationLevel::None => Outcome::Ignore,
                ValidationLevel::Basic | ValidationLevel::Standard | ValidationLevel::Strict => {
                    Outcome::Reject
                }
            },
            // No layout says yet that volumes are whole numbers; fractions are usual in crypto.
            Self::V5 => Outcome::Ignore,
            Self::V8 | Self::M1 | Self::M2 | Self::Z1 => match level {
                ValidationLevel::None => Outcome::Ignore,
                ValidationLevel::Basic | ValidationLevel::Standard => Outcome::Flag,
                ValidationLevel::Strict => self.strict(),
            },
            Self::C1 | Self::C2 | Self::C3 | Self::C7 | Self::C8 | Self::U1 | Self::U2 => {
                match level {
                    ValidationLevel::None | ValidationLevel::Basic => Outcome::Ignore,
                    ValidationLevel::Standard => Outcome::Flag,
                    ValidationLevel::Strict => self.strict(),
                }
            }
        }
    }

    /// Returns what is wrong, for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Fields => "the record has another number of fields than the file",
            Self::V1 => "a required value is missing or cannot be read",
            Self::V2 => "a price is 0 or below",
            Self::V3 => "a price is infinite or beyond 1,000,000,000",
            Self::V4 => "the volume is below 0",
            Self::V5 => "the volume has a fraction",
            Self::V6 => "the time cannot be read or lies where no bar can be",
            Self::V7 => "the symbol is empty or not allowed",
            Self::V8 => "more than 8 decimals: rounded half to even",
            Self::M1 => "the volume is missing and was stored as 0",
            Self::M2 => "trades or VWAP cannot be read and were left out",
            Self::Z1 => "the clock showed this time twice: the earlier moment was taken",
            Self::C1 => "the high is below open or close",
            Self::C2 => "the low is above open or close",
            Self::C3 => "the high is below the low",
            Self::C7 => "prices moved without volume, or volume without trades",
            Self::C8 => "the VWAP is outside low and high",
            Self::U1 => "the row came before, alike",
            Self::U2 => "the same bar came before with other values; the first one counts",
        }
    }

    /// Returns what could be done.
    pub const fn suggestion(self) -> &'static str {
        match self {
            Self::Fields => "check the quotes and the delimiter of this line",
            Self::V1 | Self::M2 => "correct the value, or check which column holds it",
            Self::V2 => {
                "check the columns; if prices of this market may be negative, import with \
                 validation `none`"
            }
            Self::V3 => "check the scale of the prices and the decimal separator",
            Self::V4 => "use the size without its sign if the other rows of the day are positive",
            Self::V5 => "check whether the file holds adjusted volumes",
            Self::V6 => "check date order, unit of epochs and time zone",
            Self::V7 => "give the symbol with --symbol, or check which column holds it",
            Self::V8 => "none needed; adjusted prices often have more decimals",
            Self::M1 => "check whether the vendor has volumes for this symbol",
            Self::Z1 => "export the file with offsets or in UTC to keep both hours",
            Self::C1 => "raise the high to the highest of the four prices if it is close to it",
            Self::C2 => "lower the low to the lowest of the four prices if it is close to it",
            Self::C3 => "check the order of the columns, or swap high and low",
            Self::C7 => "treat the volume as missing",
            Self::C8 => "check the unit of the volume",
            Self::U1 => "none needed; it was left out",
            Self::U2 => "compare both versions and correct the wrong one",
        }
    }

    /// What is flagged elsewhere is rejected, but for what is low.
    const fn strict(self) -> Outcome {
        match self.severity() {
            Severity::Low => Outcome::Flag,
            Severity::Medium | Severity::High | Severity::Critical => Outcome::Reject,
        }
    }
}
