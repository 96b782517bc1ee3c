//! [`Judge`]: the rules of values and of bars, at one level.
//!
//! One swapped bar is found once: where the high is below the low (C3), C1 and C2 would repeat it
//! and are not asked. A bar without volume because the field is missing (M1) is not asked for C7,
//! nor is a file without a column of volumes.

use super::fault::Fault;
use crate::api::ValidationLevel;
use crate::domain::{Bar, Price, Timestamp, Volume};
use crate::quality::{Findings, Outcome, Rule};

/// Above this a price is taken for a wrong scale: 10⁹.
const PRICE_MAX: i64 = 1_000_000_000 * 100_000_000;

/// 1900-01-01.
const TIME_MIN: Timestamp = Timestamp::from_secs(-2_208_988_800);

/// Judges rows at one level, and remembers what was found in the one at hand.
#[derive(Debug, Clone)]
pub(super) struct Judge {
    level: ValidationLevel,
    time_max: Timestamp,
}

/// Where the values of a bar stand, for faults that name a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    pub(super) time: usize,
    /// Open, high, low, close.
    pub(super) prices: [usize; 4],
    pub(super) volume: Option<usize>,
    pub(super) vwap: Option<usize>,
}

impl Judge {
    /// Starts; `time_max` is the last time at which a bar may open.
    pub(super) const fn new(level: ValidationLevel, time_max: Timestamp) -> Self {
        Self { level, time_max }
    }

    /// Adds a finding, or returns the fault it is at this level.
    pub(super) fn raise(
        &self,
        findings: &mut Findings,
        rule: Rule,
        fault: impl FnOnce() -> Fault,
    ) -> Result<(), Fault> {
        match rule.outcome(self.level) {
            Outcome::Reject => return Err(fault()),
            Outcome::Flag => findings.add(rule),
            Outcome::Ignore => {}
        }
        Ok(())
    }

    /// Judges a bar whose fields could be read. `has_volume` is false where the volume is unknown.
    pub(super) fn bar(
        &self,
        findings: &mut Findings,
        bar: &Bar,
        places: &Places,
        has_volume: bool,
    ) -> Result<(), Fault> {
        if !(TIME_MIN..=self.time_max).contains(&bar.time) {
            self.raise(findings, Rule::V6, || time_fault(bar, places))?;
        }
        self.prices(findings, bar, places)?;
        self.order(findings, bar, places)?;
        self.volume(findings, bar, places, has_volume)
    }

    /// V2 and V3: each price by itself.
    fn prices(&self, findings: &mut Findings, bar: &Bar, places: &Places) -> Result<(), Fault> {
        let prices = [bar.open, bar.high, bar.low, bar.close];
        let is_usual = |price: &Price| (1..=PRICE_MAX).contains(&price.scaled());
        if prices.iter().all(is_usual) {
            return Ok(());
        }
        for (place, price) in prices.into_iter().enumerate() {
            let fault = |rule, what: &str| {
                let reason = format!("{} {price} is {what}", NAMES[place]);
                Fault::new(rule, places.prices[place], reason)
            };
            if price <= Price::ZERO {
                let low = || fault(Rule::V2, "not above 0");
                self.raise(findings, Rule::V2, low)?;
            }
            if price.scaled().unsigned_abs() > PRICE_MAX.unsigned_abs() {
                let high = || fault(Rule::V3, "beyond 1,000,000,000");
                self.raise(findings, Rule::V3, high)?;
            }
        }
        Ok(())
    }

    /// C1, C2 and C3: the four prices together.
    fn order(&self, findings: &mut Findings, bar: &Bar, places: &Places) -> Result<(), Fault> {
        let [_, high, low, _] = places.prices;
        let top = bar.open.max(bar.close);
        let bottom = bar.open.min(bar.close);
        if bar.low <= bottom && top <= bar.high {
            return Ok(());
        }
        if bar.high < bar.low {
            let reason = || format!("high {} is below low {}", bar.high, bar.low);
            return self.raise(findings, Rule::C3, || Fault::new(Rule::C3, high, reason()));
        }
        if bar.high < top {
            let reason = || format!("high {} is below {top}, open or close", bar.high);
            self.raise(findings, Rule::C1, || Fault::new(Rule::C1, high, reason()))?;
        }
        if bar.low > bottom {
            let reason = || format!("low {} is above {bottom}, open or close", bar.low);
            self.raise(findings, Rule::C2, || Fault::new(Rule::C2, low, reason()))?;
        }
        Ok(())
    }

    /// C7 and C8: volume, trades and VWAP against the prices.
    fn volume(
        &self,
        findings: &mut Findings,
        bar: &Bar,
        places: &Places,
        has_volume: bool,
    ) -> Result<(), Fault> {
        let volume = places.volume.unwrap_or_default();
        let c7 = |reason: &str| Fault::new(Rule::C7, volume, reason);
        if has_volume && bar.volume == Volume::ZERO && bar.high != bar.low {
            let moved = "high and low differ though the volume is 0";
            self.raise(findings, Rule::C7, || c7(moved))?;
        }
        if bar.volume > Volume::ZERO && bar.trade_count == Some(0) {
            let without = "there is volume though nothing was traded";
            self.raise(findings, Rule::C7, || c7(without))?;
        }
        let Some(vwap) = bar.vwap else {
            return Ok(());
        };
        // Where nothing was traded vendors write 0 or the last price.
        let is_outside = !(bar.low..=bar.high).contains(&vwap);
        if is_outside && bar.volume > Volume::ZERO {
            let column = places.vwap.unwrap_or_default();
            let reason = || format!("VWAP {vwap} is outside {} to {}", bar.low, bar.high);
            self.raise(findings, Rule::C8, || {
                Fault::new(Rule::C8, column, reason())
            })?;
        }
        Ok(())
    }
}

/// What the four prices are called.
pub(super) const NAMES: [&str; 4] = ["open", "high", "low", "close"];

#[cold]
fn time_fault(bar: &Bar, places: &Places) -> Fault {
    let what = if bar.time < TIME_MIN {
        "before 1900"
    } else {
        "in the future"
    };
    Fault::new(Rule::V6, places.time, format!("{} is {what}", bar.time))
}
