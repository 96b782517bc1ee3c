//! [`Exit`]: how the program ends, for scripts.

use std::error::Error;
use std::process::ExitCode;

use crate::config::ConfigError;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked; code 0.
    Success,
    /// It could not; code 1.
    Failure,
    /// The command line or the settings are wrong; code 2.
    Usage,
}

impl Exit {
    /// Returns how the program ends after this error.
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            if error.is::<ConfigError>() {
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
        assert_eq!(Exit::of(&std::fmt::Error), Exit::Failure);
    }
}
