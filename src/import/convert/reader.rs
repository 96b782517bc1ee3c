//! [`RowReader`]: records into bars.
//!
//! What a case comes to, at level `standard`:
//!
//! | case | becomes |
//! |---|---|
//! | all fields empty | skipped |
//! | time, but no price, and no volume or 0 | skipped |
//! | more or fewer fields than the file | rejected, `fields` |
//! | time or a price missing, or a number unreadable | rejected, V1 |
//! | price 0 or below | rejected, V2 |
//! | price infinite or above 10⁹; a number larger than can be held | rejected, V3 |
//! | volume below 0 | rejected, V4 |
//! | time unreadable, without a zone, skipped by the clock, in the future | rejected, V6 |
//! | symbol empty or not allowed | rejected, V7 |
//! | volume missing | stored as 0, M1 |
//! | volume column absent | stored as 0, nothing found |
//! | trades or VWAP unreadable | left out, M2 |
//! | more than eight decimals | rounded half to even, V8 |
//! | time the clock showed twice | the earlier, Z1 |
//! | prices that do not fit, or do not fit the volume | stored, C1 C2 C3 C7 C8 |
//!
//! Of several faults of a rejected record one is named: the first of number of fields, time, open,
//! high, low, close, volume, symbol, then the rules V6, V2, V3, C3, C1, C2, C7, C8.

use csv::ByteRecord;

use super::fault::Fault;
use super::judge::{Judge, NAMES, Places};
use super::moment::{Moment, Moments};
use super::number::{self, NumberFault, Written};
use super::row::{Row, RowFault};
use super::symbols::Symbols;
use super::usable::{LayoutFault, check, used};
use crate::api::ValidationLevel;
use crate::domain::{Bar, Price, QualityScore, Timestamp, Volume};
use crate::import::Layout;
use crate::quality::{Findings, JudgedRow, QualityTally, Rule};

/// The most characters of a value that a fault repeats.
const VALUE_LEN_MAX: usize = 200;

/// Reads the records of one file.
///
/// It remembers zone and symbol of the last rows, so it is not shared: each thread has its own,
/// by `clone`.
#[derive(Debug, Clone)]
pub struct RowReader {
    layout: Layout,
    level: ValidationLevel,
    judge: Judge,
    moments: Moments,
    symbols: Symbols,
    places: Places,
    last_used: usize,
    /// How far the width of a record may be off: as far as the header's is.
    slack: usize,
}

/// What is noted of a record while it is read.
#[derive(Debug, Default)]
struct Notes {
    findings: Findings,
    required_missing: u8,
    volume_missing: Option<bool>,
}

impl RowReader {
    /// Prepares to read; `now` is the moment of judgement.
    ///
    /// # Errors
    /// [`LayoutFault`] when no record could be read.
    pub fn new(
        layout: &Layout,
        level: ValidationLevel,
        now: Timestamp,
    ) -> Result<Self, LayoutFault> {
        check(layout)?;
        let columns = &layout.columns;
        let moments = Moments::new(columns.time, &layout.time, layout.timeframe)?;
        let dialect = &layout.dialect;
        let slack = match dialect.header.len() {
            0 => 0,
            names => names.abs_diff(dialect.width),
        };
        Ok(Self {
            level,
            judge: Judge::new(level, now.plus(layout.timeframe.duration())),
            places: Places {
                time: moments.column(),
                prices: [columns.open, columns.high, columns.low, columns.close],
                volume: columns.volume,
                vwap: columns.vwap,
            },
            moments,
            symbols: Symbols::new(columns.symbol, layout.symbol.clone()),
            last_used: used(layout).max().unwrap_or_default(),
            slack,
            layout: layout.clone(),
        })
    }

