//! The one integration-test binary: `mod` lines only, in alphabetical order.

#[cfg(test)]
mod agent;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod config;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod domain;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod hybrid;
#[cfg(test)]
mod import;
#[cfg(test)]
mod import_cli;
#[cfg(test)]
mod import_convert;
#[cfg(test)]
mod import_csv;
#[cfg(test)]
mod import_mapping;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod program;
#[cfg(test)]
mod pty;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod query;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod screens;
#[cfg(test)]
mod storage;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod truth;
#[cfg(test)]
mod viewers;
