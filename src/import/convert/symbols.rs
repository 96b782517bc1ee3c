//! [`Symbols`]: what the bar of a record was traded as.

use std::cell::RefCell;
use std::collections::HashMap;

use csv::ByteRecord;

use super::fault::Fault;
use crate::domain::Symbol;
use crate::quality::Rule;

/// Symbols remembered besides the last; a file of more forgets them and reads on.
const KNOWN_MAX: usize = 4_096;

/// Reads symbols of a column, or repeats the one of the layout.
///
/// A name is checked and allocated once, not once a row.
#[derive(Debug, Clone)]
pub(super) struct Symbols {
    column: Option<usize>,
    /// For all rows, or where the column is empty.
    fixed: Option<Symbol>,
    known: RefCell<Known>,
}

#[derive(Debug, Clone, Default)]
struct Known {
    last: Option<Symbol>,
    /// How `last` was written; its memory is used again.
    last_text: Vec<u8>,
    all: HashMap<Box<[u8]>, Symbol>,
}

impl Symbols {
    pub(super) fn new(column: Option<usize>, fixed: Option<Symbol>) -> Self {
        Self {
            column,
            fixed,
            known: RefCell::default(),
        }
    }

    /// Reads the symbol of a record.
    pub(super) fn read(&self, fields: &ByteRecord) -> Result<Symbol, Fault> {
        let column = self.column.unwrap_or_default();
        let text = match self.column {
            Some(column) => fields.get(column).unwrap_or_default().trim_ascii(),
            None => b"",
        };
        if let (true, Some(fixed)) = (text.is_empty(), &self.fixed) {
            return Ok(fixed.clone());
        }
        let mut known = self.known.borrow_mut();
        if let Some(symbol) = &known.last
            && known.last_text == text
        {
            return Ok(symbol.clone());
        }
        let symbol = match known.all.get(text) {
            Some(symbol) => symbol.clone(),
            None => known
                .learn(text)
                .map_err(|reason| Fault::new(Rule::V7, column, reason))?,
        };
        known.last_text.clear();
        known.last_text.extend_from_slice(text);
        known.last = Some(symbol.clone());
        Ok(symbol)
    }
}

impl Known {
    fn learn(&mut self, text: &[u8]) -> Result<Symbol, String> {
        let name = String::from_utf8_lossy(text);
        let symbol = Symbol::parse(&name).map_err(|error| error.to_string())?;
        if self.all.len() >= KNOWN_MAX {
            self.all.clear();
        }
        self.all.insert(Box::from(text), symbol.clone());
        Ok(symbol)
    }
}
