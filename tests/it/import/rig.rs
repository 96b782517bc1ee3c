//! What every test of the import service needs: files of bars, a service with its runner, waiting.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mda::api::{ImportJob, ImportMode, ImportSpec, ImportState, ImportVerb};
use mda::domain::{ImportId, Timeframe};
use mda::import::csv::CutLimits;
use mda::import::{ImportConfig, ImportService, ImportSink};
use mda::runtime::{RestartPolicy, Shutdown, Stage, Supervisor, SystemClock};
use tempfile::TempDir;
use tokio::time::timeout;

use super::sink::MemorySink;

/// Nothing here takes longer, on any machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// Chunks of few records, so that small files have many.
pub(super) const CHUNKS: CutLimits = CutLimits {
    bytes: 4 << 10,
    records: 50,
    record_bytes_max: 8 << 10,
};

/// A service at work on a sink.
pub(super) struct Rig {
    pub(super) service: ImportService,
    shutdown: Shutdown,
}

impl Rig {
    /// Starts a service and its runner.
    pub(super) fn start(sink: &MemorySink) -> Self {
        Self::with(sink, config())
    }

    /// The same, configured.
    pub(super) fn with(sink: &MemorySink, config: ImportConfig) -> Self {
        let sink: Arc<dyn ImportSink> = Arc::new(sink.clone());
        let clock = Arc::new(SystemClock::new());
        let (service, runner) = ImportService::new(sink, Arc::clone(&clock) as _, config);
        let shutdown = Shutdown::new();
        let supervisor = Supervisor::new(clock, shutdown.clone());
        supervisor.spawn(
            "imports",
            Stage::Intake,
            RestartPolicy::Never,
            move |token| runner.clone().run(token),
        );
        Self { service, shutdown }
    }

    /// Stops it in order.
    pub(super) async fn stop(self) {
        let report = self.shutdown.run(DEADLINE).await;
        assert_eq!(report.late, Vec::<String>::new());
    }

    /// Orders an import of bars of a minute.
    pub(super) async fn order(&self, path: &Path) -> ImportId {
        self.service.start(spec(path)).await.unwrap().id
    }

    /// Orders an import and waits for its end.
    pub(super) async fn import(&self, spec: ImportSpec) -> Arc<ImportJob> {
        let id = self.service.start(spec).await.unwrap().id;
        self.ended(id).await
    }

    /// Waits for the end of an import.
    pub(super) async fn ended(&self, id: ImportId) -> Arc<ImportJob> {
        self.wait(id, |job| job.state.is_ended()).await
    }

    /// Waits for a state.
    pub(super) async fn until(&self, id: ImportId, state: ImportState) -> Arc<ImportJob> {
        self.wait(id, |job| job.state == state).await
    }

    /// Waits until an import is as it should be.
    pub(super) async fn wait(
        &self,
        id: ImportId,
        is_so: impl Fn(&ImportJob) -> bool + Send + Sync,
    ) -> Arc<ImportJob> {
        let mut states = self.service.states();
        let is_found =
            |listed: &Arc<[Arc<ImportJob>]>| listed.iter().any(|job| job.id == id && is_so(job));
        let waiting = states.wait_for(is_found);
        let found = timeout(DEADLINE, waiting).await.ok().and_then(Result::ok);
        let job = found.and_then(|listed| listed.iter().find(|job| job.id == id).cloned());
        if let Some(job) = job {
            return job;
        }
        panic!("still {:?}", self.service.job(id).await.unwrap())
    }

    /// Asks something and expects it to be done.
    pub(super) async fn steer(&self, id: ImportId, verb: ImportVerb) -> Arc<ImportJob> {
        self.service.steer(id, verb).await.unwrap()
    }
}

/// Two parsers, small chunks.
pub(super) fn config() -> ImportConfig {
    ImportConfig {
        workers: Some(2),
        chunks: CHUNKS,
        ..ImportConfig::default()
    }
}

/// An order for a file of bars of a minute, parsed by threads.
pub(super) fn spec(path: &Path) -> ImportSpec {
    ImportSpec {
        paths: vec![path.display().to_string()],
        symbol: Some("ACME".parse().unwrap()),
        timeframe: Some(Timeframe::M1),
        timezone: Some("UTC".to_owned()),
        mode: ImportMode::Threads,
        ..ImportSpec::default()
    }
}

/// A folder with files of bars.
pub(super) struct Files {
    folder: TempDir,
}

impl Files {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub(super) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes a file of as many minutes, some of them wrong, doubled or blank.
    pub(super) fn minutes(&self, name: &str, rows: u32) -> PathBuf {
        self.write(name, &dirty(0, rows))
    }
}

pub(super) const HEADER: &str = "timestamp,open,high,low,close,volume\n";

/// Returns a file of clean minutes from `from`.
pub(super) fn clean(from: u32, rows: u32) -> String {
    let lines = (from..from + rows).map(|row| line(row, row));
    HEADER.to_owned() + &lines.collect::<String>()
}

/// Returns a file of minutes in which every 97th record is no bar, every 53rd comes twice, every
/// 71st again with other values and every 211th line is blank.
pub(super) fn dirty(from: u32, rows: u32) -> String {
    let mut text = HEADER.to_owned();
    for row in from..from + rows {
        text += &line(row, row);
        match row {
            _ if row % 97 == 96 => text += "2020-01-01 00:00:00,1,none,1,1,5\n",
            _ if row % 53 == 52 => text += &line(row, row),
            _ if row % 71 == 70 => text += &line(row / 2, row + 1),
            _ if row % 211 == 210 => text += "\n",
            _ => {}
        }
    }
    text
}

/// Returns the record of a minute; `value` decides its prices.
pub(super) fn line(minute: u32, value: u32) -> String {
    let (day, of_day) = (minute / 1_440, minute % 1_440);
    let (month, day) = (day / 28 % 12 + 1, day % 28 + 1);
    let (hour, minute) = (of_day / 60, of_day % 60);
    let price = 100 + value % 50;
    format!(
        "2021-{month:02}-{day:02} {hour:02}:{minute:02}:00,{price}.5,{price}.75,{price}.25,{price}.5,{value}\n"
    )
}

/// Replaces what stands in a file.
pub(super) fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}
