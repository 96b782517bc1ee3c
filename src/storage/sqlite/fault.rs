//! The database's refusals in the words of [`StoreError`].

use std::io;

use sqlx::Error as SqlError;

use crate::domain::{ImportId, ResampleError};
use crate::storage::{Fault, StoreError};

/// What goes wrong inside, where neither the store nor the operation is known.
#[derive(Debug)]
pub(super) enum Failure {
    Sql(SqlError),
    WrongValue {
        what: &'static str,
        value: String,
    },
    TooManyBars {
        symbol: String,
        bars_max: u32,
    },
    Resample(ResampleError),
    NoImport(ImportId),
    Fenced(ImportId),
    FileExists(String),
    /// What is wrong with a copy.
    Unsound(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Sql(SqlError::Io(error))
    }
}

impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl From<ResampleError> for Failure {
    fn from(error: ResampleError) -> Self {
        Self::Resample(error)
    }
}

impl Failure {
    /// Says what was tried, and where.
    pub(super) fn during(self, operation: &'static str, store: &str) -> StoreError {
        let store = store.to_owned();
        match self {
            Self::Sql(SqlError::PoolClosed) => StoreError::Closed { operation },
            Self::Sql(error) => StoreError::Database {
                operation,
                store,
                fault: fault_of(&error),
                source: Box::new(error),
            },
            Self::WrongValue { what, value } => StoreError::WrongValue { store, what, value },
            Self::TooManyBars { symbol, bars_max } => StoreError::TooManyBars { symbol, bars_max },
            Self::Resample(error) => StoreError::Resample(error),
            Self::NoImport(id) => StoreError::NoImport { id },
            Self::Fenced(id) => StoreError::Fenced { id },
            Self::FileExists(path) => StoreError::FileExists { path },
            Self::Unsound(fault) => StoreError::Unsound { store, fault },
        }
    }
}

/// Returns true when the connection is gone and another must be opened.
pub(super) fn is_lost(error: &SqlError) -> bool {
    // A disk that is full or fails ends the transaction by itself, which the driver does not
    // notice: its next one would be refused, and hide why.
    matches!(
        error,
        SqlError::WorkerCrashed | SqlError::InvalidSavePointStatement
    ) || matches!(fault_of(error), Fault::Io | Fault::DiskFull)
}

/// Returns true when the file is damaged.
pub(super) fn is_corrupt(error: &SqlError) -> bool {
    fault_of(error) == Fault::Corrupt
}

fn fault_of(error: &SqlError) -> Fault {
    match error {
        SqlError::Database(error) => {
            let code = error.code().and_then(|code| code.parse().ok());
            fault_of_code(code.unwrap_or(0))
        }
        SqlError::Io(_) => Fault::Io,
        SqlError::PoolTimedOut => Fault::Busy,
        _ => Fault::Other,
    }
}

/// The low byte of a result code is its kind: <https://www.sqlite.org/rescode.html>.
fn fault_of_code(code: i32) -> Fault {
    match code & 0xff {
        5 | 6 => Fault::Locked,
        8 => Fault::ReadOnly,
        10 => Fault::Io,
        11 => Fault::Corrupt,
        13 => Fault::DiskFull,
        14 => Fault::CannotOpen,
        26 => Fault::NotADatabase,
        _ => Fault::Other,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::busy(5, Fault::Locked, true)]
    #[case::busy_snapshot(517, Fault::Locked, true)]
    #[case::read_only(8, Fault::ReadOnly, false)]
    #[case::io_error_on_write(778, Fault::Io, true)]
    #[case::corrupt(11, Fault::Corrupt, false)]
    #[case::full(13, Fault::DiskFull, true)]
    #[case::cannot_open(14, Fault::CannotOpen, false)]
    #[case::not_a_database(26, Fault::NotADatabase, false)]
    #[case::a_wrong_statement(1, Fault::Other, false)]
    fn every_code_is_told_with_what_helps(
        #[case] code: i32,
        #[case] fault: Fault,
        #[case] is_retryable: bool,
    ) {
        assert_eq!(fault_of_code(code), fault);
        assert_eq!(fault.is_retryable(), is_retryable);
    }

    #[test]
    fn a_closed_pool_is_a_closed_store() {
        let error = Failure::Sql(SqlError::PoolClosed).during("read bars", "x.db");
        assert_eq!(
            error.to_string(),
            "failed to read bars: the store is closed"
        );
        let error = Failure::Sql(SqlError::PoolTimedOut).during("read bars", "x.db");
        assert!(error.is_retryable());
    }
}
