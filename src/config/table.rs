//! The settings table: every setting there is, once.
//!
//! Reading, printing, the example file, the reference page and the schema are all made from it. A
//! setting is added by one entry here and one field in `settings`; its environment name follows
//! from its path.

use super::choice::Profile;
use super::kind::{Kind, choose};
use crate::api::LogLevel;
use crate::telemetry::LogFormat;
use crate::tui::{ColorDepth, GlyphLevel, ScreenName, ThemeName};

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its path in the file: `section.key`, or `key` at the top.
    pub path: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// What it is when nobody sets it.
    pub default: Preset,
    /// What it is for, in one sentence.
    pub about: &'static str,
}

/// What a setting is when nobody sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// This value, written as in the environment.
    Text(&'static str),
    /// The data folder of the platform.
    DataFolder,
    /// Nothing: the program chooses.
    Unset {
        /// How it chooses.
        choice: &'static str,
        /// A value that one might set, written as in the environment.
        example: &'static str,
    },
}

impl Setting {
    /// Returns the variable that sets it.
    pub fn env_name(&self) -> String {
        format!("MDA_{}", self.path.replace('.', "_").to_ascii_uppercase())
    }

    /// Returns the table that it stands in; empty at the top.
    pub fn section(&self) -> &'static str {
        self.path.split_once('.').map_or("", |(section, _)| section)
    }

    /// Returns its name within its table.
    pub fn key(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(_, key)| key)
    }
}

/// Returns the setting of a path.
pub(super) fn setting(path: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.path == path)
}

