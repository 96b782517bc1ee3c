//! [`Draft`]: what each column holds, while it is being found out.

use super::names::Name;
use crate::api::ColumnMapping;
use crate::import::{Columns, TimeColumns};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    /// Time, or time of day.
    Time,
    /// Date, where the time of day stands elsewhere.
    Date,
    /// First price.
    Open,
    /// Highest price.
    High,
    /// Lowest price.
    Low,
    /// Last price.
    Close,
    /// Quantity traded.
    Volume,
    /// Number of trades.
    Trades,
    /// Volume-weighted average price.
    Vwap,
    /// What was traded.
    Symbol,
    /// Length of the bar: evidence, not stored.
    Period,
    /// Nothing a bar keeps.
    Unused,
}

impl Role {
    /// Returns the word for it, as a preview shows it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Date => "date",
            Self::Open => "open",
            Self::High => "high",
            Self::Low => "low",
            Self::Close => "close",
            Self::Volume => "volume",
            Self::Trades => "trades",
            Self::Vwap => "vwap",
            Self::Symbol => "symbol",
            Self::Period | Self::Unused => "-",
        }
    }

    /// Returns the role of a word; `None` for any other.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let roles = [
            Self::Time,
            Self::Date,
            Self::Open,
            Self::High,
            Self::Low,
            Self::Close,
            Self::Volume,
            Self::Trades,
            Self::Vwap,
            Self::Symbol,
            Self::Unused,
        ];
        if word == "period" {
            return Some(Self::Period);
        }
        roles.into_iter().find(|role| role.as_str() == word)
    }
}

/// What one column holds, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assigned {
    /// What it holds.
    pub(super) role: Role,
    /// Why, in one sentence.
    pub(super) evidence: String,
    /// How sure, 0–100.
    pub(super) confidence: u8,
}

/// What each column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    columns: Vec<Assigned>,
}

impl Draft {
    /// Starts with nothing known of `width` columns.
    pub(super) fn new(width: usize) -> Self {
        let unknown = Assigned {
            role: Role::Unused,
            evidence: "no meaning found; not used".to_owned(),
            confidence: 60,
        };
        Self {
            columns: vec![unknown; width],
        }
    }

    /// Says what a column holds.
    pub(super) fn set(&mut self, column: usize, role: Role, why: (&str, u8)) {
        if let Some(assigned) = self.columns.get_mut(column) {
            *assigned = Assigned {
                role,
                evidence: why.0.to_owned(),
                confidence: why.1,
            };
        }
    }

    /// Says where times stand; the columns are named for it.
    pub(super) fn set_time(&mut self, place: TimeColumns, why: (&str, u8)) {
        match place {
            TimeColumns::One(column) => self.set(column, Role::Time, why),
            TimeColumns::DateAndTime { date, time } => {
                self.set(date, Role::Date, why);
                self.set(time, Role::Time, why);
            }
        }
    }

    /// Returns the column that holds this.
    pub(super) fn column(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|column| column.role == role)
    }

    /// Returns true for a column that nothing is known of.
    pub(super) fn is_free(&self, column: usize) -> bool {
        let found = self.columns.get(column);
        found.is_none_or(|assigned| assigned.role == Role::Unused)
    }

    /// Returns where times stand.
    pub(super) fn time(&self) -> Option<TimeColumns> {
        let time = self.column(Role::Time);
        match (self.column(Role::Date), time) {
            (Some(date), Some(time)) => Some(TimeColumns::DateAndTime { date, time }),
            (Some(column), None) | (None, Some(column)) => Some(TimeColumns::One(column)),
            (None, None) => None,
        }
    }

    /// Returns the columns with prices and volumes.
    pub(super) fn numbers(&self) -> Vec<usize> {
        let is_number = |role| {
            matches!(
                role,
                Role::Open | Role::High | Role::Low | Role::Close | Role::Volume | Role::Vwap
            )
        };
        let columns = self.columns.iter().enumerate();
        columns
            .filter(|(_, column)| is_number(column.role))
            .map(|(at, _)| at)
            .collect()
    }

    /// Returns the columns of a layout; `None` while a price or the time is missing.
    pub(super) fn columns(&self) -> Option<Columns> {
        Some(Columns {
            time: self.time()?,
            open: self.column(Role::Open)?,
            high: self.column(Role::High)?,
            low: self.column(Role::Low)?,
            close: self.column(Role::Close)?,
            volume: self.column(Role::Volume),
            trade_count: self.column(Role::Trades),
            vwap: self.column(Role::Vwap),
            symbol: self.column(Role::Symbol),
        })
    }

    /// Returns the required columns that are missing, in words.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let required = [Role::Open, Role::High, Role::Low, Role::Close];
        let prices = required
            .into_iter()
            .filter(|role| self.column(*role).is_none())
            .map(Role::as_str);
        let time = self.time().is_none().then_some("time");
        time.into_iter().chain(prices).collect()
    }

    /// Returns the required and optional columns that were found, in words.
    pub(super) fn found(&self) -> Vec<&'static str> {
        let words = self.columns.iter().map(|column| column.role.as_str());
        words.filter(|word| *word != "-").collect()
    }

    /// Tells a person what each column holds.
    pub(super) fn mappings(&self, names: &[Name]) -> Vec<ColumnMapping> {
        let columns = self.columns.iter().enumerate();
        columns
            .map(|(at, column)| ColumnMapping {
                name: names
                    .get(at)
                    .map_or_else(String::new, |name| name.raw.clone()),
                role: column.role.as_str().to_owned(),
                evidence: column.evidence.clone(),
                confidence: column.confidence,
            })
            .collect()
    }
}
