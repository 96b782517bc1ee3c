//! [`Candles`]: open, high, low, close and volume as a picture.
//!
//! ```text
//!    ╷                   67,150 ┤
//!    █ ╷ ┊ ╷                    │
//! ╌╌╌█╌█╌┊╌█╌╌╌╌╌╌╌╌╌╌╌╌╌67,120╌│
//!      ▀ ┊ ╵             67,100 ┤
//! ▂ ▁▃▂█ ┊ ▃              1.2K
//! 14:30      14:40
//! ```
//! Bodies in half cells (`█▀▄`), wicks `│╵╷`; with more bars than fit at two columns each, one
//! column a bar with heavy lines for bodies (`┃╻╹╽╿`), so that neighbours stay apart. The price
//! axis lies at the right with the last price on a filled ground; `╌` is what change is counted
//! from; `┊` stands for a stretch without bars: a pause of the market is drawn as a pause and never
//! filled with invented bars. Below, volume in eighth blocks, and times as the calendar tells them.
//! Prices become floats here, for rows only.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::axis;
use super::candle_glyph::{body_glyph, halves, line_glyph, thin_glyph, wick_glyph};
use super::pane::set;
use super::text;
use crate::domain::{Bar, Price, Timeframe, Timestamp};
use crate::tui::format;
use crate::tui::theme::Theme;

/// Missing bars up to this are left blank at their width; longer pauses shrink to one column.
const BLANKS_MAX: i64 = 2;

/// Days between two daily bars that no one misses: a long weekend.
const DAYS_OFF_MAX: i64 = 4;

const DAY_MICROS: i64 = 86_400_000_000;

const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candles<'a> {
    /// Closed bars, oldest first.
    pub(crate) bars: &'a [Bar],
    /// The bar that still changes.
    pub(crate) forming: Option<&'a Bar>,
    /// Length of the bars.
    pub(crate) timeframe: Timeframe,
    /// Decimals of the prices.
    pub(crate) decimals: u8,
    /// What change is counted from.
    pub(crate) reference: Option<Price>,
    /// False: the last price is not the market's present one.
    pub(crate) is_fresh: bool,
    /// The look.
    pub(crate) theme: &'a Theme,
}

/// A bar and the column of its middle.
#[derive(Debug, Clone, Copy)]
struct Placed<'a> {
    bar: &'a Bar,
    x: u16,
    has_pause_after: bool,
}

/// The parts of the picture.
#[derive(Debug, Clone, Copy)]
struct Parts {
    prices: Rect,
    volumes: Rect,
    times: Rect,
    axis: Rect,
}