/// Every setting, those at the top first, then table by table.
pub static SETTINGS: [Setting; 24] = [
    Setting {
        path: "data_dir",
        kind: Kind::Folder(|s| &mut s.data_dir),
        default: Preset::DataFolder,
        about: "Folder of everything that is kept: logs, lock and socket. One process owns it.",
    },
    Setting {
        path: "feeds",
        kind: Kind::Feeds(|s| &mut s.feeds),
        default: Preset::Unset {
            choice: "automatic: Coinbase if it answers, else a replay of bundled bars",
            example: "coinbase:BTC-USD,ETH-USD",
        },
        about: "Feeds to open, in order.",
    },
    Setting {
        path: "profile",
        kind: Kind::choice::<Profile>(|s, word| choose(&mut s.profile, word)),
        default: Preset::Text("local"),
        about: "What the link to the terminal can bear; `ssh` means 4 frames a second and no \
                flashing, unless these are set.",
    },
    Setting {
        path: "feed.coinbase_url",
        kind: Kind::WebSocketUrl(|s| &mut s.feed.coinbase_url),
        default: Preset::Text("wss://ws-feed.exchange.coinbase.com"),
        about: "WebSocket address of the Coinbase market feed.",
    },
    Setting {
        path: "feed.coinbase_symbols",
        kind: Kind::Symbols(|s| &mut s.feed.coinbase_symbols),
        default: Preset::Text(
            "BTC-USD,ETH-USD,SOL-USD,XRP-USD,DOGE-USD,LTC-USD,ADA-USD,AVAX-USD,LINK-USD,DOT-USD",
        ),
        about: "Symbols of Coinbase when its feed is chosen without naming any.",
    },
    Setting {
        path: "feed.connect_timeout",
        kind: Kind::Duration {
            min: "100ms",
            max: "5m",
            field: |s| &mut s.feed.connect_timeout,
        },
        default: Preset::Text("10s"),
        about: "Longest wait for a connection, handshake included.",
    },
    Setting {
        path: "feed.ack_timeout",
        kind: Kind::Duration {
            min: "100ms",
            max: "5m",
            field: |s| &mut s.feed.ack_timeout,
        },
        default: Preset::Text("5s"),
        about: "Longest wait for the venue to confirm a subscription.",
    },
    Setting {
        path: "feed.idle_timeout",
        kind: Kind::Duration {
            min: "1s",
            max: "1h",
            field: |s| &mut s.feed.idle_timeout,
        },
        default: Preset::Text("10s"),
        about: "A connection without any message for so long is opened anew.",
    },
    Setting {
        path: "feed.backoff_min",
        kind: Kind::Duration {
            min: "10ms",
            max: "1h",
            field: |s| &mut s.feed.backoff_min,
        },
        default: Preset::Text("500ms"),
        about: "Wait before the first attempt to reconnect; it doubles with each attempt.",
    },
    Setting {
        path: "feed.backoff_max",
        kind: Kind::Duration {
            min: "10ms",
            max: "1h",
            field: |s| &mut s.feed.backoff_max,
        },
        default: Preset::Text("30s"),
        about: "Longest wait between two attempts to reconnect; not below `feed.backoff_min`.",
    },
    Setting {
        path: "feed.probe_timeout",
        kind: Kind::Duration {
            min: "100ms",
            max: "1m",
            field: |s| &mut s.feed.probe_timeout,
        },
        default: Preset::Text("3s"),
        about: "Longest wait for Coinbase to answer when the feed is chosen automatically.",
    },
    Setting {
        path: "log.level",
        kind: Kind::choice::<LogLevel>(|s, word| choose(&mut s.log.level, word)),
        default: Preset::Text("info"),
        about: "The least important log line that is kept.",
    },
    Setting {
        path: "log.format",
        kind: Kind::choice::<LogFormat>(|s, word| choose(&mut s.log.format, word)),
        default: Preset::Text("text"),
        about: "How log lines are written to the file.",
    },
    Setting {
        path: "log.files_max",
        kind: Kind::Count {
            min: 1,
            max: 1_000,
            field: |s| &mut s.log.files_max,
        },
        default: Preset::Text("14"),
        about: "Most log files kept, one a day; the oldest are deleted.",
    },
    Setting {
        path: "log.ring_lines",
        kind: Kind::Count {
            min: 100,
            max: 100_000,
            field: |s| &mut s.log.ring_lines,
        },
        default: Preset::Text("2000"),
        about: "Most lines kept in memory for the Logs screen.",
    },
    Setting {
        path: "dashboard.screen",
        kind: Kind::choice::<ScreenName>(|s, word| choose(&mut s.dashboard.screen, word)),
        default: Preset::Text("overview"),
        about: "The screen to open with.",
    },
    Setting {
        path: "dashboard.theme",
        kind: Kind::choice::<ThemeName>(|s, word| choose(&mut s.dashboard.theme, word)),
        default: Preset::Text("dark"),
        about: "Colours: for a dark ground, for a light one, for any colour vision, in strong \
                contrast, or none.",
    },
    Setting {
        path: "dashboard.fps_max",
        kind: Kind::Count {
            min: 1,
            max: 60,
            field: |s| &mut s.dashboard.fps_max,
        },
        default: Preset::Text("30"),
        about: "Most frames a second; nothing is drawn while nothing changes.",
    },
    Setting {
        path: "dashboard.color",
        kind: Kind::choice::<Option<ColorDepth>>(|s, word| choose(&mut s.dashboard.color, word)),
        default: Preset::Text("auto"),
        about: "How many colours to write; `auto` asks NO_COLOR, COLORTERM and TERM.",
    },
    Setting {
        path: "dashboard.glyphs",
        kind: Kind::choice::<Option<GlyphLevel>>(|s, word| choose(&mut s.dashboard.glyphs, word)),
        default: Preset::Text("auto"),
        about: "Which characters to draw with; `auto` asks the locale and TERM.",
    },
    Setting {
        path: "dashboard.slow_after",
        kind: Kind::Duration {
            min: "100ms",
            max: "1h",
            field: |s| &mut s.dashboard.slow_after,
        },
        default: Preset::Text("15s"),
        about: "A value without news for so long is called SLOW.",
    },
    Setting {
        path: "dashboard.stale_after",
        kind: Kind::Duration {
            min: "100ms",
            max: "24h",
            field: |s| &mut s.dashboard.stale_after,
        },
        default: Preset::Text("1m"),
        about: "A value without news for so long is called STALE; above `dashboard.slow_after`.",
    },
    Setting {
        path: "dashboard.flash",
        kind: Kind::Switch(|s| &mut s.dashboard.flash),
        default: Preset::Text("true"),
        about: "Digits that changed light up for a moment.",
    },
    Setting {
        path: "dashboard.read_only",
        kind: Kind::Switch(|s| &mut s.dashboard.read_only),
        default: Preset::Text("false"),
        about: "No key changes anything in the agent.",
    },
];
