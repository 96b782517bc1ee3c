//! The one table of watchlist columns: what they are called, how wide they are, which of them give
//! way first.

use std::sync::Arc;

use crate::api::{ChangeBasis, Instrument};
use crate::domain::DataKind;
use crate::tui::format;
use crate::tui::layout::ScreenName;
use crate::tui::watch::SortKey;
use crate::tui::widget::table::ColumnNeed;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Cursor,
    Symbol,
    Kind,
    Last,
    Change,
    ChangePercent,
    Basis,
    Bid,
    Ask,
    Spread,
    BidSize,
    AskSize,
    Low,
    High,
    Volume,
    Trend,
    Feed,
    State,
}

/// Most points of a sparkline: what the agent sends.
const TREND_WIDTH_MAX: u16 = 60;

const OVERVIEW: &[Column] = &[
    Column::Cursor,
    Column::Symbol,
    Column::Kind,
    Column::Last,
    Column::Change,
    Column::ChangePercent,
    Column::Basis,
    Column::Bid,
    Column::Ask,
    Column::Trend,
    Column::State,
];

const MARKETS: &[Column] = &[
    Column::Cursor,
    Column::Symbol,
    Column::Kind,
    Column::Last,
    Column::Change,
    Column::ChangePercent,
    Column::Basis,
    Column::Bid,
    Column::Ask,
    Column::Spread,
    Column::BidSize,
    Column::AskSize,
    Column::Low,
    Column::High,
    Column::Volume,
    Column::Trend,
    Column::Feed,
    Column::State,
];

/// What the widths depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each bool answers whether one column has a use"
)]
pub(super) struct Content {
    symbol: u16,
    feed: u16,
    price: u16,
    spread: u16,
    /// True when some row is not of the market now.
    has_kinds: bool,
    /// The one basis of all changes; absent when rows differ.
    pub(super) basis: Option<&'static str>,
    has_mixed_bases: bool,
    /// What rows with a price have beside it; true before there is one.
    has_quotes: bool,
    has_days: bool,
    is_narrow: bool,
}

impl Content {
    /// Looks through all rows, so that widths do not jump while scrolling.
    pub(super) fn of(rows: &[Arc<Instrument>], width: u16) -> Self {
        let mut content = Self {
            symbol: 6,
            feed: 4,
            price: 6,
            spread: 6,
            has_kinds: false,
            basis: None,
            has_mixed_bases: false,
            has_quotes: true,
            has_days: true,
            is_narrow: width < 62,
        };
        let mut priced = rows.iter().filter(|row| row.last.is_some()).peekable();
        if priced.peek().is_some() {
            content.has_quotes = rows.iter().any(|row| row.quote.is_some());
            content.has_days = rows.iter().any(|row| row.day.is_some());
        }
        for row in rows {
            content.add(row);
        }
        content
    }

    fn add(&mut self, row: &Instrument) {
        self.symbol = self.symbol.max(row.symbol.as_str().len().min(14) as u16);
        self.feed = self.feed.max(row.feed.len().min(12) as u16);
        self.has_kinds |= row.data_kind != DataKind::Live;
        let quote = row.quote.as_ref();
        let prices = [
            row.last.as_ref().map(|last| last.price),
            quote.map(|quote| quote.bid),
            quote.map(|quote| quote.ask),
            row.day.as_ref().map(|day| day.high),
        ];
        for price in prices.into_iter().flatten() {
            self.price = self.price.max(format::price_width(price, row.decimals));
        }
        if let Some(spread) = quote.and_then(crate::domain::Quote::spread) {
            self.spread = self.spread.max(format::price_width(spread, row.decimals));
        }
        let label = row.change_basis.map(basis_word);
        match (self.basis, label) {
            (Some(basis), Some(label)) if basis != label => self.has_mixed_bases = true,
            (None, Some(_)) => self.basis = label,
            _ => {}
        }
    }

    /// Returns the basis that the header names: the one all rows share.
    pub(super) fn header_basis(&self) -> Option<&'static str> {
        self.basis.filter(|_| !self.has_mixed_bases)
    }
}

