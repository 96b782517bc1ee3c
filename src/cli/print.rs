//! The only door to stdout and stderr outside the dashboard.
//!
//! Stdout carries results; a reader that went away is no failure. Stderr carries everything else;
//! when it cannot be written there is nobody left to tell.

use std::error::Error;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use serde::Serialize;

use crate::runtime::error_chain;

/// Rows are written in blocks of so many bytes.
const ROWS_BUFFER: usize = 64 * 1024;

/// Writes a result to stdout.
///
/// # Errors
/// Whatever writing gives, except a broken pipe.
pub(super) fn result(text: &str) -> io::Result<()> {
    write_to(&mut io::stdout().lock(), text)
}

/// Returns where rows of a result go; flush it at the end.
pub(super) fn rows() -> impl Write {
    BufWriter::with_capacity(ROWS_BUFFER, io::stdout())
}

/// Makes a success of what failed because the reader of the result went away.
///
/// # Errors
/// Whatever else `done` failed with.
pub(super) fn unless_gone(done: anyhow::Result<()>) -> anyhow::Result<()> {
    let Err(error) = done else { return Ok(()) };
    let is_gone = error.chain().any(|cause| {
        let cause = cause.downcast_ref::<io::Error>();
        cause.is_some_and(|cause| cause.kind() == ErrorKind::BrokenPipe)
    });
    if is_gone { Ok(()) } else { Err(error) }
}

/// Writes a value as JSON for people and scripts, with a line end.
///
/// # Errors
/// When the value cannot be written as JSON.
pub(super) fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n")
}

/// Writes a line to stderr.
pub(super) fn note(text: &str) {
    let written = writeln!(io::stderr().lock(), "{text}");
    // Nobody is left to tell.
    drop(written);
}

/// Replaces the line on which the cursor of a terminal on stderr stands; an empty text wipes it.
pub(super) fn status(line: &str) {
    let mut stderr = io::stderr().lock();
    // To the first column, and wiped to the last: a longer line before must not show.
    let written = write!(stderr, "\r\u{1b}[2K{line}").and_then(|()| stderr.flush());
    // Nobody is left to tell.
    drop(written);
}

/// Writes an error with everything that caused it to stderr, in one line when it has one.
pub(super) fn error(error: &(dyn Error + 'static)) {
    let word = if is_colored(&io::stderr()) {
        "\u{1b}[1;31merror:\u{1b}[0m"
    } else {
        "error:"
    };
    note(&format!("{word} {}", error_chain(error)));
}

/// Returns true when colours may be written: to a terminal, and `NO_COLOR` is not set.
pub(super) fn is_colored(stream: &impl IsTerminal) -> bool {
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stream.is_terminal() && !is_refused
}

fn write_to(stream: &mut impl Write, text: &str) -> io::Result<()> {
    let written = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        assert!(write_to(&mut Failing(ErrorKind::BrokenPipe), "text").is_ok());
        assert!(write_to(&mut Failing(ErrorKind::StorageFull), "text").is_err());
        for (kind, is_success) in [
            (ErrorKind::BrokenPipe, true),
            (ErrorKind::StorageFull, false),
        ] {
            let failed = anyhow::Error::new(io::Error::from(kind)).context("while writing");
            assert_eq!(unless_gone(Err(failed)).is_ok(), is_success);
        }
    }
}
