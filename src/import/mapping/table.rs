//! [`Table`]: the sample of a file as rows and columns.
//!
//! The sample has two runs, the beginning and the end of the file; what compares neighbours never
//! looks across the hole between them.

use crate::import::csv::{Sample, SampleRecord};

/// A value of every row of a run, for each run.
pub(super) type Runs<T> = [Vec<T>; 2];

/// Rows and columns of a sample.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    runs: [&'a [SampleRecord]; 2],
    width: usize,
}

impl<'a> Table<'a> {
    /// Looks at the records of a sample.
    pub(super) fn of(sample: &'a Sample) -> Self {
        Self {
            runs: [&sample.head, &sample.tail],
            width: sample.dialect.width.max(sample.dialect.header.len()),
        }
    }

    /// Returns how many columns there are, those named only in the header too.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Returns the values of a column, without white space around them; missing ones are empty.
    pub(super) fn runs(&self, column: usize) -> Runs<&'a str> {
        self.runs.map(|rows| {
            let of_row = |row: &'a SampleRecord| row.fields.get(column).map_or("", |f| f.trim());
            rows.iter().map(of_row).collect()
        })
    }

    /// Returns the values of a column that are not empty.
    pub(super) fn filled(&self, column: usize) -> Vec<&'a str> {
        let values = self.runs(column).into_iter().flatten();
        values.filter(|value| !value.is_empty()).collect()
    }
}
