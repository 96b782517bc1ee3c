//! Which source wins, and what goes wrong outside a file.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use mda::config::{
    ConfigError, Origin, Platform, Profile, RawSettings, Settings, Sources, Value, load,
};

use mda::domain::Symbol;
use mda::feed::{DEFAULT_COINBASE_SYMBOLS, FeedConfig, FeedSpec};
use mda::runtime::BackoffPolicy;
use mda::telemetry::TelemetryConfig;
use mda::tui::ThemeName;

use super::no_sources;

fn origin(settings: &Settings, path: &str) -> String {
    settings.value(path).unwrap().origin.to_string()
}

fn feeds_of(text: &str) -> Result<Settings, ConfigError> {
    load(&with_variables(&[("MDA_FEEDS", text)]))
}

fn with_variables(pairs: &[(&str, &str)]) -> Sources {
    let pairs = pairs.iter();
    Sources {
        environment: pairs.map(|(n, v)| (n.into(), v.into())).collect(),
        ..no_sources()
    }
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, "[dashboard]\ntheme = \"light\"\n").unwrap();
    let mut sources = no_sources();
    let theme = |sources: &Sources| {
        let settings = load(sources).unwrap();
        let origin = settings.value("dashboard.theme").unwrap().origin.clone();
        (settings.dashboard.theme, origin)
    };

    assert_eq!(theme(&sources), (ThemeName::Dark, Origin::Default));

    sources.config_file = Some(file.clone());
    let from_file = Origin::File {
        path: file,
        line: 2,
    };
    assert_eq!(theme(&sources), (ThemeName::Light, from_file));

    sources.environment = vec![("MDA_DASHBOARD_THEME".into(), "mono".into())];
    let name = "MDA_DASHBOARD_THEME".to_owned();
    assert_eq!(theme(&sources), (ThemeName::Mono, Origin::Env { name }));

    sources.flags = RawSettings::default();
    let flag = Some("dark");
    sources.flags.set_flag("--theme", "dashboard.theme", flag);
    let name = "--theme";
    assert_eq!(theme(&sources), (ThemeName::Dark, Origin::Flag { name }));
}

#[test]
fn defaults_are_typed_as_the_table_says() {
    let settings = load(&no_sources()).unwrap();
    assert_eq!(settings.data_dir, Path::new("/nowhere/share/mda"));
    assert_eq!(settings.feeds, None);
    assert_eq!(settings.feed.probe_timeout, Duration::from_secs(3));
    assert_eq!(settings.feed.coinbase_symbols.len(), 10);
    assert_eq!(settings.dashboard.fps_max, 30);
    assert!(settings.dashboard.flash);
}

#[test]
fn defaults_are_those_of_the_services() {
    let settings = load(&no_sources()).unwrap();
    assert_eq!(settings.feed_config(), FeedConfig::default());
    let symbols = settings.feed.coinbase_symbols.iter();
    let symbols: Vec<&str> = symbols.map(Symbol::as_str).collect();
    assert_eq!(symbols, DEFAULT_COINBASE_SYMBOLS);

    let telemetry = TelemetryConfig::default();
    assert_eq!(settings.log.level, telemetry.level);
    assert_eq!(settings.log.format, telemetry.format);
    assert_eq!(settings.log.files_max as usize, telemetry.files_max);
    assert_eq!(settings.log.ring_lines as usize, telemetry.ring_lines);
}

#[test]
fn what_is_set_reaches_the_feeds() {
    let variables = [
        ("MDA_FEED_COINBASE_URL", "ws://localhost:1"),
        ("MDA_FEED_CONNECT_TIMEOUT", "1s"),
        ("MDA_FEED_ACK_TIMEOUT", "2s"),
        ("MDA_FEED_IDLE_TIMEOUT", "3s"),
        ("MDA_FEED_BACKOFF_MIN", "1s"),
        ("MDA_FEED_BACKOFF_MAX", "1s"),
    ];
    let config = load(&with_variables(&variables)).unwrap().feed_config();
    let secs = Duration::from_secs;
    assert_eq!(config.coinbase_url, "ws://localhost:1");
    assert_eq!(config.connect_timeout, secs(1));
    assert_eq!(config.ack_timeout, secs(2));
    assert_eq!(config.idle_timeout, secs(3));
    let backoff = BackoffPolicy::try_new(secs(1), secs(1), 0.5).unwrap();
    assert_eq!(config.backoff, backoff);
}

#[test]
fn coinbase_without_symbols_takes_those_of_the_settings() {
    let variables = [
        ("MDA_FEEDS", "replay:bundled;Coinbase"),
        ("MDA_FEED_COINBASE_SYMBOLS", "BTC-USD"),
    ];
    let settings = load(&with_variables(&variables)).unwrap();
    let feeds: Vec<String> = settings
        .feeds
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    assert_eq!(feeds, ["replay:bundled", "coinbase:BTC-USD"]);
    let written = settings.value("feeds").unwrap().value.to_string();
    assert_eq!(written, "replay:bundled coinbase");
}

