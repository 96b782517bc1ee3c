//! Scores, grades and levels: what the product thinks of a value or of an import.
//!
//! Only the arithmetic of a judgement; the rules that find something to judge are not here.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a number is not a quality score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("quality score `{0}` is above 100")]
pub struct ScoreError(u8);

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Costs 5 points.
    Low,
    /// Costs 20 points.
    Medium,
    /// Costs 50 points.
    High,
    /// Costs all 100 points.
    Critical,
}

impl Severity {
    /// Returns what one finding takes from a score: 100 × the severity's weight.
    pub const fn penalty(self) -> u32 {
        match self {
            Self::Low => 5,
            Self::Medium => 20,
            Self::High => 50,
            Self::Critical => 100,
        }
    }
}

/// The quality of one row, 0–100: 100 − Σ([`Severity::penalty`]), cut at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct QualityScore(u8);

impl QualityScore {
    /// Nothing found against the row.
    pub const MAX: Self = Self(100);

    /// Makes a score; `None` above 100.
    pub const fn new(score: u8) -> Option<Self> {
        if score > 100 { None } else { Some(Self(score)) }
    }

    /// Scores a row by its findings.
    pub fn of_findings(findings: impl IntoIterator<Item = Severity>) -> Self {
        let penalty = findings
            .into_iter()
            .map(Severity::penalty)
            .fold(0, u32::saturating_add);
        Self(100u32.saturating_sub(penalty) as u8)
    }

    /// Returns 0–100.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Display for QualityScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Default for QualityScore {
    fn default() -> Self {
        Self::MAX
    }
}

impl From<QualityScore> for u8 {
    fn from(score: QualityScore) -> Self {
        score.0
    }
}

impl TryFrom<u8> for QualityScore {
    type Error = ScoreError;

    fn try_from(score: u8) -> Result<Self, ScoreError> {
        Self::new(score).ok_or(ScoreError(score))
    }
}

/// The grade of a score: A ≥ 90, B ≥ 80, C ≥ 70, D ≥ 60, else F. The best grade is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// Below 60.
    F,
    /// 60 and above.
    D,
    /// 70 and above.
    C,
    /// 80 and above.
    B,
    /// 90 and above.
    A,
}

impl Grade {
    /// Grades a score of 0–100.
    pub fn of_score(score: f64) -> Self {
        match score {
            s if s >= 90.0 => Self::A,
            s if s >= 80.0 => Self::B,
            s if s >= 70.0 => Self::C,
            s if s >= 60.0 => Self::D,
            _ => Self::F,
        }
    }
}

/// The level of a score: Excellent ≥ 90, Good ≥ 70, Fair ≥ 50, Poor ≥ 30, else Unacceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Below 30.
    Unacceptable,
    /// 30 and above.
    Poor,
    /// 50 and above.
    Fair,
    /// 70 and above.
    Good,
    /// 90 and above.
    Excellent,
}

impl Level {
    /// Names the level of a score of 0–100.
    pub fn of_score(score: f64) -> Self {
        match score {
            s if s >= 90.0 => Self::Excellent,
            s if s >= 70.0 => Self::Good,
            s if s >= 50.0 => Self::Fair,
            s if s >= 30.0 => Self::Poor,
            _ => Self::Unacceptable,
        }
    }
}

/// One of the six dimensions of data quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dimension {
    /// Nothing is missing.
    Completeness,
    /// Values are near the truth.
    Accuracy,
    /// Values fit one another.
    Consistency,
    /// Values obey the rules of their type.
    Validity,
    /// Values came in time.
    Timeliness,
    /// Nothing is there twice.
    Uniqueness,
}

/// What held an import's grade below its score's, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GradeCap {
    /// More than 10,000 critical defects per million rows: F.
    CriticalAbove10000PerMillion,
    /// More than 1,000 per million: at most D.
    CriticalAbove1000PerMillion,
    /// A dimension below 50: at most D.
    DimensionBelow50(Dimension),
    /// More than 100 per million: at most C.
    CriticalAbove100PerMillion,
    /// Any unresolved critical defect: at most B.
    AnyCritical,
}

impl GradeCap {
    /// Returns the best grade this cap allows.
    pub const fn best_grade(self) -> Grade {
        match self {
            Self::CriticalAbove10000PerMillion => Grade::F,
            Self::CriticalAbove1000PerMillion | Self::DimensionBelow50(_) => Grade::D,
            Self::CriticalAbove100PerMillion => Grade::C,
            Self::AnyCritical => Grade::B,
        }
    }

    /// Returns the strictest cap that `critical` unresolved defects among `rows` rows call for.
    pub fn of_critical(critical: u64, rows: u64) -> Option<Self> {
        let per_million = |limit: u128| u128::from(critical) * 1_000_000 > limit * u128::from(rows);
        match critical {
            0 => None,
            _ if per_million(10_000) => Some(Self::CriticalAbove10000PerMillion),
            _ if per_million(1_000) => Some(Self::CriticalAbove1000PerMillion),
            _ if per_million(100) => Some(Self::CriticalAbove100PerMillion),
            _ => Some(Self::AnyCritical),
        }
    }

    /// Grades `score` under `caps`; returns the strictest cap that lowered the grade, if one did.
    pub fn apply(score: f64, caps: impl IntoIterator<Item = Self>) -> (Grade, Option<Self>) {
        let earned = Grade::of_score(score);
        caps.into_iter()
            .filter(|cap| cap.best_grade() < earned)
            .min_by_key(|cap| cap.best_grade())
            .map_or((earned, None), |cap| (cap.best_grade(), Some(cap)))
    }
}