/// Returns the word for a basis that fits a column.
pub(super) const fn basis_word(basis: ChangeBasis) -> &'static str {
    match basis {
        ChangeBasis::Venue24h(_) => "24h",
        ChangeBasis::PreviousClose(_) => "prev",
        ChangeBasis::FirstSeen(_) => "first",
    }
}

/// Returns the columns of a screen.
pub(super) const fn columns_of(screen: ScreenName) -> &'static [Column] {
    match screen {
        ScreenName::Overview | ScreenName::Imports | ScreenName::Logs => OVERVIEW,
        ScreenName::Markets => MARKETS,
    }
}

impl Column {
    /// Returns what stands above the column.
    pub(super) fn header(self, content: &Content) -> String {
        let word = match self {
            Self::Cursor | Self::Kind => "",
            Self::Symbol => "symbol",
            Self::Last => "last",
            Self::Change => "chg",
            Self::ChangePercent => {
                let basis = content.header_basis();
                return basis.map_or("chg%".to_owned(), |basis| format!("chg% {basis}"));
            }
            Self::Basis => "since",
            Self::Bid => "bid",
            Self::Ask => "ask",
            Self::Spread => "spread",
            Self::BidSize => "bid sz",
            Self::AskSize => "ask sz",
            Self::Low => "low",
            Self::High => "high",
            Self::Volume => "volume",
            Self::Trend => "trend",
            Self::Feed => "feed",
            Self::State => "state",
        };
        word.to_owned()
    }

    /// Returns what sorts by this column.
    pub(super) const fn sort_key(self) -> Option<SortKey> {
        match self {
            Self::Symbol => Some(SortKey::Symbol),
            Self::Last => Some(SortKey::Last),
            Self::ChangePercent => Some(SortKey::Change),
            Self::Spread => Some(SortKey::Spread),
            Self::Volume => Some(SortKey::Volume),
            Self::State => Some(SortKey::Age),
            Self::Cursor
            | Self::Kind
            | Self::Change
            | Self::Basis
            | Self::Bid
            | Self::Ask
            | Self::BidSize
            | Self::AskSize
            | Self::Low
            | Self::High
            | Self::Trend
            | Self::Feed => None,
        }
    }

    /// Returns true for columns whose values are aligned at the right.
    pub(super) const fn is_right(self) -> bool {
        !matches!(
            self,
            Self::Cursor | Self::Symbol | Self::Kind | Self::Basis | Self::Feed | Self::State
        )
    }

    /// Returns what the column needs; a column without any use now needs more than there ever is.
    pub(super) fn need(self, content: &Content) -> ColumnNeed {
        let fixed = |width: u16, priority: u8| ColumnNeed {
            width,
            width_max: width,
            priority,
        };
        let absent = fixed(u16::MAX / 2, u8::MAX);
        match self {
            Self::Symbol => fixed(content.symbol, 0),
            Self::Kind if !content.has_kinds => absent,
            Self::Cursor | Self::Kind => fixed(1, 0),
            Self::Last => ColumnNeed {
                width_max: content.price + 4,
                ..fixed(content.price, 0)
            },
            Self::State if content.is_narrow => fixed(6, 0),
            Self::State => fixed(11, 0),
            Self::ChangePercent => fixed(10, 0),
            Self::Basis if !content.has_mixed_bases => absent,
            Self::Basis => fixed(5, 1),
            Self::Bid | Self::Ask | Self::Spread | Self::BidSize | Self::AskSize
                if !content.has_quotes =>
            {
                absent
            }
            Self::Low | Self::High | Self::Volume if !content.has_days => absent,
            Self::Bid | Self::Ask => fixed(content.price, 2),
            Self::Trend => ColumnNeed {
                width: 8,
                width_max: TREND_WIDTH_MAX,
                priority: 3,
            },
            Self::Change => fixed(content.price + 1, 4),
            Self::Volume => fixed(8, 5),
            Self::Spread => fixed(content.spread.max(6), 6),
            Self::Low | Self::High => fixed(content.price, 7),
            Self::BidSize | Self::AskSize => fixed(8, 8),
            Self::Feed => fixed(content.feed, 9),
        }
    }
}
