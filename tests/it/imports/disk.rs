//! Imports into a disk that is full, read-only, or held by somebody else.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use mda::runtime::{Clock, SystemClock};
use rustix::process::getuid;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Executor, SqliteConnection};

use super::minutes::{
    detached, minutes, outcome, resumed, shown, undisturbed, until_rows, verified,
};
use super::program::told;
use crate::support::served::{Served, mda, until};
use crate::support::skip::skip;

const ROWS: u64 = 100_000;

/// What a file may grow to, in blocks of 512 bytes: a part of the store.
const BLOCKS: u32 = 6_144;

/// How long another process holds the store: longer than a write waits for it.
const HELD: Duration = Duration::from_secs(6);

/// A user who is not the owner of what a test makes as root.
const NOBODY: u32 = 65_534;

/// Runs the program in a shell that first runs `setup`.
fn run_after(setup: &str, home: &Path, arguments: &[&str]) -> Output {
    let program = mda(home);
    Command::new("/bin/sh")
        .env_clear()
        .env("HOME", home)
        .args(["-c", &format!("{setup}; exec \"$0\" \"$@\"")])
        .arg(program.get_program())
        .args(program.get_args())
        .args(arguments)
        .output()
        .unwrap()
}

/// Checks what an import leaves that had no room: a sound part, and how to go on.
fn assert_sound_part(home: &Path, output: &Output) {
    let report = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(4), "{report}{}", told(output));
    assert!(report.contains("`mda import resume 1` goes on"), "{report}");
    let shown = shown(home, 1);
    assert_eq!(shown["status"], "failed");
    let problem = shown["problem"].as_str().unwrap();
    let is_named = [
        "the disk is full; free some space",
        "the disk failed; check",
    ];
    assert!(
        is_named.iter().any(|words| problem.contains(words)),
        "{problem}"
    );
    assert_eq!(verified(home)["rows"], shown["rows_inserted"]);
    assert!(shown["rows_inserted"].as_u64().unwrap() < ROWS, "{shown}");
}

#[test]
fn an_import_into_a_file_that_may_not_grow_fails_whole_and_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = minutes(folder.path(), "minutes.csv", ROWS);
    let limit = format!("trap '' XFSZ; ulimit -f {BLOCKS}");
    let output = run_after(&limit, home, &["import", file.to_str().unwrap()]);
    assert_sound_part(home, &output);
    resumed(home, 1);
    assert_eq!(outcome(home, 1), undisturbed(&file));
}

/// A small disk in memory; unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    /// Mounts a disk of this size; `None` when this user or machine may not.
    fn mount(place: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(place).unwrap();
        let disk = Self(place.to_owned());
        disk.mounted(&format!("size={size}")).then_some(disk)
    }

    fn mounted(&self, options: &str) -> bool {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "tmpfs"]);
        let output = command.arg(&self.0).output();
        output.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(&self.0).output());
    }
}

#[test]
fn an_import_into_a_full_disk_fails_whole_and_goes_on_when_there_is_room() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let Some(disk) = Disk::mount(&home.join("data"), "6m") else {
        skip("no small disk can be mounted here");
        return;
    };
    let file = minutes(home, "minutes.csv", ROWS);
    let output = mda(home)
        .args(["import", file.to_str().unwrap()])
        .output()
        .unwrap();
    assert_sound_part(home, &output);
    assert!(disk.mounted("remount,size=64m"), "the disk does not grow");
    resumed(home, 1);
    assert_eq!(outcome(home, 1), undisturbed(&file));
}

#[test]
fn a_folder_that_may_not_be_written_is_named_and_nothing_is_left_in_it() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let data = home.join("data");
    fs::create_dir(&data).unwrap();
    let file = minutes(home, "minutes.csv", 1_000);
    fs::set_permissions(home, Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o555)).unwrap();
    let mut import = mda(home);
    import.args(["import", file.to_str().unwrap()]);
    if getuid().is_root() {
        import.uid(NOBODY);
    }
    let Ok(output) = import.output() else {
        skip("another user may not start the program here");
        return;
    };
    let told = told(&output);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains(data.to_str().unwrap()), "{told}");
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);

    fs::set_permissions(&data, Permissions::from_mode(0o777)).unwrap();
    let again = import.output().unwrap();
    assert_eq!(again.status.code(), Some(3), "it goes where it may write");
}

#[tokio::test]
async fn an_import_waits_for_a_store_that_another_process_holds() {
    let served = Served::start("none");
    let home = served.home();
    let file = minutes(home, "minutes.csv", ROWS);
    let expected = undisturbed(&file);
    let store = SqliteConnectOptions::new().filename(served.data_dir().join("market.sqlite"));
    let mut connection = SqliteConnection::connect_with(&store).await.unwrap();
    detached(home, &file);
    until_rows(home, 1);

    connection.execute("BEGIN IMMEDIATE").await.unwrap();
    let held = SystemClock::new();
    // What was committed before the lock may be told a moment later.
    let stands = shown(home, 1)["rows_read"].as_u64().unwrap();
    let mut last = stands;
    until("the store was held for long", || {
        let shown = shown(home, 1);
        assert_eq!(shown["status"], "running", "{shown}");
        last = shown["rows_read"].as_u64().unwrap();
        held.monotonic() > HELD
    });
    assert!(last < ROWS, "{last} rows were written beside a lock");
    connection.execute("ROLLBACK").await.unwrap();
    connection.close().await.unwrap();

    until("the import ends", || shown(home, 1)["status"] == "partial");
    assert_eq!(outcome(home, 1), expected);
}
