//! [`Settings`]: every value checked, and where each came from.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::choice::Profile;
use super::table::Setting;
use super::{Origin, Value};
use crate::api::LogLevel;
use crate::domain::Symbol;
use crate::feed::{FeedConfig, FeedSpec};
use crate::runtime::BackoffPolicy;
use crate::telemetry::LogFormat;
use crate::tui::{ColorDepth, GlyphLevel, ScreenName, ThemeName};

/// How much of a wait is left to chance, so that many clients do not come back at once.
const JITTER: f64 = 0.5;

/// Every setting, checked. Built only by [`load`](super::load()).
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folder of everything that is kept; absolute. It may not exist yet.
    pub data_dir: PathBuf,
    /// Feeds to open, in order; `None` = Coinbase if it answers, else a replay of bundled bars.
    pub feeds: Option<Vec<FeedSpec>>,
    /// What the link to the terminal can bear.
    pub profile: Profile,
    /// How feeds connect.
    pub feed: FeedSettings,
    /// The log.
    pub log: LogSettings,
    /// The dashboard.
    pub dashboard: DashboardSettings,
    config_file: Option<PathBuf>,
    values: Vec<SettingValue>,
    warnings: Vec<String>,
}

/// How feeds connect. Each duration has a range, given in the settings table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedSettings {
    /// WebSocket address of the Coinbase market feed; `ws://` or `wss://`.
    pub coinbase_url: String,
    /// Symbols of Coinbase when the feed is chosen without any; never empty.
    pub coinbase_symbols: Vec<Symbol>,
    /// Longest wait for a connection, handshake included.
    pub connect_timeout: Duration,
    /// Longest wait for the venue to confirm a subscription.
    pub ack_timeout: Duration,
    /// A connection without any message for so long is dropped and opened anew.
    pub idle_timeout: Duration,
    /// Wait before the first attempt to reconnect; it doubles from there.
    pub backoff_min: Duration,
    /// Longest wait between two attempts; never below `backoff_min`.
    pub backoff_max: Duration,
    /// Longest wait for Coinbase to answer when the feed is chosen automatically.
    pub probe_timeout: Duration,
}

/// The log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// The least important line kept.
    pub level: LogLevel,
    /// How lines are written to the file.
    pub format: LogFormat,
    /// Most log files kept, one a day; at least 1.
    pub files_max: u32,
    /// Most lines kept for the Logs screen.
    pub ring_lines: u32,
}

/// The dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DashboardSettings {
    /// The screen to open with.
    pub screen: ScreenName,
    /// Colours.
    pub theme: ThemeName,
    /// Most frames a second; 1–60.
    pub fps_max: u32,
    /// How many colours; `None` = as many as the terminal says it can.
    pub color: Option<ColorDepth>,
    /// Which characters; `None` = those that terminal and locale say they can.
    pub glyphs: Option<GlyphLevel>,
    /// A value without news for so long is called slow.
    pub slow_after: Duration,
    /// A value without news for so long is called stale; always above `slow_after`.
    pub stale_after: Duration,
    /// True when changed digits light up for a moment.
    pub flash: bool,
    /// True when no key changes anything in the agent.
    pub read_only: bool,
}

/// One value, as it is written, and where it came from.
#[derive(Debug, Clone)]
pub struct SettingValue {
    /// The setting.
    pub setting: &'static Setting,
    /// Its value in effect.
    pub value: Value,
    /// Who set it.
    pub origin: Origin,
}

impl Settings {
    /// Nothing is set: only for the loader, which sets every default of the table at once.
    pub(super) fn blank() -> Self {
        Self {
            data_dir: PathBuf::new(),
            feeds: None,
            profile: Profile::default(),
            feed: FeedSettings::default(),
            log: LogSettings {
                level: LogLevel::Info,
                format: LogFormat::Text,
                files_max: 0,
                ring_lines: 0,
            },
            dashboard: DashboardSettings::default(),
            config_file: None,
            values: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Returns how feeds connect, in the feeds' own terms.
    pub fn feed_config(&self) -> FeedConfig {
        let feed = &self.feed;
        let backoff = BackoffPolicy::try_new(feed.backoff_min, feed.backoff_max, JITTER)
            .expect("the loader holds the bounds in order, and above zero");
        FeedConfig {
            coinbase_url: feed.coinbase_url.clone(),
            connect_timeout: feed.connect_timeout,
            ack_timeout: feed.ack_timeout,
            idle_timeout: feed.idle_timeout,
            backoff,
            ..FeedConfig::default()
        }
    }

    /// Returns every value with its origin, in the order of the settings table.
    pub fn values(&self) -> &[SettingValue] {
        &self.values
    }

    /// Returns the value of a path of the settings table.
    pub fn value(&self, path: &str) -> Option<&SettingValue> {
        self.values.iter().find(|value| value.setting.path == path)
    }

    /// Returns the config file: the one named, or the platform's, there or not; `None` when the
    /// platform names none.
    pub fn config_file(&self) -> Option<&Path> {
        self.config_file.as_deref()
    }

    /// Returns what is suspicious and no error, such as an unknown `MDA_…` variable.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(super) fn set_sources(&mut self, config_file: Option<PathBuf>, warnings: Vec<String>) {
        self.config_file = config_file;
        self.warnings = warnings;
    }

    /// Records what a setting now is; the record of an earlier layer is replaced.
    pub(super) fn record(&mut self, value: SettingValue) {
        let path = value.setting.path;
        match self.values.iter_mut().find(|v| v.setting.path == path) {
            Some(earlier) => *earlier = value,
            None => self.values.push(value),
        }
    }
}
