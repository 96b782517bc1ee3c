//! A tally as bytes: how a checkpoint carries it.
//!
//! One byte of version, the count of numbers, then each number in groups of seven bits, lowest
//! first (LEB128): mostly zeros, so about fifty bytes.

use thiserror::Error;

use super::{QualityTally, Rule};

const VERSION: u8 = 1;

/// Why bytes are no tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TallyError {
    /// Another program wrote them.
    #[error("quality tally has version `{0}`, expected `{VERSION}`: import the files again")]
    Version(u8),
    /// They were cut or changed.
    #[error("quality tally is damaged: import the files again")]
    Damaged,
}

impl QualityTally {
    /// Writes the tally.
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = self.numbers();
        let mut bytes = vec![VERSION];
        push(&mut bytes, numbers.len() as u64);
        for number in numbers {
            push(&mut bytes, number);
        }
        bytes
    }

    /// Reads a tally; one with fewer rules, of an earlier program, has found nothing by the others.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TallyError> {
        let (version, mut rest) = bytes.split_first().ok_or(TallyError::Damaged)?;
        if *version != VERSION {
            return Err(TallyError::Version(*version));
        }
        let mut tally = Self::default();
        let mut numbers = tally.numbers_mut();
        let count = usize::try_from(take(&mut rest)?).map_err(|_| TallyError::Damaged)?;
        let count_min = numbers.len() - Rule::COUNT;
        if count < count_min || count > numbers.len() {
            return Err(TallyError::Damaged);
        }
        for number in numbers.iter_mut().take(count) {
            **number = take(&mut rest)?;
        }
        if rest.is_empty() {
            Ok(tally)
        } else {
            Err(TallyError::Damaged)
        }
    }
}

fn push(bytes: &mut Vec<u8>, number: u64) {
    let mut rest = number;
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

fn take(bytes: &mut &[u8]) -> Result<u64, TallyError> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(TallyError::Damaged)?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            return Err(TallyError::Damaged);
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(TallyError::Damaged)
}
