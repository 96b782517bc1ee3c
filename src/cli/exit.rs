//! [`Exit`]: how the program ends, for scripts.

use std::error::Error;
use std::process::ExitCode;

use thiserror::Error;

use crate::config::ConfigError;

/// What was said on the command line cannot be done, and nothing of it was.
#[derive(Debug, Error)]
#[error("{0}")]
pub(super) struct UsageError(pub(super) String);

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked; code 0.
    Success,
    /// It could not; code 1.
    Failure,
    /// The command line or the settings are wrong; code 2.
    Usage,
    /// An import ended with rows rejected; code 3.
    Partial,
    /// An import failed; code 4.
    ImportFailed,
    /// An import has a question that must be answered; code 5.
    Ambiguous,
    /// A signal came before the end; code 130, as shells have it for Ctrl-C.
    Interrupted,
}

impl Exit {
    /// Returns how the program ends after this error.
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            if error.is::<ConfigError>() || error.is::<UsageError>() {
                return Self::Usage;
            }
            next = error.source();
        }
        Self::Failure
    }

    /// Returns the exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::ImportFailed => 4,
            Self::Ambiguous => 5,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn wrong_settings_are_a_usage_error_and_the_rest_a_failure() {
        let missing = ConfigError::Missing {
            path: "a.toml".into(),
        };
        let wrapped = Err::<(), _>(missing)
            .context("failed to start")
            .unwrap_err();
        assert_eq!(Exit::of(&*wrapped), Exit::Usage);
        let unsaid = anyhow::Error::new(UsageError("no file `a.csv`".to_owned()));
        assert_eq!(Exit::of(&*unsaid), Exit::Usage);
        assert_eq!(Exit::of(&std::fmt::Error), Exit::Failure);
    }
}
