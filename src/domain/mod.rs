//! The market model: values with invariants.
//!
//! Names, numbers and times are checked once, when they are built, and are plain data afterwards:
//! no I/O, no clock, no async. Prices and volumes are exact decimals ([`Price`], [`Volume`]); no
//! `f64` holds either of them anywhere in the product. Whoever builds a [`Bar`] of foreign prices
//! calls [`Bar::check`]; nothing else here can be built wrong. Fallible functions return an error
//! that repeats the offending text, cut to a sane length.

mod bar;
mod decimal;
mod event;
mod feed;
mod import;
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
pub use import::ImportId;
pub use price::Price;
pub use quality::{Dimension, Grade, GradeCap, Level, QualityScore, ScoreError, Severity};
pub use quote::Quote;
pub use resample::{ResampleError, resample};
pub use symbol::{NameError, Source, Symbol};
pub use time::{TimeError, Timestamp};
pub use timeframe::{Timeframe, TimeframeError};
pub use trade::{AggressorSide, Trade};
pub use volume::Volume;
