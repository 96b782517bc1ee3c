//! The chart of the selected instrument, with what it shows, of when, and the numbers of its last
//! bar.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::scene::{Pieces, Scene};
use crate::api::{ChangeBasis, ChartDetail, FeedState, Freshness, Instrument};
use crate::domain::{Bar, DataKind, FeedMode, Timeframe};
use crate::tui::format;
use crate::tui::layout::Pane;
use crate::tui::status;
use crate::tui::widget::candles::Candles;
use crate::tui::widget::text;

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(selected) = scene.selected() else {
        let inside = scene.frame(Pane::Chart, area, buf, Pieces::default());
        let next = if scene.state.is_some_and(|state| state.feeds.is_empty()) {
            "Nothing is connected: start with --feed coinbase:BTC-USD or --feed simulated."
        } else {
            "It appears with the selected symbol."
        };
        scene.empty(inside, buf, "No chart", next);
        return;
    };
    let Some(chart) = scene.chart() else {
        let pieces = Pieces {
            name: Some(selected.symbol.as_str()),
            ..Pieces::default()
        };
        let inside = scene.frame(Pane::Chart, area, buf, pieces);
        draw_missing(scene, inside, buf, selected);
        return;
    };
    let inside = draw_frame(scene, area, buf, (selected, chart));
    if chart.bars.is_empty() && chart.forming.is_none() {
        draw_no_bars(scene, inside, buf, (selected, chart));
        return;
    }
    let numbers = u16::from(inside.height >= 6);
    if let Some(bar) = chart
        .forming
        .as_ref()
        .or(chart.bars.last())
        .filter(|_| numbers > 0)
    {
        draw_numbers(scene, text::row(inside, 0), buf, (bar, selected, chart));
    }
    let plot = Rect {
        y: inside.y + numbers,
        height: inside.height.saturating_sub(numbers),
        ..inside
    };
    Candles {
        bars: &chart.bars,
        forming: chart.forming.as_ref(),
        timeframe: chart.timeframe,
        decimals: selected.decimals,
        reference: selected.change_basis.map(ChangeBasis::price),
        is_fresh: matches!(scene.freshness(selected), Freshness::Live | Freshness::Slow),
        theme: scene.theme,
    }
    .draw(plot, buf);
}

/// The feed of an instrument, when it brings nothing now.
fn quiet_feed<'a>(scene: &Scene<'a>, selected: &Instrument) -> Option<&'a FeedState> {
    let feed = scene
        .state
        .and_then(|state| status::feed_of(state, selected));
    feed.filter(|feed| !matches!(feed.mode, FeedMode::Live | FeedMode::Degraded))
}

fn draw_missing(scene: &Scene<'_>, inside: Rect, buf: &mut Buffer, selected: &Instrument) {
    if scene.ui.frozen.is_some() {
        let next = "This chart was not on screen then; f returns to now.";
        scene.empty(inside, buf, "Frozen", next);
    } else if let Some(feed) = quiet_feed(scene, selected) {
        draw_quiet(scene, inside, buf, feed);
    } else {
        scene.empty(
            inside,
            buf,
            "Loading bars",
            "They appear as soon as the agent sends them.",
        );
    }
}

fn draw_quiet(scene: &Scene<'_>, inside: Rect, buf: &mut Buffer, feed: &FeedState) {
    let next = format!("{} is {}: {}.", feed.name, feed.mode.as_str(), feed.reason);
    scene.empty(inside, buf, "No bars", &next);
}

/// A chart before its first trade: why there is none, or when its first bar will be whole.
fn draw_no_bars(
    scene: &Scene<'_>,
    inside: Rect,
    buf: &mut Buffer,
    shown: (&Instrument, &ChartDetail),
) {
    let (selected, chart) = shown;
    if let Some(feed) = quiet_feed(scene, selected) {
        draw_quiet(scene, inside, buf, feed);
        return;
    }
    let timeframe = chart.timeframe;
    let is_told = (Timeframe::M1..Timeframe::D1).contains(&timeframe)
        && selected.data_kind != DataKind::Replay;
    let next = if is_told {
        let close = timeframe.open_of(scene.now).plus(timeframe.duration());
        let close = format::minute(close);
        format!("The first trade opens the first bar; it closes at {close} UTC.")
    } else {
        "The first trade opens the first bar.".to_owned()
    };
    scene.empty(inside, buf, "No bars yet", &next);
}

/// The title says whose bars, how long, from where; the right says of which time.
fn draw_frame(
    scene: &Scene<'_>,
    area: Rect,
    buf: &mut Buffer,
    shown: (&Instrument, &ChartDetail),
) -> Rect {
    let theme = scene.theme;
    let (selected, chart) = shown;
    let (kind, kind_style) = kind_of(scene, selected);
    let title = vec![
        (" ", theme.dim),
        (chart.timeframe.as_str(), theme.strong),
        (" ", theme.dim),
        (chart.source.as_str(), theme.dim),
    ];
    let pieces = Pieces {
        name: Some(chart.symbol.as_str()),
        title,
        facts: vec![(kind.as_str(), kind_style)],
    };
    scene.frame(Pane::Chart, area, buf, pieces)
}

