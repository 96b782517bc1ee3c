//! [`Session`]: what every run with an agent begins with: settings, clock, log.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use super::paths::Paths;
use super::variables::Variables;
use crate::agent::{AgentConfig, FeedPlan};
use crate::api::FreshnessLimits;
use crate::config::Settings;
use crate::feed::{FeedSpec, ReplayFrom, ReplaySpeed};
use crate::runtime::{Clock, SystemClock};
use crate::telemetry::{self, LogReader, Telemetry, TelemetryConfig};
use crate::tui::{AppOptions, Caps, CapsRequest};

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
            level: settings.log.level,
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
            resumes_imports: true,
        }
    }

    /// Translates the settings, and what the terminal says of itself, into the dashboard's own.
    pub(super) fn app_options(&self) -> AppOptions {
        let dashboard = &self.settings.dashboard;
        AppOptions {
            caps: self.caps(),
            theme: dashboard.theme,
            screen: dashboard.screen,
            limits: FreshnessLimits {
                slow_after: dashboard.slow_after,
                stale_after: dashboard.stale_after,
            },
            is_read_only: dashboard.read_only,
        }
    }

    fn caps(&self) -> Caps {
        let dashboard = &self.settings.dashboard;
        Caps::detect(&CapsRequest {
            depth: dashboard.color,
            glyphs: dashboard.glyphs,
            is_motion_reduced: !dashboard.flash,
            ..Variables::from_process().caps_request()
        })
    }
}
