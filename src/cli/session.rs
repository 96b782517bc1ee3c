//! [`Session`]: what every run with an agent begins with: settings, clock, log.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::agent::{AgentConfig, FeedPlan};
use crate::api::{self, FreshnessLimits};
use crate::config::{ColorChoice, GlyphChoice, LogLevel, Paths, ScreenName, Settings, ThemeName};
use crate::feed::{FeedSpec, ReplayFrom, ReplaySpeed};
use crate::runtime::{Clock, SystemClock};
use crate::telemetry::{self, LogReader, Telemetry, TelemetryConfig};
use crate::tui::{self, AppOptions, Caps, CapsRequest, ColorDepth, GlyphLevel};

/// Settings, clock and log. Dropping it writes the rest of the log.
#[derive(Debug)]
pub(super) struct Session {
    settings: Settings,
    clock: Arc<dyn Clock>,
    telemetry: Telemetry,
}

impl Session {
    /// Starts the clock and the log. From here on a panic is logged, and printed only by who owns
    /// the terminal.
    pub(super) fn start(settings: Settings) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let config = TelemetryConfig {
            directory: Paths::new(&settings).logs_dir,
            level: log_level(settings.log.level),
            format: settings.log.format,
            files_max: settings.log.files_max as usize,
            ring_lines: settings.log.ring_lines as usize,
        };
        let telemetry = Telemetry::start(&config, Arc::clone(&clock)).with_context(|| {
            let data_dir = settings.data_dir.display();
            format!("failed to open the log in `{data_dir}`; `--data-dir DIR` picks another folder")
        })?;
        telemetry::install_panic_log();
        for warning in settings.warnings() {
            tracing::warn!("{warning}");
        }
        Ok(Self {
            settings,
            clock,
            telemetry,
        })
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    pub(super) fn log(&self) -> LogReader {
        self.telemetry.log()
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the time between two frames.
    fn frame(&self) -> Duration {
        Duration::from_secs(1) / self.settings.dashboard.fps_max.max(1)
    }

    /// Translates the settings into the agent's own.
    pub(super) fn agent_config(&self) -> AgentConfig {
        let settings = &self.settings;
        let feeds = match &settings.feeds {
            Some(specs) => FeedPlan::Listed(specs.clone()),
            None => FeedPlan::Automatic {
                live: FeedSpec::Coinbase {
                    symbols: settings.feed.coinbase_symbols.clone(),
                },
                fallback: FeedSpec::Replay {
                    from: ReplayFrom::Bundled,
                    speed: ReplaySpeed::REAL_TIME,
                },
                probe_timeout: settings.feed.probe_timeout,
            },
        };
        AgentConfig {
            data_dir: settings.data_dir.clone(),
            feeds,
            feed: settings.feed_config(),
            frame: self.frame(),
        }
    }

    /// Translates the settings, and what the terminal says of itself, into the dashboard's own.
    pub(super) fn app_options(&self) -> AppOptions {
        let dashboard = &self.settings.dashboard;
        AppOptions {
            caps: self.caps(),
            theme: match dashboard.theme {
                ThemeName::Dark => tui::ThemeName::Dark,
                ThemeName::Light => tui::ThemeName::Light,
                ThemeName::ColorBlind => tui::ThemeName::ColorBlind,
                ThemeName::Contrast => tui::ThemeName::Contrast,
                ThemeName::Mono => tui::ThemeName::Mono,
            },
            screen: match dashboard.screen {
                ScreenName::Overview => tui::ScreenName::Overview,
                ScreenName::Markets => tui::ScreenName::Markets,
                ScreenName::Logs => tui::ScreenName::Logs,
            },
            limits: FreshnessLimits {
                slow_after: dashboard.slow_after,
                stale_after: dashboard.stale_after,
            },
            is_read_only: dashboard.read_only,
        }
    }

    fn caps(&self) -> Caps {
        let dashboard = &self.settings.dashboard;
        let variable = |name: &str| std::env::var(name).ok();
        let (no_color, colorterm) = (variable("NO_COLOR"), variable("COLORTERM"));
        let (term, lang) = (variable("TERM"), variable("LANG"));
        let (lc_all, lc_ctype) = (variable("LC_ALL"), variable("LC_CTYPE"));
        Caps::detect(&CapsRequest {
            depth: color_depth(dashboard.color),
            glyphs: glyph_level(dashboard.glyphs),
            no_color: no_color.as_deref(),
            colorterm: colorterm.as_deref(),
            term: term.as_deref(),
            lc_all: lc_all.as_deref(),
            lc_ctype: lc_ctype.as_deref(),
            lang: lang.as_deref(),
            is_motion_reduced: !dashboard.flash,
        })
    }
}

fn log_level(level: LogLevel) -> api::LogLevel {
    match level {
        LogLevel::Error => api::LogLevel::Error,
        LogLevel::Warn => api::LogLevel::Warn,
        LogLevel::Info => api::LogLevel::Info,
        LogLevel::Debug => api::LogLevel::Debug,
        LogLevel::Trace => api::LogLevel::Trace,
    }
}

fn color_depth(choice: ColorChoice) -> Option<ColorDepth> {
    match choice {
        ColorChoice::Auto => None,
        ColorChoice::TrueColor => Some(ColorDepth::TrueColor),
        ColorChoice::Ansi256 => Some(ColorDepth::Ansi256),
        ColorChoice::Ansi16 => Some(ColorDepth::Ansi16),
        ColorChoice::Mono => Some(ColorDepth::Mono),
    }
}

fn glyph_level(choice: GlyphChoice) -> Option<GlyphLevel> {
    match choice {
        GlyphChoice::Auto => None,
        GlyphChoice::Braille => Some(GlyphLevel::Braille),
        GlyphChoice::Unicode => Some(GlyphLevel::Unicode),
        GlyphChoice::Block => Some(GlyphLevel::Block),
        GlyphChoice::Ascii => Some(GlyphLevel::Ascii),
    }
}