impl Candles<'_> {
    /// Draws the newest bars that fit.
    pub(crate) fn draw(&self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let Some(last) = self.forming.or(self.bars.last()) else {
            return;
        };
        let label_width = self.label_width(area.width);
        if area.height < 3 || area.width < label_width + 4 {
            let label = format::price(last.close, self.decimals);
            text::put_number(buf, area, &label, self.theme.strong);
            return;
        }
        let parts = divide(area, label_width);
        let placed = self.place(parts.prices);
        let scale = Scale::of(&placed, parts.prices);
        self.draw_grid(buf, parts, &scale);
        self.draw_reference(buf, parts, &scale);
        let pitch = self.pitch(parts.prices.width);
        for one in &placed {
            self.draw_bar(buf, one, &scale, pitch);
        }
        self.draw_pauses(buf, parts, &placed, pitch);
        self.draw_volumes(buf, parts, &placed, pitch);
        self.draw_times(buf, parts.times, &placed);
        self.draw_last(buf, parts.axis, last, &scale);
    }

    fn newest_first(&self) -> impl Iterator<Item = &Bar> {
        let newest_closed = self.bars.last().map(|bar| bar.time);
        let forming = self
            .forming
            .filter(|bar| newest_closed.is_none_or(|t| bar.time > t));
        forming.into_iter().chain(self.bars.iter().rev())
    }

    /// The widest label of the prices that could be on screen.
    fn label_width(&self, bars_max: u16) -> u16 {
        let prices = self.newest_first().take(usize::from(bars_max));
        let widths = prices.map(|bar| {
            let high = format::price_width(bar.high, self.decimals);
            high.max(format::price_width(bar.low, self.decimals))
        });
        widths.max().unwrap_or(0) + 1
    }

    /// Columns from one bar to the next: as many as the bars leave room for, else one, since the
    /// course of more bars tells more than gaps between fewer.
    fn pitch(&self, width: u16) -> u16 {
        let bars = self.bars.len() as u16 + 1;
        if bars.saturating_mul(4) <= width {
            4
        } else if bars.saturating_mul(2) <= width {
            2
        } else {
            1
        }
    }

    /// Places bars from the right edge to the left, with blanks and pauses where bars are missing.
    fn place(&self, area: Rect) -> Vec<Placed<'_>> {
        let pitch = self.pitch(area.width);
        let body = body_width(pitch);
        let mut placed: Vec<Placed<'_>> = Vec::new();
        let mut right = i32::from(area.right());
        for bar in self.newest_first() {
            let pause = placed
                .last()
                .map_or(Pause::None, |newer| pause(bar, newer.bar));
            right -= i32::from(pitch) * pause.slots();
            let left = right - i32::from(body);
            if left < i32::from(area.x) {
                break;
            }
            placed.push(Placed {
                bar,
                x: left as u16 + body / 2,
                has_pause_after: pause == Pause::Long,
            });
            right -= i32::from(pitch);
        }
        placed.reverse();
        placed
    }

    fn draw_bar(&self, buf: &mut Buffer, one: &Placed<'_>, scale: &Scale, pitch: u16) {
        let bar = one.bar;
        let is_up = bar.close >= bar.open;
        let style = if is_up {
            self.theme.up
        } else {
            self.theme.down
        };
        let body = scale.span(bar.open.max(bar.close), bar.open.min(bar.close));
        let wick = scale.span(bar.high, bar.low);
        let half = body_width(pitch) / 2;
        let is_line = pitch == 1;
        let is_thin = body.0 == body.1 && !is_line;
        let is_hollow = self.theme.has_hollow_bars && !is_up;
        for row in wick.0 / 2..=wick.1 / 2 {
            let y = scale.area.y + row;
            let bodies = halves(body, row);
            let wicks = halves(wick, row);
            let (glyph, wing) = match bodies {
                (false, false) => (wick_glyph(wicks), None),
                _ if is_thin => (thin_glyph(wick.0 < body.0, wick.1 > body.1), Some('━')),
                _ if is_hollow => ('▒', Some('▒')),
                _ if is_line => (line_glyph(bodies, wicks), None),
                _ => {
                    let glyph = body_glyph(bodies, wicks);
                    (glyph, Some(glyph))
                }
            };
            set(buf, one.x, y, glyph, style);
            for x in wing
                .iter()
                .flat_map(|_| (one.x - half..one.x).chain(one.x + 1..=one.x + half))
            {
                set(buf, x, y, wing.unwrap_or(' '), style);
            }
        }
    }

    fn draw_pauses(&self, buf: &mut Buffer, parts: Parts, placed: &[Placed<'_>], pitch: u16) {
        for one in placed.iter().filter(|one| one.has_pause_after) {
            let x = one.x + pitch;
            for y in parts.prices.y..parts.volumes.bottom() {
                set(buf, x, y, '┊', self.theme.grid);
            }
        }
    }

    /// Round prices at the right, and a dotted row through each.
    fn draw_grid(&self, buf: &mut Buffer, parts: Parts, scale: &Scale) {
        let count = usize::from(parts.prices.height / 3).clamp(1, 9);
        let ticks = axis::price_ticks(scale.low, scale.high, count);
        let needless = self.needless_zeros(&ticks);
        for tick in ticks {
            let y = scale.row_of(tick);
            for x in (parts.prices.x..parts.prices.right()).rev().step_by(4) {
                set(buf, x, y, '·', self.theme.grid);
            }
            let label = tick_label(tick, self.decimals - needless);
            let row = axis_row(parts.axis, y);
            let row = Rect {
                width: row.width.saturating_sub(u16::from(needless)),
                ..row
            };
            text::put_number(buf, row, &label, self.theme.dim);
        }
    }

    /// Counts the last decimals that are zero in every tick, beyond the two that money has: left
    /// blank, so that points stay below each other.
    fn needless_zeros(&self, ticks: &[f64]) -> u8 {
        let is_same = |decimals: u8| {
            let unit = 10_f64.powi(i32::from(decimals));
            let is_round = |tick: &f64| (tick * unit - (tick * unit).round()).abs() < 1e-3;
            ticks.iter().all(is_round)
        };
        let least = self.decimals.min(2);
        let needed = (least..self.decimals).find(|decimals| is_same(*decimals));
        self.decimals - needed.unwrap_or(self.decimals)
    }

    fn draw_reference(&self, buf: &mut Buffer, parts: Parts, scale: &Scale) {
        let Some(reference) = self.reference else {
            return;
        };
        let value = reference.to_plot();
        if value < scale.low || value > scale.high {
            return;
        }
        let y = scale.row_of(value);
        for x in parts.prices.x..parts.prices.right() {
            set(buf, x, y, '╌', self.theme.grid);
        }
        clear(buf, axis_row(parts.axis, y));
        let label = format::price(reference, self.decimals);
        text::put_number(buf, axis_row(parts.axis, y), &label, self.theme.text);
    }

    fn draw_last(&self, buf: &mut Buffer, axis: Rect, last: &Bar, scale: &Scale) {
        let style = match (self.is_fresh, last.close >= last.open) {
            (false, _) => self.theme.badge_neutral,
            (true, true) => self.theme.flash_up,
            (true, false) => self.theme.flash_down,
        };
        let y = scale.row_of(last.close.to_plot());
        let tag = axis_row(axis, y);
        clear(buf, tag);
        buf.set_style(tag, style);
        text::put_number(buf, tag, &format::price(last.close, self.decimals), style);
    }

    fn draw_volumes(&self, buf: &mut Buffer, parts: Parts, placed: &[Placed<'_>], pitch: u16) {
        let area = parts.volumes;
        let most = placed.iter().map(|one| one.bar.volume).max();
        let Some(most) = most.filter(|most| !most.is_zero() && area.height > 0) else {
            return;
        };
        let half = body_width(pitch) / 2;
        for one in placed {
            let share = one.bar.volume.to_plot() / most.to_plot();
            let mut eighths = (share * f64::from(area.height) * 8.0).ceil() as u16;
            let is_up = one.bar.close >= one.bar.open;
            let style = if is_up {
                self.theme.volume_up
            } else {
                self.theme.volume_down
            };
            for y in (area.y..area.bottom()).rev() {
                if eighths == 0 {
                    break;
                }
                let glyph = EIGHTHS[usize::from(eighths.min(8)) - 1];
                for x in one.x - half..=one.x + half {
                    set(buf, x, y, glyph, style);
                }
                eighths -= eighths.min(8);
            }
        }
        let label = Rect::new(parts.axis.x, area.y, parts.axis.width, 1);
        text::put_right(buf, label, &format::volume(most), self.theme.dim);
    }

    fn draw_times(&self, buf: &mut Buffer, area: Rect, placed: &[Placed<'_>]) {
        if area.height == 0 {
            return;
        }
        let times: Vec<Timestamp> = placed.iter().map(|one| one.bar.time).collect();
        let columns: Vec<u16> = placed.iter().map(|one| one.x).collect();
        for tick in axis::time_ticks(&times, &columns, self.timeframe, 10) {
            let at = text::shifted(area, columns[tick.at] - area.x);
            if at.width >= text::width(&tick.text) {
                let style = if tick.is_major {
                    self.theme.text
                } else {
                    self.theme.dim
                };
                text::put(buf, at, &tick.text, style);
            }
        }
    }
}

fn divide(area: Rect, label_width: u16) -> Parts {
    let times = u16::from(area.height >= 6);
    let volumes = match area.height {
        0..10 => 0,
        10..16 => 2,
        16..28 => 3,
        _ => area.height / 7,
    };
    // A candle must not seem to go on in the volume below it.
    let gap = u16::from(volumes > 0);
    let width = area.width - label_width;
    let prices = area.height - times - volumes - gap;
    let part = |y: u16, height: u16| Rect::new(area.x, area.y + y, width, height);
    Parts {
        prices: part(0, prices),
        volumes: part(prices + gap, volumes),
        times: Rect {
            width: area.width,
            ..part(prices + gap + volumes, times)
        },
        axis: Rect::new(area.x + width, area.y, label_width, prices),
    }
}

const fn body_width(pitch: u16) -> u16 {
    if pitch >= 4 { 3 } else { 1 }
}

fn axis_row(axis: Rect, y: u16) -> Rect {
    let inside = text::shifted(axis, 1);
    Rect {
        y,
        height: 1,
        ..inside
    }
}

fn clear(buf: &mut Buffer, area: Rect) {
    for x in area.x..area.right() {
        set(buf, x, area.y, ' ', Style::new());
    }
}

fn tick_label(value: f64, decimals: u8) -> String {
    let scaled = (value * 1e8).round();
    format::price(Price::from_scaled(scaled as i64), decimals)
}

/// What lies between two bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pause {
    None,
    Blanks(i64),
    Long,
}

impl Pause {
    fn slots(self) -> i32 {
        match self {
            Self::None => 0,
            Self::Blanks(count) => count as i32,
            Self::Long => 1,
        }
    }
}

fn pause(older: &Bar, newer: &Bar) -> Pause {
    let close = older.close_time();
    let missing = newer.time.micros().saturating_sub(close.micros());
    let is_weekend = older.timeframe == Timeframe::D1 && missing <= DAYS_OFF_MAX * DAY_MICROS;
    if missing <= 0 || is_weekend {
        return Pause::None;
    }
    match missing / older.timeframe.nominal_micros() {
        count @ 1..=BLANKS_MAX => Pause::Blanks(count),
        0 => Pause::None,
        _ => Pause::Long,
    }
}

/// From prices to half rows.
#[derive(Debug, Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
    area: Rect,
}

