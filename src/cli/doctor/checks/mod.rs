//! What the facts mean, and what to do about them: pure functions, one for each check.

use std::path::Path;
use std::time::Duration;

use super::facts::{AgentFacts, FolderFacts, TerminalFacts};
use super::report::{Check, Status};
use crate::cli::variables::Variables;
use crate::config::{ConfigError, Settings};
use crate::domain::Timestamp;
use crate::feed::FeedSpec;
use crate::runtime::{SOCKET_PATH_LEN_MAX, error_chain};
use crate::tui::{Caps, CapsRequest, ColorDepth};

/// The smallest terminal with a usable dashboard.
const SIZE_MIN: (u16, u16) = (40, 12);

/// Below this, a day of logs may not fit.
const FREE_BYTES_WARN: u64 = 1 << 30;

/// Below this, not even a start is safe.
const FREE_BYTES_FAIL: u64 = 64 << 20;

/// 2024-01-01T00:00:00Z: this program is younger, so is every right clock.
const CLOCK_MICROS_MIN: i64 = 1_704_067_200_000_000;

fn ok(name: &'static str, finding: impl Into<String>) -> Check {
    Check {
        name,
        status: Status::Ok,
        finding: finding.into(),
        remedy: None,
    }
}

fn bad(name: &'static str, status: Status, finding: String, remedy: impl Into<String>) -> Check {
    Check {
        name,
        status,
        finding,
        remedy: Some(remedy.into()),
    }
}

pub(super) fn terminal(facts: &TerminalFacts, variables: &Variables) -> Check {
    const NAME: &str = "terminal";
    if !facts.is_terminal {
        let finding = "none: the dashboard cannot open here".to_owned();
        let remedy = "run `mda` in a terminal; `mda serve` and `mda --once` need none";
        return bad(NAME, Status::Warn, finding, remedy);
    }
    let size = facts.size.map_or_else(
        || "size unknown".to_owned(),
        |(columns, rows)| format!("{columns}x{rows}"),
    );
    let Some(term) = &variables.term else {
        let finding = format!("{size}, TERM is not set");
        return bad(NAME, Status::Warn, finding, "set TERM=xterm-256color");
    };
    let finding = format!("{size}, TERM is `{term}`");
    let (columns_min, rows_min) = SIZE_MIN;
    let is_small = facts
        .size
        .is_some_and(|(columns, rows)| columns < columns_min || rows < rows_min);
    if is_small {
        let remedy = format!("enlarge the terminal to {columns_min}x{rows_min} or more");
        return bad(NAME, Status::Warn, finding, remedy);
    }
    ok(NAME, finding)
}

pub(super) fn color(settings: &Settings, variables: &Variables) -> Check {
    const NAME: &str = "colour";
    let value = settings.value("dashboard.color");
    let set = value.filter(|_| settings.dashboard.color.is_some());
    if let Some(set) = set {
        return ok(NAME, format!("{}, as {} says", set.value, set.origin));
    }
    let (depth, reason) = detected_color(variables);
    let finding = format!("{}, since {reason}", depth.as_str());
    ok(NAME, finding)
}

/// Returns how many colours a terminal with these variables gets, and which of them says so.
fn detected_color(variables: &Variables) -> (ColorDepth, String) {
    let depth_of = |request: CapsRequest<'_>| Caps::detect(&request).depth;
    let request = variables.caps_request();
    let depth = depth_of(request);
    let without_no_color = CapsRequest {
        no_color: None,
        ..request
    };
    let without_colorterm = CapsRequest {
        colorterm: None,
        ..request
    };
    let reason = if depth != depth_of(without_no_color) {
        "NO_COLOR is set".to_owned()
    } else if depth != depth_of(without_colorterm) {
        format!("COLORTERM is `{}`", request.colorterm.unwrap_or_default())
    } else {
        format!("TERM is `{}`", request.term.unwrap_or_default())
    };
    (depth, reason)
}

pub(super) fn locale(variables: &Variables) -> Check {
    const NAME: &str = "locale";
    let named = [
        ("LC_ALL", &variables.lc_all),
        ("LC_CTYPE", &variables.lc_ctype),
        ("LANG", &variables.lang),
    ];
    let first = named
        .into_iter()
        .find_map(|(name, value)| value.as_ref().map(|value| (name, value)));
    let Some((name, value)) = first else {
        return ok(NAME, "not set; UTF-8 is assumed");
    };
    let finding = format!("{name} is `{value}`");
    let plain = value.to_ascii_lowercase().replace('-', "");
    if plain.contains("utf8") {
        return ok(NAME, finding);
    }
    let finding = format!("{finding}, which is not UTF-8: only ASCII is drawn");
    bad(NAME, Status::Warn, finding, format!("set {name}=C.UTF-8"))
}