    /// Reads one record, and adds what was found to the tally.
    pub fn read(&self, fields: &ByteRecord, tally: &mut QualityTally) -> Row {
        if fields.as_slice().trim_ascii().is_empty() {
            return Row::Skipped;
        }
        let mut notes = Notes::default();
        match self.bar_of(fields, &mut notes) {
            Ok(Some(bar)) => {
                self.tell(tally, &notes, false);
                Row::Bar(bar)
            }
            Ok(None) => Row::Skipped,
            Err(fault) => {
                notes.findings.add(fault.rule);
                self.tell(tally, &notes, true);
                Row::Rejected(self.words(fields, fault))
            }
        }
    }

    /// Reads and judges a record; `None`: it is to be skipped.
    fn bar_of(&self, fields: &ByteRecord, notes: &mut Notes) -> Result<Option<Bar>, Fault> {
        if !self.is_regular(fields.len()) {
            return Err(self.irregular(fields.len()));
        }
        let prices = self.layout_prices(fields);
        let volume = self.layout_volume(fields);
        notes.volume_missing = volume.map(|volume| volume == Ok(Written::Missing));
        notes.required_missing = prices
            .iter()
            .filter(|p| **p == Ok(Written::Missing))
            .count() as u8;
        let moment = self.moment(fields, notes)?;
        if notes.required_missing == 4 && is_nothing(volume) {
            return Ok(None);
        }
        if moment.is_twice {
            self.flag(notes, Rule::Z1, self.places.time)?;
        }
        let [open, high, low, close] = self.prices(notes, prices)?;
        let volume = self.volume(notes, volume)?;
        let mut bar = Bar {
            symbol: self.symbols.read(fields)?,
            timeframe: self.layout.timeframe,
            time: moment.time,
            open,
            high,
            low,
            close,
            volume: volume.unwrap_or(Volume::ZERO),
            trade_count: self.trades(fields, notes)?,
            vwap: self.vwap(fields, notes)?,
            source: self.layout.source.clone(),
            quality_score: QualityScore::MAX,
        };
        if self.level != ValidationLevel::None {
            let findings = &mut notes.findings;
            self.judge
                .bar(findings, &bar, &self.places, volume.is_some())?;
            bar.quality_score = findings.score();
        }
        Ok(Some(bar))
    }

    /// Returns true when each used column has its field, and no field more or less is there than
    /// the header itself is off.
    fn is_regular(&self, len: usize) -> bool {
        let width = self.layout.dialect.width;
        len == width || len > self.last_used && len.abs_diff(width) <= self.slack
    }

    #[cold]
    fn irregular(&self, len: usize) -> Fault {
        let width = self.layout.dialect.width;
        let plural = if len == 1 { "" } else { "s" };
        Fault {
            rule: Rule::Fields,
            column: None,
            reason: format!("{len} field{plural}, expected {width}"),
            suggestion: None,
        }
    }

    fn layout_prices(&self, fields: &ByteRecord) -> [Number<Price>; 4] {
        let rule = self.layout.numbers;
        self.places
            .prices
            .map(|column| number::price(rule, fields.get(column).unwrap_or_default()))
    }

    fn layout_volume(&self, fields: &ByteRecord) -> Option<Number<Volume>> {
        let field = fields.get(self.places.volume?).unwrap_or_default();
        Some(number::volume(self.layout.numbers, field))
    }

    fn moment(&self, fields: &ByteRecord, notes: &mut Notes) -> Result<Moment, Fault> {
        self.moments.read(fields).inspect_err(|_| {
            notes.required_missing += u8::from(self.moments.is_missing(fields));
        })
    }

    /// Returns the prices when all four are there.
    fn prices(&self, notes: &mut Notes, prices: [Number<Price>; 4]) -> Result<[Price; 4], Fault> {
        let mut values = [Price::ZERO; 4];
        for (place, price) in prices.into_iter().enumerate() {
            let (name, column) = (NAMES[place], self.places.prices[place]);
            values[place] = match price {
                Ok(Written::Value(parsed)) => {
                    if parsed.is_rounded {
                        self.flag(notes, Rule::V8, column)?;
                    }
                    parsed.value
                }
                Ok(Written::Missing) => {
                    return Err(Fault::new(Rule::V1, column, format!("{name} is missing")));
                }
                Err(fault) => return Err(Fault::of_number(name, column, fault)),
            };
        }
        Ok(values)
    }