#[test]
fn a_feed_is_listed_once() {
    for (feeds, name) in [
        ("replay:bundled;replay:a.ws", "replay"),
        ("simulated;coinbase:BTC-USD;coinbase:ETH-USD", "coinbase"),
    ] {
        let error = feeds_of(feeds).unwrap_err().to_string();
        let expected = format!("feed `{name}` is listed twice, and opens once");
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
fn a_wrong_feed_is_refused_in_the_words_of_the_feeds() {
    let error = feeds_of("replay:bundled; coinbse").unwrap_err().to_string();
    let begin = "environment MDA_FEEDS: `feeds` is `replay:bundled; coinbse`: unknown feed \
                 `coinbse`; did you mean `coinbase`?";
    assert!(error.starts_with(begin), "{error}");

    let error = feeds_of("coinbase:BTC USD").unwrap_err().to_string();
    assert!(error.contains("invalid symbol `BTC USD`"), "{error}");
}

#[test]
fn no_feed_stands_alone() {
    assert_eq!(feeds_of("none").unwrap().feeds, Some(vec![FeedSpec::None]));
    let error = feeds_of("none;replay:bundled").unwrap_err().to_string();
    assert!(error.contains("`none` alone"), "{error}");
}

#[test]
fn every_kind_is_read_from_the_environment() {
    let settings = load(&with_variables(&[
        ("MDA_DATA_DIR", "/srv/mda"),
        ("MDA_FEEDS", "coinbase:BTC-USD,ETH-USD; replay:bundled"),
        ("MDA_FEED_COINBASE_URL", "ws://localhost:1"),
        ("MDA_FEED_COINBASE_SYMBOLS", "BTC-USD, ETH-USD"),
        ("MDA_FEED_IDLE_TIMEOUT", "2m"),
        ("MDA_LOG_FILES_MAX", "3"),
        ("MDA_DASHBOARD_FLASH", "off"),
        ("MDA_PROFILE", "ssh"),
    ]))
    .unwrap();
    assert_eq!(settings.data_dir, Path::new("/srv/mda"));
    let feeds = settings.value("feeds").unwrap();
    let expected = ["coinbase:BTC-USD,ETH-USD", "replay:bundled"].map(str::to_owned);
    assert_eq!(feeds.value, Value::List(expected.to_vec()));
    assert_eq!(settings.feed.coinbase_url, "ws://localhost:1");
    assert_eq!(settings.feed.coinbase_symbols.len(), 2);
    assert_eq!(settings.feed.idle_timeout, Duration::from_mins(2));
    assert_eq!(settings.log.files_max, 3);
    assert!(!settings.dashboard.flash);
    assert_eq!(settings.profile, Profile::Ssh);
}

#[test]
fn the_ssh_profile_sets_what_nobody_else_does() {
    let settings = load(&with_variables(&[("MDA_PROFILE", "ssh")])).unwrap();
    assert_eq!(settings.dashboard.fps_max, 4);
    assert!(!settings.dashboard.flash);
    assert_eq!(origin(&settings, "dashboard.flash"), "profile ssh");

    let variables = [("MDA_PROFILE", "ssh"), ("MDA_DASHBOARD_FPS_MAX", "30")];
    let settings = load(&with_variables(&variables)).unwrap();
    assert_eq!(settings.dashboard.fps_max, 30);
    assert!(!settings.dashboard.flash);
}

#[test]
fn problems_of_all_sources_are_told_together() {
    let mut sources = with_variables(&[("MDA_LOG_LEVEL", "loud"), ("MDA_LOG_FILES_MAX", "x")]);
    let url = Some("http://x");
    let path = "feed.coinbase_url";
    sources.flags.set_flag("--url", path, url);
    let ConfigError::Invalid { problems } = load(&sources).unwrap_err() else {
        panic!("the values are invalid");
    };
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "environment MDA_LOG_LEVEL: `log.level` is `loud`: expected one of error, warn, info, \
             debug, trace",
            "environment MDA_LOG_FILES_MAX: `log.files_max` is `x`: expected a whole number from 1 \
             to 1000",
            "flag --url: `feed.coinbase_url` is `http://x`: expected an address that begins with \
             ws:// or wss://",
        ]
    );
}

#[test]
fn two_values_from_two_sources_are_both_named_when_they_clash() {
    let variables = [("MDA_DASHBOARD_SLOW_AFTER", "2m")];
    let error = load(&with_variables(&variables)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "environment MDA_DASHBOARD_SLOW_AFTER: `dashboard.slow_after` is `2m`: must be below \
         `dashboard.stale_after`, which is `1m` (default)"
    );
}

#[test]
fn a_missing_file_is_fine_unless_it_was_named() {
    let settings = load(&no_sources()).unwrap();
    let usual = Path::new("/nowhere/config/mda/config.toml");
    assert_eq!(settings.config_file(), Some(usual));

    let named = Sources {
        config_file: Some("/nowhere/mine.toml".into()),
        ..no_sources()
    };
    assert_eq!(
        load(&named).unwrap_err().to_string(),
        "config file `/nowhere/mine.toml` does not exist; leave out `--config` and MDA_CONFIG to \
         use the defaults, or see `mda config path` for the usual place"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_with_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let looped = folder.path().join("loop.toml");
    symlink(&looped, &looped).unwrap();
    let latin1 = folder.path().join("latin1.toml");
    fs::write(&latin1, b"profile = \"\xe9\"").unwrap();
    for path in [folder.path(), &looped, &latin1] {
        let sources = Sources {
            config_file: Some(path.to_owned()),
            ..no_sources()
        };
        let error = load(&sources).unwrap_err();
        assert!(matches!(error, ConfigError::Read { .. }), "{error}");
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[test]
fn without_a_home_the_data_folder_must_be_named() {
    let homeless = Sources::default();
    assert!(homeless.platform == Platform::default());
    let error = load(&homeless).unwrap_err().to_string();
    assert!(error.contains("MDA_DATA_DIR"), "{error}");

    let mut named = homeless;
    named.environment = vec![("MDA_DATA_DIR".into(), "/srv/mda".into())];
    assert!(load(&named).is_ok());
}

#[test]
fn a_home_folder_may_be_written_as_a_tilde() {
    let settings = load(&with_variables(&[("MDA_DATA_DIR", "~/mda")])).unwrap();
    assert!(settings.data_dir.is_absolute());
    assert!(settings.data_dir.ends_with("mda"));
}
