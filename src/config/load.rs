//! [`load`]: the layers put on one another, checked, and made into [`Settings`].
//!
//! Every value of every layer is checked, also one that a higher layer replaces, so that a file
//! does not become invalid the day a flag is left out.

use std::cmp::Ordering;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use super::choice::Profile;
use super::environment::{EnvironmentLayer, read_environment};
use super::error::{ConfigError, Problem};
use super::file::{FileLayer, read_file};
use super::kind::BARE_COINBASE;
use super::origin::Origin;
use super::platform::Platform;
use super::raw::{RawEntry, RawSettings};
use super::settings::{SettingValue, Settings};
use super::table::{Preset, SETTINGS, Setting, setting};
use super::value::{RawValue, Value};
use crate::feed::FeedSpec;

/// What the profile `ssh` sets, unless someone else does.
const SSH_PRESETS: [(&str, &str); 2] = [("dashboard.fps_max", "4"), ("dashboard.flash", "false")];

/// Where settings come from. Tests give their own; nothing else is read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// What the command line sets.
    pub flags: RawSettings,
    /// Every variable of the environment.
    pub environment: Vec<(OsString, OsString)>,
    /// The config file that was named; `None` = the platform's, which may be missing.
    pub config_file: Option<PathBuf>,
    /// The platform's folders.
    pub platform: Platform,
}

impl Sources {
    /// Takes the environment and the platform's folders from this process.
    pub fn from_process(flags: RawSettings, config_file: Option<PathBuf>) -> Self {
        Self {
            flags,
            environment: env::vars_os().collect(),
            config_file,
            platform: Platform::detect(),
        }
    }
}

/// Reads and checks the settings.
///
/// # Errors
/// [`ConfigError`] when the named file is missing, a file cannot be read, or anything in it, in the
/// environment or in the flags is wrong; then with every problem.
pub fn load(sources: &Sources) -> Result<Settings, ConfigError> {
    let named = sources.config_file.clone();
    let is_required = named.is_some();
    let config_file = named.or_else(|| sources.platform.config_file());
    let file = match &config_file {
        Some(path) => read_file(path, is_required)?,
        None => FileLayer::default(),
    };
    let environment = read_environment(&sources.environment);
    let mut loader = Loader::new(&sources.platform);
    loader.layers(&file, &environment, &sources.flags);
    loader.profile();
    let mut settings = loader.finish()?;
    settings.set_sources(config_file, environment.warnings);
    Ok(settings)
}

struct Loader {
    settings: Settings,
    problems: Vec<Problem>,
}

impl Loader {
    /// Begins with the defaults.
    fn new(platform: &Platform) -> Self {
        let mut loader = Self {
            settings: Settings::blank(),
            problems: Vec::new(),
        };
        for setting in &SETTINGS {
            loader.default(setting, platform);
        }
        loader
    }

    fn default(&mut self, setting: &'static Setting, platform: &Platform) {
        let text = match setting.default {
            Preset::Text(text) => Some(text.to_owned()),
            Preset::DataFolder => {
                let folder = platform.data_dir.as_ref();
                folder.and_then(|folder| folder.to_str().map(str::to_owned))
            }
            Preset::Unset { .. } => None,
        };
        match text {
            Some(text) => self.apply(setting, &RawValue::Word(text), Origin::Default),
            None => self.settings.record(SettingValue {
                setting,
                value: Value::Unset,
                origin: Origin::Default,
            }),
        }
    }

    fn layers(&mut self, file: &FileLayer, environment: &EnvironmentLayer, flags: &RawSettings) {
        self.problems.extend_from_slice(&file.problems);
        self.layer(&file.settings);
        self.problems.sort_by(by_line);
        self.problems.extend_from_slice(&environment.problems);
        self.layer(&environment.settings);
        self.layer(flags);
    }

    fn layer(&mut self, layer: &RawSettings) {
        for RawEntry {
            path,
            value,
            origin,
        } in layer.entries()
        {
            if let Some(setting) = setting(path) {
                self.apply(setting, value, origin.clone());
            }
        }
    }

    fn apply(&mut self, setting: &'static Setting, raw: &RawValue, origin: Origin) {
        match setting.kind.apply(raw, &mut self.settings) {
            Ok(value) => self.settings.record(SettingValue {
                setting,
                value,
                origin,
            }),
            Err(mismatch) => self.problems.push(Problem::Value {
                origin,
                path: setting.path,
                found: raw.to_string(),
                reason: mismatch.reason,
            }),
        }
    }

    /// Sets what the profile sets and nobody else did.
    fn profile(&mut self) {
        let presets: &[(&str, &str)] = match self.settings.profile {
            Profile::Local => &[],
            Profile::Ssh => &SSH_PRESETS,
        };
        for (path, text) in presets {
            let is_free = self
                .settings
                .value(path)
                .is_some_and(|v| v.origin == Origin::Default);
            if let Some(setting) = setting(path).filter(|_| is_free) {
                let origin = Origin::Profile { name: "ssh" };
                self.apply(setting, &RawValue::Word((*text).to_owned()), origin);
            }
        }
    }

    fn finish(mut self) -> Result<Settings, ConfigError> {
        // A value that does not fit alone would make a second, misleading problem here.
        if self.problems.is_empty() {
            self.check_pairs();
        }
        if self.settings.data_dir.as_os_str().is_empty() && self.problems.is_empty() {
            self.problems.push(Problem::NoDataDir);
        }
        if self.problems.is_empty() {
            self.name_coinbase_symbols();
            return Ok(self.settings);
        }
        Err(ConfigError::Invalid {
            problems: self.problems,
        })
    }

    /// Gives a Coinbase feed that names no symbols those of the settings.
    fn name_coinbase_symbols(&mut self) {
        let written = self
            .settings
            .value("feeds")
            .map(|feeds| feeds.value.clone());
        let (Some(Value::List(written)), Some(feeds)) = (written, &mut self.settings.feeds) else {
            return;
        };
        for (feed, text) in feeds.iter_mut().zip(written) {
            if let (FeedSpec::Coinbase { symbols }, true) = (feed, text == BARE_COINBASE) {
                symbols.clone_from(&self.settings.feed.coinbase_symbols);
            }
        }
    }

    fn check_pairs(&mut self) {
        let feed = &self.settings.feed;
        let dashboard = &self.settings.dashboard;
        let is_backoff_wrong = feed.backoff_min > feed.backoff_max;
        let is_age_wrong = dashboard.slow_after >= dashboard.stale_after;
        if is_backoff_wrong {
            self.conflict("feed.backoff_min", "must not be above", "feed.backoff_max");
        }
        if is_age_wrong {
            let (slow, stale) = ("dashboard.slow_after", "dashboard.stale_after");
            self.conflict(slow, "must be below", stale);
        }
    }

    fn conflict(&mut self, path: &'static str, rule: &'static str, other_path: &'static str) {
        let (Some(value), Some(other)) =
            (self.settings.value(path), self.settings.value(other_path))
        else {
            return;
        };
        let problem = Problem::Conflict {
            origin: value.origin.clone(),
            path,
            found: value.value.to_string(),
            rule,
            other_path,
            other: other.value.to_string(),
            whence: other.origin.clone(),
        };
        self.problems.push(problem);
    }
}

fn by_line(left: &Problem, right: &Problem) -> Ordering {
    left.line().cmp(&right.line())
}