pub(super) fn config(loaded: &Result<Settings, ConfigError>) -> Check {
    const NAME: &str = "settings";
    let settings = match loaded {
        Ok(settings) => settings,
        Err(error) => {
            let remedy = "correct it; until then the other checks use the defaults";
            return bad(NAME, Status::Fail, error_chain(error), remedy);
        }
    };
    if !settings.warnings().is_empty() {
        let finding = settings.warnings().join("\n");
        return bad(NAME, Status::Warn, finding, "rename or unset the variable");
    }
    match settings.config_file().filter(|path| path.exists()) {
        Some(path) => ok(NAME, format!("`{}` is valid", path.display())),
        None => ok(NAME, "defaults, there is no config file"),
    }
}

pub(super) fn folder(name: &'static str, path: &Path, facts: &FolderFacts) -> Check {
    let existing = facts.existing.display();
    let shown = if facts.existing == path {
        format!("`{existing}`")
    } else {
        format!("`{}` will be made in `{existing}`", path.display())
    };
    if !facts.is_folder {
        let finding = format!("{shown}: `{existing}` is not a folder");
        return bad(
            name,
            Status::Fail,
            finding,
            "move it away, or use --data-dir DIR",
        );
    }
    if let Some(refusal) = &facts.refusal {
        let finding = format!("{shown}: cannot be written: {refusal}");
        let remedy = format!("give yourself access to `{existing}`, or use --data-dir DIR");
        return bad(name, Status::Fail, finding, remedy);
    }
    let Some(free) = facts.free_bytes else {
        return ok(name, format!("{shown}, writable"));
    };
    let finding = format!("{shown}, writable, {} free", gigabytes(free));
    let remedy = "make room, or use --data-dir DIR on another disk";
    if free < FREE_BYTES_FAIL {
        return bad(name, Status::Fail, finding, remedy);
    }
    if free < FREE_BYTES_WARN {
        return bad(name, Status::Warn, finding, remedy);
    }
    ok(name, finding)
}

pub(super) fn socket(path: &Path) -> Check {
    const NAME: &str = "socket";
    let length = path.as_os_str().len();
    if length <= SOCKET_PATH_LEN_MAX {
        return ok(NAME, format!("`{}`", path.display()));
    }
    let finding = format!(
        "`{}` has {length} bytes, more than {SOCKET_PATH_LEN_MAX}",
        path.display()
    );
    bad(
        NAME,
        Status::Fail,
        finding,
        "use a shorter --data-dir DIR, or a shorter TMPDIR",
    )
}

pub(super) fn agent(facts: &AgentFacts) -> Check {
    const NAME: &str = "agent";
    match facts {
        AgentFacts::None => ok(NAME, "none runs on this data folder"),
        AgentFacts::Answers { pid } => ok(NAME, format!("{} answers", process(*pid))),
        AgentFacts::Mute { pid, reason } => {
            let owner = process(*pid);
            let finding = format!("{owner} owns the data folder and is mute: {reason}");
            let remedy = "wait while it starts or stops; end that process if it stays so";
            bad(NAME, Status::Warn, finding, remedy)
        }
        AgentFacts::Unknown { reason } => {
            let finding = format!("the lock of the data folder cannot be read: {reason}");
            let remedy = "give yourself access to the data folder";
            bad(NAME, Status::Fail, finding, remedy)
        }
    }
}

fn process(pid: u32) -> String {
    match pid {
        0 => "a process".to_owned(),
        pid => format!("process {pid}"),
    }
}

pub(super) fn clock(unix_micros: i64) -> Check {
    const NAME: &str = "clock";
    let finding = Timestamp::from_micros(unix_micros).to_string();
    if unix_micros >= CLOCK_MICROS_MIN {
        return ok(NAME, finding);
    }
    let finding = format!("{finding} is in the past: ages and TLS will be wrong");
    bad(NAME, Status::Fail, finding, "set the clock of this machine")
}

/// Returns true when Coinbase is to be opened, or tried first.
pub(super) fn is_coinbase_used(settings: &Settings) -> bool {
    let Some(feeds) = &settings.feeds else {
        return true;
    };
    let mut feeds = feeds.iter();
    feeds.any(|feed| matches!(feed, FeedSpec::Coinbase { .. }))
}

pub(super) fn coinbase(answer: &Result<Duration, String>) -> Check {
    const NAME: &str = "coinbase";
    match answer {
        Ok(took) => ok(NAME, format!("answers in {} ms", took.as_millis())),
        Err(reason) => {
            let remedy = "check the network and `feed.coinbase_url`; \
                          `--feed replay:bundled` needs no network";
            bad(NAME, Status::Warn, reason.clone(), remedy)
        }
    }
}

fn gigabytes(bytes: u64) -> String {
    match bytes {
        ..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests;
