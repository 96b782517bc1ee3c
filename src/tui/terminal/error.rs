//! [`TuiError`]: why there is no dashboard.

use std::io;

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
    pub const fn is_hangup(&self) -> bool {
        match self {
            Self::Gone { .. } => true,
            Self::NotATerminal { .. } | Self::Mode { .. } | Self::Start { .. } => false,
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
}
