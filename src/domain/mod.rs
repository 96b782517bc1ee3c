//! The market model: values with invariants.
//!
//! Everything here is checked once, when it is built, and is plain data afterwards: no I/O, no clock, no async. Prices and
//! volumes are exact decimals ([`Price`], [`Volume`]); no `f64` holds either of them anywhere in the product.

mod bar;
mod decimal;
mod event;
mod feed;
mod price;
mod quality;
mod quote;
mod resample;
mod symbol;
mod time;
mod timeframe;
mod trade;
mod volume;

pub use bar::{Bar, BarError};
pub use decimal::{DecimalError, Parsed, SCALE_DIGITS};
pub use event::{DayStats, EventKind, FeedGap, MarketEvent};
pub use feed::{DataKind, FeedMode};
pub use price::Price;
pub use quality::{Dimension, Grade, GradeCap, Level, QualityScore, Severity};
pub use quote::Quote;
pub use resample::{ResampleError, resample};
pub use symbol::{NameError, Source, Symbol};
pub use time::{TimeError, Timestamp};
pub use timeframe::{Timeframe, TimeframeError};
pub use trade::{AggressorSide, Trade};
pub use volume::Volume;
