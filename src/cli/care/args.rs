//! [`BackupArgs`], [`VerifyArgs`], [`RestoreArgs`].

use std::path::PathBuf;

use clap::Args;

use crate::cli::DetailFormat;

/// Where a copy of the store goes.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct BackupArgs {
    /// File to write; it must not be there
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// How to print what was written
    #[arg(long, value_enum, default_value = "table")]
    pub format: DetailFormat,
}

/// How the check of the store is told.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct VerifyArgs {
    /// How to print what was found
    #[arg(long, value_enum, default_value = "table")]
    pub format: DetailFormat,
}

/// Which copy becomes the store.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct RestoreArgs {
    /// Copy to restore, as `mda backup` wrote it; it stays
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Replace a store that holds bars, or cannot be read; it is kept under another name
    #[arg(long)]
    pub force: bool,
}