impl Scale {
    fn of(placed: &[Placed<'_>], area: Rect) -> Self {
        let low = placed
            .iter()
            .map(|one| one.bar.low)
            .min()
            .unwrap_or_default();
        let high = placed
            .iter()
            .map(|one| one.bar.high)
            .max()
            .unwrap_or_default();
        let (low, high) = (low.to_plot(), high.to_plot());
        let margin = if high > low {
            (high - low) * 0.03
        } else {
            (high.abs() * 0.001).max(1e-8)
        };
        Self {
            low: low - margin,
            high: high + margin,
            area,
        }
    }

    /// The half row of a price, 0 at the top.
    fn half_row(&self, value: f64) -> u16 {
        let share = (self.high - value) / (self.high - self.low);
        let halves = f64::from(self.area.height) * 2.0 - 1.0;
        (share.clamp(0.0, 1.0) * halves).round() as u16
    }

    fn span(&self, top: Price, bottom: Price) -> (u16, u16) {
        (
            self.half_row(top.to_plot()),
            self.half_row(bottom.to_plot()),
        )
    }

    /// The screen row of a price.
    fn row_of(&self, value: f64) -> u16 {
        self.area.y + self.half_row(value) / 2
    }
}

#[cfg(test)]
#[path = "candles_tests.rs"]
mod tests;
