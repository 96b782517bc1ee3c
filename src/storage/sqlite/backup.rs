//! A copy of the database in a new file, and proof that it can be read.
//!
//! The copy is written beside its final name, synced, read back, and only then given the name: a
//! backup that was cut off leaves `<name>.part`, and the next one to the same path begins it anew.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::task::spawn_blocking;

use super::care;
use super::fault::Failure;
use crate::storage::BackupReport;

/// Copies everything that `connection` sees now to `path`.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    path: PathBuf,
) -> Result<BackupReport, Failure> {
    let part = with_ending(&path, ".part");
    let (beside, target) = (part.clone(), path.clone());
    on_disk(move || make_room(&beside, &target)).await?;
    let report = match copy(connection, &part).await {
        Ok(report) => report,
        Err(failure) => {
            on_disk(move || remove(&part)).await?;
            return Err(failure);
        }
    };
    on_disk(move || publish(&part, &path)).await?;
    Ok(report)
}

async fn copy(connection: &mut SqliteConnection, part: &Path) -> Result<BackupReport, Failure> {
    sqlx::query("VACUUM INTO ?")
        .bind(part.display().to_string())
        .execute(connection)
        .await?;
    let file = part.to_owned();
    let bytes = on_disk(move || {
        let file = File::open(file)?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    });
    let bytes = bytes.await?;
    let settings = SqliteConnectOptions::new()
        .filename(part)
        .read_only(true)
        .disable_statement_logging();
    let mut copy = SqliteConnection::connect_with(&settings).await?;
    let found = care::verify(&mut copy).await?;
    copy.close().await?;
    if let Some(fault) = found.faults.into_iter().next() {
        return Err(Failure::Unsound(fault));
    }
    Ok(BackupReport {
        bytes,
        rows: found.rows,
        hash: found.hash,
    })
}

/// Refuses what is there, and takes away what a backup that was cut off left.
fn make_room(part: &Path, target: &Path) -> Result<(), Failure> {
    if fs::symlink_metadata(target).is_ok() {
        return Err(Failure::FileExists(target.display().to_string()));
    }
    remove(part)
}

fn remove(part: &Path) -> Result<(), Failure> {
    match fs::remove_file(part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::from(error)),
        _ => Ok(()),
    }
}

/// Gives the copy its name, so that a power cut keeps the name too.
fn publish(part: &Path, target: &Path) -> Result<(), Failure> {
    if fs::symlink_metadata(target).is_ok() {
        return Err(Failure::FileExists(target.display().to_string()));
    }
    fs::rename(part, target)?;
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    Ok(File::open(folder)?.sync_all()?)
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(lost) => Err(Failure::from(io::Error::other(lost))),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    PathBuf::from(path)
}