    /// Returns the volume, or `None` where it is not known.
    fn volume(
        &self,
        notes: &mut Notes,
        volume: Option<Number<Volume>>,
    ) -> Result<Option<Volume>, Fault> {
        let (Some(column), Some(volume)) = (self.places.volume, volume) else {
            return Ok(None);
        };
        match volume {
            Ok(Written::Value(parsed)) => {
                if parsed.is_rounded {
                    self.flag(notes, Rule::V8, column)?;
                }
                Ok(Some(parsed.value))
            }
            Ok(Written::Missing) => {
                self.flag(notes, Rule::M1, column)?;
                Ok(None)
            }
            Err(fault) => Err(Fault::of_number("volume", column, fault)),
        }
    }

    fn trades(&self, fields: &ByteRecord, notes: &mut Notes) -> Result<Option<u64>, Fault> {
        let Some(column) = self.layout.columns.trade_count else {
            return Ok(None);
        };
        let field = fields.get(column).unwrap_or_default();
        self.optional(notes, column, number::count(self.layout.numbers, field))
    }

    fn vwap(&self, fields: &ByteRecord, notes: &mut Notes) -> Result<Option<Price>, Fault> {
        let Some(column) = self.layout.columns.vwap else {
            return Ok(None);
        };
        let field = fields.get(column).unwrap_or_default();
        self.optional(notes, column, number::price(self.layout.numbers, field))
    }

    /// Returns a value that may be missing; what cannot be read is left out.
    fn optional<T>(
        &self,
        notes: &mut Notes,
        column: usize,
        number: Number<T>,
    ) -> Result<Option<T>, Fault> {
        match number {
            Ok(Written::Value(parsed)) => {
                if parsed.is_rounded {
                    self.flag(notes, Rule::V8, column)?;
                }
                Ok(Some(parsed.value))
            }
            Ok(Written::Missing) => Ok(None),
            Err(_) => self.flag(notes, Rule::M2, column).map(|()| None),
        }
    }

    fn flag(&self, notes: &mut Notes, rule: Rule, column: usize) -> Result<(), Fault> {
        let fault = || Fault::new(rule, column, rule.message());
        self.judge.raise(&mut notes.findings, rule, fault)
    }

    fn tell(&self, tally: &mut QualityTally, notes: &Notes, is_rejected: bool) {
        tally.add(JudgedRow {
            level: self.level,
            findings: notes.findings,
            is_rejected,
            required_missing: notes.required_missing,
            volume_missing: notes.volume_missing,
        });
    }

    /// Puts a fault into words of the file.
    #[cold]
    fn words(&self, fields: &ByteRecord, fault: Fault) -> RowFault {
        let value = fault.column.and_then(|column| fields.get(column));
        let cut = |value: &[u8]| {
            let text = String::from_utf8_lossy(value);
            text.chars().take(VALUE_LEN_MAX).collect()
        };
        RowFault {
            rule: fault.rule.id().to_owned(),
            severity: fault.rule.severity(),
            column: fault.column.map(|column| self.name_of(column)),
            value: value.map(cut),
            reason: fault.reason,
            suggestion: Some(
                fault
                    .suggestion
                    .unwrap_or(fault.rule.suggestion())
                    .to_owned(),
            ),
        }
    }

    fn name_of(&self, column: usize) -> String {
        match self.layout.dialect.header.get(column) {
            Some(name) if !name.trim().is_empty() => name.trim().to_owned(),
            _ => format!("column {}", column + 1),
        }
    }
}

/// A field that should hold a number, read.
type Number<T> = Result<Written<T>, NumberFault>;

/// Returns true for a volume that is missing, 0, or has no column.
fn is_nothing(volume: Option<Number<Volume>>) -> bool {
    match volume {
        None | Some(Ok(Written::Missing)) => true,
        Some(Ok(Written::Value(parsed))) => parsed.value == Volume::ZERO,
        Some(Err(_)) => false,
    }
}
