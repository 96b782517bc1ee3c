//! [`ConfigError`]: why the settings cannot be used, with every problem that was found.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::Origin;

/// Why the settings cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file named by `--config` is not there.
    #[error(
        "config file `{path}` does not exist; leave out `--config` and MDA_CONFIG to use the \
         defaults, or see `mda config path` for the usual place"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is there and cannot be read.
    #[error("failed to read config file `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something in the settings is wrong.
    #[error("{}", ProblemList(problems))]
    Invalid {
        /// Every problem, never empty, those of a file in order of its lines.
        problems: Vec<Problem>,
    },
}

/// One thing that is wrong in the settings.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// The file is not TOML here.
    #[error("{origin}: {message}")]
    Syntax {
        /// Where.
        origin: Origin,
        /// What the reader of TOML says.
        message: String,
    },
    /// There is no such setting.
    #[error("{origin}: unknown key `{path}`{}", Suggestion(suggestion.as_deref()))]
    UnknownKey {
        /// Where.
        origin: Origin,
        /// The key as given, with the tables around it.
        path: String,
        /// What it most likely stands for.
        suggestion: Option<String>,
    },
    /// The value is not of the setting's kind, or out of its range.
    #[error("{origin}: `{path}` is `{found}`: {reason}")]
    Value {
        /// Where.
        origin: Origin,
        /// The setting.
        path: &'static str,
        /// The value as given.
        found: String,
        /// Why it is wrong, or what would be right.
        reason: String,
    },
    /// Two values do not go together.
    #[error(
        "{origin}: `{path}` is `{found}`: {rule} `{other_path}`, which is `{other}` ({whence})"
    )]
    Conflict {
        /// Where the first one is.
        origin: Origin,
        /// The first setting.
        path: &'static str,
        /// Its value.
        found: String,
        /// What it must be, seen from the second.
        rule: &'static str,
        /// The second setting.
        other_path: &'static str,
        /// Its value.
        other: String,
        /// Where the second one is.
        whence: Origin,
    },
    /// The platform names no folder for data, and nobody else does.
    #[error(
        "`data_dir` has no default here, since no home folder is known (is HOME set?): \
         set `data_dir`, MDA_DATA_DIR or --data-dir"
    )]
    NoDataDir,
}

impl Problem {
    /// Returns the line of the file that it is on; `None` for what is not in a file.
    pub fn line(&self) -> Option<usize> {
        let origin = match self {
            Self::Syntax { origin, .. }
            | Self::UnknownKey { origin, .. }
            | Self::Value { origin, .. }
            | Self::Conflict { origin, .. } => origin,
            Self::NoDataDir => return None,
        };
        match origin {
            Origin::File { line, .. } => Some(*line),
            Origin::Default | Origin::Profile { .. } | Origin::Env { .. } | Origin::Flag { .. } => {
                None
            }
        }
    }
}

struct ProblemList<'a>(&'a [Problem]);

impl fmt::Display for ProblemList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [problem] = self.0 {
            return problem.fmt(f);
        }
        write!(f, "{} problems in the settings", self.0.len())?;
        for problem in self.0 {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

struct Suggestion<'a>(Option<&'a str>);

impl fmt::Display for Suggestion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(known) => write!(f, "; did you mean `{known}`?"),
            None => write!(f, "; `mda config schema` lists every key"),
        }
    }
}