/// The kind of the data, and of which time it is where that is not now.
fn kind_of(scene: &Scene<'_>, selected: &Instrument) -> (String, Style) {
    let freshness = scene.freshness(selected);
    let mark = status::freshness_mark(freshness, selected.data_kind, scene.theme);
    let word = match (selected.data_kind, freshness) {
        (kind, Freshness::Live) => kind.as_str().to_owned(),
        (DataKind::Live, _) => mark.word.to_owned(),
        (kind, _) => format!("{} {}", kind.as_str(), mark.word),
    };
    let age = || {
        selected
            .last_recv
            .and_then(|time| format::age(scene.now.since(time)))
    };
    let text = match data_time(scene, selected).or_else(age) {
        Some(time) => format!("{} {word} {time}", mark.glyph),
        None => format!("{} {word}", mark.glyph),
    };
    let style = match selected.data_kind {
        DataKind::Live => mark.style,
        kind @ (DataKind::Replay | DataKind::Simulated) => status::kind_style(kind, scene.theme),
    };
    (text, style)
}

/// Replayed values carry their own time.
fn data_time(scene: &Scene<'_>, selected: &Instrument) -> Option<String> {
    if selected.data_kind != DataKind::Replay {
        return None;
    }
    let feed = scene
        .state
        .and_then(|state| status::feed_of(state, selected));
    let time = feed.and_then(|feed| feed.replay_time);
    let time = time.or(selected.last.as_ref().map(|last| last.ts_event))?;
    Some(if selected.timeframe.is_daily_or_longer() {
        format::date(time)
    } else {
        format::formatted(time, "%Y-%m-%d %H:%M")
    })
}

/// `O 67,120.10  H 67,150.00  L 67,101.00  C 67,123.45  V 12.34  forming` and the timeframes that
/// can be had.
fn draw_numbers(
    scene: &Scene<'_>,
    area: Rect,
    buf: &mut Buffer,
    shown: (&Bar, &Instrument, &ChartDetail),
) {
    let theme = scene.theme;
    let (bar, selected, chart) = shown;
    let is_up = bar.close >= bar.open;
    let is_fresh = matches!(scene.freshness(selected), Freshness::Live | Freshness::Slow);
    let value = match (is_fresh, is_up) {
        (false, _) => theme.stale,
        (true, true) => theme.up,
        (true, false) => theme.down,
    };
    let price = |price| format::price(price, selected.decimals);
    let volume = format::volume(bar.volume);
    let pairs = [
        ("O ", price(bar.open)),
        ("H ", price(bar.high)),
        ("L ", price(bar.low)),
        ("C ", price(bar.close)),
        ("V ", volume),
    ];
    let width = |pairs: &[(&str, String)]| -> u16 {
        let widths = pairs
            .iter()
            .map(|(name, number)| text::width(name) + text::width(number));
        widths.sum::<u16>() + (pairs.len() as u16 - 1) * 2
    };
    // The close is what counts: where not all fit it is kept, and the open goes first.
    let choices = [&pairs[..], &pairs[..4], &pairs[1..4], &pairs[3..4]];
    let Some(shown) = choices.into_iter().find(|pairs| width(pairs) <= area.width) else {
        return;
    };
    let mut x = area.x;
    for (name, number) in shown {
        let spans = [
            (*name, theme.dim),
            (number.as_str(), value),
            ("  ", theme.dim),
        ];
        x = text::put_spans(buf, text::shifted(area, x - area.x), &spans);
    }
    let rest = text::shifted(area, x - area.x);
    draw_timeframes(scene, rest, buf, chart);
}

fn draw_timeframes(scene: &Scene<'_>, area: Rect, buf: &mut Buffer, chart: &ChartDetail) {
    let theme = scene.theme;
    let wanted: u16 = chart
        .timeframes
        .iter()
        .map(|timeframe| text::width(timeframe.as_str()) + 1)
        .sum();
    if chart.timeframes.len() < 2 || wanted + 4 > area.width {
        return;
    }
    let mut at = text::shifted(area, area.width - wanted - 4);
    at = text::shifted(at, text::put(buf, at, "[ ", theme.key) - at.x);
    for timeframe in &chart.timeframes {
        let is_shown = *timeframe == chart.timeframe;
        let style = if is_shown { theme.accent } else { theme.dim };
        let spans = [(timeframe.as_str(), style), (" ", theme.dim)];
        at = text::shifted(at, text::put_spans(buf, at, &spans) - at.x);
    }
    text::put(buf, at, "]", theme.key);
}
