//! [`run`]: gathers the facts, has them judged, prints the report.

use std::time::Duration;

use anyhow::Context;
use tokio::runtime::Builder;

use super::report::{Check, Report, Status};
use super::{checks, facts};
use crate::cli::paths::Paths;
use crate::cli::variables::Variables;
use crate::cli::{Cli, DoctorFormat, Exit, print};
use crate::config::{ConfigError, Platform, Settings, Sources, load};
use crate::feed::{self, FeedConfig};
use crate::runtime::{Clock, SystemClock};

/// Looks, and prints what was found.
pub(in crate::cli) fn run(cli: &Cli, format: DoctorFormat) -> anyhow::Result<Exit> {
    let loaded = cli.load_settings();
    let config = checks::config(&loaded);
    let settings = match loaded {
        Ok(settings) => settings,
        Err(_) => fallback(cli)?,
    };
    let report = examine(&settings, config)?;
    let text = match format {
        DoctorFormat::Table => report.table(print::is_colored(&std::io::stdout())),
        DoctorFormat::Json => report.json()?,
    };
    print::result(&text).context("failed to write the result")?;
    Ok(match report.worst() {
        Status::Ok | Status::Warn => Exit::Success,
        Status::Fail => Exit::Failure,
    })
}

/// Returns the settings without the file and the environment, to go on when these are wrong.
fn fallback(cli: &Cli) -> Result<Settings, ConfigError> {
    load(&Sources {
        flags: cli.flags(),
        platform: Platform {
            config_dir: None,
            ..Platform::detect()
        },
        ..Sources::default()
    })
}

fn examine(settings: &Settings, config: Check) -> anyhow::Result<Report> {
    let clock = SystemClock::new();
    let paths = Paths::new(settings);
    let variables = Variables::from_process();
    let data = facts::folder(&paths.data_dir);
    let logs = facts::folder(&paths.logs_dir);
    let mut checks = vec![
        checks::terminal(&facts::terminal(), &variables),
        checks::color(settings, &variables),
        checks::locale(&variables),
        config,
        checks::folder("data folder", &paths.data_dir, &data),
        checks::folder("log folder", &paths.logs_dir, &logs),
        checks::socket(&paths.socket),
        checks::agent(&facts::agent(&paths)),
        checks::clock(clock.unix_micros()),
    ];
    if checks::is_coinbase_used(settings) {
        let answer = reach_coinbase(settings, &clock)?;
        checks.push(checks::coinbase(&answer));
    }
    Ok(Report { checks })
}

/// Returns how long Coinbase took to answer, or why it did not; the outer error is that nothing
/// could be tried.
fn reach_coinbase(
    settings: &Settings,
    clock: &dyn Clock,
) -> anyhow::Result<Result<Duration, String>> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start an async runtime")?;
    let config = FeedConfig {
        connect_timeout: settings.feed.probe_timeout,
        ..settings.feed_config()
    };
    let begun = clock.monotonic();
    let answer = runtime.block_on(feed::try_coinbase(&config));
    let took = clock.monotonic().saturating_sub(begun);
    // A name look-up that hangs must not hold up the exit.
    runtime.shutdown_background();
    Ok(answer.map(|()| took))
}
