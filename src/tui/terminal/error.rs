//! [`TuiError`]: why there is no dashboard.

use std::io;

use rustix::io::Errno;
use thiserror::Error;

/// Why the dashboard cannot start or go on.
#[derive(Debug, Error)]
pub enum TuiError {
    /// A stream is a file or a pipe.
    #[error(
        "the dashboard needs a terminal and `{stream}` is none: print the state once with \
         `mda --once --format json`, or run without a screen with `mda serve`"
    )]
    NotATerminal {
        /// `stdin` or `stdout`.
        stream: &'static str,
    },
    /// A mode of the terminal cannot be read or set.
    #[error("failed to {operation} of the terminal: try another terminal, or `mda serve`")]
    Mode {
        /// What was tried, as "set raw mode".
        operation: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The terminal was closed while the dashboard ran.
    #[error("the terminal is gone: run `mda` again, or `mda serve` to go on without one")]
    Gone {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The operating system refused something the dashboard cannot do without.
    #[error("failed to start the dashboard's {part}: see whether the system is out of resources")]
    Start {
        /// Which part, as "input thread".
        part: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl TuiError {
    /// Returns true when nobody can see the dashboard any more.
    pub fn is_hangup(&self) -> bool {
        match self {
            Self::Gone { .. } => true,
            // A hang-up sends SIGHUP and SIGCONT at once; who hears the latter first takes the
            // terminal again, and is told that there is none.
            Self::Mode { source, .. } => source.raw_os_error() == Some(Errno::IO.raw_os_error()),
            Self::NotATerminal { .. } | Self::Start { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_the_error_names_the_two_ways_that_need_none() {
        let text = TuiError::NotATerminal { stream: "stdin" }.to_string();

        assert!(text.contains("`mda --once --format json`"));
        assert!(text.contains("`mda serve`"));
    }

    #[test]
    fn a_terminal_that_hung_up_has_no_modes() {
        let mode = |errno: Errno| TuiError::Mode {
            operation: "set raw mode",
            source: errno.into(),
        };
        assert!(mode(Errno::IO).is_hangup());
        assert!(!mode(Errno::PERM).is_hangup());
    }
}
